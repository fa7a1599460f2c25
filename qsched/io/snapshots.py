"""Snapshots: qsched's own format of a device at one calibration time.

One JSON file for each device and capture time, ``NAME@2025-03-30T020858Z.json``,
so that a folder sorts by device and time. ``docs/reference/snapshot-format.md``
describes every key. A checksum over the content is verified on reading; numbers
come back exactly as they were written. Nothing here imports Qiskit.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from qsched.errors import CalibrationError, DamagedSnapshotError
from qsched.files import write_text_atomically
from qsched.io._calibration_text import read_calibration_text
from qsched.io._snapshot_fields import (
    REMEDY,
    SCHEMA_VERSION,
    TEXTS,
    check_line,
    check_name,
    content_of,
    migrate,
    profile_of,
    refuse,
    utc,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qsched.model import DeviceProfile

UNDATED = "undated"
"""Stands for the capture time in the file name of a profile without one."""


def snapshot_text(profile: DeviceProfile) -> str:
    """Return a profile as the text of a snapshot: one key a line, the checksum last.

    Raises:
        CalibrationError: The name cannot be that of a file.
    """
    check_name(profile.name, profile.name)
    for key in TEXTS:
        check_line(key, getattr(profile, key), profile.name)
    content = content_of(profile)
    content["checksum"] = _checksum(content)
    lines = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in content.items()
    )
    return f"{{\n{lines}\n}}\n"


def snapshot_name(profile: DeviceProfile) -> str:
    """Return the file name of a snapshot, e.g. ``fake_kyiv@2025-02-26T160256Z.json``.

    Capture times count to the second.
    """
    if profile.calibrated_at is None:
        return f"{profile.name}@{UNDATED}.json"
    return f"{profile.name}@{utc(profile.calibrated_at):%Y-%m-%dT%H%M%SZ}.json"


def write_snapshot(profile: DeviceProfile, folder: Path) -> Path:
    """Write a profile into a folder; an older file of the same name is replaced whole.

    Returns:
        The file written.

    Raises:
        CalibrationError: The name of the profile cannot be that of a file.
        OutputError: The file cannot be written; nothing is left half-written.
    """
    text = snapshot_text(profile)
    path = folder / snapshot_name(profile)
    write_text_atomically(path, text)
    return path


def read_snapshot(path: Path) -> DeviceProfile:
    """Read a snapshot and verify its checksum.

    Raises:
        DamagedSnapshotError: The file is cut, changed, no snapshot, or holds values out of range.
        CalibrationError: It cannot be read, or is of a newer schema.
    """
    return parse_snapshot(read_calibration_text(path, error=DamagedSnapshotError), str(path))


def parse_snapshot(text: str, source: str) -> DeviceProfile:
    """Return the profile in the text of a snapshot.

    Args:
        text: The JSON document.
        source: File, for messages.

    Raises:
        DamagedSnapshotError: As for `read_snapshot`.
        CalibrationError: It is of a newer schema.
    """
    try:
        content = _load(text, source)
        _check_version(content, source)
        stated = content.pop("checksum", None)
        if stated != _checksum(content):
            refuse(source, "the checksum does not fit the content: the file is damaged or edited")
        return profile_of(migrate(content), source)
    except _NewerSchemaError:
        raise
    except CalibrationError as error:
        raise DamagedSnapshotError(
            error.problem,
            remedy=error.remedy,
            source=source,
            line=error.line,
            column=error.column,
        ) from error


class _NewerSchemaError(CalibrationError):
    """A snapshot that a newer qsched has written; there is nothing wrong with it."""


def _check_version(content: Mapping[str, Any], source: str) -> None:
    version = content.get("schema_version")
    if type(version) is not int or version < 1:
        refuse(source, f"schema_version is {version!r}, so this is no snapshot of qsched")
    if version > SCHEMA_VERSION:
        raise _NewerSchemaError(
            f"schema_version is {version}, this qsched reads up to {SCHEMA_VERSION}",
            remedy="update qsched",
            source=source,
        )


def _checksum(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _load(text: str, source: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise CalibrationError(
            f"not JSON: {error.msg}",
            remedy=REMEDY,
            source=source,
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:  # endless numbers and brackets
        raise CalibrationError(f"not JSON: {error}", remedy=REMEDY, source=source) from error
    if not isinstance(content, dict):
        refuse(source, f"holds a JSON {type(content).__name__}, a snapshot is an object")
    return content
