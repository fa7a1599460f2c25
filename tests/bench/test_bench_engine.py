"""The engine beside a bare SimPy program, at growing sizes, and in memory."""

import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path
from time import process_time

import pytest
import simpy

from qsched.sim import Simulation

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "engine_load.py"
_spec = importlib.util.spec_from_file_location("engine_load", SCRIPT)
engine_load = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(engine_load)

GIB = 2**30


def bare(num_jobs):
    """Run the bare program: a process for each job, a get and a put, two timeouts."""
    env = simpy.Environment()
    qubits = simpy.Container(env, capacity=127, init=127)

    def job():
        yield qubits.get(20)
        yield env.timeout(1.0)
        yield env.timeout(10.0)
        yield qubits.put(20)

    def source():
        for _ in range(num_jobs):
            env.process(job())
            yield env.timeout(2.0)

    env.process(source())
    env.run()


def seconds_of(function, *arguments):
    began = process_time()
    function(*arguments)
    return process_time() - began


@pytest.mark.parametrize(
    ("kind", "fewest", "most", "gap_s", "least"),
    [("on one device", 5, 60, 40.0, 0.35), ("over two or more devices", 130, 250, 120.0, 0.2)],
)
def test_throughput_beside_bare_simpy(benchmark, figure, full, kind, fewest, most, gap_s, least):
    """CPU time of both in this process, turn by turn, the best of each."""
    num_jobs, rounds = (100_000, 5) if full else (500, 1)
    jobs = engine_load.workload(num_jobs, 0, fewest, most, gap_s)

    def compare():
        seconds = {"bare": [], "engine": []}
        for _ in range(rounds):
            seconds["bare"].append(seconds_of(bare, num_jobs))
            simulation = Simulation(engine_load.FLEET, jobs)
            seconds["engine"].append(seconds_of(simulation.run))
            assert simulation.num_ended == num_jobs
        return {name: min(each) for name, each in seconds.items()}

    benchmark.group = "engine"
    least_s = benchmark.pedantic(compare, rounds=1)

    figure(
        f"Engine throughput, jobs {kind}, as a ratio to bare SimPy",
        least_s["bare"] / least_s["engine"],
        "",
        at_least=least,
        context=f"{num_jobs:,} jobs, records on",
    )
    figure(
        f"Time per job, jobs {kind}",
        least_s["engine"] / num_jobs * 1e6,
        "µs",
        context=f"{num_jobs:,} jobs",
    )


def load(num_jobs, queued, discipline, rounds):
    """Return what the load took in a process of its own."""
    done = subprocess.run(
        [sys.executable, SCRIPT, *map(str, (num_jobs, queued, discipline, rounds))],
        env=os.environ | {"PYTHONPATH": str(HERE.parents[1])},
        capture_output=True,
        text=True,
        check=True,
        timeout=1_800,
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("discipline", "share_queued"),
    [("fcfs", 0.0), ("fcfs", 0.11), ("sjf", 0.11), ("priority", 0.11), ("easy", 0.11)],
)
def test_time_per_job_does_not_grow_with_the_jobs(
    benchmark, figure, full, discipline, share_queued
):
    few, many = (10_000, 1_000_000) if full else (300, 1_000)
    queued = round(many * share_queued)

    def compare():
        small = load(few, round(few * share_queued), discipline, 5 if full else 1)
        return small, load(many, queued, discipline, 1)

    benchmark.group = "engine"
    small, large = benchmark.pedantic(compare, rounds=1)

    assert large["num_events"] == 3 * many
    assert large["longest_queue"] >= (100_000 if full and queued else 0.5 * queued)
    figure(
        f"Time per job at {many:,} jobs over that at {few:,}",
        large["seconds_per_job"] / small["seconds_per_job"],
        "",
        at_most=1.3,
        context=f"{discipline}, queue of up to {large['longest_queue']:,}",
    )


def test_memory_of_a_million_jobs(benchmark, figure, full):
    num_jobs = 1_000_000 if full else 1_000

    benchmark.group = "engine"
    told = benchmark.pedantic(load, args=(num_jobs, num_jobs // 10, "fcfs", 1), rounds=1)

    figure(
        f"Peak memory of {num_jobs:,} jobs",
        told["peak_bytes"] / GIB,
        "GiB",
        at_most=1.0,
        context="the list of jobs, the records and Python itself included",
    )
