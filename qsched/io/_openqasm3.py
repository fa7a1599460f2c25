"""OpenQASM 3 -> circuit, by the parser and the importer that Qiskit uses.

The two are called one after the other, instead of through `qiskit.qasm3.loads`, to look at
the program in between: its importer copies definitions into each other, so that a few
lines of nested gates would fill all memory, and drops the places of some errors.
"""

from __future__ import annotations

import io
import re
from contextlib import redirect_stderr
from typing import TYPE_CHECKING

import openqasm3
import qiskit_qasm3_import
from openqasm3 import ast
from openqasm3.visitor import QASMVisitor

from qsched.errors import CircuitError
from qsched.io._expansion import MAX_OPERATIONS
from qsched.io._foreign import MAX_BITS, reason_of, translated
from qsched.io._qasm_text import CORRECT, SHRINK, SPLIT

if TYPE_CHECKING:
    from pathlib import Path

    from qiskit import QuantumCircuit

_PLACED = re.compile(r"(?:L(\d+):C(\d+)|(\d+),(\d+)): (.*)", re.DOTALL)
_HARDWARE_QUBIT = re.compile(r"\$(\d+)")


def parse_openqasm3(text: str, path: Path) -> QuantumCircuit:
    """Return the circuit of an OpenQASM 3 text.

    Args:
        text: The program.
        path: File that it comes from, for messages.

    Raises:
        CircuitError: The program is broken, has ``input`` parameters, or uses what Qiskit
            does not import; with its place.
    """
    with translated(lambda error: _syntax_refusal(error, path)), redirect_stderr(io.StringIO()):
        program = openqasm3.parse(text)
    with translated(lambda error: _refusal(error, path)):
        guard = _Guard(path)
        guard.visit(program)
        guard.refuse_inputs()
        return qiskit_qasm3_import.convert(program)


def _syntax_refusal(error: BaseException, path: Path) -> CircuitError:
    """Find the token that the parser gave up at: its own message is empty."""
    recognition = next(iter(getattr(error.__cause__, "args", ())), None)
    token = getattr(recognition, "offendingToken", None)
    if token is None:
        return _refusal(error, path)
    text = "end of file" if token.text == "<EOF>" else repr(token.text[:40])
    return CircuitError(
        f"unexpected {text}",
        remedy="was it written to the end?" if token.text == "<EOF>" else CORRECT,
        source=str(path),
        line=token.line,
        column=token.column + 1,
    )


def _refusal(error: BaseException, path: Path) -> CircuitError:
    reason = reason_of(error)
    if placed := _PLACED.fullmatch(reason):
        line, column = placed[1] or placed[3], placed[2] or placed[4]
        return CircuitError(
            placed[5], remedy=CORRECT, source=str(path), line=int(line), column=int(column) + 1
        )
    span = _last_span(error)
    return CircuitError(
        reason,
        remedy=CORRECT,
        source=str(path),
        line=None if span is None else span.start_line,
        column=None if span is None else span.start_column + 1,
    )


def _last_span(error: BaseException) -> ast.Span | None:
    """Return the place of the innermost node that was being imported when it went wrong."""
    found = None
    trace = error.__traceback__
    while trace is not None:
        span = getattr(trace.tb_frame.f_locals.get("node"), "span", None)
        found = span if isinstance(span, ast.Span) else found
        trace = trace.tb_next
    return found


def _constant(node: ast.QASMNode | None) -> float | None:
    """Return the value of a number or a sum or product of numbers, else ``None``."""
    if isinstance(node, ast.IntegerLiteral | ast.FloatLiteral):
        return node.value
    if isinstance(node, ast.UnaryExpression):
        value = _constant(node.expression)
        return None if value is None else -value
    if isinstance(node, ast.BinaryExpression):
        left, right = _constant(node.lhs), _constant(node.rhs)
        if left is not None and right is not None:
            if node.op.name == "*":
                return left * right
            if node.op.name in "+-":
                return left + right if node.op.name == "+" else left - right
    return None


class _Guard(QASMVisitor[None]):
    """Refuses what the importer cannot do, says badly, or would fill the memory with."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._inputs: list[ast.IODeclaration] = []
        self._num_bits = 0.0
        self._sizes: dict[str, int] = {}

    def refuse_inputs(self) -> None:
        """Raise for parameters that have no value, all of them together."""
        if self._inputs:
            names = ", ".join(node.identifier.name for node in self._inputs)
            self._refuse(
                self._inputs[0],
                f"unbound parameters: {names:.200}",
                "give them values and save the circuit again",
            )

    def _refuse(self, node: ast.QASMNode, problem: str, remedy: str) -> None:
        span = node.span
        raise CircuitError(
            problem,
            remedy=remedy,
            source=str(self._path),
            line=None if span is None else span.start_line,
            column=None if span is None else span.start_column + 1,
        )

    def _declare(self, node: ast.QASMNode, size: float | None) -> None:
        self._num_bits += 1 if size is None else max(size, 0)
        if self._num_bits > MAX_BITS:
            self._refuse(node, f"declares more than {MAX_BITS:,} bits", SHRINK)

    def visit_IODeclaration(self, node: ast.IODeclaration) -> None:  # noqa: N802 - the visitor's
        if node.io_identifier is ast.IOKeyword.input:
            self._inputs.append(node)

    def visit_Include(self, node: ast.Include) -> None:  # noqa: N802
        if node.filename == "stdgates.inc":
            return
        self._refuse(
            node,
            f"include {node.filename!r:.80}: Qiskit's importer reads stdgates.inc alone",
            "copy its gates into the file",
        )

    def visit_QubitDeclaration(self, node: ast.QubitDeclaration) -> None:  # noqa: N802
        self._declare(node, _constant(node.size))

    def visit_BitType(self, node: ast.BitType) -> None:  # noqa: N802
        self._declare(node, _constant(node.size))

    def visit_Identifier(self, node: ast.Identifier) -> None:  # noqa: N802
        if (qubit := _HARDWARE_QUBIT.fullmatch(node.name)) and int(qubit[1]) >= MAX_BITS:
            self._refuse(node, f"qubit {node.name:.30} is beyond the first {MAX_BITS:,}", CORRECT)

    def visit_RangeDefinition(self, node: ast.RangeDefinition) -> None:  # noqa: N802
        for bound in (node.start, node.end, node.step):
            value = _constant(bound)
            if value is not None and not abs(value) < 1 << 63:
                self._refuse(node, f"number {value!s:.30} is too large", CORRECT)

    def visit_QuantumGateDefinition(self, node: ast.QuantumGateDefinition) -> None:  # noqa: N802
        calls = _Calls()
        calls.visit(node)
        size = sum(self._sizes.get(name, 1) for name in calls.names)
        if size > MAX_OPERATIONS:
            self._refuse(
                node,
                f"gate {node.name.name!r} would expand to more than {MAX_OPERATIONS:,} gates",
                SPLIT,
            )
        self._sizes[node.name.name] = size


class _Calls(QASMVisitor[None]):
    """Collects the names of all gates that are called below a node."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def visit_QuantumGate(self, node: ast.QuantumGate) -> None:  # noqa: N802
        self.names.append(node.name.name)
