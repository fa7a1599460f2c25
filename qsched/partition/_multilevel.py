"""Partitions of least cut weight under unequal capacities, by several starts and refinement.

The multilevel partitioner is Mt-KaHyPar in its deterministic preset with one maximum
weight for each block: Gottesbueren, Heuer, Maas, Sanders, Schlag, "Scalable
High-Quality Hypergraph Partitioning", ACM Trans. Algorithms 20, 2024.
"""

from __future__ import annotations

from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.partition._orders import orders, split_along
from qsched.partition._refine import refine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsched.partition._graph import Graph

MAX_STARTS = 10
START_WORK = 8_000
START_COST = 600
"""Multilevel starts end when they have looked at so many vertices and edges together; each
counts so many more for itself."""

MAX_KICKS = 60
KICK_WORK = 40_000
"""Kicks end when the graph has been looked at so often that this many vertices and edges passed."""

MAX_PASSES = 8
MAX_IN_VAIN = 5
MAX_KICKS_IN_VAIN = 20
"""Starts and kicks one after another that find nothing better; then no more are made."""


def partition_graph(graph: Graph, capacities: Sequence[int], seed: int) -> np.ndarray:
    """Return labels of small cut weight, no part above its capacity.

    Args:
        graph: The interaction graph, more vertices than any one part holds.
        capacities: Vertices that each part can hold; together at least all.
        seed: Equal seeds give equal labels.
    """
    best: np.ndarray | None = None
    best_cut = in_vain = 0
    least = _least_cut(graph, capacities)
    for labels in _starts(graph, capacities, seed):
        cut = refine(graph, labels, capacities, MAX_PASSES)
        if best is None or cut < best_cut:
            best, best_cut, in_vain = labels, cut, 0
        else:
            in_vain += 1
        if best_cut <= least:
            return best
        if in_vain >= MAX_IN_VAIN:
            break
    assert best is not None
    return _kicked(graph, best, best_cut, capacities, seed)


def _kicked(
    graph: Graph, labels: np.ndarray, cut: int, capacities: Sequence[int], seed: int
) -> np.ndarray:
    """Return labels improved by kicks: a ball around a cut edge changes its part, then passes.

    Iterated local search: Lourenco, Martin, Stuetzle, Handbook of Metaheuristics, 2003.
    """
    stream = np.random.default_rng([seed, 1])
    in_vain = 0
    for _ in range(min(MAX_KICKS, KICK_WORK // (graph.num_vertices + len(graph.edges)))):
        if in_vain >= MAX_KICKS_IN_VAIN:
            break
        in_vain += 1
        ends = graph.edges[:, :2]
        apart = ends[labels[ends[:, 0]] != labels[ends[:, 1]]]
        inside, outside = stream.permutation(apart[stream.integers(len(apart))])
        size = int(stream.integers(2, 3 + graph.num_vertices // 8))
        trial = labels.copy()
        trial[graph.ball(int(inside), size, labels)] = labels[outside]
        if (trial_cut := refine(graph, trial, capacities, MAX_PASSES)) <= cut:
            in_vain = in_vain if trial_cut == cut else 0
            labels, cut = trial, trial_cut
    return labels


def _starts(graph: Graph, capacities: Sequence[int], seed: int) -> Iterator[np.ndarray]:
    """Yield labels to begin with: the best along simple orders, then those of Mt-KaHyPar."""
    for order in orders(graph):
        labels = split_along(graph, order, capacities)
        if labels is not None:
            yield labels
    choices = _choices(graph.num_vertices, capacities)
    work = graph.num_vertices + len(graph.edges)
    num_starts = max(1, min(MAX_STARTS, START_WORK // (START_COST + work)))
    for number in range(num_starts):
        chosen = choices[number % len(choices)]
        yield _multilevel(graph, capacities, chosen, seed + number)


def _least_cut(graph: Graph, capacities: Sequence[int]) -> int:
    """Return a weight that no split of a connected graph can come below.

    As many parts as it takes at the least hang together by one edge less.
    """
    if len(graph.components()) > 1:
        return 0
    fewest = len(_choices(graph.num_vertices, capacities)[0])
    lightest = np.sort(graph.edges[:, 2])[: fewest - 1]
    return int(lightest.sum())


def _choices(num_vertices: int, capacities: Sequence[int]) -> list[list[int]]:
    """Return which parts to use: all, and the largest ones from as few as can hold it.

    Mt-KaHyPar leaves no part empty, however little that is worth.
    """
    by_size = sorted(range(len(capacities)), key=lambda i: (-capacities[i], i))
    together = list(accumulate(capacities[i] for i in by_size))
    fewest = next(i for i, room in enumerate(together, 1) if room >= num_vertices)
    return [sorted(by_size[:count]) for count in range(fewest, len(capacities) + 1)]


@cache
def _mtkahypar() -> tuple[Any, Any]:
    """Return the library and its initialised form; it can be initialised once in a process."""
    import mtkahypar  # noqa: PLC0415 - 60 ms that job tables without circuits save

    return mtkahypar, mtkahypar.initialize(1)  # one thread: parts of a run are small


def _multilevel(
    graph: Graph, capacities: Sequence[int], chosen: Sequence[int], seed: int
) -> np.ndarray:
    """Return the labels that Mt-KaHyPar finds with the chosen parts."""
    library, handle = _mtkahypar()
    library.set_seed(seed)
    context = handle.context_from_preset(library.PresetType.DETERMINISTIC)
    context.logging = False
    context.set_partitioning_parameters(len(chosen), 0.03, library.Objective.CUT)
    context.set_individual_target_block_weights([capacities[i] for i in chosen])
    # The deterministic preset does not look at its seed: the numbering of vertices makes the draw.
    renumbered = np.random.default_rng(seed).permutation(graph.num_vertices)
    pairs, weights = renumbered[graph.edges[:, :2]].tolist(), graph.edges[:, 2].tolist()
    made = handle.create_graph(
        context, graph.num_vertices, len(pairs), pairs, [1] * graph.num_vertices, weights
    )
    split = made.partition(context)
    return np.array([chosen[split.block_id(v)] for v in renumbered], dtype=np.int64)
