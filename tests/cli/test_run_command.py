"""``qsched run``: what goes to which stream, what is written, and with which status."""

import csv
import json

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qsched.cli import main
from qsched.cli._files import document_text

HEADER = "job_id,num_qubits,depth,two_qubits,shots,arrival_time\n"
SUMMARY_KEYS = {
    "num_jobs", "num_done", "num_rejected", "makespan_s", "mean_fidelity", "std_fidelity",
    "comm_time_s", "mean_wait_time_s", "mean_turnaround_time_s", "utilisation",
}  # fmt: skip
JOB_KEYS = {
    "job_id", "name", "status", "reason", "num_qubits", "depth", "num_two_qubit_gates", "shots",
    "submit_time_s", "start_time_s", "finish_time_s", "comm_time_s", "fidelity",
    "attempts", "placements",
}  # fmt: skip
DEVICE_KEYS = {
    "name", "num_qubits", "clops", "quantum_volume", "error_score", "origin", "calibrated_at",
}  # fmt: skip


def qsched(*args):
    """Call the command line in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="qsched")


def lines(text):
    return text.strip().splitlines()


@pytest.fixture
def jobs(tmp_path):
    """A table of one job that must be split, one that need not, and one that fits nowhere."""
    path = tmp_path / "jobs.csv"
    path.write_text(f"{HEADER}big,200,10,20,1000,0\nsmall,20,5,10,1000,3\nhuge,700,1,0,1,0\n")
    return path


def test_json_is_one_document_on_stdout_with_the_promised_keys_and_nothing_else(jobs):
    done = qsched("run", jobs, "--json", "--policy", "fair", "--seed", "3")

    document = json.loads(done.stdout)
    assert done.exit_code == 0
    assert done.stderr == ""
    assert (document["policy"], document["model"], document["seed"]) == ("fair", "paper", 3)
    assert "partial" not in document
    assert set(document["summary"]) >= SUMMARY_KEYS
    assert [set(device) for device in document["devices"]] == [DEVICE_KEYS] * 5
    assert all(set(job) >= JOB_KEYS for job in document["jobs"])
    by_id = {job["job_id"]: job for job in document["jobs"]}
    assert {job_id: job["status"] for job_id, job in by_id.items()} == {
        "big": "DONE",
        "small": "DONE",
        "huge": "REJECTED",
    }
    assert sum(part["num_qubits"] for part in by_id["big"]["placements"]) == 200
    assert set(by_id["big"]["placements"][0]) >= {"device", "num_qubits", "qubits"}
    assert set(document["summary"]["utilisation"]) == {d["name"] for d in document["devices"]}


def test_equal_seeds_print_equal_documents(jobs):
    args = ("run", jobs, "--json", "--policy", "random", "--arrivals", "poisson:0.1", "--seed", 5)

    assert qsched(*args).stdout == qsched(*args).stdout


def test_tables_name_the_rejected_jobs_and_why(jobs):
    done = qsched("run", jobs)

    assert done.exit_code == 0
    assert lines(done.stdout)[0].rstrip() == "2 of 3 jobs done, 1 rejected"
    assert "needs 700 qubits, the whole fleet has 635" in done.stdout
    assert "fake_strasbourg" in done.stdout
    assert "\x1b" not in done.stdout


def test_of_many_jobs_the_first_twenty_are_shown_and_the_others_counted(tmp_path):
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "".join(f"job{i},20,1,1,1,0\n" for i in range(1025)))

    done = qsched("run", path)

    assert "job19 " in done.stdout
    assert "job20 " not in done.stdout
    assert "... and 1,005 more; use --json or --out" in done.stdout


PLACEMENT = {"device": "a", "num_qubits": 5, "qubits": [1, 2]}
JOBS = st.lists(
    st.fixed_dictionaries(
        {
            "job_id": st.text() | st.just("},\n      {"),
            "fidelity": st.none() | st.floats(0, 1),
            "placements": st.lists(st.just(PLACEMENT), max_size=2),
        }
    ),
    max_size=6,
)


@given(jobs=JOBS)
def test_the_document_is_written_as_the_standard_library_writes_it(jobs):
    document = {"version": "1", "summary": {"utilisation": {}}, "jobs": jobs}

    assert document_text(document) == json.dumps(document, indent=2)


@pytest.mark.parametrize("columns", ["60", "80", "120"])
def test_tables_fit_the_terminal(jobs, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)

    shown = qsched("run", jobs).stdout

    assert max(map(len, shown.splitlines())) <= int(columns)
    assert "220,000 " in shown
    assert " fidelity " in shown
    assert "…" not in shown


def test_fidelities_of_a_table_are_written_in_one_style(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text(f"{HEADER}good,20,10,20,1000,0\npoor,20,10,2000,1000,0\n")

    document = json.loads(qsched("run", path, "--json").stdout)
    shown = qsched("run", path).stdout

    good, poor = (job["fidelity"] for job in document["jobs"])
    assert poor < 0.001 < good
    assert f" {good:.3e} " in shown
    assert f" {poor:.3e} " in shown


def test_the_mixed_clock_of_the_published_code_is_not_called_seconds(jobs):
    done = qsched("run", jobs, "--model", "icpp2025")

    assert "minutes" in done.stdout
    (makespan,) = (line for line in lines(done.stdout) if line.startswith("makespan"))
    assert " s" not in makespan


def test_out_writes_jobs_events_summary_and_the_whole_document(jobs, tmp_path):
    out = tmp_path / "deep" / "results"

    done = qsched("run", jobs, "--json", "--out", out)

    assert done.exit_code == 0
    assert done.stderr == f"note: wrote jobs.csv, events.csv, summary.json, result.json to {out}\n"
    assert sorted(path.name for path in out.iterdir()) == [
        "events.csv",
        "jobs.csv",
        "result.json",
        "summary.json",
    ]
    assert [path.name for path in out.parent.iterdir()] == ["results"]
    document = json.loads(done.stdout)
    assert json.loads((out / "result.json").read_text()) == document
    assert json.loads((out / "summary.json").read_text())["summary"] == document["summary"]
    with (out / "jobs.csv").open(newline="") as file:
        assert [row["job_id"] for row in csv.DictReader(file)] == [
            job["job_id"] for job in document["jobs"]
        ]
    with (out / "events.csv").open(newline="") as file:
        kinds = [row["kind"] for row in csv.DictReader(file) if row["subject"] == "small"]
    assert kinds == ["SUBMITTED", "STARTED", "FINISHED"]


def test_a_second_run_replaces_the_files_and_leaves_the_others_alone(jobs, tmp_path):
    out = tmp_path / "results"
    qsched("run", jobs, "--out", out, "--policy", "speed")
    (out / "notes.txt").write_text("mine")

    qsched("run", jobs, "--out", out, "--policy", "fair")

    assert (out / "notes.txt").read_text() == "mine"
    assert json.loads((out / "summary.json").read_text())["policy"] == "fair"
    assert len(list(out.iterdir())) == 5


def test_devices_may_be_named_instead_of_a_fleet(jobs):
    done = qsched("run", jobs, "--json", "--devices", "fake_kyiv, fake_quebec")

    assert [device["name"] for device in json.loads(done.stdout)["devices"]] == [
        "fake_kyiv",
        "fake_quebec",
    ]


def test_shots_of_the_command_line_are_those_of_every_job(jobs):
    document = json.loads(qsched("run", jobs, "--json", "--shots", "7").stdout)

    assert [job["shots"] for job in document["jobs"]] == [7, 7, 7]


def test_a_user_defined_policy_is_found_by_its_module(jobs, tmp_path, monkeypatch):
    (tmp_path / "own_policy.py").write_text(
        "class Mine:\n    name = 'mine'\n    def decide(self, job, view):\n        return None\n"
    )
    monkeypatch.syspath_prepend(tmp_path)

    document = json.loads(qsched("run", jobs, "--json", "--policy", "own_policy:Mine").stdout)

    assert document["summary"]["num_done"] == 0


# Scenarios


@pytest.fixture
def scenario(jobs):
    path = jobs.parent / "day.toml"
    path.write_text(
        'sources = ["jobs.csv"]\nfleet = "paper"\npolicy = "fair"\nseed = 4\nout = "kept"\n'
        "[[maintenance.fake_kyiv]]\nstart_s = 0\nduration_s = 50\n"
        "[cancellations]\nsmall = 3.5\n"
    )
    return path


def test_a_scenario_is_run_as_it_says(scenario):
    done = qsched("run", scenario, "--json")

    document = json.loads(done.stdout)
    assert (document["policy"], document["seed"]) == ("fair", 4)
    assert {job["job_id"]: job["status"] for job in document["jobs"]}["small"] == "CANCELLED"
    assert (scenario.parent / "kept" / "jobs.csv").is_file()
    events = (scenario.parent / "kept" / "events.csv").read_text()
    assert "MAINTENANCE_STARTED,fake_kyiv" in events


def test_options_override_the_scenario(scenario):
    done = qsched("run", scenario, "--json", "--policy", "speed", "--devices", "fake_kyiv,fake_fez")

    document = json.loads(done.stdout)
    assert (document["policy"], document["seed"]) == ("speed", 4)
    assert [device["name"] for device in document["devices"]] == ["fake_kyiv", "fake_fez"]


def test_a_scenario_runs_alone(scenario, jobs):
    done = qsched("run", scenario, jobs)

    assert done.exit_code == 2
    assert "run it alone" in done.stderr


# What bad input gets


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (["--policy", "sped"], "error: unknown policy 'sped'; did you mean 'speed'?"),
        (["--model", "papper"], "error: unknown model 'papper'; did you mean 'paper'?"),
        (["--fleet", "papper"], "error: unknown fleet 'papper'; did you mean 'paper'?"),
        (["--discipline", "fifo"], "error: unknown discipline 'fifo'; "),
        (["--broker", "paralel"], "error: unknown broker 'paralel'; did you mean 'parallel'?"),
        (["--devices", "fake_kyif"], "error: unknown device 'fake_kyif'; did you mean 'fake_kyiv'"),
        (["--devices", "fake_kyiv,fake_kyiv"], "error: fleet 'devices' names fake_kyiv twice"),
        (["--devices", "fake_kyiv", "--fleet", "paper"], "error: both a fleet and devices"),
        (["--devices", " ,"], "error: --devices ' ,' names none; give names, commas between"),
        (["--arrivals", "poison:3"], "error: arrivals is 'poison:3'; it must be batch or"),
        (["--arrivals", "poisson:-1"], "error: arrivals is 'poisson:-1'; it must be batch or"),
        (["--policy", "nowhere.at_all:Mine"], "error: policy 'nowhere.at_all:Mine': "),
        (["--policy", "json:Mine"], "error: policy 'json:Mine': module json has no 'Mine'"),
        (["--policy", "json:dumps"], "error: policy 'json:dumps'"),
        (["--policy", ":"], "error: policy ':'"),
        (["--fleet", "nowhere.toml"], "error: nowhere.toml: cannot read"),
    ],
)
def test_names_that_nobody_knows_are_one_line_each_and_status_two(jobs, options, refusal):
    done = qsched("run", jobs, *options)

    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = lines(done.stderr)
    assert line.startswith(refusal)


def test_all_unknown_names_of_a_call_are_listed(jobs):
    done = qsched("run", jobs, "--policy", "sped", "--model", "papper", "--fleet", "papper")

    assert done.exit_code == 2
    assert len(lines(done.stderr)) == 3


@pytest.mark.parametrize(
    "options",
    [["--shots", "0"], ["--shots", "many"], ["--seed", "-1"], ["--nonsense"], ["--policy"]],
)
def test_options_that_click_refuses_end_with_status_two(jobs, options):
    done = qsched("run", jobs, *options)

    assert done.exit_code == 2
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_all_bad_sources_of_a_call_are_listed_and_nothing_is_written(tmp_path, jobs):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "bad.json").write_text("[")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "folder").mkdir()
    out = tmp_path / "out"

    done = qsched(
        "run", jobs, tmp_path / "empty.csv", tmp_path / "bad.json", tmp_path / "notes.txt",
        tmp_path / "folder", tmp_path / "jops.csv", "--out", out,
    )  # fmt: skip

    assert done.exit_code == 2
    assert done.stdout == ""
    assert [line.replace(f"{tmp_path}/", "").split("; ")[0] for line in lines(done.stderr)] == [
        "error: notes.txt: unknown kind of file '.txt'",
        "error: folder: folder holds no circuit",
        "error: jops.csv: no such file or folder",
        "error: empty.csv: is empty",
        "error: bad.json:1:2: no valid JSON: Expecting value",
    ]
    assert "did you mean" in lines(done.stderr)[2]
    assert not out.exists()


def test_skip_bad_goes_on_without_what_is_bad_and_says_so(tmp_path, jobs):
    (tmp_path / "bad.json").write_text("[")
    jobs.write_text(jobs.read_text() + "worse,0,1,1,1,0\n")

    done = qsched("run", jobs, tmp_path / "bad.json", "--skip-bad", "--json")

    assert done.exit_code == 0
    assert [job["job_id"] for job in json.loads(done.stdout)["jobs"]] == ["big", "huge", "small"]
    assert [line.split(": ")[:2] for line in lines(done.stderr)] == [["warning", "skipped"]] * 2
    assert "jobs.csv:5: job worse: num_qubits is 0" in done.stderr


def test_skip_bad_with_nothing_good_left_is_refused(tmp_path):
    (tmp_path / "bad.json").write_text("[")

    done = qsched("run", tmp_path / "bad.json", "--skip-bad")

    assert done.exit_code == 2
    assert lines(done.stderr)[0].startswith("error: ")


@pytest.mark.parametrize("place", ["file", "file/below"])
def test_an_output_folder_that_cannot_be_is_found_before_the_run(
    tmp_path, jobs, place, monkeypatch
):
    (tmp_path / "file").write_text("mine")
    monkeypatch.setattr("qsched.experiment.scenario.schedule", pytest.fail)

    done = qsched("run", jobs, "--out", tmp_path / place)

    assert done.exit_code == 2
    (line,) = lines(done.stderr)
    assert line.startswith(f"error: {tmp_path / place}: cannot write: ")
    assert (tmp_path / "file").read_text() == "mine"


def test_a_disk_that_fills_up_leaves_the_folder_as_it_was(tmp_path, jobs, monkeypatch):
    out = tmp_path / "results"
    qsched("run", jobs, "--out", out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    written = []

    def full(handle):
        written.append(handle)
        if len(written) == 3:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    done = qsched("run", jobs, "--out", out, "--policy", "fair")

    assert done.exit_code == 2
    assert "No space left on device" in done.stderr
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_names_of_files_cannot_send_escape_codes_to_the_terminal(tmp_path):
    done = qsched("run", tmp_path / "\x1b[31mred.csv")

    assert "\x1b" not in done.stderr
    assert "\\x1b[31mred.csv" in done.stderr


def test_a_bug_shows_its_traceback_and_is_status_one(jobs, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("qsched.experiment.scenario.schedule", broken)

    done = qsched("run", jobs)

    assert done.exit_code == 1
    assert isinstance(done.exception, ZeroDivisionError)


CELLS = st.sampled_from(
    ["", "0", "1", "20", "200", "700", "-1", "nan", "1e15", "3.0", "x", "9" * 400]
)
GOOD_ROWS = st.tuples(st.just(""), *[st.integers(1, 300).map(str)] * 5)
TABLES = st.lists(GOOD_ROWS | st.tuples(*[CELLS] * 6), max_size=6).map(
    lambda rows: HEADER + "".join(",".join(row) + "\n" for row in rows)
)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "--policy": st.sampled_from(["speed", "fidelity", "fair", "random", "round_robin"]),
        "--discipline": st.sampled_from(["fcfs", "sjf", "priority", "easy"]),
        "--broker": st.sampled_from(["parallel", "serial"]),
        "--model": st.sampled_from(["paper", "icpp2025"]),
        "--arrivals": st.sampled_from(["batch", "poisson:0.1", "poisson:1e-9", "poisson:1e308"]),
        "--shots": st.sampled_from(["1", "1000000000000000"]),
    },
)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(table=TABLES | st.text(max_size=40), options=OPTIONS, skip=st.booleans())
def test_whatever_a_table_holds_every_job_is_accounted_for_or_refused(
    tmp_path, table, options, skip
):
    path = tmp_path / "jobs.csv"
    path.write_bytes(table.encode("utf-8", "surrogatepass"))
    flat = [word for pair in options.items() for word in pair]

    done = qsched("run", path, "--json", *flat, *(["--skip-bad"] if skip else []))

    assert done.exit_code in (0, 2), done.exception
    if done.exit_code == 2:
        assert done.stdout == ""
        assert all(line.startswith("error: ") for line in lines(done.stderr))
    else:
        document = json.loads(done.stdout)
        assert {job["status"] for job in document["jobs"]} <= {"DONE", "REJECTED"}
        assert document["summary"]["num_jobs"] == len(document["jobs"]) > 0
