"""TOML files that users write: read, and checked for keys that nobody knows."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError, raise_all
from qsched.files import read_text
from qsched.registry import near_names

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

_POSITION = re.compile(r" \(at line (\d+), column (\d+)\)$")


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Args:
        path: What to read.

    Raises:
        ConfigError: The file cannot be read or is no TOML; with line and column.
    """
    text = read_text(path, error=ConfigError)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        position = _POSITION.search(message)
        line, column = map(int, position.groups()) if position else (None, None)
        raise ConfigError(
            f"no valid TOML: {_POSITION.sub('', message)}",
            remedy="correct it",
            source=str(path),
            line=line,
            column=column,
        ) from error
    except RecursionError as error:
        raise ConfigError("TOML nested too deeply", source=str(path)) from error
    except ValueError as error:  # an integer of more than 4,300 digits
        raise ConfigError(f"no valid TOML: {error}", source=str(path)) from error


def unknown_keys(
    table: Mapping[str, Any], allowed: Collection[str], source: str, *, where: str = ""
) -> list[ConfigError]:
    """Return an error for each key that nobody knows, with the near ones.

    Args:
        table: What was read.
        allowed: Keys that mean something.
        source: File, for the message.
        where: What the keys are in, for the message, e.g. ``"maintenance of ibm_kyiv"``.
    """
    inside = f" in {where}" if where else ""
    return [
        ConfigError(
            f"unknown key {key!r}{inside}", remedy=near_names(key, list(allowed)), source=source
        )
        for key in table
        if key not in allowed
    ]


def check_keys(
    table: Mapping[str, Any], allowed: Collection[str], source: str, *, where: str = ""
) -> None:
    """Refuse keys that nobody knows; see `unknown_keys`.

    Raises:
        ConfigError: One key is unknown.
        BadInputs: Several are; all are listed.
    """
    raise_all(unknown_keys(table, allowed, source, where=where))
