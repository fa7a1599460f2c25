"""A folder of IBM's calibration exports -> the newest capture of each device that is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import CalibrationError, gather, raise_all
from qsched.io.calibration_csv import parse_file_name, read_calibration_csv

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qsched.errors import InputError
    from qsched.model import DeviceProfile


def newest_captures(folder: Path, names: Sequence[str]) -> list[DeviceProfile]:
    """Return the newest capture of each device, from the exports in a folder and below it.

    Exports of other devices are not looked at, and of older captures only the file name is.

    Args:
        folder: Where to look; the exports are named as IBM names them, e.g.
            ``ibm_kyiv_calibrations_2025-03-30T02_24_45Z.csv``.
        names: The devices, e.g. ``"ibm_kyiv"``.

    Returns:
        The devices in the order of the names.

    Raises:
        CalibrationError: There is no such folder, no export of a device, two of one device
            and time, or an export cannot be read.
        BadInputs: Several of these; all are listed.
    """
    if not folder.is_dir():
        raise CalibrationError(
            "no such folder", remedy="give a folder of calibration exports", source=str(folder)
        )
    errors: list[InputError] = []
    newest = [_newest(folder, name, errors) for name in names]
    profiles = []
    for path in newest:
        if path is None:
            continue
        with gather(errors):
            profiles.append(read_calibration_csv(path))
    raise_all(errors)
    return profiles


def _newest(folder: Path, name: str, errors: list[InputError]) -> Path | None:
    """Return the export of the newest capture; what is wrong with the names goes to ``errors``."""
    captures: dict[datetime, list[Path]] = {}
    num_errors = len(errors)
    for path in sorted(folder.rglob(f"{name}_calibrations*.csv")):
        try:
            captured_at = parse_file_name(path).captured_at
        except CalibrationError as error:
            errors.append(error)
            continue
        if captured_at is None:
            errors.append(
                CalibrationError(
                    "the file name holds no capture time",
                    remedy=f"name it {name}_calibrations_2025-03-30T02_24_45Z.csv or so",
                    source=str(path),
                )
            )
            continue
        captures.setdefault(captured_at, []).append(path)
    if not captures:
        if len(errors) == num_errors:
            errors.append(
                CalibrationError(
                    f"holds no calibration export of {name}",
                    remedy=f"its name must be {name}_calibrations_2025-03-30T02_24_45Z.csv or so",
                    source=str(folder),
                )
            )
        return None
    when = max(captures)
    first, *others = captures[when]
    if others:
        errors.append(
            CalibrationError(
                f"{name} at {when.isoformat()} is also in {', '.join(map(str, others))}",
                remedy="leave one of them",
                source=str(first),
            )
        )
        return None
    return first
