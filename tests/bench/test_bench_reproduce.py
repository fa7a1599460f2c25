"""The published table's rows, and how much skipping looks in vain saves against making them.

On the published job tables where they are at ../shared/icpp2025, else on jobs drawn like them.
"""

from pathlib import Path
from time import perf_counter

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
ROUNDS = 5


def workload(num_jobs):
    """The published table of so many jobs, or one like it, and where it is from."""
    path = TABLES / f"{num_jobs}-large-circuits.csv"
    if path.is_file():
        return read_job_table(path), "the published table"
    return paper_workload(0, num_jobs), "drawn from seed 0"


def run(jobs, mode):
    """Run with the published rules, skipping looks that must fail."""
    return Simulation(FLEET, jobs, policy=mode, model=MODEL, broker=Icpp2025Broker()).run()


@pytest.mark.parametrize("mode", MODES)
def test_a_row_of_the_published_table(benchmark, mode):
    jobs, source = workload(1000)
    benchmark.group = "reproduce: 1,000 jobs"
    benchmark.extra_info.update(num_jobs=len(jobs), jobs=source)

    result = benchmark.pedantic(run, args=(jobs, mode), rounds=ROUNDS, warmup_rounds=1)

    assert result.summary.num_done == 1000


@pytest.mark.parametrize("mode", MODES)
def test_skipping_looks_against_making_them_all(benchmark, mode):
    jobs, source = workload(100)
    benchmark.group = "reproduce: 100 jobs, beside polling"
    result = run(jobs, mode)
    end = result.summary.makespan_s + 1.0

    times = []
    for _ in range(1 if benchmark.disabled else ROUNDS):
        began = perf_counter()
        polled = poll(jobs, FLEET.devices, MODEL, mode, until=end)
        times.append(perf_counter() - began)
    benchmark.pedantic(run, args=(jobs, mode), rounds=ROUNDS, warmup_rounds=1)

    assert {job: told.finish for job, told in polled.items()} == {
        record.job_id: record.finish_time_s for record in result.jobs
    }
    benchmark.extra_info.update(num_jobs=len(jobs), jobs=source, polling_s=min(times))
    if not benchmark.disabled:
        benchmark.extra_info["times_faster_than_polling"] = min(times) / benchmark.stats["min"]
