"""Reading calibration files that a user gave, within bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import CalibrationError, InputError
from qsched.files import read_text

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 32 * 2**20
"""No calibration of a device is longer; 10,000 qubits take about 3 MiB."""


def read_calibration_text(path: Path, *, error: type[InputError] = CalibrationError) -> str:
    """Read a snapshot or an export.

    Args:
        path: The file.
        error: Kind of error to raise when what is in it is no text.

    Raises:
        CalibrationError: It is no file, too long or unreadable.
        InputError: Of the kind asked for: it is empty or not UTF-8.
    """
    try:
        size = path.stat().st_size if path.is_file() else None
    except (OSError, ValueError) as problem:
        raise CalibrationError(f"cannot read: {problem}", source=repr(str(path))) from problem
    if size is None:
        there = path.exists()
        raise CalibrationError(
            "is not a regular file" if there else "no such file",
            remedy="give a snapshot (.json) or an IBM calibration export (.csv)",
            source=str(path),
        )
    if size > MAX_BYTES:
        raise CalibrationError(
            f"has {size} bytes, more than the {MAX_BYTES} that any calibration takes",
            remedy="is it the right file?",
            source=str(path),
        )
    try:
        return read_text(path, error=error)
    except InputError as problem:
        if isinstance(problem.__cause__, OSError):
            raise CalibrationError(
                problem.problem, remedy=problem.remedy, source=problem.source
            ) from problem
        raise
