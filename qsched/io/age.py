"""How old a calibration is, and which are too old."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qsched.errors import CalibrationError, ConfigError, raise_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsched.model import DeviceProfile

UNITS_S = {"s": 1, "min": 60, "h": 3_600, "d": 86_400, "w": 604_800}
_AGE = re.compile(r"(\d{1,12}(?:\.\d{1,6})?) ?(s|min|h|d|w)?")


def parse_age(text: str) -> float:
    """Return the seconds that ``90min``, ``12h``, ``7d`` or ``2w`` stands for; a number is seconds.

    Raises:
        ConfigError: It is no age.

    >>> parse_age("1.5h")
    5400.0
    """
    match = _AGE.fullmatch(text.strip())
    if match is None:
        raise ConfigError(f"{text!r} is no age", remedy="write it as 90min, 12h, 7d or 2w")
    return float(match[1]) * UNITS_S[match[2] or "s"]


def age_s(profile: DeviceProfile, now: datetime) -> float | None:
    """Return the seconds since what a profile says was last known to hold.

    That is when the provider was last asked, as far as that is known: it may not
    have calibrated for days. Of files of others it is the time of the calibration.
    ``None`` if neither is known.
    """
    when = profile.calibrated_at if profile.service is None else profile.service.asked_at
    if when is None:
        return None
    return (now - (when if when.tzinfo else when.replace(tzinfo=UTC))).total_seconds()


def check_age(
    profiles: Iterable[DeviceProfile], max_age_s: float, now: datetime | None = None
) -> None:
    """Refuse profiles that are too old, or of which nobody knows how old they are.

    Raises:
        CalibrationError: One is too old.
        BadInputs: Several are; all are listed.
    """
    now = datetime.now(UTC) if now is None else now
    errors = []
    for profile in profiles:
        age = age_s(profile, now)
        if age is None or age > max_age_s:
            errors.append(
                CalibrationError(
                    "calibration of unknown age"
                    if age is None
                    else f"calibration is {describe_age(age)} old, "
                    f"more than {describe_age(max_age_s)}",
                    remedy="`qsched calibrations refresh` it, or raise --max-age",
                    source=profile.name,
                )
            )
    raise_all(errors)


def describe_age(seconds: float) -> str:
    """Return an age in its largest fitting unit.

    >>> describe_age(90_000)
    '25.0 h'
    >>> describe_age(864_000)
    '10.0 d'
    """
    for unit, least in (("d", 2 * UNITS_S["d"]), ("h", 2 * UNITS_S["h"]), ("min", 120)):
        if seconds >= least:
            return f"{seconds / UNITS_S[unit]:.1f} {unit}"
    return f"{max(0.0, seconds):.0f} s"
