"""Files: data shipped with qsched, and writing without leaving halves behind."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from qsched.errors import OutputError

_PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """Return a folder of shipped data, from a wheel and from a checkout alike.

    Args:
        name: ``"fake_backends"`` or ``"circuits"``.
    """
    installed = _PACKAGE / "_data" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def write_text_atomically(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or all of the new one.

    Args:
        path: Where to write; its folder is made when it is not there.
        text: Content, written as UTF-8 with newlines as they are.

    Raises:
        OutputError: The folder or file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(
            dir=path.parent, prefix=f".{path.name}.", suffix=".tmp"
        )
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o666 & ~_umask())  # noqa: PTH101 - mkstemp makes it private
            os.replace(temporary, path)  # noqa: PTH105 - a string came from mkstemp
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise OutputError(
            f"cannot write: {error.strerror or error}",
            remedy="give another place with --out or the like",
            source=str(path),
        ) from error


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
