"""Scenario files: TOML to `Scenario` and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

from qsched.config._checks import is_text
from qsched.config.scenario import Scenario
from qsched.errors import BadInputs, ConfigError, InputError, raise_all
from qsched.files import write_text_atomically
from qsched.toml import read_toml, unknown_keys

_LEARNED = "rl:"
"""What stands before the path of a learned policy."""

_KEYS = tuple(key.name for key in fields(Scenario))


def read_scenario(path: str | Path) -> Scenario:
    """Read a scenario file.

    Args:
        path: TOML file; the paths in it are relative to its folder.

    Raises:
        ConfigError: It cannot be read, or one of its keys or values cannot be used.
        BadInputs: Several of them cannot be used; all are listed.
    """
    path = Path(path)
    table = read_toml(path)
    errors: list[InputError] = []
    errors += unknown_keys(table, _KEYS, "")
    if "sources" not in table:
        errors.append(ConfigError("no key 'sources'", remedy='e.g. sources = ["circuits"]'))
    known = {key: _from_toml(key, value, path.parent) for key, value in table.items()}
    try:
        scenario = Scenario(
            **{"sources": (path,)} | {key: known[key] for key in _KEYS if key in known}
        )
    except BadInputs as bad:
        errors += bad.errors
    except ConfigError as error:
        errors.append(error)
    raise_all([ConfigError(e.problem, remedy=e.remedy, source=str(path)) for e in errors])
    return scenario


def _from_toml(key: str, value: Any, folder: Path) -> Any:
    """Give a TOML value the form it has in `Scenario`; what does not fit is left for it to refuse.

    Names of files are taken from the folder of the scenario.
    """
    if key == "sources" and isinstance(value, list):
        return tuple(folder / item if is_text(item) else item for item in value)
    if key == "out" and is_text(value):
        return folder / value
    if key in {"fleet", "policy"} and is_text(value):
        return (_name_or_file if key == "fleet" else _name_or_learned)(value, folder)
    if key == "devices" and isinstance(value, list):
        return tuple(_name_or_file(item, folder) if is_text(item) else item for item in value)
    if key == "maintenance" and isinstance(value, dict):
        return {
            device: tuple(windows) if isinstance(windows, list) else windows
            for device, windows in value.items()
        }
    return value


def _name_or_file(value: str, folder: Path) -> str:
    """Return a name as it is, and a file (with a suffix or a folder) from the scenario's folder."""
    is_file = "/" in value or "\\" in value or value.lower().endswith((".toml", ".json", ".csv"))
    return str(folder / value) if is_file else value


def _name_or_learned(value: str, folder: Path) -> str:
    """Return a name as it is, and the path of a learned policy from the scenario's folder."""
    path = value.removeprefix(_LEARNED)
    return value if path in {value, ""} else f"{_LEARNED}{folder / path}"


def write_scenario(scenario: Scenario, path: str | Path) -> None:
    """Write a scenario so that `read_scenario` gives an equal one; its paths as they are.

    Args:
        scenario: What to write.
        path: TOML file; it is either the old one or all of the new one, whatever happens.

    Raises:
        OutputError: The file cannot be written.
    """
    lines = []
    for key in _KEYS:
        value = getattr(scenario, key)
        if isinstance(value, Mapping) or value is None or value == ():
            continue
        lines.append(f"{key} = {_toml(value)}")
    for device, windows in scenario.maintenance.items():
        for window in windows:
            lines += ["", f"[[maintenance.{_toml(device)}]]"]
            lines += [f"{key} = {_toml(value)}" for key, value in window.items()]
    if scenario.cancellations:
        lines += ["", "[cancellations]"]
        lines += [f"{_toml(key)} = {_toml(value)}" for key, value in scenario.cancellations.items()]
    tables = {"drift": scenario.drift}
    tables |= {f"failures.{_toml(device)}": rate for device, rate in scenario.failures.items()}
    for name, table in tables.items():
        if table:
            lines += ["", f"[{name}]"]
            lines += [f"{key} = {_toml(value)}" for key, value in table.items()]
    write_text_atomically(Path(path), "\n".join(lines) + "\n")


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    # A JSON string is a TOML one but for this character, which TOML wants escaped.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
