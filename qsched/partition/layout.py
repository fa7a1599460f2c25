"""Which qubit of a part goes on which physical qubit.

A sparse part is embedded if it can be, so that no swap is needed: a beam search keeps the
cheapest partial embeddings. Others get a connected region and a layout that keeps what
interacts near to each other.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from qsched.partition._beam import embed
from qsched.partition._distances import distances
from qsched.partition._part import PartGraph
from qsched.partition.identity import ById
from qsched.partition.regions import choose_region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import CircuitProfile
    from qsched.partition.couplings import Couplings, Weights

MAX_EMBEDDED = 48
"""Larger parts are not embedded: few circuits of that size can be, and the search grows long."""


def lay_out(
    circuit: CircuitProfile | None,
    logical: tuple[int, ...],
    couplings: Couplings,
    free: frozenset[int],
    weights: Weights,
) -> tuple[int, ...] | None:
    """Return a connected region for a part, in the order of its qubits.

    Args:
        circuit: The circuit; ``None`` for a row of a table, whose region is sorted.
        logical: Qubits of the circuit that are in the part, sorted.
        couplings: The device.
        free: Physical qubits that may be taken.
        weights: How often each error counts.

    Returns:
        A physical qubit for each of ``logical``; ``None`` if no connected region is as large.
    """
    if circuit is None:
        return choose_region(couplings, free, len(logical), weights)
    return _lay_out(ById(circuit), logical, ById(couplings), free, weights)


@lru_cache(maxsize=4096)
def _lay_out(
    circuit: ById[CircuitProfile],
    logical: tuple[int, ...],
    couplings: ById[Couplings],
    free: frozenset[int],
    weights: Weights,
) -> tuple[int, ...] | None:
    graph = PartGraph(circuit.value, logical)
    device = couplings.value
    if len(logical) <= MAX_EMBEDDED and graph.may_embed(device):
        images = embed(graph, device, free, weights)
        if images is not None:
            return images
    region = choose_region(device, free, len(logical), weights)
    return None if region is None else _near_each_other(graph, device, region)


def _near_each_other(
    graph: PartGraph, couplings: Couplings, region: Sequence[int]
) -> tuple[int, ...]:
    """Lay a part out in a region: what interacts most first, each near to those it is tied to."""
    apart = distances(couplings, region)
    spots = np.array(region)
    central = apart[np.ix_(spots, spots)].sum(axis=1).astype(np.float64)
    taken = np.zeros(len(spots), dtype=bool)
    images = [-1] * graph.num_qubits
    pull = np.zeros(graph.num_qubits)
    strength = np.array([sum(ties.values()) for ties in graph.ties], dtype=np.float64)
    for _ in range(graph.num_qubits):
        waiting = [i for i in range(graph.num_qubits) if images[i] < 0]
        qubit = max(waiting, key=lambda i: (pull[i], strength[i], -i))
        price = central * 1e-6
        for near, count in graph.ties[qubit].items():
            if images[near] >= 0:
                price = price + count * apart[images[near], spots]
        price[taken] = np.inf
        spot = int(price.argmin())
        taken[spot] = True
        images[qubit] = int(spots[spot])
        for near, count in graph.ties[qubit].items():
            pull[near] += count
    return tuple(images)
