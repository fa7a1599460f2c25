"""One device of a fleet file: its profile, its snapshots, its maintenance, its breakdowns."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from qsched.errors import CalibrationError, ConfigError, InputError, UnknownNameError, raise_all
from qsched.io.lookup import SUFFIXES, all_snapshots, resolve_device
from qsched.model import FailureRate, MaintenanceWindow
from qsched.toml import unknown_keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qsched.model import DeviceProfile

NUMBER = (int, float)
DEVICE_KEYS = {
    "name": str,
    "file": str,
    "alias": str,
    "clops": NUMBER,
    "quantum_volume": int,
    "clops_source": str,
    "maintenance": list,
    "timeline": (list, str),
    "failures": dict,
}
MAINTENANCE_KEYS = {"start_s": NUMBER, "duration_s": NUMBER, "period_s": NUMBER}
FAILURE_KEYS = {"mtbf_s": NUMBER, "mttr_s": NUMBER}

WORDS = {
    str: "text",
    int: "a whole number",
    NUMBER: "a number",
    list: "a list of tables",
    dict: "a table",
    (list, str): 'a list of snapshots, or "all"',
}


class FleetRow(NamedTuple):
    """What a table of a fleet file says of one device."""

    device: DeviceProfile
    timeline: tuple[DeviceProfile, ...]
    maintenance: tuple[MaintenanceWindow, ...]
    failures: FailureRate | None


def read_row(row: object, path: Path, where: str) -> FleetRow:
    """Return what a table ``[[devices]]`` says.

    Args:
        row: What stands there.
        path: The fleet file.
        where: Which device, for messages.

    Raises:
        InputError: It cannot be used.
        BadInputs: Several things of it cannot; all are listed.
    """
    source = str(path)
    if not isinstance(row, dict):
        raise ConfigError(f"{where} is no table", remedy="[[devices]]", source=source)
    raise_all(problems(row, DEVICE_KEYS, source, where))
    device = _device(row, path, where)
    return FleetRow(
        device,
        _timeline(row, device, path, where),
        _maintenance(row.get("maintenance", []), source, where),
        _failures(row.get("failures"), source, where),
    )


def problems(
    table: Mapping[str, Any], keys: Mapping[str, Any], source: str, where: str
) -> list[InputError]:
    """Return an error for each unknown key and for each value of a wrong type."""
    errors: list[InputError] = list(unknown_keys(table, keys, source, where=where))
    for key, kind in keys.items():
        value = table.get(key)
        if key in table and (isinstance(value, bool) or not isinstance(value, kind)):
            inside = f" of {where}" if where else ""
            errors.append(
                ConfigError(
                    f"{key}{inside} is {value!r}", remedy=f"it must be {WORDS[kind]}", source=source
                )
            )
    return errors


def _device(row: Mapping[str, Any], path: Path, where: str) -> DeviceProfile:
    """Return the device of one table, with what the table says instead."""
    if ("name" in row) == ("file" in row):
        raise ConfigError(
            f"{where} has {'both' if 'name' in row else 'neither'} name and file",
            remedy="give one of them",
            source=str(path),
        )
    spec = row["name"] if "name" in row else str(path.parent / row["file"])
    return _renamed(row, _resolve(spec, path, where), path, where)


def _resolve(spec: str, path: Path, where: str) -> DeviceProfile:
    try:
        return resolve_device(spec)
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{where}: {error.problem}", remedy=error.remedy, source=str(path)
        ) from error


def _renamed(
    row: Mapping[str, Any], device: DeviceProfile, path: Path, where: str
) -> DeviceProfile:
    """Return a snapshot with what the table says instead."""
    try:
        return replace(device, name=row.get("alias", device.name), **_stated(row, device, path))
    except CalibrationError as error:
        raise CalibrationError(f"{where}: {error.problem}", source=str(path)) from error


def _timeline(
    row: Mapping[str, Any], device: DeviceProfile, path: Path, where: str
) -> tuple[DeviceProfile, ...]:
    """Return the snapshots of a device with a timeline, the one of its name or file among them."""
    listed = row.get("timeline")
    if listed is None:
        return ()
    if listed == "all" and "name" in row:
        name = row["name"].partition("@")[0]
        snapshots = [resolve_device(str(file.path)) for file in all_snapshots(name)]
    elif isinstance(listed, list) and all(isinstance(spec, str) for spec in listed):
        snapshots = [_resolve(_from(path, spec), path, where) for spec in listed]
    else:
        raise ConfigError(
            f"timeline of {where} is {listed!r}",
            remedy='list snapshots by name or file, or write "all" beside a name',
            source=str(path),
        )
    named = [_renamed(row, snapshot, path, where) for snapshot in snapshots]
    times = {snapshot.calibrated_at for snapshot in named}
    return (*named, *([] if device.calibrated_at in times else [device]))


def _from(path: Path, spec: str) -> str:
    """Return a name as it is, and a file as seen from the fleet file."""
    is_file = spec.lower().endswith(SUFFIXES) or "/" in spec or os.sep in spec
    return str(path.parent / spec) if is_file else spec


def _failures(row: Mapping[str, Any] | None, source: str, where: str) -> FailureRate | None:
    if row is None:
        return None
    raise_all(problems(row, FAILURE_KEYS, source, f"failures of {where}"))
    if missing := [key for key in FAILURE_KEYS if key not in row]:
        raise ConfigError(
            f"failures of {where} have no {' and no '.join(missing)}",
            remedy="give seconds",
            source=source,
        )
    try:
        return FailureRate(**{key: float(value) for key, value in row.items()})
    except ConfigError as error:
        raise ConfigError(
            f"failures of {where}: {error.problem}", remedy=error.remedy, source=source
        ) from error


def _stated(row: Mapping[str, Any], device: DeviceProfile, path: Path) -> dict[str, Any]:
    """Return the throughput that a table states, with where it comes from."""
    stated = {key: row[key] for key in ("clops", "quantum_volume") if key in row}
    if not stated:
        return {}
    words = row.get("clops_source", f"fleet file {path.name}")
    what = {"clops": "CLOPS", "quantum_volume": "quantum volume"}
    sources = [f"{' and '.join(what[key] for key in stated)}: {words}"]
    if "clops" in stated:
        stated["clops"] = float(stated["clops"])
    if len(stated) == 1 and device.clops_source:
        sources.append(f"otherwise {device.clops_source}")
    return {**stated, "clops_source": "; ".join(sources)}


def _maintenance(rows: list[Any], source: str, where: str) -> tuple[MaintenanceWindow, ...]:
    windows = []
    for row in rows:
        if not isinstance(row, dict):
            raise ConfigError(
                f"maintenance of {where} is {row!r}",
                remedy="[[devices.maintenance]]",
                source=source,
            )
        raise_all(problems(row, MAINTENANCE_KEYS, source, f"maintenance of {where}"))
        if missing := [key for key in ("start_s", "duration_s") if key not in row]:
            raise ConfigError(
                f"maintenance of {where} has no {' and no '.join(missing)}",
                remedy="give seconds",
                source=source,
            )
        try:
            windows.append(MaintenanceWindow(**row))
        except ConfigError as error:
            raise ConfigError(error.problem, remedy=error.remedy, source=source) from error
    return tuple(windows)
