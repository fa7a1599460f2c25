"""What an episode of Cloud-v0 is drawn from: a fleet, jobs and the times at which they come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np

from qsched.errors import ConfigError, InputError
from qsched.estimate import load_model
from qsched.experiment.paper_workload import PAPER_JOBS, JobColumns, JobRanges
from qsched.policy.learned.candidates import MAX_DEVICES, fewest_parts, most_candidates
from qsched.policy.learned.checks import checked_count
from qsched.policy.learned.reward import job_time
from qsched.registry import near_names
from qsched.rl.fleets import FleetArrays
from qsched.rl.variants import variants as variants_of
from qsched.sim import random_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job

T = TypeVar("T")

NUM_JOBS = 128
"""Jobs of an episode, unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """When the jobs of an episode come.

    Attributes:
        batch: Share of the episodes whose jobs all come at time 0, in [0, 1].
        loads: Poisson arrivals of the others: mean arrivals in a job time, drawn for each
            episode between these two, above 0. At 1 jobs come as fast as a fleet with all qubits
            busy does them, which no plans reach; the load of `qsched.experiment.evaluate` is that
            of the highest rate that they can sustain.

    Raises:
        ConfigError: A number is out of its range.
    """

    batch: float = 0.5
    loads: tuple[float, float] = (0.2, 1.2)

    def __post_init__(self) -> None:
        """Refuse what cannot be drawn."""
        if not 0.0 <= self.batch <= 1.0:
            raise ConfigError(f"share of batches is {self.batch!r}", remedy="it must be in [0, 1]")
        low, high = self.loads
        if not 0.0 < low <= high < np.inf:
            raise ConfigError(
                f"loads from {low!r} to {high!r}", remedy="the first above 0, the second no lower"
            )

    def draw(self, random: np.random.Generator, num: int, num_jobs: int) -> Any:
        """Return times of arrival in job times, shape ``(num, num_jobs)``, in order."""
        is_batch = random.random(num) < self.batch
        load = random.uniform(*self.loads, size=num)
        gaps = random.standard_exponential((num, num_jobs)) / load[:, None]
        gaps[is_batch] = 0.0
        return np.cumsum(gaps, axis=1, out=gaps)


def options_of(kind: type[T], given: T | Mapping[str, Any] | None) -> T:
    """Return options as an object: as they are, made of names and values, or the defaults.

    Args:
        kind: A frozen dataclass whose fields all have defaults.
        given: One of it, names and values of its fields, or ``None``.

    Raises:
        ConfigError: It is neither, a name is unknown, or a value cannot be.
    """
    if given is None:
        return kind()
    if isinstance(given, kind):
        return given
    known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    if not isinstance(given, Mapping):
        raise ConfigError(
            f"{kind.__name__} cannot be {given!r}",
            remedy=f"give names and values; the names are {', '.join(known)}",
        )
    if unknown := [name for name in given if name not in known]:
        raise ConfigError(
            f"{kind.__name__} has no {unknown[0]!r}", remedy=near_names(str(unknown[0]), known)
        )
    try:
        return kind(**given)
    except InputError:
        raise
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"{kind.__name__} of {dict(given)!r}",
            remedy="every value must be a number, or as many as its default has",
        ) from error


class Drawn(NamedTuple):
    """Some episodes.

    Attributes:
        fleet: Position of the fleet of each, shape ``(num,)``.
        jobs: The jobs, each column of shape ``(num, num_jobs)``.
        arrival: When they come, in the clock of the model, likewise.
        job_time: See `qsched.policy.learned.reward.job_time`; shape ``(num,)``.
    """

    fleet: Any
    jobs: JobColumns
    arrival: Any
    job_time: Any


class EpisodeSource:
    """Draws episodes; equal seeds give equal episodes.

    Args:
        fleets: Fleets, of which each episode has one; ``None``: the shipped fleet ``paper``.
        model: Cost model, by name or as an object.
        jobs: From what ranges jobs are drawn, or jobs to draw from with replacement; ``None``:
            the ranges of the paper's workload.
        num_jobs: Jobs of an episode, at least 1.
        arrivals: When they come; an `Arrivals`, or names and values of one.
        variants: How many fleets like each one episodes have, too; see `qsched.rl.variants`.
        max_devices: Devices of a fleet at the most, 1 to 8.

    Attributes:
        fleets: The fleets and their variants; each episode has one of them.
        model: The cost model.
        num_jobs: Jobs of an episode.
        least_qubits: Qubits of the smallest job that can come.
        most_qubits: Qubits of the largest.
        is_seeded: Whether `seed` was called.

    Raises:
        ConfigError: An option is of another kind or out of its range, there is no fleet or no
            job, a fleet has too many devices, or the largest job does not fit one.
        CalibrationError: A device lacks a number that the cost model needs.
    """

    def __init__(
        self,
        fleets: Sequence[Fleet] | None,
        model: str | CostModel,
        jobs: JobRanges | Sequence[Job] | None,
        *,
        num_jobs: int,
        arrivals: Arrivals | Mapping[str, Any] | None,
        variants: int,
        max_devices: int,
    ) -> None:
        variants = checked_count("variants", variants, 0)
        max_devices = checked_count("max_devices", max_devices, 1, MAX_DEVICES)
        self.num_jobs = checked_count("num_jobs", num_jobs)
        if fleets is None:
            from qsched.io.devices import load_fleet  # noqa: PLC0415 - it reads files

            fleets = [load_fleet("paper")]
        self.model = load_model(model)
        every = [
            each
            for position, fleet in enumerate(fleets)  # two may have one name, and differ
            for each in [fleet, *variants_of(fleet, variants, seed=position)]
        ]
        self.fleets = FleetArrays(every, self.model, max_devices)
        self._arrivals = options_of(Arrivals, arrivals)
        self._ranges = jobs if isinstance(jobs, JobRanges) else None
        self._table = None
        if jobs is None:
            self._ranges = PAPER_JOBS
        elif self._ranges is None:
            self._table = _columns_of(jobs)  # type: ignore[arg-type]
        if self._ranges is not None:
            self.least_qubits, self.most_qubits = self._ranges.num_qubits
        else:
            qubits = self._table.num_qubits  # type: ignore[union-attr]
            self.least_qubits, self.most_qubits = int(qubits.min()), int(qubits.max())
        smallest = min(every, key=lambda fleet: fleet.num_qubits)
        if smallest.num_qubits < self.most_qubits:
            raise ConfigError(
                f"a job has {self.most_qubits} qubits, fleet {smallest.name!r} has "
                f"{smallest.num_qubits}",
                remedy="give jobs that every fleet can hold",
            )
        self.is_seeded = False

    @property
    def parts(self) -> range:
        """Parts that jobs can have."""
        qubits = np.array([self.least_qubits, self.most_qubits])
        fewest = fewest_parts(qubits, self.fleets.devices.capacity[:, None])
        return range(int(fewest[:, 0].min()), int(fewest[:, 1].max()) + 1)

    @property
    def num_plans(self) -> int:
        """Plans that a job can have at the most."""
        return most_candidates(self.fleets.num_devices, self.parts)

    def seed(self, seed: int) -> None:
        """Begin anew."""
        self.is_seeded = True
        self._jobs_stream = random_stream(seed, "clouds/jobs")
        self._arrivals_stream = random_stream(seed, "clouds/arrivals")
        self._fleets_stream = random_stream(seed, "clouds/fleets")

    def draw(self, num: int) -> Drawn:
        """Return the next episodes."""
        shape = (num, self.num_jobs)
        if self._ranges is not None:
            columns = self._ranges.draw(self._jobs_stream, num * self.num_jobs)
        else:
            table = self._table
            assert table is not None
            rows = self._jobs_stream.integers(len(table.num_qubits), size=num * self.num_jobs)
            columns = JobColumns(*(column[rows] for column in table))
        jobs = JobColumns(*(column.reshape(shape) for column in columns))
        fleet = np.zeros(num, dtype=np.intp)
        if len(self.fleets.fleets) > 1:
            fleet = self._fleets_stream.integers(len(self.fleets.fleets), size=num)
        times = job_time(jobs.num_qubits, jobs.shots, self.fleets.at(fleet))
        arrival = self._arrivals.draw(self._arrivals_stream, num, self.num_jobs)
        return Drawn(fleet, jobs, arrival * times[:, None], times)


def _columns_of(jobs: Sequence[Job]) -> JobColumns:
    if not jobs:
        raise ConfigError("there is no job to draw", remedy="give one or more")
    return JobColumns(
        *(np.array([getattr(job, name) for job in jobs]) for name in JobColumns._fields)
    )
