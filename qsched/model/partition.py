"""How a circuit is split into parts, and what each part and each cut counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from qsched.errors import CircuitError


class Part(NamedTuple):
    """One part of a circuit.

    Attributes:
        qubits: Logical qubits, sorted; their positions here are their numbers in the part.
        num_one_qubit_gates: Gates on one qubit.
        num_two_qubit_gates: Gates on two qubits, both in the part.
        depth: Depth of the part by itself, each cut gate counted as one operation on its side;
            the depth of the whole circuit where the order of its gates is not known.
    """

    qubits: tuple[int, ...]
    num_one_qubit_gates: int
    num_two_qubit_gates: int
    depth: int

    @property
    def num_qubits(self) -> int:
        """Qubits of the part."""
        return len(self.qubits)


class Cut(NamedTuple):
    """What lies between two parts.

    Attributes:
        first: Index of a part.
        second: Index of another, the larger.
        num_gates: Two-qubit gates between them.
        boundary_qubits: Logical qubits of either with a gate to the other, sorted.
        gammas: Sampling factor of a gate cut alone, and how many gates have it, sorted.
    """

    first: int
    second: int
    num_gates: int
    boundary_qubits: tuple[int, ...]
    gammas: tuple[tuple[float, int], ...]


@dataclass(frozen=True, kw_only=True)
class Partition:
    """A circuit split into parts.

    Attributes:
        labels: Part of each logical qubit, shape ``(num_qubits,)``.
        parts: The parts; none is empty.
        cuts: Pairs of parts with gates between them, sorted.

    Raises:
        CircuitError: A label names no part, or the parts are not what the labels say.
    """

    labels: tuple[int, ...]
    parts: tuple[Part, ...]
    cuts: tuple[Cut, ...] = ()

    def __post_init__(self) -> None:
        """Refuse parts that are not those of the labels."""
        held: list[list[int]] = [[] for _ in self.parts]
        for qubit, label in enumerate(self.labels):
            if not 0 <= label < len(held):
                raise CircuitError(f"qubit {qubit} is in part {label!r} of {len(held)}")
            held[label].append(qubit)
        for index, (part, qubits) in enumerate(zip(self.parts, held, strict=True)):
            if list(part.qubits) != qubits or not qubits:
                raise CircuitError(f"part {index} is empty or not what the labels say")

    @cached_property
    def cut_weight(self) -> int:
        """Two-qubit gates between parts."""
        return sum(cut.num_gates for cut in self.cuts)

    @cached_property
    def gammas(self) -> tuple[float, ...]:
        """Sampling factors of all cut gates, one for each."""
        return tuple(
            chain.from_iterable([gamma] * count for cut in self.cuts for gamma, count in cut.gammas)
        )
