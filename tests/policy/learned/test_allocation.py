"""What the paper's learned policy sees, and how its weights become whole shares."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import InputError
from qsched.policy.learned.allocation import (
    observation,
    qubit_shares,
    qubit_shares_of_many,
)


def test_job_free_qubits_and_clops_are_scaled_and_error_scores_are_as_they_are():
    seen = observation(200, [127, 75, 0, 150, 30], [0.01, 0.02, 0.03, 0.04, 0.05], [1e5] * 5)

    assert seen.dtype == np.float32
    assert seen[0] == pytest.approx(4.0)
    assert list(seen[1::3]) == pytest.approx([127 / 150, 0.5, 0.0, 1.0, 0.2])
    assert list(seen[2::3]) == pytest.approx([0.01, 0.02, 0.03, 0.04, 0.05])
    assert list(seen[3::3]) == pytest.approx([0.1] * 5)


def test_devices_that_are_not_there_are_zeros():
    seen = observation(50, [75], [0.01], [2e5])

    assert seen.tolist() == pytest.approx([1.0, 0.5, 0.01, 0.2] + [0.0] * 12)


def test_many_observations_at_once_are_those_of_one_after_another():
    num_qubits, free = np.array([130, 250, 7]), np.arange(15).reshape(5, 3)
    scores, clops = [0.01, 0.02, 0.03, 0.04, 0.05], [2e5, 1e5, 3e4, 2e4, 1e4]

    many = observation(num_qubits, free, scores, clops)

    ones = [observation(num_qubits[i], free[:, i], scores, clops) for i in range(3)]
    assert np.array_equal(many, ones)


@pytest.mark.parametrize(
    ("weights", "num_qubits", "free", "shares"),
    [
        ([1.0, 1.0, 0.0, 0.0, 0.0], 200, [127] * 5, [100, 100, 0, 0, 0]),
        ([0.3, 0.2, 0.5, 0.1, 0.9], 200, [127] * 5, [30, 20, 50, 10, 90]),
        # Thirds of 200: the first two have as large a remainder as the third, and come earlier.
        ([0.5, 0.5, 0.5, 0.0, 0.0], 200, [127] * 5, [67, 67, 66, 0, 0]),
        # 0.25 and 0.5 and 0.25 of 5 are 1.25, 2.5 and 1.25: the one left goes to the half.
        ([0.25, 0.5, 0.25], 5, [9] * 3, [1, 3, 1]),
        # 9/10 of 200 are 180, the first holds 127, the second gets the other 73.
        ([0.9, 0.1], 200, [127, 127], [127, 73]),
        # 127 are taken; what is left, 73, is split one to two.
        ([1.0, 0.01, 0.02], 200, [127, 127, 127], [127, 24, 49]),
        # Named devices hold 187; 13 are left for two others, the earlier gets one more.
        ([1.0, 0.5, 0.0, 0.0], 200, [127, 60, 127, 127], [127, 60, 7, 6]),
        # No weight: all alike.
        ([0.0] * 5, 200, [127] * 5, [40] * 5),
        ([0.0, 0.0, 0.0], 100, [10, 0, 127], [10, 0, 90]),
        # Weights are clipped to [0, 1].
        ([7.0, 1.0, -3.0], 100, [127] * 3, [50, 50, 0]),
        # A weight for what has no room goes to the others.
        ([1.0, 0.5, 0.5], 100, [0, 127, 127], [0, 50, 50]),
        # As much is free as is needed: all of it is taken.
        ([0.1, 0.9, 0.0], 30, [10, 10, 10], [10, 10, 10]),
    ],
)
def test_shares_worked_by_hand(weights, num_qubits, free, shares):
    assert qubit_shares(weights, num_qubits, free) == shares
    columns = np.array(weights)[:, None], np.array([num_qubits]), np.array(free)[:, None]
    assert qubit_shares_of_many(*columns)[:, 0].tolist() == shares


WEIGHTS = st.one_of(
    st.floats(0.0, 1.0, width=32), st.sampled_from([0.0, 0.5, 1.0, 1e-45, 1e-30, -1.0, 2.0])
)


@st.composite
def decisions(draw):
    """Weights, a job and free qubits that can hold it."""
    num_devices = draw(st.integers(1, 5))
    free = draw(st.lists(st.integers(0, 150), min_size=num_devices, max_size=num_devices))
    free[draw(st.integers(0, num_devices - 1))] += 1
    weights = draw(st.lists(WEIGHTS, min_size=num_devices, max_size=num_devices))
    return weights, draw(st.integers(1, sum(free))), free


@given(decisions())
def test_shares_sum_to_the_job_and_are_never_above_what_is_free(decision):
    weights, num_qubits, free = decision

    shares = qubit_shares(weights, num_qubits, free)

    assert sum(shares) == num_qubits
    assert all(0 <= share <= room for share, room in zip(shares, free, strict=True))


@given(decisions())
def test_a_device_of_weight_0_gets_qubits_only_when_the_others_are_full(decision):
    weights, num_qubits, free = decision

    shares = qubit_shares(weights, num_qubits, free)

    named = [i for i, weight in enumerate(weights) if weight > 0.0]
    if any(share and i not in named for i, share in enumerate(shares)):
        assert all(shares[i] == free[i] for i in named)


@given(decisions())
def test_shares_below_what_is_free_are_within_one_of_their_proportion(decision):
    weights, num_qubits, free = decision
    shares = qubit_shares(weights, num_qubits, free)
    clipped = [Fraction(float(np.float32(min(max(w, 0.0), 1.0)))) for w in weights]
    unfilled = [i for i, s in enumerate(shares) if s < free[i] and clipped[i] > 0]
    for i in unfilled:
        for j in unfilled:
            # Each is less than one away from the same multiple of its weight.
            assert (shares[i] - 1) * clipped[j] < (shares[j] + 1) * clipped[i]


@given(decisions())
def test_the_larger_of_two_weights_never_gets_less_unless_it_is_full(decision):
    weights, num_qubits, free = decision
    shares = qubit_shares(weights, num_qubits, free)
    clipped = np.clip(np.float32(weights), 0.0, 1.0)
    for i, share in enumerate(shares):
        for j, other in enumerate(shares):
            if clipped[i] > clipped[j] and share < free[i]:
                assert share >= other


@given(num_qubits=st.integers(1, 500), num_devices=st.integers(1, 5))
def test_equal_weights_give_the_earlier_devices_what_is_left(num_qubits, num_devices):
    shares = qubit_shares([0.5] * num_devices, num_qubits, [500] * num_devices)

    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


@given(st.lists(decisions(), min_size=1, max_size=20), st.data())
def test_many_jobs_at_once_get_the_shares_of_one_after_another(several, data):
    padded = [
        (w + [data.draw(WEIGHTS)] * (5 - len(w)), q, f + [0] * (5 - len(f))) for w, q, f in several
    ]
    weights, num_qubits, free = (np.array(column) for column in zip(*padded, strict=True))

    many = qubit_shares_of_many(weights.T, num_qubits, free.T)

    assert many.T.tolist() == [qubit_shares(*one) for one in padded]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_weights_that_are_not_finite_are_refused_and_named(value):
    with pytest.raises(InputError, match=rf"weight 1 is {value}; every number must be finite"):
        qubit_shares([0.5, value, 0.5], 10, [10] * 3)
    with pytest.raises(InputError, match=rf"weight 1, 0 is {value}"):
        qubit_shares_of_many([[0.5], [value]], np.array([10]), np.array([[10], [10]]))


def test_a_job_larger_than_what_is_free_is_refused():
    with pytest.raises(InputError, match="a job of 11 qubits is larger than what is free"):
        qubit_shares([1.0, 1.0], 11, [5, 5])
    with pytest.raises(InputError, match="a job of 11 qubits is larger than what is free"):
        qubit_shares_of_many(np.ones((2, 2)), np.array([10, 11]), np.full((2, 2), 5))
