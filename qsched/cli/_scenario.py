"""The command line -> a scenario."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from qsched.config import Scenario


def scenario_of(sources: tuple[Path, ...], options: dict[str, Any]) -> Scenario:
    """Return what the command line says, over what the scenario file says if one is named.

    Args:
        sources: As given.
        options: Keys of a scenario to what was given for them, ``None`` where nothing was.

    Raises:
        ConfigError: A value cannot be used, or a scenario is not alone.
        BadInputs: Several values cannot be used.
    """
    from qsched.config import Scenario, read_scenario  # noqa: PLC0415 - --help stays instant

    given = {key: value for key, value in options.items() if value is not None}
    if "devices" in given:
        given["devices"] = _names(given["devices"])
    files = [source for source in sources if source.suffix.lower() == ".toml"]
    if not files:
        return Scenario(sources=sources, **given)
    if len(sources) > 1:
        raise ConfigError(
            f"scenario among {len(sources)} sources",
            remedy="run it alone, and name the others in it",
            source=str(files[0]),
        )
    if "devices" in given:
        given.setdefault("fleet", None)
    elif "fleet" in given:
        given["devices"] = ()
    return replace(read_scenario(files[0]), **given)


def _names(text: str) -> tuple[str, ...]:
    names = tuple(name for part in text.split(",") if (name := part.strip()))
    if not names:
        raise ConfigError(f"--devices {text!r} names none", remedy="give names, commas between")
    return names
