"""A job that runs, and the plan it runs by."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING

from qsched.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import simpy

    from qsched.model import Job, Placements
    from qsched.sim.qpu import Qpu


class RunningJob:
    """A job that holds qubits.

    Attributes:
        row: Its row in the run's log.
        job: The job.
        plan: Where it runs.
        qpus: The QPUs of the plan, in its order.
        finish_time_s: When it will release its qubits.
        fidelity: What it will give.
        process: Its SimPy process.
    """

    __slots__ = ("fidelity", "finish_time_s", "job", "plan", "process", "qpus", "row")

    def __init__(  # noqa: PLR0917 - made once per job, and keywords cost
        self,
        row: int,
        job: Job,
        plan: Placements,
        qpus: list[Qpu],
        finish_time_s: float,
        fidelity: float,
    ) -> None:
        self.row = row
        self.job = job
        self.plan = plan
        self.qpus = qpus
        self.finish_time_s = finish_time_s
        self.fidelity = fidelity
        self.process: simpy.Process | None = None


def parts_of(job: Job, plan: Placements, max_parts: int) -> list[int]:
    """Return the qubits of each part of a plan, which hold the job exactly.

    Raises:
        PlanError: It is no plan, has too many parts, or holds another number of qubits.
    """
    try:
        parts = [num_qubits for _, num_qubits, _, _ in plan]
        fits = sum(parts) == job.num_qubits and len(plan) <= max_parts
    except (TypeError, ValueError) as error:
        raise PlanError(
            f"plan of job {job.job_id} is {plan!r}, it must be a tuple of Placement or None"
        ) from error
    if not fits:
        raise PlanError(
            f"plan of {len(parts)} parts holds {sum(parts)} qubits, job {job.job_id} needs "
            f"{job.num_qubits} in at most {max_parts} parts"
        )
    return parts


def room_for(plan: Placements, qpu_of: Mapping[str, Qpu]) -> list[Qpu]:
    """Return the QPUs of a plan, on which all of its qubits are free.

    Raises:
        PlanError: A device is unknown or named twice, or has too few free qubits;
            or physical qubits are named that it does not have or that are held.
    """
    qpus: list[Qpu] = []
    for device, num_qubits, qubits, _ in plan:
        try:
            qpu = qpu_of.get(device)
        except TypeError:
            qpu = None
        if qpu is None:
            raise PlanError(f"plan names {device!r}, which the fleet does not have")
        if qpu in qpus:
            raise PlanError(f"plan names {device} twice")
        if type(num_qubits) is not int:
            _refuse_fraction(num_qubits, device)
        if not 1 <= num_qubits <= qpu.free_qubits:
            raise PlanError(
                f"plan takes {num_qubits} qubits of {device}, free are {qpu.free_qubits}"
            )
        if qubits is not None:
            _check_named(qubits, num_qubits, qpu)
        qpus.append(qpu)
    return qpus


def _refuse_fraction(num_qubits: object, device: str) -> None:
    try:
        index(num_qubits)  # type: ignore[arg-type]  # that is the question
    except TypeError as error:
        raise PlanError(f"plan takes {num_qubits!r} qubits of {device}, no whole number") from error


def _check_named(qubits: tuple[int, ...], num_qubits: int, qpu: Qpu) -> None:
    """Refuse physical qubits that cannot be those of a part."""
    try:
        named = {index(qubit) for qubit in qubits}
    except TypeError as error:
        raise PlanError(f"plan names qubits {qubits!r} of {qpu.name}") from error
    if len(named) != num_qubits or len(qubits) != num_qubits:
        raise PlanError(f"plan takes {num_qubits} qubits of {qpu.name} and names {qubits!r}")
    if not all(0 <= qubit < qpu.num_qubits for qubit in named):
        raise PlanError(f"plan names qubits {qubits!r} of {qpu.name}, it has {qpu.num_qubits}")
    if taken := sorted(named & qpu.named_qubits):
        raise PlanError(f"plan names qubits {taken} of {qpu.name}, which another job holds")


def why_no_region(qpus: Sequence[Qpu], num_qubits: int, max_parts: int, now_s: float) -> str:
    """Return why so many qubits wait though they are free; empty if they are not, or have room.

    Args:
        qpus: All QPUs.
        num_qubits: Qubits of the job that waits.
        max_parts: Parts that it may have; one, if some QPU could hold it whole.
        now_s: What the clock shows.
    """
    counted = [qpu.free_qubits for qpu in qpus]
    room = [qpu.view().free_qubits for qpu in qpus]
    most = 1 if num_qubits <= max(qpu.usable_qubits for qpu in qpus) else max_parts
    enough, connected = (sum(sorted(n)[-most:]) >= num_qubits for n in (counted, room))
    if connected or not enough:
        return ""
    return (
        f"waited for a connected region: at {now_s:.6g} s {sum(counted)} qubits "
        f"were free, the largest regions held {', '.join(map(str, room))}"
    )
