"""Depth, two-qubit gates and the cost of a split, counted on the expanded circuit.

Gates on three or more qubits and gates that a file defines are expanded to standard gates on one
and two qubits; standard gates stay as written. Of an ``if`` the worse branch counts, of a ``for``
loop every turn.
"""

from __future__ import annotations

from math import log10, pi, sin
from typing import TYPE_CHECKING, NamedTuple

from qiskit.circuit import ControlFlowOp, ForLoopOp, IfElseOp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qiskit.circuit import CircuitInstruction, Operation, QuantumCircuit

STANDARD = "qiskit.circuit.library.standard_gates"
PAIR = 2


def _always(gamma: float) -> Callable[[float], float]:
    return lambda _angle: gamma


def _rotation(turn: float) -> Callable[[float], float]:
    return lambda angle: 1 + 2 * abs(sin(turn * angle))


# Sampling overhead gamma of one gate cut on its own: 1 + 2|sin t| for exp(-i t/2 ZZ) up to
# one-qubit gates (Mitarai and Fujii, New J. Phys. 23, 023021, 2021), 7 for SWAP and iSWAP
# (Piveteau and Sutter, IEEE Trans. Inf. Theory 70, 2734, 2024); none is lower (Schmitt, Piveteau
# and Sutter, arXiv:2312.11638).
GAMMA: dict[str, Callable[[float], float]] = {
    **dict.fromkeys(("cx", "cy", "cz", "ch", "ecr"), _always(3.0)),
    **dict.fromkeys(("swap", "iswap"), _always(7.0)),
    **dict.fromkeys(("rzz", "rxx", "ryy", "rzx"), _rotation(1.0)),
    **dict.fromkeys(("cp", "cu1", "crx", "cry", "crz"), _rotation(0.5)),
}


class TwoQubitGate(NamedTuple):
    """A gate on two qubits; ``gamma**2`` multiplies the shots when it is cut."""

    first: int
    second: int
    gamma: float


class SplitCost(NamedTuple):
    """What it costs to cut a circuit into contiguous ranges of its qubits.

    Attributes:
        parts: Qubits of each part, in order.
        cut_gates: Two-qubit gates between parts.
        log10_sampling_overhead: Shots multiply by ten to this when each gate is cut on its own.
        boundary_qubits: Qubits with a cut gate, sorted.
    """

    parts: tuple[int, ...]
    cut_gates: int
    log10_sampling_overhead: float
    boundary_qubits: tuple[int, ...]


def even_parts(num_qubits: int, num_parts: int) -> tuple[int, ...]:
    """Return the sizes of contiguous parts that differ by one qubit at most, larger ones first."""
    size, larger = divmod(num_qubits, num_parts)
    return tuple(size + (part < larger) for part in range(num_parts))


def split_cost(gates: Sequence[TwoQubitGate], parts: tuple[int, ...]) -> SplitCost:
    """Return the cost of cutting a circuit with these two-qubit gates into contiguous parts."""
    part_of = [part for part, size in enumerate(parts) for _ in range(size)]
    cut = [gate for gate in gates if part_of[gate.first] != part_of[gate.second]]
    return SplitCost(
        parts,
        len(cut),
        # + 0.0 makes a negative zero, which would print as -0.0, a plain one
        round(sum(2 * log10(gate.gamma) for gate in cut), 3) + 0.0,
        tuple(sorted({qubit for gate in cut for qubit in (gate.first, gate.second)})),
    )


def expanded(circuit: QuantumCircuit) -> QuantumCircuit:
    """Return the circuit in standard gates on one and two qubits; control flow keeps its blocks."""
    flat = circuit.copy_empty_like()
    for instruction in circuit.data:
        operation = instruction.operation
        if bodies := _bodies(operation):
            blocks = [expanded(body) for body in bodies]
            flat.append(operation.replace_blocks(blocks), instruction.qubits, instruction.clbits)
            continue
        for piece in _pieces(instruction):
            flat.append(piece)
    return flat


def _pieces(instruction: CircuitInstruction) -> Iterator[CircuitInstruction]:
    operation = instruction.operation
    standard = operation.base_class.__module__.startswith(STANDARD)
    if (standard and len(instruction.qubits) <= PAIR) or operation.definition is None:
        yield instruction
        return
    place = dict(zip(operation.definition.qubits, instruction.qubits, strict=True))
    for inner in operation.definition.data:
        yield from _pieces(inner.replace(qubits=[place[bit] for bit in inner.qubits]))


def two_qubit_gates(circuit: QuantumCircuit) -> list[TwoQubitGate]:
    """Return the two-qubit gates of an expanded circuit, with indices of its qubits."""
    index = {bit: position for position, bit in enumerate(circuit.qubits)}
    gates: list[TwoQubitGate] = []
    for instruction in circuit.data:
        operation = instruction.operation
        qubits = [index[bit] for bit in instruction.qubits]
        if bodies := _bodies(operation):
            worst = max((two_qubit_gates(body) for body in bodies), key=len) * _turns(operation)
            gates += (TwoQubitGate(qubits[a], qubits[b], gamma) for a, b, gamma in worst)
        elif len(qubits) == PAIR and operation.name != "barrier":
            # A gate without an angle has a gamma that does not depend on one.
            angle = float(operation.params[0]) if operation.params else pi
            first, second = qubits
            gates.append(TwoQubitGate(first, second, GAMMA[operation.name](angle)))
    return gates


def depth(circuit: QuantumCircuit) -> int:
    """Return the depth of an expanded circuit; a control-flow block is as deep as its worst case.

    Without control flow this is ``QuantumCircuit.depth()``. A block starts when all its qubits and
    bits are ready and ends for all of them at once.
    """
    reached = dict.fromkeys([*circuit.qubits, *circuit.clbits], 0)
    for instruction in circuit.data:
        operation = instruction.operation
        own = int(operation.name not in {"barrier", "delay"})
        if bodies := _bodies(operation):
            own = max(depth(body) for body in bodies) * _turns(operation)
        bits = [*instruction.qubits, *instruction.clbits]
        reached.update(dict.fromkeys(bits, max(reached[bit] for bit in bits) + own))
    return max(reached.values(), default=0)


def _bodies(operation: Operation) -> list[QuantumCircuit]:
    if isinstance(operation, (ForLoopOp, IfElseOp)):
        return list(operation.blocks)
    if isinstance(operation, ControlFlowOp):
        raise NotImplementedError(f"no sample circuit has a {operation.name}")
    return []


def _turns(operation: Operation) -> int:
    return len(operation.params[0]) if isinstance(operation, ForLoopOp) else 1
