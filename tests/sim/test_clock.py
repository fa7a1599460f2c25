"""A clock that adds floats arrives at exactly the time it was asked for."""

from math import inf, nextafter

from hypothesis import given
from hypothesis import strategies as st

from qsched.sim.clock import delay_until, step_towards

TIMES = st.floats(0.0, 1e15)


@given(TIMES, TIMES)
def test_steps_towards_a_time_end_at_exactly_that_time_and_never_past_it(now_s, time_s):
    steps = 0
    while now_s < time_s:
        now_s += step_towards(now_s, time_s)
        steps += 1
        assert now_s <= time_s
        assert steps <= 2
    assert steps == 0 or now_s == time_s


@given(TIMES, TIMES)
def test_one_delay_ends_at_the_time_or_at_the_next_number(now_s, time_s):
    if time_s >= now_s:
        assert time_s <= now_s + delay_until(now_s, time_s) <= nextafter(time_s, inf)
    else:
        assert delay_until(now_s, time_s) == 0.0
