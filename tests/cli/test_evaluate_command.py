"""``qsched evaluate``: streams, table, files, and what bad input gets."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.experiment.evaluate import evaluate as evaluate_policies
from qsched.experiment.paper_workload import paper_workload
from qsched.io.job_tables import write_job_table
from qsched.testing import make_job

FIGURES = ("makespan_s", "mean_fidelity", "mean_wait_time_s", "comm_time_s")
COUNTS = {"num_jobs", "num_done", "num_rejected", "num_failed", "num_cancelled"}
PLUG_INS = '''
"""Policies for the tests of the command."""
from qsched.policy import load_policy

class Late:
    """As fidelity, one job after another."""
    def decide(self, job, view):
        busy = any(qpu.num_running for qpu in view.qpus)
        return None if busy else load_policy("fidelity").decide(job, view)

class Never:
    def decide(self, job, view):
        return None

class Impatient:
    def decide(self, job, view):
        if view.seed == 2:
            raise KeyboardInterrupt
        return load_policy("speed").decide(job, view)
'''


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """A folder of its own with tables of large and of small jobs, and a module of policies."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    write_job_table(paper_workload(2, 10), tmp_path / "jobs.csv")
    small = [make_job(f"s{n}", 20 + n, shots=1_000 + 50 * n) for n in range(20)]
    write_job_table(small, tmp_path / "small.csv")
    (tmp_path / "lab_policies.py").write_text(PLUG_INS)
    return tmp_path


def evaluate(*args):
    return CliRunner().invoke(main, ["evaluate", *map(str, args)], prog_name="qsched")


def test_json_is_one_document_with_the_promised_keys():
    done = evaluate("speed", "random", "fair", "--num-jobs", 8, "--replications", 3,
                    "--arrivals", "load:0.8", "--seed", 4, "--json")  # fmt: skip

    document = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert list(document) == [
        "jobs", "version", "model", "clock", "discipline", "fleet", "devices", "arrivals",
        "resample", "seed", "replications", "partial", "by", "policies", "differences", "notes",
        "runs",
    ]  # fmt: skip
    assert document["jobs"] == "paper"
    assert document["by"] == list(FIGURES)
    assert len(document["devices"]) == 5
    for row in document["policies"]:
        assert set(row) == {"policy", "dominated_by", *COUNTS, *FIGURES}
        assert row["num_jobs"] == row["num_done"] == 24
        for figure in FIGURES:
            assert set(row[figure]) == {"mean", "half_width"}
    assert [(d["policy"], d["other"]) for d in document["differences"]] == [
        ("speed", "random"), ("speed", "fair"), ("random", "fair"),
    ]  # fmt: skip
    assert set(document["differences"][0]) == {"policy", "other", "same_jobs_done", *FIGURES}
    assert [(run["seed"], run["policy"]) for run in document["runs"]] == [
        (seed, policy) for seed in (4, 5, 6) for policy in ("speed", "random", "fair")
    ]
    assert set(document["runs"][0]) == {
        "replication", "seed", "rate_per_s", "policy", *COUNTS, *FIGURES,
    }  # fmt: skip


def test_document_is_that_of_the_function():
    document = json.loads(evaluate("speed", "fair", "--num-jobs", 6, "--replications", 2,
                                   "--json").stdout)  # fmt: skip

    found = evaluate_policies(
        ["speed", "fair"], jobs=lambda seed: paper_workload(seed, 6), replications=2
    )
    assert document == {"jobs": "paper", **json.loads(json.dumps(found.to_dict()))}


def test_equal_calls_print_equal_bytes():
    first, second = (
        evaluate("random", "speed", "--jobs", "jobs.csv", "--resample", "--replications", 3,
                 "--arrivals", "load:0.9", "--json").stdout_bytes
        for _ in range(2)
    )  # fmt: skip

    assert first == second


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_table_fits_the_terminal_with_all_digits(columns, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(columns))

    done = evaluate("fidelity", "lab_policies:Late", "--jobs", "small.csv", "--replications", 4,
                    "--arrivals", "load:0.7")  # fmt: skip

    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= columns
    text = " ".join(done.stdout.split())
    assert text.startswith("4 replications of 20 jobs (small.csv), the same for all policies model")
    assert "arrivals load:0.7 = " in text
    assert "lab_policies:Late is dominated by fidelity, significantly: makespan -" in text
    assert "fidelity equal, wait -" in text
    assert text.endswith("communication equal")
    if columns >= 80:
        head = next(line for line in lines if line.startswith("policy"))
        assert head.split()[:7] == [
            "policy", "makespan", "fidelity,", "mean", "wait,", "mean", "communication",
        ]  # fmt: skip
        row = next(line for line in lines if line.startswith("fidelity "))
        assert ("+/-" in row) is (columns >= 120)


def test_dominance_in_the_means_alone_is_marked_so():
    done = evaluate("fidelity", "lab_policies:Late", "--jobs", "small.csv", "--replications", 1)

    assert "fidelity (means)" in done.stdout
    assert "lab_policies:Late is dominated by fidelity, in the means alone: " in done.stdout
    assert "Note: one replication has no intervals" in " ".join(done.stdout.split())


def test_only_the_figures_asked_for_decide_who_is_dominated():
    args = ("speed", "fidelity", "--jobs", "small.csv", "--replications", 3, "--resample")
    by_all, by_time = (
        json.loads(evaluate(*args, *by, "--json").stdout) for by in ((), ("--by", "makespan,wait"))
    )

    assert [row["dominated_by"] for row in by_all["policies"]] == [[], []]
    assert by_time["by"] == ["makespan_s", "mean_wait_time_s"]
    assert [row["dominated_by"] for row in by_time["policies"]] == [
        [],
        [{"policy": "speed", "significant": True}],
    ]


def test_times_of_a_mixed_clock_are_said_to_be_such():
    done = evaluate("speed", "--jobs", "jobs.csv", "--model", "icpp2025", "--replications", 2,
                    "--arrivals", "load:0.5")  # fmt: skip

    assert "jobs per unit of time" in done.stdout
    assert "Clock of model icpp2025: mixed" in done.stdout


def test_a_table_keeps_its_times_unless_it_is_resampled_or_other_arrivals_are_asked_for():
    kept = evaluate("speed", "--jobs", "jobs.csv", "--replications", 2)
    drawn = evaluate("speed", "--jobs", "jobs.csv", "--replications", 2, "--resample",
                     "--num-jobs", 4)  # fmt: skip

    assert "all replications have the same jobs at the same times" in kept.stdout
    assert drawn.stdout.startswith("2 replications of 4 jobs (jobs.csv)")
    assert "Note" not in drawn.stdout


def test_jobs_that_are_not_done_are_counted(workplace):
    jobs = [*paper_workload(2, 10), make_job("wide", 9_999)]
    write_job_table(jobs, workplace / "jobs.csv")

    done = evaluate("speed", "fair", "--jobs", "jobs.csv", "--replications", 2)

    assert done.exit_code == 0
    text = " ".join(done.stdout.split())
    assert "Note: speed: 20 of 22 jobs done, 2 rejected; its figures are of those done." in text


def test_out_has_the_document_and_a_row_for_each_run(workplace):
    done = evaluate("speed", "fair", "--num-jobs", 5, "--replications", 3, "--json", "--out", "d")

    folder = workplace / "d"
    assert done.stderr == "note: wrote runs.csv, evaluation.json to d\n"
    assert sorted(path.name for path in folder.iterdir()) == ["evaluation.json", "runs.csv"]
    assert (folder / "evaluation.json").read_text() == done.stdout
    rows = list(csv.DictReader(io.StringIO((folder / "runs.csv").read_text())))
    assert [float(row["makespan_s"]) for row in rows] == [
        run["makespan_s"] for run in json.loads(done.stdout)["runs"]
    ]


def test_ctrl_c_leaves_the_complete_replications(workplace):
    done = evaluate("speed", "lab_policies:Impatient", "--num-jobs", 5, "--out", "d")

    assert done.exit_code == 130
    assert done.stdout.startswith("Interrupted, 2 replications of 5 jobs")
    assert done.stderr.splitlines()[-1].startswith("error: interrupted: these are")
    assert sorted(path.name for path in (workplace / "d").iterdir()) == [
        "evaluation.partial.json",
        "runs.partial.csv",
    ]
    assert json.loads((workplace / "d" / "evaluation.partial.json").read_text())["partial"] is True


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["sped"], "unknown policy 'sped'; did you mean 'speed'?"),
        (["nowhere:Policy"], "No module named 'nowhere'"),
        (["speed", "speed"], "policy 'speed' is given twice"),
        (["speed", "--replications", 0], "0 is not in the range x>=1"),
        (["speed", "--seed", -1], "-1 is not in the range x>=0"),
        (["speed", "--model", "papr"], "unknown model 'papr'"),
        (["speed", "--fleet", "papr"], "papr"),
        (["speed", "--discipline", "lifo"], "unknown discipline 'lifo'"),
        (["speed", "--arrivals", "load:much"], "load is 'much'; give a fraction"),
        (["speed", "--arrivals", "burst"], "give batch, poisson:RATE_PER_S or load:FRACTION"),
        (["speed", "--by", "fidelty"], "unknown figure 'fidelty'; did you mean 'fidelity'?"),
        (["speed", "--by", ","], "no figure to compare by"),
        (["speed", "--jobs", "gone.csv"], "gone.csv"),
        (["speed", "--jobs", "jobs.csv", "--num-jobs", 3], "with --resample, so many"),
        (["speed", "--resample"], "these are drawn anew in each replication already"),
        (["lab_policies:Never", "--num-jobs", 3], "Never: no job is done in replication 0"),
        (["speed", "--out", "jobs.csv"], "jobs.csv: cannot write"),
        ([], "Missing argument 'POLICY...'"),
    ],
)
def test_bad_input_gets_one_line_and_status_2(args, message):
    done = evaluate(*args)

    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert message in line
