"""Schedules worked out by hand, as logs of events.

On `make_device` a job of `make_job` runs for 50 seconds, equation (3):
100 * 10 * 1,000 shots * 5 / 100,000 CLOPS.
"""

import pytest
import simpy

from qsched.errors import (
    CalibrationError,
    ConfigError,
    JobTableError,
    SimulationError,
    UnknownNameError,
)
from qsched.model import MaintenanceWindow, Placement, Status
from qsched.policy import QueueDiscipline
from qsched.policy.heuristics import FIRST_FIT
from qsched.sim import ParallelBroker, Simulation
from qsched.testing import check_schedule, make_device, make_fleet, make_job


def run(fleet, jobs, **choices):
    """Run the jobs, check the schedule and return the result."""
    result = Simulation(fleet, jobs, **choices).run()
    check_schedule(result, jobs)
    return result


def story(result, *kinds):
    """Return the events as ``(time, kind, subject)``, of these kinds or of all but SUBMITTED."""
    events = [(time_s, kind.name, subject) for time_s, kind, subject in result.events]
    return [e for e in events if (e[1] in kinds if kinds else e[1] != "SUBMITTED")]


def test_one_job_starts_at_once_and_ends_after_its_processing_time():
    result = run(make_fleet(), [make_job("a", submit_time_s=7.0)])

    assert story(result, "SUBMITTED", "STARTED", "FINISHED") == [
        (7.0, "SUBMITTED", "a"),
        (7.0, "STARTED", "a"),
        (57.0, "FINISHED", "a"),
    ]


def test_second_job_waits_until_the_first_releases_its_qubits():
    jobs = [make_job("a", 3), make_job("b", 3, submit_time_s=1.0)]

    assert story(run(make_fleet(), jobs)) == [
        (0.0, "STARTED", "a"),
        (50.0, "FINISHED", "a"),
        (50.0, "STARTED", "b"),
        (100.0, "FINISHED", "b"),
    ]


def test_two_jobs_share_a_device_that_holds_both():
    jobs = [make_job("a", 3), make_job("b", 2)]

    assert story(run(make_fleet(), jobs)) == [
        (0.0, "STARTED", "a"),
        (0.0, "STARTED", "b"),
        (50.0, "FINISHED", "a"),
        (50.0, "FINISHED", "b"),
    ]


def test_split_job_communicates_then_all_parts_run_as_long_as_the_slowest():
    """Eight qubits as 4 + 4: 8 * 0.02 s of communication, then 100 s on the slower device."""
    fleet = make_fleet(make_device("a"), make_device("b", clops=50_000.0))

    (record,) = run(fleet, [make_job("j", 8)]).jobs

    assert record.placements == (Placement("a", 4), Placement("b", 4))
    assert record.comm_time_s == pytest.approx(0.16)
    assert record.processing_time_s == 100.0
    assert record.finish_time_s == record.comm_time_s + 100.0


def test_split_job_takes_no_qubit_before_it_can_take_all():
    """It waits for device a and holds nothing of b meanwhile."""
    fleet = make_fleet(make_device("a"), make_device("b"))
    jobs = [make_job("first", 5), make_job("split", 10, submit_time_s=10.0)]
    simulation = Simulation(fleet, jobs)
    held = []
    while simulation.advance():
        simulation.broker.dispatch()
        held.append((simulation.env.now, [qpu.held_qubits for qpu in simulation.qpus]))
    check_schedule(simulation.conclude(), jobs)

    assert held[:3] == [(0.0, [5, 0]), (10.0, [5, 0]), (50.0, [5, 5])]


def test_jobs_behind_the_first_wait_though_they_would_fit():
    jobs = [make_job("a", 3), make_job("b", 5), make_job("c", 2)]

    assert story(run(make_fleet(), jobs), "STARTED") == [
        (0.0, "STARTED", "a"),
        (50.0, "STARTED", "b"),
        (100.0, "STARTED", "c"),
    ]


def test_jobs_submitted_at_one_time_keep_their_order():
    jobs = [make_job(name, 5, submit_time_s=3.0) for name in "cab"]

    assert [e[2] for e in story(run(make_fleet(), jobs), "STARTED")] == ["c", "a", "b"]


def test_list_of_jobs_is_taken_in_the_order_of_submission():
    jobs = [make_job("late", submit_time_s=9.0), make_job("early", submit_time_s=4.0)]

    assert [record.job_id for record in run(make_fleet(), jobs).jobs] == ["early", "late"]


def test_release_and_arrival_at_one_instant_are_one_decision_point():
    """At 50 s a releases and c arrives with the higher priority: c goes first, not b."""
    jobs = [
        make_job("a", 5),
        make_job("b", 5, submit_time_s=1.0),
        make_job("c", 5, submit_time_s=50.0, priority=1),
    ]

    starts = story(run(make_fleet(), jobs, discipline="priority"), "STARTED")

    assert starts == [(0.0, "STARTED", "a"), (50.0, "STARTED", "c"), (100.0, "STARTED", "b")]


def test_job_larger_than_the_fleet_is_rejected_with_the_reason_and_the_others_run():
    result = run(make_fleet(), [make_job("huge", 6), make_job("small", 5)])

    assert [record.status for record in result.jobs] == [Status.REJECTED, Status.DONE]
    assert result.jobs[0].reason == "needs 6 qubits, the whole fleet has 5"


def test_nothing_happens_without_jobs():
    result = run(make_fleet(), [])

    assert list(result.events) == []
    assert list(result.jobs) == []


class Never:
    """A policy that leaves every job waiting."""

    def decide(self, job, view):
        return None


def test_job_that_the_policy_never_starts_has_failed_in_the_end():
    result = run(make_fleet(), [make_job("a"), make_job("b", submit_time_s=5.0)], policy=Never())

    assert story(result) == [(5.0, "FAILED", "a"), (5.0, "FAILED", "b")]
    assert "left it waiting" in result.jobs[0].reason


def test_decisions_by_hand_give_the_records_of_a_run():
    fleet = make_fleet(make_device("a"), make_device("b", 7))
    jobs = [make_job(f"j{i}", 1 + i % 12, submit_time_s=7.0 * i) for i in range(30)]
    by_run = Simulation(fleet, jobs, policy=FIRST_FIT).run()

    simulation = Simulation(fleet, jobs, policy=FIRST_FIT)
    while simulation.advance():
        while len(simulation.queue):
            row = simulation.queue.first()
            plan = FIRST_FIT.decide(simulation.log.jobs[row], simulation.observe())
            if plan is None:
                break
            simulation.start(row, plan)
    by_hand = simulation.conclude()

    assert by_hand.to_json() == by_run.to_json()
    assert by_hand.events == by_run.events


def test_job_behind_the_first_may_be_started_by_hand():
    simulation = Simulation(make_fleet(), [make_job("a", 4), make_job("b", 4)])
    assert simulation.advance()

    simulation.start(1, (Placement("device", 4),))

    assert len(simulation.queue) == 1
    assert simulation.queue.first() == 0
    assert simulation.run().jobs[0].start_time_s == 50.0


def test_job_cannot_be_started_twice():
    simulation = Simulation(make_fleet(), [make_job("a", 2)])
    simulation.advance()
    simulation.start(0, (Placement("device", 2),))

    with pytest.raises(SimulationError, match="job a does not wait"):
        simulation.start(0, (Placement("device", 2),))


def test_run_is_not_concluded_before_its_end():
    simulation = Simulation(make_fleet(), [make_job("a")])
    with pytest.raises(SimulationError, match="call advance"):
        simulation.conclude()


def test_view_tells_what_is_free_and_what_will_be():
    simulation = Simulation(make_fleet(make_device("a"), make_device("b", 7)), [make_job("j", 4)])
    simulation.advance()
    simulation.start(0, (Placement("b", 4),))

    view = simulation.observe()

    assert [(q.name, q.free_qubits, q.held_qubits, q.num_running) for q in view.qpus] == [
        ("a", 5, 0, 0),
        ("b", 3, 4, 1),
    ]
    assert view.upcoming_releases() == [(50.0, (Placement("b", 4),))]
    assert view.num_started == 1
    assert view.max_parts == 2


def test_view_tells_how_many_wait_and_how_long_jobs_are_in_the_mean():
    shots = (1_000, 3_000, 5_000)
    jobs = [make_job(f"j{i}", 4, shots=n) for i, n in enumerate(shots)]
    simulation = Simulation(make_fleet(), [*jobs, make_job("huge", 6, shots=10**6)])
    assert simulation.observe()[4:6] == (0, 0.0)
    simulation.advance()

    view = simulation.observe()

    assert (view.num_waiting, view.mean_shots) == (3, 3_000.0)  # one can never run
    simulation.start(0, (Placement("device", 4),))
    assert simulation.observe()[4:6] == (2, 3_000.0)


def test_utilisation_in_the_view_counts_the_qubit_seconds_held_so_far():
    """Four of seven qubits for 50 of 60 seconds."""
    jobs = [make_job("j", 4), make_job("later", 1, submit_time_s=60.0)]
    simulation = Simulation(make_fleet(make_device("b", 7)), jobs)
    seen = []
    while simulation.advance():
        seen.append(simulation.observe().qpus[0].utilisation(simulation.env.now))
        simulation.broker.dispatch()

    assert seen[0] == 0.0
    assert seen[1] == pytest.approx(4 / 7)
    assert seen[2] == pytest.approx(4 * 50 / (7 * 60))


def test_qpu_holds_never_less_than_nothing_nor_more_than_it_has():
    jobs = [
        make_job(f"j{i}", 1 + i % 9, submit_time_s=5.0 * i, cancel_time_s=5.0 * i + 40.0 * (i % 5))
        for i in range(60)
    ]

    class Watch:
        def on_event(self, event):
            for qpu in simulation.qpus:
                assert 0 <= qpu.held_qubits <= qpu.num_qubits
                assert 0 <= qpu.num_running <= qpu.held_qubits
                assert qpu.busy_qubit_s >= 0.0

    simulation = Simulation(
        make_fleet(make_device("a"), make_device("b", 4)), jobs, recorders=[Watch()]
    )
    check_schedule(simulation.run(), jobs)
    assert [(qpu.held_qubits, qpu.num_running) for qpu in simulation.qpus] == [(0, 0), (0, 0)]


def test_progress_is_told_now_and_then_and_at_the_end():
    told = []
    jobs = [make_job(f"j{i}", submit_time_s=100.0 * i) for i in range(100)]

    Simulation(make_fleet(), jobs, progress=lambda *args: told.append(args)).run()

    assert len(told) == 200 // 64 + 1
    assert told[-1] == (100, 100, 9950.0)
    assert told == sorted(told)


def test_names_of_what_was_chosen_are_those_given_or_those_of_the_classes():
    class Mine(ParallelBroker):
        pass

    by_name = Simulation(make_fleet(), [], policy="fair", discipline="sjf", broker="serial").run()
    assert (by_name.policy, by_name.discipline, by_name.broker) == ("fair", "sjf", "serial")

    objects = Simulation(
        make_fleet(), [], policy=Never, discipline=QueueDiscipline(), broker=Mine()
    ).run()
    assert (objects.policy, objects.discipline, objects.broker) == (
        "Never",
        "QueueDiscipline",
        "Mine",
    )


@pytest.mark.parametrize("choice", ["policy", "model", "broker", "discipline"])
def test_unknown_name_is_answered_with_the_near_ones(choice):
    with pytest.raises(UnknownNameError, match="'nosuch'"):
        Simulation(make_fleet(), [], **{choice: "nosuch"})


@pytest.mark.parametrize("choice", ["policy", "model", "broker", "discipline"])
def test_object_of_another_kind_is_refused(choice):
    with pytest.raises(ConfigError):
        Simulation(make_fleet(), [], **{choice: object()})


def test_device_that_states_no_clops_is_refused_by_name():
    with pytest.raises(CalibrationError, match="mystery: device states no CLOPS"):
        Simulation(make_fleet(make_device("mystery", clops=None)), [])


def test_negative_seed_is_refused():
    with pytest.raises(ConfigError, match="seed is -1"):
        Simulation(make_fleet(), [], seed=-1)


def test_job_id_that_comes_twice_is_refused():
    with pytest.raises(JobTableError, match="'a' was submitted twice"):
        Simulation(make_fleet(), [make_job("a"), make_job("a")]).run()


def test_job_that_would_run_for_ever_is_an_error_and_not_a_job_lost():
    with pytest.raises(CalibrationError, match="device: job a would take inf s"):
        Simulation(make_fleet(make_device(clops=1e-307)), [make_job("a")]).run()


class KeywordError(Exception):
    """An exception that cannot be made again from its arguments."""

    def __init__(self, *, what):
        super().__init__(f"about {what}")
        self.what = what


def failing_jobs():
    yield make_job("a")
    raise KeywordError(what="arrivals")


def test_exception_of_an_arrivals_iterator_comes_out_as_it_was_raised():
    with pytest.raises(KeywordError, match="about arrivals") as caught:
        Simulation(make_fleet(), failing_jobs()).run()
    assert caught.value.what == "arrivals"


class FailingRecorder:
    def on_event(self, event):
        if event.kind.name == "FINISHED":
            raise KeywordError(what="recorder")


class FailingPolicy:
    def decide(self, job, view):
        raise KeywordError(what="policy")


@pytest.mark.parametrize(
    "choice", [{"recorders": [FailingRecorder()]}, {"policy": FailingPolicy()}], ids=str
)
def test_exception_of_a_plug_in_comes_out_as_it_was_raised(choice):
    with pytest.raises(KeywordError):
        Simulation(make_fleet(), [make_job("a")], **choice).run()


def test_duration_below_the_resolution_of_the_clock_ends_at_the_instant_of_its_start():
    """At 1e15 s the clock counts in eighths of a second."""
    fleet = make_fleet(make_device("a", clops=1e12))
    jobs = [make_job("a", 5, submit_time_s=1e15), make_job("b", 5, submit_time_s=1e15)]

    result = run(fleet, jobs)

    assert [e[1:] for e in story(result)] == [
        ("STARTED", "a"),
        ("FINISHED", "a"),
        ("STARTED", "b"),
        ("FINISHED", "b"),
    ]
    assert result.summary.makespan_s == 1e15


def test_engine_stands_still_between_decision_points():
    """A run of two far-apart jobs takes a handful of SimPy events: nothing polls."""
    simulation = Simulation(make_fleet(), [make_job("a"), make_job("b", submit_time_s=1e9)])
    steps = 0
    real_step = simpy.Environment.step

    def step():
        nonlocal steps
        steps += 1
        real_step(simulation.env)

    simulation.env.step = step
    simulation.run()

    assert steps <= 12


def test_maintenance_far_in_the_future_does_not_keep_a_run_going():
    fleet = make_fleet(
        make_device("a"),
        maintenance={"a": (MaintenanceWindow(start_s=1e6, duration_s=1.0, period_s=10.0),)},
    )
    assert story(run(fleet, [make_job("j")])) == [(0.0, "STARTED", "j"), (50.0, "FINISHED", "j")]
