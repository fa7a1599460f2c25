"""Looking again once per period, event-driven: the looks that must fail are skipped.

In the reference each waiting job looks every 1.0 whether it can go on. Most
looks are in vain, and they are what makes it slow. Between two releases the
free qubits only shrink, so what fails now fails until the next release: only
the first look after a release that may succeed has to be made.

What must not change is the order of looks at equal times. Adding 1.0 keeps the
order of two clocks (rounding may make them equal, never swap them). So the
waiting jobs stand in one line, sorted by their next look; those that have
looked go to its end; and ties keep their places, as SimPy keeps the order in
which equal events were scheduled. For the same reason a look stands before or
behind an arrival, a link or an end of its time: by which of them was scheduled
first, and if that was at one time, too, by what came first then.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from math import frexp, inf, ldexp
from typing import TYPE_CHECKING, NamedTuple

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
    """The event of one look.

    Attributes:
        joined: Number of the look in the order in which jobs joined the line.
    """

    def __init__(self, env: simpy.Environment, joined: int) -> None:
        super().__init__(env)
        self.joined = joined

    def schedule(self, delay: float) -> None:
        """Let the look be made after a delay, before the normal events of that time."""
        self._ok = True
        self._value = None
        self.env.schedule(self, BEFORE_NORMAL, delay)  # type: ignore[arg-type]  # any number will do


class Moment(NamedTuple):
    """A point in the order of events: when something was scheduled.

    Attributes:
        time: The time.
        num_joined: Looks that had joined the line by then.
        looked: Who of the line had looked at that very time before; ``None``: all who had joined.
    """

    time: float
    num_joined: int = 0
    looked: frozenset[Look] | None = None

    def comes_after(self, look: Look, last_look: float) -> bool:
        """Return whether a look was made before this, given its time."""
        if last_look != self.time:
            return last_look < self.time
        return look.joined < self.num_joined if self.looked is None else look in self.looked


@dataclass(slots=True, eq=False)
class Expected:
    """An event to come at whose time there may be looks, before it and after it.

    Attributes:
        time: Its time.
        scheduled: When it was scheduled.
        followers: Looks of its time that come next after it.
    """

    time: float
    scheduled: Moment
    followers: list[Look] = field(default_factory=list)


class Retries:
    """The line of jobs that wait for qubits by looking once per period.

    Each waits for ``need`` of what ``room()[key]`` says there is. Events of one
    time come in the order in which they were scheduled, so the owner tells of
    each event that it schedules (`expect`) and handles (`happened`), and when the
    event was scheduled that it is handling: ``None`` if that was at this very
    time, behind all looks.

    Args:
        env: The SimPy environment.
        room: What there is, by key; it grows only by a release, after which the
            owner calls `released`.
    """

    def __init__(self, env: simpy.Environment, room: Callable[[], Sequence[float]]) -> None:
        self._env = env
        self._room = room
        # Parallel lists, because the whole line is brought up to date at once.
        self._looks: list[float] = []
        self._last_looks: list[float] = []
        self._needs: list[float] = []
        self._keys: list[int] = []
        self._events: list[Look] = []
        self._least_need = inf
        self._num_joined = 0
        self._expected: dict[float, list[Expected]] = {}

    def wait(self, need: float, key: int, handled: Moment | None = None) -> Look:
        """Join the line after a look in vain, and return the event of a look worth making.

        Args:
            need: How much of ``room()[key]`` the job needs.
            key: Which room.
            handled: When the event was scheduled that is being handled.
        """
        self.bring_up(handled)
        look = Look(self._env, self._num_joined)
        self._num_joined += 1
        self._looks.append(self._env.now + PERIOD)
        self._last_looks.append(self._env.now)
        self._needs.append(need)
        self._keys.append(key)
        self._events.append(look)
        self._least_need = min(self._least_need, need)
        return look

    def expect(self, time: float, scheduled: Moment | None = None) -> Expected:
        """Note an event that is scheduled now for a time to come.

        Args:
            time: When it will happen.
            scheduled: The moment; ``None``: now, behind all who have looked at this time.
        """
        event = Expected(time, scheduled or Moment(self._env.now, self._num_joined))
        self._expected.setdefault(time, []).append(event)
        return event

    def happened(self, event: Expected) -> None:
        """Note that an event is being handled, or will not be; its followers come then.

        What has happened before does not happen again.
        """
        others = self._expected.get(event.time, [])
        if event not in others:
            return
        others.remove(event)
        if not others:
            del self._expected[event.time]
        for look in event.followers:
            look.schedule(delay_until(self._env.now, event.time))

    def mark(self, handled: Moment) -> Moment:
        """Return this very moment, with who has looked at its time before."""
        self.bring_up(handled)
        first = bisect_left(self._last_looks, self._env.now)
        return Moment(self._env.now, looked=frozenset(self._events[first:]))

    def bring_up(self, handled: Moment | None = None) -> None:
        """Let those whose looks have passed, all in vain, stand where they now belong.

        Args:
            handled: When the event was scheduled that is being handled: of the looks
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
                if handled is not None and not self._precedes(passed, handled):
                    break
                passed += 1
            if not passed:
                return
            self._rotate(passed)
            looks = self._looks

    def _precedes(self, position: int, moment: Moment) -> bool:
        """Return whether the look of one in the line was scheduled before a moment."""
        return moment.comes_after(self._events[position], self._last_looks[position])

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

    def released(self, handled: Moment | None = None) -> None:
        """Schedule the first look that may succeed now, with all others at the same time.

        Called whenever qubits came free; it calls itself after each look, because
        what was left there may do for the next.
        """
        room = self._room()
        if self._least_need > max(room):
            return
        self.bring_up(handled)
        fits = (need <= room[key] for need, key in zip(self._needs, self._keys, strict=True))
        first = next((position for position, fit in enumerate(fits) if fit), None)
        if first is None:
            return
        time = self._looks[first]
        start, stop = bisect_left(self._looks, time), bisect_right(self._looks, time)
        delay = delay_until(self._env.now, time)
        others = self._expected.get(time, [])
        for position in range(start, stop):
            before = sum(not self._precedes(position, other.scheduled) for other in others)
            if before:
                others[before - 1].followers.append(self._events[position])
            else:
                self._events[position].schedule(delay)
        self._events[stop - 1].callbacks.append(lambda _: self.released())
        for line in (self._looks, self._last_looks, self._needs, self._keys, self._events):
            del line[start:stop]
        self._least_need = min(self._needs, default=inf)
