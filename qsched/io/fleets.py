"""Fleets: the devices of one cloud, from a TOML file or by the name of a shipped one."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsched.errors import (
    BadInputs,
    CalibrationError,
    ConfigError,
    InputError,
    UnknownNameError,
    raise_all,
)
from qsched.files import data_dir
from qsched.io.lookup import resolve_device
from qsched.model import Fleet, MaintenanceWindow
from qsched.registry import near_names
from qsched.toml import read_toml, unknown_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.model import DeviceProfile

DEFAULT_FLEET = "paper"

NUMBER = (int, float)
FLEET_KEYS = {"name": str, "description": str, "source": str, "devices": list}
DEVICE_KEYS = {
    "name": str,
    "file": str,
    "alias": str,
    "clops": NUMBER,
    "quantum_volume": int,
    "clops_source": str,
    "maintenance": list,
}
MAINTENANCE_KEYS = {"start_s": NUMBER, "duration_s": NUMBER, "period_s": NUMBER}

WORDS = {str: "text", int: "a whole number", NUMBER: "a number", list: "a list of tables"}


def fleet_names() -> list[str]:
    """Return the names of the shipped fleets, sorted."""
    return sorted(path.stem for path in _folder().glob("*.toml"))


def _folder() -> Path:
    return data_dir("fake_backends") / "fleets"


def load_fleet(spec: str | Path = DEFAULT_FLEET) -> Fleet:
    """Return the fleet that a name or a file stands for.

    Args:
        spec: Name of a shipped fleet, or the path of a TOML file. The file has
            ``name``, ``description`` and ``source``, all optional, and tables
            ``[[devices]]`` with ``name`` (see `resolve_device`) or ``file``
            (relative to the fleet file), optional ``alias``, ``clops``,
            ``quantum_volume`` and ``clops_source``, and optional tables
            ``[[devices.maintenance]]`` with ``start_s``, ``duration_s``, ``period_s``.

    Raises:
        UnknownNameError: No shipped fleet has that name.
        ConfigError: The file is no fleet.
        CalibrationError: A device of it cannot be used.
        BadInputs: Several of these; all are listed.
    """
    text = str(spec)
    if isinstance(spec, Path) or text.endswith(".toml") or "/" in text or os.sep in text:
        return _read_fleet(Path(spec))
    names = fleet_names()
    if text not in names:
        raise UnknownNameError(
            f"unknown fleet {text!r}",
            remedy=f"{near_names(text, names)} (or give a TOML file)",
        )
    return _read_fleet(_folder() / f"{text}.toml")


def _read_fleet(path: Path) -> Fleet:
    source = str(path)
    table = read_toml(path)
    errors = _problems(table, FLEET_KEYS, source, "")
    devices: list[DeviceProfile] = []
    maintenance: dict[str, tuple[MaintenanceWindow, ...]] = {}
    rows = table.get("devices", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        where = f"device {number}"
        try:
            if not isinstance(row, dict):
                raise ConfigError(f"{where} is no table", remedy="[[devices]]", source=source)
            raise_all(_problems(row, DEVICE_KEYS, source, where))
            device = _device(row, path, where)
            windows = _maintenance(row.get("maintenance", []), source, where)
        except BadInputs as several:
            errors.extend(several.errors)
        except InputError as error:
            errors.append(error)
        else:
            devices.append(device)
            if windows:
                maintenance[device.name] = windows
    raise_all(errors)
    try:
        return Fleet(
            name=table.get("name", path.stem), devices=tuple(devices), maintenance=maintenance
        )
    except ConfigError as error:
        raise ConfigError(error.problem, remedy=error.remedy, source=source) from error


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
    try:
        device = resolve_device(spec)
    except UnknownNameError as error:
        raise UnknownNameError(
            f"{where}: {error.problem}", remedy=error.remedy, source=str(path)
        ) from error
    try:
        return replace(device, name=row.get("alias", device.name), **_stated(row, device, path))
    except CalibrationError as error:
        raise CalibrationError(f"{where}: {error.problem}", source=str(path)) from error


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
