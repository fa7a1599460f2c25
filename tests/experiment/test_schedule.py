"""One call from circuits and devices to a scored schedule."""

import pytest
from qiskit import QuantumCircuit
from qiskit_ibm_runtime.fake_provider import FakeManilaV2

import qsched
from qsched.errors import BadInputs, CircuitError, ConfigError, InputError, JobTableError
from qsched.experiment.published import published_fleet
from qsched.experiment.schedule import make_fleet as fleet_of
from qsched.experiment.schedule import make_jobs
from qsched.sim import RunInterrupted
from qsched.testing import EventLog, check_schedule, make_device, make_fleet, make_job


def ghz(num_qubits, name="ghz"):
    circuit = QuantumCircuit(num_qubits, name=name)
    circuit.h(0)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure_all()
    return circuit


def test_circuit_is_scheduled_on_a_snapshot_by_name():
    result = qsched.schedule(ghz(4), devices=["fake_manila"], shots=100)

    check_schedule(result)
    (record,) = result.jobs
    assert (record.job_id, record.num_qubits, record.num_two_qubit_gates) == ("ghz", 4, 3)
    assert record.shots == 100
    assert record.placements[0].device == "fake_manila"


def test_circuits_jobs_and_paths_go_together(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text("job_id,num_qubits,depth,two_qubits,num_shots\nrow,2,3,1,10\n")

    jobs = make_jobs([ghz(3), make_job("made"), path, str(path)])

    assert [job.job_id for job in jobs] == ["ghz", "made", "row", "row-2"]
    assert [job.shots for job in jobs] == [4096, 1_000, 10, 10]


def test_shots_of_the_call_are_those_of_every_job(tmp_path):
    assert {job.shots for job in make_jobs([ghz(3), make_job("made")], shots=7)} == {7}


def test_names_that_come_twice_are_numbered_and_never_taken_from_others():
    jobs = make_jobs([make_job("a"), make_job("a-2"), make_job("a"), make_job("a")])

    assert [job.job_id for job in jobs] == ["a", "a-2", "a-3", "a-4"]


def test_devices_are_names_profiles_and_backends():
    result = qsched.schedule(
        [ghz(3)], devices=["fake_lima", make_device("mine"), FakeManilaV2()], policy="first_fit"
    )

    assert [device.name for device in result.fleet.devices] == ["fake_lima", "mine", "fake_manila"]


def test_fleet_of_the_paper_is_the_default():
    result = qsched.schedule([make_job("j", 200)])

    assert [device.name for device in result.fleet.devices] == [
        "fake_strasbourg",
        "fake_brussels",
        "fake_kyiv",
        "fake_quebec",
        "fake_kawasaki",
    ]
    assert len(result.jobs[0].placements) == 2


def test_choices_of_the_call_are_those_of_the_run():
    log = EventLog()
    result = qsched.schedule(
        [make_job("a", submit_time_s=9.0), make_job("b")],
        fleet=make_fleet(),
        policy="fair",
        model="icpp2025",
        broker="serial",
        discipline="sjf",
        arrivals="batch",
        seed=3,
        recorders=[log],
    )

    assert (result.policy, result.model.name, result.broker) == ("fair", "icpp2025", "serial")
    assert (result.discipline, result.seed) == ("sjf", 3)
    assert [job.submit_time_s for job in result.jobs] == [0.0, 0.0]
    assert log.events == list(result.events)


def test_equal_seeds_give_equal_bytes():
    def text(seed):
        jobs = [make_job(f"j{i}") for i in range(9)]
        return qsched.schedule(
            jobs, fleet=make_fleet(), arrivals="poisson:0.1", seed=seed
        ).to_json()

    assert text(1) == text(1) != text(2)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"devices": ["fake_manila"], "fleet": "paper"}, ConfigError, "both devices and a fleet"),
        ({"devices": ["fake_manilla"]}, InputError, "fake_manila"),
        ({"devices": [7]}, InputError, "7"),
        ({"devices": []}, ConfigError, "no device"),
        ({"devices": ["fake_manila", "fake_manila"]}, InputError, "twice"),
        ({"fleet": "nosuch"}, InputError, "nosuch"),
        ({"fleet": make_fleet(), "policy": "sped"}, InputError, "did you mean 'speed'"),
        ({"fleet": make_fleet(), "arrivals": "poisson:-1"}, ConfigError, "arrival rate"),
        ({"fleet": make_fleet(), "seed": -1}, ConfigError, "seed is -1"),
        ({"fleet": make_fleet(), "shots": 0}, JobTableError, "shots is 0"),
    ],
)
def test_what_cannot_be_used_is_an_input_error_with_the_remedy(arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        qsched.schedule([make_job("j")], **arguments)
    assert "\n" not in str(caught.value) or isinstance(caught.value, BadInputs)


def test_file_that_is_not_there_is_an_input_error():
    with pytest.raises(InputError, match="nowhere"):
        qsched.schedule("nowhere.qasm", fleet=make_fleet())


@pytest.mark.parametrize("thing", [7, object(), None])
def test_what_is_no_circuit_is_an_input_error(thing):
    with pytest.raises(CircuitError):
        qsched.schedule([thing], fleet=make_fleet())


def test_interrupted_call_carries_what_was_done():
    class Stop:
        def on_event(self, event):
            if event.kind.name == "FINISHED":
                raise KeyboardInterrupt

    with pytest.raises(RunInterrupted) as caught:
        qsched.schedule([make_job("a"), make_job("b")], fleet=make_fleet(), recorders=[Stop()])

    check_schedule(caught.value.result)
    assert caught.value.result.partial


def test_the_published_fleet_has_a_name():
    assert fleet_of(None, "published") == published_fleet()
