"""How long the command line takes, as processes, beside a bare Python with click."""

import subprocess
import sys

import pytest

ROUNDS = 5


def start(*args):
    """Start Python and wait for its end."""
    subprocess.run([sys.executable, *map(str, args)], check=True, capture_output=True, timeout=120)


@pytest.fixture
def table(tmp_path):
    """A job table of 1,000 rows, like the paper's workload."""
    path = tmp_path / "jobs.csv"
    path.write_text(
        "job_id,num_qubits,depth,num_two_qubit_gates,shots\n"
        + "".join(f"{i},{130 + i % 121},{5 + i % 16},{i % 117},{10_000 + i}\n" for i in range(1000))
    )
    return path


CALLS = {
    "bare Python": ["-c", "pass"],
    "Python with click": ["-c", "import click"],
    "qsched --help": ["-m", "qsched.cli", "--help"],
    "qsched --version": ["-m", "qsched.cli", "--version"],
    "qsched policies": ["-m", "qsched.cli", "policies"],
}


BOUNDS_S = {"qsched --help": 0.3, "run": 1.5}
"""Seconds that a process may take from start to end."""


def keep_median(benchmark, figure, name, context, bound_s):
    """Keep the median wall time of the processes, where they were timed."""
    if benchmark.enabled:
        median_s = benchmark.stats.stats.median
        figure(name, median_s, "s", at_most=bound_s, context=f"{context}, median of {ROUNDS}")


@pytest.mark.parametrize("name", CALLS)
def test_starting_the_command_line(benchmark, figure, name):
    benchmark.group = "start"
    benchmark.pedantic(start, args=CALLS[name], rounds=ROUNDS, warmup_rounds=1)
    keep_median(benchmark, figure, "Starting the command line", name, BOUNDS_S.get(name))


@pytest.mark.parametrize("output", ["table", "--json"])
def test_running_a_table_of_a_thousand_rows(benchmark, figure, table, output):
    benchmark.group = "run"
    options = [output] if output.startswith("-") else []
    benchmark.pedantic(
        start, args=["-m", "qsched.cli", "run", table, *options], rounds=ROUNDS, warmup_rounds=1
    )
    keep_median(benchmark, figure, "Running a table of 1,000 rows", output, BOUNDS_S["run"])


def test_reading_a_table_of_a_thousand_rows(benchmark, table):
    from qsched.io.job_tables import read_job_table

    benchmark.group = "job table"

    assert len(benchmark(read_job_table, table)) == 1000
