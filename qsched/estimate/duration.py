"""How long a job runs: equations (3) and (9) of the paper, in seconds.

Source: Luo, Zhao, Zhan, Guan, ICPP 2025, arXiv 2506.10889; the execution time is
that of the CLOPS benchmark, Wack et al. 2021, arXiv 2110.14108.
"""

from __future__ import annotations

from itertools import pairwise
from math import log2
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def execution_time_s(
    shots: float,
    clops: float,
    quantum_volume: float,
    num_templates: int = 100,
    num_updates: int = 10,
) -> float:
    """Return the seconds that one device needs, equation (3): ``M * K * S * D / CLOPS``.

    ``D = log2(quantum volume)`` is the number of layers of the benchmark circuit.
    A job takes as long as the slowest of its devices.

    Args:
        shots: ``S``, repetitions, at least 1.
        clops: Circuit layer operations per second, above 0.
        quantum_volume: At least 2.
        num_templates: ``M``, circuit templates of the benchmark.
        num_updates: ``K``, parameter updates of the benchmark.

    The paper's worked example, 21.2 minutes:

    >>> round(execution_time_s(40_000, 220_000, 128), 1)
    1272.7
    """
    return num_templates * num_updates * shots * log2(quantum_volume) / clops


def communication_time_s(num_qubits_of_parts: Sequence[int], latency_s: float = 0.02) -> float:
    """Return the seconds of classical communication of a job, equation (9).

    Each pair of neighbouring parts communicates ``n_comm * lambda`` seconds, one
    pair after another, with ``n_comm = q_i + q_{i+1}`` for a row of a job table.

    Args:
        num_qubits_of_parts: Qubits of each part, in order; one part communicates nothing.
        latency_s: ``lambda``, seconds for each qubit of the pair.

    >>> round(communication_time_s([38, 38, 37, 37, 37]), 6)
    5.98
    >>> communication_time_s([127])
    0.0
    """
    return sum(((a + b) * latency_s for a, b in pairwise(num_qubits_of_parts)), 0.0)
