"""The newest export of each device in a folder."""

import pytest

from qsched.errors import BadInputs, CalibrationError, InputError
from qsched.io.calibration_folder import newest_captures

EXPORT = (
    '"Qubit","T1 (us)","T2 (us)","Readout assignment error ","Readout length (ns)",'
    '"√x (sx) error ","ECR error ","Gate time (ns)","Operational"\n'
    '"0","100","50","{error}","1300","0.001","0_1:0.01","0_1:660","true"\n'
    '"1","200","50","{error}","1300","0.003","","","true"\n'
)


@pytest.fixture
def folder(tmp_path):
    """Write exports, by their paths and readout errors, and return the folder of all."""

    def write(**errors):
        for name, error in errors.items():
            device, _, when = name.partition("__")
            place, _, device = device.rpartition("_in_")
            file = f"ibm_{device}_calibrations{f'_{when}' if when else ''}.csv"
            path = tmp_path / place / file
            path.parent.mkdir(parents=True, exist_ok=True)
            text = error if isinstance(error, str) else EXPORT.replace("{error}", str(error))
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def lines(folder, *names):
    with pytest.raises(InputError) as caught:
        newest_captures(folder, names)
    error = caught.value
    found = error.errors if isinstance(error, BadInputs) else [error]
    assert all(isinstance(e, CalibrationError) for e in found)
    return [str(e).replace(str(folder), "FOLDER") for e in found]


OLD, NEW = "2025-01-27T01_45_58Z", "2025-03-30T02_24_45Z"


def test_the_newest_capture_counts_wherever_it_lies(folder):
    made = folder(
        **{f"march_in_deep_in_kyiv__{NEW}": 0.03, f"kyiv__{OLD}": 0.01, f"lab__{OLD}": 0.02}
    )

    kyiv, lab = newest_captures(made, ["ibm_kyiv", "ibm_lab"])

    assert (kyiv.name, kyiv.readout_error[0]) == ("ibm_kyiv", 0.03)
    assert (lab.name, lab.readout_error[0]) == ("ibm_lab", 0.02)


def test_devices_come_in_the_order_in_which_they_are_named(folder):
    made = folder(**{f"{name}__{NEW}": 0.01 for name in ("a", "b", "c")})

    found = newest_captures(made, ["ibm_c", "ibm_a", "ibm_b"])

    assert [device.name for device in found] == ["ibm_c", "ibm_a", "ibm_b"]


def test_bad_files_of_other_devices_and_older_captures_do_not_matter(folder):
    made = folder(
        **{f"kyiv__{NEW}": 0.03, f"kyiv__{OLD}": "not an export", f"lab__{NEW}": "neither"}
    )

    assert len(newest_captures(made, ["ibm_kyiv"])) == 1


def test_a_name_that_begins_alike_is_another_device(folder):
    made = folder(**{f"kyiv2__{NEW}": 0.03})

    assert "holds no calibration export of ibm_kyiv;" in lines(made, "ibm_kyiv")[0]


def test_each_missing_device_is_named(folder):
    made = folder(**{f"b__{NEW}": 0.01})

    found = lines(made, "ibm_a", "ibm_b", "ibm_c")

    assert [line.partition(";")[0] for line in found] == [
        "FOLDER: holds no calibration export of ibm_a",
        "FOLDER: holds no calibration export of ibm_c",
    ]


def test_bad_exports_of_the_devices_are_all_listed_with_what_is_missing(folder):
    made = folder(**{f"a__{NEW}": "Qubit\n0\n", f"b__{NEW}": 7.5})

    found = lines(made, "ibm_a", "ibm_b", "ibm_c")

    assert found[0] == lines(made, "ibm_c")[0]
    assert {line.split(":")[0] for line in found[1:]} == {
        f"FOLDER/ibm_{name}_calibrations_{NEW}.csv" for name in "ab"
    }


def test_two_exports_of_one_device_and_time_are_refused(folder):
    made = folder(**{f"x_in_a__{NEW}": 0.01, f"y_in_a__{NEW}": 0.02})

    (line,) = lines(made, "ibm_a")

    assert "ibm_a at 2025-03-30T02:24:45+00:00 is also in FOLDER/y/" in line


def test_an_export_without_a_capture_time_is_refused(folder):
    (line,) = lines(folder(a=0.01), "ibm_a")

    assert "the file name holds no capture time; name it ibm_a_calibrations_2025-" in line


def test_an_export_of_a_time_that_does_not_exist_is_refused(folder):
    (line,) = lines(folder(**{"a__2025-02-30T02_24_45Z": 0.01}), "ibm_a")

    assert "2025-02-30" in line


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    assert lines(tmp_path / "none", "ibm_a") == [
        "FOLDER: no such folder; give a folder of calibration exports"
    ]
