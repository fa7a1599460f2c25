"""OpenQASM 2 -> circuit, by Qiskit's native parser."""

from __future__ import annotations

import re
from pathlib import Path

from qiskit import QuantumCircuit, qasm2

from qsched.errors import CircuitError
from qsched.io._foreign import MAX_BITS, reason_of, translated
from qsched.io._qasm_text import (
    CORRECT,
    SHRINK,
    includes,
    place,
    read_text,
    without_comments,
    without_strings,
)

_LIBRARY = Path(qasm2.LEGACY_INCLUDE_PATH[0])
"""Where Qiskit keeps ``qelib1.inc``. The second legacy path is the working directory, and a
circuit must not depend on that."""

_PLACED = re.compile(r"(?P<file>.*?):(?P<line>\d+),(?P<column>\d+): (?P<reason>.*)", re.DOTALL)
_REGISTER = re.compile(r"\b[qc]reg\s+\w+\s*\[\s*(\d+)\s*\]")
_HUGE = re.compile(r"(?:\[|==)\s*(\d{19,})")


def parse_openqasm2(text: str, path: Path) -> QuantumCircuit:
    """Return the circuit of an OpenQASM 2 text.

    Includes are looked for beside the file, then in Qiskit's own library; gates that
    Qiskit's former importer knew without a definition are known here, too.

    Args:
        text: The program.
        path: File that it comes from, for includes and messages.

    Raises:
        CircuitError: With the place that the parser names.
    """
    _check_includes(text, path, ())
    _check_numbers(text, path)
    with translated(lambda error: _refusal(error, path)):
        return qasm2.loads(
            text,
            include_path=(path.parent, _LIBRARY),
            custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS,
            custom_classical=qasm2.LEGACY_CUSTOM_CLASSICAL,
        )


def _refusal(error: BaseException, path: Path) -> CircuitError:
    reason = reason_of(error)
    placed = _PLACED.fullmatch(reason)
    if placed is None:
        return CircuitError(reason, remedy=CORRECT, source=str(path))
    line, column = int(placed["line"]), int(placed["column"]) + 1
    if placed["file"] != "<input>":
        included = f"in the included {placed['file']}:{line}:{column}: {placed['reason']}"
        return CircuitError(included, remedy=CORRECT, source=str(path))
    return CircuitError(
        placed["reason"], remedy=CORRECT, source=str(path), line=line, column=column
    )


def _check_includes(text: str, path: Path, outer: tuple[Path, ...]) -> None:
    """Refuse includes that are not there, no regular files, or that include themselves."""
    for name, line, column in includes(text):
        if name == "qelib1.inc":  # known to the parser, which does not read it
            continue
        places = (folder / name for folder in (path.parent, _LIBRARY))
        found = next((file for file in places if file.is_file()), None)
        if found is None or found in outer:
            raise CircuitError(
                f"include {name!r:.80} is not found"
                if found is None
                else f"include {name!r:.80} includes itself",
                remedy="put it beside the file" if found is None else "take the line out",
                source=str(path),
                line=line,
                column=column,
            )
        _check_includes(read_text(found), found, (*outer, found))


def _check_numbers(text: str, path: Path) -> None:
    """Refuse registers that no memory holds, and numbers that the parser panics at."""
    bare = without_strings(without_comments(text))
    num_bits = 0
    for found in _REGISTER.finditer(bare):
        num_bits += int(found[1]) if len(found[1]) < 19 else MAX_BITS  # noqa: PLR2004
        if num_bits > MAX_BITS:
            line, column = place(bare, found.start(1))
            raise CircuitError(
                f"declares more than {MAX_BITS:,} bits",
                remedy=SHRINK,
                source=str(path),
                line=line,
                column=column,
            )
    if huge := _HUGE.search(bare):
        line, column = place(bare, huge.start(1))
        raise CircuitError(
            f"number {huge[1]:.30} is too large",
            remedy=CORRECT,
            source=str(path),
            line=line,
            column=column,
        )
