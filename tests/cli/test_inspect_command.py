"""``qsched inspect``: features of circuits and job tables, for people and for scripts."""

import json

import pytest
from click.testing import CliRunner

from qsched.cli import main

GHZ = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[4];\ncreg c[4];\nh q[0];\ncx q[0], q[1];\ncx q[1], q[2];\nmeasure q[0] -> c[0];\n'  # noqa: E501 - a circuit
ROWS = "job_id,num_qubits,depth,two_qubits,shots\nrow,50,7,9,100\n"


def qsched(*args):
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="qsched")


@pytest.fixture
def sources(tmp_path):
    (tmp_path / "ghz.qasm").write_text(GHZ)
    (tmp_path / "jobs.csv").write_text(ROWS)
    return tmp_path / "ghz.qasm", tmp_path / "jobs.csv"


def test_json_holds_every_feature_of_a_circuit_and_what_a_row_states(sources):
    done = qsched("inspect", *sources, "--json")

    circuit, row = json.loads(done.stdout)["jobs"]
    assert done.stderr == ""
    assert circuit == {
        "job_id": "ghz",
        "name": "ghz",
        "source": str(sources[0]),
        "num_qubits": 4,
        "depth": 3,
        "num_two_qubit_gates": 2,
        "shots": 4096,
        "priority": 0,
        "submit_time_s": 0.0,
        "num_active_qubits": 3,
        "num_idle_qubits": 1,
        "two_qubit_depth": 2,
        "num_one_qubit_gates": 1,
        "num_measurements": 1,
        "interactions": [[0, 1, 1], [1, 2, 1]],
    }
    assert row == {
        "job_id": "row",
        "name": "",
        "source": str(sources[1]),
        "num_qubits": 50,
        "depth": 7,
        "num_two_qubit_gates": 9,
        "shots": 100,
        "priority": 0,
        "submit_time_s": 0.0,
    }


def test_a_narrow_table_leaves_columns_out_and_cuts_no_number(tmp_path, monkeypatch):
    path = tmp_path / "jobs.csv"
    path.write_text(
        "job_id,num_qubits,depth,two_qubits,shots\n" + "x" * 40 + ",50,7,123456789,100\n"
    )
    monkeypatch.setenv("COLUMNS", "60")

    shown = qsched("inspect", path).stdout

    assert max(map(len, shown.splitlines())) <= 60
    assert "123,456,789" in shown
    assert shown.split()[:4] == ["job", "qubits", "depth", "2q"]


def test_the_table_has_a_row_for_each_job_and_dashes_for_what_is_not_known(sources):
    done = qsched("inspect", *sources)

    header, circuit, row = (line.split() for line in done.stdout.splitlines())
    assert header[:2] == ["job", "qubits"]
    assert circuit == ["ghz", "4", "1", "3", "2", "1", "2", "1", "2", "4,096"]
    assert row == ["row", "50", "-", "7", "-", "-", "9", "-", "-", "100"]


def test_of_very_many_jobs_the_others_are_counted(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text("num_qubits,depth,two_qubits,shots\n" + "5,1,1,1\n" * 150)

    assert "... and 50 more; use --json" in qsched("inspect", path).stdout


def test_a_scenario_stands_for_its_sources(sources):
    path = sources[0].parent / "day.toml"
    path.write_text('sources = ["jobs.csv"]\n')

    assert [
        job["job_id"] for job in json.loads(qsched("inspect", path, "--json").stdout)["jobs"]
    ] == ["row"]


def test_bad_files_are_listed_and_can_be_skipped(sources, tmp_path):
    (tmp_path / "empty.qasm").write_text("")

    refused = qsched("inspect", *sources, tmp_path / "empty.qasm")
    skipped = qsched("inspect", *sources, tmp_path / "empty.qasm", "--skip-bad", "--json")

    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert (
        refused.stderr
        == f"error: {tmp_path / 'empty.qasm'}: file is empty; was it written to the end?\n"
    )
    assert skipped.exit_code == 0
    assert skipped.stderr.startswith("warning: skipped: ")
    assert len(json.loads(skipped.stdout)["jobs"]) == 2
