"""The published table's rows, and how much skipping looks in vain saves against making them.

On the published job tables where they are at ../shared/icpp2025, else on jobs drawn like them.
"""

from pathlib import Path
from time import process_time

import pytest
from polling import poll

from qsched.estimate import load_model
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import published_fleet
from qsched.io.job_tables import read_job_table
from qsched.sim import Simulation
from qsched.sim.icpp2025 import Icpp2025Broker

TABLES = Path(__file__).parents[2] / ".." / "shared" / "icpp2025" / "jobs"
FLEET = published_fleet()
MODEL = load_model("icpp2025")
MODES = ["speed", "fidelity", "fair"]


def workload(num_jobs):
    """The published table of so many jobs, or one like it, and where it is from."""
    path = TABLES / f"{num_jobs}-large-circuits.csv"
    if path.is_file():
        return read_job_table(path), "the published table"
    return paper_workload(0, num_jobs), "drawn from seed 0"


def run(jobs, mode):
    """Run with the published rules, skipping looks that must fail."""
    return Simulation(FLEET, jobs, policy=mode, model=MODEL, broker=Icpp2025Broker()).run()


def seconds_of(function, *arguments, **options):
    """CPU time of a call, which others on the machine disturb less, and what it returns."""
    began = process_time()
    result = function(*arguments, **options)
    return process_time() - began, result


@pytest.mark.parametrize("mode", MODES)
def test_a_row_of_the_published_table(benchmark, figure, full, mode):
    jobs, source = workload(1000 if full else 100)
    times = []

    def measure():
        for _ in range(5 if full else 1):
            seconds, result = seconds_of(run, jobs, mode)
            times.append(seconds)
            assert result.summary.num_done == len(jobs)

    benchmark.pedantic(measure, rounds=1)

    context = f"{mode}, {len(jobs):,} jobs of {source}, one core"
    figure("Row of the published table", min(times), "s", at_most=1.0, context=context)


@pytest.mark.parametrize("mode", MODES)
def test_skipping_looks_beside_polling(benchmark, figure, full, mode):
    """CPU time of both in this process, turn by turn, the best of each."""
    jobs, source = workload(100 if full else 20)
    skipping, polling = [], []

    def compare():
        for _ in range(5 if full else 1):
            seconds, result = seconds_of(run, jobs, mode)
            skipping.append(seconds)
            end = result.summary.makespan_s + 1.0
            seconds, polled = seconds_of(poll, jobs, FLEET.devices, MODEL, mode, until=end)
            polling.append(seconds)
            assert {job: told.finish for job, told in polled.items()} == {
                record.job_id: record.finish_time_s for record in result.jobs
            }

    benchmark.pedantic(compare, rounds=1)

    context = f"{mode}, {len(jobs):,} jobs of {source}"
    ratio = min(polling) / max(min(skipping), 1e-9)
    figure("Skipping looks in vain, times faster than polling", ratio, "", context=context)
