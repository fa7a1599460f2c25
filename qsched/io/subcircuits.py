"""Plans -> the Qiskit circuit of each placement, with its initial layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from qiskit import QuantumCircuit
from qiskit.circuit import ControlFlowOp

from qsched.errors import CircuitError, MissingExtraError
from qsched.io._definitions import definition_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiskit.circuit import CircuitInstruction, Clbit, Operation

    from qsched.model import Placement, Plan

PAIR = 2


class Subcircuit(NamedTuple):
    """The circuit of one placement.

    Attributes:
        device: Name of the QPU.
        circuit: A ``QuantumCircuit`` on the qubits of the part; it has the classical registers of
            the whole, so that its bits keep their names.
        initial_layout: Physical qubit of each of its qubits, to hand to ``transpile``; ``None``
            when qubits were only counted.
    """

    device: str
    circuit: QuantumCircuit
    initial_layout: list[int] | None


def subcircuits(plan: Plan | Sequence[Placement], circuit: QuantumCircuit) -> list[Subcircuit]:
    """Return the circuit of each placement of a plan.

    A cut gate is a placeholder of qiskit-addon-cutting on both sides, numbered as its
    ``generate_cutting_experiments`` expects; without cut gates the circuits are plain. The
    circuits of independent parts have independent results: each writes its own classical
    bits and leaves the others 0.

    Args:
        plan: The plan of a job, e.g. ``record.placements``.
        circuit: The circuit of the job.

    Raises:
        CircuitError: The plan is not one of this circuit, control flow or classical bits go from
            one part to another, or a gate can be neither expanded nor cut.
        MissingExtraError: Gates are cut and qiskit-addon-cutting is not installed.
    """
    total = sum(part.num_qubits for part in plan)
    if total != circuit.num_qubits:
        raise CircuitError(
            f"the plan holds {total} qubits, the circuit has {circuit.num_qubits}",
            source=circuit.name,
        )
    if len(plan) == 1:
        return [_subcircuit(plan[0], circuit.copy())]
    place: dict[int, tuple[int, int]] = {}
    for index, part in enumerate(plan):
        if part.logical is None:
            raise CircuitError(
                "the plan counts qubits and does not say which are where",
                remedy="schedule the circuit itself, not a row of a job table",
                source=circuit.name,
            )
        place.update({qubit: (index, i) for i, qubit in enumerate(part.logical)})
    if sorted(place) != list(range(circuit.num_qubits)):
        raise CircuitError("the plan holds a qubit twice or not at all", source=circuit.name)
    made = _Builder(plan, circuit, place)
    for instruction in circuit.data:
        made.add(instruction)
    return [_subcircuit(part, found) for part, found in zip(plan, made.circuits, strict=True)]


def _subcircuit(part: Placement, circuit: QuantumCircuit) -> Subcircuit:
    return Subcircuit(part.device, circuit, None if part.qubits is None else list(part.qubits))


class _Builder:
    """The circuits of the parts in the making."""

    def __init__(
        self,
        plan: Sequence[Placement],
        circuit: QuantumCircuit,
        place: dict[int, tuple[int, int]],
    ) -> None:
        self.circuits = []
        for index, part in enumerate(plan):
            made = QuantumCircuit(part.num_qubits, name=f"{circuit.name}_{index}")
            made.add_bits([bit for bit in circuit.clbits if not circuit.find_bit(bit).registers])
            for register in circuit.cregs:
                made.add_register(register)
            self.circuits.append(made)
        self.circuits[0].global_phase = circuit.global_phase
        if next(circuit.iter_vars(), None) is not None:
            raise CircuitError(
                "circuits with classical variables are not split", source=circuit.name
            )
        self._name = circuit.name
        self._place = {qubit: place[index] for index, qubit in enumerate(circuit.qubits)}
        self._owner: dict[Clbit, int] = {}
        self._num_cuts = 0

    def add(self, instruction: CircuitInstruction) -> None:
        """Add an instruction to the part that it belongs to, or to all that it spans."""
        parts = sorted({self._place[qubit][0] for qubit in instruction.qubits})
        if len(parts) == 1:
            self._append(parts[0], instruction)
        elif instruction.name == "barrier":
            for part in parts:
                inside = [q for q in instruction.qubits if self._place[q][0] == part]
                self.circuits[part].barrier([self._place[q][1] for q in inside])
        elif isinstance(instruction.operation, ControlFlowOp):
            raise CircuitError(
                f"{instruction.name} acts on qubits of several parts", source=self._name
            )
        elif len(instruction.qubits) == PAIR and instruction.is_standard_gate():
            self._cut(instruction)
        else:
            for piece in _expanded(instruction):
                self.add(piece)

    def _append(self, part: int, instruction: CircuitInstruction) -> None:
        for bit in instruction.clbits:
            if self._owner.setdefault(bit, part) != part:
                raise CircuitError(
                    "a classical bit is used by two parts, which cannot hand it over",
                    remedy="give the labels of its qubits one part",
                    source=self._name,
                )
        self.circuits[part].append(
            instruction.operation,
            [self._place[qubit][1] for qubit in instruction.qubits],
            instruction.clbits,
        )

    def _cut(self, instruction: CircuitInstruction) -> None:
        """Put a placeholder on each side of a cut gate."""
        basis, placeholder = _placeholder(instruction.operation, self._name)
        label = f"cut_{instruction.name}_{self._num_cuts}"
        self._num_cuts += 1
        for side, qubit in enumerate(instruction.qubits):
            part, index = self._place[qubit]
            self.circuits[part].append(placeholder(basis, side, label=label), [index])


def _placeholder(operation: Operation, source: str) -> tuple[Any, Any]:
    """Return the quasi-probability basis of a gate, and what stands for one side of it."""
    try:
        from qiskit_addon_cutting.qpd import (  # noqa: PLC0415 - optional
            QPDBasis,
            SingleQubitQPDGate,
        )
    except ImportError as error:
        raise MissingExtraError(
            "cut gates need qiskit-addon-cutting: python -m pip install 'qsched[cutting]'"
        ) from error
    try:
        return QPDBasis.from_instruction(operation), SingleQubitQPDGate
    except ValueError as error:
        raise CircuitError(
            f"gate {operation.name!r} cannot be cut: {error!s:.200}", source=source
        ) from error


def _expanded(instruction: CircuitInstruction) -> Iterator[CircuitInstruction]:
    """Yield what a composite gate is made of, on the qubits of the circuit."""
    definition = definition_of(instruction.operation)
    qubits = dict(zip(definition.qubits, instruction.qubits, strict=True))
    clbits = dict(zip(definition.clbits, instruction.clbits, strict=True))
    for inner in definition.data:
        yield inner.replace(
            qubits=[qubits[bit] for bit in inner.qubits],
            clbits=[clbits[bit] for bit in inner.clbits],
        )
