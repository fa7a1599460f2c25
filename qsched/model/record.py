"""What happened to a job, and when."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from qsched.model.plan import Plan


class Status(StrEnum):
    """Life cycle of a job."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    CANCELLED = "CANCELLED"
    REJECTED = "REJECTED"
    FAILED = "FAILED"


class EventKind(IntEnum):
    """What can happen during a run."""

    SUBMITTED = 0
    REJECTED = 1
    STARTED = 2
    FINISHED = 3
    CANCELLED = 4
    FAILED = 5
    MAINTENANCE_DRAINING = 6
    MAINTENANCE_STARTED = 7
    MAINTENANCE_FINISHED = 8


class Event(NamedTuple):
    """One thing that happened.

    Attributes:
        time_s: Simulated time in seconds.
        kind: What happened.
        subject: Job id, or device name for maintenance.
    """

    time_s: float
    kind: EventKind
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRecord:
    """What happened to one job.

    Attributes:
        job_id: Id of the job.
        name: Name of the circuit, or empty.
        status: Where the job stands at the end of the run.
        reason: Why it was rejected, cancelled or failed; empty otherwise.
        num_qubits: Qubits of the job.
        depth: Circuit depth.
        num_two_qubit_gates: Two-qubit gates.
        shots: Repetitions.
        priority: Priority as submitted.
        submit_time_s: Submission.
        start_time_s: All qubits taken; ``None`` if it never started.
        finish_time_s: All qubits released; ``None`` if it did not run to its end.
        comm_time_s: Communication between parts; ``None`` if it never started.
        processing_time_s: Quantum processing; ``None`` if it never started.
        fidelity: Expected fidelity in [0, 1]; ``None`` unless it is done.
        placements: Parts and their QPUs; empty if it never started.
    """

    job_id: str
    name: str
    status: Status
    reason: str
    num_qubits: int
    depth: int
    num_two_qubit_gates: int
    shots: int
    priority: int
    submit_time_s: float
    start_time_s: float | None
    finish_time_s: float | None
    comm_time_s: float | None
    processing_time_s: float | None
    fidelity: float | None
    placements: Plan

    @property
    def wait_time_s(self) -> float | None:
        """Seconds from submission to start."""
        return None if self.start_time_s is None else self.start_time_s - self.submit_time_s

    @property
    def turnaround_time_s(self) -> float | None:
        """Seconds from submission to finish."""
        return None if self.finish_time_s is None else self.finish_time_s - self.submit_time_s
