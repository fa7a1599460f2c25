"""Ways to split a circuit over devices of unequal capacity.

Each is a function of circuit, capacities and seed to the part of each qubit.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.partition._packing import pack

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import CircuitProfile


def even(circuit: CircuitProfile, capacities: Sequence[int], seed: int) -> list[int]:  # noqa: ARG001
    """Return ranges of neighbouring qubits as even as the capacities allow, as the paper counts.

    Parts are filled to one level, those with less room to their brim.
    """
    missing, shares = circuit.num_qubits, [0] * len(capacities)
    for count, part in enumerate(sorted(range(len(capacities)), key=lambda i: (capacities[i], -i))):
        shares[part] = min(capacities[part], missing // (len(capacities) - count))
        missing -= shares[part]
    return _ranges(shares)


def proportional(circuit: CircuitProfile, capacities: Sequence[int], seed: int) -> list[int]:  # noqa: ARG001
    """Return ranges of neighbouring qubits in proportion to the capacities.

    Shares are rounded by the largest remainder (Hamilton's method).
    """
    num_qubits, total = circuit.num_qubits, sum(capacities)
    shares = [capacity * num_qubits // total for capacity in capacities]
    by_remainder = sorted(
        range(len(capacities)), key=lambda i: (-(capacities[i] * num_qubits % total), i)
    )
    for part in by_remainder[: num_qubits - sum(shares)]:
        shares[part] += 1
    return _ranges(shares)


def mincut(circuit: CircuitProfile, capacities: Sequence[int], seed: int) -> list[int]:
    """Return labels that cut as few two-qubit gates as could be found.

    A circuit that one part can hold stays whole, in the first that can. One that falls
    apart into components is split between them whenever they fit, with no cut at all.
    """
    for part, capacity in enumerate(capacities):
        if capacity >= circuit.num_qubits:
            return [part] * circuit.num_qubits
    from qsched.partition._graph import Graph  # noqa: PLC0415 - it imports NumPy
    from qsched.partition._multilevel import partition_graph  # noqa: PLC0415 - as above

    graph = Graph(circuit.num_qubits, circuit.interactions)
    components = graph.components()
    bins = pack([len(component) for component in components], capacities)
    if bins is not None:
        part_of = {
            vertex: part
            for component, part in zip(components, bins, strict=True)
            for vertex in component
        }
        return [part_of[vertex] for vertex in range(circuit.num_qubits)]
    return [int(label) for label in partition_graph(graph, capacities, seed)]


def _ranges(shares: Sequence[int]) -> list[int]:
    return [part for part, share in enumerate(shares) for _ in range(share)]


def check_capacities(circuit: CircuitProfile, capacities: Sequence[int]) -> None:
    """Refuse capacities that cannot hold a circuit.

    Raises:
        ConfigError: There is none, one is no whole number of 0 or more, or they hold too little.
    """
    if not capacities or any(type(c) is not int or c < 0 for c in capacities):
        raise ConfigError(
            f"capacities are {list(capacities)!r}", remedy="give one or more whole numbers"
        )
    *_, together = accumulate(capacities)
    if together < circuit.num_qubits:
        raise ConfigError(
            f"needs {circuit.num_qubits} qubits, capacities "
            f"{' + '.join(map(str, capacities))} hold {together}",
            remedy="use more devices or larger ones",
            source=circuit.name,
        )
