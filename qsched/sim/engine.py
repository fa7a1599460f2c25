"""The simulated cloud: SimPy's clock, the QPUs, the queue and the record of what happens."""

from __future__ import annotations

from math import inf, nextafter
from operator import attrgetter
from typing import TYPE_CHECKING

import simpy

from qsched.errors import JobTableError, PlanError, SimulationError
from qsched.estimate import load_model
from qsched.model import EventKind
from qsched.policy import CloudView, Release, load_discipline, load_policy
from qsched.result import RunResult
from qsched.sim.brokers import load_broker
from qsched.sim.log import QUEUED, RunLog
from qsched.sim.maintenance import maintain
from qsched.sim.qpu import Qpu
from qsched.sim.queue import make_queue

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job, Plan
    from qsched.policy import AllocationPolicy, QueueDiscipline
    from qsched.sim.brokers import Broker
    from qsched.sim.log import Recorder

_submit_time = attrgetter("submit_time_s")


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C during a run.

    Attributes:
        result: What was done so far, marked as partial.
    """

    def __init__(self, result: RunResult) -> None:
        self.result = result
        super().__init__("the run was interrupted")


class RunningJob:
    """A job that holds qubits.

    Attributes:
        row: Its row in the run's log.
        job: The job.
        plan: Where it runs.
        finish_time_s: When it will release its qubits.
        fidelity: What it will give.
        process: Its SimPy process.
    """

    __slots__ = ("fidelity", "finish_time_s", "job", "plan", "process", "qpus", "row")

    def __init__(  # noqa: PLR0917 - made once per job, and keywords cost
        self, row: int, job: Job, plan: Plan, qpus: list[Qpu], finish_time_s: float, fidelity: float
    ) -> None:
        self.row = row
        self.job = job
        self.plan = plan
        self.qpus = qpus
        self.finish_time_s = finish_time_s
        self.fidelity = fidelity
        self.process: simpy.Process | None = None


class Simulation:
    """One run of jobs over a fleet.

    `run` drives it to the end. Whoever wants to decide by hand (a Gymnasium
    environment, an interactive session) calls `advance`, looks at `observe`,
    calls `start`, and so on: it is the same loop.

    Attributes:
        env: The SimPy environment; brokers make their processes in it.
        fleet: The devices.
        qpus: The simulated QPUs, in the order of the fleet.
        policy: Where jobs go.
        discipline: Who goes next.
        model: Cost model.
        seed: Seed of the run.
        queue: Waiting jobs, by row of the log.
        running: Jobs that hold qubits, by row of the log.
        log: What has happened so far.
    """

    def __init__(
        self,
        fleet: Fleet,
        jobs: Iterable[Job],
        *,
        policy: str | AllocationPolicy = "speed",
        model: str | CostModel = "paper",
        broker: str | Broker = "parallel",
        discipline: str | QueueDiscipline = "fcfs",
        seed: int = 0,
        recorders: Sequence[Recorder] = (),
        progress: Callable[[int, int, float], None] | None = None,
    ) -> None:
        """Prepare a run; nothing happens before `run` or `advance`.

        Args:
            fleet: The devices, with their maintenance.
            jobs: A list, taken in order of submission time; or any iterator that yields
                jobs in that order, read as simulated time goes on.
            policy: Where jobs go: a name, ``package.module:Name``, or an object.
            model: Cost model: a name or an object.
            broker: How jobs go through their life: a name or an object of its own for this run.
            discipline: Who goes next: a name or an object.
            seed: Seed of the run; equal seeds give equal records.
            recorders: Hear of every event as it happens.
            progress: Called at decision points with jobs ended, jobs submitted and time.

        Raises:
            InputError: A name is unknown, or a device does not report what the model needs.
        """
        self.env = simpy.Environment()
        self.fleet = fleet
        self.policy = load_policy(policy)
        self.discipline = load_discipline(discipline)
        self.model = load_model(model)
        self.seed = seed
        self.qpus = tuple(
            Qpu(i, device, self.model.rates(device)) for i, device in enumerate(fleet.devices)
        )
        self._qpu_of = {qpu.name: qpu for qpu in self.qpus}
        self.queue = make_queue(self.discipline)
        self.running: dict[int, RunningJob] = {}
        self.log = RunLog(tuple(self._qpu_of), recorders)
        self.num_started = 0
        self.num_ended = 0
        self._row_of: dict[str, int] = {}
        self._changed = False
        self._all_submitted = False
        self._progress = progress
        self._names = {
            "policy": _name(policy),
            "broker": _name(broker),
            "discipline": _name(discipline),
        }
        self.broker = load_broker(broker)
        self.broker.bind(self)
        self.env.process(self._arrive(jobs))
        for name, windows in sorted(fleet.maintenance.items()):
            for window in windows:
                self.env.process(maintain(self, self._qpu_of[name], window))

    # -- what happens ------------------------------------------------------------------

    def _arrive(self, jobs: Iterable[Job]) -> Generator[simpy.Event, None, None]:
        env = self.env
        if isinstance(jobs, list | tuple):
            jobs = sorted(jobs, key=_submit_time)
        for job in jobs:
            time_s = job.submit_time_s
            delay_s = time_s - env.now
            if delay_s > 0.0:
                if env.now + delay_s < time_s:  # rounding must not let a job in early
                    delay_s = nextafter(delay_s, inf)
                yield env.timeout(delay_s)
            elif nextafter(env.now, 0.0) > time_s:
                raise JobTableError(
                    f"job {job.job_id}: submitted at {time_s!r} s, after a job of {env.now!r} s",
                    remedy="yield jobs in the order of submit_time_s, or give a list",
                )
            self._submit(job)
        self._all_submitted = True

    def is_over(self) -> bool:
        """Return whether nothing is left but maintenance: all has ended, or nothing can start."""
        if not self._all_submitted:
            return False
        if self.num_ended == len(self.log.jobs):
            return True
        return not self.running and not any(qpu.closures for qpu in self.qpus)

    def _submit(self, job: Job) -> None:
        row = self.log.submitted(self.env.now, job)
        if self._row_of.setdefault(job.job_id, row) != row:
            raise JobTableError(
                f"job id {job.job_id!r} was submitted twice", remedy="give each job its own id"
            )
        reason = self.broker.refuse(job)
        if reason:
            self.log.ended(self.env.now, row, EventKind.REJECTED, reason)
            self.num_ended += 1
            return
        if job.cancel_time_s is not None:
            self.env.process(self._withdraw(job.job_id, job.cancel_time_s))
        self.broker.submit(row, job)

    def _withdraw(self, job_id: str, time_s: float) -> Generator[simpy.Event, None, None]:
        yield self.env.timeout(max(0.0, time_s - self.env.now))
        self.cancel(job_id)

    def enqueue(self, row: int, job: Job) -> None:
        """Put a submitted job into the queue."""
        self.queue.push(row, job)
        self._changed = True

    def changed(self) -> None:
        """Say that something changed that may let a waiting job start."""
        self._changed = True

    def take(self, plan: Plan) -> list[Qpu]:
        """Take all qubits of a plan at once, or none.

        Raises:
            PlanError: A device is unknown or named twice, or has too few free qubits.
        """
        qpus = []
        for device, num_qubits, _ in plan:
            qpu = self._qpu_of.get(device)
            if qpu is None:
                raise PlanError(f"plan names {device!r}, which the fleet does not have")
            if qpu in qpus:
                raise PlanError(f"plan names {device} twice")
            if not 1 <= num_qubits <= qpu.free_qubits:
                raise PlanError(
                    f"plan takes {num_qubits} qubits of {device}, free are {qpu.free_qubits}"
                )
            qpus.append(qpu)
        now_s = self.env.now
        for qpu, (_, num_qubits, _) in zip(qpus, plan, strict=True):
            qpu.take(num_qubits, now_s)
        return qpus

    def start(self, row: int, plan: Plan) -> RunningJob:
        """Start a job: all its qubits are taken now, and its broker's process begins.

        Args:
            row: Row of the job in the log; it must be waiting.
            plan: Where it goes.

        Raises:
            PlanError: The plan cannot be carried out.
            SimulationError: The job does not wait.
        """
        job = self.log.jobs[row]
        if self.log.status[row] != QUEUED:
            raise SimulationError(f"job {job.job_id} does not wait")
        parts = [part[1] for part in plan]
        if sum(parts) != job.num_qubits or len(parts) > self.broker.max_parts:
            raise PlanError(
                f"plan of {len(parts)} parts holds {sum(parts)} qubits, job {job.job_id} needs "
                f"{job.num_qubits} in at most {self.broker.max_parts} parts"
            )
        qpus = self.take(plan)
        self.queue.remove(row)
        estimate = self.model.estimate(job, parts, [qpu.rates for qpu in qpus])
        now_s = self.env.now
        comm_s, processing_s, fidelity = estimate
        self.log.started(now_s, row, plan, comm_s, processing_s)
        self.num_started += 1
        running = RunningJob(row, job, plan, qpus, now_s + comm_s + processing_s, fidelity)
        self.running[row] = running
        running.process = self.env.process(self.broker.execute(running, comm_s, processing_s))
        return running

    def release(self, running: RunningJob) -> None:
        """Give back all qubits of a job; a decision point follows."""
        now_s = self.env.now
        for qpu, part in zip(running.qpus, running.plan, strict=True):
            qpu.release(part[1], now_s)
        del self.running[running.row]
        self.num_ended += 1
        self._changed = True

    def finish(self, running: RunningJob) -> None:
        """End a job that is done."""
        self.release(running)
        self.log.finished(self.env.now, running.row, running.fidelity)

    def cancel(self, job_id: str, reason: str = "cancelled by its user") -> bool:
        """Withdraw a job, whether it waits or runs; its qubits are free at once.

        Returns:
            Whether there was something to withdraw: ``False`` if it has already ended.

        Raises:
            SimulationError: No such job was submitted.
        """
        row = self._row_of.get(job_id)
        if row is None:
            raise SimulationError(f"no job {job_id!r} was submitted")
        running = self.running.get(row)
        if running is not None:
            self.release(running)
            if running.process is not None and running.process.is_alive:
                running.process.interrupt("cancelled")
        elif self.log.status[row] == QUEUED and self.broker.withdraw(row):
            self.num_ended += 1
        else:
            return False
        self.log.ended(self.env.now, row, EventKind.CANCELLED, reason)
        return True

    # -- the one loop ------------------------------------------------------------------

    def observe(self) -> CloudView:
        """Return what a policy sees now."""
        return CloudView(
            self.env.now,
            tuple([qpu.view() for qpu in self.qpus]),
            self.broker.max_parts,
            self.num_started,
            self.seed,
            self.model,
            self.upcoming_releases,
        )

    def upcoming_releases(self) -> list[Release]:
        """Return the releases of the running jobs, sorted by time."""
        return sorted(Release(r.finish_time_s, r.plan) for r in self.running.values())

    def advance(self) -> bool:
        """Run to the next decision point: an instant that changed something, with all its events.

        Returns:
            Whether there is one; ``False`` at the end of the run.
        """
        env = self.env
        peek, step = env.peek, env.step
        while True:
            next_s = peek()
            if self._changed and next_s > env.now:
                self._changed = False
                if self._progress is not None:
                    self._progress(self.num_ended, len(self.log.jobs), env.now)
                return True
            if next_s == inf:
                return False
            step()

    def run(self) -> RunResult:
        """Drive the run to its end.

        Waiting jobs that no further event can start have then FAILED, with the reason.

        Raises:
            PlanError: The policy returned a plan that cannot be carried out.
            RunInterrupted: Ctrl-C; it carries what was done so far.
        """
        try:
            while self.advance():
                self.broker.dispatch()
        except KeyboardInterrupt:
            raise RunInterrupted(self.result(partial=True)) from None
        while len(self.queue):
            row = self.queue.first()
            self.queue.remove(row)
            self.num_ended += 1
            self.log.ended(
                self.env.now,
                row,
                EventKind.FAILED,
                "the policy left it waiting though nothing ran and nothing was to come",
            )
        return self.result()

    def result(self, *, partial: bool = False) -> RunResult:
        """Return what has happened so far.

        Args:
            partial: Mark the result as that of a run that was not driven to its end.
        """
        return RunResult(
            jobs=self.log.records,
            events=self.log.events,
            fleet=self.fleet,
            policy=self._names["policy"],
            model=self.model,
            broker=self._names["broker"],
            discipline=self._names["discipline"],
            seed=self.seed,
            partial=partial,
        )


def _name(choice: object) -> str:
    return choice if isinstance(choice, str) else type(choice).__name__
