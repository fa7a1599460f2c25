"""Fleets: the devices of one cloud, from a TOML file or by the name of a shipped one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
from qsched.io._fleet_rows import FleetRow, problems, read_row
from qsched.model import Drift, Fleet, MaintenanceWindow
from qsched.model.drift import place_in_time
from qsched.model.fleet import MAX_ATTEMPTS
from qsched.registry import near_names
from qsched.toml import read_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_FLEET = "paper"

FLEET_KEYS = {
    "name": str,
    "description": str,
    "source": str,
    "devices": list,
    "drift": dict,
    "max_attempts": int,
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
    errors = problems(table, FLEET_KEYS, source, "")
    found: list[FleetRow] = []
    rows = table.get("devices", [])
    for number, row in enumerate(rows if isinstance(rows, list) else [], 1):
        try:
            found.append(read_row(row, path, f"device {number}"))
        except BadInputs as several:
            errors.extend(several.errors)
        except InputError as error:
            errors.append(error)
    raise_all(errors)
    try:
        return _fleet(found, table, path, {**table.get("drift", {}), **drift})
    except (ConfigError, CalibrationError) as error:
        raise type(error)(error.problem, remedy=error.remedy, source=str(path)) from error


def _fleet(
    rows: list[FleetRow], table: Mapping[str, Any], path: Path, drift: Mapping[str, Any]
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
