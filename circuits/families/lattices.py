"""Circuits that live on a graph: QAOA, Ising Trotter steps, hardware-efficient ansatz."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from qiskit.circuit import QuantumCircuit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Edge = tuple[int, int]


def ring(num_sites: int) -> list[Edge]:
    """Return the edges of a ring, in layers of disjoint edges as far as they go."""
    return layers((site, (site + 1) % num_sites) for site in range(num_sites))


def line(num_sites: int) -> list[Edge]:
    """Return the edges of a line, in layers of disjoint edges."""
    return layers((site, site + 1) for site in range(num_sites - 1))


def square(num_rows: int, num_columns: int) -> list[Edge]:
    """Return the edges of a square lattice with open borders, rows one after another."""
    sites = np.arange(num_rows * num_columns).reshape(num_rows, num_columns)
    along = zip(sites[:, :-1].flat, sites[:, 1:].flat, strict=True)
    across = zip(sites[:-1].flat, sites[1:].flat, strict=True)
    return layers((int(a), int(b)) for a, b in (*along, *across))


def heavy_hex(num_rows: int, num_columns: int) -> list[Edge]:
    """Return the edges of a heavy-hex lattice as on IBM Heron processors.

    Rows of ``num_columns`` qubits are joined by bridge qubits at every fourth column, from column 3
    after even rows and from column 1 after odd ones; numbers run row, bridges, row, ... Eight rows
    of 16 are the 156 qubits of a Heron r2.
    """
    edges = []
    first = 0
    for row in range(num_rows):
        edges += [(first + column, first + column + 1) for column in range(num_columns - 1)]
        if row == num_rows - 1:
            break
        joints = range(3 if row % 2 == 0 else 1, num_columns, 4)
        below = first + num_columns + len(joints)
        for bridge, column in enumerate(joints, start=first + num_columns):
            edges += [(first + column, bridge), (bridge, below + column)]
        first = below
    return layers(edges)


def random_regular(degree: int, num_sites: int, seed: int) -> list[Edge]:
    """Return the edges of a random regular graph, in layers of disjoint edges."""
    graph = nx.random_regular_graph(degree, num_sites, seed=seed)
    return layers(sorted((min(edge), max(edge)) for edge in graph.edges))


def layers(edges: Iterable[Edge]) -> list[Edge]:
    """Return the edges layer by layer; no two edges of a layer share a site (greedy colouring)."""
    coloured: dict[int, list[Edge]] = {}
    used: dict[int, set[int]] = {}
    for a, b in edges:
        taken = used.setdefault(a, set()) | used.setdefault(b, set())
        colour = next(c for c in range(len(taken) + 1) if c not in taken)
        used[a].add(colour)
        used[b].add(colour)
        coloured.setdefault(colour, []).append((a, b))
    return [edge for _, layer in sorted(coloured.items()) for edge in layer]


def qaoa_maxcut(
    num_qubits: int, edges: Sequence[Edge], gammas: Sequence[float], betas: Sequence[float]
) -> QuantumCircuit:
    """Return QAOA for MaxCut: ``exp(-i gamma C)`` and ``exp(-i beta sum X)`` by turns.

    ``C`` counts the cut edges (Farhi, Goldstone and Gutmann, arXiv:1411.4028).

    Args:
        num_qubits: Vertices.
        edges: Edges of the graph.
        gammas: Angles of the cost, one per round, in radians.
        betas: Angles of the mixer, one per round, in radians.
    """
    circuit = QuantumCircuit(num_qubits, num_qubits)
    circuit.h(range(num_qubits))
    for gamma, beta in zip(gammas, betas, strict=True):
        for edge in edges:
            circuit.rzz(-gamma, *edge)
        circuit.rx(2 * beta, range(num_qubits))
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def ising_trotter(
    num_qubits: int,
    edges: Sequence[Edge],
    *,
    num_steps: int,
    coupling: float = 1.0,
    field: float = 1.0,
    time_step: float = 0.25,
) -> QuantumCircuit:
    """Return first-order Trotter steps of the transverse-field Ising model.

    ``H = -coupling * sum Z Z - field * sum X``; each step applies ``exp(i coupling dt Z Z)`` to
    every edge and ``exp(i field dt X)`` to every site (Lloyd, Science 273, 1073, 1996).

    Args:
        num_qubits: Sites.
        edges: Bonds of the lattice.
        num_steps: Trotter steps, at least 1.
        coupling: Strength of the bonds.
        field: Strength of the transverse field.
        time_step: Simulated time of one step, in units of the inverse coupling.
    """
    circuit = QuantumCircuit(num_qubits, num_qubits)
    for _ in range(num_steps):
        for edge in edges:
            circuit.rzz(-2 * coupling * time_step, *edge)
        circuit.rx(-2 * field * time_step, range(num_qubits))
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def hardware_efficient(num_qubits: int, *, num_layers: int, seed: int) -> QuantumCircuit:
    """Return a hardware-efficient ansatz: random RY, RZ and a brickwork of CX on a line.

    Args:
        num_qubits: Qubits, at least 2.
        num_layers: Layers of rotations and entanglers (Kandala et al., Nature 549, 242, 2017).
        seed: Seed of the angles, drawn evenly from [-pi, pi) and rounded to 6 decimals.
    """
    rng = np.random.default_rng(seed)
    bricks = line(num_qubits)
    circuit = QuantumCircuit(num_qubits, num_qubits)
    for _ in range(num_layers):
        for qubit in range(num_qubits):
            theta, phi = rng.uniform(-pi, pi, size=2).round(6).tolist()
            circuit.ry(theta, qubit)
            circuit.rz(phi, qubit)
        for pair in bricks:
            circuit.cx(*pair)
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit
