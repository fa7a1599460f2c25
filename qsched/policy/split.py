"""Splitting a job by counting qubits: how many parts, on which of the ranked QPUs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.model.plan import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import Placements
    from qsched.policy.view import QpuView


def even_shares(num_qubits: int, num_parts: int) -> list[int]:
    """Return shares that differ by one at the most, larger ones first.

    >>> even_shares(188, 5)
    [38, 38, 38, 37, 37]
    """
    share, extra = divmod(num_qubits, num_parts)
    return [share + 1] * extra + [share] * (num_parts - extra)


def fewest_parts(num_qubits: int, capacities: Sequence[int], max_parts: int) -> int | None:
    """Return the least number of even parts that these capacities can hold.

    Args:
        num_qubits: Qubits of the job.
        capacities: Qubits of each QPU.
        max_parts: Parts at the most.

    Returns:
        The number, or ``None`` when even parts never fit.

    >>> fewest_parts(200, [127, 127, 27], 3)
    2
    >>> fewest_parts(150, [127, 27, 7], 3) is None
    True
    """
    for num_parts in range(1, min(max_parts, len(capacities), num_qubits) + 1):
        share = -(-num_qubits // num_parts)
        if sum([c >= share for c in capacities]) >= num_parts:
            return num_parts
    return None


def place_evenly(num_qubits: int, qpus: Sequence[QpuView]) -> Placements:
    """Return even parts of a job on these QPUs, the larger ones first."""
    shares = even_shares(num_qubits, len(qpus))
    return tuple(Placement(qpu.name, n) for qpu, n in zip(qpus, shares, strict=True))


def place_as_evenly_as_fits(
    num_qubits: int, ranked: Sequence[QpuView], free: Sequence[int], max_parts: int
) -> Placements | None:
    """Return parts as even as unequal capacities allow, on the first QPUs that can hold the job.

    For fleets so unequal that even parts never fit: QPUs are filled to one
    level, and those with less room to their brim.

    Args:
        num_qubits: Qubits of the job.
        ranked: QPUs, best first.
        free: Qubits that the job may take on each of them.
        max_parts: Parts at the most.
    """
    roomy = sorted(zip(free, range(len(ranked)), strict=True), reverse=True)[:max_parts]
    if sum(room for room, _ in roomy) < num_qubits:
        return None
    chosen = [(room, i) for room, i in zip(free, range(len(ranked)), strict=True) if room > 0]
    while len(chosen) > max_parts:
        chosen.remove(min(chosen, key=lambda c: (c[0], -c[1])))
    while len(chosen) > 1 and sum(room for room, _ in chosen[:-1]) >= num_qubits:
        chosen.pop()
    missing, shares = num_qubits, {}
    for count, (room, i) in enumerate(sorted(chosen)):
        shares[i] = min(room, -(-missing // (len(chosen) - count)))
        missing -= shares[i]
    return tuple(Placement(ranked[i].name, shares[i]) for _, i in chosen)
