"""Cloud-v0: scheduling decisions on the engine that `qsched run` uses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium
import numpy as np

from qsched.errors import SimulationError
from qsched.experiment.paper_workload import JobColumns
from qsched.model import Job
from qsched.policy.learned.candidates import MAX_DEVICES
from qsched.policy.learned.cloud import Choice, Looker
from qsched.policy.learned.encoding import LOSS
from qsched.policy.learned.reward import RewardWeights
from qsched.rl.cloud_spaces import (
    action_space,
    checked_actions,
    finished,
    observation_size,
    observation_space,
    parts_of,
)
from qsched.rl.episodes import NUM_JOBS, Arrivals, Drawn, EpisodeSource, options_of
from qsched.rl.resets import checked_seed, seed_source
from qsched.sim import Simulation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsched.estimate import CostModel
    from qsched.experiment.paper_workload import JobRanges
    from qsched.model import Fleet
    from qsched.result import RunResult

Array = np.ndarray[Any, Any]


class CloudEnv(gymnasium.Env[Array, int]):
    """``qsched/Cloud-v0``: where the first job of the queue goes, or whether it waits.

    An episode is a run of `qsched.Simulation`: jobs come, and at each decision point at which a
    plan can start, there is one step. It ends when the last job has started. ``info`` of a step
    has ``action_mask``; that of the last one ``mean_fidelity``, and `result` the whole run.

    Args:
        fleets: See `EpisodeSource`, as for the next five.
        model: Cost model.
        jobs: Where jobs come from.
        num_jobs: Jobs of an episode.
        arrivals: When they come; an `Arrivals`, or names and values of one.
        variants: Fleets like each one that episodes have, too; see `qsched.rl.variants`.
        max_devices: Devices of a fleet at the most, here and in use.
        reward: The trade-off; a `RewardWeights`, or names and values of some.
        render_mode: There is none but ``None``.

    Raises:
        InputError: See `EpisodeSource`.
    """

    metadata = {"render_modes": []}  # noqa: RUF012 - Gymnasium declares it so

    def __init__(
        self,
        *,
        fleets: Sequence[Fleet] | None = None,
        model: str | CostModel = "paper",
        jobs: JobRanges | Sequence[Job] | None = None,
        num_jobs: int = NUM_JOBS,
        arrivals: Arrivals | Mapping[str, Any] | None = None,
        variants: int = 0,
        max_devices: int = MAX_DEVICES,
        reward: RewardWeights | Mapping[str, Any] | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = render_mode
        self.reward = options_of(RewardWeights, reward)
        self.source = EpisodeSource(
            fleets,
            model,
            jobs,
            num_jobs=num_jobs,
            arrivals=arrivals,
            variants=variants,
            max_devices=max_devices,
        )
        self.num_plans = self.source.num_plans
        self.observation_space = observation_space(self.num_plans)
        self.action_space = action_space(self.num_plans)
        self._simulation: Simulation | None = None
        self._choice: Choice | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin an episode and return its first observation.

        Args:
            seed: Equal seeds give equal episodes; ``None``: go on.
            options: None are known.

        Raises:
            ConfigError: An option is given.
        """
        seed = checked_seed(seed, options)
        super().reset(seed=seed)
        seed_source(self.source, seed, self.np_random)
        drawn = self.source.draw(1)
        self._job_time = float(drawn.job_time[0])
        self._fidelity = 0.0
        self._looker = Looker()
        self._simulation = Simulation(
            self.source.fleets.fleets[drawn.fleet[0]], jobs_of(drawn), model=self.source.model
        )
        # What the time to the first decision costs is dropped: no action could have changed it.
        self._go_on(waiting=True)
        return self._observe(), {"action_mask": self.action_masks()}

    def step(self, action: int) -> tuple[Array, float, bool, bool, dict[str, Any]]:
        """Start the first job by a plan, or let it wait for the next event.

        Args:
            action: Number of a plan, the last number to wait.

        Raises:
            InputError: The action is masked, or no whole number.
            SimulationError: There is no episode, or it has ended.
        """
        if self._choice is None:
            raise SimulationError("step before reset, or after the end of an episode")
        action = int(checked_actions(action, self.action_masks()))
        waits = action == self.num_plans
        reward = 0.0 if waits else self._start(self._choice, action)
        reward += self._go_on(waiting=waits)
        info: dict[str, Any] = {"action_mask": self.action_masks()}
        has_ended = not info["action_mask"].any()
        if has_ended:
            info["mean_fidelity"] = self._fidelity / self.source.num_jobs
        return self._observe(), float(reward), has_ended, False, info

    def action_masks(self) -> Array:
        """Return which actions can be taken, shape ``(number of actions,)``."""
        mask = np.zeros(self.num_plans + 1, dtype=np.bool_)
        if self._choice is not None:
            feasible = self._choice.view.feasible
            mask[: len(feasible)] = feasible
            mask[-1] = self._choice.may_wait
        return mask

    def result(self) -> RunResult:
        """Drive the run of an episode that has ended to the finish of its last job.

        Raises:
            SimulationError: There is no episode, or it has not ended.
        """
        if self._simulation is None or self._choice is not None:
            raise SimulationError("the episode has not ended")
        while self._simulation.advance():
            pass
        return self._simulation.conclude()

    def _start(self, choice: Choice, action: int) -> float:
        """Start the first job; return what that is worth."""
        simulation = self._started()
        plan = choice.plan(self._job, simulation.observe(), action)
        if plan is None:
            raise SimulationError(f"action {action} is no plan")
        row = simulation.queue.first()
        running = simulation.start(row, plan)
        self._fidelity += running.fidelity
        link = self.source.model.constants.link_fidelity ** (len(plan) - 1)
        loss = float(choice.view.features[LOSS, action]) * link
        comm = simulation.log.record(row).comm_time_s or 0.0
        service = running.finish_time_s - simulation.env.now
        unit = self._job_time
        return float(self.reward.of_start(loss, comm / unit, service / unit))

    def _go_on(self, *, waiting: bool) -> float:
        """Let the run go on until there is something to decide; return what the time costs."""
        simulation, cost = self._started(), 0.0
        self._choice = None
        while simulation.num_started < self.source.num_jobs:
            if not waiting and len(simulation.queue):
                self._job = simulation.log.jobs[simulation.queue.first()]
                self._choice = self._looker.look(self._job, simulation.observe())
                if self._choice is not None:
                    break
            waiting = False
            before, num_waiting = simulation.env.now, len(simulation.queue)
            if not simulation.advance():
                break
            passed = (simulation.env.now - before) / self._job_time
            cost += float(self.reward.of_time(num_waiting, passed))
        return cost

    def _started(self) -> Simulation:
        if self._simulation is None:
            raise SimulationError("there is no episode: call reset")
        return self._simulation

    def _observe(self) -> Array:
        """Return the observation; nothing but zeros when there is nothing to decide."""
        seen = np.zeros((1, observation_size(self.num_plans)), dtype=np.float32)
        possible = np.zeros((1, self.num_plans), dtype=np.bool_)
        if self._choice is not None:
            view = self._choice.view
            num = len(view.possible)
            parts = parts_of(seen, possible, possible)
            parts.context[0] = view.context
            parts.features[0, :, :num] = view.features
            possible[0, :num] = view.possible
        observation: Array = finished(seen, possible)[0]
        return observation


def jobs_of(drawn: Drawn) -> list[Job]:
    """Return the jobs of the first of some drawn episodes, with the times at which they come."""
    columns = [column[0].tolist() for column in drawn.jobs]
    return [
        Job(
            job_id=str(number),
            submit_time_s=submit_time_s,
            **dict(zip(JobColumns._fields, facts, strict=True)),
        )
        for number, (submit_time_s, *facts) in enumerate(
            zip(drawn.arrival[0].tolist(), *columns, strict=True), 1
        )
    ]
