"""The published table run again: which runs, which digits, and what is said of other jobs."""

import numpy as np
import pytest

from qsched.errors import InputError
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import TABLE, published_fleet
from qsched.experiment.reproduce import reproduce
from qsched.experiment.rlbase import LAYERS
from qsched.testing import check_schedule, make_device, make_fleet, make_job

FLEET = published_fleet()
JOBS = paper_workload(1, 40)


def some_weights():
    """Layers that answer with equal shares."""
    return [
        (np.zeros(shape, dtype=np.float32), np.full(shape[0], 0.5, dtype=np.float32))
        for shape in LAYERS.values()
    ]


def test_each_mode_is_run_with_both_models_and_the_published_broker():
    result = reproduce(JOBS, FLEET, weights=some_weights())

    assert [row.mode for row in result.rows] == list(TABLE)
    for row in result.rows:
        assert row.published == TABLE[row.mode]
        for run, model in ((row.run, "icpp2025"), (row.paper_run, "paper")):
            assert (run.policy, run.model.name, run.broker) == (row.mode, model, "icpp2025")
            assert run.summary.num_done == 40
            check_schedule(run)


def test_without_weights_the_learned_row_has_the_published_figures_alone():
    *others, learned = reproduce(JOBS, FLEET).rows

    assert all(row.run is not None for row in others)
    assert (learned.run, learned.paper_run) == (None, None)
    assert (learned.reproduced, learned.difference, learned.is_identical) == (None, None, False)


def test_differences_are_of_the_printed_digits():
    row = reproduce(JOBS, FLEET).rows[0]

    for gap, ours, theirs, digits in zip(
        row.difference, row.reproduced, row.published, (2, 5, 5, 2), strict=True
    ):
        assert gap == pytest.approx(ours - theirs, abs=1e-9)
        assert gap == round(gap, digits)
    assert not row.is_identical


def test_seconds_make_a_makespan_of_minutes_sixty_times_as_long():
    (row, *_) = reproduce([make_job("j", 200, shots=60_000)], FLEET).rows

    minutes = row.run.jobs[0].processing_time_s
    seconds = row.paper_run.jobs[0].processing_time_s
    assert seconds == pytest.approx(60.0 * minutes)
    assert row.run.jobs[0].comm_time_s == row.paper_run.jobs[0].comm_time_s


def test_the_two_qubit_factor_counts_by_the_paper_and_not_in_the_published_code():
    without, having = (
        reproduce([make_job("j", 200, num_two_qubit_gates=gates)], FLEET).rows[0]
        for gates in (0, 400)
    )

    assert without.run.summary.mean_fidelity == having.run.summary.mean_fidelity
    assert without.paper_run.summary.mean_fidelity > 2 * having.paper_run.summary.mean_fidelity


def test_equal_workloads_give_equal_documents():
    first, second = (reproduce(JOBS, FLEET).to_dict() for _ in range(2))

    assert first == second
    assert first["num_jobs"] == 40
    assert first["is_published_table"] is False


def test_progress_counts_over_all_runs_and_ends_at_the_end():
    told = []

    reproduce(JOBS, FLEET, progress=lambda done, total: told.append((done, total)))

    assert {total for _, total in told} == {6 * 40}
    assert told[-1] == (240, 240)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_weights_for_five_devices_and_a_fleet_of_two_are_refused():
    fleet = make_fleet(make_device("a", 127), make_device("b", 127))

    with pytest.raises(InputError, match="knows 5 devices, the fleet has 2"):
        reproduce(JOBS, fleet, weights=some_weights())


def test_jobs_that_the_published_code_cannot_run_are_counted():
    jobs = [make_job("small", 100), make_job("large", 200), make_job("huge", 700)]

    row = reproduce(jobs, FLEET).rows[0].to_dict()

    assert (row["exact"]["num_done"], row["exact"]["num_rejected"]) == (1, 2)


def test_where_no_job_can_run_there_are_no_figures():
    row = reproduce([make_job("small", 100)], FLEET).rows[0]

    assert set(row.reproduced) == set(row.difference) == {None}
    assert row.to_dict()["exact"]["mean_fidelity"] is None
