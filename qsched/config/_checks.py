"""Small checks of values that users wrote."""

from __future__ import annotations

from math import inf
from pathlib import Path
from typing import TypeGuard

from qsched.errors import ConfigError

MAX_INTEGER = 10**15
"""Above it a seed or a number of shots is a slip of the pen."""

MAX_TIME_S = 1e15
"""Above it a time is a slip of the pen."""

MAX_SHOWN = 80
"""Longest value that a message repeats in full."""


def no_table(what: str, value: object, form: str) -> ConfigError:
    return ConfigError(f"{what} is {shown(value)}", remedy=f"write it as {form}")


def is_text(value: object) -> TypeGuard[str]:
    """Return whether this is text that is not empty."""
    return isinstance(value, str) and bool(value)


def is_tuple_of(kind: type, value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(v, kind) and v != "" for v in value)


def is_integer(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= MAX_INTEGER


def is_time(value: object) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= MAX_TIME_S
    )


def is_arrivals(value: object) -> bool:
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


def shown(value: object) -> str:
    if isinstance(value, tuple):
        value = list(value)
    text = str(value) if isinstance(value, Path) else repr(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."
