"""The files of a folder of snapshots, told by their names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError
from qsched.io.snapshots import UNDATED, read_snapshot, snapshot_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qsched.model import DeviceProfile

STORE_VARIABLE = "QSCHED_STORE"


class SnapshotFile(NamedTuple):
    """A snapshot in a folder, told by its file name.

    Attributes:
        name: Name of the device.
        stamp: Capture time, e.g. ``"2025-03-30T020858Z"``; empty if unknown.
        path: The file.
    """

    name: str
    stamp: str
    path: Path


def store_folder() -> Path:
    """Return the folder of the user's snapshots, whether it is there or not."""
    if chosen := os.environ.get(STORE_VARIABLE):
        return Path(chosen)
    import platformdirs  # noqa: PLC0415 - needed only without QSCHED_STORE

    return platformdirs.user_data_path("qsched", appauthor=False) / "snapshots"


def usable_folder(folder: Path) -> bool:
    """Return whether a store is there.

    Raises:
        CalibrationError: Something is there that is no folder, or cannot be looked at.
    """
    try:
        there, usable = folder.exists(), folder.is_dir()
    except (OSError, ValueError) as error:
        raise unusable(folder, getattr(error, "strerror", None) or str(error)) from error
    if there and not usable:
        raise unusable(folder, "not a folder")
    return usable


def unusable(folder: Path, reason: str) -> CalibrationError:
    """Return the error of a store that cannot be used."""
    return CalibrationError(
        f"cannot use the store of snapshots: {reason}",
        remedy=f"set {STORE_VARIABLE} to a folder of yours",
        source=str(folder),
    )


def list_snapshots(folder: Path, name: str | None = None) -> list[SnapshotFile]:
    """Return the snapshots of a folder, or of one device in it, by device and capture time.

    Raises:
        CalibrationError: The folder cannot be read.
    """
    try:
        return sorted(_files(folder, "" if name is None else f"{name}@"))
    except OSError as error:
        raise unusable(folder, error.strerror or str(error)) from error


def _files(folder: Path, prefix: str) -> Iterator[SnapshotFile]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and (file := told_by_name(folder, entry.name)):
                yield file


def told_by_name(folder: Path, file_name: str) -> SnapshotFile | None:
    """Return what a file name says, ``None`` if it is not that of a snapshot."""
    if not file_name.endswith(".json") or file_name.startswith("."):
        return None
    name, _, stamp = file_name.removesuffix(".json").rpartition("@")
    if not name:
        return None
    return SnapshotFile(name, "" if stamp == UNDATED else stamp, folder / file_name)


def read_named(file: SnapshotFile) -> DeviceProfile:
    """Read a snapshot whose file name must be that of its content.

    Raises:
        DamagedSnapshotError: The file is not what was written.
        CalibrationError: It cannot be read, is of a newer schema, or of another device.
    """
    profile = read_snapshot(file.path)
    if profile.name != file.name:
        raise CalibrationError(
            f"holds device {profile.name!r}",
            remedy=f"name it {snapshot_name(profile)}",
            source=str(file.path),
        )
    return profile
