"""The record of a run: what recorders hear, and what is left of a run that was interrupted."""

import gc
import sys
from collections import Counter
from pathlib import Path

import pytest

import qsched.sim
from qsched.model import EventKind, FailureRate, MaintenanceWindow, Recalibration, Status
from qsched.sim import RunInterrupted, Simulation
from qsched.testing import EventLog, check_schedule, make_device, make_fleet, make_job

FLEET = make_fleet(
    make_device("a"),
    make_device("b", 7),
    maintenance={"a": (MaintenanceWindow(start_s=20.0, duration_s=30.0),)},
    recalibrations={"a": (Recalibration(30.0, make_device("a", readout_error=(0.1,) * 5)),)},
    refresh_period_s=40.0,
    failures={"b": FailureRate(mtbf_s=60.0, mttr_s=20.0)},
    max_attempts=9,
)
JOBS = [
    make_job("short", 3, shots=100),
    make_job("split", 11),
    make_job("withdrawn", 2, submit_time_s=10.0, cancel_time_s=15.0),
    make_job("stopped", 2, submit_time_s=12.0, cancel_time_s=160.0, shots=9_000),
    make_job("same instant", 5, submit_time_s=15.0),
    make_job("huge", 99, submit_time_s=15.0),
    make_job("never", 1, submit_time_s=16.0, priority=-1),
]


class AllButNever:
    def decide(self, job, view):
        from qsched.policy.heuristics import SPEED

        return None if job.job_id == "never" else SPEED.decide(job, view)


def simulate(**choices):
    return Simulation(FLEET, JOBS, policy=AllButNever(), discipline="priority", **choices)


def test_workload_of_these_tests_meets_every_kind_of_event():
    result = simulate().run()

    check_schedule(result, JOBS)
    assert {event.kind for event in result.events} == set(EventKind)
    assert {record.status for record in result.jobs} == set(Status) - {
        Status.QUEUED,
        Status.RUNNING,
    }


def test_recorder_hears_every_event_as_it_is_recorded():
    first, second = EventLog(), EventLog()

    result = simulate(recorders=[first, second]).run()

    assert first.events == list(result.events)
    assert second.events == first.events


def test_recorder_hears_an_event_when_its_record_says_so():
    class Watch:
        def on_event(self, event):
            status = {record.job_id: record.status for record in simulation.log.records}
            if event.kind is EventKind.STARTED:
                assert status[event.subject] is Status.RUNNING
            if event.kind is EventKind.FINISHED:
                assert status[event.subject] is Status.DONE

    simulation = simulate(recorders=[Watch()])
    simulation.run()


def test_records_and_events_are_read_by_position_and_slice():
    result = simulate().run()

    assert len(result.jobs) == 7
    assert result.jobs[-1] == list(result.jobs)[6]
    assert result.events[1:3] == list(result.events)[1:3]
    assert result.jobs == list(result.jobs)
    assert result.jobs != list(result.jobs)[1:]
    with pytest.raises(IndexError):
        result.jobs[7]


class StopAt:
    """A recorder that presses Ctrl-C at one event."""

    def __init__(self, position):
        self.left = position

    def on_event(self, event):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def assert_readable(stop, whole):
    """A partial result keeps the laws, can be written down, and is how the whole run began.

    SimPy ends an instant before an interrupt of one of its processes comes out: of
    the last instant, other events than the first may be there.
    """
    result = stop.result
    assert result.partial
    check_schedule(result, JOBS)
    assert '"partial": true' in result.to_json()
    events = list(result.events)
    before = [event for event in events if event.time_s < events[-1].time_s]
    assert before == list(whole.events)[: len(before)]
    assert set(events) <= set(whole.events)


NUM_EVENTS = len(simulate().run().events)


@pytest.mark.parametrize("position", range(NUM_EVENTS))
def test_run_interrupted_at_any_event_leaves_a_readable_partial_result(position):
    with pytest.raises(RunInterrupted) as caught:
        simulate(recorders=[StopAt(position)]).run()

    whole = simulate().run()
    assert position < len(caught.value.result.events) <= NUM_EVENTS
    assert_readable(caught.value, whole)


def test_interrupt_in_a_policy_leaves_a_readable_partial_result():
    class Impatient(AllButNever):
        def decide(self, job, view):
            if view.now_s > 40.0:
                raise KeyboardInterrupt
            return super().decide(job, view)

    simulation = Simulation(FLEET, JOBS, policy=Impatient(), discipline="priority")
    with pytest.raises(RunInterrupted) as caught:
        simulation.run()

    check_schedule(caught.value.result, JOBS)
    left = Counter(record.status for record in caught.value.result.jobs)
    assert left[Status.QUEUED] + left[Status.RUNNING] >= 2


def test_interrupt_is_a_ctrl_c_to_those_who_do_not_know_it():
    with pytest.raises(KeyboardInterrupt):
        simulate(recorders=[StopAt(0)]).run()


class Interrupter:
    """Presses Ctrl-C before the n-th line of the engine that Python executes."""

    FOLDER = str(Path(qsched.sim.__file__).parent)

    def __init__(self, position):
        self.left = position

    def __call__(self, frame, event, argument):
        if not frame.f_code.co_filename.startswith(self.FOLDER):
            return None
        if frame.f_code.co_name in {"settle", "result"}:
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt
        return self


def interrupted_before_line(position):
    """Run until that line; return the interrupt, or ``None`` if there are no so many lines."""
    simulation = simulate()
    before = sys.gettrace()
    sys.settrace(Interrupter(position))
    try:
        simulation.run()
    except RunInterrupted as stop:
        return stop
    except KeyboardInterrupt:  # before the run had begun or while its end was told
        return None
    finally:
        sys.settrace(before)
    return False


@pytest.fixture
def no_garbage_collection():
    """Runs left over end their generators when they are collected: not while lines are counted."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    gc.collect()


@pytest.mark.usefixtures("no_garbage_collection")
def test_run_interrupted_before_any_line_of_the_engine_leaves_a_readable_partial_result():
    whole = simulate().run()
    position, num_stops = 0, 0
    while True:
        position += 1
        stop = interrupted_before_line(position)
        if stop is False:
            break
        if stop is not None:
            num_stops += 1
            assert_readable(stop, whole)

    assert position > 1_000
    assert num_stops > 0.95 * (position - 1)
