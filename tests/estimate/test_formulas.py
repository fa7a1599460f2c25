"""Equations (2) to (9) against numbers worked out by hand, for floats and arrays alike."""

from math import log2, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.estimate import (
    communication_time_s,
    error_score,
    execution_time_s,
    final_fidelity,
    readout_fidelity,
    single_qubit_fidelity,
    two_qubit_fidelity,
)

ERRORS = st.floats(0.0, 1.0)


def test_error_score_weighs_readout_most():
    assert error_score(0.1, 0.01, 0.02) == pytest.approx(0.05 + 0.003 + 0.004)
    assert error_score(0.1, 0.01, 0.02, (1.0, 0.0, 0.0)) == 0.1


def test_execution_time_of_the_worked_example_is_twenty_one_minutes():
    seconds = execution_time_s(40_000, 220_000, 128)

    assert seconds == pytest.approx(100 * 10 * 40_000 * 7 / 220_000)
    assert seconds / 60 == pytest.approx(21.2, abs=0.05)


@given(
    st.integers(1, 10**6),
    st.floats(1.0, 1e9),
    st.sampled_from([2, 32, 128, 512]),
    st.integers(1, 9),
)
def test_execution_time_is_proportional_to_shots_and_layers(shots, clops, volume, factor):
    one = execution_time_s(shots, clops, volume)

    assert execution_time_s(factor * shots, clops, volume) == pytest.approx(factor * one)
    assert execution_time_s(shots, factor * clops, volume) == pytest.approx(one / factor)
    assert one / log2(volume) == pytest.approx(execution_time_s(shots, clops, 2))


def test_single_qubit_fidelity_is_a_power_of_the_depth():
    assert single_qubit_fidelity(0.1, 3) == pytest.approx(0.9 * 0.9 * 0.9)
    assert single_qubit_fidelity(0.1, 0) == 1.0


def test_two_qubit_fidelity_is_a_product_over_the_gates():
    assert two_qubit_fidelity(0.1, 4) == pytest.approx(prod([0.9] * 4))
    assert two_qubit_fidelity(0.1, 2.5) ** 2 == pytest.approx(0.9**5)


def test_readout_fidelity_is_a_power_of_the_root_of_the_qubits_of_a_part():
    assert readout_fidelity(0.1, 16) == pytest.approx(0.9**4)
    assert readout_fidelity(0.1, 200 / 2) == pytest.approx(0.9**10)


def test_final_fidelity_loses_the_link_once_for_each_pair_of_neighbours():
    assert final_fidelity(0.5, 1) == 0.5
    assert final_fidelity(0.5, 3) == pytest.approx(0.5 * 0.94 * 0.94)
    assert final_fidelity(0.5, 3, 0.9) == pytest.approx(0.5 * 0.81)


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [([127], 0.0), ([100, 88], 3.76), ([38, 38, 38, 37, 37], 6.02), ([1, 1], 0.04)],
)
def test_communication_time_sums_over_pairs_of_neighbours(parts, seconds):
    assert communication_time_s(parts) == pytest.approx(seconds)


@given(st.lists(st.integers(1, 200), min_size=1, max_size=6), st.floats(0.0, 10.0))
def test_communication_time_does_not_depend_on_the_direction(parts, latency_s):
    assert communication_time_s(parts, latency_s) == pytest.approx(
        communication_time_s(parts[::-1], latency_s)
    )


@given(ERRORS, ERRORS, ERRORS, st.integers(0, 500), st.floats(0.0, 5_000.0), st.floats(1.0, 500.0))
def test_fidelities_are_probabilities(readout, single, double, depth, gates, qubits):
    factors = (
        single_qubit_fidelity(single, depth),
        two_qubit_fidelity(double, gates),
        readout_fidelity(readout, qubits),
        error_score(readout, single, double),
    )

    assert all(0.0 <= factor <= 1.0 for factor in factors)


@given(ERRORS, ERRORS, st.integers(0, 50))
def test_more_error_gives_no_more_fidelity(one, other, exponent):
    low, high = sorted((one, other))

    for formula in (single_qubit_fidelity, two_qubit_fidelity, readout_fidelity):
        assert formula(high, exponent) <= formula(low, exponent)


def test_formulas_take_arrays():
    errors = np.array([0.0, 0.01, 0.5])
    amounts = np.array([4.0, 9.0, 16.0])

    for formula in (single_qubit_fidelity, two_qubit_fidelity, readout_fidelity):
        together = formula(errors, amounts)
        assert together.tolist() == pytest.approx(
            [formula(e, n) for e, n in zip(errors.tolist(), amounts.tolist(), strict=True)]
        )
    assert error_score(errors, errors, errors).tolist() == pytest.approx(errors.tolist())
    assert execution_time_s(amounts, 1e5, 32).shape == (3,)
