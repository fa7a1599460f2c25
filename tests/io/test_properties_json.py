"""``BackendProperties`` as JSON: what Qiskit makes of it, or one line that says what is wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import CalibrationError
from qsched.io.backends import load_fake_backend
from qsched.io.imports import import_calibrations, read_calibration_file
from qsched.io.properties_json import parse_properties, read_properties_json
from qsched.io.snapshots import write_snapshot

WHEN = "2024-05-27T15:27:23-03:00"


def value(name, number, unit=""):
    return {"name": name, "unit": unit, "value": number, "date": WHEN}


def gate(name, qubits, error, length=50, *more):
    parameters = [value("gate_error", error), value("gate_length", length, "ns"), *more]
    return {"gate": name, "qubits": qubits, "parameters": parameters, "name": "x"}


def dump(**changes):
    qubit = [value("T1", 100, "us"), value("T2", 0.05, "ms"), value("readout_error", 0.02)]
    content = {
        "backend_name": "ibmq_lab",
        "backend_version": "1",
        "last_update_date": WHEN,
        "qubits": [qubit, [*qubit, value("operational", 0)], [value("readout_length", 700, "ns")]],
        "gates": [
            gate("sx", [0], 0.001), gate("x", [0], 0.5), gate("rz", [0], 0),
            gate("u2", [1], 0.003), gate("u1", [1], 0.0), gate("u3", [1], 0.006),
            gate("cx", [0, 1], 0.02, 300), gate("cx", [1, 0], 0.01, 400), gate("rzz", [0, 1], 1e-9),
            gate("cx", [2, 1], 0.03, 500, value("operational", 0)),
            gate("reset", [0], 0),
        ],
        "general": [],
    }  # fmt: skip
    return {**content, **changes}


def test_values_are_taken_in_seconds_and_the_better_direction_counts():
    profile = parse_properties(dump(), "test")

    assert (profile.name, profile.num_qubits) == ("ibmq_lab", 3)
    assert profile.t1_s == pytest.approx((1e-4, 1e-4, None))
    assert profile.t2_s == pytest.approx((5e-5, 5e-5, None))
    assert profile.readout_error == (0.02, 0.02, None)
    assert profile.readout_duration_s == (None, None, pytest.approx(7e-7))
    assert profile.single_qubit_error == (0.001, 0.003, None)
    assert profile.two_qubit_error == {(0, 1): 0.01, (1, 2): 1.0}
    assert profile.two_qubit_duration_s[0, 1] == pytest.approx(4e-7)
    assert profile.faulty_qubits == (1,)
    assert profile.basis_gates == ("cx", "rz", "sx", "u1", "u2", "u3", "x")
    assert profile.calibrated_at == datetime(2024, 5, 27, 18, 27, 23, tzinfo=UTC)
    assert profile.origin == "BackendProperties"


@pytest.mark.parametrize("city", ["manila", "kolkata", "kyiv", "fez", "washington", "torino"])
def test_means_are_those_of_the_backend_itself(city):
    import qiskit_ibm_runtime

    folder = Path(qiskit_ibm_runtime.__file__).parent / "fake_provider" / "backends" / city
    profile = read_properties_json(folder / f"props_{city}.json")
    backend = load_fake_backend(f"fake_{city}")

    assert profile.error_means == pytest.approx(backend.error_means)
    assert profile.plain_means == pytest.approx(backend.plain_means)
    assert profile.dead_couplers == backend.dead_couplers
    assert profile.calibrated_at == backend.calibrated_at


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ([], "the file is"),
        ({}, "has no backend_name, qubits and gates"),
        (dump(backend_name=7), "backend_name is 7"),
        (dump(backend_name="a/b"), "cannot be named"),
        (dump(qubits=[], gates=[]), "num_qubits is 0"),
        (dump(qubits={}), "qubits is {}"),
        (dump(qubits=[7]), "qubit 0 is 7"),
        (dump(qubits=[[7]]), "qubit 0 is 7"),
        (dump(qubits=[[value("T1", "long", "us")]], gates=[]), "T1 of qubit 0 is 'long'"),
        (dump(qubits=[[value("T1", 5, "miles")]], gates=[]), "unknown unit"),
        (dump(qubits=[[value("readout_error", 1.5)]], gates=[]), "readout_error of 0 is 1.5"),
        (dump(gates=[{"gate": "cx"}]), "must name a gate and its qubits"),
        (dump(gates=[gate("cx", [0, 9], 0.1)]), "must name a gate and its qubits"),
        (dump(gates=[gate("cx", [0, 1], -0.1)]), "out of range"),
        (dump(last_update_date=7), "last_update_date is 7"),
        (dump(last_update_date="soon"), "'soon' is no time"),
    ],
)
def test_a_wrong_dump_is_refused_in_one_line(content, problem):
    with pytest.raises(CalibrationError, match=problem) as caught:
        parse_properties(content, "dump.json")
    assert "\n" not in str(caught.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


def mutate(value, data):
    """Replace one value at some depth by any other."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    key = data.draw(st.sampled_from(keys))
    inner = value[key]
    if inner and isinstance(inner, dict | list) and data.draw(st.booleans()):
        mutate(inner, data)
    else:
        value[key] = data.draw(json_values)


def parsed_or_refused(content):
    """Return the profile, or ``None`` for the one kind of error that may come out."""
    try:
        return parse_properties(content, "dump")
    except CalibrationError:
        return None


@given(st.data())
def test_a_mutated_dump_gives_a_profile_or_our_error(data):
    content = json.loads(json.dumps(dump()))
    mutate(content, data)

    profile = parsed_or_refused(content)

    assert profile is None or profile.num_qubits >= 1


def test_files_are_told_apart_and_the_bad_ones_listed(tmp_path):
    whole, undated, broken = (tmp_path / f"{name}.json" for name in ("whole", "undated", "broken"))
    whole.write_text(json.dumps(dump()), encoding="utf-8")
    undated.write_text(json.dumps(dump(last_update_date=None)), encoding="utf-8")
    broken.write_text("{", encoding="utf-8")
    snapshot = write_snapshot(load_fake_backend("fake_manila"), tmp_path)

    profiles, errors = import_calibrations([whole, undated, broken, snapshot])

    assert [profile.name for profile in profiles] == ["ibmq_lab", "fake_manila"]
    assert ["no capture time" in str(errors[0]), "not JSON" in str(errors[1])] == [True, True]
    assert read_calibration_file(
        undated, captured_at=datetime(2024, 1, 1, tzinfo=UTC)
    ).calibrated_at == datetime(2024, 1, 1, tzinfo=UTC)
