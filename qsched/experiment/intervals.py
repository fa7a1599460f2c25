"""Means over replications with their 95 % intervals, and differences of pairs.

Student's t for the mean of independent replications, and for the mean of the differences when
both sides met the same random numbers: Law, Simulation Modeling and Analysis, 5th ed. 2015,
sections 9.4 and 10.2.
"""

from __future__ import annotations

from math import fsum, sqrt
from statistics import stdev
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

LEVEL = 0.95
"""Share of such intervals that hold the true mean."""


class Interval(NamedTuple):
    """A mean over replications and half of its 95 % interval.

    Attributes:
        mean: Mean.
        half_width: The true mean is in ``mean - half_width`` to ``mean + half_width`` with 95 %
            confidence; ``None`` of a single value, which says nothing of the spread.
    """

    mean: float
    half_width: float | None

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval lies above zero; never of a single value."""
        return self.half_width is not None and self.mean - self.half_width > 0.0


def quantile(freedom: int) -> float:
    """Return the quantile of Student's t for a two-sided interval of 95 %.

    Args:
        freedom: Degrees of freedom, at least 1.

    >>> round(quantile(9), 3)
    2.262
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - only where there are intervals

    return float(stdtrit(freedom, 0.5 + LEVEL / 2.0))


def interval(values: Sequence[float]) -> Interval:
    """Return the mean of independent values with its 95 % interval.

    Args:
        values: At least one.

    >>> found = interval([1.0, 2.0, 3.0])
    >>> found.mean, round(found.half_width, 3)  # 4.303 * 1 / sqrt(3)
    (2.0, 2.484)
    >>> interval([5.0])
    Interval(mean=5.0, half_width=None)
    """
    count = len(values)
    mean = fsum(values) / count
    if count == 1:
        return Interval(mean, None)
    return Interval(mean, quantile(count - 1) * stdev(values) / sqrt(count))


def paired_difference(first: Sequence[float], second: Sequence[float]) -> Interval:
    """Return the mean of ``first - second``, pair by pair, with its 95 % interval.

    What both have in common, the jobs of a replication for one, drops out of it.

    Args:
        first: At least one value.
        second: As many, each from the same replication.

    >>> paired_difference([101.0, 202.0], [100.0, 201.0])
    Interval(mean=1.0, half_width=0.0)
    """
    return interval([a - b for a, b in zip(first, second, strict=True)])
