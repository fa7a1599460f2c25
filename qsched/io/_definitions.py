"""Instructions: which stay as they are, which are put apart, and by what definition."""

from __future__ import annotations

from collections.abc import Hashable
from enum import Enum, auto
from functools import cache
from typing import TYPE_CHECKING

from qiskit import QuantumCircuit, qasm2
from qiskit.circuit import (
    BreakLoopOp,
    ContinueLoopOp,
    ControlFlowOp,
    Delay,
    Measure,
    Reset,
)

from qsched.errors import CircuitError
from qsched.io._foreign import reason_of

if TYPE_CHECKING:
    from qiskit.circuit import CircuitInstruction, Operation

Key = Hashable
"""Two uses of definitions with equal keys add up the same counts and the same paths."""


class Kind(Enum):
    """What becomes of an instruction that is no standard gate on one or two qubits."""

    NOTHING = auto()
    """It takes no time and acts on nothing: a delay, a global phase, ``break``, ``continue``."""
    DIRECTIVE = auto()
    """It joins its bits and counts nowhere: a barrier, a classical assignment."""
    RESET = auto()
    MEASUREMENT = auto()
    GATE = auto()
    """A gate on one qubit that has no definition and needs none."""
    CONTROL_FLOW = auto()
    COMPOSITE = auto()
    """It is put apart by its definition."""


_WAIT_GATES = tuple(c.constructor for c in qasm2.LEGACY_CUSTOM_INSTRUCTIONS if c.name == "u0")
"""``u0(n)`` of the legacy OpenQASM 2 includes: one gate as written, however long it waits."""

_KINDS = (
    (Measure, Kind.MEASUREMENT),
    (Delay, Kind.NOTHING),
    (Reset, Kind.RESET),
    (ControlFlowOp, Kind.CONTROL_FLOW),
    ((BreakLoopOp, ContinueLoopOp), Kind.NOTHING),
    (_WAIT_GATES, Kind.GATE),
)

_HARDWARE_KINDS = (
    ("measure", 1, Kind.MEASUREMENT),
    ("reset_", 0, Kind.RESET),
    ("xslow", 0, Kind.GATE),
)
"""Start of the name, clbits, kind of the one-qubit instructions of qiskit-ibm-runtime that name
other ways of the hardware to measure, to reset and to flip, and have no definition."""


def kind_of(instruction: CircuitInstruction) -> Kind:
    """Return what becomes of an instruction that is no standard gate on one or two qubits."""
    if instruction.is_standard_gate():
        return Kind.COMPOSITE if instruction.qubits else Kind.NOTHING
    if instruction.is_directive():
        return Kind.DIRECTIVE
    operation: Operation = instruction.operation
    kind = _kind_of_class(type(operation))  # type: ignore[arg-type] # a class has a hash
    if kind is Kind.COMPOSITE and len(instruction.qubits) == 1:
        for name, num_clbits, hardware_kind in _HARDWARE_KINDS:
            if (
                operation.name.startswith(name)
                and len(instruction.clbits) == num_clbits
                and getattr(operation, "definition", None) is None
            ):
                return hardware_kind
    return kind


@cache
def _kind_of_class(operation: type) -> Kind:
    return next((kind for base, kind in _KINDS if issubclass(operation, base)), Kind.COMPOSITE)


def definition_key(operation: Operation) -> Key:
    """Return what tells a definition from others, as long as the operation lives.

    All uses of one ``gate`` statement of an OpenQASM 2 file share the gates known at
    that statement; each makes a definition of its own, so that identity does not do.
    """
    known = getattr(operation, "_gates", None)
    if known and type(operation).__module__ == "qiskit.qasm2.parse":
        return operation.name, id(known)
    return id(operation)


def may_vary(operation: Operation) -> bool:
    """Return whether parameters may change the gates of a definition, not their angles alone."""
    # A class of Qiskit's own gates, singletons included, tells its module by this attribute.
    kind = getattr(operation, "base_class", type(operation))
    return not kind.__module__.startswith("qiskit.")


def definition_of(operation: Operation) -> QuantumCircuit:
    """Return the circuit that an operation stands for.

    Raises:
        CircuitError: It has none, or Qiskit cannot work it out.
    """
    try:
        definition: QuantumCircuit | None = getattr(operation, "definition", None)
        if definition is None:
            definition = _synthesised(operation)
    except Exception as error:  # definitions run code that is not ours
        raise CircuitError(
            f"gate {operation.name!r} cannot be expanded: {reason_of(error)}",
            remedy="correct its definition, or decompose it",
        ) from error
    if definition is None:
        raise CircuitError(
            f"gate {operation.name!r} on {operation.num_qubits} qubits has no definition",
            remedy="define it, or transpile the circuit to gates of Qiskit's standard library",
        )
    return definition


def _synthesised(operation: Operation) -> QuantumCircuit | None:
    """Let Qiskit synthesise what has no definition: a Clifford, a permutation, modifiers."""
    from qiskit.transpiler.passes import HighLevelSynthesis  # noqa: PLC0415 - slow, seldom needed

    circuit = QuantumCircuit(operation.num_qubits, operation.num_clbits)
    circuit.append(operation, circuit.qubits, circuit.clbits)
    synthesised: QuantumCircuit = HighLevelSynthesis()(circuit)
    if any(type(step.operation) is type(operation) for step in synthesised.data):
        return None
    return synthesised
