"""When jobs come: functions from jobs to jobs with submission times, in that order."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING
from zlib import crc32

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np

    from qsched.model import Job

MIN_RATE_PER_S = 1e-12
"""One job in 30,000 years; below it the clock runs out of numbers."""


def check_seed(seed: int) -> None:
    """Refuse a seed that no random stream takes.

    Raises:
        ConfigError: The seed is negative.
    """
    if seed < 0:
        raise ConfigError(f"seed is {seed!r}", remedy="it must be 0 or more")


def random_stream(seed: int, name: str) -> np.random.Generator:
    """Return the random stream of one cause; streams of other names are independent of it.

    Args:
        seed: Seed of the run, 0 or more.
        name: The cause, e.g. ``"arrivals"``.

    Raises:
        ConfigError: The seed is negative.
    """
    import numpy as np  # noqa: PLC0415 - a batch of jobs draws nothing

    check_seed(seed)
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(crc32(name.encode()),)))


def submitted_at(job: Job, time_s: float) -> Job:
    """Return the job submitted at another time; its patience moves along."""
    if job.cancel_time_s is None:
        return replace(job, submit_time_s=time_s)
    patience_s = job.cancel_time_s - job.submit_time_s
    return replace(job, submit_time_s=time_s, cancel_time_s=time_s + patience_s)


def batch(jobs: Iterable[Job]) -> Iterator[Job]:
    """Yield all jobs at time 0."""
    return (submitted_at(job, 0.0) for job in jobs)


def poisson(jobs: Iterable[Job], rate_per_s: float, seed: int) -> Iterator[Job]:
    """Yield jobs with exponential gaps, a Poisson process from time 0.

    Args:
        jobs: Jobs in the order in which they come.
        rate_per_s: Mean arrivals per second, at least 1e-12.
        seed: Seed of the run; the gaps come from its stream ``"arrivals"``.

    Raises:
        ConfigError: The rate is too small, or not finite; or the seed is negative.
    """
    if not MIN_RATE_PER_S <= rate_per_s < inf:
        raise ConfigError(
            f"arrival rate is {rate_per_s!r} jobs per second",
            remedy=f"it must be {MIN_RATE_PER_S:g} or more",
        )
    stream = random_stream(seed, "arrivals")

    def timed() -> Iterator[Job]:
        now_s = 0.0
        for job in jobs:
            now_s += float(stream.exponential(1.0 / rate_per_s))
            yield submitted_at(job, now_s)

    return timed()


def arrive(jobs: Iterable[Job], arrivals: str | None, seed: int) -> Iterable[Job]:
    """Return jobs with the submission times that ``--arrivals`` asks for.

    Args:
        jobs: The jobs.
        arrivals: ``None`` keeps their own times; ``"batch"``; or ``"poisson:RATE_PER_S"``.
        seed: Seed of the run.

    Raises:
        ConfigError: ``arrivals`` is none of these.
    """
    if arrivals is None:
        return jobs
    if arrivals == "batch":
        return batch(jobs)
    kind, _, rate = arrivals.partition(":")
    try:
        rate_per_s = float(rate)
    except ValueError:
        kind, rate_per_s = "", 0.0
    if kind != "poisson":
        raise ConfigError(
            f"arrivals {arrivals!r} is not known", remedy="give batch or poisson:RATE_PER_S"
        )
    return poisson(jobs, rate_per_s, seed)
