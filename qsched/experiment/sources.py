"""What a user names -> the circuit files and job tables that it stands for."""

from __future__ import annotations

import difflib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.io.circuits import QASM_SUFFIXES, QPY_SUFFIXES
from qsched.io.job_tables import SUFFIXES as TABLE_SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsched.errors import InputError

CIRCUIT_SUFFIXES = (*QASM_SUFFIXES, *QPY_SUFFIXES)
"""Suffixes of circuit files."""

_KINDS = ", ".join((*CIRCUIT_SUFFIXES, *TABLE_SUFFIXES))
_DIGITS = re.compile(r"(\d+)")


class SourceFile(NamedTuple):
    """A circuit file or a job table.

    Attributes:
        path: The file.
        label: Its path in the folder that was named, or its name, with ``/`` between.
    """

    path: Path
    label: str


def find_files(sources: Iterable[Path], errors: list[InputError]) -> list[SourceFile]:
    """Return the files that sources stand for; folders give their circuits, in natural order.

    Args:
        sources: Files and folders.
        errors: Gets an error for each source that is not there, or of no known kind, and for
            each folder that cannot be read or holds no circuit.
    """
    files: list[SourceFile] = []
    for source in sources:
        if os.path.isdir(source):  # noqa: PTH112 - False, too, for what cannot be looked at
            found = _circuits_below(source, errors)
            if not found:
                errors.append(
                    ConfigError(
                        "folder holds no circuit",
                        remedy=f"their names end in {', '.join(CIRCUIT_SUFFIXES)}",
                        source=str(source),
                    )
                )
            files += found
        elif not os.path.exists(source):  # noqa: PTH110 - as above
            errors.append(_not_there(source))
        elif source.suffix.lower() in (*CIRCUIT_SUFFIXES, *TABLE_SUFFIXES):
            files.append(SourceFile(source, source.name))
        else:
            errors.append(
                ConfigError(
                    f"unknown kind of file {source.suffix!r}",
                    remedy=f"the name must end in one of {_KINDS}",
                    source=str(source),
                )
            )
    return files


def _not_there(source: Path) -> ConfigError:
    folder = source.parent
    try:
        names = os.listdir(folder)  # noqa: PTH208 - names alone
    except (OSError, ValueError):
        names = []
    near = difflib.get_close_matches(source.name, names, n=1)
    remedy = f"did you mean {str(folder / near[0])!r}?" if near else "check the path"
    return ConfigError("no such file or folder", remedy=remedy, source=str(source))


def _circuits_below(folder: Path, errors: list[InputError]) -> list[SourceFile]:
    """Return the circuits of a folder and of the folders in it; hidden ones are left out."""

    def refuse(error: OSError) -> None:
        errors.append(
            ConfigError(
                f"cannot read: {error.strerror}",
                remedy="check its permissions",
                source=str(error.filename),
            )
        )

    found = []
    for parent, inner, names in os.walk(folder, onerror=refuse):
        inner[:] = [name for name in inner if not name.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if path.suffix.lower() in CIRCUIT_SUFFIXES and not name.startswith("."):
                found.append(SourceFile(path, path.relative_to(folder).as_posix()))
    return sorted(found, key=lambda file: natural_key(file.label))


def natural_key(text: str) -> list[tuple[int, str]]:
    """Return a sort key that puts ``ghz_5`` before ``ghz_127``.

    >>> sorted(["b", "a10", "a9"], key=natural_key)
    ['a9', 'a10', 'b']
    """
    pieces = _DIGITS.split(text)
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces]
