"""What the published code gave, job by job, and every printed digit of the published table."""

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.estimate import load_model
from qsched.experiment.paper_workload import PAPER_JOBS
from qsched.experiment.published import (
    DEVICES,
    TABLE,
    TABLE_DIGEST,
    calibrated_fleet,
    published_fleet,
    workload_digest,
)
from qsched.experiment.rlbase import load_rlbase, rlbase_shares
from qsched.io.job_tables import read_job_table
from qsched.sim import Simulation
from qsched.sim.icpp2025 import Icpp2025Broker
from qsched.testing import check_schedule

PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "icpp2025"
EXPECTED = sorted((PUBLISHED / "expected").glob("*.csv"))
JOBS = PUBLISHED / "jobs" / "1000-large-circuits.csv"
WEIGHTS = PUBLISHED / "rlbase_policy.npz"
CALIBRATIONS = PUBLISHED / "calibrations"
COLUMNS = ("job_id", "arrival", "device_starts", "finish", "comm_times", "fidelity")

pytestmark = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published data are not at ../shared/icpp2025"
)


def reproduce(*args):
    """The document of ``qsched reproduce --json`` on the published jobs."""
    done = CliRunner().invoke(
        main, ["reproduce", "--jobs", str(JOBS), "--no-figure", "--json", *map(str, args)]
    )
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def document():
    """By the embedded facts of the five devices."""
    return reproduce("--rl-weights", WEIGHTS)


@pytest.fixture(scope="module")
def exports():
    """The five devices by their calibration exports."""
    return calibrated_fleet(CALIBRATIONS)


def test_all_eleven_runs_of_the_published_code_are_there():
    assert len(EXPECTED) == 11


@pytest.mark.parametrize("path", EXPECTED, ids=[path.stem for path in EXPECTED])
def test_every_job_is_what_the_published_code_made_of_it(path, exports):
    table, _, mode = path.stem.partition(".")
    jobs = read_job_table(PUBLISHED / "jobs" / f"{table}.csv")
    rates = [load_model("icpp2025").rates(device) for device in exports.devices]
    shares = rlbase_shares(load_rlbase(WEIGHTS), rates) if mode == "rlbase" else None
    broker = Icpp2025Broker(shares)

    result = Simulation(
        exports, jobs, policy="speed" if shares else mode, model="icpp2025", broker=broker
    ).run()

    with path.open(newline="") as file:
        wanted = [tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file)]
    assert len(wanted) == len(jobs)
    assert [as_printed(record, broker.details[record.job_id]) for record in result.jobs] == wanted
    check_schedule(result)


def as_printed(record, details):
    """A job's line, rounded as the file is."""
    return (
        record.job_id,
        str(round(record.submit_time_s, 2)),
        ";".join(str(round(time, 4)) for time in details.device_starts),
        str(round(record.finish_time_s, 4)),
        ";".join(str(round(time, 4)) for time in details.link_times),
        str(record.fidelity),
    )


@pytest.mark.parametrize("mode", TABLE)
def test_every_printed_digit_of_the_table_is_reproduced(mode, document):
    (row,) = (row for row in document["rows"] if row["mode"] == mode)

    assert row["published"] == TABLE[mode]._asdict()
    assert row["reproduced"] == row["published"]
    assert row["identical"]
    assert set(row["difference"].values()) == {0.0}
    assert row["exact"]["num_done"] == row["paper"]["num_done"] == 1000


def test_the_table_says_so_and_holds_the_published_numbers_twice(monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")

    done = CliRunner().invoke(
        main, ["reproduce", "--jobs", str(JOBS), "--rl-weights", str(WEIGHTS), "--no-figure"]
    )

    assert "4 of 4 rows agree with the published table in every" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert "Note:" not in done.stdout
    for figures in TABLE.values():
        for value, digits in zip(figures, (2, 5, 5, 2), strict=True):
            assert done.stdout.count(f"{value:,.{digits}f}") >= 2


def test_published_table_is_known_by_its_digest(document):
    assert document["is_published_table"]
    assert workload_digest(read_job_table(JOBS)) == TABLE_DIGEST
    other = read_job_table(PUBLISHED / "jobs" / "100-large-circuits.csv")
    assert workload_digest(other) != TABLE_DIGEST


def test_exports_give_the_same_as_the_embedded_figures(document):
    from_exports = reproduce("--calibrations", CALIBRATIONS)

    assert {device["calibrated_at"][:7] for device in from_exports["devices"]} == {"2025-03"}
    for ours, theirs in zip(document["rows"][:3], from_exports["rows"][:3], strict=True):
        assert ours["exact"] == theirs["exact"]
        assert ours["paper"] == pytest.approx(theirs["paper"], rel=1e-12)


@pytest.mark.parametrize("facts", DEVICES, ids=[facts.name for facts in DEVICES])
def test_embedded_figures_of_a_device_are_those_of_its_export(facts, exports):
    (export,) = (device for device in exports.devices if device.name == facts.name)
    (embedded,) = (d for d in published_fleet().devices if d.name == facts.name)

    assert facts.plain == export.plain_means
    assert facts.masked == pytest.approx(export.error_means, rel=1e-14)
    assert embedded.plain_means == facts.plain
    assert embedded.error_means == pytest.approx(facts.masked, rel=1e-12)
    for fact in ("num_qubits", "coupling_map", "clops", "quantum_volume", "calibrated_at"):
        assert getattr(embedded, fact) == getattr(export, fact)


def test_workload_drawn_anew_is_like_the_published_one():
    jobs = read_job_table(JOBS)

    for job in jobs:
        assert PAPER_JOBS.num_qubits[0] <= job.num_qubits <= PAPER_JOBS.num_qubits[1]
        assert PAPER_JOBS.depth[0] <= job.depth <= PAPER_JOBS.depth[1]
        assert job.shots % 100 == 0
        assert 10_000 <= job.shots <= 100_000
        assert job.num_two_qubit_gates in {job.num_qubits // 10, (job.num_qubits + 6) // 10}
        assert job.submit_time_s == 0.0
