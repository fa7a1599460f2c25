"""Looking once per unit of time, with the looks in vain left out."""

import pytest
import simpy
from hypothesis import given
from hypothesis import strategies as st

from qsched.sim.retries import PERIOD, Moment, Retries, advance, binade_end

TIMES = st.one_of(
    st.floats(0.0, 5_000.0),
    st.floats(1.0, 5_000.0).map(round).map(float),
    st.integers(0, 12).map(lambda n: 2.0**n - 0.5**10),
    st.integers(1, 40).map(lambda n: 0.01 * n),
    st.floats(1e6, 1e9),
)


@given(time=TIMES, looks=st.integers(0, 3_000))
def test_advance_is_a_loop_of_additions(time, looks):
    wanted = time
    for _ in range(looks):
        wanted += PERIOD

    assert advance(time, looks) == wanted


@given(time=st.floats(1.0, 1e15))
def test_floats_are_evenly_spaced_up_to_the_end_of_their_binade(time):
    end = binade_end(time)

    assert time < end <= 2.0 * time
    assert end.hex().startswith("0x1.0000000000000p")


class Line:
    """Jobs that wait for room, each with a log of when it looked in earnest."""

    def __init__(self):
        self.env = simpy.Environment()
        self.room = [0]
        self.retries = Retries(self.env, lambda: self.room)
        self.log = []

    def join(self, name, need, at, *, takes=0):
        self.env.process(self._wait(name, need, at, takes))

    def _wait(self, name, need, at, takes):
        yield self.env.timeout(at)
        while self.room[0] < need:
            yield self.retries.wait(need, 0)
            self.log.append((self.env.now, name))
        self.room[0] -= takes

    def release(self, amount, at):
        self.env.process(self._release(amount, at))

    def _release(self, amount, at):
        yield self.env.timeout(at)
        self.room[0] += amount
        self.retries.released()


def test_nobody_looks_before_there_is_a_release():
    line = Line()
    line.join("a", 3, at=0.5)

    line.env.run()

    assert line.log == []
    assert line.env.now == 0.5


def test_the_first_look_after_the_release_is_on_the_jobs_own_beat():
    line = Line()
    line.join("a", 3, at=0.25)
    line.release(3, at=10.5)

    line.env.run()

    assert line.log == [(11.25, "a")]


def test_a_release_that_is_too_small_wakes_nobody():
    line = Line()
    line.join("a", 3, at=0.25)
    line.release(2, at=10.5)

    line.env.run()

    assert line.log == []


def test_jobs_of_one_beat_look_in_the_order_in_which_they_came():
    line = Line()
    for name in "abc":
        line.join(name, 3, at=0.25, takes=3)
    line.release(3, at=7.0)

    line.env.run()

    assert line.log == [(7.25, "a"), (7.25, "b"), (7.25, "c")]
    assert line.room == [0]


def test_who_comes_next_on_the_clock_looks_first_whoever_has_waited_longer():
    line = Line()
    line.join("long", 3, at=0.75, takes=3)
    line.join("short", 3, at=5.25, takes=3)
    line.release(3, at=7.0)
    line.release(3, at=7.5)

    line.env.run()

    assert line.log == [(7.25, "short"), (7.75, "long")]


def test_what_one_leaves_wakes_the_next_that_fits():
    line = Line()
    line.join("large", 5, at=0.25)
    line.join("first", 2, at=0.5, takes=2)
    line.join("second", 2, at=0.75, takes=2)
    line.release(4, at=3.0)

    line.env.run()

    assert line.log == [(3.5, "first"), (3.75, "second")]


def test_who_fails_in_earnest_goes_on_waiting():
    line = Line()
    line.join("a", 2, at=0.25, takes=2)
    line.join("b", 2, at=0.25, takes=2)
    line.release(2, at=1.0)
    line.release(2, at=2.5)

    line.env.run()

    assert line.log == [(1.25, "a"), (1.25, "b"), (3.25, "b")]


BEATS = [0.0, 0.01, 0.25, 0.5, 0.75, 1.5, 2.25]


@given(
    beats=st.lists(st.sampled_from(BEATS), min_size=1, max_size=8),
    needs=st.lists(st.integers(1, 6), min_size=8, max_size=8),
    releases=st.lists(
        st.tuples(st.sampled_from([0.1, 0.6, 1.1, 3.3]), st.integers(1, 5)), min_size=1, max_size=6
    ),
)
def test_who_gets_in_and_when_is_as_if_all_had_looked_each_time(beats, needs, releases):
    skipping, looking = Line(), simpy.Environment()
    room, wanted, got = [0], [], []

    def look(name, need, at):
        yield looking.timeout(at)
        while room[0] < need:
            yield looking.timeout(1.0)
        room[0] -= need
        wanted.append((looking.now, name))

    def give(amount, at):
        yield looking.timeout(at)
        room[0] += amount

    def wait(name, need, at):
        arrival = skipping.retries.expect(at, Moment(0.0))
        yield skipping.env.timeout(at)
        skipping.retries.happened(arrival)
        handled = arrival.scheduled  # before all looks of its time, which were scheduled later
        while skipping.room[0] < need:
            yield skipping.retries.wait(need, 0, handled)
            handled = None
        skipping.room[0] -= need
        got.append((skipping.env.now, name))

    for name, (at, need) in enumerate(zip(beats, needs, strict=False)):
        looking.process(look(name, need, at))
        skipping.env.process(wait(name, need, at))
    at = 2.3
    for gap, amount in releases:
        at += gap + 0.003  # never at a time at which anybody looks
        looking.process(give(amount, at))
        skipping.release(amount, at)
    looking.run(until=at + 10.0)
    skipping.env.run()

    assert got == wanted
    assert skipping.room == room


def test_time_between_two_powers_of_two_needs_no_single_steps():
    assert advance(2.0**52, 10**15) == 2.0**52 + 10**15


@pytest.mark.parametrize("time", [0.01, 0.1, 0.3, 1.01, 3.7])
def test_beats_drift_as_floats_do(time):
    drifted = time
    for _ in range(100_000):
        drifted += 1.0

    assert advance(time, 100_000) == drifted
