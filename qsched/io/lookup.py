"""Devices by name or file: snapshots, calibration exports, fake backends.

A name is looked for in the user's store (``QSCHED_STORE``, or the platform's user
data folder), then among the shipped snapshots, then in the fake provider of
qiskit-ibm-runtime, which alone needs Qiskit.
"""

from __future__ import annotations

import os
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qsched.errors import InputError, QschedWarning, UnknownNameError
from qsched.files import data_dir
from qsched.io.snapshots import snapshot_name
from qsched.io.store import (
    SnapshotStore,
    list_snapshots,
    store_folder,
    usable_folder,
)
from qsched.io.throughput import city
from qsched.registry import near_names

if TYPE_CHECKING:
    from qsched.io.store import SnapshotFile
    from qsched.model import DeviceProfile

LATEST = "latest"
LIVE = "live"
SUFFIXES = (".json", ".csv")


def snapshot_folders(store: Path | None = None) -> list[Path]:
    """Return the folders that names are looked for in, in that order.

    Args:
        store: Folder of the store; the user's own if ``None``.

    Raises:
        CalibrationError: The store is there but cannot be used.
    """
    store = store_folder() if store is None else store
    shipped = data_dir("fake_backends") / "snapshots"
    return [store, shipped] if usable_folder(store) else [shipped]


def resolve_device(spec: str, *, store: Path | None = None) -> DeviceProfile:
    """Return the device that a name or a file stands for.

    Args:
        spec: ``NAME`` (the newest snapshot of the first place that has it, see
            above), ``NAME@2025-03-30`` (the newest of that day, or of any longer
            prefix of a time in UTC), ``NAME@latest`` (the newest of all places),
            ``NAME@live`` (asks the service, keeps the answer in the store, and takes the
            newest of all places when there is none), the path of a snapshot or
            ``BackendProperties`` (``.json``) or of an IBM calibration export (``.csv``).
        store: Folder of the store; the user's own if ``None``.

    Warns:
        QschedWarning: The service did not answer, or a snapshot was damaged; another one is taken.

    Raises:
        UnknownNameError: Nothing has that name; the message lists the near ones.
        CalibrationError: The file cannot be used.
    """
    if spec.lower().endswith(SUFFIXES) or "/" in spec or os.sep in spec:
        return _read_file(Path(spec))
    name, _, when = spec.partition("@")
    if when == LIVE:
        return _ask_service(name, store)
    places = [list_snapshots(folder, name) for folder in snapshot_folders(store)]
    if when == LATEST:
        places = [sorted((f for files in places for f in files), key=lambda f: f.stamp)]
    prefix = "" if when == LATEST else when.replace(":", "")
    keeper = SnapshotStore(store_folder() if store is None else store)
    for files in places:
        if profile := keeper.newest([file for file in files if file.stamp.startswith(prefix)]):
            return profile
    return _from_provider(name, prefix, [file.stamp for files in places for file in files])


def _read_file(path: Path) -> DeviceProfile:
    from qsched.io.imports import read_calibration_file  # noqa: PLC0415 - rarely needed

    return read_calibration_file(path)


def _ask_service(name: str, folder: Path | None) -> DeviceProfile:
    """Return the calibration of a device as it is now, else its newest snapshot with its age."""
    from qsched.io.age import age_s, describe_age  # noqa: PLC0415 - as for `fetch`
    from qsched.io.providers import open_provider  # noqa: PLC0415 - Qiskit
    from qsched.io.refresh import fetch  # noqa: PLC0415 - as above

    keeper = SnapshotStore(store_folder() if folder is None else folder)
    try:
        profile = fetch(open_provider("live"), name)
    except InputError as error:
        failure = error
    else:
        keeper.add([profile])
        return profile
    places = [list_snapshots(place, name) for place in snapshot_folders(folder)]
    files = sorted((file for files in places for file in files), key=lambda file: file.stamp)
    found = keeper.newest(files)
    if found is None:
        raise failure
    age = age_s(found, datetime.now(UTC))
    how_old = "of unknown age" if age is None else f"{describe_age(age)} old"
    warnings.warn(f"{failure}; the newest snapshot is used, {how_old}", QschedWarning, stacklevel=3)
    return found


def _from_provider(name: str, prefix: str, stamps: list[str]) -> DeviceProfile:
    from qsched.io.backends import fake_backend_names, load_fake_backend  # noqa: PLC0415 - Qiskit

    if name in fake_backend_names():
        profile = load_fake_backend(name)
        stamp = snapshot_name(profile).removesuffix(".json").partition("@")[2]
        if stamp.startswith(prefix):
            return profile
        stamps = [*stamps, stamp]
    if stamps:
        raise UnknownNameError(
            f"no snapshot of {name} at {prefix!r}",
            remedy="there are: " + ", ".join(sorted(set(stamps))),
        )
    raise UnknownNameError(f"unknown device {name!r}", remedy=_near(name))


def _near(name: str) -> str:
    known = known_device_names()
    if (twin := f"fake_{city(name)}") in known:
        return f"did you mean {twin!r}?"
    near = near_names(name, known)
    return near if near.startswith("did") else "`qsched devices list --fake` shows all names"


def all_snapshots(name: str) -> list[SnapshotFile]:
    """Return the snapshots of a device in all places, one for each capture time, by time."""
    by_stamp = {
        file.stamp: file
        for folder in reversed(snapshot_folders())
        for file in list_snapshots(folder, name)
    }
    return [by_stamp[stamp] for stamp in sorted(by_stamp)]


def snapshot_names() -> list[str]:
    """Return the names of all devices that have a snapshot, sorted; without Qiskit."""
    return sorted({file.name for folder in snapshot_folders() for file in list_snapshots(folder)})


def known_device_names() -> list[str]:
    """Return every name that `resolve_device` knows, sorted; imports Qiskit."""
    from qsched.io.backends import fake_backend_names  # noqa: PLC0415 - two seconds

    return sorted({*snapshot_names(), *fake_backend_names()})
