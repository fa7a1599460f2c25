"""The jobs of each replication, and when they come: the same for every policy."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.experiment.bounds import highest_rate
from qsched.sim import arrive, random_stream
from qsched.sim.arrivals import MIN_RATE_PER_S, submitted_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job

    Draw = Callable[[int], Sequence[Job]]
    """Seed to the jobs of a replication."""

LOAD = "load:"


class Replication(NamedTuple):
    """What every policy meets in one replication.

    Attributes:
        number: From 0.
        seed: Seed of its runs.
        jobs: Jobs with their times of submission.
        rate_per_s: Mean arrivals per unit of time of a Poisson process; ``None`` of other arrivals.
    """

    number: int
    seed: int
    jobs: Sequence[Job]
    rate_per_s: float | None


def check_arrivals(arrivals: str | None) -> None:
    """Refuse arrivals that `make_replications` does not know.

    Raises:
        ConfigError: They are not ``None``, ``batch``, ``poisson:RATE_PER_S``, ``load:FRACTION``.
    """
    if arrivals is not None and arrivals.startswith(LOAD):
        _load(arrivals)
        return
    try:
        arrive([], arrivals, 0)
    except ConfigError as error:
        if arrivals is not None and arrivals.startswith("poisson:"):
            raise
        raise ConfigError(
            error.problem, remedy="give batch, poisson:RATE_PER_S or load:FRACTION"
        ) from error


def _load(arrivals: str) -> float:
    text = arrivals.removeprefix(LOAD)
    try:
        fraction = float(text)
    except ValueError:
        fraction = -1.0
    if not 0.0 < fraction < inf:
        raise ConfigError(
            f"load is {text!r}", remedy="give a fraction of the fleet's capacity, e.g. load:0.8"
        )
    return fraction


def resampled(jobs: Sequence[Job], seed: int, num_jobs: int | None = None) -> list[Job]:
    """Return jobs drawn from these with replacement: a bootstrap sample.

    The n-th job drawn has the n-th submission time, and takes its patience along. Its id is
    that of its row with a number behind it.

    Args:
        jobs: At least one.
        seed: Seed of the replication; the rows come from its stream ``"resample"``.
        num_jobs: How many to draw, as many as there are if ``None``; more than there are all come
            at time 0.
    """
    number = len(jobs) if num_jobs is None else num_jobs
    rows = random_stream(seed, "resample").integers(len(jobs), size=number).tolist()
    times_s = [0.0] * number if number > len(jobs) else [job.submit_time_s for job in jobs]
    return [
        replace(submitted_at(jobs[row], time_s), job_id=f"{jobs[row].job_id}/{place}")
        for place, (row, time_s) in enumerate(zip(rows, times_s, strict=False), 1)
    ]


def make_replications(
    draw: Draw,
    *,
    number: int,
    seed: int,
    arrivals: str | None,
    fleet: Fleet,
    model: CostModel,
) -> Iterator[Replication]:
    """Yield replications; the n-th, from 0, has the seed ``seed + n``.

    Args:
        draw: Seed to the jobs; it may return the same ones each time.
        number: How many.
        seed: Seed of the first one.
        arrivals: See `qsched.experiment.evaluate.evaluate`.
        fleet: The devices that ``load:FRACTION`` is of.
        model: Cost model, likewise.

    Raises:
        ConfigError: No job fits the fleet, so that it has no load.
    """
    before: Sequence[Job] | None = None
    highest = 0.0
    for n in range(number):
        jobs = draw(seed + n)
        rate, text = None, arrivals
        if arrivals is not None and arrivals.startswith(LOAD):
            if jobs is not before:
                highest, before = highest_rate(fleet, jobs, model), jobs
            rate = max(MIN_RATE_PER_S, _load(arrivals) * highest)
            text = f"poisson:{rate!r}"
        elif arrivals is not None and arrivals.startswith("poisson:"):
            rate = float(arrivals.removeprefix("poisson:"))
        yield Replication(n, seed + n, list(arrive(jobs, text, seed + n)), rate)
