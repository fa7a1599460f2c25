"""Runs with circuits and regions: what is placed where, what waits, and what is refused."""

from itertools import pairwise

import pytest
from qiskit import QuantumCircuit
from qiskit.circuit.library import QFTGate

import qsched
from qsched.errors import ConfigError, InputError, ScheduleError
from qsched.estimate.communication import LO
from qsched.model import Placement, Status
from qsched.policy.rules import PlacementRules
from qsched.sim import Simulation
from qsched.testing import check_schedule, make_device, make_fleet, make_job


def chain(num_qubits, name="chain"):
    circuit = QuantumCircuit(num_qubits, name=name)
    circuit.h(0)
    for a, b in pairwise(range(num_qubits)):
        circuit.cx(a, b)
    circuit.measure_all()
    return circuit


def run(jobs, *devices, **rules):
    rules = PlacementRules(**({"placement": "connected"} | rules))
    simulation = Simulation(make_fleet(*devices), jobs, rules=rules)
    result = simulation.run()
    check_schedule(result, jobs)
    return result


def test_small_jobs_share_a_device_in_connected_disjoint_regions():
    result = run([make_job(f"j{i}", 3) for i in range(4)], make_device(num_qubits=7))

    first, second, *later = result.jobs
    assert first.start_time_s == second.start_time_s == 0.0
    assert all(record.start_time_s == 50.0 for record in later)
    taken = [set(record.placements[0].qubits) for record in (first, second)]
    assert not taken[0] & taken[1]


def test_spacing_keeps_a_free_qubit_between_regions():
    jobs = [make_job("a", 3), make_job("b", 3)]
    near = run(jobs, make_device(num_qubits=6))
    apart = run(jobs, make_device(num_qubits=6), spacing=1)
    assert [record.start_time_s for record in near.jobs] == [0.0, 0.0]
    assert [record.start_time_s for record in apart.jobs] == [0.0, 50.0]


def test_job_waits_for_a_region_though_qubits_enough_are_free_and_says_so():
    """Qubit 2 is held in the middle of a chain of five: four are free, two together."""

    class Middle:
        """Puts the first job in the middle."""

        def decide(self, job, view):
            [qpu] = view.qpus
            if job.job_id == "first":
                return (Placement(qpu.name, 1, (2,)),)
            fits = qpu.free_qubits >= job.num_qubits
            return (Placement(qpu.name, job.num_qubits),) if fits else None

    jobs = [make_job("first", 1), make_job("second", 3)]
    simulation = Simulation(
        make_fleet(make_device()),
        jobs,
        policy=Middle(),
        rules=PlacementRules(placement="connected"),
    )
    result = simulation.run()
    check_schedule(result, jobs)

    second = result.jobs[1]
    assert second.start_time_s == 50.0
    assert "connected region" in second.wait_reason
    assert "4 qubits were free, the largest regions held 2" in second.wait_reason
    assert result.jobs[0].wait_reason == ""


def test_fidelity_comes_from_the_qubits_taken_and_both_numbers_are_told():
    errors = (0.001, 0.001, 0.2, 0.2, 0.2)
    result = run([make_job("a", 2)], make_device(readout_error=errors))
    [record] = result.jobs
    assert set(record.placements[0].qubits) == {0, 1}
    assert record.fidelity > record.fidelity_by_means
    by_count = run([make_job("a", 2)], make_device(readout_error=errors), placement="blackbox")
    assert by_count.jobs[0].fidelity == record.fidelity_by_means


def test_circuit_is_split_at_its_weakest_point_with_a_layout_for_each_part():
    devices = [make_device("a", 5), make_device("b", 6)]
    result = qsched.schedule(chain(9), devices=devices)
    check_schedule(result)

    [record] = result.jobs
    assert (record.cut_weight, record.sampling_overhead) == (1, pytest.approx(9.0))
    assert record.comm_time_s == pytest.approx(2 * 0.02)
    assert sorted(q for part in record.placements for q in part.logical) == list(range(9))
    for part in record.placements:
        assert all(abs(a - b) == 1 for a, b in pairwise(part.qubits))


def test_dense_circuit_is_rejected_with_overhead_and_the_device_it_needs():
    circuit = QuantumCircuit(9, name="qft")
    circuit.append(QFTGate(9), range(9))
    devices = [make_device("a", 5), make_device("b", 6)]

    [record] = qsched.schedule(circuit, devices=devices).jobs

    assert record.status is Status.REJECTED
    assert "not feasible" in record.reason
    assert "smallest device that would take it whole has 9 qubits" in record.reason
    [record] = qsched.schedule(circuit, devices=devices, max_overhead=float("inf")).jobs
    assert record.status is Status.DONE
    [record] = qsched.schedule(circuit, devices=devices, communication="epr").jobs
    assert record.status is Status.DONE


def test_cutting_multiplies_the_processing_time_by_its_overhead():
    devices = [make_device("a", 5), make_device("b", 6)]
    [paper] = qsched.schedule(chain(9), devices=devices).jobs
    [cut] = qsched.schedule(chain(9), devices=devices, communication=LO).jobs
    assert cut.processing_time_s == pytest.approx(9.0 * paper.processing_time_s)
    assert cut.comm_time_s == 0.0


def test_circuit_that_falls_apart_is_split_without_a_cut():
    circuit = QuantumCircuit(8, name="pairs")
    for a in range(4):
        circuit.cx(a, 7 - a)
    [record] = qsched.schedule(circuit, devices=[make_device("a", 4), make_device("b", 4)]).jobs
    assert record.cut_weight == 0
    assert record.comm_time_s == 0.0


def test_rows_of_a_table_are_counted_as_the_paper_does():
    result = qsched.schedule([make_job("a", 8)], devices=[make_device("x", 5), make_device("y", 5)])
    [record] = result.jobs
    assert result.rules.placement == "blackbox"
    assert [part.qubits for part in record.placements] == [None, None]
    assert (record.cut_weight, record.sampling_overhead) == (None, None)


@pytest.mark.parametrize("discipline", ["fcfs", "sjf", "easy"])
def test_streams_of_jobs_keep_every_law_in_regions(discipline):
    jobs = [make_job(f"j{i}", 1 + i % 7, shots=100 * (1 + i % 5)) for i in range(40)]
    simulation = Simulation(
        make_fleet(make_device("a", 9), make_device("b", 6)),
        jobs,
        discipline=discipline,
        rules=PlacementRules(placement="connected"),
    )
    result = simulation.run()
    check_schedule(result, jobs)
    assert result.summary.num_done == 40
    again = Simulation(
        make_fleet(make_device("a", 9), make_device("b", 6)),
        jobs,
        discipline=discipline,
        rules=PlacementRules(placement="connected"),
    ).run()
    assert again.to_json() == result.to_json()


def test_region_that_does_not_hang_together_breaks_a_law():
    class Apart:
        """Takes the two ends of a chain."""

        def decide(self, job, view):
            return (Placement(view.qpus[0].name, 2, (0, 4)),)

    jobs = [make_job("a", 2)]
    simulation = Simulation(
        make_fleet(make_device()),
        jobs,
        policy=Apart(),
        rules=PlacementRules(placement="connected"),
    )
    with pytest.raises(ScheduleError, match="do not hang together"):
        check_schedule(simulation.run(), jobs)


@pytest.mark.parametrize(
    ("rules", "problem"),
    [
        ({"placement": "conected"}, "did you mean 'connected'"),
        ({"spacing": 2}, "spacing is 2"),
        ({"max_overhead": 0.5}, "max_overhead is 0.5"),
    ],
)
def test_rules_that_cannot_be_are_refused(rules, problem):
    with pytest.raises(ConfigError, match=problem):
        PlacementRules(**rules)


def test_regions_on_a_device_without_couplings_are_refused():
    """Where two-qubit errors are not known either, the model says it first."""
    blank = make_device(coupling_map=(), two_qubit_error={})
    with pytest.raises(InputError, match="no working two-qubit error"):
        run([make_job()], blank)
