"""Fleets: the devices of one cloud, from a TOML file or by the name of a shipped one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from qsched.config.drift import as_time, drift_errors
from qsched.errors import (
    BadInputs,
    CalibrationError,
    ConfigError,
    InputError,
    UnknownNameError,
    raise_all,
)
from qsched.files import data_dir
from qsched.io.lookup import SUFFIXES, all_snapshots, resolve_device
from qsched.model import Drift, FailureRate, Fleet, MaintenanceWindow
from qsched.model.drift import place_in_time
from qsched.model.fleet import MAX_ATTEMPTS
from qsched.registry import near_names
from qsched.toml import read_toml, unknown_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.model import DeviceProfile

DEFAULT_FLEET = "paper"

NUMBER = (int, float)
FLEET_KEYS = {
    "name": str,
    "description": str,
    "source": str,
    "devices": list,
    "drift": dict,
    "max_attempts": int,
}
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


def fleet_names() -> list[str]:
    """Return the names of the shipped fleets, sorted."""
    return sorted(path.stem for path in _folder().glob("*.toml"))


def _folder() -> Path:
    return data_dir("fake_backends") / "fleets"


def load_fleet(
    spec: str | Path = DEFAULT_FLEET, *, drift: Mapping[str, Any] | None = None
) -> Fleet:
    """Return the fleet that a name or a file stands for.

    Args:
        spec: Name of a shipped fleet, or the path of a TOML file. The file has
            ``name``, ``description`` and ``source``, all optional, and tables
            ``[[devices]]`` with ``name`` (see `resolve_device`) or ``file``
            (relative to the fleet file), optional ``alias``, ``clops``,
            ``quantum_volume`` and ``clops_source``, and optional tables
            ``[[devices.maintenance]]`` with ``start_s``, ``duration_s``, ``period_s``, and
            ``[devices.failures]`` with ``mtbf_s`` and ``mttr_s``. ``timeline`` lists further
            snapshots of the device, or is ``"all"``; a table ``[drift]`` maps them to
            simulated time, see `qsched.model.Drift`. ``max_attempts`` is how often a job is tried.
        drift: Keys of ``[drift]`` that go before those of the file.

    Raises:
        UnknownNameError: No shipped fleet has that name.
        ConfigError: The file is no fleet.
        CalibrationError: A device of it cannot be used.
        BadInputs: Several of these; all are listed.
    """
    text = str(spec)
    if isinstance(spec, Path) or text.endswith(".toml") or "/" in text or os.sep in text:
        return _read_fleet(Path(spec), drift or {})
    names = fleet_names()
    if text not in names:
        raise UnknownNameError(
            f"unknown fleet {text!r}",
            remedy=f"{near_names(text, names)} (or give a TOML file)",
        )
    return _read_fleet(_folder() / f"{text}.toml", drift or {})


def _read_fleet(path: Path, drift: Mapping[str, Any]) -> Fleet:
    source = str(path)
    table = read_toml(path)
    errors = _problems(table, FLEET_KEYS, source, "")
    found: list[_Row] = []
    rows = table.get("devices", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        try:
            found.append(_read_row(row, path, f"device {number}"))
        except BadInputs as several:
            errors.extend(several.errors)
        except InputError as error:
            errors.append(error)
    raise_all(errors)
    try:
        return _fleet(found, table, path, {**table.get("drift", {}), **drift})
    except (ConfigError, CalibrationError) as error:
        raise type(error)(error.problem, remedy=error.remedy, source=str(path)) from error


class _Row(NamedTuple):
    """What a table of a fleet file says of one device."""

    device: DeviceProfile
    timeline: tuple[DeviceProfile, ...]
    maintenance: tuple[MaintenanceWindow, ...]
    failures: FailureRate | None


def _read_row(row: object, path: Path, where: str) -> _Row:
    source = str(path)
    if not isinstance(row, dict):
        raise ConfigError(f"{where} is no table", remedy="[[devices]]", source=source)
    raise_all(_problems(row, DEVICE_KEYS, source, where))
    device = _device(row, path, where)
    return _Row(
        device,
        _timeline(row, device, path, where),
        _maintenance(row.get("maintenance", []), source, where),
        _failures(row.get("failures"), source, where),
    )


def _fleet(
    rows: list[_Row], table: Mapping[str, Any], path: Path, drift: Mapping[str, Any]
) -> Fleet:
    """Put the devices of a file together, with their snapshots placed in time."""
    settings = make_drift(drift)
    timelines = place_in_time(
        {row.device.name: row.timeline for row in rows if row.timeline}, settings
    )
    if drift and not timelines:
        raise ConfigError("drift of a fleet without timelines", remedy="add timeline to a device")
    maintenance = {row.device.name: row.maintenance for row in rows if row.maintenance}
    if settings.calibration_s:
        for name, (_, changes) in timelines.items():
            jobs = (
                MaintenanceWindow(start_s=change.time_s, duration_s=settings.calibration_s)
                for change in changes
            )
            maintenance[name] = (*maintenance.get(name, ()), *jobs)
    return Fleet(
        name=table.get("name", path.stem),
        devices=tuple(
            timelines[row.device.name].initial if row.timeline else row.device for row in rows
        ),
        maintenance=maintenance,
        recalibrations={name: line.changes for name, line in timelines.items()},
        refresh_period_s=settings.refresh_period_s,
        failures={row.device.name: row.failures for row in rows if row.failures},
        max_attempts=table.get("max_attempts", MAX_ATTEMPTS),
    )


def make_drift(keys: Mapping[str, Any]) -> Drift:
    """Return what a table ``[drift]`` says.

    Raises:
        ConfigError: A key is unknown, or a value is out of its range or of a wrong type.
        BadInputs: Several are.
    """
    raise_all(drift_errors(keys))
    epoch = keys.get("epoch")
    return Drift(**{**keys, "epoch": None if epoch is None else as_time(epoch)})


def _problems(
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
    raise_all(_problems(row, FAILURE_KEYS, source, f"failures of {where}"))
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
        raise_all(_problems(row, MAINTENANCE_KEYS, source, f"maintenance of {where}"))
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
