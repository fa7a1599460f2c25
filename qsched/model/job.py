"""A submitted circuit with its shots."""

from __future__ import annotations

from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING

from qsched.errors import JobTableError

if TYPE_CHECKING:
    from qsched.model.circuit import CircuitProfile

MAX_QUBITS = 10_000_000
MAX_COUNT = 10**15
MAX_TIME_S = 1e15
"""Above these a number is a slip of the pen, not a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A submitted circuit with its shots.

    Attributes:
        job_id: Unique within a run.
        num_qubits: Qubits the job needs, at least 1.
        depth: Circuit depth, at least 0.
        num_two_qubit_gates: Two-qubit gates of the circuit, at least 0.
        shots: Repetitions, at least 1.
        submit_time_s: Time of submission in seconds from the start of the run.
        priority: Larger goes first under the ``priority`` discipline.
        name: Name to show; the circuit's name, or empty for a row of a table.
        cancel_time_s: The user withdraws the job at this time unless it is done; ``None``: never.
        circuit: Profile of the circuit; ``None`` for a row of a job table.

    Raises:
        JobTableError: A number is out of its range.
    """

    job_id: str
    num_qubits: int
    depth: int = 0
    num_two_qubit_gates: int = 0
    shots: int = 1024
    submit_time_s: float = 0.0
    priority: int = 0
    name: str = ""
    cancel_time_s: float | None = None
    circuit: CircuitProfile | None = None

    def __post_init__(self) -> None:
        """Refuse numbers out of range; comparisons are written so that NaN fails them."""
        if type(self.job_id) is not str or not self.job_id:
            raise JobTableError(f"job id is {self.job_id!r}", remedy="it must be a text")
        for field in ("num_qubits", "depth", "num_two_qubit_gates", "shots", "priority"):
            if type(getattr(self, field)) is not int:
                self._make_whole(field)
        if not 1 <= self.num_qubits <= MAX_QUBITS:
            self._refuse("num_qubits", self.num_qubits, f"1 to {MAX_QUBITS}")
        if not 0 <= self.depth <= MAX_COUNT:
            self._refuse("depth", self.depth, f"0 to {MAX_COUNT}")
        if not 0 <= self.num_two_qubit_gates <= MAX_COUNT:
            self._refuse("num_two_qubit_gates", self.num_two_qubit_gates, f"0 to {MAX_COUNT}")
        if not 1 <= self.shots <= MAX_COUNT:
            self._refuse("shots", self.shots, f"1 to {MAX_COUNT}")
        if not 0.0 <= self.submit_time_s <= MAX_TIME_S:
            self._refuse("submit_time_s", self.submit_time_s, f"0 to {MAX_TIME_S:g}")
        cancel_s = self.cancel_time_s
        if cancel_s is not None and not self.submit_time_s <= cancel_s <= 2 * MAX_TIME_S:
            self._refuse("cancel_time_s", cancel_s, "not before submit_time_s, and finite")

    def _make_whole(self, field: str) -> None:
        """Take whole numbers of other types, NumPy's for one, and refuse the rest."""
        value = getattr(self, field)
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            self._refuse(field, value, "a whole number")
        object.__setattr__(self, field, index(value))

    def _refuse(self, field: str, value: object, allowed: str) -> None:
        raise JobTableError(
            f"job {self.job_id}: {field} is {value!r}", remedy=f"it must be {allowed}"
        )
