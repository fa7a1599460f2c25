"""Jobs are withdrawn before they start, while they run, or too late."""

import pytest

from qsched.errors import SimulationError
from qsched.model import Status
from qsched.policy import DISCIPLINES
from qsched.sim import Simulation
from qsched.testing import check_schedule, make_device, make_fleet, make_job


def run(jobs, **choices):
    result = Simulation(make_fleet(), jobs, **choices).run()
    check_schedule(result, jobs)
    return result


def story(result):
    return [
        (time_s, kind.name, subject)
        for time_s, kind, subject in result.events
        if kind.name != "SUBMITTED"
    ]


def test_waiting_job_is_withdrawn_and_the_next_takes_its_turn():
    jobs = [make_job("a", 5), make_job("b", 5, cancel_time_s=30.0), make_job("c", 5)]

    result = run(jobs)

    assert story(result) == [
        (0.0, "STARTED", "a"),
        (30.0, "CANCELLED", "b"),
        (50.0, "FINISHED", "a"),
        (50.0, "STARTED", "c"),
        (100.0, "FINISHED", "c"),
    ]
    assert result.jobs[1].reason == "cancelled by its user"


def test_withdrawal_of_the_first_lets_the_next_start_at_once():
    """Two qubits are free all the time; the first in line needs five and holds up the next."""
    jobs = [make_job("a", 3), make_job("b", 5, cancel_time_s=30.0), make_job("c", 2)]

    assert (30.0, "STARTED", "c") in story(run(jobs))


def test_running_job_is_withdrawn_and_its_qubits_are_free_at_once():
    jobs = [make_job("a", 5, cancel_time_s=20.0), make_job("b", 5)]

    result = run(jobs)

    assert story(result) == [
        (0.0, "STARTED", "a"),
        (20.0, "CANCELLED", "a"),
        (20.0, "STARTED", "b"),
        (70.0, "FINISHED", "b"),
    ]
    record = result.jobs[0]
    assert (record.start_time_s, record.finish_time_s, record.fidelity) == (0.0, None, None)
    assert record.placements != ()


def test_split_job_withdrawn_while_it_communicates_frees_all_its_devices():
    fleet = make_fleet(make_device("a"), make_device("b"))
    jobs = [make_job("split", 10, cancel_time_s=0.1), make_job("next", 10, submit_time_s=0.05)]

    result = Simulation(fleet, jobs).run()
    check_schedule(result, jobs)

    assert result.jobs[1].start_time_s == 0.1


def test_job_withdrawn_as_it_is_submitted_never_starts():
    assert story(run([make_job("a", submit_time_s=5.0, cancel_time_s=5.0)])) == [
        (5.0, "CANCELLED", "a")
    ]


def test_job_withdrawn_as_qubits_come_free_for_it_never_starts():
    jobs = [make_job("a", 5), make_job("b", 5, cancel_time_s=50.0)]

    assert run(jobs).jobs[1].status is Status.CANCELLED


def test_job_that_ends_at_the_instant_of_its_withdrawal_is_done():
    result = run([make_job("a", cancel_time_s=50.0), make_job("b", 5)])

    assert story(result)[:3] == [
        (0.0, "STARTED", "a"),
        (50.0, "FINISHED", "a"),
        (50.0, "STARTED", "b"),
    ]


def test_withdrawal_of_a_job_that_is_done_changes_nothing():
    result = run([make_job("a", cancel_time_s=51.0)])

    assert story(result) == [(0.0, "STARTED", "a"), (50.0, "FINISHED", "a")]


def test_rejected_job_is_not_withdrawn_as_well():
    assert story(run([make_job("a", 6, cancel_time_s=51.0)])) == [(0.0, "REJECTED", "a")]


@pytest.mark.parametrize("discipline", DISCIPLINES.names())
def test_jobs_deep_in_the_queue_are_withdrawn_in_any_order(discipline):
    """Of 200 jobs every third is withdrawn before its turn, from the back to the front."""
    jobs = [
        make_job(f"j{i}", 5, priority=i % 7, shots=1_000 + i, cancel_time_s=40.0 - i / 10)
        if i % 3 == 1
        else make_job(f"j{i}", 5, priority=i % 7, shots=1_000 + i)
        for i in range(200)
    ]

    result = run(jobs, discipline=discipline)

    counts = result.summary
    assert counts.num_cancelled + counts.num_done == 200
    assert counts.num_cancelled in {66, 67}


def by_hand():
    simulation = Simulation(make_fleet(), [make_job("a", 5), make_job("b", 5)])
    simulation.advance()
    simulation.broker.dispatch()
    return simulation


def test_job_cancelled_by_hand_frees_its_qubits_before_the_next_decision():
    simulation = by_hand()

    assert simulation.cancel("a", "enough")
    assert simulation.qpus[0].free_qubits == 5
    result = simulation.run()

    check_schedule(result)
    assert [record.status for record in result.jobs] == [Status.CANCELLED, Status.DONE]
    assert result.jobs[0].reason == "enough"


def test_job_can_be_cancelled_once():
    simulation = by_hand()

    assert [simulation.cancel("a"), simulation.cancel("a")] == [True, False]
    assert [simulation.cancel("b"), simulation.cancel("b")] == [True, False]
    check_schedule(simulation.run())


def test_job_that_is_not_there_cannot_be_cancelled():
    with pytest.raises(SimulationError, match="no job 'z'"):
        by_hand().cancel("z")
