"""Intervals against tables of Student's t and by hand."""

from math import sqrt
from statistics import NormalDist

import pytest

from qsched.experiment.intervals import Interval, interval, paired_difference, quantile

TABLE = {1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 19: 2.093, 30: 2.042, 60: 2.000, 120: 1.980}
"""Two-sided 95 %, from any table of Student's t."""


@pytest.mark.parametrize(("freedom", "value"), TABLE.items())
def test_quantiles_are_those_of_the_tables(freedom, value):
    assert round(quantile(freedom), 3) == value


def test_quantile_comes_to_that_of_the_normal_distribution():
    assert quantile(10**7) == pytest.approx(NormalDist().inv_cdf(0.975), abs=1e-6)


def test_interval_of_two_values_by_hand():
    found = interval([25.0, 50.0])

    assert found.mean == 37.5
    assert found.half_width == pytest.approx(12.706 * (25.0 / sqrt(2.0)) / sqrt(2.0), rel=1e-4)
    assert not found.is_above_zero  # 37.5 - 158.8


def test_a_single_value_has_no_interval_and_is_never_surely_above_zero():
    assert interval([7.0]) == Interval(7.0, None)
    assert not interval([7.0]).is_above_zero


def test_equal_values_have_an_interval_of_no_width():
    assert interval([0.1] * 10) == Interval(0.1, 0.0)
    assert interval([0.1] * 10).is_above_zero
    assert not interval([0.0] * 10).is_above_zero


def test_what_both_have_in_common_drops_out_of_a_paired_difference():
    common = [0.0, 1000.0, 5000.0]
    first = [x + gain for x, gain in zip(common, (3.0, 4.0, 5.0), strict=True)]

    found = paired_difference(first, common)

    assert found == interval([3.0, 4.0, 5.0])
    assert found.is_above_zero  # 4 - 2.48
    assert not interval(first).is_above_zero


def test_pairs_must_be_pairs():
    with pytest.raises(ValueError, match="shorter"):
        paired_difference([1.0, 2.0], [1.0])
