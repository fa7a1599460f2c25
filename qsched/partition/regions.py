"""Connected regions of a device with small expected error, for any pattern of free qubits.

Regions grow from many seeds as Prim's tree does, always by the qubit that costs least; where
nearly all of a component is needed, it is peeled instead; the best exchange qubits at their rim.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

from qsched.partition.couplings import Weights

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from qsched.partition.couplings import Couplings

GROWTH_STEPS = 600
"""Qubits that all seeds of one choice may add together."""

MIN_SEEDS = 5
MAX_PEELED = 12
SMALL_COMPONENT = 50
POLISHED_QUBITS = 130
"""Qubits of the best regions that are polished together; one region is, however large."""

SURPLUSES = (5, 9)
"""Qubits by which a region overgrows before it is peeled again."""

MAX_EXCHANGES = 4
RANKED = 12
CANDIDATES = 5
"""Qubits to give and qubits to take that an exchange looks at."""


def choose_region(
    couplings: Couplings,
    free: Collection[int],
    size: int,
    weights: Weights = Weights(),  # noqa: B008 - a named tuple never changes
) -> tuple[int, ...] | None:
    """Return a connected region of free qubits with small expected error.

    The cost of a region is the sum of ``-ln(1 - error)`` over its readouts, gates and
    couplers, as often as ``weights`` says: by default its least cost is the largest product
    of ``1 - error`` over its couplers and readouts. ``weights.stranded`` adds a cost for free
    qubits that the region would cut off from the rest.

    Args:
        couplings: The device.
        free: Qubits that may be taken; those that do not work are left out.
        size: Qubits of the region, at least 1.
        weights: How often each error counts.

    Returns:
        The qubits, sorted; ``None`` if no connected region is as large.
    """
    open_qubits = set(free).intersection(couplings.working)
    search = _Search(couplings, open_qubits, size, weights)
    roomy = [part for part in couplings.components(open_qubits) if len(part) >= size]
    if not roomy:
        return None
    found: dict[frozenset[int], float] = {}
    for component in roomy:
        for grown in search.candidates(component):
            found.setdefault(frozenset(grown), search.cost(grown))
    ranked = sorted(found, key=lambda region: (found[region], sorted(region)))
    for region in ranked[: max(1, min(4, POLISHED_QUBITS // size))]:
        better = search.polish(set(region))
        found.setdefault(frozenset(better), search.cost(better))
    if weights.stranded:
        ranked = sorted(found, key=lambda region: (found[region], sorted(region)))[:RANKED]
        found = {r: found[r] + weights.stranded * search.num_stranded(r) for r in ranked}
    best = min(found, key=lambda region: (found[region], sorted(region)))
    return tuple(sorted(best))


class _Search:
    """One choice of a region."""

    def __init__(self, couplings: Couplings, free: set[int], size: int, weights: Weights) -> None:
        self._couplings = couplings
        self._free = free
        self._size = size
        self._qubit = [
            weights.readout * readout + weights.one_qubit * one_qubit
            for readout, one_qubit in zip(
                couplings.readout_cost, couplings.one_qubit_cost, strict=True
            )
        ]
        factor = weights.two_qubit
        self._near: dict[int, list[tuple[int, float]]] = {
            qubit: [
                (near, factor * cost)
                for near, cost in couplings.two_qubit_cost[qubit].items()
                if near in free
            ]
            for qubit in free
        }

    def cost(self, region: Collection[int]) -> float:
        """Return the cost of a region, free qubits that it strands left aside."""
        inside = set(region)
        return sum(
            self._qubit[qubit]
            + sum(cost for near, cost in self._near[qubit] if near in inside and near > qubit)
            for qubit in sorted(inside)
        )

    def num_stranded(self, region: Collection[int]) -> int:
        """Return the free qubits that a region would cut off from the largest region left."""
        left = self._free.difference(region)
        return len(left) - self._couplings.largest_region(left)

    def candidates(self, component: Sequence[int]) -> Iterable[set[int]]:
        """Yield regions of a component that is large enough."""
        spare = len(component) - self._size
        if spare == 0:
            yield set(component)
            return
        if spare <= MAX_PEELED or len(component) <= SMALL_COMPONENT:
            yield self._peel(set(component))
        num_seeds = max(MIN_SEEDS, GROWTH_STEPS // self._size)
        for seed in sorted(component, key=self._surroundings)[:num_seeds]:
            yield self._grow(seed)

    def _surroundings(self, seed: int) -> tuple[float, int]:
        """Return how much a seed and the qubits around it cost, and its number."""
        near = self._near[seed]
        around = sum(self._qubit[qubit] + cost for qubit, cost in near)
        return self._qubit[seed] + around / max(1, len(near)), seed

    def _grow(self, seed: int) -> set[int]:
        """Grow a region from a seed, always by the qubit that costs least."""
        return self._extend(set(), [(0.0, seed)], self._size)

    def _extend(self, region: set[int], heap: list[tuple[float, int]], size: int) -> set[int]:
        """Let a region grow in place, from a heap of the qubits at its rim and their costs."""
        near_of, qubit_cost = self._near, self._qubit
        reach = {qubit: cost for cost, qubit in heap}
        while heap and len(region) < size:
            cost, qubit = heappop(heap)
            if qubit in region or cost < reach[qubit]:  # taken, or dearer by now
                continue
            region.add(qubit)
            for near, coupler in near_of[qubit]:
                if near not in region:
                    dearer = reach.get(near, qubit_cost[near]) + coupler
                    reach[near] = dearer
                    heappush(heap, (dearer, near))
        return region

    def _peel(self, region: set[int]) -> set[int]:
        """Take away what costs most, as long as the rest hangs together."""
        while len(region) > self._size:
            removable = region.difference(self._articulations(region))
            region.discard(max(removable, key=lambda q: (self._saving(q, region), q)))
        return region

    def _saving(self, qubit: int, region: set[int]) -> float:
        """Return what a region saves without one of its qubits."""
        return self._qubit[qubit] + sum(
            [cost for near, cost in self._near[qubit] if near in region]
        )

    def polish(self, region: set[int]) -> set[int]:
        """Lower the cost of a region: let it overgrow and peel it again, then exchange qubits."""
        best, least = region, self.cost(region)
        for surplus in SURPLUSES:
            trial = set(best)
            rim = {near for q in trial for near, _ in self._near[q] if near not in trial}
            heap = [(self._saving(q, trial), q) for q in rim]
            heapify(heap)
            trial = self._peel(self._extend(trial, heap, self._size + surplus))
            cost = self.cost(trial)
            if cost < least:
                best, least = trial, cost
        return self._exchange(best)

    def _exchange(self, region: set[int]) -> set[int]:
        """Exchange qubits at the rim as long as it lowers the cost."""
        for _ in range(MAX_EXCHANGES):
            exchange = self._best_exchange(region)
            if exchange is None:
                break
            region.discard(exchange[0])
            region.add(exchange[1])
        return region

    def _best_exchange(self, region: set[int]) -> tuple[int, int] | None:
        rim = {near for q in region for near, _ in self._near[q] if near not in region}
        if not rim:
            return None
        dearest = [(-self._saving(q, region), q) for q in region]
        heapify(dearest)
        fixed = self._articulations(region)
        gives: list[tuple[float, int]] = []
        while dearest and len(gives) < CANDIDATES:
            saving, qubit = heappop(dearest)
            if qubit not in fixed:
                gives.append((-saving, qubit))
        takes = sorted((self._saving(q, region), q) for q in rim)[:CANDIDATES]
        best, chosen = 1e-12, None
        for saving, give in gives:
            for price, take in takes:
                ties = [near for near, _ in self._near[take] if near in region]
                if ties == [give]:
                    continue  # it would hang on nothing
                shared = self._couplings.two_qubit_cost[take].get(give)
                own = 0.0 if shared is None else dict(self._near[take])[give]
                if saving - price + own > best:
                    best, chosen = saving - price + own, (give, take)
        return chosen

    def _articulations(self, region: set[int]) -> set[int]:
        """Return the qubits without which a region falls apart (Hopcroft and Tarjan, 1973)."""
        near_of = self._near
        root = next(iter(region))
        number = {root: 0}
        low = {root: 0}
        found: set[int] = set()
        branches = 0
        stack = [(root, -1, iter(near_of[root]))]
        while stack:
            qubit, parent, rest = stack[-1]
            for near, _ in rest:
                if near not in region or near == parent:
                    continue
                if near in number:
                    low[qubit] = min(low[qubit], number[near])
                else:
                    number[near] = low[near] = len(number)
                    stack.append((near, qubit, iter(near_of[near])))
                    break
            else:
                stack.pop()
                if parent == root:
                    branches += 1
                elif parent >= 0 and low[qubit] >= number[parent]:
                    found.add(parent)
                if parent >= 0:
                    low[parent] = min(low[parent], low[qubit])
        if branches > 1:
            found.add(root)
        return found
