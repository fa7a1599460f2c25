"""Figures of merit against definitions worked out by hand."""

from math import fsum, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.metrics import bounded_slowdown, jain_index, mean, population_std, summarise
from qsched.model import JobRecord, Placement, Status
from qsched.sim import Simulation
from qsched.testing import make_device, make_fleet, make_job

AMOUNTS = st.lists(st.floats(0.0, 1e300, allow_nan=False), min_size=1, max_size=30)


def record(job_id, status, *, start_s=None, finish_s=None, fidelity=None, parts=()):
    return JobRecord(
        job_id=job_id,
        name="",
        status=status,
        reason="",
        num_qubits=sum(n for _, n in parts) or 1,
        depth=0,
        num_two_qubit_gates=0,
        shots=1,
        priority=0,
        submit_time_s=10.0,
        start_time_s=start_s,
        finish_time_s=finish_s,
        comm_time_s=None if start_s is None else 0.5,
        processing_time_s=None if start_s is None else 1.0,
        fidelity=fidelity,
        placements=tuple(Placement(*part) for part in parts),
    )


def test_figures_of_three_jobs_done_and_four_that_are_not():
    """Waits 0, 10, 20 s; turnarounds 40, 40, 90 s; device a held 2*40 + 4*30 of 4*100 qubit-s."""
    records = [
        record("x", Status.DONE, start_s=10.0, finish_s=50.0, fidelity=0.5, parts=[("a", 2)]),
        record("y", Status.DONE, start_s=20.0, finish_s=50.0, fidelity=0.7, parts=[("a", 4)]),
        record(
            "z",
            Status.DONE,
            start_s=30.0,
            finish_s=100.0,
            fidelity=0.9,
            parts=[("b", 5), ("c", 1)],
        ),
        record("r", Status.REJECTED),
        record("c", Status.CANCELLED, start_s=20.0, parts=[("c", 1)]),
        record("f", Status.FAILED),
        record("q", Status.QUEUED),
        record("s", Status.QUEUED),
        record("o", Status.RUNNING, start_s=5.0, parts=[("c", 1)]),
    ]

    summary = summarise(records, {"a": 4, "b": 5, "c": 1, "idle": 9})

    assert summary.to_dict() == {
        "num_jobs": 9,
        "num_done": 3,
        "num_rejected": 1,
        "num_cancelled": 1,
        "num_failed": 1,
        "num_queued": 2,
        "num_running": 1,
        "makespan_s": 100.0,
        "mean_fidelity": pytest.approx(0.7),
        "std_fidelity": pytest.approx(sqrt((0.04 + 0.0 + 0.04) / 3)),
        "comm_time_s": 1.5,
        "mean_wait_time_s": 10.0,
        "mean_turnaround_time_s": pytest.approx(170 / 3),
        "utilisation": {
            "a": pytest.approx(0.5),
            "b": pytest.approx(0.7),
            "c": pytest.approx(0.7),
            "idle": 0.0,
        },
    }


def test_nothing_has_no_mean():
    summary = summarise([], {"a": 4})

    assert summary.mean_fidelity is summary.std_fidelity is None
    assert summary.mean_wait_time_s is summary.mean_turnaround_time_s is None
    assert (summary.makespan_s, summary.comm_time_s) == (0.0, 0.0)
    assert summary.utilisation == {"a": 0.0}


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 3_000)), max_size=20))
def test_utilisation_is_a_share(rows):
    jobs = [make_job(f"j{i}", n, shots=shots) for i, (n, shots) in enumerate(rows)]
    result = Simulation(make_fleet(make_device("a"), make_device("b", 7)), jobs).run()

    assert all(0.0 <= share <= 1.0 for share in result.summary.utilisation.values())


def test_device_held_from_beginning_to_end_is_fully_utilised():
    jobs = [make_job(f"j{i}", 5, shots=1 + 7 * i) for i in range(50)]

    assert Simulation(make_fleet(), jobs).run().summary.utilisation["device"] == pytest.approx(1.0)


@given(AMOUNTS)
def test_jain_index_lies_between_one_over_n_and_one(values):
    index = jain_index(values)

    if max(values) == 0.0:
        assert index is None
    else:
        assert 1.0 / len(values) <= index <= 1.0


@given(st.floats(1e-300, 1e300), st.integers(1, 40))
def test_jain_index_of_equal_amounts_is_one(value, number):
    assert jain_index([value] * number) == pytest.approx(1.0)


@given(st.integers(1, 40), st.integers(0, 40), st.floats(1e-300, 1e300))
def test_jain_index_is_the_share_of_those_who_get_equally_much(happy, unhappy, value):
    index = jain_index([value] * happy + [0.0] * unhappy)

    assert index == pytest.approx(happy / (happy + unhappy))


@given(st.lists(st.floats(1e-3, 1e3), min_size=1, max_size=30), st.floats(1e-200, 1e200))
def test_jain_index_does_not_depend_on_the_unit(values, factor):
    assert jain_index([v * factor for v in values]) == pytest.approx(jain_index(values), rel=1e-6)


def test_jain_index_of_nothing_is_nothing():
    assert jain_index([]) is None


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30))
def test_mean_and_deviation_follow_their_definitions(values):
    centre = fsum(values) / len(values)

    assert mean(values) == centre
    assert population_std(values) == pytest.approx(
        sqrt(fsum((v - centre) ** 2 for v in values) / len(values))
    )
    assert population_std(values) >= 0.0


@pytest.mark.parametrize(
    ("wait_s", "run_s", "slowdown"),
    [(0.0, 100.0, 1.0), (100.0, 100.0, 2.0), (0.0, 0.0, 1.0), (95.0, 5.0, 10.0), (3.0, 0.1, 1.0)],
)
def test_bounded_slowdown_counts_run_times_below_ten_seconds_as_ten(wait_s, run_s, slowdown):
    assert bounded_slowdown(wait_s, run_s) == slowdown


@given(st.floats(0.0, 1e9), st.floats(0.0, 1e9))
def test_bounded_slowdown_is_one_or_more_and_grows_with_the_wait(wait_s, run_s):
    assert 1.0 <= bounded_slowdown(wait_s, run_s) <= bounded_slowdown(wait_s + 1.0, run_s)
