"""Episodes of the paper's environment, many at once: fleets, jobs and free qubits.

Arrays have the devices first, five of them; a smaller fleet is padded with devices without
qubits. One environment and many are made of this, so that they agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qsched.errors import ConfigError, SimulationError
from qsched.estimate import Rates, load_model
from qsched.experiment.paper_workload import PAPER_JOBS, JobColumns, JobRanges
from qsched.io.devices import load_fleet
from qsched.policy.learned.allocation import (
    MAX_DEVICES,
    MAX_INPUT,
    check_finite,
    observation,
)
from qsched.rl.paper_outcome import Outcome, score_shares
from qsched.sim import random_stream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job

    Jobs = JobRanges | Sequence[Job]

Array = np.ndarray[Any, Any]

NO_RATES = Rates(0.0, 0.0, 0.0, 0.0, 0.0, 2, 0.0)
"""Rates of a device that is not there."""


class Episodes(NamedTuple):
    """Many episodes.

    Attributes:
        jobs: Jobs, each attribute of shape ``(num,)``.
        fleet: Which of the fleets each has, shape ``(num,)``.
        free: Free qubits, shape ``(5, num)``.
    """

    jobs: JobColumns
    fleet: Array
    free: Array


@dataclass(frozen=True, slots=True)
class _Streams:
    """Where jobs, fleets and free qubits are drawn from, each of its own."""

    jobs: np.random.Generator
    fleets: np.random.Generator
    free: np.random.Generator

    @classmethod
    def of(cls, seed: int) -> _Streams:
        names = ("jobs", "fleets", "free qubits")
        return cls(*(random_stream(seed, f"paper allocation {name}") for name in names))


class EpisodeSource:
    """Draws episodes and says what shares give in them.

    Args:
        fleets: Fleets, of which each episode has one; ``None``: the shipped fleet ``paper``.
        model: Cost model, by name or as an object.
        jobs: From what ranges jobs are drawn, or jobs to draw from with replacement; ``None``:
            the ranges of the paper's workload.
        busy: Whether free qubits are drawn, too: each device's evenly from none to all, and where
            the job would have to wait, as many more as it takes, from all devices alike. Else all
            are free.

    Attributes:
        fleets: The fleets.
        model: The cost model.

    Raises:
        ConfigError: ``busy`` is no truth value; no fleet, no job, a fleet of more than five
            devices, or one that the largest job does not fit.
        CalibrationError: A device lacks a number that the cost model needs.
        InputError: A number of a device is not finite.
    """

    def __init__(
        self,
        fleets: Sequence[Fleet] | None = None,
        model: str | CostModel = "paper",
        jobs: Jobs | None = None,
        *,
        busy: bool = False,
    ) -> None:
        if not isinstance(busy, bool | np.bool_):
            raise ConfigError(f"busy is {busy!r}", remedy="it must be true or false")
        self.fleets = (load_fleet(),) if fleets is None else tuple(fleets)
        self.model = load_model(model)
        self._busy = busy
        self._jobs = PAPER_JOBS if jobs is None else jobs
        if not self.fleets:
            raise ConfigError("no fleet is given", remedy="give at least one")
        self._table, largest = _table_of(self._jobs)
        for fleet in self.fleets:
            _check_fleet(fleet, largest)
        rates = [_padded(list(map(self.model.rates, f.devices)), NO_RATES) for f in self.fleets]
        # Shape (fields of Rates, 5, fleets).
        self._rates = np.array(rates, dtype=float).transpose(2, 1, 0)
        self._capacity = np.array(
            [_padded([d.num_qubits for d in f.devices], 0) for f in self.fleets]
        ).T
        self._check_inputs(largest)
        self._streams: _Streams | None = None

    def _check_inputs(self, largest: int) -> None:
        """Refuse numbers that no observation may hold."""
        rates = Rates(*self._rates)
        every = np.full(len(self.fleets), largest)
        seen = observation(every, self._capacity, rates.error_score, rates.clops)
        check_finite("observation", seen)
        if seen.max() > MAX_INPUT:
            raise ConfigError(
                f"an observation would be {seen.max():g}",
                remedy=f"qubits and CLOPS must be such that it is at most {MAX_INPUT:g}",
            )

    def seed(self, seed: int) -> None:
        """Begin anew: equal seeds draw equal episodes.

        Raises:
            ConfigError: The seed is negative.
        """
        self._streams = _Streams.of(seed)

    @property
    def is_seeded(self) -> bool:
        """Whether there was a seed."""
        return self._streams is not None

    def draw(self, num: int) -> Episodes:
        """Return episodes; many drawn at once are those that are drawn one after another.

        Args:
            num: How many.

        Raises:
            SimulationError: There was no seed.
        """
        streams = self._streams
        if streams is None:
            raise SimulationError("episodes are drawn before there is a seed")
        if isinstance(self._jobs, JobRanges):
            jobs = self._jobs.draw(streams.jobs, num)
        else:
            chosen = streams.jobs.integers(len(self._jobs), size=num)
            jobs = JobColumns(*self._table[:, chosen])
        one_fleet = len(self.fleets) == 1
        fleet = (
            np.zeros(num, dtype=np.int64)
            if one_fleet
            else streams.fleets.integers(len(self.fleets), size=num)
        )
        capacity = self._capacity[:, fleet]
        if not self._busy:
            return Episodes(jobs, fleet, capacity)
        part = streams.free.random((num, MAX_DEVICES)).T
        free = (part * (capacity + 1)).astype(np.int64)
        return Episodes(jobs, fleet, _enough(free, capacity, jobs.num_qubits))

    def capacity(self, fleet: int) -> list[int]:
        """Return the qubits of the devices of one fleet, 0 for those that are not there."""
        qubits: list[int] = self._capacity[:, fleet].tolist()
        return qubits

    def observe(self, episodes: Episodes) -> Array:
        """Return what the policy sees, single precision of shape ``(num, 16)``."""
        rates = self._rates_of(episodes)
        return observation(episodes.jobs.num_qubits, episodes.free, rates.error_score, rates.clops)

    def _rates_of(self, episodes: Episodes) -> Rates:
        if len(self.fleets) == 1:
            return Rates(*self._rates)
        return Rates(*self._rates[:, :, episodes.fleet])

    def score(self, episodes: Episodes, shares: Array) -> Outcome:
        """Return what shares give.

        Args:
            episodes: The episodes.
            shares: Qubits on each device, shape ``(5, num)``, that sum to those of the job.
        """
        return score_shares(self.model, episodes.jobs, shares, self._rates_of(episodes))


def _padded(values: list[Any], filler: Any) -> list[Any]:
    return values + [filler] * (MAX_DEVICES - len(values))


def _table_of(jobs: Jobs) -> tuple[Array, int]:
    """Return the attributes of given jobs, one row for each, and the qubits of the largest job."""
    if isinstance(jobs, JobRanges):
        return np.empty(0), jobs.num_qubits[1]
    if not jobs:
        raise ConfigError("no job is given", remedy="give at least one, or ranges")
    table = np.array([[getattr(job, name) for job in jobs] for name in JobColumns._fields])
    return table, int(table[0].max())


def _check_fleet(fleet: Fleet, largest: int) -> None:
    if len(fleet.devices) > MAX_DEVICES:
        raise ConfigError(
            f"fleet {fleet.name!r} has {len(fleet.devices)} devices, "
            f"the paper's environment takes at most {MAX_DEVICES}",
            remedy="take a smaller fleet, or qsched/Cloud-v0",
        )
    if fleet.num_qubits < largest:
        raise ConfigError(
            f"jobs have up to {largest} qubits, fleet {fleet.name!r} has {fleet.num_qubits}",
            remedy="give smaller jobs or a larger fleet",
        )


def _enough(free: Array, capacity: Array, num_qubits: Array) -> Array:
    """Return what is free, with as many more qubits as the jobs need, from all devices alike."""
    lacks = np.maximum(num_qubits - free.sum(axis=0), 0)
    held = capacity - free
    together = np.maximum(held.sum(axis=0), 1)
    more: Array = free - held * -lacks // together
    return more
