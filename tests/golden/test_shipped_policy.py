"""The policy that comes with the package, beside what was published, ``speed`` and ``fair``."""

from pathlib import Path

import pytest

from qsched.experiment.evaluate import evaluate
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import TABLE, calibrated_fleet, published_fleet
from qsched.io.job_tables import read_job_table
from qsched.sim import Simulation
from qsched.testing import check_schedule

PUBLISHED = Path(__file__).parents[2] / ".." / "shared" / "icpp2025"
needs_data = pytest.mark.skipif(
    not PUBLISHED.is_dir(), reason="the published data are not at ../shared/icpp2025"
)
BY = ("makespan", "fidelity", "communication")


@needs_data
def test_it_beats_the_published_rows_in_everything_at_once():
    jobs = read_job_table(PUBLISHED / "jobs" / "1000-large-circuits.csv")

    result = Simulation(published_fleet(), jobs, policy="rl", model="icpp2025").run()

    check_schedule(result, jobs)
    summary = result.summary
    for name in ("speed", "fair", "rlbase"):
        assert summary.mean_fidelity > TABLE[name].mean_fidelity
        assert summary.makespan_s < TABLE[name].makespan_s / 1.95
        assert summary.comm_time_s < TABLE[name].comm_time_s
    assert summary.makespan_s < 54_000.0


@needs_data
@pytest.mark.parametrize("month", ["2025-03", "2025-01"])
@pytest.mark.parametrize("arrivals", [None, "load:0.5", "load:0.8", "load:0.95"])
def test_it_dominates_speed_and_fair_on_tables_loads_and_calibrations_it_has_not_met(
    month, arrivals
):
    """It was trained on the calibrations of March alone."""
    evaluation = evaluate(
        ["speed", "fair", "rl"],
        jobs=paper_workload,
        fleet=calibrated_fleet(PUBLISHED / "calibrations" / month),
        replications=3,
        seed=2000,
        model="icpp2025",
        arrivals=arrivals,
        by=BY,
    )

    for other in ("speed", "fair"):
        assert "rl" in {dominance.by for dominance in evaluation.dominances(other)}


def test_it_dominates_speed_on_real_circuits_of_a_fleet_that_it_has_not_met():
    """Connected regions, the paper's cost model, and devices of other calibrations."""
    import qsched

    circuits = Path(__file__).parents[2] / "circuits"
    learned, speed = (
        qsched.schedule(circuits, policy=policy).summary for policy in ("rl", "speed")
    )

    assert learned.num_done == speed.num_done
    assert learned.makespan_s < speed.makespan_s
    assert learned.mean_fidelity > speed.mean_fidelity
    assert learned.comm_time_s <= speed.comm_time_s
