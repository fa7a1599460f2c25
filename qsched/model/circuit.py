"""What a scheduler needs to know of a circuit."""

from __future__ import annotations

from dataclasses import dataclass, field

from qsched.errors import CircuitError


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitProfile:
    """Width, depth, gate counts and interaction graph of one circuit.

    Counted on the *expanded* circuit: gates on three or more qubits and
    composite or custom gates are written as one- and two-qubit standard gates,
    standard gates stay as they were written. Barriers and delays count nowhere.

    Attributes:
        name: Name of the circuit.
        num_qubits: Width, idle qubits included.
        num_active_qubits: Qubits on which at least one operation acts.
        depth: Depth of the expanded circuit, ``QuantumCircuit.depth()``; measurements count.
        two_qubit_depth: Longest chain of two-qubit gates.
        num_one_qubit_gates: Gates on one qubit.
        num_two_qubit_gates: Gates on two qubits.
        num_measurements: Measurements, mid-circuit ones included.
        one_qubit_gates: Gates on one qubit, by qubit, shape ``(num_qubits,)``.
        interactions: Pairs ``(a, b, count)`` with ``a < b``, sorted: how many
            two-qubit gates act on qubits ``a`` and ``b``. The weighted edges of
            the interaction graph.
        gammas: ``(a, b, gamma, count)``, sorted: gates whose sampling factor when they are cut
            alone is not the usual 3 of ``cx`` and its like, see `qsched.estimate.communication`.
        operations: What acts one after another, as ``(bits, depth)``: qubits, then classical bits
            from ``num_qubits`` on, and what it adds to the depth. ``None`` where definitions
            would have to be expanded to more than is worth keeping. Not compared.

    Raises:
        CircuitError: A count is negative or the interaction graph disagrees with it.
    """

    name: str
    num_qubits: int
    num_active_qubits: int
    depth: int
    two_qubit_depth: int
    num_one_qubit_gates: int
    num_two_qubit_gates: int
    num_measurements: int
    one_qubit_gates: tuple[int, ...]
    interactions: tuple[tuple[int, int, int], ...]
    gammas: tuple[tuple[int, int, float, int], ...] = ()
    operations: tuple[tuple[tuple[int, ...], int], ...] | None = field(
        default=None, compare=False, repr=False
    )

    def __post_init__(self) -> None:
        """Refuse profiles that contradict themselves."""
        if min(self.num_qubits, self.depth, self.two_qubit_depth, self.num_measurements) < 0:
            raise CircuitError("a count is negative", source=self.name)
        if not 0 <= self.num_active_qubits <= self.num_qubits:
            raise CircuitError(
                f"{self.num_active_qubits} active of {self.num_qubits} qubits", source=self.name
            )
        if sum(count for _, _, count in self.interactions) != self.num_two_qubit_gates:
            raise CircuitError(
                f"interaction graph does not add up to {self.num_two_qubit_gates} two-qubit gates",
                source=self.name,
            )

    @property
    def num_idle_qubits(self) -> int:
        """Qubits on which nothing acts."""
        return self.num_qubits - self.num_active_qubits
