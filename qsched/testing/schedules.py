"""Proof that a run breaks no law of scheduling."""

from __future__ import annotations

from math import ulp
from typing import TYPE_CHECKING

from qsched.errors import ScheduleError
from qsched.model import EventKind, Job, Status
from qsched.partition.couplings import couplings_of
from qsched.policy.scoring import score_plan
from qsched.testing.occupancy import Occupancy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.model import DeviceProfile, JobRecord, LostAttempt, Placement, Placements
    from qsched.policy.scoring import Score
    from qsched.result import RunResult

_END_OF = {
    Status.DONE: EventKind.FINISHED,
    Status.CANCELLED: EventKind.CANCELLED,
    Status.REJECTED: EventKind.REJECTED,
    Status.FAILED: EventKind.FAILED,
}
_NEVER_STARTED = {Status.QUEUED, Status.REJECTED}
_ROUNDINGS = 16
"""Steps of the floating-point grid by which a sum of a job's delays may be off."""

_FACTS = (
    "name",
    "num_qubits",
    "depth",
    "num_two_qubit_gates",
    "shots",
    "priority",
    "submit_time_s",
)


def check_schedule(result: RunResult, jobs: Iterable[Job] | None = None) -> None:
    """Prove that a run breaks no law of scheduling.

    No QPU is oversubscribed at any time, none takes a job while it is closed for
    maintenance, and none is worked on while a job runs; regions, where they were
    asked for, hang together and are apart; no job is lost, starts
    before it was submitted or ends more than once; times and fidelity follow
    from the plan by the run's cost model and the calibration that held when the
    job started; only a breakdown puts a job back, at most so many times; records
    and events agree. Of a partial run, jobs may still be waiting or running.

    Args:
        result: What the run gave back.
        jobs: The jobs as they were submitted; with them it is proved that each
            has its record. Without them only what was recorded can be checked.

    Raises:
        ScheduleError: A law is broken; the message names the job and the law.
    """
    submitted = None if jobs is None else {job.job_id: job for job in jobs}
    devices = {device.name: device for device in result.fleet.devices}
    records: dict[str, JobRecord] = {}
    for record in result.jobs:
        if record.job_id in records:
            raise ScheduleError(f"job {record.job_id} has two records")
        records[record.job_id] = record
        if submitted is None:
            job = _job_of(record)
        elif record.job_id in submitted:
            job = submitted[record.job_id]
        else:
            raise ScheduleError(f"job {record.job_id} has a record and was never submitted")
        _RecordLaws(result, devices, record, job).check()
    if submitted is not None and not result.partial:
        for job_id in submitted:
            if job_id not in records:
                raise ScheduleError(f"job {job_id} is lost: it has no record")
    _check_events(result, records)


def _job_of(record: JobRecord) -> Job:
    facts = {fact: getattr(record, fact) for fact in _FACTS}
    return Job(job_id=record.job_id, circuit=record.circuit, **facts)


class _RecordLaws:
    """What must hold of one record by itself."""

    def __init__(
        self, result: RunResult, devices: dict[str, DeviceProfile], record: JobRecord, job: Job
    ) -> None:
        self.result = result
        self.devices = devices
        self.record = record
        self.job = job

    def hold(self, law: bool, text: str) -> None:
        """Refuse a record of which a law does not hold."""
        if not law:
            raise ScheduleError(f"job {self.record.job_id}: {text}")

    def check(self) -> None:
        """Check all laws."""
        record = self.record
        for fact in _FACTS:
            told, is_so = getattr(record, fact), getattr(self.job, fact)
            self.hold(told == is_so, f"{fact} is {is_so!r}, its record says {told!r}")
        self.hold(record.circuit is self.job.circuit, "has the circuit of another job")
        self._check_status()
        if record.start_time_s is None:
            self.hold(not record.placements, "has placements and never started")
            figures = (record.comm_time_s, record.processing_time_s, record.fidelity)
            self.hold(figures == (None, None, None), "has figures of a run and never started")
            return
        self.hold(record.start_time_s >= record.submit_time_s, "starts before it is submitted")
        self._check_placements(record.placements)
        self._check_figures(record.start_time_s)

    def _check_status(self) -> None:
        record, status = self.record, self.record.status
        done, started = status is Status.DONE, record.start_time_s is not None
        if status in {Status.QUEUED, Status.RUNNING}:
            self.hold(self.result.partial, f"is {status} at the end of a run that is not partial")
        if status in {Status.REJECTED, Status.FAILED, Status.CANCELLED}:
            self.hold(bool(record.reason), f"is {status} without a reason")
        if status in _NEVER_STARTED:
            self.hold(not started, f"is {status} and has started")
        self._check_attempts(started)
        if status in {Status.RUNNING, Status.DONE}:
            self.hold(started, f"is {status} and never started")
        self.hold((record.finish_time_s is not None) is done, f"is {status}, finish disagrees")
        self.hold((record.fidelity is not None) is done, f"is {status}, fidelity disagrees")

    def _check_attempts(self, started: bool) -> None:
        record, fleet = self.record, self.result.fleet
        limit = fleet.max_attempts if fleet.failures else 1
        self.hold(record.attempts <= limit, f"was tried {record.attempts} times, of {limit}")
        self.hold(len(record.lost_attempts) < limit, "waits though it was tried often enough")
        if record.status is Status.FAILED and (started or record.lost_attempts):
            gone = f"has FAILED after {record.attempts} of {limit} attempts"
            self.hold(not started or (record.attempts == limit and bool(fleet.failures)), gone)
        earliest_s = record.submit_time_s
        for start_s, end_s, plan in record.lost_attempts:
            self.hold(start_s >= earliest_s, f"is tried at {start_s} s, too early")
            self._check_placements(plan)
            comm_s, processing_s = self._score(plan, start_s)[:2]
            last_s = start_s + comm_s + processing_s
            in_time = start_s <= end_s <= last_s + _ROUNDINGS * ulp(last_s)
            self.hold(in_time, f"loses at {end_s} s what began at {start_s} s")
            earliest_s = end_s
        if record.start_time_s is not None:
            self.hold(record.start_time_s >= earliest_s, "starts before it was put back")

    def _score(self, plan: Placements, start_s: float) -> Score:
        """Return what a plan costs and gives by the calibrations that held at its start."""
        model, fleet = self.result.model, self.result.fleet
        devices = [fleet.profile_at(self.devices[part.device], start_s) for part in plan]
        return score_plan(model, self.job, plan, [model.rates(d) for d in devices], devices)

    def _check_placements(self, parts: Placements) -> None:
        record = self.record
        held = sum(part.num_qubits for part in parts)
        self.hold(held == record.num_qubits, f"needs {record.num_qubits} qubits and holds {held}")
        self.hold(all(part.num_qubits >= 1 for part in parts), "has an empty part")
        names = [part.device for part in parts]
        self.hold(len(set(names)) == len(names), "has two parts on one device")
        for part in parts:
            self.hold(part.device in self.devices, f"runs on {part.device}, not of the fleet")
            if part.qubits is not None:
                known = range(self.devices[part.device].num_qubits)
                valid = len(set(part.qubits)) == len(part.qubits) == part.num_qubits
                self.hold(
                    valid and all(qubit in known for qubit in part.qubits),
                    f"takes {part.num_qubits} qubits of {part.device} and names {part.qubits}",
                )
            if self.result.rules.is_connected:
                self._check_region(part)
        if any(part.logical is not None for part in parts):
            held_once = sorted(qubit for part in parts for qubit in part.logical or ())
            self.hold(
                held_once == list(range(record.num_qubits)),
                "has parts that do not hold each qubit of its circuit once",
            )

    def _check_region(self, part: Placement) -> None:
        self.hold(part.qubits is not None, f"has no region on {part.device}")
        changes = self.result.fleet.recalibrations.get(part.device, ())
        known = [self.devices[part.device], *(change.profile for change in changes)]
        # Policies may place by a calibration that no longer holds: any of them will do.
        self.hold(
            any(couplings_of(device).is_connected(part.qubits or ()) for device in known),
            f"holds qubits {part.qubits} of {part.device}, which do not hang together",
        )

    def _check_figures(self, start_s: float) -> None:
        record = self.record
        score = self._score(record.placements, start_s)
        comm_s, processing_s, fidelity = score[:3]
        for name in ("cut_weight", "sampling_overhead"):
            told, is_so = getattr(record, name), getattr(score, name)
            self.hold(told == is_so, f"{name} is {told}, by its plan {is_so}")
        self.hold(
            record.comm_time_s == comm_s,
            f"communicates {record.comm_time_s} s, by its plan {comm_s} s",
        )
        self.hold(
            record.processing_time_s == processing_s,
            f"is processed {record.processing_time_s} s, by its plan {processing_s} s",
        )
        if record.finish_time_s is None:
            return
        self.hold(
            record.fidelity == fidelity,
            f"has fidelity {record.fidelity}, by its plan {fidelity}",
        )
        self.hold(
            record.fidelity_by_means == score.fidelity_by_means,
            f"has fidelity {record.fidelity_by_means} by means, by its plan "
            f"{score.fidelity_by_means}",
        )
        ends_s = start_s + comm_s + processing_s
        self.hold(
            abs(record.finish_time_s - ends_s) <= _ROUNDINGS * ulp(ends_s),
            f"finishes at {record.finish_time_s} s, by its plan at {ends_s} s",
        )


def _check_events(result: RunResult, records: dict[str, JobRecord]) -> None:
    occupancy = Occupancy(
        result.fleet, spacing=result.rules.spacing if result.rules.is_connected else 0
    )
    lives: dict[str, list[EventKind]] = {job_id: [] for job_id in records}
    last_s = 0.0
    for time_s, kind, subject in result.events:
        if not time_s >= last_s:
            raise ScheduleError(f"event {kind.name} of {subject} at {time_s} s follows {last_s} s")
        last_s = time_s
        if kind.is_of_device:
            occupancy.hear(kind, subject, time_s)
            continue
        if subject not in records:
            raise ScheduleError(f"event {kind.name} of job {subject}, which has no record")
        record, life = records[subject], lives[subject]
        attempt = _attempt_of(record, life)
        _check_time(time_s, kind, record, attempt)
        if kind is EventKind.STARTED:
            occupancy.take(subject, attempt.placements, time_s)
        elif life and life[-1] is EventKind.STARTED:
            if kind in {EventKind.REQUEUED, EventKind.FAILED}:
                _check_breakdown(occupancy, record, attempt.placements, time_s)
            occupancy.release(attempt.placements)
        life.append(kind)
    for job_id, life in lives.items():
        _check_life(records[job_id], life)


def _attempt_of(record: JobRecord, life: Sequence[EventKind]) -> LostAttempt | JobRecord:
    """Return the attempt that comes next or runs, after so much of a job's life."""
    number = life.count(EventKind.REQUEUED)
    return record.lost_attempts[number] if number < len(record.lost_attempts) else record


def _check_breakdown(
    occupancy: Occupancy, record: JobRecord, plan: Placements, time_s: float
) -> None:
    """Refuse a job that lost what it ran though nothing broke down under it just then."""
    if not any(occupancy.broken_since.get(part.device) == time_s for part in plan):
        raise ScheduleError(
            f"job {record.job_id} loses its attempt at {time_s} s, none of its devices broke down"
        )


def _check_time(
    time_s: float, kind: EventKind, record: JobRecord, attempt: LostAttempt | JobRecord
) -> None:
    told = {
        EventKind.SUBMITTED: record.submit_time_s,
        EventKind.STARTED: attempt.start_time_s,
        EventKind.REQUEUED: getattr(attempt, "end_time_s", None),
        EventKind.FINISHED: record.finish_time_s,
    }.get(kind, time_s)
    if told != time_s:
        raise ScheduleError(
            f"job {record.job_id}: {kind.name} at {time_s} s, its record says {told} s"
        )


def _check_life(record: JobRecord, kinds: list[EventKind]) -> None:
    expected = [EventKind.SUBMITTED]
    expected += [EventKind.STARTED, EventKind.REQUEUED] * len(record.lost_attempts)
    if record.start_time_s is not None:
        expected.append(EventKind.STARTED)
    if record.status in _END_OF:
        expected.append(_END_OF[record.status])
    if kinds != expected:
        told = ", ".join(kind.name for kind in kinds) or "none"
        raise ScheduleError(f"job {record.job_id} is {record.status}, its events are: {told}")
