"""Embeddings of a part into the couplers of a device, by beam search.

Every two-qubit gate falls on a coupler, so that nothing has to be swapped. The search goes
from qubit to qubit and keeps the partial embeddings of least cost.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qsched.partition._distances import distances
from qsched.partition.identity import ById

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.partition._part import PartGraph
    from qsched.partition.couplings import Couplings, Weights

WIDTH = 1200
"""Partial embeddings kept; all of them on a device of 127 qubits are a few thousand at first."""

FINALISTS = 24
"""Complete embeddings that are asked how many free qubits they cut off."""


class _Device:
    """A device in arrays, -1 where a qubit has fewer neighbours than another.

    Attributes:
        near: Shape ``(num_qubits, most neighbours)``.
        coupler: Cost of the coupler of two qubits, shape ``(num_qubits, num_qubits)``.
        joined: Whether there is one.
        apart: Couplers between any two qubits.
    """

    def __init__(self, couplings: Couplings) -> None:
        n = couplings.num_qubits
        most = max(1, *map(len, couplings.neighbours)) if n > 1 else 1
        self.near = np.full((n, most), -1)
        self.coupler = np.zeros((n, n))
        self.joined = np.zeros((n, n), dtype=bool)
        for qubit, near in enumerate(couplings.neighbours):
            self.near[qubit, : len(near)] = near
            for other in near:
                self.coupler[qubit, other] = couplings.two_qubit_cost[qubit][other]
                self.joined[qubit, other] = True
        self.apart = distances(couplings, couplings.working)


@lru_cache(maxsize=256)
def _device(couplings: ById[Couplings]) -> _Device:
    return _Device(couplings.value)


def embed(
    graph: PartGraph, couplings: Couplings, free: frozenset[int], weights: Weights
) -> tuple[int, ...] | None:
    """Return a physical qubit for each of a part so that every tie is a coupler.

    The cost is the sum of ``-ln(1 - error)`` over each qubit's readout and gates and each
    coupler's own gates, which is what the product of their fidelities comes to.

    Args:
        graph: The part; it hangs together.
        couplings: The device.
        free: Physical qubits that may be taken.
        weights: Of these ``readout`` and ``stranded``; gates are counted one by one.

    Returns:
        The qubits in the order of the part's; ``None`` where none was found.
    """
    device = _device(ById(couplings))
    is_open = np.zeros(couplings.num_qubits, dtype=bool)
    is_open[sorted(free.intersection(couplings.working))] = True
    room = (is_open[device.near] & (device.near >= 0)).sum(axis=1)
    readout = weights.readout * np.array(couplings.readout_cost)
    one_qubit = np.array(couplings.one_qubit_cost)
    order = graph.order()
    apart = _apart(graph) if graph.num_ties >= graph.num_qubits else None

    first = order[0]
    images = np.flatnonzero(is_open & (room >= len(graph.ties[first])))[:, None]
    cost = (readout + graph.one_qubit_gates[first] * one_qubit)[images[:, 0]]
    place = {first: 0}
    for qubit in order[1:]:
        before = [near for near in graph.ties[qubit] if near in place]
        next_ = device.near[images[:, place[before[0]]]]
        fits = (next_ >= 0) & is_open[next_] & (room[next_] >= len(graph.ties[qubit]))
        fits &= ~(images[:, :, None] == next_[:, None, :]).any(axis=1)
        for near in before[1:]:
            fits &= device.joined[images[:, place[near]][:, None], next_]
        if apart is not None:
            limits = apart[qubit, list(place)][None, :, None]
            fits &= (device.apart[images[:, :, None], next_[:, None, :]] <= limits).all(axis=1)
        rows, columns = np.nonzero(fits)
        if not len(rows):
            return None
        taken = next_[rows, columns]
        price = cost[rows] + (readout + graph.one_qubit_gates[qubit] * one_qubit)[taken]
        for near in before:
            price += graph.ties[qubit][near] * device.coupler[images[rows, place[near]], taken]
        best = np.argsort(price, kind="stable")[:WIDTH]
        images = np.concatenate([images[rows[best]], taken[best][:, None]], axis=1)
        cost = price[best]
        place[qubit] = len(place)
    row = _least(images, cost, couplings, free, weights) if weights.stranded else 0
    chosen = images[row].tolist()
    return tuple(chosen[place[qubit]] for qubit in range(graph.num_qubits))


def _apart(graph: PartGraph) -> np.ndarray:
    """Return the ties between any two qubits; an embedding puts none further apart."""
    n = graph.num_qubits
    found = np.zeros((n, n), dtype=np.int16)
    for start in range(n):
        reached = {start: 0}
        line = [start]
        for qubit in line:  # grows while it is walked
            for near in graph.ties[qubit]:
                if near not in reached:
                    reached[near] = reached[qubit] + 1
                    line.append(near)
        for qubit, steps in reached.items():
            found[start, qubit] = steps
    return found


def _least(
    images: np.ndarray,
    cost: np.ndarray,
    couplings: Couplings,
    free: frozenset[int],
    weights: Weights,
) -> int:
    """Return the best embedding when free qubits that are cut off have their price, too."""
    prices: list[float] = []
    open_qubits = free.intersection(couplings.working)
    regions: Sequence[list[int]] = images[:FINALISTS].tolist()
    for region, price in zip(regions, cost[:FINALISTS].tolist(), strict=True):
        left = open_qubits.difference(region)
        stranded = len(left) - couplings.largest_region(left)
        prices.append(price + weights.stranded * stranded)
    return prices.index(min(prices))
