"""Waiting times against queueing theory, over seeds, with confidence bounds.

A job as wide as its device makes the device a server of one job at a time. Each
test compares the mean over independent replications with the exact value: it
must lie within four standard errors, and these must be small enough to tell.
"""

from itertools import accumulate
from math import factorial, sqrt
from random import Random
from statistics import fmean, stdev

import numpy as np
import pytest

from qsched.sim import Simulation, poisson
from qsched.testing import make_device, make_fleet, make_job

SERVICE_S = 50.0
SHOTS = 1_000
"""On `make_device` so many shots take 50 seconds."""

SEEDS = range(10)
NUM_JOBS = 2_000
WARM_UP = 200


def constant(_random):
    return SHOTS


def exponential(random):
    return max(1, round(random.expovariate(1.0 / SHOTS)))


def mean_waits_s(shots, load, num_servers=1, **choices):
    """Return the mean wait of each replication, without its warm-up."""
    fleet = make_fleet(*(make_device(f"d{i}") for i in range(num_servers)))
    waits = []
    for seed in SEEDS:
        random = Random(seed)
        jobs = [make_job(f"j{i}", 5, shots=shots(random)) for i in range(NUM_JOBS)]
        rate_per_s = load * num_servers / SERVICE_S
        result = Simulation(fleet, poisson(jobs, rate_per_s, seed), **choices).run()
        waits.append(fmean(record.wait_time_s for record in result.jobs[WARM_UP:]))
    return waits


def assert_mean_is(expected, sample, *, least_precision):
    """The mean of a sample is as expected, and its standard error says something."""
    error = stdev(sample) / sqrt(len(sample))
    assert error < least_precision * expected
    assert abs(fmean(sample) - expected) < 4 * error


@pytest.mark.parametrize("load", [0.5, 0.8])
def test_constant_service_on_one_device_waits_as_m_d_1(load):
    """Pollaczek and Khinchine: half of what exponential service waits."""
    expected_s = load * SERVICE_S / (2.0 * (1.0 - load))

    assert_mean_is(expected_s, mean_waits_s(constant, load), least_precision=0.12)


@pytest.mark.parametrize("load", [0.5, 0.7])
def test_exponential_service_on_one_device_waits_as_m_m_1(load):
    expected_s = load * SERVICE_S / (1.0 - load)

    assert_mean_is(expected_s, mean_waits_s(exponential, load), least_precision=0.12)


def wait_of_m_d_c_s(load, num_servers):
    """Exact, after Crommelin 1932: all who are served now have left one service time from now.

    The numbers in the system at times one service apart form a Markov chain, each
    less those served, plus a Poisson number of arrivals.
    """
    size, mean = 400, load * num_servers
    arrivals = np.array(
        list(accumulate(range(1, size), lambda p, k: p * mean / k, initial=np.exp(-mean)))
    )
    states = np.full(size, 1.0 / size)
    for _ in range(3_000):
        behind = np.concatenate(([states[: num_servers + 1].sum()], states[num_servers + 1 :]))
        states = np.convolve(behind, arrivals)[:size]
        states /= states.sum()
    waiting = float(np.maximum(np.arange(size) - num_servers, 0) @ states)
    return waiting / (mean / SERVICE_S)


def test_formula_of_m_d_c_is_that_of_m_d_1_for_one_server():
    assert wait_of_m_d_c_s(0.6, 1) == pytest.approx(0.6 * SERVICE_S / (2 * 0.4), rel=1e-6)


@pytest.mark.parametrize(("num_servers", "policy"), [(2, "first_fit"), (3, "random")])
def test_constant_service_on_equal_devices_waits_as_m_d_c(num_servers, policy):
    """Whatever device the policy takes: the wait does not depend on it."""
    expected_s = wait_of_m_d_c_s(0.8, num_servers)

    waits = mean_waits_s(constant, 0.8, num_servers, policy=policy)

    assert_mean_is(expected_s, waits, least_precision=0.12)


def wait_of_m_m_c_s(load, num_servers):
    """Erlang's second formula."""
    mean = load * num_servers
    last = mean**num_servers / factorial(num_servers) / (1.0 - load)
    waits = last / (sum(mean**k / factorial(k) for k in range(num_servers)) + last)
    return waits * SERVICE_S / (num_servers * (1.0 - load))


def test_exponential_service_on_equal_devices_waits_as_m_m_c():
    waits = mean_waits_s(exponential, 0.7, 3, policy="least_busy")

    assert_mean_is(wait_of_m_m_c_s(0.7, 3), waits, least_precision=0.12)


def test_shortest_job_first_waits_less_than_first_come_first_served():
    fcfs = mean_waits_s(exponential, 0.8)
    sjf = mean_waits_s(exponential, 0.8, discipline="sjf")

    assert all(short < first for short, first in zip(sjf, fcfs, strict=True))


@pytest.mark.parametrize("discipline", ["fcfs", "sjf", "easy"])
def test_waits_add_up_to_the_length_of_the_queue_over_time(discipline):
    """Little's law, exact for a run that begins and ends empty."""
    random = Random(1)
    jobs = [make_job(f"j{i}", random.randint(1, 12), shots=exponential(random)) for i in range(400)]
    fleet = make_fleet(make_device("a"), make_device("b", 7))
    result = Simulation(fleet, poisson(jobs, 0.03, seed=1), discipline=discipline).run()

    length, last_s, area = 0, 0.0, 0.0
    for time_s, kind, _ in result.events:
        area += length * (time_s - last_s)
        last_s = time_s
        length += (kind.name == "SUBMITTED") - (kind.name == "STARTED")

    assert length == 0
    assert area == pytest.approx(sum(record.wait_time_s for record in result.jobs))


def test_utilisation_is_the_load_that_was_offered():
    """Qubit-seconds of all jobs over those of the device until the makespan."""
    random = Random(2)
    jobs = [make_job(f"j{i}", random.randint(1, 5), shots=exponential(random)) for i in range(300)]
    result = Simulation(make_fleet(), poisson(jobs, 0.01, seed=2)).run()
    work = sum(job.num_qubits * job.shots * SERVICE_S / SHOTS for job in jobs)

    assert result.summary.utilisation["device"] == pytest.approx(
        work / (5 * result.summary.makespan_s)
    )
