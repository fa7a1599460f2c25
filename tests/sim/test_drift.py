"""Calibrations that change during a run, and devices that break down: schedules worked by hand."""

from dataclasses import replace
from itertools import pairwise
from statistics import fmean

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import CalibrationError, ConfigError, ScheduleError
from qsched.model import EventKind, FailureRate, MaintenanceWindow, Recalibration, Status
from qsched.policy import POLICIES
from qsched.sim import Simulation
from qsched.sim.queue import make_queue
from qsched.testing import check_schedule, make_device, make_fleet, make_job

GOOD, BAD = (0.01,) * 5, (0.2,) * 5
A, B = make_device("a", readout_error=GOOD), make_device("b", readout_error=(0.05,) * 5)
NOISY_A = replace(A, readout_error=BAD)


def run(fleet, jobs, **choices):
    result = Simulation(fleet, jobs, **choices).run()
    check_schedule(result, jobs)
    return result


def where(result):
    return [
        (record.job_id, record.start_time_s, "+".join(p.device for p in record.placements))
        for record in result.jobs
    ]


def device_events(result):
    return [(time_s, kind.name, name) for time_s, kind, name in result.events if kind.is_of_device]


def drifting(period_s=0.0, time_s=100.0):
    return make_fleet(
        A, B,
        recalibrations={"a": (Recalibration(time_s, NOISY_A),)},
        refresh_period_s=period_s,
    )  # fmt: skip


JOBS = [make_job(f"at {t}", 3, submit_time_s=float(t)) for t in (0, 99, 100, 160)]
"""Each runs for 50 s."""


def test_a_fresh_policy_turns_to_another_device_at_the_very_time_of_a_calibration():
    result = run(drifting(), JOBS, policy="fidelity")

    assert where(result) == [
        ("at 0", 0.0, "a"), ("at 99", 99.0, "a"), ("at 100", 100.0, "b"), ("at 160", 160.0, "b"),
    ]  # fmt: skip
    assert device_events(result) == [(100.0, "CALIBRATED", "a"), (100.0, "REFRESHED", "a")]


def test_a_stale_policy_goes_on_until_it_looks_and_is_scored_by_what_holds():
    result = run(drifting(period_s=150.0), JOBS, policy="fidelity")

    assert where(result) == [
        ("at 0", 0.0, "a"), ("at 99", 99.0, "a"), ("at 100", 149.0, "a"), ("at 160", 160.0, "b"),
    ]  # fmt: skip
    assert result.jobs[2].fidelity < result.jobs[3].fidelity < result.jobs[1].fidelity
    assert device_events(result) == [(100.0, "CALIBRATED", "a"), (150.0, "REFRESHED", "a")]


def test_jobs_are_scored_with_the_calibration_that_held_when_they_started():
    fleet = make_fleet(A, recalibrations={"a": (Recalibration(100.0, NOISY_A),)})
    result = run(fleet, JOBS, policy="first_fit")

    before, during, at, after = (record.fidelity for record in result.jobs)
    assert before == during
    assert at == after
    ratio = (1 - 0.2) ** 3**0.5 / (1 - 0.01) ** 3**0.5
    assert after / before == pytest.approx(ratio)


def test_a_new_calibration_is_a_decision_point():
    class OnlyWhenNoisy:
        def decide(self, job, view):
            from qsched.policy.heuristics import FIRST_FIT

            noisy = view.qpus[0].rates.readout_error > 0.1
            return FIRST_FIT.decide(job, view) if noisy else None

    result = run(drifting(), [make_job("waits", 2)], policy=OnlyWhenNoisy())

    assert where(result) == [("waits", 100.0, "a")]


def test_processing_time_follows_the_clops_that_hold():
    slow = replace(A, clops=A.clops / 2)
    fleet = make_fleet(A, recalibrations={"a": (Recalibration(60.0, slow),)})
    result = run(fleet, [make_job("x", 3), make_job("y", 3, submit_time_s=60.0)])

    assert [record.processing_time_s for record in result.jobs] == [50.0, 100.0]


def test_looks_are_at_the_multiples_of_the_period_and_only_where_something_is_new():
    changes = tuple(
        Recalibration(t, replace(A, readout_error=(t / 1e4,) * 5)) for t in (50.0, 70.0, 200.0)
    )
    fleet = make_fleet(A, recalibrations={"a": changes}, refresh_period_s=100.0)
    result = run(fleet, [make_job("long", 3, shots=10_000)])

    assert device_events(result) == [
        (50.0, "CALIBRATED", "a"), (70.0, "CALIBRATED", "a"), (100.0, "REFRESHED", "a"),
        (200.0, "CALIBRATED", "a"), (200.0, "REFRESHED", "a"),
    ]  # fmt: skip


def test_a_calibration_after_the_last_job_is_left_out():
    result = run(drifting(time_s=1e6), JOBS)

    assert device_events(result) == []
    assert result.summary.makespan_s < 1e3


def test_a_calibration_that_lacks_what_the_model_needs_is_refused_before_the_run():
    blank = replace(A, readout_error=(None,) * 5)
    fleet = make_fleet(A, recalibrations={"a": (Recalibration(5.0, blank),)})

    with pytest.raises(CalibrationError, match="readout"):
        Simulation(fleet, JOBS)


# -- breakdowns ------------------------------------------------------------------------


class Draws:
    """A random stream that says what it is told to, and then hardly ever breaks down."""

    def __init__(self, *values):
        self.values = list(values)

    def exponential(self, mean):
        del mean
        return self.values.pop(0) if self.values else 1e9


def breaking(monkeypatch, *values, names=("a",), **changes):
    monkeypatch.setattr("qsched.sim.failures.random_stream", lambda _seed, _name: Draws(*values))
    return make_fleet(
        A, B, failures={name: FailureRate(mtbf_s=1.0, mttr_s=1.0) for name in names}, **changes
    )


def test_a_breakdown_puts_its_job_back_ahead_of_those_that_wait(monkeypatch):
    fleet = breaking(monkeypatch, 20.0, 15.0)
    jobs = [make_job("one", 5), make_job("two", 5), make_job("three", 5, submit_time_s=5.0)]

    result = run(fleet, jobs, policy="first_fit")

    assert where(result) == [("one", 35.0, "a"), ("two", 0.0, "b"), ("three", 50.0, "b")]
    one = result.jobs[0]
    assert (one.status, one.attempts, one.finish_time_s) == (Status.DONE, 2, 85.0)
    assert [(lost.start_time_s, lost.end_time_s) for lost in one.lost_attempts] == [(0.0, 20.0)]
    assert device_events(result) == [(20.0, "BROKEN_DOWN", "a"), (35.0, "REPAIRED", "a")]
    assert (20.0, EventKind.REQUEUED, "one") in list(result.events)


def test_a_breakdown_ends_all_parts_of_a_job(monkeypatch):
    fleet = breaking(monkeypatch, 20.0, 15.0)

    result = run(fleet, [make_job("split", 8), make_job("small", 2, submit_time_s=21.0)])

    split, small = result.jobs
    assert (split.attempts, split.start_time_s) == (2, 35.0)
    assert [part.device for part in split.lost_attempts[0].placements] == ["a", "b"]
    assert small.start_time_s == split.finish_time_s  # first come, first served


def test_after_so_many_attempts_a_job_has_failed_with_the_reason(monkeypatch):
    fleet = breaking(monkeypatch, 10.0, 1.0, 10.0, 1.0, 10.0, 1.0, max_attempts=2)
    fleet = replace(fleet, devices=(A,))

    result = run(fleet, [make_job("doomed"), make_job("later", submit_time_s=500.0)])

    doomed, later = result.jobs
    assert (doomed.status, doomed.attempts) == (Status.FAILED, 2)
    assert doomed.reason == "tried 2 times: a broke down"
    assert doomed.finish_time_s is None
    assert later.status is Status.DONE
    assert result.summary.num_failed == 1


def test_a_device_breaks_down_in_maintenance_as_well(monkeypatch):
    fleet = breaking(
        monkeypatch, 60.0, 100.0, maintenance={"a": (MaintenanceWindow(start_s=10, duration_s=30),)}
    )
    fleet = replace(fleet, devices=(A,))

    result = run(fleet, [make_job("x"), make_job("y", 5, submit_time_s=20.0)])

    assert device_events(result) == [
        (10.0, "MAINTENANCE_DRAINING", "a"), (50.0, "MAINTENANCE_STARTED", "a"),
        (60.0, "BROKEN_DOWN", "a"), (80.0, "MAINTENANCE_FINISHED", "a"), (160.0, "REPAIRED", "a"),
    ]  # fmt: skip
    assert result.jobs[1].start_time_s == 160.0


def test_a_job_withdrawn_after_it_was_put_back_is_cancelled(monkeypatch):
    fleet = replace(breaking(monkeypatch, 20.0, 500.0), devices=(A,))

    result = run(fleet, [make_job("gone", cancel_time_s=60.0)])

    assert result.jobs[0].status is Status.CANCELLED
    assert result.jobs[0].attempts == 1


def test_a_job_waits_for_a_long_repair_however_often_another_device_breaks_down(monkeypatch):
    draws = {"failures/a": Draws(10.0, 9_000.0), "failures/b": Draws(*[1.0] * 9_000)}
    monkeypatch.setattr("qsched.sim.failures.random_stream", lambda _seed, name: draws[name])
    rates = {"a": FailureRate(mtbf_s=10.0, mttr_s=9e3), "b": FailureRate(mtbf_s=1.0, mttr_s=1.0)}
    fleet = make_fleet(A, make_device("b", 2), failures=rates)

    result = run(fleet, [make_job("large", 5, submit_time_s=20.0)], broker="serial")

    assert where(result) == [("large", 9_010.0, "a")]


def test_a_job_for_two_devices_that_are_never_open_at_once_has_failed(monkeypatch):
    """One is open from 15 s to 20 s, the other from 24 s to 29 s, and so on every 15 s."""
    draws = {
        "failures/a": Draws(*[5.0, 10.0] * 5_000),
        "failures/b": Draws(14.0, *[10.0, 5.0] * 5_000),
    }
    monkeypatch.setattr("qsched.sim.failures.random_stream", lambda _seed, name: draws[name])
    rate = FailureRate(mtbf_s=5.0, mttr_s=10.0)
    fleet = make_fleet(A, B, failures={"a": rate, "b": rate})

    result = run(fleet, [make_job("both", 8, submit_time_s=12.0)])

    assert result.jobs[0].status is Status.FAILED
    assert result.jobs[0].reason.endswith("because of maintenance and breakdowns")


def broken_run(monkeypatch):
    """A lawful run: one job is put back at 20 s, another is not."""
    fleet = breaking(monkeypatch, 20.0, 15.0, max_attempts=2)
    changes = (Recalibration(30.0, NOISY_A),)
    fleet = replace(fleet, recalibrations={"a": changes})
    result = run(fleet, [make_job("one", 5), make_job("two", 5)], policy="first_fit")
    return replace(result, jobs=list(result.jobs), events=list(result.events))


def without(result, kind):
    return replace(result, events=[event for event in result.events if event.kind is not kind])


def with_one(result, **changes):
    return replace(result, jobs=[replace(result.jobs[0], **changes), result.jobs[1]])


@pytest.mark.parametrize(
    ("spoil", "law"),
    [
        (lambda r: without(r, EventKind.BROKEN_DOWN), "none of its devices broke down"),
        (lambda r: without(r, EventKind.REPAIRED), "starts on a at 35.0 s, it is broken"),
        (lambda r: without(r, EventKind.REQUEUED), "a job has run on a while it was broken"),
        (lambda r: with_one(r, lost_attempts=()), "job one: STARTED at 0.0 s, its record says 35"),
        (lambda r: with_one(r, lost_attempts=r.jobs[0].lost_attempts * 2), "tried 3 times, of 2"),
        (lambda r: with_one(r, fidelity=r.jobs[1].fidelity), "has fidelity"),
        (lambda r: replace(r, fleet=replace(r.fleet, recalibrations={})), "has fidelity"),
        (lambda r: replace(r, fleet=replace(r.fleet, failures={})), "was tried 2 times, of 1"),
        (
            lambda r: with_one(
                r, lost_attempts=(r.jobs[0].lost_attempts[0]._replace(end_time_s=90.0),)
            ),
            "loses at 90.0 s what began at 0.0 s",
        ),
        (
            lambda r: replace(
                r,
                events=[
                    event._replace(time_s=29.0) if event.kind is EventKind.CALIBRATED else event
                    for event in r.events
                ],
            ),
            "not of its timeline",
        ),
    ],
)
def test_the_checker_finds_what_breaks_the_laws_of_breakdowns_and_drift(monkeypatch, spoil, law):
    result = broken_run(monkeypatch)

    with pytest.raises(ScheduleError, match=law):
        check_schedule(spoil(result))


@pytest.mark.parametrize("discipline", ["fcfs", "sjf", "priority", "easy"])
def test_jobs_put_back_stand_in_their_own_order_before_their_equals(discipline):
    from qsched.policy import load_discipline

    queue = make_queue(load_discipline(discipline))
    jobs = [make_job(f"{i}") for i in range(200)]
    for row, job in enumerate(jobs):
        queue.push(row, job)
    for row in (0, 1, 2):
        assert queue.first() == row
        queue.remove(row)
    for row in (2, 0, 1):
        queue.put_back(row, jobs[row])

    order = []
    while len(queue):
        order.append(queue.first())
        queue.remove(order[-1])
    assert order == list(range(200))


def test_the_published_broker_refuses_breakdowns():
    fleet = make_fleet(A, B, failures={"a": FailureRate(mtbf_s=1.0, mttr_s=1.0)})

    with pytest.raises(ConfigError, match="knows no breakdowns"):
        Simulation(fleet, [], broker="icpp2025")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"failures": {"z": FailureRate(mtbf_s=1, mttr_s=1)}}, "failures of z"),
        ({"recalibrations": {"z": ()}}, "recalibrations of z"),
        ({"recalibrations": {"a": (Recalibration(0.0, A),)}}, "must be in order"),
        ({"recalibrations": {"a": (Recalibration(5.0, A),) * 2}}, "must be in order"),
        ({"recalibrations": {"a": (Recalibration(5.0, B),)}}, "is of b with 5 qubits"),
        ({"refresh_period_s": -1.0}, "refresh_period_s is -1.0"),
        ({"refresh_period_s": float("nan")}, "refresh_period_s is nan"),
        ({"max_attempts": 0}, "max_attempts is 0"),
    ],
)
def test_a_fleet_that_cannot_be_is_refused(changes, problem):
    with pytest.raises(ConfigError, match=problem):
        make_fleet(A, B, **changes)


@pytest.mark.parametrize("rate", [(0.0, 1.0), (1.0, -1.0), (float("inf"), 1.0)])
def test_a_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(ConfigError, match="above 0 seconds"):
        FailureRate(mtbf_s=rate[0], mttr_s=rate[1])


def test_times_between_breakdowns_and_to_repair_have_the_means_that_were_asked_for():
    """The mean of n exponential times has a deviation of their mean over the root of n."""
    fleet = make_fleet(A, failures={"a": FailureRate(mtbf_s=40.0, mttr_s=10.0)}, max_attempts=10**9)
    jobs = [make_job(f"{i}", 1, shots=100, submit_time_s=50.0 * i) for i in range(3_000)]
    events = device_events(run(fleet, jobs))

    times = [0.0, *(time_s for time_s, _, _ in events)]
    gaps = [after - before for before, after in pairwise(times)]
    up, down = gaps[0::2], gaps[1::2]
    assert len(up) > 2_000
    assert abs(fmean(up) - 40.0) < 4 * 40.0 / len(up) ** 0.5
    assert abs(fmean(down) - 10.0) < 4 * 10.0 / len(down) ** 0.5


@settings(max_examples=40, deadline=None)
@given(
    policy=st.sampled_from(POLICIES.names()),
    discipline=st.sampled_from(["fcfs", "sjf", "priority", "easy"]),
    broker=st.sampled_from(["parallel", "serial"]),
    seed=st.integers(0, 2**32),
    mtbf_s=st.floats(5.0, 500.0),
    max_attempts=st.integers(1, 5),
    period_s=st.sampled_from([0.0, 60.0, 1e4]),
    times_s=st.lists(st.floats(0.5, 800.0), max_size=4, unique=True),
    sizes=st.lists(st.integers(1, 10), max_size=15),
)
def test_whatever_drifts_and_breaks_no_law_is_broken_and_no_job_is_lost(
    policy, discipline, broker, seed, mtbf_s, max_attempts, period_s, times_s, sizes
):
    fleet = make_fleet(
        A, B,
        recalibrations={
            "a": tuple(
                Recalibration(t, replace(A, readout_error=(t / 1e3,) * 5)) for t in sorted(times_s)
            )
        },
        refresh_period_s=period_s,
        failures={
            "a": FailureRate(mtbf_s=mtbf_s, mttr_s=30.0),
            "b": FailureRate(mtbf_s=3 * mtbf_s, mttr_s=5.0),
        },
        max_attempts=max_attempts,
        maintenance={"b": (MaintenanceWindow(start_s=50.0, duration_s=9.0, period_s=300.0),)},
    )  # fmt: skip
    jobs = [make_job(f"{i}", n, submit_time_s=30.0 * i) for i, n in enumerate(sizes)]
    choices = {"policy": policy, "discipline": discipline, "broker": broker, "seed": seed}

    result = run(fleet, jobs, **choices)

    assert result.summary.num_jobs == len(jobs)
    for record in result.jobs:
        if record.status is Status.FAILED:
            assert record.attempts == max_attempts
    again = Simulation(fleet, jobs, **choices).run()
    assert again.to_json() == result.to_json()
    assert list(again.events) == list(result.events)
