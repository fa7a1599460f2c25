"""The command line as a whole: what it imports, how it ends, and what terminals get."""

import io
import json
import os
import pty
import subprocess
import sys
from importlib import import_module

import pytest
from click.testing import CliRunner

from qsched import __version__
from qsched.cli import COMMANDS, main
from qsched.cli._group import report
from qsched.cli._progress import progress_bar
from qsched.errors import BadInputs, ConfigError, MissingExtraError, SimulationError

HEAVY = ["qiskit", "qiskit_ibm_runtime", "numpy", "networkx", "simpy", "rich", "pandas", "torch"]
ROWS = "job_id,num_qubits,depth,two_qubits,shots\n" + "".join(
    f"job{i},{20 + i % 100},5,10,1000\n" for i in range(300)
)


def qsched(*args, **options):
    """Call the command line in this process."""
    return CliRunner().invoke(main, [str(arg) for arg in args], prog_name="qsched", **options)


def process(*args, **options):
    """Call the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "qsched.cli", *map(str, args)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        **options,
    )


@pytest.fixture
def jobs(tmp_path):
    path = tmp_path / "jobs.csv"
    path.write_text(ROWS)
    return path


def modules_after(*args):
    """The heavy packages that a call has imported when it is over."""
    code = (
        "import sys\nfrom qsched.cli import main\n"
        f"try:\n    main({[str(a) for a in args]!r}, prog_name='qsched')\n"
        "except SystemExit as end:\n    assert not end.code, end.code\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    return done.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    "args", [["--help"], ["--version"], *([name, "--help"] for name in COMMANDS)]
)
def test_help_imports_nothing_heavy(args):
    assert modules_after(*args) == "[]"


def test_a_job_table_runs_without_qiskit_and_networkx(jobs):
    imported = modules_after("run", jobs, "--json")

    assert "qiskit" not in imported
    assert "networkx" not in imported
    assert "pandas" not in imported


def test_every_command_is_where_the_table_says_and_has_its_help():
    for name, (path, text) in COMMANDS.items():
        module, _, attribute = path.partition(":")
        command = getattr(import_module(module), attribute)
        assert command.name == name
        assert text.endswith(".")
        assert name in qsched("--help").stdout


def test_version_is_that_of_the_package():
    assert qsched("--version").stdout == f"qsched, version {__version__}\n"


def test_a_misspelt_command_names_the_near_one():
    done = qsched("polices")

    assert done.exit_code == 2
    assert "No such command 'polices'. Did you mean 'policies'?" in done.stderr


def test_policies_lists_every_name_with_a_description_on_one_line():
    rows = qsched("policies").stdout.splitlines()[1:]

    assert [row.split()[0] for row in rows][:3] == ["speed", "fidelity", "fair"]
    assert all("built in" in row for row in rows)


def test_policies_as_json_tells_kinds_apart():
    document = json.loads(qsched("policies", "--json", "--kind", "all").stdout)

    assert document["version"] == __version__
    assert {row["kind"] for row in document["policies"]} == {
        "policy", "discipline", "model", "broker", "partition", "communication",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (ConfigError("seed is -1", remedy="give 0", source="a.toml", line=3),
         ["error: a.toml:3: seed is -1; give 0"]),
        (BadInputs([ConfigError("one"), ConfigError("two")]), ["error: one", "error: two"]),
        (MissingExtraError("needs pandas"), ["error: needs pandas"]),
        (KeyboardInterrupt(), ["error: interrupted before there was any result"]),
    ],
)  # fmt: skip
def test_errors_of_the_user_are_one_line_each(jobs, monkeypatch, error, lines):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("qsched.experiment.workload.load_workload", fail)

    done = qsched("run", jobs)

    assert done.exit_code == (130 if isinstance(error, KeyboardInterrupt) else 2)
    assert done.stdout == ""
    assert done.stderr.splitlines() == lines


def test_a_bug_is_a_traceback_and_status_one(tmp_path, jobs):
    (tmp_path / "broken.py").write_text(
        "class Mine:\n    name = 'mine'\n    def decide(self, job, view):\n        return 1 / 0\n"
    )

    done = process(
        "run", jobs, "--policy", "broken:Mine", env=os.environ | {"PYTHONPATH": f"{tmp_path}:."}
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "Traceback" in done.stderr
    assert "ZeroDivisionError" in done.stderr


def test_an_engine_used_wrongly_is_a_bug_and_no_error_of_the_user(jobs, monkeypatch):
    def fail(*_, **__):
        raise SimulationError("run twice")

    monkeypatch.setattr("qsched.experiment.scenario.schedule", fail)

    assert isinstance(qsched("run", jobs).exception, SimulationError)


INTERRUPTING = """
import os, signal
from dataclasses import dataclass
from qsched.policy import load_policy

class Mine:
    name = "mine"
    calls = 0
    def decide(self, job, view):
        Mine.calls += 1
        if Mine.calls == 50:
            os.kill(os.getpid(), signal.SIGINT)
        return load_policy("speed").decide(job, view)
"""


def test_ctrl_c_gives_partial_records_said_to_be_partial_and_status_130(tmp_path, jobs):
    (tmp_path / "stops.py").write_text(INTERRUPTING)
    out = tmp_path / "results"

    done = process(
        "run", jobs, "--policy", "stops:Mine", "--json", "--out", out,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}:."},
    )  # fmt: skip

    assert done.returncode == 130
    assert "Traceback" not in done.stderr
    assert done.stderr.splitlines()[0] == "note: interrupted: writing partial records..."
    assert done.stderr.splitlines()[-1] == "error: interrupted: these are partial records"
    document = json.loads(done.stdout)
    assert document["partial"] is True
    counts = document["summary"]
    assert 0 < counts["num_done"] < 300
    assert counts["num_done"] + counts["num_queued"] + counts["num_running"] == counts["num_jobs"]
    assert counts["num_queued"] > 0
    assert json.loads((out / "result.partial.json").read_text()) == document
    assert sorted(path.name for path in out.iterdir()) == [
        "events.partial.csv",
        "jobs.partial.csv",
        "result.partial.json",
        "summary.partial.json",
    ]


def test_the_table_of_an_interrupted_run_says_so_at_once(tmp_path, jobs):
    (tmp_path / "stops.py").write_text(INTERRUPTING)

    done = process(
        "run", jobs, "--policy", "stops:Mine", env=os.environ | {"PYTHONPATH": f"{tmp_path}:."}
    )

    assert done.returncode == 130
    assert done.stdout.startswith("Interrupted, partial records: ")


@pytest.mark.parametrize("options", [["--json"], []])
def test_a_reader_that_stops_reading_ends_the_program_quietly_as_sigpipe_does(jobs, options):
    call = subprocess.Popen(
        [sys.executable, "-m", "qsched.cli", "run", str(jobs), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    call.stdout.close()

    assert call.stderr.read() == ""
    call.stderr.close()
    assert call.wait(timeout=60) == 141


def in_terminal(*args, **environment):
    """What a terminal of 100 columns shows of a call."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "qsched.cli", *map(str, args)],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env={k: v for k, v in os.environ.items() if k != "NO_COLOR"}
        | {"TERM": "xterm-256color", "COLUMNS": "100"}
        | environment,
    ):
        os.close(theirs)
        shown = b""
        try:
            while piece := os.read(ours, 65536):
                shown += piece
        except OSError:  # Linux says so when the other side is closed
            pass
    os.close(ours)
    return shown.decode()


def test_terminals_get_colours_unless_they_are_not_wanted(jobs):
    assert "\x1b[1m" in in_terminal("run", jobs)
    plain = in_terminal("run", jobs, NO_COLOR="1")
    assert "\x1b[3" not in plain.replace("\x1b[3m", "")
    assert "300 of 300 jobs done" in plain


def test_output_that_is_not_unicode_gets_all_that_it_can_show(tmp_path):
    path = tmp_path / "jobs.json"
    path.write_text(json.dumps([{"job_id": "größe→", "num_qubits": 5, "depth": 1, "shots": 1,
                                 "two_qubits": 0}]))  # fmt: skip

    done = process("run", path, env=os.environ | {"PYTHONIOENCODING": "ascii"})

    assert done.returncode == 0
    assert "1 of 1 job done" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("words", "number", "found"),
    [
        ("qsched in", "1", "plain,inspect"),
        ("qsched run --policy s", "3", "plain,speed"),
        ("qsched run --fleet pa", "3", "plain,paper"),
        ("qsched run --fleet ./pa", "3", "file,./pa"),
        ("qsched run --devices fake_kyiv,fake_q", "3", "plain,fake_kyiv,fake_quebec"),
        ("qsched devices show fake_k", "3", "plain,fake_kyiv"),
    ],
)
def test_the_shell_completes_commands_and_names(words, number, found):
    done = process(
        env=os.environ
        | {"_QSCHED_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": number}
    )

    assert found in done.stdout.splitlines()


class Terminal(io.StringIO):
    """A standard error that is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [0.0]
    monkeypatch.setattr("qsched.cli._progress.monotonic", lambda: now[0])
    return now


def test_no_bar_appears_for_what_is_over_in_a_second(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    with progress_bar("reading") as progress:
        for done in range(100):
            clock[0] += 0.009
            progress(done, 100)

    assert terminal.getvalue() == ""


def test_a_bar_appears_after_a_second_and_is_wiped_out_in_the_end(clock, monkeypatch):
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress_bar("reading") as progress:
        clock[0] = 2.0
        progress(30, 100)

    shown = terminal.getvalue()
    assert "reading" in shown
    assert "30/100" in shown
    assert shown.rstrip().endswith("\x1b[2K")


def test_no_bar_goes_into_a_file(monkeypatch):
    monkeypatch.setattr(sys, "stderr", file := io.StringIO())
    monkeypatch.setattr("qsched.cli._progress.PATIENCE_S", 0.0)
    with progress_bar("reading") as progress:
        progress(1, 2)

    assert file.getvalue() == ""


def test_messages_escape_what_could_drive_a_terminal(capsys):
    report("note", "a\x1b[2Jb\x07c")

    assert capsys.readouterr().err == "note: a\\x1b[2Jb\\x07c\n"
