"""Looking again once per period, event-driven: the looks that must fail are skipped.

In the reference each waiting job looks every 1.0 whether it can go on. Most
looks are in vain, and they are what makes it slow. Between two releases the
free qubits only shrink, so what fails now fails until the next release: only
the first look after a release that may succeed has to be made.

What must not change is the order of looks at equal times. Adding 1.0 keeps the
order of two clocks (rounding may make them equal, never swap them). So the
waiting jobs stand in one line, sorted by their next look; those that have
looked go to its end; and ties keep their places, as SimPy keeps the order in
which equal events were scheduled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from math import frexp, inf, ldexp
from typing import TYPE_CHECKING

import simpy

from qsched.sim.clock import delay_until

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PERIOD = 1.0
BEFORE_NORMAL = 0.5
"""SimPy handles events of one time by priority, lowest first; all others here have 1."""


def binade_end(time: float) -> float:
    """Return the next power of two above a time of 1 or more: floats are coarser from there on."""
    return ldexp(1.0, frexp(time)[1])


def advance(time: float, looks: int) -> float:
    """Return ``time`` after adding 1.0 so many times, each sum rounded as floats are.

    Between two powers of two the sums are exact, so that only the steps over one
    need be made singly.

    >>> advance(0.01, 5) == 0.01 + 1.0 + 1.0 + 1.0 + 1.0 + 1.0
    True
    """
    while looks > 0:
        exact = min(looks, int(binade_end(time) - time) - 1) if time >= PERIOD else 0
        if exact > 0:
            time += exact
            looks -= exact
        else:
            time += PERIOD
            looks -= 1
    return time


class Look(simpy.Event):
    """The event of one look; it succeeds at a time and priority of its own."""

    def schedule(self, priority: float, delay: float) -> None:
        """Let the look be made after a delay."""
        self._ok = True
        self._value = None
        self.env.schedule(self, priority, delay)  # type: ignore[arg-type]  # any number will do


class Retries:
    """The line of jobs that wait for qubits by looking once per period.

    Each waits for ``need`` of what ``room()[key]`` says there is.

    Args:
        env: The SimPy environment.
        room: What there is, by key; it grows only by a release, after which the
            owner calls `released`.
        scheduled_at: Given a time, when the event was scheduled that the owner has at
            exactly that time; ``None`` if there is none.
    """

    def __init__(
        self,
        env: simpy.Environment,
        room: Callable[[], Sequence[float]],
        scheduled_at: Callable[[float], float | None],
    ) -> None:
        self._env = env
        self._room = room
        self._scheduled_at = scheduled_at
        # Parallel lists, because the whole line is brought up to date at once.
        self._looks: list[float] = []
        self._last_looks: list[float] = []
        self._needs: list[float] = []
        self._keys: list[int] = []
        self._events: list[Look] = []
        self._least_need = inf
        self._looked_before: set[Look] = set()

    def wait(self, need: float, key: int, scheduled_at: float = inf) -> Look:
        """Join the line after a look in vain, and return the event of a look worth making.

        Args:
            need: How much of ``room()[key]`` the job needs.
            key: Which room.
            scheduled_at: When the event was scheduled that is being handled; see `bring_up`.
        """
        self.bring_up(scheduled_at)
        look = Look(self._env)
        self._looks.append(self._env.now + PERIOD)
        self._last_looks.append(self._env.now)
        self._needs.append(need)
        self._keys.append(key)
        self._events.append(look)
        self._least_need = min(self._least_need, need)
        return look

    def mark(self, scheduled_at: float) -> None:
        """Remember who has looked at this very time before the event that is being handled."""
        self.bring_up(scheduled_at)
        first = bisect_left(self._last_looks, self._env.now)
        self._looked_before = set(self._events[first:])

    def _comes_first(self, position: int, scheduled_at: float) -> bool:
        """Return whether a look precedes an event of the same time scheduled at some time."""
        last_look = self._last_looks[position]
        if last_look == scheduled_at:
            return self._events[position] in self._looked_before
        return last_look < scheduled_at

    def bring_up(self, scheduled_at: float = inf) -> None:
        """Let those whose looks have passed, all in vain, stand where they now belong.

        Args:
            scheduled_at: When the event was scheduled that is being handled: of the looks
                at this very time, those that were scheduled later have still to come.
        """
        looks, now = self._looks, self._env.now
        if not looks or looks[0] > now:
            return
        if looks[0] < now and looks[0] + PERIOD <= looks[-1]:
            # Those who were still to look when the last of the line joined go behind it first.
            self._rotate(bisect_right(looks, looks[-1] - PERIOD))
            looks = self._looks
        whole = int(now - looks[0])
        if whole:
            self._add(whole)
            looks = self._looks
        while looks[0] <= now:
            passed = bisect_left(looks, now)
            while passed < len(looks) and looks[passed] == now:
                if not self._comes_first(passed, scheduled_at):
                    break
                passed += 1
            if not passed:
                return
            self._rotate(passed)
            looks = self._looks

    def _add(self, whole: int) -> None:
        """Let everybody in the line look in vain so many times."""
        looks = self._looks
        if looks[0] - PERIOD >= PERIOD and looks[-1] + whole < binade_end(looks[0] - PERIOD):
            self._looks = [look + whole for look in looks]
            self._last_looks = [look - PERIOD for look in self._looks]
        else:
            self._last_looks = [advance(look, whole - 1) for look in looks]
            self._looks = [advance(look, 1) for look in self._last_looks]

    def _rotate(self, passed: int) -> None:
        """Let the first of the line look in vain and go to its end."""
        gone = self._looks[:passed]
        self._looks = self._looks[passed:] + [look + PERIOD for look in gone]
        self._last_looks = self._last_looks[passed:] + gone
        self._needs = self._needs[passed:] + self._needs[:passed]
        self._keys = self._keys[passed:] + self._keys[:passed]
        self._events = self._events[passed:] + self._events[:passed]

    def released(self, scheduled_at: float = inf) -> None:
        """Schedule the first look that may succeed now, with all others at the same time.

        Called whenever qubits came free; it calls itself after each look, because
        what was left there may do for the next.
        """
        room = self._room()
        if self._least_need > max(room):
            return
        self.bring_up(scheduled_at)
        fits = (need <= room[key] for need, key in zip(self._needs, self._keys, strict=True))
        first = next((position for position, fit in enumerate(fits) if fit), None)
        if first is None:
            return
        time = self._looks[first]
        start, stop = bisect_left(self._looks, time), bisect_right(self._looks, time)
        other = self._scheduled_at(time)
        early = [
            time == self._env.now or (other is not None and self._comes_first(position, other))
            for position in range(start, stop)
        ]
        delay = delay_until(self._env.now, time)
        group = self._events[start:stop]
        for line in (self._looks, self._last_looks, self._needs, self._keys, self._events):
            del line[start:stop]
        self._least_need = min(self._needs, default=inf)
        for look, is_early in zip(group, early, strict=True):
            look.schedule(BEFORE_NORMAL if is_early else 1, delay)
        group[-1].callbacks.append(lambda _: self.released())
