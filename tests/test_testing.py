"""The checker finds every broken law: a checker that cannot fail is worthless."""

from dataclasses import dataclass, fields, replace

import pytest

from qsched.errors import PlanError, ScheduleError
from qsched.model import Event, EventKind, LostAttempt, MaintenanceWindow, Placement, Plan, Status
from qsched.policy import load_policy
from qsched.sim import Simulation
from qsched.testing import (
    EventLog,
    check_policy,
    check_schedule,
    make_device,
    make_fleet,
    make_job,
)

FLEET = make_fleet(
    make_device("a"),
    make_device("b", 7),
    maintenance={"b": (MaintenanceWindow(start_s=60.0, duration_s=100.0),)},
)
JOBS = [
    make_job("one", 3),
    make_job("split", 12),
    make_job("late", 5, submit_time_s=70.0),
    make_job("gone", 5, submit_time_s=71.0, cancel_time_s=80.0),
    make_job("stopped", 2, submit_time_s=72.0, cancel_time_s=180.0),
    make_job("huge", 99),
]


@pytest.fixture(scope="module")
def good():
    """A lawful result whose records and events are lists."""
    result = Simulation(FLEET, JOBS, policy="first_fit").run()
    return replace(result, jobs=list(result.jobs), events=list(result.events))


def test_lawful_schedule_passes(good):
    check_schedule(good)
    check_schedule(good, JOBS)
    kinds = {record.job_id: record.status for record in good.jobs}
    assert kinds == {
        "one": Status.DONE,
        "split": Status.DONE,
        "late": Status.DONE,
        "gone": Status.CANCELLED,
        "stopped": Status.CANCELLED,
        "huge": Status.REJECTED,
    }


def with_record(result, job_id, /, **changes):
    """Return the result with one record changed."""
    jobs = [replace(r, **changes) if r.job_id == job_id else r for r in result.jobs]
    return replace(result, jobs=jobs)


def moved(result, job_id, kind, time_s):
    """Return the result with one event at another time, sorted anew, and its record alike."""
    events = [
        e._replace(time_s=time_s) if (e.subject, e.kind) == (job_id, kind) else e
        for e in result.events
    ]
    field = {EventKind.STARTED: "start_time_s", EventKind.FINISHED: "finish_time_s"}[kind]
    changed = replace(result, events=sorted(events, key=lambda e: e.time_s))
    return with_record(changed, job_id, **{field: time_s})


def shifted(result, job_id, by_s):
    """Return the result with start and finish of one job moved together."""
    record = next(r for r in result.jobs if r.job_id == job_id)
    result = moved(result, job_id, EventKind.STARTED, record.start_time_s + by_s)
    return moved(result, job_id, EventKind.FINISHED, record.finish_time_s + by_s)


def without_event(result, subject, kind):
    return replace(
        result, events=[e for e in result.events if (e.subject, e.kind) != (subject, kind)]
    )


def with_event(result, event):
    events = sorted([*result.events, event], key=lambda e: e.time_s)
    return replace(result, events=events)


def record_of(result, job_id):
    return next(record for record in result.jobs if record.job_id == job_id)


def placed(result, job_id, *parts):
    return with_record(result, job_id, placements=tuple(Placement(*part) for part in parts))


BROKEN = {
    "lost job, with its events": (
        lambda r: replace(
            r,
            jobs=[j for j in r.jobs if j.job_id != "late"],
            events=[e for e in r.events if e.subject != "late"],
        ),
        "job late is lost",
    ),
    "lost record": (
        lambda r: replace(r, jobs=[j for j in r.jobs if j.job_id != "late"]),
        "job late is lost",
    ),
    "two records": (lambda r: replace(r, jobs=[*r.jobs, r.jobs[0]]), "one has two records"),
    "job out of nothing": (
        lambda r: replace(r, jobs=[*r.jobs, replace(r.jobs[-1], job_id="ghost")]),
        "ghost has a record and was never submitted",
    ),
    "event of nobody": (
        lambda r: with_event(r, Event(1e9, EventKind.FINISHED, "nobody")),
        "nobody, which has no record",
    ),
    "start before submission": (lambda r: shifted(r, "late", -125.0), "starts before"),
    "oversubscription": (lambda r: shifted(r, "split", -20.0), "a is oversubscribed by 3"),
    "start in maintenance": (
        lambda r: placed(shifted(r, "late", 9.78), "late", ("b", 5)),
        "starts on b in maintenance",
    ),
    "start in a window without events": (
        lambda r: placed(
            replace(
                shifted(r, "late", 9.78),
                events=[e for e in shifted(r, "late", 9.78).events if e.subject != "b"],
            ),
            "late",
            ("b", 5),
        ),
        "starts on b in maintenance",
    ),
    "work under a running job": (
        lambda r: replace(
            r,
            events=sorted(
                (
                    e._replace(time_s=60.0) if e.kind is EventKind.MAINTENANCE_STARTED else e
                    for e in r.events
                ),
                key=lambda e: e.time_s,
            ),
        ),
        "maintenance of b begins while a job runs",
    ),
    "work without draining": (
        lambda r: without_event(r, "b", EventKind.MAINTENANCE_DRAINING),
        "MAINTENANCE_STARTED of b without its draining",
    ),
    "end of work without work": (
        lambda r: without_event(r, "b", EventKind.MAINTENANCE_STARTED),
        "MAINTENANCE_FINISHED of b without its work",
    ),
    "maintenance of nothing": (
        lambda r: with_event(r, Event(1e9, EventKind.MAINTENANCE_DRAINING, "z")),
        "MAINTENANCE_DRAINING of z",
    ),
    "finish too late": (
        lambda r: moved(r, "late", EventKind.FINISHED, 1e4),
        "finishes at 10000.0 s, by its plan at",
    ),
    "finish too early": (
        lambda r: moved(r, "one", EventKind.FINISHED, 49.999999),
        "finishes at 49.999999 s",
    ),
    "finish of the record alone": (
        lambda r: with_record(r, "one", finish_time_s=50.00000000000001),
        "FINISHED at 50.0 s, its record says",
    ),
    "start of the record alone": (
        lambda r: with_record(r, "huge", submit_time_s=1.0),
        "submit_time_s is 0.0, its record says 1.0",
    ),
    "double finish": (
        lambda r: with_event(r, Event(50.0, EventKind.FINISHED, "one")),
        "its events are: SUBMITTED, STARTED, FINISHED, FINISHED",
    ),
    "double start": (
        lambda r: with_event(r, Event(0.0, EventKind.STARTED, "one")),
        "oversubscribed|its events are",
    ),
    "no end": (
        lambda r: without_event(r, "stopped", EventKind.CANCELLED),
        "its events are: SUBMITTED, STARTED$",
    ),
    "no submission": (
        lambda r: without_event(r, "huge", EventKind.SUBMITTED),
        "its events are: REJECTED",
    ),
    "time runs back": (
        lambda r: replace(r, events=[*r.events[:-2], r.events[-1], r.events[-2]]),
        "CANCELLED of stopped at 180.0 s follows 200.24 s",
    ),
    "time is no number": (
        lambda r: replace(r, events=[*r.events, Event(float("nan"), EventKind.FINISHED, "one")]),
        "at nan s follows",
    ),
    "wrong fidelity": (
        lambda r: with_record(r, "one", fidelity=record_of(r, "one").fidelity + 1e-12),
        "has fidelity",
    ),
    "wrong communication": (
        lambda r: with_record(r, "split", comm_time_s=0.0),
        "communicates 0.0 s, by its plan 0.24 s",
    ),
    "wrong processing": (
        lambda r: with_record(r, "one", processing_time_s=50.0001),
        "is processed 50.0001 s, by its plan 50.0 s",
    ),
    "too few qubits": (lambda r: placed(r, "one", ("a", 2)), "needs 3 qubits and holds 2"),
    "empty part": (lambda r: placed(r, "one", ("a", 3), ("b", 0)), "has an empty part"),
    "two parts on one device": (
        lambda r: placed(r, "one", ("a", 1), ("a", 2)),
        "two parts on one device",
    ),
    "device of another fleet": (lambda r: placed(r, "one", ("z", 3)), "runs on z"),
    "names too few qubits": (lambda r: placed(r, "one", ("a", 3, (0, 1))), "names"),
    "names qubits beyond": (lambda r: placed(r, "one", ("a", 3, (3, 4, 5))), "names"),
    "names a qubit twice": (lambda r: placed(r, "one", ("a", 3, (1, 1, 2))), "names"),
    "not done": (
        lambda r: with_record(r, "one", status=Status.RUNNING),
        "is RUNNING at the end",
    ),
    "never started": (
        lambda r: with_record(r, "one", start_time_s=None),
        "is DONE and never started",
    ),
    "rejected without a reason": (
        lambda r: with_record(r, "huge", reason=""),
        "is REJECTED without a reason",
    ),
    "rejected and started": (
        lambda r: with_record(r, "huge", start_time_s=1.0),
        "is REJECTED and has started",
    ),
    "cancelled and finished": (
        lambda r: with_record(r, "gone", finish_time_s=80.0),
        "is CANCELLED, finish disagrees",
    ),
    "cancelled with a fidelity": (
        lambda r: with_record(r, "gone", fidelity=0.5),
        "is CANCELLED, fidelity disagrees",
    ),
    "waits and is placed": (
        lambda r: placed(r, "gone", ("a", 5)),
        "has placements and never started",
    ),
    "waits and was processed": (
        lambda r: with_record(r, "gone", processing_time_s=5.0),
        "has figures of a run and never started",
    ),
    "facts of another job": (
        lambda r: with_record(r, "one", depth=6),
        "depth is 5, its record says 6",
    ),
}


@pytest.mark.parametrize(("breaks", "message"), BROKEN.values(), ids=BROKEN)
def test_broken_law_is_found_and_named(good, breaks, message):
    with pytest.raises(ScheduleError, match=message):
        check_schedule(breaks(good), JOBS)


def test_event_of_a_job_without_a_record_is_found_without_the_jobs_too(good):
    lost = replace(good, jobs=[job for job in good.jobs if job.job_id != "late"])

    with pytest.raises(ScheduleError, match="job late, which has no record"):
        check_schedule(lost)


def test_every_field_of_a_record_is_watched(good):
    """Whatever field is changed to another value of its kind, some law is broken."""
    others = {str: "other", int: 17, float: 12.345, Status: Status.FAILED, tuple: (), Plan: ()}
    others[type(None)] = 17
    record = record_of(good, "one")
    for field in fields(record):
        if field.name in {"reason", "wait_reason"}:  # of a job that is done they say anything
            continue
        other = others[type(getattr(record, field.name))]
        if field.name == "lost_attempts":
            other = (LostAttempt(0.0, 1.0, record.placements),)
        with pytest.raises(ScheduleError):
            check_schedule(with_record(good, "one", **{field.name: other}), JOBS)


def test_named_qubits_held_twice_are_found():
    @dataclass
    class Corner:
        corner: tuple[int, ...] = (0, 1)

        def decide(self, job, view):
            first = 0 if job.job_id == "x" else 2
            return (Placement("device", 2, (first, first + 1)),)

    result = Simulation(make_fleet(), [make_job("x", 2), make_job("y", 2)], policy=Corner()).run()
    check_schedule(result)

    jobs = [replace(r, placements=(Placement("device", 2, (0, 1)),)) for r in result.jobs]
    with pytest.raises(ScheduleError, match=r"job y takes qubits \[0, 1\] of device from another"):
        check_schedule(replace(result, jobs=jobs))


def test_jobs_of_a_partial_run_may_be_on_their_way_but_must_be_lawful():
    simulation = Simulation(make_fleet(), [make_job("runs", 4), make_job("waits", 4)])
    simulation.advance()
    simulation.broker.dispatch()
    partial = simulation.result(partial=True)

    check_schedule(partial)
    with pytest.raises(ScheduleError, match="is RUNNING at the end"):
        check_schedule(replace(partial, partial=False))
    with pytest.raises(ScheduleError, match="starts before"):
        check_schedule(
            replace(partial, jobs=[replace(partial.jobs[0], submit_time_s=1.0), partial.jobs[1]])
        )


def test_sums_of_delays_may_be_off_by_their_rounding():
    """At 1e12 s the grid is 0.0001 s: the checker allows some steps of it and no more."""
    jobs = [make_job("j", submit_time_s=1e12)]
    good = Simulation(make_fleet(), jobs).run()
    good = replace(good, jobs=list(good.jobs), events=list(good.events))

    check_schedule(moved(good, "j", EventKind.FINISHED, 1e12 + 50.001))
    with pytest.raises(ScheduleError, match="finishes at"):
        check_schedule(moved(good, "j", EventKind.FINISHED, 1e12 + 50.01))


def test_policy_that_changes_its_mind_is_found():
    class Fickle:
        def __init__(self):
            self.times = 0

        def decide(self, job, view):
            self.times += 1
            return load_policy("speed").decide(job, view) if self.times % 2 else None

    with pytest.raises(ScheduleError, match="answers differently to the same view"):
        check_policy(Fickle())


def test_policy_that_oversubscribes_is_found():
    class Greedy:
        def decide(self, job, view):
            return (Placement(view.qpus[0].name, job.num_qubits),)

    with pytest.raises(PlanError, match="free are"):
        check_policy(Greedy())


class Lazy:
    def decide(self, job, view):
        return load_policy("speed").decide(job, view) if job.num_qubits != 3 else None


def test_policy_that_leaves_jobs_waiting_for_ever_is_found_unless_it_may():
    with pytest.raises(ScheduleError, match="of 3 qubits is left waiting for ever"):
        check_policy(Lazy())
    check_policy(Lazy(), may_fail=True)


def test_workloads_of_the_policy_check_follow_from_its_seed():
    class Watch:
        def __init__(self):
            self.seen = []

        def decide(self, job, view):
            self.seen.append((job, view.now_s))
            return load_policy("speed").decide(job, view)

    first, second, other = Watch(), Watch(), Watch()
    check_policy(first, seed=1, num_workloads=5)
    check_policy(second, seed=1, num_workloads=5)
    check_policy(other, seed=2, num_workloads=5)

    assert first.seen == second.seen != other.seen


def test_builders_take_changes():
    assert make_device("x", 3, clops=5.0).clops == 5.0
    assert make_fleet(make_device("x"), name="n").name == "n"
    assert make_fleet().num_qubits == 5
    assert make_job("j", 2, priority=4).priority == 4
    assert EventLog().events == []
