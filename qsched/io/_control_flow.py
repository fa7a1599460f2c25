"""What a scheduler has to reckon with when the way through a circuit is not known.

Each control-flow operation is one block of work: it starts when all bits that it
touches or asks are free, and lasts as long as the deepest body that it may run. Of
several bodies each figure is that of the body in which it is worst:

=========================  =======================================================
depth, two-qubit depth     the deepest body
one-qubit gates            the body with most of them
two-qubit gates and pairs  the body with most of them
measurements               the body with most of them
active qubits              all bodies together
=========================  =======================================================

A for-loop is its body times its count, whatever ``break`` or ``continue`` may cut
off; a while-loop and a box are their body once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiskit.circuit import (
    ClassicalRegister,
    Clbit,
    ForLoopOp,
    IfElseOp,
    Store,
    SwitchCaseOp,
    WhileLoopOp,
)
from qiskit.circuit.classical import expr

from qsched.errors import CircuitError
from qsched.io._blocks import Block

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

    from qiskit.circuit import ControlFlowOp, Instruction


def times_of(operation: ControlFlowOp) -> int:
    """Return how often the body of an operation runs, at most.

    Raises:
        CircuitError: The bounds of a for-loop are not numbers.
    """
    if not isinstance(operation, ForLoopOp):
        return 1
    indices = operation.params[0]
    if isinstance(indices, range):
        # Not len(): a range may be longer than the machine's integers.
        span = indices.stop - indices.start
        return max(0, -(-span // indices.step))
    if isinstance(indices, tuple | list):
        return len(indices)
    raise CircuitError(
        f"the bounds of a for-loop are not numbers: {indices!r:.80}",
        remedy="bind them before scheduling",
    )


def resources(operation: Instruction) -> Iterator[Hashable]:
    """Yield the clbits and variables that an operation reads or writes besides its own bits.

    The same as `QuantumCircuit.depth` looks at: the condition of ``if`` and ``while``, the
    target of ``switch``, both sides of a store.
    """
    if isinstance(operation, IfElseOp | WhileLoopOp):
        yield from _asked(operation.condition)
    elif isinstance(operation, SwitchCaseOp):
        yield from _asked(operation.target)
    elif isinstance(operation, Store):
        yield from _asked(operation.lvalue)
        yield from _asked(operation.rvalue)


def _asked(question: Any) -> Iterator[Hashable]:
    """Yield what a condition, a register, a bit or an expression is made of."""
    if isinstance(question, expr.Expr):
        for variable in expr.iter_vars(question):
            yield from (variable,) if variable.standalone else _asked(variable.var)
    elif isinstance(question, Clbit):
        yield question
    elif isinstance(question, ClassicalRegister):
        yield from question
    elif isinstance(question, tuple):
        yield from _asked(question[0])


def worst(bodies: Sequence[Block], times: int) -> tuple[Block, int, int]:
    """Return the worst counts, depth and two-qubit depth of bodies, only one of which runs.

    Args:
        bodies: Blocks over the same qubits.
        times: How often the one that runs is run.
    """
    found = Block(num_qubits=0, num_bits=0)
    depth = two_qubit_depth = 0
    for body in bodies if times else ():
        repeated = Block(num_qubits=0, num_bits=0)
        repeated.add_counts(body, [range(body.num_qubits)], times)
        if repeated.num_one_qubit_gates > found.num_one_qubit_gates:
            found.one_qubit_gates = repeated.one_qubit_gates
        if repeated.num_two_qubit_gates > found.num_two_qubit_gates:
            found.pairs, found.gammas = repeated.pairs, repeated.gammas
        found.size = max(found.size, times * body.size)
        found.num_measurements = max(found.num_measurements, repeated.num_measurements)
        found.active |= repeated.active
        found.varies |= body.varies
        body_depth, body_two_qubit_depth = body.depths()
        depth = max(depth, times * body_depth)
        two_qubit_depth = max(two_qubit_depth, times * body_two_qubit_depth)
    return found, depth, two_qubit_depth
