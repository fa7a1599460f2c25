"""Files: data shipped with qsched, and writing without leaving halves behind."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from qsched.errors import InputError, OutputError

if TYPE_CHECKING:
    from collections.abc import Mapping

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """Return a folder of shipped data, from a wheel and from a checkout alike.

    Args:
        name: ``"fake_backends"`` or ``"circuits"``.
    """
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def read_text(path: Path, *, error: type[InputError] = InputError) -> str:
    """Read a text file that a user gave; a UTF-8 byte-order mark is dropped.

    Args:
        path: What to read.
        error: Kind of error to raise.

    Raises:
        InputError: Of the kind asked for: the file cannot be read, is empty, or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise error(
            f"cannot read: {problem.strerror or problem}",
            remedy="check the path and its permissions",
            source=str(path),
        ) from problem
    except ValueError as problem:
        raise error(f"cannot read: {problem}", source=repr(str(path))) from problem
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise error("is UTF-16", remedy="save it as UTF-8", source=str(path))
    if (where := data.find(b"\0")) >= 0:
        raise error(
            "NUL byte",
            remedy="this is no text file, or not UTF-8; save it as UTF-8",
            source=str(path),
            line=data.count(b"\n", 0, where) + 1,
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        # Offsets count from behind a byte-order mark, which holds no newline.
        mark = len(codecs.BOM_UTF8) if data.startswith(codecs.BOM_UTF8) else 0
        where = mark + problem.start
        raise error(
            f"byte 0x{data[where]:02x} is not UTF-8",
            remedy="save it as UTF-8",
            source=str(path),
            line=data.count(b"\n", 0, where) + 1,
        ) from problem
    if not text.strip():
        raise error("is empty", remedy="was it written to the end?", source=str(path))
    return text


def write_text_atomically(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or all of the new one.

    Args:
        path: Where to write; its folder is made when it is not there.
        text: Content, written as UTF-8 with newlines as they are.

    Raises:
        OutputError: The folder or file cannot be written.
    """
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _cannot_write(path, error) from error
    write_bytes_atomically(path, content)


def write_bytes_atomically(path: Path, content: bytes) -> None:
    """Write a file so that it is either the old one or all of the new one.

    Args:
        path: Where to write; its folder is made when it is not there.
        content: All of it.

    Raises:
        OutputError: The folder or file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"
        )
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101 - mkstemp makes it private
            os.replace(temporary, path)  # noqa: PTH105 - a string came from mkstemp
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error


def check_folder(folder: Path) -> None:
    """Refuse a folder that `write_folder` could not write, before there is anything to write.

    Args:
        folder: It need not be there; then the nearest folder above it is looked at.

    Raises:
        OutputError: It is no folder, or nothing can be written there.
    """
    try:
        tempfile.TemporaryFile(dir=_nearest(folder)).close()
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from error


def _nearest(path: Path) -> Path:
    """Return the path itself, or the nearest above it that is there."""
    try:
        path.stat()
    except FileNotFoundError:
        return _nearest(path.parent)
    return path


def write_folder(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files into a folder, all of them or none.

    They are written beside their places first and moved there only when the
    last one is complete. Files of the folder that are not among them stay. A
    new folder appears at once; in one that is there, files are moved one after
    the other, so that a crash between two moves leaves old ones among new ones.

    Args:
        folder: Made when it is not there.
        files: Name to text, written as UTF-8, or to bytes.

    Raises:
        OutputError: Something cannot be written; the folder is as it was.
    """
    try:
        new = not folder.exists()
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = folder.parent if new else folder
        staged = Path(tempfile.mkdtemp(dir=beside, prefix=f".{folder.name}.", suffix=".tmp"))
        try:
            for name, content in files.items():
                if isinstance(content, str):
                    write_text_atomically(staged / name, content)
                else:
                    write_bytes_atomically(staged / name, content)
            if new:
                staged.chmod(0o777 & ~_umask())
                staged.rename(folder)
            else:
                for name in files:
                    (staged / name).replace(folder / name)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except (OSError, ValueError) as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(path: Path, error: OSError | ValueError) -> OutputError:
    return OutputError(
        f"cannot write: {getattr(error, 'strerror', None) or error}",
        remedy="choose another place",
        source=str(path),
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
