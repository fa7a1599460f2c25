"""What can be told of an OpenQASM file before it is parsed: version, places, includes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qsched.errors import CircuitError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_FILE_BYTES = 1 << 30
"""A larger file is refused unread."""

CORRECT = "correct the file there"
SPLIT = "split the circuit, or give its numbers as a row of a job table"
SHRINK = "correct the number, or split the circuit"
"""Remedies of more than one reader."""

_COMMENT = re.compile(r"//[^\n]*+|/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRING = re.compile(r'"[^"\n]*+"')
_HEADER = re.compile(r"\s*+OPENQASM\s++(\d++)")
_VERSION_3_ALONE = re.compile(r"\bstdgates\.inc\b|\bqubit\b")
_INCLUDE = re.compile(r'\binclude\s*+"([^"\n]*+)"')


def read_text(path: Path) -> str:
    """Return the text of a file; a byte-order mark is tolerated.

    Raises:
        CircuitError: It cannot be read, is empty, too large, or not UTF-8.
    """
    data = read_bytes(path)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CircuitError(
            f"byte 0x{data[error.start]:02x} is not UTF-8",
            remedy="save the file as UTF-8",
            source=str(path),
            line=line,
        ) from error
    if not without_comments(text).strip():
        raise CircuitError("file is empty", remedy="was it written to the end?", source=str(path))
    return text


def read_bytes(path: Path) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        CircuitError: It cannot be read, is empty or too large.
    """
    try:
        if not path.is_file():
            problem = "is no regular file" if path.exists() else "no such file"
            raise CircuitError(problem, remedy="check the path", source=str(path))
        if path.stat().st_size > MAX_FILE_BYTES:
            raise CircuitError("file is larger than 1 GiB", remedy=SPLIT, source=str(path))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        if isinstance(error, CircuitError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise CircuitError(
            f"cannot read: {reason}", remedy="check its permissions", source=str(path)
        ) from error
    if not data:
        raise CircuitError("file is empty", remedy="was it written to the end?", source=str(path))
    return data


def without_comments(text: str) -> str:
    """Return a text with blanks for comments, so that places stay what they are."""
    return _COMMENT.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)


def without_strings(text: str) -> str:
    """Return a text with blanks for what stands in quotes."""
    return _STRING.sub(lambda found: " " * len(found[0]), text)


def version_of(text: str, path: Path) -> int:
    """Return 2 or 3, from the header; without one, from the name or words of version 3.

    Raises:
        CircuitError: The header names another version.
    """
    bare = without_comments(text)
    if header := _HEADER.match(bare):
        version = header[1]
        if version not in ("2", "3"):
            line, column = place(bare, header.start(1))
            raise CircuitError(
                f"OpenQASM {version:.20} is not known",
                remedy="versions 2 and 3 are",
                source=str(path),
                line=line,
                column=column,
            )
        return int(version)
    if path.suffix.lower() == ".qasm3" or _VERSION_3_ALONE.search(bare):
        return 3
    return 2


def place(text: str, index: int) -> tuple[int, int]:
    """Return line and column of a character, both counted from 1."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def includes(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield name, line and column of each include."""
    bare = without_comments(text)
    for found in _INCLUDE.finditer(bare):
        yield found[1], *place(bare, found.start(1))
