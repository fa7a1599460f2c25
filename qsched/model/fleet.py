"""The devices of one cloud, with what is known about their availability."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.model.device import DeviceProfile
    from qsched.model.drift import FailureRate, Recalibration

MAX_ATTEMPTS = 3
"""Times that a job is tried when devices break down under it, unless a fleet says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    """A time in which a device takes no jobs; running jobs finish first.

    At ``start_s`` the device stops taking jobs. When its last running job has
    finished, maintenance begins and lasts ``duration_s``.

    Attributes:
        start_s: Simulated time at which the device stops taking jobs.
        duration_s: Seconds of work once it is idle, above 0.
        period_s: Seconds from one start to the next; ``None``: it happens once.

    Raises:
        ConfigError: A time is negative, not finite, or the period is not above the duration.
    """

    start_s: float
    duration_s: float
    period_s: float | None = None

    def __post_init__(self) -> None:
        """Refuse windows that cannot be."""
        if not (0.0 <= self.start_s < inf and 0.0 < self.duration_s < inf):
            raise ConfigError(
                f"maintenance from {self.start_s!r} s for {self.duration_s!r} s",
                remedy="start_s must be 0 or more and duration_s above 0",
            )
        if self.period_s is not None and not self.duration_s < self.period_s < inf:
            raise ConfigError(
                f"maintenance for {self.duration_s!r} s every {self.period_s!r} s",
                remedy="period_s must be above duration_s",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """The devices of one cloud.

    Attributes:
        name: Name of the fleet.
        devices: Profiles with distinct names, at least one; their order breaks ties. They
            hold at time 0.
        maintenance: Device name to its maintenance windows.
        recalibrations: Device name to the calibrations that come to hold, in order of time.
        refresh_period_s: Seconds from one look of the policies at the calibrations to the
            next, the first at time 0; 0: they always see what holds.
        failures: Device name to how often it breaks down; others never do.
        max_attempts: Times that a job is tried before it has FAILED, at least 1.

    Raises:
        ConfigError: No device, two of one name, or something is said of an unknown device;
            recalibrations are not in order, or are of another device.
    """

    name: str
    devices: tuple[DeviceProfile, ...]
    maintenance: Mapping[str, tuple[MaintenanceWindow, ...]] = field(default_factory=dict)
    recalibrations: Mapping[str, tuple[Recalibration, ...]] = field(default_factory=dict)
    refresh_period_s: float = 0.0
    failures: Mapping[str, FailureRate] = field(default_factory=dict)
    max_attempts: int = MAX_ATTEMPTS

    def __post_init__(self) -> None:
        """Refuse fleets that cannot run."""
        names = [device.name for device in self.devices]
        if not names:
            raise ConfigError(f"fleet {self.name!r} has no device", remedy="name at least one")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(
                f"fleet {self.name!r} names {', '.join(twice)} twice", remedy="name each once"
            )
        for what in ("maintenance", "recalibrations", "failures"):
            if strange := sorted(set(getattr(self, what)) - set(names)):
                raise ConfigError(
                    f"fleet {self.name!r}: {what} of {', '.join(strange)}, which it does not have",
                    remedy="known: " + ", ".join(names),
                )
        if not 0.0 <= self.refresh_period_s < inf:
            raise ConfigError(
                f"refresh_period_s is {self.refresh_period_s!r}", remedy="it must be 0 or more"
            )
        if self.max_attempts < 1:
            raise ConfigError(
                f"max_attempts is {self.max_attempts!r}", remedy="it must be 1 or more"
            )
        for device in self.devices:
            _check_recalibrations(device, self.recalibrations.get(device.name, ()))

    @property
    def num_qubits(self) -> int:
        """Physical qubits of all devices together."""
        return sum(device.num_qubits for device in self.devices)

    def profile_at(self, device: DeviceProfile, time_s: float) -> DeviceProfile:
        """Return the calibration of one of the devices that holds at a simulated time."""
        holds = device
        for change_s, profile in self.recalibrations.get(device.name, ()):
            if change_s > time_s:
                break
            holds = profile
        return holds


def _check_recalibrations(device: DeviceProfile, changes: tuple[Recalibration, ...]) -> None:
    last_s = 0.0
    for time_s, profile in changes:
        if not last_s < time_s < inf:
            raise ConfigError(
                f"calibration of {device.name} at {time_s!r} s follows that at {last_s!r} s",
                remedy="they must be in order, above time 0",
            )
        if (profile.name, profile.num_qubits) != (device.name, device.num_qubits):
            raise ConfigError(
                f"calibration of {device.name} at {time_s!r} s is of {profile.name} with "
                f"{profile.num_qubits} qubits",
                remedy=f"it must be of {device.name} with {device.num_qubits}",
            )
        last_s = time_s
