"""A frozen description of one run, refused when no run can be like that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import TypeGuard

from qsched.errors import ConfigError, raise_all
from qsched.toml import unknown_keys

MAX_INTEGER = 10**15
"""Above it a seed or a number of shots is a slip of the pen."""

MAX_TIME_S = 1e15
"""Above it a time is a slip of the pen."""

MAX_SHOWN = 80
"""Longest value that a message repeats in full."""

_WINDOW_KEYS = ("start_s", "duration_s", "period_s")
_TEXTS = ("policy", "model", "broker", "discipline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything that defines one run.

    Attributes:
        sources: Circuits, folders of them, and job tables; at least one.
        fleet: Name of a shipped fleet, or a fleet file; ``None``: ``devices``, else ``paper``.
        devices: Names or files of devices; empty: those of ``fleet``.
        policy: Where jobs go: a name, or ``package.module:Name``.
        model: Cost model, as ``policy``.
        broker: Who carries jobs out, as ``policy``.
        discipline: Who goes next, as ``policy``.
        shots: Repetitions of every job, at least 1; ``None``: those of the sources.
        arrivals: ``"batch"`` or ``"poisson:RATE_PER_S"``; ``None``: those of the sources.
        seed: Seed of the run, 0 or more.
        out: Folder for the results; ``None``: they are only shown.
        maintenance: Device to its windows, each with the keys ``start_s``, ``duration_s`` and
            perhaps ``period_s``.
        cancellations: Job id to the time in seconds at which its user withdraws it.

    Raises:
        ConfigError: A value is of the wrong type or out of its range.
        BadInputs: Several are.
    """

    sources: tuple[Path, ...]
    fleet: str | None = None
    devices: tuple[str, ...] = ()
    policy: str = "speed"
    model: str = "paper"
    broker: str = "parallel"
    discipline: str = "fcfs"
    shots: int | None = None
    arrivals: str | None = None
    seed: int = 0
    out: Path | None = None
    maintenance: Mapping[str, tuple[Mapping[str, float], ...]] = field(default_factory=dict)
    cancellations: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse values that no run can have; all of them at once."""
        raise_all(
            [
                *_settings_errors(self),
                *_maintenance_errors(self.maintenance),
                *_cancellation_errors(self.cancellations),
            ]
        )


def _settings_errors(scenario: Scenario) -> list[ConfigError]:
    """Return what is wrong with the settings of one value, and with the lists of names."""
    shots, seed, sources = scenario.shots, scenario.seed, scenario.sources
    texts = {name: is_text(getattr(scenario, name)) for name in _TEXTS}
    checks = {
        "sources": (bool(sources) and _is_tuple_of(Path, sources), "a list of files and folders"),
        "devices": (_is_tuple_of(str, scenario.devices), "a list of names and files"),
        **{name: (fits, "text") for name, fits in texts.items()},
        "fleet": (scenario.fleet is None or is_text(scenario.fleet), "a name or a file"),
        "arrivals": (
            scenario.arrivals is None or _is_arrivals(scenario.arrivals),
            "batch or poisson:RATE_PER_S, the rate above 0",
        ),
        "shots": (shots is None or _is_integer(shots, 1), "a whole number, 1 or more"),
        "seed": (_is_integer(seed, 0), "a whole number, 0 or more"),
        "out": (scenario.out is None or isinstance(scenario.out, Path), "a folder"),
    }
    errors = [
        ConfigError(f"{name} is {_shown(getattr(scenario, name))}", remedy=f"it must be {remedy}")
        for name, (fits, remedy) in checks.items()
        if not fits
    ]
    if scenario.fleet is not None and scenario.devices:
        errors.append(ConfigError("both a fleet and devices are given", remedy="give one of them"))
    return errors


def _maintenance_errors(maintenance: object) -> list[ConfigError]:
    if not isinstance(maintenance, Mapping):
        return [_no_table("maintenance", maintenance, "[[maintenance.DEVICE]]")]
    errors: list[ConfigError] = []
    for device, windows in maintenance.items():
        what = f"maintenance of {device}"
        for window in windows if isinstance(windows, tuple) else [windows]:
            if isinstance(window, Mapping):
                errors += _window_errors(what, window)
            else:
                errors.append(_no_table(what, window, f"[[maintenance.{device}]]"))
    return errors


def _window_errors(what: str, window: Mapping[str, object]) -> list[ConfigError]:
    return [
        *unknown_keys(window, _WINDOW_KEYS, "", where=what),
        *(
            ConfigError(f"{what} has no {key}", remedy="give it in seconds")
            for key in _WINDOW_KEYS[:2]
            if key not in window
        ),
        *(
            ConfigError(f"{what}: {key} is {_shown(value)}", remedy="it must be 0 or more seconds")
            for key, value in window.items()
            if key in _WINDOW_KEYS and not _is_time(value)
        ),
    ]


def _cancellation_errors(cancellations: object) -> list[ConfigError]:
    if not isinstance(cancellations, Mapping):
        return [_no_table("cancellations", cancellations, "[cancellations]")]
    return [
        ConfigError(
            f"cancellation of {job_id} at {_shown(time_s)}", remedy="it must be 0 or more seconds"
        )
        for job_id, time_s in cancellations.items()
        if not _is_time(time_s)
    ]


def _no_table(what: str, value: object, form: str) -> ConfigError:
    return ConfigError(f"{what} is {_shown(value)}", remedy=f"write it as {form}")


def is_text(value: object) -> TypeGuard[str]:
    """Return whether this is text that is not empty."""
    return isinstance(value, str) and bool(value)


def _is_tuple_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(v, kind) and v != "" for v in value)


def _is_integer(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_INTEGER


def _is_time(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_TIME_S
    )


def _is_arrivals(value: object) -> bool:
    """Return whether this is ``batch`` or ``poisson:RATE`` with a rate above 0."""
    if not isinstance(value, str):
        return False
    kind, _, rate = value.partition(":")
    if kind != "poisson":
        return value == "batch"
    try:
        return 0.0 < float(rate) < inf
    except ValueError:
        return False


def _shown(value: object) -> str:
    if isinstance(value, tuple):
        value = list(value)
    text = str(value) if isinstance(value, Path) else repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
