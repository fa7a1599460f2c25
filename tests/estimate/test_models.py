"""Cost models: what they take of a device, and which arithmetic a plan is scored with."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import CalibrationError
from qsched.estimate import Constants
from qsched.estimate.models import ICPP2025, PAPER
from qsched.model import ErrorMeans
from qsched.testing import make_device, make_job

DEVICE = make_device("d", 100)


def test_rates_are_means_and_the_time_of_one_shot():
    rates = PAPER.rates(DEVICE)

    assert (rates.readout_error, rates.single_qubit_error, rates.two_qubit_error) == pytest.approx(
        (0.01, 0.0003, 0.008)
    )
    assert rates.error_score == pytest.approx(0.5 * 0.01 + 0.3 * 0.0003 + 0.2 * 0.008)
    assert rates.processing_time_per_shot == pytest.approx(1_000 * 5 / 100_000)


def test_dead_and_missing_values_are_not_averaged_in():
    device = make_device(
        "d",
        4,
        readout_error=(0.01, None, 1.0, 0.03),
        single_qubit_error=(0.001, 0.001, None, 0.99),
        two_qubit_error={(0, 1): 0.02, (1, 2): 1.0, (2, 3): None},
    )

    rates = PAPER.rates(device)

    assert rates.readout_error == pytest.approx(0.02)
    assert rates.single_qubit_error == pytest.approx(0.001)
    assert rates.two_qubit_error == pytest.approx(0.02)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"clops": None}, "d: device states no CLOPS.*; give clops"),
        ({"quantum_volume": None}, "d: device states no quantum volume"),
        ({"readout_error": (None,) * 5}, "no working readout error"),
        ({"readout_error": (1.0,) * 5}, "no working readout error"),
        ({"single_qubit_error": ()}, "no working single-qubit error"),
        ({"two_qubit_error": {(0, 1): None}}, "no working two-qubit error"),
    ],
)
def test_device_that_does_not_report_what_the_model_needs_is_refused(changes, message):
    with pytest.raises(CalibrationError, match=message):
        PAPER.rates(make_device("d", 5, **changes))


def test_device_of_one_qubit_needs_no_couplers():
    assert PAPER.rates(make_device("d", 1)).two_qubit_error == 0.0


def test_whole_job_is_scored_with_equations_four_to_eight():
    job = make_job("j", 100, depth=20, num_two_qubit_gates=30, shots=1_000)

    estimate = PAPER.estimate(job, [100], [PAPER.rates(DEVICE)])

    assert estimate.fidelity == pytest.approx((1 - 0.0003) ** 20 * 0.992**30 * 0.99**10)
    assert (estimate.comm_time_s, estimate.processing_time_s) == (0.0, 50.0)


def test_split_job_is_scored_by_the_mean_of_its_parts_and_the_slowest_device():
    """Two parts of 50: 15 gates and sqrt(50) readouts each, one link."""
    slow = make_device("slow", 100, clops=50_000.0, readout_error=(0.05,) * 100)
    job = make_job("j", 100, depth=20, num_two_qubit_gates=30)
    rates = [PAPER.rates(DEVICE), PAPER.rates(slow)]

    estimate = PAPER.estimate(job, [50, 50], rates)

    gates = (1 - 0.0003) ** 20 * 0.992**15
    mean = (gates * 0.99**50**0.5 + gates * 0.95**50**0.5) / 2
    assert estimate.fidelity == pytest.approx(mean * 0.94)
    assert estimate.comm_time_s == pytest.approx(2.0)
    assert estimate.processing_time_s == 100.0


def test_published_code_counts_minutes_rounds_down_and_leaves_two_qubit_gates_out():
    job = make_job("j", 101, depth=20, num_two_qubit_gates=30)
    rates = [ICPP2025.rates(DEVICE)] * 2

    estimate = ICPP2025.estimate(job, [51, 50], rates)

    assert estimate.fidelity == round((1 - 0.0003) ** 20 * 0.99 ** (101 // 2) ** 0.5 * 0.94, 4)
    assert estimate.processing_time_s == pytest.approx(50.0 / 60)
    assert estimate.comm_time_s == pytest.approx(101 * 0.02)


def test_published_code_takes_plain_means_where_there_are_any():
    device = replace(DEVICE, plain_means=ErrorMeans(0.04, 0.002, 0.3))

    assert ICPP2025.rates(device).readout_error == 0.04
    assert PAPER.rates(device).readout_error == pytest.approx(0.01)


def test_every_constant_can_be_another():
    model = replace(
        PAPER,
        constants=Constants(
            num_templates=1,
            num_updates=2,
            link_fidelity=0.5,
            latency_s=1.0,
            error_weights=(0.0, 0.0, 1.0),
        ),
    )
    rates = [model.rates(DEVICE)] * 2
    job = make_job("j", 10, depth=0, num_two_qubit_gates=0)

    estimate = model.estimate(job, [5, 5], rates)

    assert rates[0].error_score == pytest.approx(0.008)
    assert estimate.comm_time_s == 10.0
    assert estimate.processing_time_s == pytest.approx(0.1)
    assert estimate.fidelity == pytest.approx(0.5 * 0.99**5**0.5)


@given(
    st.integers(1, 500),
    st.integers(0, 1_000),
    st.integers(0, 10_000),
    st.integers(1, 10**6),
    st.integers(1, 5),
    st.sampled_from([PAPER, ICPP2025]),
)
def test_estimates_are_finite_and_fidelities_probabilities(
    num_qubits, depth, gates, shots, num_parts, model
):
    num_parts = min(num_parts, num_qubits)
    job = make_job("j", num_qubits, depth=depth, num_two_qubit_gates=gates, shots=shots)
    parts = [num_qubits - num_parts + 1] + [1] * (num_parts - 1)

    estimate = model.estimate(job, parts, [model.rates(DEVICE)] * num_parts)

    assert 0.0 <= estimate.fidelity <= 1.0
    assert 0.0 < estimate.processing_time_s < float("inf")
    assert (estimate.comm_time_s > 0.0) is (num_parts > 1)
