"""Circuits -> blocks: which instructions stay, which are put apart, and what they add up to.

Nothing is expanded here. Every definition is looked at once; its uses add up what it
counts. So a circuit whose gates are defined by gates that are defined by gates, to
more than all memory could hold, is measured or refused in no time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from qiskit.circuit import WhileLoopOp

from qsched.errors import CircuitError
from qsched.io._blocks import Block
from qsched.io._control_flow import resources, times_of, worst
from qsched.io._definitions import Kind, definition_key, definition_of, kind_of, may_vary
from qsched.io._gammas import UNUSUAL, gamma_of
from qsched.io._qasm_text import SPLIT

if TYPE_CHECKING:
    from collections.abc import Hashable

    from qiskit import QuantumCircuit
    from qiskit.circuit import CircuitInstruction, ControlFlowOp, Operation

    from qsched.io._definitions import Key

    Slots: TypeAlias = dict[Hashable, int]
    Uses: TypeAlias = dict[Block, list[tuple[int, ...]]]

MAX_OPERATIONS = 50_000_000
"""A circuit that would expand to more operations than this is refused."""

MAX_NESTING = 10_000
"""Definitions nested deeper than this are taken for endless."""

Compilation: TypeAlias = Generator["Request", Block, Block]
"""A block in the making: it asks for the blocks that it is made of, and returns itself."""


class Request(NamedTuple):
    """A block to be made before another can be finished.

    Attributes:
        key: What tells the definition from others; ``None`` for what is used once.
        compilation: How to make it.
    """

    key: Key
    compilation: Compilation


class Expansion:
    """The blocks of one circuit, those of its definitions made once each.

    Attributes:
        has_while: A while-loop was met, whose body counts once.
    """

    def __init__(self) -> None:
        self.has_while = False
        self._made: dict[Key, Block | None] = {}
        self._kept: list[Operation] = []

    def block(self, circuit: QuantumCircuit) -> Block:
        """Return the block of a circuit.

        Blocks in the making wait on a stack of our own: a file may nest its definitions
        deeper than Python nests its calls.

        Raises:
            CircuitError: A gate has no definition or is defined by itself, or the whole
                would expand to more than `MAX_OPERATIONS` operations.
        """
        waiting = [Request(None, self._compile(circuit))]
        reply: Block | None = None
        while waiting:
            if len(waiting) > MAX_NESTING:
                raise CircuitError(
                    f"definitions are nested more than {MAX_NESTING:,} deep",
                    remedy="decompose the circuit",
                )
            key, compilation = waiting[-1]
            try:
                waiting.append(compilation.send(reply))  # type: ignore[arg-type] # None starts it
                reply = None
            except StopIteration as finished:
                waiting.pop()
                reply = finished.value
                if key is not None:
                    self._made[key] = reply
        return reply  # type: ignore[return-value] # the last to finish is the circuit's

    def _compile(self, circuit: QuantumCircuit, gate: str = "") -> Compilation:
        """Make the block of a circuit, asking for those that it is made of."""
        slots: Slots = {bit: slot for slot, bit in enumerate(chain(circuit.qubits, circuit.clbits))}
        slot_of = slots.__getitem__
        block = Block(num_qubits=circuit.num_qubits, num_bits=len(slots))
        steps, ones, pairs = block.steps, block.one_qubit_gates, block.pairs
        uses: Uses = defaultdict(list)
        num_gates = 0
        for instruction in circuit.data:
            qubits = instruction.qubits
            # Nearly all of a long circuit comes this way: no call here that can be spared.
            if 0 < len(qubits) <= 2 and instruction.is_standard_gate():  # noqa: PLR2004
                bits = tuple(map(slot_of, qubits))
                num_gates += 1
                if len(bits) == 1:
                    steps.append((bits, 1, 0, None))
                    ones[bits[0]] += 1
                else:
                    steps.append((bits, 1, 1, None))
                    a, b = bits
                    pairs[(a, b) if a < b else (b, a)] += 1
                    if instruction.name in UNUSUAL:
                        gamma = gamma_of(instruction, angle_is_known=not gate)
                        block.gammas[(a, b, gamma) if a < b else (b, a, gamma)] += 1
                continue
            kind = kind_of(instruction)
            bits = tuple(map(slot_of, chain(qubits, instruction.clbits)))
            if kind is Kind.COMPOSITE:
                found = self._find(block, instruction)
                callee = (yield found) if isinstance(found, Request) else found
                if callee.steps:
                    steps.append((bits, 0, 0, callee))
                    uses[callee].append(bits)
                    block.size += callee.size
                    block.varies |= callee.varies
            elif kind is Kind.CONTROL_FLOW:
                bodies = []
                for body in instruction.operation.blocks:
                    bodies.append((yield Request(None, self._compile(body))))  # noqa: PERF401 - no comprehension can yield
                self._add_control_flow(block, slots, bits, instruction.operation, bodies)
            else:
                _add_leaf(block, slots, bits, instruction, kind)
            if block.size > MAX_OPERATIONS:
                break
        block.size += num_gates
        block.num_slots = len(slots)
        _finish(block, uses, gate)
        return block

    def _find(self, block: Block, instruction: CircuitInstruction) -> Block | Request:
        """Return the block of a definition, or the request to make it."""
        name = instruction.name
        if instruction.is_standard_gate():
            key: Key = (name, len(instruction.qubits))
            made = self._made.get(key)
        else:
            operation = instruction.operation
            self._kept.append(operation)  # so that no other takes its identity
            block.varies |= may_vary(operation)
            key = definition_key(operation)
            made = self._made.get(key)
            if made is not None and made.varies:
                key = (key, *map(str, operation.params))
                made = self._made.get(key)
        if made is not None:
            made.prepare_for_reuse()
            return made
        if key in self._made:
            raise CircuitError(f"gate {name!r} is defined by itself", remedy="define it by others")
        self._made[key] = None
        definition = definition_of(instruction.operation)
        if next(chain(definition.iter_vars(), definition.iter_stretches()), None) is not None:
            raise CircuitError(
                f"the definition of gate {name!r} has classical variables",
                remedy="inline it with QuantumCircuit.compose",
            )
        return Request(key, self._compile(definition, name))

    def _add_control_flow(
        self,
        block: Block,
        slots: Slots,
        bits: tuple[int, ...],
        operation: ControlFlowOp,
        bodies: list[Block],
    ) -> None:
        self.has_while |= isinstance(operation, WhileLoopOp)
        counts, depth, two_qubit_depth = worst(bodies, times_of(operation))
        if counts.size:
            joined = _join(slots, bits, operation)
            block.steps.append((joined, depth, two_qubit_depth, None))
            block.size += counts.size
            block.add_counts(counts, [bits])
            block.varies |= counts.varies


def _add_leaf(
    block: Block, slots: Slots, bits: tuple[int, ...], instruction: CircuitInstruction, kind: Kind
) -> None:
    """Add a directive, a reset, a measurement or a gate without a definition."""
    if kind is Kind.NOTHING:
        return
    if kind is Kind.DIRECTIVE:
        block.steps.append((_join(slots, bits, instruction.operation), 0, 0, None))
        return
    block.steps.append((bits, 1, 0, None))
    block.size += 1
    block.active.update(bits[: len(instruction.qubits)])
    if kind is Kind.MEASUREMENT:
        block.num_measurements += 1
    elif kind is Kind.GATE:
        block.one_qubit_gates[bits[0]] += 1


def _finish(block: Block, uses: Uses, gate: str) -> None:
    """Add what the definitions count, once it is known not to be too much."""
    if block.size > MAX_OPERATIONS:
        subject = f"gate {gate!r}" if gate else "the circuit"
        raise CircuitError(
            f"{subject} would expand to more than {MAX_OPERATIONS:,} gates", remedy=SPLIT
        )
    for callee, places in uses.items():
        block.add_counts(callee, places)
    block.active.update(block.one_qubit_gates, chain.from_iterable(block.pairs))


def _join(slots: Slots, bits: tuple[int, ...], operation: Operation) -> tuple[int, ...]:
    """Return the bits of an operation and those that it asks besides."""
    joined = dict.fromkeys(bits)
    for resource in resources(operation):
        joined.setdefault(slots.setdefault(resource, len(slots)))
    return tuple(joined)
