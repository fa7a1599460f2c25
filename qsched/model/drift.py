"""What changes in a cloud while it runs: calibrations drift, and devices break down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qsched.model.device import DeviceProfile


class Recalibration(NamedTuple):
    """A new calibration of a device.

    Attributes:
        time_s: Simulated time from which it holds, above 0.
        profile: The device from then on.
    """

    time_s: float
    profile: DeviceProfile


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureRate:
    """How often a device breaks down; both times are exponentially distributed.

    A breakdown ends the jobs that run on the device, all parts of them.

    Attributes:
        mtbf_s: Mean seconds from a repair to the next breakdown, above 0.
        mttr_s: Mean seconds from a breakdown to its repair, above 0.

    Raises:
        ConfigError: A time is not above 0, or not finite.
    """

    mtbf_s: float
    mttr_s: float

    def __post_init__(self) -> None:
        """Refuse times that cannot be."""
        for what in ("mtbf_s", "mttr_s"):
            value = getattr(self, what)
            if not 0.0 < value < inf:
                raise ConfigError(f"{what} is {value!r}", remedy="it must be above 0 seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How the snapshots of a timeline are mapped to simulated time, and when policies see them.

    Attributes:
        epoch: Time-zone-aware time that is simulated time 0; ``None``: the first time at which
            every device with a timeline has a snapshot.
        time_scale: Simulated seconds for each second between captures, above 0.
        refresh_period_s: Simulated seconds from one look of the policies at the calibrations to
            the next, the first at time 0; 0: they always see what holds.
        calibration_s: Seconds for which each new calibration keeps its device from taking
            jobs, once those that run have ended; 0: none.

    Raises:
        ConfigError: A value is out of its range, or the time has no zone.
    """

    epoch: datetime | None = None
    time_scale: float = 1.0
    refresh_period_s: float = 0.0
    calibration_s: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be."""
        if self.epoch is not None and self.epoch.tzinfo is None:
            raise ConfigError(f"epoch is {self.epoch}, without a zone", remedy="add +00:00 or Z")
        if not 0.0 < self.time_scale < inf:
            raise ConfigError(f"time_scale is {self.time_scale!r}", remedy="it must be above 0")
        for what in ("refresh_period_s", "calibration_s"):
            if not 0.0 <= getattr(self, what) < inf:
                raise ConfigError(
                    f"{what} is {getattr(self, what)!r}", remedy="it must be 0 or more seconds"
                )


class Timeline(NamedTuple):
    """The calibrations of one device in simulated time.

    Attributes:
        initial: What holds at time 0.
        changes: What comes later, in order of time.
    """

    initial: DeviceProfile
    changes: tuple[Recalibration, ...]


def place_in_time(
    snapshots: Mapping[str, Sequence[DeviceProfile]], drift: Drift
) -> dict[str, Timeline]:
    """Return the timelines of devices in simulated time.

    The snapshot that holds at time 0 is the last one at or before the epoch, or
    the first one of a device that has none so early.

    Args:
        snapshots: Device name to its snapshots, at least one each, in any order.
        drift: The mapping of time.

    Raises:
        CalibrationError: A snapshot has no capture time, two have the same one, or the number
            of qubits changes.
    """
    dated = {name: _in_order(name, profiles) for name, profiles in snapshots.items()}
    epoch = drift.epoch or max((first for (first, _), *_ in dated.values()), default=None)
    placed = {}
    for name, rows in dated.items():
        assert epoch is not None  # there is a row
        initial = [profile for when, profile in rows if when <= epoch][-1:] or [rows[0][1]]
        placed[name] = Timeline(
            initial[0],
            tuple(
                Recalibration((when - epoch).total_seconds() * drift.time_scale, profile)
                for when, profile in rows
                if when > epoch and profile is not initial[0]
            ),
        )
    return placed


def _in_order(name: str, profiles: Iterable[DeviceProfile]) -> list[tuple[datetime, DeviceProfile]]:
    rows: dict[datetime, DeviceProfile] = {}
    num_qubits = set()
    for profile in profiles:
        when = profile.calibrated_at
        if when is None:
            raise CalibrationError(
                "a snapshot of the timeline has no capture time",
                remedy="leave it out, or import it with --captured-at",
                source=name,
            )
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        if when in rows:
            raise CalibrationError(
                f"the timeline has two snapshots of {when.isoformat()}",
                remedy="leave one out",
                source=name,
            )
        rows[when] = profile
        num_qubits.add(profile.num_qubits)
    if len(num_qubits) > 1:
        raise CalibrationError(
            f"the timeline has snapshots of {' and '.join(map(str, sorted(num_qubits)))} qubits",
            remedy="give those of one device",
            source=name,
        )
    return sorted(rows.items(), key=lambda row: row[0])
