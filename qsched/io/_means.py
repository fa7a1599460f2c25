"""Plain means, as the published reference takes them."""

from __future__ import annotations

from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of what is reported, correctly rounded; ``None`` of nothing."""
    known = [value for value in values if value is not None]
    return fsum(known) / len(known) if known else None
