"""Regions: their time, and what they do to a stream of small jobs."""

from __future__ import annotations

from random import Random

import pytest

from qsched.io.devices import load_fleet
from qsched.partition.couplings import couplings_of
from qsched.partition.regions import choose_region
from qsched.policy.rules import PlacementRules
from qsched.sim import Simulation, poisson
from qsched.testing import make_job

FLEET = load_fleet("paper")


def small_jobs(number):
    """Jobs of 5 to 30 qubits, always the same."""
    random = Random(1)
    return [
        make_job(f"j{i}", random.randint(5, 30), shots=random.randint(1_000, 10_000))
        for i in range(number)
    ]


def summary_of(jobs, placement):
    """What a run of these jobs comes to under one way of placing."""
    return Simulation(FLEET, jobs, rules=PlacementRules(placement=placement)).run().summary


@pytest.mark.parametrize("size", [5, 20, 60, 110])
@pytest.mark.parametrize("share", [1.0, 0.6])
def test_time_of_a_region(benchmark, size, share):
    couplings = couplings_of(FLEET.devices[0])
    working = couplings.working
    free = set(Random(1).sample(working, round(share * len(working))))

    region = benchmark(choose_region, couplings, free, size)

    assert (region is None) == (couplings.largest_region(free) < size)


def test_utilisation_of_a_saturated_stream_of_small_jobs(benchmark, request):
    """10,000 jobs when benchmarks are asked for, 600 as a test, whose end weighs more."""
    enabled = not request.config.getoption("benchmark_disable")
    jobs = small_jobs(10_000 if enabled else 600)

    def utilisation(placement):
        summary = summary_of(jobs, placement)
        return sum(summary.utilisation.values()) / len(FLEET.devices), summary.mean_fidelity

    counted, mean_counted = utilisation("blackbox")
    connected, mean_connected = benchmark.pedantic(utilisation, ("connected",), rounds=1)

    benchmark.extra_info |= {"share": connected / counted, "gain": mean_connected / mean_counted}
    assert connected >= (0.85 if enabled else 0.8) * counted
    assert mean_connected > mean_counted


def test_fidelity_gains_at_equal_makespan_in_a_stream_that_the_fleet_can_follow(benchmark, request):
    """10,000 jobs when benchmarks are asked for, 1,000 as a test."""
    enabled = not request.config.getoption("benchmark_disable")
    jobs = small_jobs(10_000 if enabled else 1_000)

    def stream(placement):
        return summary_of(poisson(jobs, 0.07, 1), placement)

    counted = stream("blackbox")
    connected = benchmark.pedantic(stream, ("connected",), rounds=1)

    assert connected.makespan_s == pytest.approx(counted.makespan_s, rel=0.02)
    assert connected.mean_fidelity > counted.mean_fidelity + 0.03
