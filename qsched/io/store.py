"""The snapshot store: one folder, one file for each device and capture time.

The files are the truth. The index beside them is a cache that is checked
against size and time of every file and can be thrown away at any moment.
Writers take a lock, so that what they read, remove and index fits together;
readers need none, because every file appears whole or not at all. Whatever
kills a writer leaves complete snapshots and at most a temporary file.
"""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from time import time
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError, DamagedSnapshotError, OutputError, QschedWarning
from qsched.files import check_folder
from qsched.io._store_files import (
    STORE_VARIABLE,
    SnapshotFile,
    list_snapshots,
    read_named,
    store_folder,
    told_by_name,
    unusable,
    usable_folder,
)
from qsched.io._store_index import IndexRow, load_index, row_of, save_index
from qsched.io.snapshots import snapshot_text, write_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from qsched.model import DeviceProfile

DAMAGED = "damaged"
"""Folder in the store that damaged files are moved to."""

LOCK = ".lock"
LOCK_TIMEOUT_S = 60.0
STALE_S = 3600.0
"""A temporary file older than this was left by a writer that is no more."""


class Listing(NamedTuple):
    """What a store holds.

    Attributes:
        rows: A row for each snapshot, by device and capture time.
        problems: What could not be read; damaged files have been set aside.
    """

    rows: tuple[IndexRow, ...]
    problems: tuple[CalibrationError, ...]


class SnapshotStore:
    """The snapshots of a folder.

    Args:
        folder: It need not be there; `add` makes it.

    Raises:
        CalibrationError: Something is there that is no folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        usable_folder(folder)

    def files(self, name: str | None = None) -> list[SnapshotFile]:
        """Return the snapshots, or those of one device, by device and capture time."""
        return list_snapshots(self.folder, name) if usable_folder(self.folder) else []

    def add(self, profiles: Iterable[DeviceProfile]) -> list[Path]:
        """Write snapshots; one of the same device and time is replaced whole.

        Returns:
            The files, in the order of the profiles.

        Raises:
            CalibrationError: The name of a profile cannot be that of a file; nothing is written.
            OutputError: The folder cannot be written; what had been written stays, whole.
        """
        profiles = list(profiles)
        for profile in profiles:
            snapshot_text(profile)
        if not profiles:
            return []
        with self._locked():
            self._sweep()
            rows = load_index(self.folder)
            paths = []
            for profile in profiles:
                path = write_snapshot(profile, self.folder)
                rows[path.name] = row_of(path, profile)
                paths.append(path)
            save_index(self.folder, rows)
        return paths

    def check_writable(self) -> None:
        """Refuse a folder that `add` could not write, before there is anything to write.

        Raises:
            OutputError: Nothing can be written there.
        """
        with self._locked():
            check_folder(self.folder)

    def remove(self, files: Iterable[SnapshotFile]) -> None:
        """Remove snapshots; those that are gone already do not matter.

        Raises:
            OutputError: One cannot be removed.
        """
        with self._locked():
            for file in files:
                try:
                    file.path.unlink(missing_ok=True)
                except OSError as error:
                    raise _cannot_write(file.path, error) from error

    def listing(self) -> Listing:
        """Return a row for each snapshot, reading only those that the index does not know.

        Damaged ones are set aside and told; the index is brought up to date if the
        folder can be written.
        """
        if not usable_folder(self.folder):
            return Listing((), ())
        known = load_index(self.folder)
        rows: dict[str, IndexRow] = {}
        unknown: list[SnapshotFile] = []
        for file, size, mtime_ns in self._stated():
            row = known.get(file.path.name)
            if row is not None and (row.size, row.mtime_ns) == (size, mtime_ns):
                rows[file.path.name] = row
            else:
                unknown.append(file)
        problems: list[CalibrationError] = []
        for file in unknown:
            try:
                rows[file.path.name] = row_of(file.path, read_named(file))
            except DamagedSnapshotError as error:
                problems.append(self.set_aside(file, error))
            except CalibrationError as error:
                if file.path.exists():  # else it was removed since the folder was read
                    problems.append(error)
        if rows.keys() != known.keys() or unknown:
            save_index(self.folder, rows)
        return Listing(tuple(sorted(rows.values())), tuple(problems))

    def _stated(self) -> Iterator[tuple[SnapshotFile, int, int]]:
        """Yield each snapshot with size and time of its file."""
        try:
            with os.scandir(self.folder) as entries:
                for entry in entries:
                    if file := told_by_name(self.folder, entry.name):
                        try:
                            state = entry.stat()
                        except FileNotFoundError:  # removed since the folder was read
                            continue
                        yield file, state.st_size, state.st_mtime_ns
        except OSError as error:
            raise unusable(self.folder, error.strerror or str(error)) from error

    def newest(self, files: Sequence[SnapshotFile]) -> DeviceProfile | None:
        """Return the last of some snapshots that can be read; damaged ones are set aside.

        Args:
            files: Snapshots of one device, the best last.

        Warns:
            QschedWarning: One was damaged and an older one is taken.

        Raises:
            DamagedSnapshotError: All are damaged.
            CalibrationError: One cannot be read, or is of a newer schema.
        """
        damage: list[DamagedSnapshotError] = []
        for file in reversed(files):
            try:
                profile = read_named(file)
            except DamagedSnapshotError as error:
                damage.append(self.set_aside(file, error))
                continue
            for problem in damage:
                warnings.warn(f"{problem}; {file.path.name} is used", QschedWarning, stacklevel=3)
            return profile
        if damage:
            raise damage[0]
        return None

    def set_aside(self, file: SnapshotFile, error: DamagedSnapshotError) -> DamagedSnapshotError:
        """Move a damaged file out of the way and return the error that says so.

        A file of another folder stays where it is, and so it does where nothing can be written.
        """
        if file.path.parent != self.folder:
            return error
        aside = self.folder / DAMAGED / file.path.name
        try:
            aside.parent.mkdir(exist_ok=True)
            file.path.replace(aside)
        except FileNotFoundError:  # another process has moved or replaced it
            pass
        except OSError:
            return error
        return DamagedSnapshotError(
            f"{error.problem}; it has been moved to {aside}",
            remedy=error.remedy,
            source=str(file.path),
        )

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of the store; it ends with the process that holds it."""
        from filelock import FileLock, Timeout  # noqa: PLC0415 - readers need none

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / LOCK, timeout=LOCK_TIMEOUT_S):
                yield
        except Timeout as error:
            raise OutputError(
                f"another process has written there for {LOCK_TIMEOUT_S:.0f} s",
                remedy="try again when it has ended",
                source=str(self.folder),
            ) from error
        except OSError as error:
            raise _cannot_write(self.folder, error) from error

    def _sweep(self) -> None:
        """Remove what writers that were killed have left."""
        for path in self.folder.glob(".*.tmp"):
            try:
                if path.stat().st_mtime < time() - STALE_S:
                    path.unlink()
            except FileNotFoundError:
                continue


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write: {error.strerror or error}",
        remedy="give another folder with --store",
        source=str(path),
    )


__all__ = [
    "STORE_VARIABLE",
    "Listing",
    "SnapshotFile",
    "SnapshotStore",
    "list_snapshots",
    "store_folder",
    "usable_folder",
]
