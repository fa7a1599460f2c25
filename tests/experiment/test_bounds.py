"""Bounds: by hand, by the program written out, and against schedules that try to beat them."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from qsched.errors import CalibrationError, ConfigError
from qsched.estimate import load_model
from qsched.experiment import relaxation, schedule
from qsched.experiment.bounds import best_fidelity, highest_rate, shortest_makespan
from qsched.experiment.jobs import job_of_circuit
from qsched.io.circuits import read_circuits
from qsched.policy.heuristics import RankedPolicy, by_lot, by_speed, place_on_best
from qsched.testing import make_device, make_fleet, make_job

PAPER = load_model("paper")
CIRCUIT = Path(__file__).parents[2] / "circuits" / "ghz_chain_5.qasm"
FAST = 200_000.0
"""CLOPS at which a job of `make_job` runs 25 s instead of 50."""


def jobs_of(number, num_qubits, **changes):
    return [make_job(f"job{n}", num_qubits, **changes) for n in range(number)]


def close(value):
    return pytest.approx(value, rel=1e-8)


# -- makespan, by hand -----------------------------------------------------------------


def test_one_device_is_filled_by_its_qubits_times_time():
    fleet = make_fleet(make_device(num_qubits=10))

    assert shortest_makespan(fleet, jobs_of(4, 5)) == close(4 * 5 * 50.0 / 10)


def test_a_run_lasts_as_long_as_its_longest_job_but_a_stream_does_not():
    fleet = make_fleet(make_device(num_qubits=10))

    assert shortest_makespan(fleet, jobs_of(1, 3)) == close(50.0)
    assert highest_rate(fleet, jobs_of(1, 3)) == close(1 / (3 * 50.0 / 10))


def test_a_device_twice_as_fast_takes_twice_as_many():
    fleet = make_fleet(make_device("fast", 10, clops=FAST), make_device("slow", 10))

    # T / 25 jobs on one and T / 50 on the other are three.
    assert shortest_makespan(fleet, jobs_of(3, 10)) == close(50.0)


def test_two_parts_share_the_devices_and_communicate():
    fleet = make_fleet(make_device("a", 10), make_device("b", 10))

    assert shortest_makespan(fleet, jobs_of(4, 15)) == close(4 * 15 * (50.0 + 15 * 0.02) / 20)


def test_no_part_is_larger_than_its_device():
    # Shares of 12 qubits are from (8, 4) to (10, 2): five sevenths of the jobs take the first,
    # so that both devices are full, 6/7 of the time of a job for each.
    fleet = make_fleet(make_device("a", 10), make_device("b", 4))

    assert shortest_makespan(fleet, jobs_of(7, 12)) == close(6 * (50.0 + 12 * 0.02))


def test_the_slower_device_of_a_set_decides():
    fleet = make_fleet(
        make_device("fast", 10, clops=FAST), make_device("slow", 10), make_device("slower", 10)
    )

    # All of 20 qubits on any two: 50.4 s each; the fast one is of no use to them.
    assert shortest_makespan(fleet, jobs_of(3, 20)) == close(3 * 20 * 50.4 / 30)


def test_three_full_parts_communicate_over_two_borders():
    fleet = make_fleet(*(make_device(name, 5) for name in "abc"))

    assert shortest_makespan(fleet, jobs_of(1, 15)) == close(50.0 + (10 + 10) * 0.02)


def test_many_equal_jobs_are_as_many_times_one():
    fleet = make_fleet(make_device("a", 10), make_device("b", 4))

    assert shortest_makespan(fleet, jobs_of(7_000, 12)) == close(6_000 * (50.0 + 12 * 0.02))


def test_a_circuit_may_be_cut_where_nothing_communicates():
    (profile,) = read_circuits(CIRCUIT)
    job = job_of_circuit(profile, job_id="ghz", shots=1_000)
    fleet = make_fleet(make_device("a", 3), make_device("b", 3))

    assert shortest_makespan(fleet, [job]) == close(50.0)
    with pytest.raises(ConfigError, match="job ghz has a circuit"):
        best_fidelity(fleet, [job], makespan=1e9)


# -- fidelity, by hand -----------------------------------------------------------------

CLEAN = make_device("clean", 10)
NOISY = make_device("noisy", 10, readout_error=(0.05,) * 10)


def fidelity_on(device, job):
    return PAPER.fidelity(job, [PAPER.rates(device)])


@pytest.mark.parametrize(("makespan", "on_clean"), [(1e6, 4), (200, 4), (150, 3), (120, 2.4)])
def test_the_clean_device_takes_what_fits_in_the_makespan(makespan, on_clean):
    jobs = jobs_of(4, 10)
    clean, noisy = (fidelity_on(device, jobs[0]) for device in (CLEAN, NOISY))

    found = best_fidelity(make_fleet(CLEAN, NOISY), jobs, makespan=makespan)

    assert found == close((on_clean * clean + (4 - on_clean) * noisy) / 4)


def test_at_the_shortest_makespan_all_devices_are_full():
    fleet, jobs = make_fleet(CLEAN, NOISY), jobs_of(4, 10)

    found = best_fidelity(fleet, jobs, makespan=shortest_makespan(fleet, jobs))

    assert found == close(sum(fidelity_on(device, jobs[0]) for device in (CLEAN, NOISY)) / 2)


def test_the_clean_device_goes_to_those_who_gain_the_most_for_its_time():
    fleet = make_fleet(CLEAN, NOISY)
    short, long = make_job("short", 10), make_job("long", 10, shots=3_000)

    found = best_fidelity(fleet, [short, long], makespan=150)

    # The short job gains as much in a third of the time; the long one is there for two thirds.
    clean, noisy = (fidelity_on(device, short) for device in (CLEAN, NOISY))
    assert found == close((clean + 2 / 3 * clean + 1 / 3 * noisy) / 2)


@pytest.mark.parametrize("makespan", [99.0, 0.0, -1.0, float("nan")])
def test_a_makespan_that_no_schedule_has_is_refused(makespan):
    with pytest.raises(ConfigError, match="no schedule ends before 100"):
        best_fidelity(make_fleet(CLEAN, NOISY), jobs_of(4, 10), makespan=makespan)


# -- against the same program written out, and against schedules ------------------------

seconds = st.sampled_from([40_000.0, 100_000.0, 230_000.0])
errors = st.sampled_from([0.004, 0.01, 0.03, 0.06])
devices = st.lists(st.tuples(st.integers(6, 9), seconds, errors), min_size=2, max_size=4)
widths = st.lists(st.tuples(st.integers(1, 12), st.integers(100, 5_000)), min_size=1, max_size=9)


def fleet_of(rows):
    return make_fleet(
        *(
            make_device(f"d{n}", size, clops=clops, readout_error=(error,) * size)
            for n, (size, clops, error) in enumerate(rows)
        )
    )


def written_out(fleet, jobs, makespan):
    """Return the largest mean fidelity by the program over fractions and qubits of each set.

    Variables: for each job and set, the fraction done there, and the qubits times fraction on
    each device of the set.
    """
    rates = [PAPER.rates(device) for device in fleet.devices]
    caps = [device.num_qubits for device in fleet.devices]
    reach = np.cumsum(sorted(caps, reverse=True))
    loss, equal, equal_to, less, less_to = [], [], [], [], []
    used = [{} for _ in caps]
    columns = 0
    for job in jobs:
        parts = int(np.searchsorted(reach, job.num_qubits)) + 1
        once = {}
        for chosen in combinations(range(len(caps)), parts):
            if sum(caps[d] for d in chosen) < job.num_qubits:
                continue
            x, columns = columns, columns + 1 + parts
            loss += [-PAPER.fidelity(job, [rates[d] for d in chosen])]
            loss += [0.0] * parts
            time = PAPER.estimate(job, [1] * parts, [rates[d] for d in chosen]).processing_time_s
            time += job.num_qubits * 0.02 * (parts == 2)
            once[x] = 1.0
            equal.append({x: -job.num_qubits} | {x + 1 + n: 1.0 for n in range(parts)})
            equal_to.append(0.0)
            for n, d in enumerate(chosen):
                less += [{x + 1 + n: 1.0, x: -caps[d]}, {x + 1 + n: -1.0, x: 1.0}]
                less_to += [0.0, 0.0]
                used[d][x + 1 + n] = time / (caps[d] * makespan)
        equal.append(once)
        equal_to.append(1.0)

    def matrix(rows):
        dense = np.zeros((len(rows), columns))
        for place, row in enumerate(rows):
            dense[place, list(row)] = list(row.values())
        return dense

    found = linprog(
        loss,
        A_ub=matrix(less + used),
        b_ub=less_to + [1.0] * len(caps),
        A_eq=matrix(equal),
        b_eq=equal_to,
    )
    return -found.fun / len(jobs)


@settings(max_examples=60)
@given(devices, widths, st.floats(1.0, 3.0))
def test_generated_columns_give_what_the_program_written_out_gives(rows, sizes, slack):
    fleet = fleet_of(rows)
    jobs = [make_job(f"j{n}", q, shots=s) for n, (q, s) in enumerate(sizes)]
    makespan = slack * shortest_makespan(fleet, jobs)

    found = best_fidelity(fleet, jobs, makespan=makespan)

    assert found == pytest.approx(written_out(fleet, jobs, makespan), abs=1e-7)


@settings(max_examples=60)
@given(devices, widths, st.sampled_from([by_lot, by_speed]), st.sampled_from(["paper", "icpp2025"]))
def test_no_schedule_in_fewest_parts_beats_the_bounds(rows, sizes, rank, model):
    fleet = fleet_of([(8, clops, error) for _, clops, error in rows])
    jobs = [make_job(f"j{n}", q, shots=s) for n, (q, s) in enumerate(sizes)]
    policy = RankedPolicy(rank=rank, place=place_on_best)

    s = schedule(jobs, fleet=fleet, policy=policy, model=model, placement="blackbox").summary

    assert s.num_done == len(jobs)
    assert shortest_makespan(fleet, jobs, model) <= s.makespan_s * (1 + 1e-12)
    assert s.mean_fidelity <= best_fidelity(fleet, jobs, model, makespan=s.makespan_s) + 1e-12


def test_more_time_never_lowers_the_best_fidelity():
    fleet = fleet_of([(9, 40_000.0, 0.004), (9, 230_000.0, 0.06), (7, 100_000.0, 0.01)])
    jobs = [make_job(f"j{n}", 3 + n, shots=500 + 37 * n) for n in range(14)]
    shortest = shortest_makespan(fleet, jobs)

    found = [best_fidelity(fleet, jobs, makespan=shortest * k) for k in (1, 1.5, 2, 4, 8, 100)]

    assert found == sorted(found)
    assert found[0] < found[-1]


def test_many_sets_of_devices_are_no_obstacle():
    fleet = make_fleet(
        *(make_device(f"d{n}", 20 + n, clops=50_000.0 + 9_000 * n) for n in range(20))
    )
    jobs = [make_job(f"j{n}", 41 + n % 37, shots=1_000 + n) for n in range(300)]

    shortest = shortest_makespan(fleet, jobs)

    held = sum(job.num_qubits * job.shots for job in jobs) * 0.05 / 2.21 / fleet.num_qubits
    assert held < shortest < 4.42 * held  # all at the speed of the fastest, or of the slowest


# -- what is refused -------------------------------------------------------------------


def test_jobs_that_fit_nowhere_are_named():
    fleet = make_fleet(make_device(num_qubits=10))

    with pytest.raises(ConfigError, match="job wide needs 11 qubits, fleet test has 10"):
        shortest_makespan(fleet, [make_job("narrow", 3), make_job("wide", 11)])
    with pytest.raises(ConfigError, match="job wide needs 11 qubits"):
        highest_rate(fleet, [make_job("wide", 11)])


def test_jobs_that_are_refused_come_too_but_bring_no_load():
    fleet = make_fleet(make_device(num_qubits=10))

    assert highest_rate(fleet, [make_job("a", 5), make_job("wide", 11)]) == close(2 / 25.0)


def test_no_job_and_too_many_sets_are_refused(monkeypatch):
    fleet = make_fleet(make_device("a", 10), make_device("b", 10), make_device("c", 10))

    with pytest.raises(ConfigError, match="no job"):
        shortest_makespan(fleet, [])
    monkeypatch.setattr(relaxation, "MAX_CHOICES", 5)
    jobs = [make_job("a", 11), make_job("b", 12)]
    with pytest.raises(ConfigError, match="2 kinds of jobs on the sets of 3 devices are 6 choices"):
        shortest_makespan(fleet, jobs)


def test_a_device_of_unknown_speed_is_refused():
    with pytest.raises(CalibrationError, match="no CLOPS"):
        shortest_makespan(make_fleet(make_device(clops=None)), jobs_of(1, 2))
