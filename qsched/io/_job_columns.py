"""The columns of a job table: their names, and how a cell becomes a value of a `Job`."""

from __future__ import annotations

import difflib
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MAX_TEXT = 256
"""Longest job id, name or number, in characters; above it something else was pasted in."""

MAX_SHOWN = 80
"""Longest value that a message repeats in full."""

_SHORT = 18
MAX_INTEGER = 10**_SHORT
"""Largest whole number in a table; what a field may hold is for `Job` to say."""

_WHOLE = "it must be a whole number"
_SECONDS = "it must be a finite number of seconds"


def integer(value: object) -> int:
    """Turn a cell into a whole number; ``3``, ``"3"``, ``3.0`` and ``"3e2"`` are whole.

    Raises:
        ValueError: It is none; the message is the remedy.
    """
    if isinstance(value, str) and len(value) <= _SHORT and value.isascii() and value.isdigit():
        return int(value)
    number = _number(value, _WHOLE)
    if not -MAX_INTEGER <= number <= MAX_INTEGER or number != int(number):
        raise ValueError(_WHOLE)
    return int(number)


def seconds(value: object) -> float:
    """Turn a cell into a finite number of seconds.

    Raises:
        ValueError: It is none; the message is the remedy.
    """
    number = _number(value, _SECONDS)
    if not -sys.float_info.max <= number <= sys.float_info.max:
        raise ValueError(_SECONDS)
    return float(number)


def text(value: object) -> str:
    """Turn a cell into text on one line; whole numbers are written without a point.

    Raises:
        ValueError: It is neither text nor a whole number; the message is the remedy.
    """
    line = value.strip() if isinstance(value, str) else str(integer(value))
    if len(line) > MAX_TEXT:
        raise ValueError(f"it must have at most {MAX_TEXT} characters")
    if not line.isprintable():
        raise ValueError("it must be printable text on one line")
    return line


def _number(value: object, remedy: str) -> int | float:
    """Read a number as people and spreadsheets write it: ASCII digits, no underscores."""
    if isinstance(value, str):
        plain = value.strip()
        if len(plain) > MAX_TEXT or not plain.isascii() or "_" in plain:
            raise ValueError(remedy)
        for kind in (int, float):
            with suppress(ValueError):
                return kind(plain)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise ValueError(remedy)


class Column(NamedTuple):
    """One column of a job table.

    Attributes:
        names: The field of `Job` that it fills, then its other accepted spellings.
        convert: Cell to value; raises `ValueError` with the remedy.
        required: Whether every row must give it.
    """

    names: tuple[str, ...]
    convert: Callable[[object], object]
    required: bool = False


COLUMNS = (
    Column(("job_id",), text),
    Column(("num_qubits",), integer, required=True),
    Column(("depth",), integer, required=True),
    Column(("num_two_qubit_gates", "two_qubits"), integer, required=True),
    Column(("shots", "num_shots"), integer, required=True),
    Column(("submit_time_s", "arrival_time", "arrival_time_s", "submit_time", "arrival"), seconds),
    Column(("priority",), integer),
    Column(("name",), text),
    Column(("cancel_time_s", "cancel_time"), seconds),
)

FIELD_OF = {name: column.names[0] for column in COLUMNS for name in column.names}
"""Every accepted spelling to the field of `Job` that it fills."""

CONVERT = {column.names[0]: column.convert for column in COLUMNS}
REQUIRED = tuple(column.names[0] for column in COLUMNS if column.required)
_SPELLINGS = {column.names[0]: column.names for column in COLUMNS}


def strange_columns(given: Sequence[str], required: Sequence[str]) -> list[tuple[str, str]]:
    """Find what is wrong with the names of a table's columns.

    Columns that mean nothing to qsched are welcome, unless their name is
    nearly that of one that is not there: that is a slip of the pen, and to go
    on would run other jobs than the table means.

    Args:
        given: Names as read, in lower case, with underscores for blanks.
        required: Fields that the table must have.

    Returns:
        ``(problem, remedy)`` for each; empty when all is well.
    """
    problems = []
    found: dict[str, str] = {}
    for name in given:
        field = FIELD_OF.get(name)
        if field is None:
            continue
        if field in found:
            problems.append(
                (f"columns {found[field]!r} and {name!r} both mean {field}", "keep one")
            )
        found[field] = name
    unknown = [name for name in given if name not in FIELD_OF]
    for field, spellings in _SPELLINGS.items():
        if field in found:
            continue
        near = _nearest(unknown, spellings, 0.6 if field in required else 0.8)
        if field in required:
            problems.append(
                (f"no column {' or '.join(spellings[:2])}", _remedy(field, near, given))
            )
        elif near:
            problems.append((f"unknown column {near!r}", f"did you mean {field!r}?"))
    return problems


def _remedy(field: str, near: str, given: Sequence[str]) -> str:
    if near:
        return f"did you mean it by {near!r}?"
    or_option = ", or give --shots for all" if field == "shots" else ""
    return f"add it{or_option}; there are {short(', '.join(given))}"


def _nearest(unknown: Sequence[str], spellings: Sequence[str], cutoff: float) -> str:
    """Return the unknown column that is most like one of the spellings, or nothing."""
    for spelling in spellings:
        if near := difflib.get_close_matches(spelling, unknown, n=1, cutoff=cutoff):
            return near[0]
    return ""


def short(value: object) -> str:
    """Return a value as it stands in a message: never long, whatever was given."""
    shown = value if isinstance(value, str) else repr(value)
    return shown if len(shown) <= MAX_SHOWN else shown[:MAX_SHOWN] + "..."
