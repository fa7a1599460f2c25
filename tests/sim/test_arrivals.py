"""When jobs come: batches, Poisson streams, tables and iterators."""

from itertools import count, islice, pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import ConfigError, JobTableError
from qsched.policy import POLICIES
from qsched.sim import Simulation, arrive, batch, poisson, random_stream
from qsched.testing import check_schedule, make_fleet, make_job


def jobs(number, **changes):
    return [make_job(f"j{i}", **changes) for i in range(number)]


def submit_times(jobs):
    return [job.submit_time_s for job in jobs]


def test_batch_submits_all_at_time_zero():
    assert submit_times(batch(jobs(3, submit_time_s=7.0))) == [0.0, 0.0, 0.0]


def test_patience_moves_with_the_time_of_submission():
    (job,) = batch([make_job(submit_time_s=7.0, cancel_time_s=9.5)])

    assert (job.submit_time_s, job.cancel_time_s) == (0.0, 2.5)


def test_jobs_keep_their_own_times_unless_told_otherwise():
    given_jobs = jobs(2, submit_time_s=3.0)

    assert arrive(given_jobs, None, seed=0) is given_jobs


def test_poisson_gaps_have_the_mean_of_the_rate():
    """20,000 gaps of mean 4 s: their mean lies within four standard errors."""
    times = submit_times(arrive(jobs(20_000), "poisson:0.25", seed=1))

    assert abs(times[-1] / 20_000 - 4.0) < 4 * 4.0 / sqrt(20_000)


def test_poisson_gaps_are_exponential():
    """The share of gaps above x is exp(-rate x), within four standard errors."""
    times = [0.0, *submit_times(poisson(jobs(10_000), 2.0, seed=3))]
    gaps = [b - a for a, b in pairwise(times)]

    for x, share in ((0.1, 0.818731), (0.5, 0.367879), (1.0, 0.135335)):
        error = sqrt(share * (1 - share) / 10_000)
        assert abs(sum(gap > x for gap in gaps) / 10_000 - share) < 4 * error


def test_poisson_times_follow_from_the_seed_alone():
    assert submit_times(poisson(jobs(50), 1.0, 5)) == submit_times(poisson(jobs(50), 1.0, 5))
    assert submit_times(poisson(jobs(50), 1.0, 5)) != submit_times(poisson(jobs(50), 1.0, 6))


def test_poisson_times_do_not_change_with_the_policy():
    """Common random numbers: the policy draws from a stream of its own."""
    times = {
        policy: [
            record.submit_time_s
            for record in Simulation(
                make_fleet(), arrive(jobs(40), "poisson:0.05", seed=9), policy=policy, seed=9
            )
            .run()
            .jobs
        ]
        for policy in POLICIES.names()
    }

    assert len({tuple(each) for each in times.values()}) == 1


def test_poisson_times_do_not_change_with_how_many_jobs_follow():
    assert submit_times(poisson(jobs(5), 1.0, 5)) == submit_times(poisson(jobs(9), 1.0, 5))[:5]


def test_streams_of_other_causes_are_other_numbers():
    draws = {name: random_stream(0, name).random() for name in ("arrivals", "service", "policy")}

    assert len(set(draws.values())) == 3


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf"), 1e-300])
def test_rate_that_cannot_be_is_refused(rate):
    with pytest.raises(ConfigError, match="arrival rate"):
        poisson(jobs(1), rate, seed=0)


@pytest.mark.parametrize(
    "text", ["", "poisson", "poisson:", "poisson:fast", "uniform:3", "poisson:nan", "Batch"]
)
def test_arrivals_that_are_not_known_are_refused(text):
    with pytest.raises(ConfigError, match="arriv"):
        arrive(jobs(1), text, seed=0)


def test_negative_seed_is_refused():
    with pytest.raises(ConfigError, match="seed is -3"):
        poisson(jobs(1), 1.0, seed=-3)


def test_iterator_is_read_as_simulated_time_goes_on():
    """Of an endless stream no more is read than the time demands."""
    read = []

    def endless():
        for i in count():
            read.append(i)
            yield make_job(f"j{i}", submit_time_s=100.0 * i)

    simulation = Simulation(make_fleet(), endless())
    while simulation.env.now < 1_000.0:
        simulation.advance()
        simulation.broker.dispatch()

    assert len(read) <= 12


def test_endless_stream_cut_short_is_a_run():
    def endless():
        for i in count():
            yield make_job(f"j{i}", submit_time_s=3.0 * i)

    result = Simulation(make_fleet(), islice(endless(), 25)).run()

    check_schedule(result)
    assert result.summary.num_done == 25


def test_iterator_that_goes_back_in_time_is_refused():
    late_first = iter([make_job("a", submit_time_s=5.0), make_job("b", submit_time_s=4.999)])

    with pytest.raises(JobTableError, match=r"job b: submitted at 4.999 s, after a job of 5.0 s"):
        Simulation(make_fleet(), late_first).run()


def test_tuple_of_jobs_is_sorted_as_a_list_is():
    result = Simulation(make_fleet(), (*jobs(1, submit_time_s=9.0), make_job("x"))).run()

    assert [record.job_id for record in result.jobs] == ["x", "j0"]


@given(st.lists(st.floats(0.0, 1e12), max_size=15))
def test_every_job_is_submitted_at_exactly_its_time(times):
    submitted = [make_job(f"j{i}", submit_time_s=time_s) for i, time_s in enumerate(times)]

    result = Simulation(make_fleet(), submitted).run()

    check_schedule(result, submitted)
    told = [time_s for time_s, kind, _ in result.events if kind.name == "SUBMITTED"]
    assert told == sorted(times)
