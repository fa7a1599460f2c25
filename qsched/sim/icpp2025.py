"""A broker with the admission rules of the published code; an example of a broker of one's own.

Facts: the code published with arXiv 2506.10889 (github.com/QuantumCloudSimulation/ICPP2025).
A job takes its devices one after another and holds the first ones while it
waits for the next, first come, first served on each. Before that it waits until
it has a choice of devices, looking once per time unit. Nothing of this is in the
engine: compare `qsched.sim.brokers`, where a plan is taken at once or not at all.
"""

from __future__ import annotations

from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

import simpy

from qsched.errors import ConfigError
from qsched.model import Placement
from qsched.policy.split import even_shares
from qsched.registry import near_names
from qsched.sim.arrivals import submitted_at
from qsched.sim.brokers import Broker
from qsched.sim.retries import Moment, Retries

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from qsched.model import Job
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu
    from qsched.sim.running import RunningJob

ARRIVAL_GAP = 0.01
"""Least time between two arrivals: rows without an arrival time come this far apart."""

MIN_DEVICES = 2
"""Devices a job must be able to choose from."""


class Details(NamedTuple):
    """What the published code logs of a job beyond a `qsched.JobRecord`.

    Attributes:
        device_starts: When each device was taken, in the order of taking.
        link_times: Communication time of each pair of neighbouring parts.
    """

    device_starts: tuple[float, ...]
    link_times: tuple[float, ...]


def all_eligible(
    eligible: list[int], _qpus: Sequence[Qpu], _job: Job, _free: Sequence[int]
) -> list[int]:
    """``speed``: every eligible device, in the order of the fleet."""
    return eligible


def least_noisy(
    eligible: list[int], qpus: Sequence[Qpu], job: Job, free: Sequence[int]
) -> list[int]:
    """``fidelity``: the lowest error scores, as many as the roomiest of them would be needed."""
    ranked = sorted(eligible, key=lambda i: qpus[i].seen_rates.error_score)
    return ranked[: ceil(job.num_qubits / max(free[i] for i in eligible))]


def fast_and_clean(
    eligible: list[int], qpus: Sequence[Qpu], _job: Job, _free: Sequence[int]
) -> list[int]:
    """``fair``: every eligible device, by CLOPS over error score."""
    return sorted(
        eligible,
        key=lambda i: qpus[i].seen_rates.clops / (qpus[i].seen_rates.error_score + 1e-6),
        reverse=True,
    )


RULES = {"speed": all_eligible, "fidelity": least_noisy, "fair": fast_and_clean}


class Icpp2025Broker(Broker):
    """Admission rules of the published code, for jobs larger than any device.

    Args:
        shares: Decides at arrival, once and for all, which devices to take (the
            published reinforcement-learning policy does): from the job and the QPUs'
            free qubits to ``(position, qubits)`` pairs. Without it, the rule of the
            run's policy, ``speed``, ``fidelity`` or ``fair``, decides at each look.

    Attributes:
        details: By job id, what the published code logs beyond the record.
    """

    counts_only = True

    def __init__(
        self, shares: Callable[[Job, Sequence[int]], list[tuple[int, int]]] | None = None
    ) -> None:
        self._shares = shares
        self.details: dict[str, Details] = {}

    def bind(self, sim: Simulation) -> None:
        """See `Broker.bind`.

        Raises:
            ConfigError: The run's policy has no rule of the published code, or devices of the
                fleet break down, which the published code knows nothing of.
        """
        super().bind(sim)
        if sim.fleet.failures:
            raise ConfigError(
                "broker icpp2025 knows no breakdowns", remedy="leave failures out, or use parallel"
            )
        self.max_parts = len(sim.qpus)
        self._largest = max(qpu.num_qubits for qpu in sim.qpus)
        self._qubits = [
            simpy.Container(sim.env, qpu.num_qubits, init=qpu.num_qubits) for qpu in sim.qpus
        ]
        if self._shares is None:
            if sim.policy_name not in RULES:
                raise ConfigError(
                    f"broker icpp2025 has no rule for policy {sim.policy_name!r}",
                    remedy=near_names(sim.policy_name, list(RULES)),
                )
            self._rule = RULES[sim.policy_name]
        self._retries = Retries(sim.env, self._room)
        self._arrival = Moment(0.0)

    # -- what the line of waiting jobs asks --------------------------------------------

    def _free(self) -> list[int]:
        return [int(container.level) for container in self._qubits]

    def _room(self) -> Sequence[float]:
        """Return free qubits by device, or what the second-roomiest device has."""
        free = self._free()
        return free if self._shares is not None else sorted(free)[-MIN_DEVICES:-1]

    # -- the life of a job -------------------------------------------------------------

    def arrivals(self, jobs: Iterable[Job]) -> Iterator[Job]:
        """Yield jobs in the order of the table, each at its time or 0.01 after the one before."""
        now, moment = 0.0, Moment(0.0)
        for job in jobs:
            now += max(job.submit_time_s - now, ARRIVAL_GAP)
            arrival = self._retries.expect(now, moment)
            self._arrival = moment
            yield submitted_at(job, now)
            self._retries.happened(arrival)
            moment = self._retries.mark(moment)

    def refuse(self, job: Job) -> str:
        """Refuse what the published code cannot run: it has no working path for one device."""
        if job.num_qubits <= self._largest:
            return (
                f"needs {job.num_qubits} qubits and fits one device of {self._largest}: "
                "the published code runs only jobs that do not; use --broker parallel"
            )
        if job.num_qubits < len(self._qubits):
            return (
                f"needs {job.num_qubits} qubits, fewer than the {len(self._qubits)} devices that "
                "the published code may split it over; use --broker parallel"
            )
        capacity = self.sim.fleet.num_qubits
        if job.num_qubits > capacity:
            return f"needs {job.num_qubits} qubits, the whole fleet has {capacity}"
        return ""

    def submit(self, row: int, job: Job) -> None:
        """Let the job look for its devices at once; it counts as queued until it has them all."""
        super().submit(row, job)
        self.sim.spawn(self._admit(row, job, self._arrival))

    def withdraw(self, row: int) -> bool:  # noqa: ARG002 - the contract of all brokers
        """Refuse: jobs of the published code cannot be withdrawn while they wait."""
        return False

    def dispatch(self) -> None:
        """Do nothing: each job looks for itself."""

    def _admit(self, row: int, job: Job, arrival: Moment) -> Generator[simpy.Event, None, None]:
        handled: Moment | None = arrival  # when the event was scheduled that is being handled
        starts: list[float] = []
        if self._shares is not None:
            shares = self._shares(job, self._free())
            for position, num_qubits in shares:
                while self._qubits[position].level < num_qubits:
                    yield self._retries.wait(num_qubits, position, handled)
                    handled = None
                yield self._qubits[position].get(num_qubits)
                handled = None
                starts.append(self.sim.env.now)
        else:
            need = job.num_qubits / len(self._qubits)
            while (
                len(eligible := [i for i, n in enumerate(self._free()) if n >= need]) < MIN_DEVICES
            ):
                yield self._retries.wait(need, 0, handled)
                handled = None
            chosen = self._rule(eligible, self.sim.qpus, job, self._free())
            shares = list(zip(chosen, even_shares(job.num_qubits, len(chosen)), strict=True))
            for position, num_qubits in shares:
                yield self._qubits[position].get(num_qubits)
                starts.append(self.sim.env.now)
        latency = self.sim.model.constants.latency_s
        links = tuple((a + b) * latency for (_, a), (_, b) in pairwise(shares))
        self.details[job.job_id] = Details(tuple(starts), links)
        qpus = self.sim.qpus
        self.sim.start(row, tuple(Placement(qpus[i].name, n) for i, n in shares))

    def execute(
        self,
        running: RunningJob,
        comm_s: float,  # noqa: ARG002 - the times of the links add up to it
        processing_s: float,
    ) -> Generator[simpy.Event, None, None]:
        """Communicate link by link, process, and give the devices back one after another."""
        env, retries = self.sim.env, self._retries
        event = None
        try:
            for link_time in self.details[running.job.job_id].link_times:
                event = retries.expect(env.now + link_time)
                yield env.timeout(link_time)
                retries.happened(event)
                yield env.timeout(0.0)  # a link is a process of its own, and ends behind its time
            event = retries.expect(env.now + processing_s)
            yield env.timeout(processing_s)
            retries.happened(event)
            self.sim.finish(running)
            handled: Moment | None = event.scheduled
        except simpy.Interrupt:  # withdrawn
            if event is not None:
                retries.happened(event)
            handled = None
        for part, qpu in zip(running.plan, running.qpus, strict=True):
            put = self._qubits[qpu.index].put(part.num_qubits)
            retries.released(handled)
            handled = None
            yield put
