"""Arrays out of an ``.npz`` archive that may come from anywhere: nothing in it is unpickled."""

from __future__ import annotations

import io
import zipfile
from math import prod
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy

from qsched.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import IO


def read_bytes(path: Path, *, limit: int, remedy: str) -> bytes:
    """Return the bytes of a file that a user gave, if there are not too many.

    Args:
        path: What to read.
        limit: Most bytes that it may have.
        remedy: What the refusal recommends.

    Raises:
        InputError: The file cannot be read, or is larger.
    """
    try:
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or error
        raise InputError(f"cannot read: {problem}", remedy=remedy, source=str(path)) from error
    if len(content) > limit:
        raise InputError(f"is larger than {limit:,} bytes", remedy=remedy, source=str(path))
    return content


def read_arrays(
    content: bytes,
    *,
    source: str,
    limit: int,
    remedy: str,
    names: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return the arrays of an archive as `numpy.savez` writes it, looked at before they are read.

    Args:
        content: The archive.
        source: Where it comes from, for the message.
        limit: Most bytes that it may hold unpacked.
        remedy: What a refusal recommends.
        names: Arrays that must be there, the only ones that are read; ``None``: all.

    Raises:
        InputError: It is no such archive, is damaged, unpacks to more, lacks an array, or holds
            something that is no array of plain numbers or texts.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = _members(archive, limit, names)
            return {name: _read_array(archive, member) for name, member in members.items()}
    except InputError as error:
        raise InputError(error.problem, remedy=remedy, source=source) from error
    except Exception as error:  # of zipfile, zlib, ast, tokenize: damage makes each of them raise
        raise InputError(
            "is no archive of weights, or damaged", remedy=remedy, source=source
        ) from error


def _members(
    archive: zipfile.ZipFile, limit: int, names: Sequence[str] | None
) -> dict[str, zipfile.ZipInfo]:
    """Return the members that will be read, by the names of their arrays."""
    size = sum(member.file_size for member in archive.infolist())
    if size > limit:
        raise InputError(f"unpacks to {size} bytes")
    held = {PurePosixPath(name).name.removesuffix(".npy"): name for name in archive.namelist()}
    if len(held) != len(archive.namelist()):
        raise InputError("has two arrays of one name")
    if missing := sorted(set(names or ()) - set(held)):
        raise InputError(f"lacks {', '.join(missing)}")
    return {name: archive.getinfo(held[name]) for name in (held if names is None else names)}


def _read_array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Any:
    """Return one array; its header is checked before any memory is taken for it."""
    with archive.open(member) as file:
        shape, fortran_order, dtype = _header(file)
        if dtype.hasobject:
            raise InputError(f"{member.filename} holds pickled objects")
        data = file.read()  # at most what `_members` has counted, and its checksum is checked
    if len(data) != prod(shape) * dtype.itemsize:
        raise InputError(f"is damaged: {member.filename} has {len(data)} bytes, shape {shape}")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if fortran_order else "C")


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = npy.read_magic(file)
    read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
    return read(file)
