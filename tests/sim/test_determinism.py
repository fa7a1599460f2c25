"""Equal seeds give equal bytes; other seeds give other runs where chance has a say."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from qsched.policy import DISCIPLINES, POLICIES
from qsched.sim import Simulation, arrive
from qsched.testing import make_device, make_fleet, make_job

REPOSITORY = Path(__file__).resolve().parents[2]


def document(seed, policy="random", discipline="easy", arrivals="poisson:0.05"):
    """Return the JSON text and the events of a run in which much happens."""
    fleet = make_fleet(*(make_device(f"d{i}", n) for i, n in enumerate((5, 7, 5, 12))))
    jobs = [
        make_job(
            f"j{i}",
            1 + (7 * i) % 30,
            shots=100 + 97 * i % 900,
            priority=i % 3,
            cancel_time_s=40.0 if i % 9 == 4 else None,
        )
        for i in range(80)
    ]
    result = Simulation(
        fleet,
        arrive(jobs, arrivals, seed),
        policy=policy,
        discipline=discipline,
        seed=seed,
    ).run()
    return result.to_json() + repr(list(result.events))


@pytest.mark.parametrize("discipline", DISCIPLINES.names())
@pytest.mark.parametrize("policy", POLICIES.names())
def test_equal_seeds_give_equal_bytes(policy, discipline):
    assert document(3, policy, discipline) == document(3, policy, discipline)


def digest_in_a_process(hash_seed):
    """Return the digest of the same run in a process whose hashes are salted otherwise."""
    code = (
        f"import hashlib, importlib.util\n"
        f"spec = importlib.util.spec_from_file_location('twin', {__file__!r})\n"
        f"twin = importlib.util.module_from_spec(spec)\n"
        f"spec.loader.exec_module(twin)\n"
        f"print(hashlib.sha256(twin.document(3).encode()).hexdigest())\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(REPOSITORY)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.strip()


def test_equal_seeds_give_equal_bytes_in_every_process():
    here = hashlib.sha256(document(3).encode()).hexdigest()

    assert {digest_in_a_process("1"), digest_in_a_process("2"), here} == {here}


def test_other_seed_gives_another_choice_of_devices():
    assert document(1, arrivals="batch") != document(2, arrivals="batch")


def test_other_seed_gives_other_times_of_arrival():
    assert document(1, policy="speed") != document(2, policy="speed")


@pytest.mark.parametrize("policy", [name for name in POLICIES.names() if name != "random"])
def test_seed_says_nothing_where_nothing_is_left_to_chance(policy):
    first, second = (
        document(seed, policy, arrivals="batch").replace(f'"seed": {seed}', "") for seed in (1, 2)
    )

    assert first == second
