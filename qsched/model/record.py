"""What happened to a job, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from qsched.model.circuit import CircuitProfile
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
    REQUEUED = 6
    MAINTENANCE_DRAINING = 7
    MAINTENANCE_STARTED = 8
    MAINTENANCE_FINISHED = 9
    CALIBRATED = 10
    REFRESHED = 11
    BROKEN_DOWN = 12
    REPAIRED = 13

    @property
    def is_of_device(self) -> bool:
        """Whether it happens to a device, not to a job."""
        return self >= EventKind.MAINTENANCE_DRAINING


class Event(NamedTuple):
    """One thing that happened.

    Attributes:
        time_s: Simulated time in seconds.
        kind: What happened.
        subject: Job id; device name for what happens to a device.
    """

    time_s: float
    kind: EventKind
    subject: str


class LostAttempt(NamedTuple):
    """A time that a job ran and a device broke down under it.

    Attributes:
        start_time_s: All qubits taken.
        end_time_s: The breakdown; all qubits released.
        placements: Parts and their QPUs.
    """

    start_time_s: float
    end_time_s: float
    placements: Plan


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
        start_time_s: All qubits taken, the last time that it was tried; ``None`` if it never
            started, or waits to be tried again.
        finish_time_s: All qubits released; ``None`` if it did not run to its end.
        comm_time_s: Communication between parts; ``None`` if it never started.
        processing_time_s: Quantum processing; ``None`` if it never started.
        fidelity: Expected fidelity in [0, 1]; ``None`` unless it is done.
        placements: Parts and their QPUs; empty if it never started.
        lost_attempts: Earlier times that it ran, all ended by a breakdown.
        fidelity_by_means: As ``fidelity``, from the mean errors of the devices instead of those
            of the qubits and couplers taken; equal to it where qubits are only counted.
        cut_weight: Two-qubit gates between parts; ``None`` without a circuit, or if it never
            started.
        sampling_overhead: Shots multiply by this to make up for the cuts, 1 without any; ``None``
            likewise.
        wait_reason: Why it waited though there were qubits enough; empty if it did not.
        circuit: Profile of its circuit; ``None`` for a row of a table.
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
    lost_attempts: tuple[LostAttempt, ...] = ()
    fidelity_by_means: float | None = None
    cut_weight: int | None = None
    sampling_overhead: float | None = None
    wait_reason: str = ""
    circuit: CircuitProfile | None = field(default=None, repr=False)

    @property
    def attempts(self) -> int:
        """Times that it was started."""
        return len(self.lost_attempts) + (self.start_time_s is not None)

    @property
    def wait_time_s(self) -> float | None:
        """Seconds from submission to the start that counts, lost attempts included."""
        return None if self.start_time_s is None else self.start_time_s - self.submit_time_s

    @property
    def turnaround_time_s(self) -> float | None:
        """Seconds from submission to finish."""
        return None if self.finish_time_s is None else self.finish_time_s - self.submit_time_s
