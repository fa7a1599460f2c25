"""Run what a scenario says."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING

from qsched.errors import BadInputs, ConfigError, InputError, raise_all
from qsched.estimate import load_communication, load_model
from qsched.experiment.schedule import make_fleet, schedule
from qsched.experiment.workload import load_workload
from qsched.model import FailureRate, MaintenanceWindow
from qsched.partition import load_partition
from qsched.policy import check_fleet, load_discipline, load_policy
from qsched.sim.brokers import load_broker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from qsched.config import Scenario
    from qsched.model import Fleet, Job
    from qsched.policy import AllocationPolicy
    from qsched.result import RunResult
    from qsched.sim import Recorder

MAX_NAMES = 10_000
"""Job ids that are compared with a misspelt one; there may be a million."""


def run_scenario(
    scenario: Scenario,
    *,
    fleet: Fleet | None = None,
    jobs: Iterable[Job] | None = None,
    recorders: Sequence[Recorder] = (),
    progress: Callable[[int, int, float], None] | None = None,
) -> RunResult:
    """Run what a scenario says; nothing is written.

    Args:
        scenario: Everything that defines the run.
        fleet: What `check_scenario` returned, so that it is not read again.
        jobs: The jobs of its sources, when they have been read already.
        recorders: Hear of every event as it happens.
        progress: Called with jobs ended, jobs submitted and simulated time, now and then.

    Raises:
        InputError: A source, device, name or number cannot be used.
        RunInterrupted: Ctrl-C; its ``result`` holds what was done so far.
    """
    if fleet is None:
        fleet = check_scenario(scenario)
    if jobs is None:
        jobs = load_workload(scenario.sources, shots=scenario.shots).jobs
    return schedule(
        _with_cancellations(jobs, scenario.cancellations),
        fleet=fleet,
        policy=scenario.policy,
        model=scenario.model,
        broker=scenario.broker,
        discipline=scenario.discipline,
        arrivals=scenario.arrivals,
        seed=scenario.seed,
        placement=scenario.placement,
        partition=scenario.partition,
        communication=scenario.communication,
        max_overhead=scenario.max_overhead,
        spacing=scenario.spacing,
        recorders=recorders,
        progress=progress,
    )


def check_scenario(scenario: Scenario) -> Fleet:
    """Return the fleet of a scenario, having looked at every name in it but those of jobs.

    It takes no time beside reading circuits, so that a misspelt policy is found before them.

    Raises:
        InputError: A policy, model, broker, discipline, device or fleet cannot be used, or
            the policy not with that fleet.
        BadInputs: Several cannot; all are listed.
    """
    errors: list[InputError] = []
    fleets: list[Fleet] = []
    policies: list[AllocationPolicy] = []
    for check in (
        lambda: policies.append(load_policy(scenario.policy)),
        lambda: load_model(scenario.model),
        lambda: load_broker(scenario.broker),
        lambda: load_discipline(scenario.discipline),
        lambda: load_partition(scenario.partition),
        lambda: load_communication(scenario.communication or "paper"),
        lambda: fleets.append(_fleet(scenario)),
        lambda: _check_together(policies, fleets),
    ):
        try:
            check()
        except BadInputs as bad:
            errors += bad.errors
        except InputError as error:
            errors.append(error)
    raise_all(errors)
    return fleets[0]


def _check_together(policies: Sequence[AllocationPolicy], fleets: Sequence[Fleet]) -> None:
    """Look at the policy and the fleet together, if both could be loaded."""
    for policy in policies:
        for fleet in fleets:
            check_fleet(policy, fleet)


def _fleet(scenario: Scenario) -> Fleet:
    """Return the fleet, with what the scenario says beside or before it."""
    fleet = make_fleet(scenario.devices or None, scenario.fleet, drift=scenario.drift)
    windows = dict(fleet.maintenance)
    for device, tables in scenario.maintenance.items():
        extra = tuple(MaintenanceWindow(**table) for table in tables)
        windows[device] = (*windows.get(device, ()), *extra)
    rates = {device: FailureRate(**rate) for device, rate in scenario.failures.items()}
    return replace(
        fleet,
        maintenance=windows,
        failures={**fleet.failures, **rates},
        max_attempts=scenario.max_attempts or fleet.max_attempts,
    )


def _with_cancellations(jobs: Iterable[Job], cancellations: Mapping[str, float]) -> list[Job]:
    """Return the jobs with the times at which their users withdraw them.

    Raises:
        ConfigError: No such job, or it is withdrawn before it is submitted.
        BadInputs: Several of these.
    """
    jobs = list(jobs)
    if not cancellations:
        return jobs
    place = {job.job_id: index for index, job in enumerate(jobs)}
    errors: list[InputError] = []
    for job_id, time_s in cancellations.items():
        if job_id not in place:
            errors.append(
                ConfigError(
                    f"cancellation of an unknown job {job_id!r}",
                    remedy=_near_jobs(job_id, list(place)[:MAX_NAMES]),
                )
            )
            continue
        try:
            jobs[place[job_id]] = replace(jobs[place[job_id]], cancel_time_s=float(time_s))
        except InputError as error:
            errors.append(error)
    raise_all(errors)
    return jobs


def _near_jobs(job_id: str, known: list[str]) -> str:
    near = difflib.get_close_matches(job_id, known, n=1)
    return f"did you mean {near[0]!r}?" if near else "qsched inspect lists the ids"
