"""Fiduccia-Mattheyses moves between parts of unequal capacity.

Fiduccia and Mattheyses, "A linear-time heuristic for improving network partitions",
DAC 1982; several parts as in Sanchis, IEEE Trans. Comput. 38, 1989.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.partition._graph import Graph

NOT_ALLOWED = -(1 << 60)
NEVER = 1 << 60
"""Cut weight of what does not fit."""

PATIENCE = 40
"""Moves without a new best after which a pass is given up; at least a tenth of the vertices."""


def refine(graph: Graph, labels: np.ndarray, capacities: Sequence[int], max_passes: int) -> int:
    """Improve labels in place by passes of moves, and return the weight that is cut then.

    A pass moves each vertex once at the most, the best allowed move first even if it makes
    things worse, and goes back to the best point that it came by. A part may be one vertex
    too full in between, so that two can change places where every part is full.

    Args:
        graph: The interaction graph.
        labels: Part of each vertex, shape ``(num_vertices,)``; parts that are too full are
            put right by the first pass.
        capacities: Vertices that each part can hold.
        max_passes: Passes at the most; it ends with the first that improves nothing.
    """
    limits = np.asarray(capacities)
    fits = (np.bincount(labels, minlength=len(limits)) <= limits).all()
    cut = graph.cut_weight(labels) if fits else NEVER
    for _ in range(max_passes):
        better = _one_pass(graph, labels, limits, cut)
        if better == cut:
            break
        cut = better
    return cut


def _one_pass(graph: Graph, labels: np.ndarray, capacities: np.ndarray, cut: int) -> int:
    """Make one pass over all vertices; keep its best prefix."""
    num_parts = len(capacities)
    vertices = np.arange(graph.num_vertices)
    weights = graph.weights_to_parts(labels, num_parts)
    gains = weights - weights[vertices, labels][:, None]
    gains[vertices, labels] = NOT_ALLOWED
    room = capacities - np.bincount(labels, minlength=num_parts)
    patience = max(PATIENCE, graph.num_vertices // 10)
    best, now, kept = cut, graph.cut_weight(labels), 0
    done: list[tuple[int, int]] = []
    while len(done) < graph.num_vertices and len(done) - kept < patience:
        vertex, to = _best_move(gains, labels, room)
        gain = gains[vertex, to]
        if gain <= NOT_ALLOWED // 2:
            break
        source = labels[vertex]
        now -= int(gain)
        done.append((vertex, source))
        labels[vertex] = to
        room[source] += 1
        room[to] -= 1
        near, weight = graph.neighbours(vertex)
        gains[near, source] -= weight
        gains[near, to] += weight
        # Those that stay in the two parts have all their gains changed by what they are tied to.
        gains[near] += (weight * (labels[near] == source) - weight * (labels[near] == to))[:, None]
        gains[vertex] = NOT_ALLOWED  # once in a pass
        if now < best and room.min() >= 0:
            best, kept = now, len(done)
    for vertex, source in reversed(done[kept:]):
        labels[vertex] = source
    return best


def _best_move(gains: np.ndarray, labels: np.ndarray, room: np.ndarray) -> tuple[int, int]:
    """Return the best move that leaves no part more than one vertex too full."""
    overfull = room.min() < 0
    allowed = gains + np.where(room > 0 if overfull else room >= 0, 0, NOT_ALLOWED)
    if overfull:  # one of its own must leave it, to wherever there is room, or to make one more
        allowed = np.where((room < 0)[labels][:, None], allowed, NOT_ALLOWED)
        if allowed.max() <= NOT_ALLOWED // 2:
            allowed = np.where(
                (room < 0)[labels][:, None],
                gains + np.where(room == 0, 0, NOT_ALLOWED),
                NOT_ALLOWED,
            )
    move = int(allowed.argmax())
    return move // len(room), move % len(room)
