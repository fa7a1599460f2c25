"""The published figures, and what is drawn anew in their likeness."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import ConfigError
from qsched.estimate import load_model
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import (
    TABLE,
    TABLE_DIGEST,
    Figures,
    cut,
    exact_figures,
    printed_figures,
    published_fleet,
    workload_digest,
)
from qsched.metrics import summarise
from qsched.sim import Simulation
from qsched.testing import make_job


def test_all_jobs_of_a_workload_are_in_the_published_ranges():
    jobs = paper_workload(seed=3, num_jobs=5_000)

    for job in jobs:
        assert 10_000 <= job.shots <= 100_000
        assert job.shots % 100 == 0
        assert job.num_two_qubit_gates in {job.num_qubits // 10, job.num_qubits // 10 + 1}
        assert job.num_qubits % 10 > 3 or job.num_two_qubit_gates == job.num_qubits // 10
        assert (job.priority, job.submit_time_s) == (2, 0.0)
    assert {job.num_qubits for job in jobs} == set(range(130, 251))
    assert {job.depth for job in jobs} == set(range(5, 21))
    assert min(job.shots for job in jobs) < 10_200
    assert max(job.shots for job in jobs) > 99_800


def test_every_job_of_it_must_be_split_and_fits_the_fleet():
    fleet = published_fleet()

    for job in paper_workload():
        assert max(device.num_qubits for device in fleet.devices) < job.num_qubits
        assert job.num_qubits <= fleet.num_qubits


def test_equal_seeds_draw_equal_jobs_and_others_do_not():
    assert paper_workload(5, 100) == paper_workload(5, 100)
    assert paper_workload(5, 100) != paper_workload(6, 100)


def test_a_shorter_workload_is_the_beginning_of_a_longer_one():
    assert paper_workload(5, 20) == paper_workload(5, 1000)[:20]


def test_ids_count_from_one():
    assert [job.job_id for job in paper_workload(0, 3)] == ["1", "2", "3"]
    assert len(paper_workload()) == 1000


@pytest.mark.parametrize(("seed", "num_jobs"), [(-1, 10), (0, 0), (0, -5)])
def test_workloads_that_cannot_be_are_refused(seed, num_jobs):
    with pytest.raises(ConfigError):
        paper_workload(seed, num_jobs)


@given(value=st.floats(0.0, 1e9), digits=st.integers(0, 6))
def test_cutting_keeps_the_first_decimals_and_never_goes_up(value, digits):
    shorter = cut(value, digits)

    assert shorter <= value
    assert value - shorter < 10.0**-digits * (1 + 1e-6) + value * 1e-15
    assert cut(shorter, digits) == shorter


def test_published_makespans_are_cut_and_the_others_rounded():
    class Summary:
        makespan_s, mean_fidelity, std_fidelity = 106206.21747126438, 0.6878074, 0.014804117
        comm_time_s, num_done = 3822.7400000000002, 1000

    assert printed_figures(Summary) == Figures(106206.21, 0.68781, 0.01480, 3822.74)


def test_there_are_no_figures_where_no_job_is_done():
    nothing = summarise([], {"a": 5})

    assert exact_figures(nothing) == printed_figures(nothing) == Figures(None, None, None, None)


def test_every_number_that_a_run_depends_on_is_in_the_digest():
    jobs = [make_job("a", 130), make_job("b", 140)]
    digest = workload_digest(jobs)

    for change in (
        {"num_qubits": 131},
        {"depth": 6},
        {"num_two_qubit_gates": 5},
        {"shots": 1},
        {"submit_time_s": 0.5},
    ):
        assert workload_digest([make_job("a", **({"num_qubits": 130} | change)), jobs[1]]) != digest
    assert workload_digest(reversed(jobs)) != digest
    assert workload_digest([make_job("other", 130, name="x"), jobs[1]]) == digest
    assert len(digest) == len(TABLE_DIGEST) == 64


def test_the_table_has_the_four_modes_in_their_order():
    assert list(TABLE) == ["speed", "fidelity", "fair", "rlbase"]


def test_embedded_fleet_is_that_of_the_paper():
    fleet = published_fleet()

    assert [device.name for device in fleet.devices] == [
        "ibm_strasbourg", "ibm_brussels", "ibm_kyiv", "ibm_quebec", "ibm_kawasaki",
    ]  # fmt: skip
    assert [device.clops for device in fleet.devices] == [220e3, 220e3, 30e3, 32e3, 29e3]
    assert {device.num_qubits for device in fleet.devices} == {127}
    assert {device.quantum_volume for device in fleet.devices} == {128}
    assert {len(device.coupling_map) for device in fleet.devices} == {144}


def test_dead_couplers_are_in_the_means_of_icpp2025_and_masked_in_those_of_paper():
    for device in published_fleet().devices:
        plain, masked = (load_model(name).rates(device) for name in ("icpp2025", "paper"))
        assert plain.readout_error == pytest.approx(masked.readout_error)
        assert plain.two_qubit_error > 4 * masked.two_qubit_error


def test_the_embedded_fleet_runs_with_any_broker():
    result = Simulation(published_fleet(), paper_workload(0, 20), policy="fidelity").run()

    assert result.summary.num_done == 20
