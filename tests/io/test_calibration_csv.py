"""IBM's calibration exports: what is read, and what is refused in one line each."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from math import isclose
from pathlib import Path
from statistics import fmean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsched.errors import BadInputs, CalibrationError, InputError
from qsched.io import _calibration_table
from qsched.io.calibration_csv import parse_file_name, read_calibration_csv
from qsched.io.imports import import_calibrations

PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "icpp2025" / "calibrations"
FILES = sorted(PUBLISHED.glob("*/*.csv"))
needs_published = pytest.mark.skipif(
    not FILES, reason="the published calibrations are not at ../shared/icpp2025/calibrations"
)

NAME = "ibm_lab_calibrations_2025-03-30T02_24_45Z.csv"
EAGLE = (
    '"Qubit","T1 (us)","T2 (us)","Readout assignment error ","Readout length (ns)",'
    '"ID error ","Z-axis rotation (rz) error ","√x (sx) error ","Pauli-X error ",'
    '"ECR error ","Gate time (ns)","Operational"\n'
    '"0","100","50.5","0.02","1300","0.001","0","0.001","0.001","0_1:0.01","0_1:660","true"\n'
    '"1","200","","0.04","1300","0.003","0","0.003","0.003","","","true"\n'
    '"2","300","150","","1300","1","0","1","1","2_1:1","2_1:500","true"\n'
)
HERON = (
    "Qubit,T1 (us),T2 (us),Readout assignment error ,Readout length (ns),RX error ,"
    "√x (sx) error ,CZ error ,RZZ error ,Gate time (ns),Operational\n"
    "0,100,50,0.02,1560,0.001,0.001,0_1:0.02,0_1:0.001,0_1:84,TRUE\n"
    "1,100,50,0.02,1560,0.001,0.001,1_0:0.02;1_2:0.03,1_0:0.001;1_2:0.001,1_0:68;1_2:70,TRUE\n"
    "2,100,50,0.02,1560,0.001,0.001,2_1:0.01,2_1:0.001,2_1:90,FALSE\n"
)


@pytest.fixture
def export(tmp_path):
    """Write an export and return its path."""

    def write(text, name=NAME, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


def errors_of(path, **options):
    """Return the lines of what reading a file raises."""
    with pytest.raises(InputError) as caught:
        read_calibration_csv(path, **options)
    error = caught.value
    found = error.errors if isinstance(error, BadInputs) else [error]
    assert all(isinstance(e, CalibrationError) for e in found)
    assert all(str(path) in str(e) and "\n" not in str(e) for e in found)
    return [str(e).replace(str(path), "FILE") for e in found]


def test_an_eagle_export_is_read_cell_by_cell(export):
    profile = read_calibration_csv(export(EAGLE))

    assert profile.name == "ibm_lab"
    assert profile.num_qubits == 3
    assert profile.calibrated_at == datetime(2025, 3, 30, 2, 24, 45, tzinfo=UTC)
    assert profile.readout_error == (0.02, 0.04, None)
    assert profile.single_qubit_error == (0.001, 0.003, 1.0)
    assert profile.coupling_map == ((0, 1), (1, 2))
    assert profile.two_qubit_error == {(0, 1): 0.01, (1, 2): 1.0}
    assert profile.two_qubit_duration_s == {(0, 1): 660e-9, (1, 2): 500e-9}
    assert profile.t1_s == (100e-6, 200e-6, 300e-6)
    assert profile.t2_s == (50.5e-6, None, 150e-6)
    assert profile.readout_duration_s == (1300e-9,) * 3
    assert profile.basis_gates == ("ecr", "id", "rz", "sx", "x")
    assert profile.origin == "IBM calibration export"


def test_dead_entries_are_masked_in_our_means_and_counted_in_the_plain_ones(export):
    profile = read_calibration_csv(export(EAGLE))

    assert profile.dead_couplers == ((1, 2),)
    assert profile.dead_qubits == (2,)
    assert profile.num_missing_values == 1
    assert profile.error_means == (0.03, 0.002, 0.01)
    assert isclose(profile.plain_means.readout, 0.03)
    assert isclose(profile.plain_means.single_qubit, 1.004 / 3)
    assert isclose(profile.plain_means.two_qubit, 1.01 / 2)


def test_a_heron_export_takes_cz_not_rzz_and_the_better_direction(export):
    profile = read_calibration_csv(export(HERON))

    assert profile.two_qubit_error == {(0, 1): 0.02, (1, 2): 0.01}
    assert profile.two_qubit_duration_s == {(0, 1): 84e-9, (1, 2): 90e-9}
    assert isclose(profile.plain_means.two_qubit, (0.02 + 0.02 + 0.03 + 0.01) / 4)
    assert profile.basis_gates == ("cz", "rx", "rzz", "sx")


def test_a_qubit_out_of_service_is_dead_with_its_couplers(export):
    profile = read_calibration_csv(export(HERON))

    assert profile.faulty_qubits == profile.dead_qubits == (2,)
    assert profile.dead_couplers == ((1, 2),)
    assert profile.error_means.two_qubit == 0.02


def test_rows_may_come_in_any_order_and_with_a_byte_order_mark(export):
    head, *rows = EAGLE.splitlines()
    shuffled = "\r\n".join([head, *reversed(rows), ""])

    plain = read_calibration_csv(export(EAGLE))
    assert read_calibration_csv(export(shuffled, encoding="utf-8-sig")) == plain


@pytest.mark.parametrize(
    ("name", "device", "when"),
    [
        ("ibm_kyiv_calibrations_2025-03-30T02_24_45Z.csv", "ibm_kyiv", "2025-03-30T02:24:45"),
        ("ibm_kyiv_calibrations_2025-03-30T022445Z (1).csv", "ibm_kyiv", "2025-03-30T02:24:45"),
        ("ibm_kyiv_calibrations.csv", "ibm_kyiv", None),
        ("my export.csv", "my export", None),
    ],
)
def test_the_file_name_tells_device_and_time(name, device, when):
    found = parse_file_name(Path("folder") / name)

    assert found.device == device
    assert found.captured_at == (when and datetime.fromisoformat(when).replace(tzinfo=UTC))


def test_a_given_capture_time_goes_first(export):
    when = datetime(2024, 1, 2, tzinfo=UTC)

    assert read_calibration_csv(export(EAGLE), captured_at=when).calibrated_at == when


def test_throughput_is_from_the_table_for_exports_hold_none(export):
    kyiv = read_calibration_csv(export(EAGLE, "ibm_kyiv_calibrations.csv"))
    lab = read_calibration_csv(export(EAGLE))

    assert (kyiv.clops, kyiv.quantum_volume, kyiv.processor) == (30_000, 128, "Eagle r3")
    assert "arXiv:2506.10889" in kyiv.clops_source
    assert (lab.clops, lab.quantum_volume, lab.clops_source) == (None, None, "")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"0.02"', '"1.2"', ("FILE:2: column 'Readout assignment error' of qubit 0 is '1.2'; "
         "it must be a number, 0 to 1")),
        ('"0.04"', '"-0.1"', "FILE:3: column 'Readout assignment error' of qubit 1 is '-0.1'"),
        ('"100"', '"nan"', ("FILE:2: column 'T1 (us)' of qubit 0 is 'nan'; it must be a number, "
         "0 or more")),
        ('"50.5"', '"1_0"', "FILE:2: column 'T2 (us)' of qubit 0 is '1_0'"),
        ('"50.5"', '"1e999"', "FILE:2: column 'T2 (us)' of qubit 0 is '1e999'"),
        ('"0_1:0.01"', '"0_1:2"', "FILE:2: column 'ECR error' of qubit 0 is '2'"),
        ('"0_1:0.01"', '"0-1:0.1"', ("FILE:2: column 'ECR error' of qubit 0 is '0-1:0.1'; "
         "it must be a_b:value;...")),
        ('"0_1:0.01"', '"0_0:0.1"', "FILE:2: column 'ECR error' of qubit 0 is '0_0:0.1'"),
        ('"0_1:0.01"', '"0_7:0.1"', "is '0_7:0.1'; there are 3 qubits: is the file cut off?"),
        ('"0_1:0.01"', '"0_1:0.1;0_1:0.2"', "'0_1:0.2'; 0_1 is there with another value"),
        ('"0_1:660"', '"0_1:long"', "FILE:2: column 'Gate time (ns)' of qubit 0 is 'long'"),
        ('"true"', '"maybe"', "column 'Operational' of qubit 0 is 'maybe'; it must be true or"),
        ('"1","200"', '"0","200"', "FILE:3: qubit 0 is there twice, first on line 2"),
        ('"1","200"', '"7","200"', "FILE: qubit 1 is missing, but there are 3 rows"),
        ('"1","200"', '"x","200"', "FILE:3: column 'Qubit' is 'x'; it must count from 0"),
        ('"T1 (us)"', '"T1"', "FILE:1: no column 'T1 (us)'; give a calibration export of IBM"),
        ('"ECR error "', '"foo"', "FILE:1: no column 'ECR error or CZ error or CNOT error'"),
        ('"T2 (us)"', '"T1 (us)"', "FILE:1: column 'T1 (us)' is there twice"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_with_line_column_value_and_remedy(export, old, new, message):
    assert any(message in line for line in errors_of(export(EAGLE.replace(old, new, 1))))


def test_all_wrong_cells_of_a_file_are_listed(export):
    text = EAGLE.replace('"0.02"', '"x"').replace('"0.04"', '"y"').replace('"0_1:660"', '"z"')

    assert len(errors_of(export(text))) == 3


def test_a_file_full_of_errors_is_not_read_to_its_end(export, monkeypatch):
    monkeypatch.setattr(_calibration_table, "MAX_ERRORS", 2)
    text = EAGLE.replace('"0.02"', '"x"').replace('"0.04"', '"y"').replace('"0_1:660"', '"z"')

    found = errors_of(export(text))

    assert len(found) == 3
    assert "the rest is not read" in found[-1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        ("job_id,num_qubits\n1,5\n", "no column 'Qubit' and no column 'T1 (us)'"),
        ('{"name": "x"}', "no column 'Qubit'"),
        (EAGLE.replace(",", "\t"), "FILE:1: no CSV: ',' expected after"),
        (HERON.replace(",", "\t"), "no column 'Qubit'"),
        (EAGLE.splitlines()[0], "has no rows; is the file cut off?"),
        (EAGLE[: EAGLE.index('"150"') + 2], "no CSV: unexpected end of data; is the file cut"),
        (HERON[: HERON.rindex(",FALSE")], "10 cells under 11 columns; is the file cut off?"),
        (HERON[: HERON.rindex("SE")], "is 'fal'; it must be true or false"),
        (HERON[: HERON.rindex("2,100")], "'1_2:0.03'; there are 2 qubits: is the file cut off?"),
        (EAGLE.encode("latin-1", "replace").replace(b"?", b"\xe9"), "is not UTF-8"),
        (EAGLE.encode("utf-16"), "is UTF-16"),
    ],
)
def test_another_format_a_cut_file_or_a_wrong_encoding_is_refused(export, content, message):
    assert any(message in line for line in errors_of(export(content)))


def test_a_time_that_does_not_exist_is_refused(export):
    path = export(EAGLE, "ibm_lab_calibrations_2025-13-30T02_24_45Z.csv")

    assert "is no time" in errors_of(path)[0]


def test_the_others_are_imported_and_every_wrong_file_is_listed(export, tmp_path):
    good = export(EAGLE)
    bad = export(EAGLE.replace('"100"', '"x"'), "ibm_bad_calibrations_2025-03-30T02_24_45Z.csv")
    undated = export(EAGLE, "ibm_undated_calibrations.csv")
    absent = tmp_path / "absent.csv"

    profiles, errors = import_calibrations([bad, good, undated, absent, good])

    assert [profile.name for profile in profiles] == ["ibm_lab"]
    assert [error.source for error in errors] == [str(bad), str(undated), str(absent)]
    assert "--captured-at" in str(errors[1])


def test_of_two_files_of_one_device_and_time_neither_is_taken(export):
    first, second = export(EAGLE), export(HERON, NAME.replace(".csv", " (1).csv"))
    other = export(HERON, "ibm_other_calibrations_2025-03-30T02_24_45Z.csv")

    profiles, errors = import_calibrations([first, other, second])

    assert [profile.name for profile in profiles] == ["ibm_other"]
    assert [error.source for error in errors] == [str(first), str(second)]
    assert str(second) in errors[0].problem


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    start=st.integers(0, len(EAGLE) - 1),
    length=st.integers(0, 12),
    insert=st.text(st.sampled_from('0129.-_:;,"\n xeE\r\0é'), max_size=5),
)
def test_a_mutated_export_gives_a_profile_or_a_calibration_error(tmp_path, start, length, insert):
    path = tmp_path / NAME
    path.write_bytes((EAGLE[:start] + insert + EAGLE[start + length :]).encode())

    profiles, errors = import_calibrations([path])

    assert len(profiles) == (0 if errors else 1)
    assert all(isinstance(error, CalibrationError) for error in errors)


@needs_published
def test_every_published_export_is_imported():
    profiles, errors = import_calibrations(FILES)

    assert errors == []
    assert len(profiles) == len(FILES) == 23
    assert {profile.num_qubits for profile in profiles} == {127, 133, 156}
    assert all(profile.clops and profile.quantum_volume for profile in profiles)
    assert all(profile.num_missing_values == 0 for profile in profiles)


@needs_published
@pytest.mark.parametrize("path", FILES, ids=[f"{p.parent.name}-{p.name[:12]}" for p in FILES])
def test_plain_means_are_those_of_the_columns_as_they_stand(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{k.strip(): v for k, v in row.items()} for row in csv.DictReader(file)]
    gate = "ECR error" if "ECR error" in rows[0] else "CZ error"
    listed = [float(e.split(":")[1]) for row in rows for e in row[gate].split(";") if e]

    profile = read_calibration_csv(path)

    assert isclose(
        profile.plain_means.readout, fmean(float(r["Readout assignment error"]) for r in rows)
    )
    assert isclose(profile.plain_means.single_qubit, fmean(float(r["√x (sx) error"]) for r in rows))
    assert isclose(profile.plain_means.two_qubit, fmean(listed))
    dead = {tuple(sorted(e.split(":")[0].split("_"))) for r in rows for e in r[gate].split(";")
            if e and float(e.split(":")[1]) >= 0.99}  # fmt: skip
    assert len(profile.dead_couplers) == len(dead)


@needs_published
def test_an_export_with_dead_qubits_reports_them():
    path = next(p for p in FILES if "rensselaer" in p.name and "2025-03" in p.name)

    profile = read_calibration_csv(path)

    assert profile.dead_qubits == (104, 105, 106)
    assert profile.plain_means.single_qubit > 10 * profile.error_means.single_qubit
