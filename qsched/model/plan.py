"""Where a job goes: its parts and the QPUs they run on."""

from __future__ import annotations

from typing import NamedTuple


class Placement(NamedTuple):
    """One part of a job on one QPU.

    A named tuple, because the engine makes one for every part of every job.

    Attributes:
        device: Name of the QPU.
        num_qubits: Qubits that the part takes there, at least 1.
        qubits: Physical qubits taken; ``None`` when placement is by count alone.
    """

    device: str
    num_qubits: int
    qubits: tuple[int, ...] | None = None


Plan = tuple[Placement, ...]
"""All of a job: its placements in the order in which neighbouring parts communicate."""
