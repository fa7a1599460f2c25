"""Labels -> what is known of a split: parts, cuts, and whether the labels can be."""

from __future__ import annotations

from collections import Counter, defaultdict
from operator import index
from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.model.partition import Cut, Part, Partition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import CircuitProfile

USUAL_GAMMA = 3.0
"""Sampling factor of a ``cx``, ``cz`` or ``ecr`` cut alone; see `qsched.estimate.communication`."""


def check_labels(
    circuit: CircuitProfile, labels: Sequence[int], capacities: Sequence[int]
) -> tuple[int, ...]:
    """Return labels as plain numbers, if they can be those of a split.

    Args:
        circuit: The circuit.
        labels: Part of each qubit, from 0 on, one for each qubit.
        capacities: Qubits that each part can hold.

    Raises:
        ConfigError: There are too few or too many, one is no part, or a part is too full.
    """
    if len(labels) != circuit.num_qubits:
        raise ConfigError(
            f"{len(labels)} labels for {circuit.num_qubits} qubits",
            remedy="give the part of each qubit",
            source=circuit.name,
        )
    numbers = []
    for qubit, label in enumerate(labels):
        try:
            number = index(label)
        except TypeError:
            number = -1
        if not 0 <= number < len(capacities):
            raise ConfigError(
                f"label of qubit {qubit} is {label!r}",
                remedy=f"the parts are 0 to {len(capacities) - 1}",
                source=circuit.name,
            )
        numbers.append(number)
    sizes = Counter(numbers)
    for part, capacity in enumerate(capacities):
        if sizes[part] > capacity:
            raise ConfigError(
                f"labels put {sizes[part]} qubits into part {part}, which can hold {capacity}",
                remedy="move some to another part",
                source=circuit.name,
            )
    return tuple(numbers)


def describe(circuit: CircuitProfile, labels: Sequence[int]) -> Partition:
    """Return parts and cuts of a split; labels without qubits are left out and numbers move up.

    Args:
        circuit: The circuit.
        labels: Part of each qubit, from 0 on.
    """
    used = {label: part for part, label in enumerate(sorted(set(labels)))}
    part_of = tuple(used[label] for label in labels)
    qubits: list[list[int]] = [[] for _ in used]
    for qubit, part in enumerate(part_of):
        qubits[part].append(qubit)
    two_qubit_gates = [0] * len(used)
    gates: Counter[tuple[int, int]] = Counter()
    boundary: dict[tuple[int, int], set[int]] = defaultdict(set)
    for a, b, count in circuit.interactions:
        if part_of[a] == part_of[b]:
            two_qubit_gates[part_of[a]] += count
            continue
        pair = _pair(part_of[a], part_of[b])
        gates[pair] += count
        boundary[pair].update((a, b))
    gammas: dict[tuple[int, int], Counter[float]] = defaultdict(Counter)
    for a, b, gamma, count in circuit.gammas:
        if part_of[a] != part_of[b]:
            gammas[_pair(part_of[a], part_of[b])][gamma] += count
    for pair, count in gates.items():
        usual = count - sum(gammas[pair].values())
        if usual:
            gammas[pair][USUAL_GAMMA] += usual
    depths = _depths(circuit, part_of, len(used))
    return Partition(
        labels=part_of,
        parts=tuple(
            Part(
                tuple(inside),
                sum(circuit.one_qubit_gates[qubit] for qubit in inside),
                two_qubit_gates[part],
                depths[part],
            )
            for part, inside in enumerate(qubits)
        ),
        cuts=tuple(
            Cut(
                *pair,
                gates[pair],
                tuple(sorted(boundary[pair])),
                tuple(sorted(gammas[pair].items())),
            )
            for pair in sorted(gates)
        ),
    )


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _depths(circuit: CircuitProfile, part_of: Sequence[int], num_parts: int) -> list[int]:
    """Return the depth of each part, a cut gate counted on both sides."""
    if num_parts == 1 or circuit.operations is None:
        return [circuit.depth] * num_parts
    reached: list[dict[int, int]] = [defaultdict(int) for _ in range(num_parts)]
    num_qubits = circuit.num_qubits
    for bits, weight in circuit.operations:
        sides: dict[int, list[int]] = {}
        shared = []
        for bit in bits:
            if bit < num_qubits:
                sides.setdefault(part_of[bit], []).append(bit)
            else:
                shared.append(bit)
        for part, own in sides.items():
            depth = reached[part]
            joined = own + shared
            after = max([depth[bit] for bit in joined]) + weight
            for bit in joined:
                depth[bit] = after
    return [max(depth.values(), default=0) for depth in reached]
