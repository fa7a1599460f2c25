"""What no schedule can beat: bounds by linear programming on makespan and mean fidelity.

A schedule gives each job a set of devices and a share of each, and holds these qubits for the
job's time; until the makespan ``T`` no device can have lent more than its qubits times ``T``.
The bounds forget all the rest: when jobs come, that qubits are whole, that a job runs once and
on one set of devices, and that all its parts run at the same time. What is left is linear in the
fraction of each job that is done on each set with each corner of its shares:

    sum over corners of fraction(j, corner) = 1                        for each job j
    sum over j, corners of fraction * share_d * time <= qubits_d * T   for each device d

There are too many corners to list, and few that matter: they are generated as the prices of
the devices' time ask for them (Dantzig and Wolfe, Operations Research 8, 101, 1960). What is
returned is the value at the last prices of the Lagrangian, which bounds the optimum at any
prices, so that the tolerances of the solver (HiGHS, by way of `scipy.optimize.linprog`) cannot
make it wrong. It is within a billionth of the optimum, or as near as the digits allow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.estimate import load_model
from qsched.experiment.relaxation import GAP, Relaxation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job


def shortest_makespan(fleet: Fleet, jobs: Iterable[Job], model: str | CostModel = "paper") -> float:
    """Return a lower bound on the makespan of any schedule whose jobs take the fewest parts.

    It is the larger of two: the time in which the devices can have lent all the qubits that the
    jobs hold, by linear programming, and the shortest time of the longest job.

    Args:
        fleet: The devices, as they are at time 0; maintenance and breakdowns only add to it.
        jobs: At least one. Times of submission do not count.
        model: Cost model.

    Returns:
        Time in the clock of the model.

    Raises:
        ConfigError: There is no job, one fits nowhere, or there are too many sets of devices.
        CalibrationError: A device does not report what the model needs.
    """
    problem = Relaxation(fleet, jobs, load_model(model))
    return max(problem.busy_time().bound, problem.longest())


def highest_rate(fleet: Fleet, jobs: Iterable[Job], model: str | CostModel = "paper") -> float:
    """Return the arrivals per unit of time above which the queue grows without end.

    That is the number of jobs over the time in which the fleet can have lent the qubits that
    they hold, when jobs like these come for ever and take the fewest parts. Jobs that fit
    nowhere come and are refused. It is an upper bound: what a policy sustains may be less.

    Args:
        fleet: The devices, as they are at time 0.
        jobs: At least one that fits.
        model: Cost model.

    Raises:
        ConfigError: No job fits, or there are too many sets of devices.
        CalibrationError: A device does not report what the model needs.
    """
    jobs = list(jobs)
    fitting = [job for job in jobs if job.num_qubits <= fleet.num_qubits]
    problem = Relaxation(fleet, fitting or jobs, load_model(model))
    return len(jobs) / problem.busy_time().bound


def best_fidelity(
    fleet: Fleet, jobs: Iterable[Job], model: str | CostModel = "paper", *, makespan: float
) -> float:
    """Return an upper bound on the mean fidelity of the schedules that end by a makespan.

    It holds for schedules of counted qubits whose jobs take the fewest parts possible.

    Args:
        fleet: The devices, as they are at time 0.
        jobs: Rows of a job table, at least one.
        model: Cost model.
        makespan: Time in the clock of the model.

    Raises:
        ConfigError: As for `shortest_makespan`; no schedule ends by that makespan; or a job
            has a circuit, whose fidelity depends on the split.
        CalibrationError: A device does not report what the model needs.
    """
    problem = Relaxation(fleet, jobs, load_model(model))
    if with_circuit := next((job for job in problem.jobs if job.circuit is not None), None):
        raise ConfigError(
            f"job {with_circuit.job_id} has a circuit", remedy="bound rows of job tables alone"
        )
    shortest = problem.busy_time()
    least = max(shortest.bound, problem.longest())
    if not makespan >= least * (1.0 - GAP):  # a run may end at the bound itself, but for rounding
        raise ConfigError(
            f"makespan is {makespan!r}", remedy=f"no schedule ends before {least:.6g}"
        )
    return problem.mean_fidelity(max(makespan, least), shortest.columns)
