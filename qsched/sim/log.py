"""The record of a run, in columns: a million jobs fit into a few hundred megabytes."""

from __future__ import annotations

from array import array
from math import isnan, nan
from typing import TYPE_CHECKING, Protocol

from qsched.errors import ConfigError
from qsched.model import (
    Event,
    EventKind,
    JobRecord,
    LostAttempt,
    Placement,
    Placements,
    Plan,
    Status,
)
from qsched.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import Job
    from qsched.policy.scoring import Score

STATUSES = tuple(Status)
QUEUED, RUNNING, DONE, CANCELLED, REJECTED, FAILED = range(6)
"""Positions of the statuses in ``STATUSES``."""

_STATUS_AFTER = {
    EventKind.SUBMITTED: QUEUED,
    EventKind.REQUEUED: QUEUED,
    EventKind.STARTED: RUNNING,
    EventKind.FINISHED: DONE,
    EventKind.CANCELLED: CANCELLED,
    EventKind.REJECTED: REJECTED,
    EventKind.FAILED: FAILED,
}
_SUBMITTED = int(EventKind.SUBMITTED)  # plain numbers: those of an enum are slow to look up
_STARTED = int(EventKind.STARTED)
_FINISHED = int(EventKind.FINISHED)
_NO_FIGURES = (nan,) * 5
_BLANK = array("d", _NO_FIGURES)
_START, _FINISH, _COMM, _PROCESSING, _FIDELITY = range(5)
_KINDS = 16
"""An event is a time and a number: its subject times this, plus its kind."""


class Recorder(Protocol):
    """Whoever wants to hear of every event of a run as it happens."""

    def on_event(self, event: Event) -> None:
        """Hear of one event; events come in the order of simulated time."""
        ...


class RunLog:
    """What happened, appended as it happens; rows are made into records when read.

    An interrupt may come between any two lines. An event is therefore entered
    in one step, after what it says; `settle` takes back what has no event.

    Attributes:
        jobs: The job of each row, in order of submission.
        status: Position in ``STATUSES`` of each row.
    """

    def __init__(self, device_names: Sequence[str], recorders: Sequence[Recorder] = ()) -> None:
        self.device_names = tuple(device_names)
        self.jobs: list[Job] = []
        self.status = bytearray()
        self._reasons: dict[int, str] = {}
        self._figures = array("d")  # five for each row
        self._first_part = array("q")
        self._num_parts = array("H")
        self._parts = array("i")  # device and qubits of each part
        self._physical: dict[int, tuple[int, ...]] = {}
        self._lost: dict[int, list[LostAttempt]] = {}
        self._logical: dict[int, tuple[int, ...]] = {}
        self._scores: dict[int, Score] = {}  # of jobs with circuits or regions
        self._waits: dict[int, str] = {}
        self._device_index = {name: i for i, name in enumerate(self.device_names)}
        self._events = array("d")  # time and number of each event
        for recorder in recorders:
            if not callable(getattr(recorder, "on_event", None)):
                raise ConfigError(
                    f"recorder {recorder!r} has no on_event(event)", remedy="see qsched.Recorder"
                )
        self._recorders = tuple(recorders)

    def event(self, time_s: float, kind: int, subject: int) -> None:
        """Append one event; ``subject`` is a row, or a device's index for what happens to it."""
        self._events.extend((time_s, subject * _KINDS + kind))
        if self._recorders:
            event = self._read_event(len(self._events) // 2 - 1)
            for recorder in self._recorders:
                recorder.on_event(event)

    def submitted(self, time_s: float, job: Job) -> int:
        """Open a row for a job and return its number."""
        row = len(self.jobs)
        self.jobs.append(job)
        self.status.append(QUEUED)
        self._figures.extend(_NO_FIGURES)
        self._first_part.append(0)
        self._num_parts.append(0)
        self.event(time_s, _SUBMITTED, row)
        return row

    def started(  # noqa: PLR0917 - made once per job, and keywords cost
        self,
        time_s: float,
        row: int,
        plan: Placements,
        comm_s: float,
        processing_s: float,
        score: Score | None = None,
    ) -> None:
        """Enter the start of a job and where it runs."""
        first = len(self._parts) // 2
        for device, num_qubits, qubits, logical in plan:
            if qubits is not None:
                self._physical[len(self._parts) // 2] = tuple(map(int, qubits))
            if logical is not None:
                self._logical[len(self._parts) // 2] = logical
            self._parts.extend((self._device_index[device], num_qubits))
        if score is not None:
            self._scores[row] = score
        self._first_part[row] = first
        self._num_parts[row] = len(plan)
        figures, column = self._figures, row * 5
        figures[column] = time_s
        figures[column + _COMM] = comm_s
        figures[column + _PROCESSING] = processing_s
        self.status[row] = RUNNING
        self.event(time_s, _STARTED, row)

    def finished(self, time_s: float, row: int, fidelity: float) -> None:
        """Enter the end of a job that is done."""
        self._figures[row * 5 + _FINISH] = time_s
        self._figures[row * 5 + _FIDELITY] = fidelity
        self.status[row] = DONE
        self.event(time_s, _FINISHED, row)

    def ended(self, time_s: float, row: int, kind: EventKind, reason: str) -> None:
        """Enter the end of a job that is rejected, cancelled or failed."""
        self._reasons[row] = reason
        self.status[row] = _STATUS_AFTER[kind]
        self.event(time_s, kind, row)

    def requeued(self, time_s: float, row: int) -> None:
        """Enter that a job was ended by a breakdown and waits again."""
        start_s = self._figures[row * 5]
        self._lost.setdefault(row, []).append(LostAttempt(start_s, time_s, self.plan(row)))
        self.event(time_s, EventKind.REQUEUED, row)
        self._wait_again(row)

    def num_lost(self, row: int) -> int:
        """Return how often a breakdown has ended a job."""
        return len(self._lost.get(row, ()))

    def _wait_again(self, row: int) -> None:
        """Blank what a record says of a start."""
        self.status[row] = QUEUED
        self._num_parts[row] = 0
        self._figures[row * 5 : row * 5 + 5] = _BLANK

    def settle(self) -> None:
        """Take back what has no event: an interrupt came between the two."""
        last: list[EventKind] = []
        num_lost: dict[int, int] = {}
        for position in range(len(self._events) // 2):
            kind, subject = self._kind_and_subject(position)
            if kind is EventKind.SUBMITTED:
                last.append(kind)
            elif not kind.is_of_device:
                last[subject] = kind
            if kind is EventKind.REQUEUED:
                num_lost[subject] = num_lost.get(subject, 0) + 1
        rows = len(last)
        del self.jobs[rows:], self.status[rows:], self._figures[rows * 5 :]
        del self._first_part[rows:], self._num_parts[rows:]
        for row, lost in self._lost.items():
            del lost[num_lost.get(row, 0) :]
        for row, kind in enumerate(last):
            self.status[row] = _STATUS_AFTER[kind]
            if self.status[row] in {QUEUED, RUNNING}:
                self._reasons.pop(row, None)
                self._figures[row * 5 + _FINISH] = self._figures[row * 5 + _FIDELITY] = nan
            if self.status[row] == QUEUED:
                self._wait_again(row)

    def plan(self, row: int) -> Plan:
        """Return where a job ran; empty if it never started."""
        first, parts = self._first_part[row], self._parts
        return Plan(
            [
                Placement(
                    self.device_names[parts[2 * i]],
                    parts[2 * i + 1],
                    self._physical.get(i),
                    self._logical.get(i),
                )
                for i in range(first, first + self._num_parts[row])
            ]
        )

    def note_wait(self, row: int, reason: str) -> None:
        """Enter why a job waited that had qubits enough."""
        self._waits[row] = reason

    def waits_for_region(self, row: int) -> bool:
        """Return whether `note_wait` has been told of a job."""
        return row in self._waits

    def record(self, row: int) -> JobRecord:
        """Return the record of one job."""
        job = self.jobs[row]
        score = self._scores.get(row) if self._num_parts[row] else None
        figures = [None if isnan(x) else x for x in self._figures[row * 5 : row * 5 + 5]]
        return JobRecord(
            job_id=job.job_id,
            name=job.name,
            status=STATUSES[self.status[row]],
            reason=self._reasons.get(row, ""),
            num_qubits=job.num_qubits,
            depth=job.depth,
            num_two_qubit_gates=job.num_two_qubit_gates,
            shots=job.shots,
            priority=job.priority,
            submit_time_s=job.submit_time_s,
            start_time_s=figures[_START],
            finish_time_s=figures[_FINISH],
            comm_time_s=figures[_COMM],
            processing_time_s=figures[_PROCESSING],
            fidelity=figures[_FIDELITY],
            fidelity_by_means=(
                figures[_FIDELITY]
                if score is None or figures[_FIDELITY] is None
                else score.fidelity_by_means
            ),
            cut_weight=None if score is None else score.cut_weight,
            sampling_overhead=None if score is None else score.sampling_overhead,
            wait_reason=self._waits.get(row, ""),
            circuit=job.circuit,
            placements=self.plan(row),
            lost_attempts=tuple(self._lost.get(row, ())),
        )

    def _kind_and_subject(self, position: int) -> tuple[EventKind, int]:
        subject, kind = divmod(int(self._events[2 * position + 1]), _KINDS)
        return EventKind(kind), subject

    def _read_event(self, position: int) -> Event:
        kind, subject = self._kind_and_subject(position)
        name = self.device_names[subject] if kind.is_of_device else self.jobs[subject].job_id
        return Event(self._events[2 * position], kind, name)

    @property
    def records(self) -> Sequence[JobRecord]:
        """All records, in order of submission; each is made when it is read."""
        return Rows(len(self.jobs), self.record)

    @property
    def events(self) -> Sequence[Event]:
        """All events, in the order in which they happened; each is made when it is read."""
        return Rows(len(self._events) // 2, self._read_event)
