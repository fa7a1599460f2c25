"""One run: jobs come, the broker is asked at each decision point, and it ends."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from qsched.errors import SimulationError
from qsched.model import EventKind
from qsched.policy.rules import PlacementRules
from qsched.result import RunInterrupted, RunResult
from qsched.sim.admission import Admission
from qsched.sim.arrivals import check_seed
from qsched.sim.brokers import load_broker
from qsched.sim.calibrations import Calibrations
from qsched.sim.cloud import Cloud
from qsched.sim.failures import break_down
from qsched.sim.log import QUEUED, RUNNING
from qsched.sim.maintenance import Upkeep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job
    from qsched.policy import AllocationPolicy, QueueDiscipline
    from qsched.sim.brokers import Broker
    from qsched.sim.log import Recorder

PROGRESS_EVERY = 64
"""Decision points from one call of ``progress`` to the next."""


class Simulation(Cloud):
    """One run of jobs over a fleet.

    `run` drives it to the end. Whoever wants to decide by hand (a Gymnasium
    environment, an interactive session) calls `advance`, looks at `observe`,
    calls `start`, and so on: it is the same loop.

    Attributes:
        policy_name: The policy as it was chosen: its name, or that of its class.
        broker_name: The broker, likewise.
        discipline_name: The discipline, likewise.
        admission: The way of the jobs into the queue.
        calibrations: The calibrations that come to hold during the run.
        upkeep: The maintenance of the fleet.
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
        rules: PlacementRules | None = None,
        recorders: Sequence[Recorder] = (),
        progress: Callable[[int, int, float], None] | None = None,
    ) -> None:
        """Prepare a run; nothing happens before `run` or `advance`.

        Args:
            fleet: The devices, with their maintenance, recalibrations and breakdowns.
            jobs: A sequence, taken in order of submission time; or any iterator that yields
                jobs in that order, read as simulated time goes on.
            policy: Where jobs go: a name, ``package.module:Name``, ``rl:PATH``, or an object.
            model: Cost model: a name or an object.
            broker: How jobs go through their life: a name or an object of its own for this run.
            discipline: Who goes next: a name or an object.
            seed: Seed of the run; equal seeds give equal records.
            rules: How circuits are split and regions chosen; by default circuits by least cut
                and qubits by count.
            recorders: Hear of every event as it happens.
            progress: Called at every 64th decision point and at the end with jobs ended, jobs
                submitted and simulated time.

        Raises:
            InputError: A name is unknown, the seed is negative, a device does not report
                what the model needs, or the policy cannot be used with the fleet.
        """
        check_seed(seed)
        super().__init__(
            fleet,
            policy=policy,
            model=model,
            discipline=discipline,
            seed=seed,
            recorders=recorders,
            rules=rules or PlacementRules(),
        )
        self._num_decisions = 0
        self._progress = progress
        self.policy_name = _name(policy)
        self.broker_name = _name(broker)
        self.discipline_name = _name(discipline)
        self.broker = load_broker(broker)
        self.broker.bind(self)
        self.admission = Admission(self)
        self.spawn(self.admission.arrive(jobs))
        self.calibrations = Calibrations(self)
        self.upkeep = Upkeep(self)
        break_down(self)

    def cancel(self, job_id: str, reason: str = "cancelled by its user") -> bool:
        """Withdraw a job by its id; see `withdraw`.

        Raises:
            SimulationError: No such job was submitted.
        """
        return self.withdraw(self.admission.row_of(job_id), reason)

    def advance(self) -> bool:
        """Run to the next decision point: an instant that changed something, with all its events.

        Returns:
            Whether there is one; ``False`` when nothing is left that could happen.
        """
        env = self.env
        peek, step = env.peek, env.step
        while True:
            next_s = peek()
            if self.has_changed and next_s > env.now:
                self.has_changed = False
                self._num_decisions += 1
                if self._progress is not None and self._num_decisions % PROGRESS_EVERY == 0:
                    self._progress(self.num_ended, len(self.log.jobs), env.now)
                return True
            if next_s == inf:
                return False
            step()

    def run(self) -> RunResult:
        """Drive the run to its end and `conclude` it.

        Raises:
            PlanError: The policy returned a plan that cannot be carried out.
            RunInterrupted: Ctrl-C; it carries what was done so far.
        """
        try:
            while self.advance():
                self.broker.dispatch()
            return self.conclude()
        except KeyboardInterrupt:
            self.log.settle()
            raise RunInterrupted(self.result(partial=True)) from None

    def conclude(self) -> RunResult:
        """Return the result of a run that `advance` has driven to its end.

        Waiting jobs that no further event can start have then FAILED, with the reason.

        Raises:
            SimulationError: There are events to come, or the broker has lost a job.
        """
        if self.has_changed or self.env.peek() < inf:
            raise SimulationError("the run is not at its end: call advance until it returns False")
        reason = (
            "no QPU that it needs was ever open, because of "
            + ("maintenance and breakdowns" if self.fleet.failures else "maintenance")
            if self.upkeep.is_in_vain
            else "the policy left it waiting though nothing ran and nothing was to come"
        )
        while len(self.queue):
            row = self.queue.first()
            self.queue.remove(row)
            self.num_ended += 1
            self.log.ended(self.env.now, row, EventKind.FAILED, reason)
        if self.num_ended != len(self.log.jobs):
            lost = [
                job.job_id
                for job, status in zip(self.log.jobs, self.log.status, strict=True)
                if status in {QUEUED, RUNNING}
            ]
            raise SimulationError(
                f"{len(lost)} jobs neither ended nor wait in the queue, "
                f"{lost[0]} the first: their broker waits for an event that never comes"
            )
        if self._progress is not None:
            self._progress(self.num_ended, len(self.log.jobs), self.env.now)
        return self.result()

    def result(self, *, partial: bool = False) -> RunResult:
        """Return what has happened so far; its records follow the run if that goes on.

        Args:
            partial: Mark the result as that of a run that was not driven to its end.
        """
        return RunResult(
            jobs=self.log.records,
            events=self.log.events,
            fleet=self.fleet,
            policy=self.policy_name,
            model=self.model,
            broker=self.broker_name,
            discipline=self.discipline_name,
            seed=self.seed,
            partial=partial,
            rules=self.placer.rules,
        )


def _name(choice: object) -> str:
    """Return the name of a choice that was given by name, as a class or as an object."""
    if isinstance(choice, str):
        return choice
    return str(getattr(choice, "__name__", None) or type(choice).__name__)
