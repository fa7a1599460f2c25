"""The interactions inside one part of a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import CircuitProfile
    from qsched.partition.couplings import Couplings


class PartGraph:
    """The interactions inside one part.

    Attributes:
        num_qubits: Qubits of the part.
        ties: For each qubit, by its neighbour in the part: how many gates.
        one_qubit_gates: By qubit; each two-qubit gate counts as two more, which its translation
            to native gates brings.
    """

    def __init__(self, circuit: CircuitProfile, logical: Sequence[int]) -> None:
        number = {qubit: i for i, qubit in enumerate(logical)}
        self.num_qubits = len(logical)
        self.ties: list[dict[int, int]] = [{} for _ in logical]
        for a, b, count in circuit.interactions:
            if a in number and b in number:
                self.ties[number[a]][number[b]] = count
                self.ties[number[b]][number[a]] = count
        self.one_qubit_gates = [
            circuit.one_qubit_gates[qubit] + 2 * sum(self.ties[i].values())
            for i, qubit in enumerate(logical)
        ]

    @property
    def num_ties(self) -> int:
        """Pairs of qubits with gates between them."""
        return sum(map(len, self.ties)) // 2

    def may_embed(self, couplings: Couplings) -> bool:
        """Whether degrees leave a chance that it fits the couplers as it is, in one piece."""
        theirs = sorted((len(near) for near in couplings.neighbours), reverse=True)
        ours = sorted((len(ties) for ties in self.ties), reverse=True)
        fits = all(own <= their for own, their in zip(ours, theirs, strict=False))
        return fits and len(ours) <= len(theirs) and len(self.order()) == self.num_qubits

    def order(self) -> list[int]:
        """Return the qubits from the one with most neighbours on, each tied to one before.

        A line begins at an end. What hangs together with none of them is left out.
        """
        degrees = [len(ties) for ties in self.ties]
        line = max(degrees) <= 2 and 1 in degrees  # noqa: PLR2004 - two neighbours at the most
        start = degrees.index(1) if line else degrees.index(max(degrees))
        found = [start]
        for qubit in found:  # grows while it is walked
            found += sorted(n for n in self.ties[qubit] if n not in found)
        return found
