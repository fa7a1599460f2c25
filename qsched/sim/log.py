"""The record of a run, in columns: a million jobs fit into a few hundred megabytes."""

from __future__ import annotations

from array import array
from math import isnan, nan
from typing import TYPE_CHECKING, Protocol

from qsched.model import Event, EventKind, JobRecord, Placement, Status
from qsched.model.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import Job, Plan

STATUSES = tuple(Status)
QUEUED, RUNNING, DONE, CANCELLED, REJECTED, FAILED = range(6)
"""Positions of the statuses in ``STATUSES``."""


class Recorder(Protocol):
    """Whoever wants to hear of every event of a run as it happens."""

    def on_event(self, event: Event) -> None:
        """Hear of one event; events come in the order of simulated time."""
        ...


class RunLog:
    """What happened, appended as it happens; rows are made into records when read.

    An interrupt may come between any two lines: what is counted last is entered
    last, so that a partial log can still be read.
    """

    def __init__(self, device_names: Sequence[str], recorders: Sequence[Recorder] = ()) -> None:
        self.device_names = tuple(device_names)
        self.jobs: list[Job] = []
        self.reasons: dict[int, str] = {}
        self.status = bytearray()
        self.start_s = array("d")
        self.finish_s = array("d")
        self.comm_s = array("d")
        self.processing_s = array("d")
        self.fidelity = array("d")
        self._first_part = array("q")
        self._num_parts = array("H")
        self._part_device = array("H")
        self._part_qubits = array("l")
        self._physical: dict[int, tuple[int, ...]] = {}
        self._device_index = {name: i for i, name in enumerate(self.device_names)}
        self._event_time = array("d")
        self._event_kind = bytearray()
        self._event_subject = array("l")
        self._recorders = tuple(recorders)

    def event(self, time_s: float, kind: int, subject: int) -> None:
        """Append one event; ``subject`` is a row, or a device's index for maintenance."""
        self._event_time.append(time_s)
        self._event_kind.append(kind)
        self._event_subject.append(subject)
        if self._recorders:
            event = self._read_event(len(self._event_subject) - 1)
            for recorder in self._recorders:
                recorder.on_event(event)

    def submitted(self, time_s: float, job: Job) -> int:
        """Open a row for a job and return its number."""
        row = len(self.jobs)
        self.jobs.append(job)
        self.status.append(QUEUED)
        self.start_s.append(nan)
        self.finish_s.append(nan)
        self.comm_s.append(nan)
        self.processing_s.append(nan)
        self.fidelity.append(nan)
        self._first_part.append(-1)
        self._num_parts.append(0)
        self.event(time_s, 0, row)
        return row

    def started(
        self, time_s: float, row: int, plan: Plan, comm_s: float, processing_s: float
    ) -> None:
        """Enter the start of a job and where it runs."""
        first = len(self._part_device)
        for device, num_qubits, qubits in plan:
            if qubits is not None:
                self._physical[len(self._part_device)] = qubits
            self._part_device.append(self._device_index[device])
            self._part_qubits.append(num_qubits)
        self.start_s[row] = time_s
        self.comm_s[row] = comm_s
        self.processing_s[row] = processing_s
        self._first_part[row] = first
        self._num_parts[row] = len(plan)
        self.status[row] = RUNNING
        self.event(time_s, 2, row)

    def finished(self, time_s: float, row: int, fidelity: float) -> None:
        """Enter the end of a job that is done."""
        self.status[row] = DONE
        self.finish_s[row] = time_s
        self.fidelity[row] = fidelity
        self.event(time_s, 3, row)

    def ended(self, time_s: float, row: int, kind: EventKind, reason: str) -> None:
        """Enter the end of a job that is rejected, cancelled or failed."""
        self.status[row] = _STATUS_OF[kind]
        self.reasons[row] = reason
        self.event(time_s, kind, row)

    def plan(self, row: int) -> Plan:
        """Return where a job ran; empty if it never started."""
        first = self._first_part[row]
        return tuple(
            Placement(
                self.device_names[self._part_device[i]],
                self._part_qubits[i],
                self._physical.get(i),
            )
            for i in range(first, first + self._num_parts[row])
        )

    def record(self, row: int) -> JobRecord:
        """Return the record of one job."""
        job = self.jobs[row]
        return JobRecord(
            job_id=job.job_id,
            name=job.name,
            status=STATUSES[self.status[row]],
            reason=self.reasons.get(row, ""),
            num_qubits=job.num_qubits,
            depth=job.depth,
            num_two_qubit_gates=job.num_two_qubit_gates,
            shots=job.shots,
            priority=job.priority,
            submit_time_s=job.submit_time_s,
            start_time_s=_known(self.start_s[row]),
            finish_time_s=_known(self.finish_s[row]),
            comm_time_s=_known(self.comm_s[row]),
            processing_time_s=_known(self.processing_s[row]),
            fidelity=_known(self.fidelity[row]),
            placements=self.plan(row),
        )

    def _read_event(self, position: int) -> Event:
        kind = EventKind(self._event_kind[position])
        subject = self._event_subject[position]
        is_device = kind >= EventKind.MAINTENANCE_DRAINING
        name = self.device_names[subject] if is_device else self.jobs[subject].job_id
        return Event(self._event_time[position], kind, name)

    @property
    def records(self) -> Sequence[JobRecord]:
        """All records, in order of submission; each is made when it is read."""
        return Rows(len(self._num_parts), self.record)

    @property
    def events(self) -> Sequence[Event]:
        """All events, in the order in which they happened; each is made when it is read."""
        return Rows(len(self._event_subject), self._read_event)


_STATUS_OF = {
    EventKind.REJECTED: REJECTED,
    EventKind.CANCELLED: CANCELLED,
    EventKind.FAILED: FAILED,
}


def _known(value: float) -> float | None:
    return None if isnan(value) else value
