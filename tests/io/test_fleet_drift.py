"""Timelines, drift and breakdowns in fleet files and scenarios."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qsched.config import Scenario, read_scenario, write_scenario
from qsched.errors import BadInputs, CalibrationError, ConfigError, InputError
from qsched.experiment.scenario import check_scenario
from qsched.experiment.staleness import price_of_staleness
from qsched.io.fleets import load_fleet
from qsched.io.snapshots import write_snapshot
from qsched.io.store import SnapshotStore
from qsched.model import Drift, FailureRate, MaintenanceWindow
from qsched.model.drift import place_in_time
from qsched.testing import make_device

START = datetime(2025, 1, 1, tzinfo=UTC)
DAY_S = 86_400.0


def at(days, name="lab", **changes):
    when = START + timedelta(days=days)
    return make_device(name, calibrated_at=when, readout_error=(days / 100,) * 5, **changes)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("QSCHED_STORE", str(tmp_path / "store"))
    store = SnapshotStore(tmp_path / "store")
    store.add([at(0), at(10), at(20), at(5, "other")])
    return store


def fleet_of(tmp_path, text, **choices):
    path = tmp_path / "fleet.toml"
    path.write_text(text, encoding="utf-8")
    return load_fleet(path, **choices)


ALL = '[[devices]]\nname = "lab"\ntimeline = "all"\n'


def test_capture_times_are_mapped_to_simulated_time(tmp_path):
    fleet = fleet_of(tmp_path, ALL)

    assert fleet.devices == (at(0),)
    assert fleet.recalibrations == {"lab": ((10 * DAY_S, at(10)), (20 * DAY_S, at(20)))}
    assert fleet.profile_at(fleet.devices[0], 10 * DAY_S - 1) == at(0)
    assert fleet.profile_at(fleet.devices[0], 10 * DAY_S) == at(10)


def test_epoch_and_scale_move_and_stretch_time_and_the_caller_s_go_first(tmp_path):
    text = ALL + "[drift]\nepoch = 2025-01-09T00:00:00Z\ntime_scale = 0.5\nrefresh_period_s = 7\n"

    fleet = fleet_of(tmp_path, text)
    later = fleet_of(tmp_path, text, drift={"epoch": "2025-01-11"})

    assert fleet.devices == (at(0),)
    assert [time_s for time_s, _ in fleet.recalibrations["lab"]] == [DAY_S, 6 * DAY_S]
    assert fleet.refresh_period_s == 7.0
    assert later.devices == (at(10),)
    assert later.recalibrations["lab"] == ((5 * DAY_S, at(20)),)


def test_time_begins_when_every_device_with_a_timeline_has_a_snapshot(tmp_path):
    fleet = fleet_of(tmp_path, ALL + '[[devices]]\nname = "other"\ntimeline = []\n')

    assert fleet.devices == (at(0), at(5, "other"))
    assert [time_s for time_s, _ in fleet.recalibrations["lab"]] == [5 * DAY_S, 15 * DAY_S]


def test_snapshots_are_listed_by_name_and_by_file_and_keep_what_the_table_states(tmp_path):
    write_snapshot(at(30), tmp_path / "more")
    fleet = fleet_of(
        tmp_path,
        '[[devices]]\nname = "lab@2025-01-01"\nalias = "twin"\nclops = 5\n'
        'timeline = ["lab@2025-01-11", "more/lab@2025-01-31T000000Z.json"]\n',
    )

    times = [time_s for time_s, _ in fleet.recalibrations["twin"]]
    assert times == [10 * DAY_S, 30 * DAY_S]
    profiles = [fleet.devices[0], *(profile for _, profile in fleet.recalibrations["twin"])]
    assert {(profile.name, profile.clops) for profile in profiles} == {("twin", 5.0)}


def test_calibration_jobs_keep_the_device_from_taking_jobs(tmp_path):
    fleet = fleet_of(tmp_path, ALL + "[drift]\ncalibration_s = 600\n")

    assert fleet.maintenance["lab"] == (
        MaintenanceWindow(start_s=10 * DAY_S, duration_s=600.0),
        MaintenanceWindow(start_s=20 * DAY_S, duration_s=600.0),
    )


def test_breakdowns_are_read(tmp_path):
    text = (
        'max_attempts = 5\n[[devices]]\nname = "lab"\n[devices.failures]\nmtbf_s = 9\nmttr_s = 2\n'
    )

    fleet = fleet_of(tmp_path, text)

    assert fleet.failures == {"lab": FailureRate(mtbf_s=9.0, mttr_s=2.0)}
    assert fleet.max_attempts == 5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (ALL.replace('"all"', '"some"'), "timeline of device 1 is 'some'"),
        (ALL.replace('"all"', "[7]"), "timeline of device 1"),
        (ALL.replace('"all"', "7"), 'it must be a list of snapshots, or "all"'),
        (ALL.replace('"all"', '["lob"]'), "did you mean 'lab'"),
        (ALL + "[drift]\nepok = 1\n", "did you mean 'epoch'"),
        (ALL + '[drift]\nepoch = "soon"\n', "epoch of drift is 'soon'"),
        (ALL + "[drift]\ntime_scale = 0\n", "time_scale of drift is 0"),
        (ALL + "[drift]\nrefresh_period_s = -1\n", "refresh_period_s of drift is -1"),
        (ALL + "[drift]\ncalibration_s = true\n", "calibration_s of drift is True"),
        ('[[devices]]\nname = "lab"\n[drift]\ntime_scale = 1\n', "drift of a fleet without"),
        (ALL + "[devices.failures]\nmtbf_s = 1\n", "no mttr_s"),
        (ALL + "[devices.failures]\nmtbf_s = 0\nmttr_s = 1\n", "mtbf_s is 0.0"),
        ("max_attempts = 0\n" + ALL, "max_attempts is 0"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line_with_the_file(tmp_path, text, problem):
    with pytest.raises(InputError, match=problem) as caught:
        fleet_of(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_a_timeline_that_cannot_be_is_refused():
    undated = replace(at(0), calibrated_at=None)
    for snapshots, problem in (
        ([at(0), undated], "no capture time"),
        ([at(0), at(0)], "two snapshots of"),
        ([at(0), make_device("lab", 9, calibrated_at=START + timedelta(1))], "5 and 9 qubits"),
    ):
        with pytest.raises(CalibrationError, match=problem):
            place_in_time({"lab": snapshots}, Drift())


@pytest.mark.parametrize(
    "settings",
    [{"epoch": START.replace(tzinfo=None)}, {"time_scale": 0.0}, {"refresh_period_s": -1.0}],
)
def test_drift_that_cannot_be_is_refused(settings):
    with pytest.raises(ConfigError):
        Drift(**settings)


def scenario(tmp_path, **changes):
    (tmp_path / "fleet.toml").write_text(ALL, encoding="utf-8")
    rows = [f"{i},{1 + i % 5},5,4,100,{i * DAY_S}" for i in range(30)]
    table = "\n".join(["job_id,num_qubits,depth,two_qubits,num_shots,arrival_time", *rows, ""])
    (tmp_path / "jobs.csv").write_text(table, encoding="utf-8")
    facts = {"sources": (tmp_path / "jobs.csv",), "fleet": str(tmp_path / "fleet.toml")}
    return Scenario(**facts, **changes)


def test_a_scenario_is_written_and_read_back_with_drift_and_breakdowns(tmp_path):
    mine = scenario(
        tmp_path,
        drift={"epoch": START, "time_scale": 2.0, "refresh_period_s": 86400},
        failures={"lab": {"mtbf_s": 1e9, "mttr_s": 60}},
        max_attempts=2,
    )
    write_scenario(mine, tmp_path / "mine.toml")

    again = read_scenario(tmp_path / "mine.toml")
    fleet = check_scenario(again)

    assert again == mine
    assert fleet.refresh_period_s == 86400
    assert fleet.failures == {"lab": FailureRate(mtbf_s=1e9, mttr_s=60)}
    assert fleet.max_attempts == 2
    assert fleet.recalibrations["lab"][0].time_s == 20 * DAY_S


def test_all_that_is_wrong_with_a_scenario_is_listed(tmp_path):
    with pytest.raises(BadInputs) as caught:
        scenario(
            tmp_path,
            drift={"scale": 1, "epoch": 7},
            failures={"lab": {"mtbf_s": 0}, "other": 3},
            max_attempts=0,
        )
    text = str(caught.value)
    for problem in (
        "unknown key 'scale' in drift", "epoch of drift is 7", "failures of lab have no mttr_s",
        "failures of lab: mtbf_s is 0", "failures of other is 3", "max_attempts is 0",
    ):  # fmt: skip
        assert problem in text


def test_drift_of_devices_without_timelines_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="without timelines"):
        check_scenario(
            replace(scenario(tmp_path), fleet=None, devices=("lab",), drift={"time_scale": 1})
        )


def test_the_price_of_stale_calibrations_needs_a_period_and_two_seeds(tmp_path):
    with pytest.raises(ConfigError, match="no refresh period"):
        price_of_staleness(scenario(tmp_path), policies=["fair"], seeds=[1, 2])
    stale = scenario(tmp_path, drift={"refresh_period_s": 9 * DAY_S})
    with pytest.raises(ConfigError, match="1 seeds"):
        price_of_staleness(stale, policies=["fair"], seeds=[1])

    (price,) = price_of_staleness(stale, policies=["fidelity"], seeds=[1, 2])
    assert price.losses == (0.0, 0.0)  # one device leaves nothing to decide
    assert price.fresh == price.stale > 0.0


def test_the_job_table_of_the_documented_experiment_is_what_its_script_writes():
    folder = Path(__file__).parents[2] / "docs" / "explanation" / "drift"
    namespace: dict = {"__name__": "jobs"}
    exec((folder / "jobs.py").read_text(encoding="utf-8"), namespace)  # noqa: S102 - our own

    assert (folder / "jobs.csv").read_text(encoding="utf-8") == namespace["table"]()
