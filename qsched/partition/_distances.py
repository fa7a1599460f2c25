"""How far apart physical qubits are."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.partition.couplings import Couplings


def distances(couplings: Couplings, qubits: Sequence[int]) -> np.ndarray:
    """Return the couplers between any two of some qubits, by ways inside them alone.

    Returns:
        Shape ``(num_qubits, num_qubits)`` of the device; where there is no way, the largest
        16-bit number halved.
    """
    far = np.iinfo(np.int16).max // 2
    found = np.full((couplings.num_qubits, couplings.num_qubits), far, dtype=np.int16)
    inside = set(qubits)
    for start in qubits:
        row = found[start]
        row[start] = 0
        waiting = deque([start])
        while waiting:
            qubit = waiting.popleft()
            further = row[qubit] + 1
            for near in couplings.neighbours[qubit]:
                if near in inside and row[near] > further:
                    row[near] = further
                    waiting.append(near)
    return found
