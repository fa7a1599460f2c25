"""Devices and fleets by name and by file."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from qsched.errors import BadInputs, CalibrationError, ConfigError, InputError, UnknownNameError
from qsched.files import data_dir
from qsched.io.devices import (
    fleet_names,
    known_device_names,
    list_snapshots,
    load_fleet,
    resolve_device,
    snapshot_names,
    store_folder,
)
from qsched.io.snapshots import read_snapshot, snapshot_name, write_snapshot
from qsched.model import DeviceProfile, MaintenanceWindow

PROFILE = DeviceProfile(
    name="lab_1",
    num_qubits=2,
    coupling_map=((0, 1),),
    readout_error=(0.01, 0.02),
    calibrated_at=datetime(2025, 3, 30, 2, 8, 58, tzinfo=UTC),
)


def at(day, hour=0, profile=PROFILE):
    """Return the profile as captured at another time, told by its readout error."""
    when = datetime(2025, 3, day, hour, tzinfo=UTC)
    return replace(profile, calibrated_at=when, readout_error=(day / 1000, hour / 1000))


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    monkeypatch.setenv("QSCHED_STORE", str(folder))
    return folder


def test_the_store_is_where_the_environment_says_else_in_the_users_data(monkeypatch, tmp_path):
    assert store_folder() == tmp_path / "store"

    monkeypatch.delenv("QSCHED_STORE")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))

    assert store_folder().parts[-2:] == ("qsched", "snapshots")


def test_a_name_is_the_newest_snapshot_in_the_store(store):
    for day, hour in ((29, 5), (30, 1), (30, 7), (28, 9)):
        write_snapshot(at(day, hour), store)
    write_snapshot(replace(PROFILE, name="lab_10"), store)

    assert resolve_device("lab_1") == at(30, 7)
    assert resolve_device("lab_1@latest") == at(30, 7)
    assert resolve_device("lab_1@2025-03-30") == at(30, 7)
    assert resolve_device("lab_1@2025-03-29") == at(29, 5)
    assert resolve_device("lab_1@2025-03-30T01:00:00Z") == at(30, 1)
    assert resolve_device("lab_1@2025-03-30T010000Z") == at(30, 1)
    assert [file.name for file in list_snapshots(store)] == ["lab_1"] * 4 + ["lab_10"]


def test_an_undated_snapshot_is_older_than_all_others(store):
    write_snapshot(replace(PROFILE, calibrated_at=None), store)
    assert resolve_device("lab_1").calibrated_at is None

    write_snapshot(at(28), store)
    assert resolve_device("lab_1") == at(28)


def test_the_store_goes_before_the_shipped_snapshots_and_latest_looks_at_both(store):
    shipped = resolve_device("fake_kyiv")
    mine = replace(shipped, calibrated_at=datetime(2024, 1, 1, tzinfo=UTC))
    write_snapshot(mine, store)

    assert resolve_device("fake_kyiv") == mine
    assert resolve_device("fake_kyiv@latest") == shipped
    assert resolve_device("fake_kyiv@2025-02-26") == shipped


def test_a_fake_backend_without_a_snapshot_comes_from_the_provider():
    assert resolve_device("fake_vigo").num_qubits == 5
    assert resolve_device("fake_vigo@2021-01-20").name == "fake_vigo"


def test_a_file_is_read_by_its_suffix(tmp_path):
    path = write_snapshot(PROFILE, tmp_path)
    export = tmp_path / "ibm_lab_calibrations.csv"
    export.write_text(
        "Qubit,T1 (us),T2 (us),Readout assignment error,√x (sx) error,CZ error\n0,1,1,0.1,0.1,\n",
        encoding="utf-8",
    )

    assert resolve_device(str(path)) == PROFILE
    assert resolve_device(str(export)).readout_error == (0.1,)


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("fake_kyv", "unknown device 'fake_kyv'; did you mean 'fake_kyiv'"),
        ("ibm_kyiv", "unknown device 'ibm_kyiv'; did you mean 'fake_kyiv'?"),
        ("xyzzy", "unknown device 'xyzzy'; `qsched devices list --fake` shows all names"),
        ("", "unknown device ''"),
        ("lab", "unknown device 'lab'; did you mean 'lab_1'"),
        ("lab_1@2024", "no snapshot of lab_1 at '2024'; there are: 2025-03-30T020858Z"),
        ("fake_vigo@1999", "no snapshot of fake_vigo at '1999'; there are: 2021-01-20T083010Z"),
    ],
)
def test_an_unknown_name_is_refused_with_what_there_is(store, spec, message):
    write_snapshot(PROFILE, store)

    with pytest.raises(UnknownNameError) as caught:
        resolve_device(spec)

    assert message in str(caught.value)


def test_a_damaged_snapshot_is_named_and_the_other_devices_are_found(store):
    path = write_snapshot(PROFILE, store)
    path.write_text(path.read_text(encoding="utf-8")[:-40], encoding="utf-8")

    with pytest.raises(CalibrationError, match=r"lab_1@2025-03-30T020858Z\.json"):
        resolve_device("lab_1")
    assert resolve_device("fake_kyiv").num_qubits == 127


def test_a_snapshot_under_a_wrong_name_is_refused(store):
    path = write_snapshot(PROFILE, store)
    path.rename(store / "other@2025-03-30T020858Z.json")

    with pytest.raises(CalibrationError, match="holds device 'lab_1'; name it lab_1@2025-03-30"):
        resolve_device("other")


def test_a_store_that_is_a_file_is_refused(store):
    store.write_text("", encoding="utf-8")

    with pytest.raises(CalibrationError, match="not a folder; set QSCHED_STORE"):
        resolve_device("fake_kyiv")


def test_a_store_that_cannot_be_read_is_refused(store, monkeypatch):
    store.mkdir()

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(CalibrationError, match="Permission denied; set QSCHED_STORE"):
        resolve_device("fake_kyiv")


def test_known_names_are_those_of_store_shipped_snapshots_and_provider(store):
    write_snapshot(PROFILE, store)

    assert {"lab_1", "fake_kyiv"} <= set(snapshot_names())
    assert "fake_vigo" not in snapshot_names()
    assert {"lab_1", "fake_kyiv", "fake_vigo"} <= set(known_device_names())


def test_shipped_snapshots_are_whole_and_rightly_named():
    files = list_snapshots(data_dir("fake_backends") / "snapshots")

    assert len(files) >= 13
    for file in files:
        assert snapshot_name(read_snapshot(file.path)) == file.path.name


def test_shipped_snapshots_are_what_the_provider_says():
    from qsched.io.backends import load_fake_backend

    for name in ("fake_brussels", "fake_fez", "fake_guadalupe"):
        fresh, shipped = load_fake_backend(name), resolve_device(name)
        assert replace(fresh, origin=shipped.origin) == shipped


def test_the_manifest_names_every_shipped_file():
    folder = data_dir("fake_backends")
    manifest = (folder / "README.md").read_text(encoding="utf-8")

    for path in [*folder.glob("snapshots/*"), *folder.glob("fleets/*")]:
        assert f"`{path.name}`" in manifest


def test_the_paper_fleet_has_the_papers_devices_with_its_figures():
    fleet = load_fleet()

    assert fleet.name == "paper"
    assert [(d.name, d.clops, d.quantum_volume, d.num_qubits) for d in fleet.devices] == [
        ("fake_strasbourg", 220_000, 128, 127),
        ("fake_brussels", 220_000, 128, 127),
        ("fake_kyiv", 30_000, 128, 127),
        ("fake_quebec", 32_000, 128, 127),
        ("fake_kawasaki", 29_000, 128, 127),
    ]
    assert {d.clops_source for d in fleet.devices} == {"CLOPS and quantum volume: arXiv:2506.10889"}


@pytest.mark.parametrize("name", fleet_names())
def test_every_shipped_fleet_can_be_scheduled_on(name):
    from qsched.estimate import load_model

    fleet = load_fleet(name)

    assert fleet.name == name
    assert all(load_model("paper").rates(device).clops for device in fleet.devices)


def test_a_fleet_of_your_own_overrides_renames_and_has_maintenance(tmp_path):
    path = write_snapshot(PROFILE, tmp_path / "data")
    fleet_file = tmp_path / "mine.toml"
    fleet_file.write_text(
        f"""
        description = "two of one kind"
        [[devices]]
        file = "data/{path.name}"
        alias = "first"
        clops = 5000
        quantum_volume = 16
        [[devices.maintenance]]
        start_s = 100
        duration_s = 10.5
        period_s = 1000
        [[devices.maintenance]]
        start_s = 7
        duration_s = 1
        [[devices]]
        file = "data/{path.name}"
        clops = 6000
        clops_source = "measured here"
        [[devices]]
        name = "fake_manila"
        clops = 1.5
        """,
        encoding="utf-8",
    )

    fleet = load_fleet(fleet_file)

    assert fleet.name == "mine"
    assert [d.name for d in fleet.devices] == ["first", "lab_1", "fake_manila"]
    assert [d.clops for d in fleet.devices] == [5000.0, 6000.0, 1.5]
    assert [d.quantum_volume for d in fleet.devices] == [16, None, 32]
    assert fleet.devices[0].clops_source == "CLOPS and quantum volume: fleet file mine.toml"
    assert fleet.devices[1].clops_source == "CLOPS: measured here"
    assert fleet.devices[2].clops_source.startswith("CLOPS: fleet file mine.toml; otherwise CLOPS:")
    assert fleet.maintenance == {
        "first": (
            MaintenanceWindow(start_s=100, duration_s=10.5, period_s=1000),
            MaintenanceWindow(start_s=7, duration_s=1),
        )
    }
    assert load_fleet(str(fleet_file)) == fleet


DEVICE = '[[devices]]\nname = "fake_manila"\n'


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("", ConfigError, "is empty"),
        ("devices = 5", ConfigError, "devices is 5; it must be a list of tables"),
        ("name = 'x'", ConfigError, "fleet 'x' has no device"),
        ("devices = [1]", ConfigError, "device 1 is no table"),
        ("devices = [", ConfigError, "no valid TOML"),
        (
            DEVICE + "colops = 5",
            ConfigError,
            "unknown key 'colops' in device 1; did you mean 'clops'",
        ),
        ("nam = 'x'\n" + DEVICE, ConfigError, "unknown key 'nam'; did you mean 'name'"),
        (DEVICE + "clops = '5'", ConfigError, "clops of device 1 is '5'; it must be a number"),
        (DEVICE + "clops = true", ConfigError, "clops of device 1 is True"),
        (DEVICE + "quantum_volume = 2.5", ConfigError, "it must be a whole number"),
        (DEVICE + "clops = -5", CalibrationError, "device 1: clops is -5"),
        (DEVICE + "clops = nan", CalibrationError, "device 1: clops is nan"),
        (DEVICE + "quantum_volume = 1", CalibrationError, "device 1: quantum_volume is 1"),
        (DEVICE + "file = 'x.json'", ConfigError, "device 1 has both name and file"),
        ("[[devices]]\nclops = 5", ConfigError, "device 1 has neither name and file"),
        ("[[devices]]\nfile = 'x.json'", CalibrationError, "x.json: no such file"),
        ("[[devices]]\nname = 'fake_manla'", UnknownNameError, "device 1: unknown device"),
        (DEVICE + DEVICE, ConfigError, "names fake_manila twice"),
        (DEVICE + "maintenance = [5]", ConfigError, "maintenance of device 1 is 5"),
        (DEVICE + "[[devices.maintenance]]\nstart_s = 5", ConfigError, "has no duration_s"),
        (DEVICE + "[[devices.maintenance]]\nstart = 5", ConfigError, "did you mean 'start_s'"),
        (
            DEVICE + "[[devices.maintenance]]\nstart_s = -5\nduration_s = 1",
            ConfigError,
            "maintenance from -5 s",
        ),
    ],
)
def test_a_wrong_fleet_is_refused_in_one_line(tmp_path, text, error, message):
    path = tmp_path / "wrong.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(error) as caught:
        load_fleet(str(path))

    assert message in str(caught.value)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_that_is_wrong_with_a_fleet_is_listed(tmp_path):
    path = tmp_path / "wrong.toml"
    path.write_text("nam = 1\n" + DEVICE + "a = 1\nb = 2\n[[devices]]\nname = 'zz'", "utf-8")

    with pytest.raises(BadInputs) as caught:
        load_fleet(path)

    assert len(caught.value.errors) == 4
    assert all(isinstance(error, InputError) for error in caught.value.errors)


def test_an_unknown_fleet_is_refused_with_near_names():
    with pytest.raises(UnknownNameError, match="unknown fleet 'papr'; did you mean 'paper'"):
        load_fleet("papr")


def test_the_default_fleet_needs_no_qiskit():
    code = (
        "import sys; from qsched.io.devices import load_fleet; load_fleet();"
        "print([m for m in ('qiskit', 'numpy', 'networkx', 'click') if m in sys.modules])"
    )

    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout.strip() == "[]"
