"""The paper's workload, drawn anew: jobs that no single device of its fleet can hold."""

from __future__ import annotations

from qsched.errors import ConfigError
from qsched.model import Job
from qsched.sim import random_stream

NUM_JOBS = 1000
NUM_QUBITS = (130, 250)
DEPTH = (5, 20)
HUNDREDS_OF_SHOTS = (100, 1000)
TENTHS = (0, 6)
"""Added to the qubits before a tenth of them is taken; see `paper_workload`."""


def paper_workload(seed: int = 0, num_jobs: int = NUM_JOBS) -> list[Job]:
    """Return jobs drawn as those of the published table were, all at time 0.

    Qubits 130 to 250, depth 5 to 20 and shots 10,000 to 100,000 in hundreds, all
    uniform and independent, as the notebook says that is published beside the
    table. It says nothing of two-qubit gates; in the table there is one for about
    ten qubits, ``q // 10`` or one more, the latter the likelier the larger
    ``q % 10`` is, from 4 on. ``(q + x) // 10`` with ``x`` uniform in 0 to 6 does
    the same.

    Args:
        seed: 0 or more. A shorter workload of the same seed is the beginning of a longer one.
        num_jobs: How many, at least 1.

    Raises:
        ConfigError: An argument is out of its range.
    """
    if num_jobs < 1:
        raise ConfigError(f"num_jobs is {num_jobs!r}", remedy="it must be 1 or more")
    lowest, highest = zip(NUM_QUBITS, DEPTH, HUNDREDS_OF_SHOTS, TENTHS, strict=True)
    rows = random_stream(seed, "paper workload").integers(
        lowest, highest, size=(num_jobs, len(lowest)), endpoint=True
    )
    return [
        Job(
            job_id=str(number),
            num_qubits=num_qubits,
            depth=depth,
            num_two_qubit_gates=(num_qubits + tenths) // 10,
            shots=100 * hundreds,
            priority=2,
        )
        for number, (num_qubits, depth, hundreds, tenths) in enumerate(rows.tolist(), 1)
    ]
