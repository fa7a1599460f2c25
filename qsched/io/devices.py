"""Devices in: one door to what finds devices and fleets by name or file."""

from qsched.io.fleets import DEFAULT_FLEET, fleet_names, load_fleet
from qsched.io.lookup import (
    known_device_names,
    resolve_device,
    snapshot_folders,
    snapshot_names,
)
from qsched.io.store import list_snapshots, store_folder

__all__ = [
    "DEFAULT_FLEET",
    "fleet_names",
    "known_device_names",
    "list_snapshots",
    "load_fleet",
    "resolve_device",
    "snapshot_folders",
    "snapshot_names",
    "store_folder",
]
