"""What a user writes of drift and of breakdowns, in a fleet file or in a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from qsched.config._checks import is_time, no_table, shown
from qsched.errors import ConfigError
from qsched.toml import unknown_keys

DRIFT_KEYS = ("epoch", "time_scale", "refresh_period_s", "calibration_s")
FAILURE_KEYS = ("mtbf_s", "mttr_s")


def as_time(value: object) -> datetime | None:
    """Return a TOML date or time, or one written as text, as a time; without a zone it is UTC.

    ``None`` if it is no time.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def drift_errors(drift: object) -> list[ConfigError]:
    """Return what is wrong with a table ``[drift]``."""
    if not isinstance(drift, Mapping):
        return [no_table("drift", drift, "[drift]")]
    errors = list(unknown_keys(drift, DRIFT_KEYS, "", where="drift"))
    for key in DRIFT_KEYS:
        value = drift.get(key)
        if key not in drift:
            continue
        if key == "epoch":
            fits, form = as_time(value) is not None, "a time, e.g. 2025-01-27T03:00:00Z"
        elif key == "time_scale":
            fits, form = is_time(value) and value > 0, "a number above 0"  # type: ignore[operator]
        else:
            fits, form = is_time(value), "0 or more seconds"
        if not fits:
            errors.append(
                ConfigError(f"{key} of drift is {shown(value)}", remedy=f"it must be {form}")
            )
    return errors


def failure_errors(failures: object) -> list[ConfigError]:
    """Return what is wrong with tables ``[failures.DEVICE]``."""
    if not isinstance(failures, Mapping):
        return [no_table("failures", failures, "[failures.DEVICE]")]
    errors: list[ConfigError] = []
    for device, table in failures.items():
        what = f"failures of {device}"
        if not isinstance(table, Mapping):
            errors.append(no_table(what, table, f"[failures.{device}]"))
            continue
        errors += unknown_keys(table, FAILURE_KEYS, "", where=what)
        for key in FAILURE_KEYS:
            value = table.get(key)
            if key not in table:
                errors.append(ConfigError(f"{what} have no {key}", remedy="give it in seconds"))
            elif not is_time(value) or value <= 0:  # type: ignore[operator]
                errors.append(
                    ConfigError(
                        f"{what}: {key} is {shown(value)}", remedy="it must be above 0 seconds"
                    )
                )
    return errors
