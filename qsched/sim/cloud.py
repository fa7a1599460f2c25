"""The simulated cloud: SimPy's clock, the QPUs, the queue, and what can happen to a job."""

from __future__ import annotations

from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

import simpy

from qsched.errors import CalibrationError, PlanError, SimulationError
from qsched.estimate import load_model
from qsched.model import EventKind
from qsched.policy import CloudView, Release, check_fleet, load_discipline, load_policy
from qsched.policy.placing import Placer
from qsched.policy.scoring import score_plan
from qsched.sim.log import QUEUED, RunLog
from qsched.sim.qpu import Qpu
from qsched.sim.queue import make_queue
from qsched.sim.running import RunningJob, parts_of, room_for, why_no_region

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job, Placements
    from qsched.policy import AllocationPolicy, QueueDiscipline
    from qsched.policy.rules import PlacementRules
    from qsched.policy.scoring import Score
    from qsched.sim.brokers import Broker
    from qsched.sim.log import Recorder

_release_time = attrgetter("time_s")


class Cloud:
    """The state of a simulated cloud, and what can happen in it.

    Made by `qsched.sim.Simulation`, which drives it; brokers act on it.

    Attributes:
        env: The SimPy environment; brokers make their processes in it.
        fleet: The devices.
        qpus: The simulated QPUs, in the order of the fleet.
        policy: Where jobs go.
        discipline: Who goes next.
        model: Cost model.
        placer: Splits circuits and chooses regions.
        seed: Seed of the run.
        broker: Takes the jobs through their life.
        queue: Waiting jobs, by row of the log.
        running: Jobs that hold qubits, by row of the log.
        log: What has happened so far.
        num_started: Jobs started so far.
        num_ended: Jobs that are done, cancelled, rejected or failed.
        has_changed: Whether something changed since the last decision point.
    """

    broker: Broker

    def __init__(
        self,
        fleet: Fleet,
        *,
        policy: str | AllocationPolicy,
        model: str | CostModel,
        discipline: str | QueueDiscipline,
        seed: int,
        recorders: Sequence[Recorder],
        rules: PlacementRules,
    ) -> None:
        """Make an empty cloud; see `qsched.sim.Simulation` for the arguments."""
        self.env = simpy.Environment()
        self.fleet = fleet
        self.policy = load_policy(policy)
        check_fleet(self.policy, fleet)
        self.discipline = load_discipline(discipline)
        self.model = load_model(model)
        self.seed = seed
        self.placer = Placer(rules=rules, communication=self.model.communication, seed=seed)
        self._places_all = rules.is_connected
        self.qpus = tuple(
            Qpu(i, device, self.model.rates(device), rules)
            for i, device in enumerate(fleet.devices)
        )
        self._qpu_of = {qpu.name: qpu for qpu in self.qpus}
        self.queue = make_queue(self.discipline)
        self.running: dict[int, RunningJob] = {}
        self.log = RunLog(tuple(self._qpu_of), recorders)
        self.num_started = 0
        self.num_ended = 0
        self.has_changed = False
        self._num_joined = self._shots_joined = 0

    def observe(self) -> CloudView:
        """Return what a policy sees now."""
        return CloudView(
            self.env.now,
            tuple([qpu.view() for qpu in self.qpus]),
            self.broker.max_parts,
            self.num_started,
            len(self.queue),
            self._shots_joined / self._num_joined if self._num_joined else 0.0,
            self.seed,
            self.model,
            self.upcoming_releases,
        )

    def upcoming_releases(self) -> list[Release]:
        """Return the releases of the running jobs, sorted by time."""
        releases = [Release(r.finish_time_s, r.plan) for r in self.running.values()]
        return sorted(releases, key=_release_time)

    def spawn(self, generator: Generator[simpy.Event, Any, None]) -> simpy.Process:
        """Begin a SimPy process whose exceptions come out of the run as they were raised."""
        process = self.env.process(generator)
        process.callbacks.append(_raise_as_it_was)
        return process

    def enqueue(self, row: int, job: Job) -> None:
        """Put a submitted job into the queue."""
        self.queue.push(row, job)
        self._num_joined += 1
        self._shots_joined += job.shots
        self.changed()

    def changed(self) -> None:
        """Say that something changed that may let a waiting job start."""
        self.has_changed = True

    def qpu(self, name: str) -> Qpu:
        """Return a QPU by name."""
        return self._qpu_of[name]

    def take(self, plan: Placements) -> list[Qpu]:
        """Take all qubits of a plan at once, or none.

        Raises:
            PlanError: A device is unknown or named twice, or has too few free qubits.
        """
        qpus = room_for(plan, self._qpu_of)
        now_s = self.env.now
        for qpu, part in zip(qpus, plan, strict=True):
            qpu.take(part, now_s)
        return qpus

    def decide(self, job: Job, view: CloudView) -> Placements | None:
        """Return the policy's plan with its parts and regions, or ``None`` to wait.

        Args:
            job: The job.
            view: The cloud as it is, or as it might be.
        """
        plan = self.policy.decide(job, view)
        if plan is None or not (self._places_all or job.circuit is not None):
            return plan
        if self.broker.counts_only:
            return plan
        return self.placer.place(job, plan, view)

    def waits(self, row: int, job: Job) -> None:
        """Note why the first job waits, if there are qubits enough but no region for it."""
        if not self._places_all or self.log.waits_for_region(row):
            return
        reason = why_no_region(self.qpus, job.num_qubits, self.broker.max_parts, self.env.now)
        if reason:
            self.log.note_wait(row, reason)

    def check_plan(self, job: Job, plan: Placements) -> None:
        """Refuse a plan that `start` would refuse.

        Raises:
            PlanError: The plan cannot be carried out now.
        """
        parts_of(job, plan, self.broker.max_parts)
        room_for(plan, self._qpu_of)

    def start(self, row: int, plan: Placements) -> RunningJob:
        """Start a job: all its qubits are taken now, and its broker's process begins.

        Args:
            row: Row of the job in the log; it must be waiting.
            plan: Where it goes.

        Raises:
            PlanError: The plan cannot be carried out.
            CalibrationError: The job would run for ever.
            SimulationError: The job does not wait.
        """
        job = self.log.jobs[row]
        if self.log.status[row] != QUEUED:
            raise SimulationError(f"job {job.job_id} does not wait")
        parts = parts_of(job, plan, self.broker.max_parts)
        details: Score | None = None
        if (self._places_all or job.circuit is not None) and not self.broker.counts_only:
            plan = self._completed(job, plan)
            qpus = self.take(plan)
            details = score_plan(
                self.model, job, plan, [q.rates for q in qpus], [q.profile for q in qpus]
            )
            comm_s, processing_s, fidelity = details[:3]
        else:
            qpus = self.take(plan)
            comm_s, processing_s, fidelity = self.model.estimate(
                job, parts, [q.rates for q in qpus]
            )
        self.queue.remove(row)
        now_s = self.env.now
        self.log.started(now_s, row, plan, comm_s, processing_s, details)
        self.num_started += 1
        finish_s = now_s + comm_s + processing_s
        if not finish_s < inf:
            raise CalibrationError(
                f"job {job.job_id} would take {processing_s} s",
                remedy="the device's CLOPS is out of all proportion, or the model's constants are",
                source=plan[0].device,
            )
        running = RunningJob(row, job, plan, qpus, finish_s, fidelity)
        self.running[row] = running
        running.process = self.spawn(self.broker.execute(running, comm_s, processing_s))
        return running

    def _completed(self, job: Job, plan: Placements) -> Placements:
        """Return a plan with parts and regions, which a policy asked by hand leaves open.

        Raises:
            PlanError: No split is feasible there, or no region is free.
        """
        if self.placer.is_complete(job, plan):
            return plan
        room_for(plan, self._qpu_of)
        completed = self.placer.place(job, plan, self.observe())
        if completed is None:
            raise PlanError(
                f"plan of job {job.job_id} has no feasible split or no connected region now"
            )
        return completed

    def release(self, running: RunningJob) -> None:
        """Give back all qubits of a job; a decision point follows."""
        now_s = self.env.now
        for qpu, part in zip(running.qpus, running.plan, strict=True):
            qpu.release(part, now_s)
        del self.running[running.row]
        self.num_ended += 1
        self.has_changed = True

    def finish(self, running: RunningJob) -> None:
        """End a job that is done."""
        self.log.finished(self.env.now, running.row, running.fidelity)
        self.release(running)

    def abort(self, running: RunningJob, reason: str) -> None:
        """End a job whose device broke down: it waits again, or has FAILED after so many times.

        Args:
            running: The job.
            reason: What its record will say if it has FAILED.
        """
        row, now_s = running.row, self.env.now
        attempts = self.log.num_lost(row) + 1
        if attempts < self.fleet.max_attempts:
            self.log.requeued(now_s, row)
            self.release(running)
            self.num_ended -= 1
            self.broker.take_back(row, running.job)
        else:
            self.log.ended(now_s, row, EventKind.FAILED, f"tried {attempts} times: {reason}")
            self.release(running)
        if running.process is not None and running.process.is_alive:
            running.process.interrupt(reason)

    def withdraw(self, row: int, reason: str = "cancelled by its user") -> bool:
        """Withdraw a job, whether it waits or runs; its qubits are free at once.

        Args:
            row: Row of the job in the log.
            reason: What its record will say.

        Returns:
            Whether there was something to withdraw: ``False`` if it has already ended.
        """
        running = self.running.get(row)
        if running is not None:
            self.log.ended(self.env.now, row, EventKind.CANCELLED, reason)
            self.release(running)
            if running.process is not None and running.process.is_alive:
                running.process.interrupt("cancelled")
            return True
        if self.log.status[row] == QUEUED and self.broker.withdraw(row):
            self.num_ended += 1
            self.log.ended(self.env.now, row, EventKind.CANCELLED, reason)
            return True
        return False


def _raise_as_it_was(process: simpy.Event) -> None:
    """Raise what ended a process; SimPy raises a copy, made of ``args`` alone."""
    if not process.ok:
        raise cast("BaseException", process.value)
