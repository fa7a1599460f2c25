"""A policy of Cloud-v0 on the engine: its plans, its refusals, and whatever order a fleet has."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import ConfigError, InputError
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import published_fleet
from qsched.policy.learned.cloud import CloudPolicy
from qsched.policy.learned.encoding import FEATURES, LAYOUT
from qsched.policy.learned.network import shapes
from qsched.policy.learned.weights import PolicyWeights
from qsched.sim import Simulation
from qsched.testing import check_policy, check_schedule, make_device, make_fleet, make_job


def weights(arrays=None, seed=0, **metadata):
    random = np.random.default_rng(seed)
    if arrays is None:
        arrays = {
            name: random.normal(0.0, 0.5, shape).astype(np.float32)
            for name, shape in shapes(8).items()
        }
    return PolicyWeights(
        metadata={"layout": LAYOUT, "max_devices": 8} | metadata, arrays=arrays, source="w.npz"
    )


def scoring(**factors):
    """Return weights that score a plan by some of its features; waiting scores ``wait``."""
    arrays = {name: np.zeros(shape, dtype=np.float32) for name, shape in shapes(2).items()}
    wait = factors.pop("wait", -1e6)
    for name, factor in factors.items():  # one unit for what is above 0, one for what is below
        arrays["plan.weight"][:, FEATURES.index(name)] = (factor, -factor)
    arrays["second.weight"][:] = np.eye(2)
    arrays["score.weight"][:] = (1.0, -1.0)
    arrays["whole.bias"][:] = wait
    return weights(arrays)


def run(policy, jobs, *devices, **options):
    return Simulation(make_fleet(*devices), jobs, policy=policy, **options).run()


NOISY = make_device("noisy", 10, readout_error=(0.2,) * 10)
CLEAN = make_device("clean", 10)


def test_the_best_scored_plan_is_taken():
    jobs = [make_job("one", 6)]

    assert run(CloudPolicy(scoring(loss=-1.0)), jobs, NOISY, CLEAN).jobs[0].placements == (
        ("clean", 6, None, None),
    )
    assert run(CloudPolicy(scoring(loss=1.0)), jobs, NOISY, CLEAN).jobs[0].placements == (
        ("noisy", 6, None, None),
    )


def test_all_but_the_last_device_of_a_plan_give_what_they_have_free():
    jobs = [make_job("one", 4), make_job("two", 14)]
    policy = CloudPolicy(scoring(loss=-1.0, last_loss=1.0))

    plan = run(policy, jobs, NOISY, CLEAN).jobs[1].placements

    assert [(part.device, part.num_qubits) for part in plan] == [("clean", 6), ("noisy", 8)]


def test_a_job_waits_while_waiting_scores_best_and_something_runs():
    jobs = [make_job("one", 4), make_job("two", 4)]

    eager = run(CloudPolicy(scoring(loss=-1.0)), jobs, CLEAN)
    patient = run(CloudPolicy(scoring(loss=-1.0, wait=1e6)), jobs, CLEAN)

    assert [record.start_time_s for record in eager.jobs] == [0.0, 0.0]
    assert [record.start_time_s for record in patient.jobs] == [0.0, 50.0]


def test_it_can_be_asked_before_any_job_has_come():
    simulation = Simulation(make_fleet(NOISY, CLEAN), [])

    plan = CloudPolicy(scoring(loss=-1.0)).decide(make_job("one", 6), simulation.observe())

    assert plan[0].device == "clean"


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 1_000))
def test_any_weights_keep_the_laws_of_scheduling(seed):
    check_policy(CloudPolicy(weights(seed=seed)))


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_a_fleet_changes_no_decision(seed):
    fleet = published_fleet()
    jobs = paper_workload(seed, 60)
    policy = CloudPolicy(weights(seed=seed))
    order = np.random.default_rng(seed).permutation(5)
    shuffled = replace(fleet, devices=tuple(fleet.devices[i] for i in order))

    one = Simulation(fleet, jobs, policy=policy, model="icpp2025").run()
    two = Simulation(shuffled, jobs, policy=policy, model="icpp2025").run()

    check_schedule(one, jobs)
    assert list(one.jobs) == list(two.jobs)


def test_one_policy_serves_runs_of_different_fleets_and_models():
    policy = CloudPolicy(weights())
    jobs = paper_workload(0, 20)
    alone = Simulation(published_fleet(), jobs, policy=policy, model="icpp2025").run()
    run(policy, [make_job("one", 14)], NOISY, CLEAN)

    again = Simulation(published_fleet(), jobs, policy=policy, model="icpp2025").run()

    assert list(alone.jobs) == list(again.jobs)


def test_more_devices_than_it_was_trained_for_are_refused_before_anything_runs():
    fleet = make_fleet(*(make_device(f"d{i}") for i in range(9)))

    with pytest.raises(ConfigError, match=r"w.npz: .* at most 8 devices, the fleet has 9; name"):
        Simulation(fleet, [make_job()], policy=CloudPolicy(weights()))
    with pytest.raises(ConfigError, match="at most 2 devices"):
        Simulation(make_fleet(*fleet.devices[:3]), [], policy=CloudPolicy(weights(max_devices=2)))


def test_another_layout_is_refused_with_both_versions():
    layout = json.loads(json.dumps(LAYOUT)) | {"version": 0}

    with pytest.raises(InputError, match=r"w.npz: .* layout has version 0, here it is 1; train"):
        CloudPolicy(weights(layout=layout))


def test_one_policy_serves_equal_devices_of_other_names_as_a_new_one_would():
    """Of equal devices the first by name is taken; what was kept of another fleet is not."""
    twins = [make_device(name, 10) for name in "ab"]
    policy = CloudPolicy(scoring(loss=-1.0))
    jobs = [make_job("one", 6)]

    first = run(policy, jobs, *twins).jobs[0].placements
    again = run(policy, jobs, *twins[::-1]).jobs[0].placements

    assert first == again
    assert first[0].device == "a"


@pytest.mark.parametrize("change", ["missing", "shape", "more", "scalar", "empty"])
def test_arrays_of_another_network_are_refused(change):
    arrays = dict(weights().arrays)
    if change == "missing":
        del arrays["score.weight"]
    elif change == "scalar":
        arrays["plan.bias"] = np.array(1.0, dtype=np.float32)
    elif change == "empty":
        arrays = {name: np.zeros(shape, np.float32) for name, shape in shapes(0).items()}
    elif change == "shape":
        arrays["score.weight"] = np.zeros((2, 8), dtype=np.float32)
    else:
        arrays["more"] = np.zeros(3, dtype=np.float32)

    with pytest.raises(InputError, match=r"w.npz: arrays are not those of a policy of Cloud-v0"):
        CloudPolicy(weights(arrays))


def test_scores_that_are_not_finite_are_an_error_and_no_decision():
    arrays = dict(scoring(loss=-1.0).arrays)
    arrays["score.weight"] = np.full((1, 2), np.nan, dtype=np.float32)

    with pytest.raises(InputError, match="job one's plans are not finite; see that errors"):
        run(CloudPolicy(weights(arrays)), [make_job("one", 6)], NOISY, CLEAN)
