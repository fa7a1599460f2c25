"""Calibrations that a user has as files -> device profiles: exports, dumps and snapshots."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qsched.errors import BadInputs, CalibrationError, InputError
from qsched.io._calibration_text import read_calibration_text
from qsched.io.calibration_csv import read_calibration_csv
from qsched.io.properties_json import is_properties, read_properties_json
from qsched.io.snapshots import read_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from qsched.model import DeviceProfile


def read_calibration_file(path: Path, *, captured_at: datetime | None = None) -> DeviceProfile:
    """Return the device of one file, whichever of the known kinds it is.

    Args:
        path: An IBM calibration export (``.csv``), or JSON: ``BackendProperties`` or a snapshot.
        captured_at: Time-zone-aware capture time; that of the file if ``None``. Not for
            a snapshot, which has its own.

    Raises:
        InputError: The file is none of these, or damaged.
        BadInputs: Several values of it are wrong; all are listed.
    """
    if path.suffix.lower() != ".json":
        return read_calibration_csv(path, captured_at=captured_at)
    try:
        content = json.loads(read_calibration_text(path))
    except (ValueError, RecursionError) as error:
        if isinstance(error, InputError):
            raise
        content = None  # the reader of snapshots says what is wrong, with its place
    if is_properties(content):
        return read_properties_json(path, captured_at=captured_at)
    return read_snapshot(path)


def import_calibrations(
    paths: Sequence[Path], *, captured_at: datetime | None = None
) -> tuple[list[DeviceProfile], list[InputError]]:
    """Read calibrations, those that are wrong apart from the others.

    Args:
        paths: The files; one that is there twice counts once.
        captured_at: Capture time of all; those of the files if ``None``.

    Returns:
        The devices that could be read, in the order of the files, and an error
        for each thing that is wrong. Of two files of one device and time
        neither is taken, for nobody knows which is right.
    """
    unique: dict[Path, Path] = {}
    for path in paths:
        unique.setdefault(path.absolute(), path)
    read: dict[tuple[str, datetime], list[tuple[Path, DeviceProfile]]] = {}
    errors: list[InputError] = []
    for path in unique.values():
        try:
            profile = read_calibration_file(path, captured_at=captured_at)
            if profile.calibrated_at is None:
                raise CalibrationError(
                    "the file name holds no capture time"
                    if path.suffix.lower() != ".json"
                    else "holds no capture time",
                    remedy="give it with --captured-at 2025-03-30T02:24:45Z",
                    source=str(path),
                )
        except BadInputs as several:
            errors.extend(several.errors)
        except InputError as error:
            errors.append(error)
        else:
            read.setdefault((profile.name, profile.calibrated_at), []).append((path, profile))
    profiles = []
    for (name, when), found in read.items():
        if len(found) == 1:
            profiles.append(found[0][1])
            continue
        for path, _ in found:
            others = ", ".join(str(other) for other, _ in found if other != path)
            errors.append(
                CalibrationError(
                    f"{name} at {when.isoformat()} is also in {others}",
                    remedy="give one of them",
                    source=str(path),
                )
            )
    return profiles, errors
