"""The paper's workload, drawn anew: jobs that no single device of its fleet can hold."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

from qsched.errors import ConfigError
from qsched.model import Job
from qsched.sim import random_stream

if TYPE_CHECKING:
    import numpy as np

NUM_JOBS = 1000


class JobColumns(NamedTuple):
    """Many jobs, one array of whole numbers for each attribute.

    Attributes:
        num_qubits: Qubits.
        depth: Depth.
        num_two_qubit_gates: Two-qubit gates.
        shots: Repetitions.
    """

    num_qubits: Any
    depth: Any
    num_two_qubit_gates: Any
    shots: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRanges:
    """From what jobs are drawn: smallest and largest, both included, all equally likely.

    The defaults are those of the published table. Its notebook gives qubits, depth and shots. It
    says nothing of two-qubit gates; in the table there is one for about ten qubits, ``q // 10`` or
    one more, the latter the likelier the larger ``q % 10`` is, from 4 on. ``(q + x) // 10`` with
    ``x`` uniform in 0 to 6 does the same.

    Attributes:
        num_qubits: Qubits ``q``, at least 1.
        depth: Depth.
        hundreds_of_shots: Repetitions, in hundreds, at least 1.
        tenths: ``x``: two-qubit gates are ``(q + x) // 10``.

    Raises:
        ConfigError: A range is empty or begins too low.
    """

    num_qubits: tuple[int, int] = (130, 250)
    depth: tuple[int, int] = (5, 20)
    hundreds_of_shots: tuple[int, int] = (100, 1000)
    tenths: tuple[int, int] = (0, 6)

    def __post_init__(self) -> None:
        """Refuse ranges that jobs cannot be drawn from."""
        for field, least in zip(fields(self), (1, 0, 1, 0), strict=True):
            low, high = getattr(self, field.name)
            if not least <= low <= high:
                raise ConfigError(
                    f"{field.name} from {low!r} to {high!r}",
                    remedy=f"a range begins at {least} or above and ends no lower than it begins",
                )

    def draw(self, random: np.random.Generator, num_jobs: int) -> JobColumns:
        """Return jobs; many drawn at once are those that are drawn one after another.

        Args:
            random: Where they are drawn from.
            num_jobs: How many.
        """
        ranges = (self.num_qubits, self.depth, self.hundreds_of_shots, self.tenths)
        lowest, highest = zip(*ranges, strict=True)
        num_qubits, depth, hundreds, tenths = random.integers(
            lowest, highest, size=(num_jobs, len(ranges)), endpoint=True
        ).T
        return JobColumns(num_qubits, depth, (num_qubits + tenths) // 10, 100 * hundreds)


PAPER_JOBS = JobRanges()
"""The ranges of the published table."""


def paper_workload(seed: int = 0, num_jobs: int = NUM_JOBS) -> list[Job]:
    """Return jobs drawn as those of the published table were, all at time 0; see `JobRanges`.

    Args:
        seed: 0 or more. A shorter workload of the same seed is the beginning of a longer one.
        num_jobs: How many, at least 1.

    Raises:
        ConfigError: An argument is out of its range.
    """
    if num_jobs < 1:
        raise ConfigError(f"num_jobs is {num_jobs!r}", remedy="it must be 1 or more")
    columns = PAPER_JOBS.draw(random_stream(seed, "paper workload"), num_jobs)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [
        Job(
            job_id=str(number),
            num_qubits=num_qubits,
            depth=depth,
            num_two_qubit_gates=num_two_qubit_gates,
            shots=shots,
            priority=2,
        )
        for number, (num_qubits, depth, num_two_qubit_gates, shots) in enumerate(rows, 1)
    ]
