"""A frozen description of one run, refused when no run can be like that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qsched.config._checks import (
    is_arrivals,
    is_integer,
    is_text,
    is_time,
    is_tuple_of,
    no_table,
    shown,
)
from qsched.config.drift import drift_errors, failure_errors
from qsched.errors import ConfigError, raise_all
from qsched.toml import unknown_keys

_WINDOW_KEYS = ("start_s", "duration_s", "period_s")
_TEXTS = ("policy", "model", "broker", "discipline", "partition")
_PLACEMENTS = ("blackbox", "connected")


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
        placement: ``"connected"`` or ``"blackbox"``; ``None``: connected for circuits on devices
            whose coupling maps are known.
        partition: How circuits are split, as ``policy``.
        communication: What gates between parts cost, as ``policy``; ``None``: as ``model`` says.
        max_overhead: Sampling overhead above which a split is not feasible, at least 1.
        spacing: Free qubits between regions of different jobs, 0 or 1.
        out: Folder for the results; ``None``: they are only shown.
        maintenance: Device to its windows, each with the keys ``start_s``, ``duration_s`` and
            perhaps ``period_s``.
        cancellations: Job id to the time in seconds at which its user withdraws it.
        drift: Keys of `qsched.model.Drift` that go before those of the fleet.
        failures: Device to the mean seconds between breakdowns and to repair, ``mtbf_s`` and
            ``mttr_s``.
        max_attempts: Times that a job is tried when devices break down under it, at least 1;
            ``None``: as the fleet says.

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
    placement: str | None = None
    partition: str = "mincut"
    communication: str | None = None
    max_overhead: float = 1e4
    spacing: int = 0
    out: Path | None = None
    maintenance: Mapping[str, tuple[Mapping[str, float], ...]] = field(default_factory=dict)
    cancellations: Mapping[str, float] = field(default_factory=dict)
    drift: Mapping[str, Any] = field(default_factory=dict)
    failures: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    max_attempts: int | None = None

    def __post_init__(self) -> None:
        """Refuse values that no run can have; all of them at once."""
        raise_all(
            [
                *_settings_errors(self),
                *_maintenance_errors(self.maintenance),
                *_cancellation_errors(self.cancellations),
                *drift_errors(self.drift),
                *failure_errors(self.failures),
            ]
        )


def _settings_errors(scenario: Scenario) -> list[ConfigError]:
    """Return what is wrong with the settings of one value, and with the lists of names."""
    shots, seed, sources = scenario.shots, scenario.seed, scenario.sources
    texts = {name: is_text(getattr(scenario, name)) for name in _TEXTS}
    checks = {
        "sources": (bool(sources) and is_tuple_of(Path, sources), "a list of files and folders"),
        "devices": (is_tuple_of(str, scenario.devices), "a list of names and files"),
        **{name: (fits, "text") for name, fits in texts.items()},
        "fleet": (scenario.fleet is None or is_text(scenario.fleet), "a name or a file"),
        "arrivals": (
            scenario.arrivals is None or is_arrivals(scenario.arrivals),
            "batch or poisson:RATE_PER_S, the rate above 0",
        ),
        "shots": (shots is None or is_integer(shots, 1), "a whole number, 1 or more"),
        "seed": (is_integer(seed, 0), "a whole number, 0 or more"),
        "max_attempts": (
            scenario.max_attempts is None or is_integer(scenario.max_attempts, 1),
            "a whole number, 1 or more",
        ),
        "placement": (
            scenario.placement is None or scenario.placement in _PLACEMENTS,
            "blackbox or connected",
        ),
        "communication": (
            scenario.communication is None or is_text(scenario.communication),
            "text",
        ),
        "max_overhead": (_is_overhead(scenario.max_overhead), "a number, 1 or more"),
        "spacing": (is_integer(scenario.spacing, 0) and scenario.spacing <= 1, "0 or 1"),
        "out": (scenario.out is None or isinstance(scenario.out, Path), "a folder"),
    }
    errors = [
        ConfigError(f"{name} is {shown(getattr(scenario, name))}", remedy=f"it must be {remedy}")
        for name, (fits, remedy) in checks.items()
        if not fits
    ]
    if scenario.fleet is not None and scenario.devices:
        errors.append(ConfigError("both a fleet and devices are given", remedy="give one of them"))
    return errors


def _maintenance_errors(maintenance: object) -> list[ConfigError]:
    if not isinstance(maintenance, Mapping):
        return [no_table("maintenance", maintenance, "[[maintenance.DEVICE]]")]
    errors: list[ConfigError] = []
    for device, windows in maintenance.items():
        what = f"maintenance of {device}"
        for window in windows if isinstance(windows, tuple) else [windows]:
            if isinstance(window, Mapping):
                errors += _window_errors(what, window)
            else:
                errors.append(no_table(what, window, f"[[maintenance.{device}]]"))
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
            ConfigError(f"{what}: {key} is {shown(value)}", remedy="it must be 0 or more seconds")
            for key, value in window.items()
            if key in _WINDOW_KEYS and not is_time(value)
        ),
    ]


def _cancellation_errors(cancellations: object) -> list[ConfigError]:
    if not isinstance(cancellations, Mapping):
        return [no_table("cancellations", cancellations, "[cancellations]")]
    return [
        ConfigError(
            f"cancellation of {job_id} at {shown(time_s)}", remedy="it must be 0 or more seconds"
        )
        for job_id, time_s in cancellations.items()
        if not is_time(time_s)
    ]


def _is_overhead(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 1
