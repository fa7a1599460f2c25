"""The paper's workload, drawn anew, and the ranges that it is drawn from."""

import numpy as np
import pytest

from qsched.errors import ConfigError
from qsched.experiment.paper_workload import PAPER_JOBS, JobRanges, paper_workload


def test_jobs_of_the_workload_are_in_the_ranges_of_the_paper():
    jobs = paper_workload(0, 500)

    assert {min(job.num_qubits for job in jobs), max(job.num_qubits for job in jobs)} == {130, 250}
    assert {job.depth for job in jobs} == set(range(5, 21))
    assert all(10_000 <= job.shots <= 100_000 and job.shots % 100 == 0 for job in jobs)


def test_many_jobs_drawn_at_once_are_those_drawn_one_after_another():
    together = PAPER_JOBS.draw(np.random.default_rng(1), 20)
    random = np.random.default_rng(1)
    alone = [PAPER_JOBS.draw(random, 1) for _ in range(20)]

    for name, column in together._asdict().items():
        assert column.tolist() == [int(getattr(one, name)[0]) for one in alone]


def test_a_range_of_one_number_gives_it_and_a_tenth_of_the_qubits_are_gates():
    ranges = JobRanges(num_qubits=(16, 16), depth=(0, 0), hundreds_of_shots=(3, 3), tenths=(4, 4))
    jobs = ranges.draw(np.random.default_rng(0), 2)

    assert [column.tolist() for column in jobs] == [[16, 16], [0, 0], [2, 2], [300, 300]]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"num_qubits": (0, 5)}, "num_qubits from 0 to 5; a range begins at 1"),
        ({"depth": (9, 8)}, "depth from 9 to 8"),
        ({"hundreds_of_shots": (0, 1)}, "hundreds_of_shots from 0 to 1"),
        ({"tenths": (-1, 1)}, "tenths from -1 to 1"),
    ],
)
def test_ranges_that_no_job_can_be_drawn_from_are_refused(changes, told):
    with pytest.raises(ConfigError, match=told):
        JobRanges(**changes)
