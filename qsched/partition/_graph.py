"""The interaction graph in arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Edge = tuple[int, int, int]
"""Two vertices, the first the smaller, and a weight above 0."""


class Graph:
    """A weighted graph whose vertices are numbers from 0 on.

    Args:
        num_vertices: Vertices.
        edges: Each pair once.

    Attributes:
        num_vertices: Vertices.
        edges: Pairs and weights, shape ``(num_edges, 3)``.
    """

    def __init__(self, num_vertices: int, edges: Sequence[Edge]) -> None:
        self.num_vertices = num_vertices
        self.edges = np.array(edges, dtype=np.int64).reshape(-1, 3)
        ends = np.concatenate([self.edges[:, 0], self.edges[:, 1]])
        order = np.argsort(ends, kind="stable")
        self._near = np.concatenate([self.edges[:, 1], self.edges[:, 0]])[order]
        self._weight = np.concatenate([self.edges[:, 2], self.edges[:, 2]])[order]
        counts = np.bincount(ends, minlength=num_vertices)
        self._start = np.concatenate([[0], np.cumsum(counts)])

    def neighbours(self, vertex: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the neighbours of a vertex and the weights of their edges."""
        here = slice(self._start[vertex], self._start[vertex + 1])
        return self._near[here], self._weight[here]

    def cut_weight(self, labels: np.ndarray) -> int:
        """Return the weight of the edges between parts."""
        apart = labels[self.edges[:, 0]] != labels[self.edges[:, 1]]
        return int(self.edges[apart, 2].sum())

    def weights_to_parts(self, labels: np.ndarray, num_parts: int) -> np.ndarray:
        """Return how strongly each vertex is tied to each part, shape ``(vertices, parts)``."""
        weights = np.zeros((self.num_vertices, num_parts), dtype=np.int64)
        first, second, weight = self.edges.T
        np.add.at(weights, (first, labels[second]), weight)
        np.add.at(weights, (second, labels[first]), weight)
        return weights

    def ball(self, centre: int, size: int, labels: np.ndarray) -> list[int]:
        """Return the nearest vertices to one in its own part, itself the first."""
        found, seen, part = [centre], {centre}, labels[centre]
        for vertex in found:  # grows while it is walked
            for near in self.neighbours(vertex)[0].tolist():
                if len(found) >= size:
                    return found
                if near not in seen and labels[near] == part:
                    seen.add(near)
                    found.append(near)
        return found

    def components(self) -> list[list[int]]:
        """Return the connected components, each sorted, in the order of their first vertices."""
        part = [-1] * self.num_vertices
        found: list[list[int]] = []
        for start in range(self.num_vertices):
            if part[start] >= 0:
                continue
            part[start] = len(found)
            members = [start]
            for vertex in members:  # grows while it is walked
                for near in self.neighbours(vertex)[0].tolist():
                    if part[near] < 0:
                        part[near] = len(found)
                        members.append(near)
            found.append(sorted(members))
        return found
