"""``qsched reproduce``: streams, figure, notes, and what bad input gets."""

import json
import sys

import numpy as np
import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import workload_digest
from qsched.experiment.rlbase import LAYERS
from qsched.io.job_tables import write_job_table

FIGURES = {"makespan_s", "mean_fidelity", "std_fidelity", "comm_time_s"}


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """A folder of its own with a table of ten jobs."""
    monkeypatch.chdir(tmp_path)
    write_job_table(paper_workload(2, 10), tmp_path / "jobs.csv")
    return tmp_path


@pytest.fixture
def weights(workplace):
    made = {}
    for name, shape in LAYERS.items():
        made[f"{name}.weight"] = np.zeros(shape, dtype=np.float32)
        made[f"{name}.bias"] = np.full(shape[0], 0.5, dtype=np.float32)
    np.savez(workplace / "weights.npz", **made)
    return "weights.npz"


def reproduce(*args):
    return CliRunner().invoke(main, ["reproduce", *map(str, args)], prog_name="qsched")


def test_json_is_one_document_with_the_promised_keys(weights):
    done = reproduce("--jobs", "jobs.csv", "--rl-weights", weights, "--json", "--no-figure")

    document = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert set(document) == {
        "version", "num_jobs", "jobs_sha256", "is_published_table", "clock", "devices", "rows",
        "notes", "figure",
    }  # fmt: skip
    assert [row["mode"] for row in document["rows"]] == ["speed", "fidelity", "fair", "rlbase"]
    for row in document["rows"]:
        assert set(row) == {
            "mode", "published", "reproduced", "difference", "identical", "exact", "paper",
        }  # fmt: skip
        for key in ("published", "reproduced", "difference"):
            assert set(row[key]) == FIGURES
        for key in ("exact", "paper"):
            assert set(row[key]) == FIGURES | {"num_done", "num_rejected", "num_failed"}
        assert abs(row["exact"]["makespan_s"] - row["reproduced"]["makespan_s"]) < 0.01
        assert round(row["exact"]["mean_fidelity"], 5) == row["reproduced"]["mean_fidelity"]
    assert document["figure"] is None
    assert len(document["devices"]) == 5


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_table_fits_the_terminal_and_has_published_and_own_figures(columns, monkeypatch, weights):
    monkeypatch.setenv("COLUMNS", str(columns))

    done = reproduce("--jobs", "jobs.csv", "--rl-weights", weights, "--no-figure")

    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= columns
    head = next(line for line in lines if line.startswith("mode"))
    assert head.split() == ["mode", "published", "reproduced", "difference", "model", "paper"]
    table = lines[lines.index(head) + 1 :]
    assert [table[4 * n].split()[0] for n in range(4)] == ["speed", "fidelity", "fair", "rlbase"]
    assert table[4].split()[1:3] == ["makespan", "209,873.02"]
    assert ("min" in table[0]) is (columns >= 100)


def test_without_a_table_the_jobs_are_drawn_from_the_seed_and_it_says_so():
    document = json.loads(reproduce("--seed", 1, "--json", "--no-figure").stdout)

    assert document["num_jobs"] == 1000
    assert document["jobs_sha256"] == workload_digest(paper_workload(1))
    (note, _) = document["notes"]
    assert note.startswith("The jobs are drawn from seed 1,")
    assert "synth_job_batches/1000-large-circuits.csv" in note
    assert "github.com/QuantumCloudSimulation/ICPP2025" in note
    assert "10.5281/zenodo.15897774" in note


def test_equal_calls_print_equal_documents():
    first, second = (
        reproduce("--jobs", "jobs.csv", "--json", "--no-figure").stdout for _ in range(2)
    )

    assert first == second


def test_other_jobs_than_the_published_ones_are_said_to_be_others():
    done = reproduce("--jobs", "jobs.csv", "--no-figure")

    assert done.stdout.startswith("10 jobs, not those of the published table")
    assert "Note: The jobs of jobs.csv are not the 1,000 of the published table" in done.stdout


def test_without_weights_the_learned_row_says_how_to_give_them():
    done = reproduce("--jobs", "jobs.csv", "--no-figure")

    text = " ".join(done.stdout.split())
    assert "rlbase makespan 106,206.21 - - -" in text
    assert "give them with --rl-weights, an .npz file of the arrays" in text
    assert "action_net.weight and .bias" in text


def test_jobs_that_are_not_run_are_counted(workplace):
    path = workplace / "mixed.csv"
    path.write_text("job_id,num_qubits,depth,two_qubits,shots\na,200,5,5,99\nb,20,5,5,99\n")

    (*_, last) = json.loads(reproduce("--jobs", path, "--json", "--no-figure").stdout)["notes"]

    assert last.startswith("fair, model paper: 1 of 2 jobs done, 1 rejected")


def test_the_figure_is_drawn_into_the_folder_and_it_says_so(workplace):
    pytest.importorskip("matplotlib")

    done = reproduce("--jobs", "jobs.csv")

    assert (workplace / "qsched-reproduce.png").read_bytes().startswith(b"\x89PNG")
    assert done.stderr.splitlines() == [
        "note: drew the fidelity histograms (Figure 6 of the paper) into qsched-reproduce.png"
    ]


def test_the_figure_goes_where_it_is_wanted(workplace):
    pytest.importorskip("matplotlib")

    done = reproduce("--jobs", "jobs.csv", "--figure", "deep/er.svg", "--json")

    assert (workplace / "deep" / "er.svg").read_bytes().startswith(b"<?xml")
    assert json.loads(done.stdout)["figure"] == "deep/er.svg"
    assert not (workplace / "qsched-reproduce.png").exists()


def test_a_figure_that_nobody_asked_for_and_that_cannot_be_written_is_only_a_note(workplace):
    pytest.importorskip("matplotlib")
    (workplace / "qsched-reproduce.png").mkdir()

    done = reproduce("--jobs", "jobs.csv")

    assert done.exit_code == 0
    (line,) = done.stderr.splitlines()
    assert line.startswith("note: no figure: qsched-reproduce.png: cannot write")
    assert sorted(path.name for path in workplace.iterdir()) == ["jobs.csv", "qsched-reproduce.png"]


def test_no_figure_is_drawn_when_none_is_wanted(workplace):
    done = reproduce("--jobs", "jobs.csv", "--no-figure")

    assert done.stderr == ""
    assert sorted(path.name for path in workplace.iterdir()) == ["jobs.csv"]


def test_without_matplotlib_the_table_is_printed_and_a_note_says_how_to_get_the_figure(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    done = reproduce("--jobs", "jobs.csv")

    assert done.exit_code == 0
    assert "speed" in done.stdout
    assert done.stderr.splitlines() == [
        "note: no figure: figures need matplotlib: python -m pip install 'qsched[report]'"
    ]


def test_a_figure_that_was_asked_for_and_cannot_be_drawn_is_refused_at_once(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    done = reproduce("--jobs", "jobs.csv", "--figure", "a.png")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "qsched[report]" in done.stderr


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["--jobs", "jobs.csv", "--seed", "1"], "both --jobs and --seed are given"),
        (["--figure", "a.png", "--no-figure"], "both --figure and --no-figure are given"),
        (["--figure", "a.bmp"], "a.bmp: unknown kind of figure '.bmp'"),
        (["--figure", "jobs.csv/a.png"], "jobs.csv: cannot write"),
        (["--jobs", "none.csv"], "none.csv: cannot read"),
        (["--calibrations", "none"], "none: no such folder"),
        (["--rl-weights", "jobs.csv"], "jobs.csv: is no archive of weights"),
    ],
)
def test_what_cannot_be_used_is_one_line(args, text):
    done = reproduce(*args)

    assert (done.exit_code, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert text in line


def test_all_that_is_wrong_is_listed_at_once(workplace):
    (workplace / "bad.csv").write_text("job_id,num_qubits,depth,two_qubits,shots\na,x,5,5,9\n")

    done = reproduce("--jobs", "bad.csv", "--calibrations", workplace, "--rl-weights", "none.npz")

    assert done.exit_code == 2
    starts = [line.split(": ")[1] for line in done.stderr.splitlines()]
    assert starts == ["bad.csv:2", *[str(workplace)] * 5, "none.npz"]
    assert not (workplace / "qsched-reproduce.png").exists()
