"""Simulated time in floating point: a clock adds delays, and sums are rounded."""

from __future__ import annotations

from math import inf, nextafter


def step_towards(now_s: float, time_s: float) -> float:
    """Return a delay that brings a clock to a later time or a little short of it.

    Never past it, so that whoever steps until the time has come arrives at
    exactly that time: the second step, if there is one, is so short that its
    sum is not rounded.

    >>> 0.4 + (1.7 - 0.4)
    1.6999999999999997
    >>> first_s = 0.4 + step_towards(0.4, 1.7)
    >>> first_s + step_towards(first_s, 1.7)
    1.7
    """
    delay_s = time_s - now_s
    return delay_s if now_s + delay_s <= time_s else nextafter(delay_s, 0.0)


def delay_until(now_s: float, time_s: float) -> float:
    """Return the one delay that brings a clock to exactly a time.

    Where there is none, because each sum is rounded past the time, it brings the
    clock to the next number after it. Of a time that has passed it is 0.
    """
    delay_s = max(0.0, time_s - now_s)
    return delay_s if now_s + delay_s >= time_s else nextafter(delay_s, inf)
