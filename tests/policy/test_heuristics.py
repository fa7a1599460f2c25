"""Where jobs go: decisions of each policy on clouds small enough to see through."""

from functools import partial

import pytest

from qsched.errors import ConfigError, UnknownNameError
from qsched.model import Placement
from qsched.policy import POLICIES, AllocationPolicy, load_policy
from qsched.policy.heuristics import SPEED
from qsched.sim import Simulation
from qsched.testing import check_policy, make_device, make_fleet, make_job

FAST_NOISY = make_device("fast", 5, clops=200_000.0, readout_error=(0.05,) * 5)
SLOW_CLEAN = make_device("slow", 7, clops=50_000.0, readout_error=(0.001,) * 7)
MIDDLE = make_device("middle", 5, clops=100_000.0)
FLEET = make_fleet(MIDDLE, SLOW_CLEAN, FAST_NOISY)


def decide(policy, job, fleet=FLEET, *, running=(), seed=0):
    """Return devices and qubits of the plan, after starting jobs on ``(device, qubits)``."""
    jobs = [make_job(f"runs{i}", n) for i, (_, n) in enumerate(running)]
    simulation = Simulation(fleet, jobs, policy=policy, seed=seed)
    simulation.advance()
    for row, (device, num_qubits) in enumerate(running):
        simulation.start(row, (Placement(device, num_qubits),))
    plan = simulation.policy.decide(job, simulation.observe())
    return plan if plan is None else [(part.device, part.num_qubits) for part in plan]


@pytest.mark.parametrize("name", POLICIES.names())
def test_policy_is_pure_and_gives_lawful_schedules(name):
    check_policy(load_policy(name), num_workloads=40)


@pytest.mark.parametrize("name", POLICIES.names())
def test_small_job_is_never_split(name):
    assert len(decide(name, make_job("j", 5))) == 1


def test_speed_takes_the_fastest_device_with_room():
    assert decide("speed", make_job("j", 3)) == [("fast", 3)]
    assert decide("speed", make_job("j", 3), running=[("fast", 3)]) == [("middle", 3)]


def test_speed_counts_the_layers_of_the_benchmark_too():
    """Equal CLOPS, but a quantum volume of 1,024 asks for twice the layers of one of 32."""
    fleet = make_fleet(make_device("deep", quantum_volume=1_024), make_device("flat"))

    assert decide("speed", make_job("j", 3), fleet) == [("flat", 3)]


def test_fidelity_takes_the_least_noisy_device_and_waits_for_it():
    assert decide("fidelity", make_job("j", 3)) == [("slow", 3)]
    assert decide("fidelity", make_job("j", 3), running=[("slow", 5)]) is None


def test_fidelity_passes_over_devices_that_can_never_hold_the_job():
    fleet = make_fleet(make_device("tiny", 2, readout_error=(0.0, 0.0)), MIDDLE)

    assert decide("fidelity", make_job("j", 3), fleet) == [("middle", 3)]


def test_first_fit_takes_the_first_of_the_fleet_with_room():
    assert decide("first_fit", make_job("j", 3)) == [("middle", 3)]
    assert decide("first_fit", make_job("j", 3), running=[("middle", 3)]) == [("slow", 3)]


def test_round_robin_begins_one_device_further_on_with_each_job():
    job = make_job("j", 1)

    assert decide("round_robin", job) == [("middle", 1)]
    assert decide("round_robin", job, running=[("fast", 1)]) == [("slow", 1)]
    assert decide("round_robin", job, running=[("fast", 1)] * 2) == [("fast", 1)]
    assert decide("round_robin", job, running=[("fast", 1)] * 3) == [("middle", 1)]


def test_least_busy_takes_the_device_with_the_fewest_jobs():
    running = [("middle", 1), ("fast", 1), ("fast", 1)]

    assert decide("least_busy", make_job("j", 1), running=running) == [("slow", 1)]
    assert decide("least_busy", make_job("j", 1), running=[*running, ("slow", 5)]) == [
        ("middle", 1)
    ]


def test_fair_takes_the_device_least_utilised_so_far():
    """``slow`` has held one of 7 qubits for 100 s, ``fast`` 4 of 5 for 25 s, ``middle`` none."""
    jobs = [make_job("x", 1), make_job("y", 4), make_job("later", 1, submit_time_s=100.0)]
    simulation = Simulation(FLEET, jobs, policy="fair")
    simulation.advance()
    simulation.start(0, (Placement("slow", 1),))
    simulation.start(1, (Placement("fast", 4),))
    while simulation.env.now < 100.0:
        simulation.advance()

    ranked = simulation.policy.rank(jobs[2], simulation.observe())

    assert [qpu.name for qpu in ranked] == ["middle", "slow", "fast"]


def test_fair_at_time_zero_goes_by_the_qubits_held():
    assert decide("fair", make_job("j", 1), running=[("middle", 1), ("slow", 1)]) == [("fast", 1)]


def test_random_draws_by_job_and_seed():
    drawn = {
        (job_id, seed): decide("random", make_job(job_id, 1), seed=seed)[0][0]
        for job_id in "abcdefgh"
        for seed in range(8)
    }

    assert set(drawn.values()) == {"fast", "middle", "slow"}
    assert drawn == {key: decide("random", make_job(key[0], 1), seed=key[1])[0][0] for key in drawn}


def test_large_job_is_split_evenly_over_as_few_devices_as_can_hold_it():
    """Nine qubits: two parts of 5 + 4, on the fastest two."""
    assert decide("speed", make_job("j", 9)) == [("fast", 5), ("middle", 4)]


def test_large_job_takes_more_parts_where_that_lets_it_start_now():
    """Eight as 4 + 4 does not fit now, as 3 + 3 + 2 it does."""
    running = [("fast", 2), ("slow", 4)]

    assert decide("speed", make_job("j", 8), running=running) == [
        ("fast", 3),
        ("middle", 3),
        ("slow", 2),
    ]
    assert decide("fidelity", make_job("j", 8), running=running) is None


def test_job_that_fits_only_unevenly_fills_small_devices_to_the_brim():
    """Sixteen of 17 qubits: even parts of 6 never fit."""
    assert decide("speed", make_job("j", 16)) == [("fast", 5), ("middle", 5), ("slow", 6)]
    assert decide("fidelity", make_job("j", 16)) == [("slow", 6), ("middle", 5), ("fast", 5)]


def test_policy_is_found_by_its_path():
    assert load_policy("qsched.policy.heuristics:SPEED") is SPEED


def test_class_of_a_policy_is_made_without_arguments():
    class Mine:
        def decide(self, job, view):
            return None

    assert isinstance(load_policy(Mine), Mine)
    assert isinstance(load_policy(partial(Mine)), Mine)


def test_every_registered_policy_is_one():
    for name in POLICIES.names():
        assert isinstance(load_policy(name), AllocationPolicy)


def test_unknown_policy_is_answered_with_the_near_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'fidelity'"):
        load_policy("fidelty")


@pytest.mark.parametrize("wrong", [7, object(), dict, len, "math:pi"])
def test_what_is_no_policy_is_refused(wrong):
    with pytest.raises(ConfigError, match="no decide"):
        load_policy(wrong)
