"""Splits along an order of the vertices: the best one for each order, by dynamic programming.

Lines, rings and trees, of which many circuits are made, have orders whose best split
is the best of all; a multilevel partitioner misses it when every part must be full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsched.partition._graph import Graph

MAX_STEPS = 12_000_000
"""Above so many array elements the dynamic programme is not worth its time."""

IMPOSSIBLE = -(1 << 60)


def orders(graph: Graph) -> Iterator[np.ndarray]:
    """Yield orders that keep what belongs together: depth first, breadth first, as numbered."""
    yield _search(graph, depth_first=True)
    yield _search(graph, depth_first=False)
    yield np.arange(graph.num_vertices)


def _search(graph: Graph, *, depth_first: bool) -> np.ndarray:
    """Return the order in which a search from far ends finds the vertices, component by component.

    Depth first takes the smallest branch first, so that large ones stay in one piece.
    """
    order: list[int] = []
    for component in graph.components():
        start = component[0]
        for _ in range(2):  # twice to the farthest: a far end, Cuthill and McKee's trick
            start = _walk(graph, start, depth_first=False)[-1]
        order += _walk(graph, start, depth_first=depth_first)
    return np.array(order, dtype=np.int64)


def _walk(graph: Graph, start: int, *, depth_first: bool) -> list[int]:
    seen, found, waiting = {start}, [], [start]
    position = 0
    while position < len(waiting):
        if depth_first:
            vertex = waiting.pop()
            if vertex in seen and vertex != start:
                continue
            seen.add(vertex)
            found.append(vertex)
            near, weight = graph.neighbours(vertex)
            # The stack gives the last first: the strongest tie is followed at once.
            waiting += [
                int(other)
                for other in near[np.argsort(weight, kind="stable")]
                if int(other) not in seen
            ]
            continue
        vertex = waiting[position]
        position += 1
        found.append(vertex)
        for other in graph.neighbours(vertex)[0].tolist():
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return found


def split_along(graph: Graph, order: np.ndarray, capacities: Sequence[int]) -> np.ndarray | None:
    """Return the labels of least cut weight whose parts are ranges of an order.

    Parts of equal capacity change places freely, so that only how many of each
    capacity are used up is a state.

    Returns:
        Labels, shape ``(num_vertices,)``; ``None`` where it would take too long.
    """
    n = graph.num_vertices
    kinds = sorted(set(capacities), reverse=True)
    number = [list(capacities).count(kind) for kind in kinds]
    states = int(np.prod([count + 1 for count in number]))
    if states * len(kinds) * n * n > MAX_STEPS:
        return None
    inside = _weight_inside(graph, order)
    shape = tuple(count + 1 for count in number)
    best = {(0,) * len(kinds): np.full(n + 1, IMPOSSIBLE, dtype=np.int64)}
    best[(0,) * len(kinds)][0] = 0
    came: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]] = {}
    for state in np.ndindex(shape):
        if state not in best:
            best[state] = np.full(n + 1, IMPOSSIBLE, dtype=np.int64)
            came[state] = (np.zeros(n + 1, dtype=np.int64), np.zeros(n + 1, dtype=np.int64))
            for kind, capacity in enumerate(kinds):
                if state[kind] == 0:
                    continue
                before = (*state[:kind], state[kind] - 1, *state[kind + 1 :])
                _extend(best[before], inside, capacity, kind, best[state], came[state])
    full = max(best, key=lambda state: (best[state][n], [-used for used in state]))
    if best[full][n] < 0:
        return None
    return _labels(full, came, kinds, capacities, order)


def _weight_inside(graph: Graph, order: np.ndarray) -> np.ndarray:
    """Return the weight inside each range ``[i, j)`` of an order, shape ``(n + 1, n + 1)``."""
    n = graph.num_vertices
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    ends = place[graph.edges[:, :2]]
    low, high = ends.min(axis=1, initial=n), ends.max(axis=1, initial=0)
    grid = np.zeros((n + 1, n + 1), dtype=np.int64)
    np.add.at(grid, (low, high + 1), graph.edges[:, 2])
    # Edges with low >= i and high < j.
    down: np.ndarray = np.cumsum(grid[::-1], axis=0)[::-1]
    return np.cumsum(down, axis=1)


def _extend(  # noqa: PLR0917 - arrays in the order of their making
    before: np.ndarray,
    inside: np.ndarray,
    capacity: int,
    kind: int,
    best: np.ndarray,
    came: tuple[np.ndarray, np.ndarray],
) -> None:
    """Let one more part of a capacity hold the last range."""
    n = len(before) - 1
    for size in range(capacity + 1) if capacity < n else range(n + 1):
        # the part holds [j - size, j)
        value = before[: n + 1 - size] + np.diagonal(inside, offset=size)
        better = value > best[size:]
        best[size:][better] = value[better]
        came[0][size:][better] = size
        came[1][size:][better] = kind


def _labels(
    full: tuple[int, ...],
    came: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]],
    kinds: Sequence[int],
    capacities: Sequence[int],
    order: np.ndarray,
) -> np.ndarray:
    unused = {kind: [i for i, c in enumerate(capacities) if c == kind] for kind in kinds}
    labels = np.empty(len(order), dtype=np.int64)
    end, state = len(order), full
    while any(state):
        size, kind = int(came[state][0][end]), int(came[state][1][end])
        labels[order[end - size : end]] = unused[kinds[kind]].pop()
        end -= size
        state = (*state[:kind], state[kind] - 1, *state[kind + 1 :])
    return labels
