"""``qsched calibrations`` over a store: list, show, diff, history, export, prune."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.io.store import SnapshotStore
from qsched.model import DeviceProfile

START = datetime(2025, 3, 1, tzinfo=UTC)
LAB = DeviceProfile(
    name="lab",
    num_qubits=3,
    coupling_map=((0, 1), (1, 2)),
    clops=1000.0,
    quantum_volume=32,
    readout_error=(0.01, 0.02, 0.03),
    single_qubit_error=(0.001, 0.002, 0.003),
    two_qubit_error={(0, 1): 0.01, (1, 2): 0.02},
    calibrated_at=START,
    origin="laboratory of ours",
)


def at(days, **changes):
    return replace(LAB, calibrated_at=START + timedelta(days=days), **changes)


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("QSCHED_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "100")
    store = SnapshotStore(tmp_path / "store")
    worse = at(2, readout_error=(0.01, 0.2, 0.03), two_qubit_error={(0, 1): 1.0, (1, 2): 0.02})
    store.add([LAB, at(1), worse, replace(LAB, name="other")])
    return store


def run(*arguments):
    return CliRunner().invoke(main, ["calibrations", *map(str, arguments)])


def stamps(store, name="lab"):
    return [file.stamp[:10] for file in store.files(name)]


def test_list_has_a_row_for_each_snapshot():
    result = run("list")
    document = json.loads(run("list", "lab", "--json").stdout)

    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0] == [
        "device",
        "captured",
        "age",
        "ro",
        "%",
        "1q",
        "%",
        "2q",
        "%",
        "dead",
        "origin",
    ]
    assert [row[:3] for row in rows[1:]] == [
        ["lab", "2025-03-01", "00:00"], ["lab", "2025-03-02", "00:00"],
        ["lab", "2025-03-03", "00:00"], ["other", "2025-03-01", "00:00"],
    ]  # fmt: skip
    assert rows[3][5:] == ["3", "0.2", "2", "1", "laboratory"]
    assert [row["captured_at"][:10] for row in document["snapshots"]] == [
        "2025-03-01", "2025-03-02", "2025-03-03",
    ]  # fmt: skip
    assert document["snapshots"][0]["median_errors"] == {
        "readout": 0.02, "single_qubit": 0.002, "two_qubit": 0.015,
    }  # fmt: skip


def test_list_tells_of_damage_with_status_2_and_shows_the_rest(store):
    store.files()[0].path.write_text("{", encoding="utf-8")

    result = run("list")

    assert result.exit_code == 2
    assert len(result.stdout.splitlines()) == 4
    assert "moved to" in result.stderr
    assert run("list").exit_code == 0


def test_an_unknown_name_is_told_with_near_ones():
    for command in (["list", "lob"], ["history", "lob"], ["export", "lob", "--out", "x"]):
        result = run(*command)
        assert result.exit_code == 2
        assert "did you mean 'lab'?" in result.stderr
        assert result.stderr.count("\n") == 1


def test_show_selects_by_day_and_by_latest():
    latest = json.loads(run("show", "lab@latest", "--json").stdout)
    first = json.loads(run("show", "lab@2025-03-01", "--json").stdout)

    assert latest["calibrated_at"].startswith("2025-03-03")
    assert first["calibrated_at"].startswith("2025-03-01")
    assert first["service"] is None


def test_diff_names_what_moved_and_what_died():
    result = run("diff", "lab@2025-03-02", "lab")
    document = json.loads(run("diff", "lab@2025-03-02", "lab", "--json").stdout)

    assert "couplers died: 0-1" in result.stdout
    assert "couplers came back: none" in result.stdout
    assert document["died"] == [[0, 1]]
    assert document["worst_qubits"] == [
        {"what": "readout", "where": [1], "before": 0.02, "after": 0.2}
    ]
    assert document["before"] == "lab 2025-03-02 00:00"


def test_history_is_a_table_and_a_figure(tmp_path):
    pytest.importorskip("matplotlib")
    figure = tmp_path / "lab.svg"

    result = run("history", "lab", "--figure", figure)

    rows = [line.split() for line in result.stdout.splitlines()]
    assert [row[0] for row in rows[1:]] == ["2025-03-01", "2025-03-02", "2025-03-03"]
    assert figure.read_text(encoding="utf-8").startswith("<?xml")
    assert run("history", "lab", "--figure", tmp_path / "lab.doc").exit_code == 2


def test_what_is_exported_can_be_imported_elsewhere(tmp_path):
    out = tmp_path / "out"

    result = run("export", "lab", "--out", out)
    again = run("import", *sorted(out.iterdir()), "--store", tmp_path / "new")

    assert len(result.stdout.splitlines()) == 3
    assert again.exit_code == 0
    assert stamps(SnapshotStore(tmp_path / "new")) == ["2025-03-01", "2025-03-02", "2025-03-03"]


def test_prune_keeps_the_newest_of_each_device(store):
    dry = run("prune", "--keep", 1, "--dry-run")
    assert len(dry.stdout.splitlines()) == 2
    assert len(stamps(store)) == 3

    run("prune", "--keep", 2)
    assert stamps(store) == ["2025-03-02", "2025-03-03"]

    run("prune", "--older-than", "1d")
    assert stamps(store) == ["2025-03-03"]
    assert stamps(store, "other") == ["2025-03-01"]


def test_prune_by_name_and_age(store):
    store.add([replace(LAB, calibrated_at=datetime.now(UTC) - timedelta(days=40))])
    store.add([replace(LAB, calibrated_at=datetime.now(UTC) - timedelta(days=1))])

    run("prune", "lab@2025-03-02", "--keep", 1)
    assert len(stamps(store)) == 4
    run("prune", "lab", "--older-than", "60d")

    assert len(stamps(store)) == 2
    assert run("prune").exit_code == 2


def test_a_store_that_is_a_file_is_one_line(tmp_path):
    path = tmp_path / "file"
    path.write_text("", encoding="utf-8")

    for command in (["list"], ["prune", "--keep", 1], ["show", "lab"], ["export", "--out", "x"]):
        result = run(*command, "--store", path)
        assert result.exit_code == 2
        assert "not a folder" in result.stderr
        assert result.stderr.count("\n") == 1


def test_run_refuses_devices_that_are_too_old(tmp_path):
    jobs = tmp_path / "jobs.csv"
    jobs.write_text("job_id,num_qubits,depth,two_qubits,num_shots\n1,2,5,4,100\n", "utf-8")

    def run_jobs(max_age):
        arguments = ["run", str(jobs), "--devices", "lab", "--max-age", max_age]
        return CliRunner().invoke(main, arguments)

    assert run_jobs("99999d").exit_code == 0
    assert "error: lab: calibration is" in run_jobs("7d").stderr
