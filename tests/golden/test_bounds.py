"""Bounds on what any schedule can reach on the published table of 1,000 jobs."""

from pathlib import Path

import pytest

from qsched.experiment.bounds import best_fidelity, highest_rate, shortest_makespan
from qsched.experiment.published import TABLE, published_fleet
from qsched.io.job_tables import read_job_table

PATH = Path(__file__).parents[2] / ".." / "shared" / "icpp2025" / "jobs" / "1000-large-circuits.csv"

pytestmark = pytest.mark.skipif(not PATH.exists(), reason=f"the published table is not at {PATH}")


@pytest.fixture(scope="module")
def jobs():
    return read_job_table(PATH)


def test_the_shortest_makespan(jobs):
    found = shortest_makespan(published_fleet(), jobs, "icpp2025")

    assert round(found, 1) == 19_727.8
    assert highest_rate(published_fleet(), jobs, "icpp2025") == pytest.approx(1_000 / found)


@pytest.mark.parametrize(("makespan", "fidelity"), [(25_000.0, 0.6573), (106_206.21, 0.6887)])
def test_the_best_mean_fidelity_by_a_makespan(jobs, makespan, fidelity):
    found = best_fidelity(published_fleet(), jobs, "icpp2025", makespan=makespan)

    assert round(found, 4) == fidelity


def test_the_published_row_in_fewest_parts_keeps_to_the_bound(jobs):
    figures = TABLE["fidelity"]

    found = best_fidelity(published_fleet(), jobs, "icpp2025", makespan=figures.makespan_s)

    assert figures.mean_fidelity < found == pytest.approx(0.69308, abs=1e-5)
