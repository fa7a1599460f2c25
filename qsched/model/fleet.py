"""The devices of one cloud, with what is known about their availability."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.model.device import DeviceProfile


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
        devices: Profiles with distinct names, at least one; their order breaks ties.
        maintenance: Device name to its maintenance windows.

    Raises:
        ConfigError: No device, two of one name, or maintenance of an unknown device.
    """

    name: str
    devices: tuple[DeviceProfile, ...]
    maintenance: Mapping[str, tuple[MaintenanceWindow, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse fleets that cannot run."""
        names = [device.name for device in self.devices]
        if not names:
            raise ConfigError(f"fleet {self.name!r} has no device", remedy="name at least one")
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ConfigError(
                f"fleet {self.name!r} names {', '.join(twice)} twice", remedy="name each once"
            )
        if strange := sorted(set(self.maintenance) - set(names)):
            raise ConfigError(
                f"fleet {self.name!r}: maintenance of {', '.join(strange)}, which it does not have",
                remedy="known: " + ", ".join(names),
            )

    @property
    def num_qubits(self) -> int:
        """Physical qubits of all devices together."""
        return sum(device.num_qubits for device in self.devices)
