"""Maintenance: devices stop taking jobs, drain, are worked on and open again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.model import MaintenanceWindow, Status
from qsched.policy import DISCIPLINES
from qsched.policy.heuristics import SPEED
from qsched.sim import Simulation
from qsched.sim.maintenance import MAX_IDLE_ROUNDS
from qsched.testing import check_schedule, make_device, make_fleet, make_job


def window(start_s, duration_s, period_s=None):
    return MaintenanceWindow(start_s=start_s, duration_s=duration_s, period_s=period_s)


def story(jobs, *windows, devices=1, **choices):
    """Run on devices of 5 qubits, ``a`` under maintenance; return what happened."""
    fleet = make_fleet(*(make_device(name) for name in "abc"[:devices]), maintenance={"a": windows})
    result = Simulation(fleet, jobs, **choices).run()
    check_schedule(result, jobs)
    return [
        (time_s, kind.name.removeprefix("MAINTENANCE_"), subject)
        for time_s, kind, subject in result.events
        if kind.name != "SUBMITTED"
    ]


def test_running_job_finishes_before_the_work_begins_and_others_wait_for_its_end():
    jobs = [make_job("runs", 2), make_job("waits", 2, submit_time_s=20.0)]

    assert story(jobs, window(10.0, 30.0)) == [
        (0.0, "STARTED", "runs"),
        (10.0, "DRAINING", "a"),
        (50.0, "FINISHED", "runs"),
        (50.0, "STARTED", "a"),
        (80.0, "FINISHED", "a"),
        (80.0, "STARTED", "waits"),
        (130.0, "FINISHED", "waits"),
    ]


def test_window_from_the_beginning_keeps_the_first_jobs_out():
    assert story([make_job("j")], window(0.0, 5.0))[:4] == [
        (0.0, "DRAINING", "a"),
        (0.0, "STARTED", "a"),
        (5.0, "FINISHED", "a"),
        (5.0, "STARTED", "j"),
    ]


def test_job_that_arrives_as_the_window_begins_waits():
    jobs = [make_job("first", 1), make_job("j", 1, submit_time_s=10.0)]

    assert (80.0, "STARTED", "j") in story(jobs, window(10.0, 30.0))


def test_jobs_go_to_the_other_devices_meanwhile():
    jobs = [make_job("x", 5, submit_time_s=1.0), make_job("y", 5, submit_time_s=2.0)]

    events = story(jobs, window(0.0, 10.0), devices=2)

    assert (1.0, "STARTED", "x") in events
    assert (10.0, "STARTED", "y") in events


def test_periodic_window_comes_again_from_start_to_start():
    jobs = [make_job(f"j{i}", 5) for i in range(4)]

    events = story(jobs, window(60.0, 10.0, 100.0))

    assert [e for e in events if e[2] == "a" and e[1] == "DRAINING"] == [
        (60.0, "DRAINING", "a"),
        (160.0, "DRAINING", "a"),
    ]
    assert [e[0] for e in events if e[1] == "STARTED" and e[2] == "a"] == [100.0, 160.0]


def test_starts_that_pass_during_the_work_are_left_out():
    """It drains from 10 to 1,000 s; the starts at 60, 110, ... 960 s pass; 1,010 s is the next."""
    jobs = [make_job("long", 1, shots=20_000), make_job("next", 1, submit_time_s=20.0)]

    events = story(jobs, window(10.0, 5.0, 50.0))

    assert [e[0] for e in events if e[1] == "DRAINING"] == [10.0, 1_010.0]
    assert (1_005.0, "STARTED", "next") in events


def test_overlapping_windows_are_worked_on_side_by_side():
    assert story([make_job("j")], window(0.0, 30.0), window(10.0, 50.0)) == [
        (0.0, "DRAINING", "a"),
        (0.0, "STARTED", "a"),
        (10.0, "DRAINING", "a"),
        (10.0, "STARTED", "a"),
        (30.0, "FINISHED", "a"),
        (60.0, "FINISHED", "a"),
        (60.0, "STARTED", "j"),
        (110.0, "FINISHED", "j"),
    ]


def test_two_windows_that_drain_together_begin_together():
    events = story([make_job("runs"), make_job("j", 5)], window(10.0, 5.0), window(20.0, 10.0))

    assert [e[0] for e in events if e[1] == "STARTED" and e[2] == "a"] == [50.0, 50.0]
    assert (60.0, "STARTED", "j") in events


def test_adjacent_windows_leave_no_gap_for_a_job():
    events = story([make_job("j")], window(0.0, 30.0), window(30.0, 30.0))

    assert (60.0, "STARTED", "j") in events


def test_windows_on_two_devices_that_meet_are_both_kept():
    """At 10 s device a opens and b closes; the job that was to start then finds only a."""
    fleet = make_fleet(
        make_device("a"),
        make_device("b"),
        maintenance={"a": (window(0.0, 10.0),), "b": (window(10.0, 10.0),)},
    )
    jobs = [make_job("both", 10)]
    result = Simulation(fleet, jobs).run()
    check_schedule(result, jobs)

    assert result.jobs[0].start_time_s == 20.0


def test_run_does_not_go_on_for_maintenance_alone():
    events = story([make_job("j")], window(20.0, 10.0, 40.0))

    assert events[-1] == (60.0, "FINISHED", "a")


def test_maintenance_goes_on_while_jobs_are_to_come():
    jobs = [make_job("a1"), make_job("late", submit_time_s=1_000.0)]

    events = story(jobs, window(100.0, 10.0, 100.0))

    assert len([e for e in events if e[1] == "DRAINING"]) >= 9


def test_maintenance_goes_on_while_a_waiting_job_is_still_to_be_withdrawn():
    """The policy starts nothing while the stubborn job is first; at 500 s it is withdrawn."""

    class Stubborn:
        def decide(self, job, view):
            return None if job.job_id == "stubborn" else SPEED.decide(job, view)

    jobs = [make_job("stubborn", cancel_time_s=500.0), make_job("j")]

    events = story(jobs, window(490.0, 20.0), policy=Stubborn())

    assert (510.0, "STARTED", "j") in events


@pytest.mark.parametrize(
    "windows",
    [
        (window(0.0, 60.0, 100.0), window(50.0, 60.0, 100.0)),
        (window(0.0, 50.0, 100.0), window(50.0, 50.0, 100.0)),
    ],
    ids=["overlapping", "adjacent"],
)
def test_windows_that_never_leave_a_gap_end_the_run_with_the_reason(windows):
    fleet = make_fleet(maintenance={"device": windows})
    jobs = [make_job("j")]

    result = Simulation(fleet, jobs).run()

    check_schedule(result, jobs)
    assert result.jobs[0].status is Status.FAILED
    assert "maintenance" in result.jobs[0].reason
    assert len(result.events) < 10 * MAX_IDLE_ROUNDS


def test_windows_on_two_devices_that_alternate_end_the_run_of_a_job_that_needs_both():
    fleet = make_fleet(
        make_device("a"),
        make_device("b"),
        maintenance={
            "a": (window(0.0, 60.0, 100.0),),
            "b": (window(50.0, 60.0, 100.0),),
        },
    )
    jobs = [make_job("both", 10), make_job("small", 1)]

    result = Simulation(fleet, jobs).run()

    check_schedule(result, jobs)
    assert [record.status for record in result.jobs] == [Status.FAILED, Status.FAILED]


def test_period_below_the_resolution_of_the_clock_ends():
    """At 1e15 s the clock counts in eighths of a second, the work lasts a hundredth."""
    jobs = [make_job("j", submit_time_s=1e15 - 1), make_job("k", submit_time_s=1e15)]

    events = story(jobs, window(1e15 - 1, 0.01, 0.02))

    assert [e[1:] for e in events if e[2] in "jk"][-1] == ("FINISHED", "k")


WINDOWS = st.builds(
    lambda start_s, duration_s, factor: window(
        start_s, duration_s, None if factor is None else duration_s * factor
    ),
    st.sampled_from([0.0, 10.0, 49.9, 50.0, 73.0]),
    st.sampled_from([2.0, 7.5, 50.0]),
    st.sampled_from([None, 1.5, 4.0]),
)


@pytest.mark.parametrize("discipline", DISCIPLINES.names())
@given(
    windows=st.lists(st.lists(WINDOWS, max_size=3), min_size=2, max_size=3),
    sizes=st.lists(st.integers(1, 15), max_size=12),
    gap_s=st.sampled_from([0.0, 10.0, 50.0]),
)
@settings(max_examples=40)
def test_no_job_starts_on_a_closed_device_whatever_the_windows(discipline, windows, sizes, gap_s):
    fleet = make_fleet(
        *(make_device(f"d{i}") for i in range(len(windows))),
        maintenance={f"d{i}": tuple(each) for i, each in enumerate(windows)},
    )
    jobs = [make_job(f"j{i}", n, submit_time_s=i * gap_s) for i, n in enumerate(sizes)]

    check_schedule(Simulation(fleet, jobs, discipline=discipline).run(), jobs)
