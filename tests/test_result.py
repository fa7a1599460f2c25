"""What a run gives back, in every format."""

import csv
import json
from dataclasses import FrozenInstanceError

import pytest

from qsched.errors import MissingExtraError, OutputError
from qsched.model import JobRecord, MaintenanceWindow
from qsched.result import HTML_ROWS, JOB_COLUMNS
from qsched.sim import Simulation
from qsched.testing import make_device, make_fleet, make_job

JOBS = [
    make_job("whole", 4, name="GHZ <4>"),
    make_job("split, or not", 9, submit_time_s=5.0),
    make_job("huge", 99),
]


@pytest.fixture(scope="module")
def result():
    fleet = make_fleet(
        make_device("a"),
        make_device("b"),
        maintenance={"b": (MaintenanceWindow(start_s=20.0, duration_s=1.0),)},
    )
    return Simulation(fleet, JOBS, policy="first_fit", seed=4).run()


def test_document_has_the_keys_that_scripts_rely_on(result):
    document = json.loads(result.to_json())

    assert list(document) == [
        "version",
        "policy",
        "model",
        "broker",
        "discipline",
        "seed",
        "placement",
        "partition",
        "communication",
        "devices",
        "summary",
        "jobs",
    ]
    assert set(document["devices"][0]) >= {
        "name",
        "num_qubits",
        "clops",
        "quantum_volume",
        "error_score",
        "origin",
        "calibrated_at",
    }
    assert set(document["summary"]) >= {
        "num_jobs",
        "num_done",
        "num_rejected",
        "makespan_s",
        "mean_fidelity",
        "std_fidelity",
        "comm_time_s",
        "mean_wait_time_s",
        "mean_turnaround_time_s",
        "utilisation",
    }
    assert set(document["jobs"][0]) == {*JOB_COLUMNS, "placements"}
    assert document["jobs"][0]["placements"] == [{"device": "a", "num_qubits": 4, "qubits": None}]
    assert (document["policy"], document["model"], document["seed"]) == ("first_fit", "paper", 4)


def test_document_accounts_for_every_job(result):
    document = json.loads(result.to_json())

    assert [(job["job_id"], job["status"]) for job in document["jobs"]] == [
        ("whole", "DONE"),
        ("huge", "REJECTED"),
        ("split, or not", "DONE"),
    ]
    assert document["summary"]["num_jobs"] == 3


def test_partial_result_says_so():
    simulation = Simulation(make_fleet(), [make_job()])

    assert json.loads(simulation.result(partial=True).to_json())["partial"] is True
    assert "partial" not in json.loads(simulation.run().to_json())


def test_table_reads_back_as_the_records(result, tmp_path):
    path = tmp_path / "new folder" / "jobs.csv"
    result.to_csv(path)

    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))

    assert [row["job_id"] for row in rows] == ["whole", "huge", "split, or not"]
    assert rows[0]["name"] == "GHZ <4>"
    assert rows[1]["start_time_s"] == ""
    assert rows[2]["placements"] == "a:5;b:4"
    assert float(rows[2]["finish_time_s"]) == result.jobs[2].finish_time_s
    assert path.read_text(encoding="utf-8") == result.csv_text()


def test_table_that_cannot_be_written_is_an_error_of_one_line(result, tmp_path):
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(OutputError, match="cannot write"):
        result.to_csv(tmp_path / "file" / "jobs.csv")
    assert (tmp_path / "file").read_text() == "in the way"


def test_frame_has_a_row_for_each_job_with_its_times(result):
    pytest.importorskip("pandas")
    frame = result.to_pandas()

    assert list(frame["job_id"]) == ["whole", "huge", "split, or not"]
    assert list(frame.columns) == [
        *JOB_COLUMNS,
        "placements",
        "wait_time_s",
        "turnaround_time_s",
    ]
    waits = [record.wait_time_s for record in result.jobs]
    assert frame["wait_time_s"][0] == waits[0] == 0.0
    assert frame["wait_time_s"].isna()[1]
    assert frame["turnaround_time_s"][2] == result.jobs[2].turnaround_time_s


def test_frame_without_pandas_says_how_to_install_it(result, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'qsched\[pandas\]'"):
        result.to_pandas()


def test_notebook_shows_names_as_text_and_not_as_markup(result):
    html = result._repr_html_()

    assert "GHZ &lt;4&gt;" in html
    assert "<b>2 of 3 jobs done</b>" in html


def test_notebook_shows_the_first_jobs_of_many():
    jobs = [make_job(f"j{i}") for i in range(HTML_ROWS + 7)]
    html = Simulation(make_fleet(), jobs).run()._repr_html_()

    assert html.count("<tr>") == HTML_ROWS + 1
    assert "7 more jobs" in html


def test_notebook_shows_a_run_of_which_no_job_is_done():
    assert "no job is done" in Simulation(make_fleet(), []).run()._repr_html_()


def test_facts_are_frozen(result):
    with pytest.raises(FrozenInstanceError):
        result.policy = "other"
    with pytest.raises(FrozenInstanceError):
        result.jobs[0].fidelity = 1.0


def test_records_are_made_when_they_are_read(result):
    assert isinstance(result.jobs[0], JobRecord)
    assert result.jobs[0] == result.jobs[0]
    assert repr(result.jobs) == "<3 rows>"
