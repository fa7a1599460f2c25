"""Brokers: they take a job through its life. Users extend `Broker`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy

from qsched.errors import ConfigError, SimulationError
from qsched.registry import Registry
from qsched.sim.backfill import backfill

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from qsched.model import Job
    from qsched.sim.engine import Simulation
    from qsched.sim.running import RunningJob

_submit_time = attrgetter("submit_time_s")

BROKERS = Registry(
    kind="broker",
    group="qsched.brokers",
    builtins={
        "parallel": (
            "qsched.sim.brokers:ParallelBroker",
            "splits a job over several QPUs when none can hold it or the policy says so",
        ),
        "icpp2025": (
            "qsched.sim.icpp2025:Icpp2025Broker",
            "admission rules of the published code, for jobs larger than any device",
        ),
        "serial": ("qsched.sim.brokers:SerialBroker", "one QPU per job; larger ones are rejected"),
    },
)


class Broker(ABC):
    """Takes jobs through their life: admission, waiting, execution, release.

    A broker belongs to one run. `qsched.sim.Simulation` calls `refuse` and
    `submit` when a job arrives, `dispatch` at each decision point, and runs
    `execute` as the SimPy process of each job that has started.

    Attributes:
        max_parts: Parts that a plan may have at the most.
        counts_only: Plans count qubits and nothing else, circuit or not.
    """

    max_parts: int = 1
    counts_only: bool = False
    sim: Simulation

    def bind(self, sim: Simulation) -> None:
        """Learn which run this broker serves; called once, before anything happens.

        Raises:
            SimulationError: It has served another.
        """
        if hasattr(self, "sim"):
            raise SimulationError("a broker serves one run: make a new one for each")
        self.sim = sim

    def arrivals(self, jobs: Iterable[Job]) -> Iterable[Job]:
        """Return the jobs in the order in which they come: a sequence sorted, others as is."""
        return sorted(jobs, key=_submit_time) if isinstance(jobs, Sequence) else jobs

    @abstractmethod
    def refuse(self, job: Job) -> str:
        """Return why a job can never run here, or an empty string to take it."""

    def submit(self, row: int, job: Job) -> None:
        """Take in a job that arrives: it joins the queue, where all that wait must be.

        `Simulation.start` takes it out again.
        """
        self.sim.enqueue(row, job)

    def withdraw(self, row: int) -> bool:
        """Take a waiting job out; return whether it was waiting."""
        self.sim.queue.remove(row)
        self.sim.changed()
        return True

    def take_back(self, row: int, job: Job) -> None:
        """Take in a job again that a breakdown has ended: it waits ahead of its equals."""
        self.sim.queue.put_back(row, job)
        self.sim.changed()

    def dispatch(self) -> None:
        """Start what can start now: the first in order while it has a plan, then backfilling."""
        sim = self.sim
        queue, jobs, decide, observe = sim.queue, sim.log.jobs, sim.decide, sim.observe
        while len(queue):
            row = queue.first()
            plan = decide(jobs[row], observe())
            if plan is None:
                sim.waits(row, jobs[row])
                if sim.discipline.backfill_window and len(queue) > 1:
                    backfill(sim)
                return
            sim.start(row, plan)

    def execute(
        self, running: RunningJob, comm_s: float, processing_s: float
    ) -> Generator[simpy.Event, None, None]:
        """Run a started job: communication, then processing on all its QPUs, then release."""
        timeout = self.sim.env.timeout
        try:
            if comm_s > 0.0:
                yield timeout(comm_s)
            yield timeout(processing_s)
        except simpy.Interrupt:  # withdrawn or broken down: the qubits are released already
            return
        self.sim.finish(running)


class ParallelBroker(Broker):
    """Splits a job over several QPUs when none can hold it or the policy says so."""

    def bind(self, sim: Simulation) -> None:
        """See `Broker.bind`."""
        super().bind(sim)
        self.max_parts = len(sim.qpus)
        self._capacities = [qpu.usable_qubits for qpu in sim.qpus]
        self._capacity = sum(self._capacities)

    def refuse(self, job: Job) -> str:
        """Refuse what is larger than the whole fleet, or a circuit that no split makes fit."""
        if job.num_qubits > self._capacity:
            whole = self.sim.fleet.num_qubits
            if job.num_qubits > whole:
                return f"needs {job.num_qubits} qubits, the whole fleet has {whole}"
            return (
                f"needs {job.num_qubits} qubits, the largest connected regions of the fleet's "
                f"{whole} qubits have {self._capacity} together"
            )
        if job.circuit is None:
            return ""
        return self.sim.placer.refuse(job, self._capacities, self.max_parts)


class SerialBroker(Broker):
    """Runs each job on one QPU."""

    def bind(self, sim: Simulation) -> None:
        """See `Broker.bind`."""
        super().bind(sim)
        self._capacity = max(qpu.usable_qubits for qpu in sim.qpus)
        self._what = "connected region" if sim.placer.rules.is_connected else "device"

    def refuse(self, job: Job) -> str:
        """Refuse what is larger than the largest device."""
        if job.num_qubits <= self._capacity:
            return ""
        return (
            f"needs {job.num_qubits} qubits, the largest {self._what} has {self._capacity} "
            "and the serial broker splits no job"
        )


def load_broker(broker: str | Broker) -> Broker:
    """Return a new broker by name or by ``package.module:Name``, or the object itself.

    Raises:
        UnknownNameError: No broker has that name.
        ConfigError: What the name stands for is no broker.
    """
    found = BROKERS.make(broker) if isinstance(broker, str) else broker
    if not isinstance(found, Broker):
        raise ConfigError(f"broker {broker!r} is not a Broker", remedy="extend qsched.Broker")
    return found
