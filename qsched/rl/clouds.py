"""Many simulated clouds at once, as arrays with a row for each; the rules are the engine's.

First come, first served, plans of the fewest parts, no maintenance and no breakdowns. A test
holds that a cloud here and `qsched.sim.Simulation` give equal records for equal decisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import ConfigError
from qsched.estimate.fidelity import final_fidelity
from qsched.policy.learned.candidates import fewest_parts
from qsched.policy.learned.encoding import LOSS, Plans, Situation, encode, rate_arrays
from qsched.rl.cloud_spaces import observation_size, parts_of

if TYPE_CHECKING:
    from qsched.policy.learned.encoding import View
    from qsched.policy.learned.reward import RewardWeights
    from qsched.rl.episodes import EpisodeSource


class Clouds:
    """The state of many clouds.

    Attributes:
        num: How many.
        num_plans: Plans that a job can have at the most; action ``num_plans`` is to wait.
        now: Simulated time of each.
        seen: Observations; see `qsched.rl.cloud_spaces`.
        possible: Plans that can ever start, shape ``(num, num_plans)``.
        mask: Actions that can be taken, shape ``(num, num_plans + 1)``.
        sum_fidelity: Sum of the fidelities of the jobs started in the episode.

    Raises:
        ConfigError: A fleet has maintenance, breakdowns or recalibrations.
    """

    def __init__(self, num: int, source: EpisodeSource, reward: RewardWeights) -> None:
        for fleet in source.fleets.fleets:
            if fleet.maintenance or fleet.failures or fleet.recalibrations:
                raise ConfigError(
                    f"fleet {fleet.name!r} has maintenance, breakdowns or recalibrations",
                    remedy="many clouds at once have none: leave them out, or use one environment",
                )
        self.num, self.source, self.reward, self.model = num, source, reward, source.model
        self.num_plans = source.num_plans
        self._plans = {k: source.fleets.plans(k) for k in source.parts}
        self._fleet = np.zeros(num, dtype=np.intp)
        num_devices = source.fleets.num_devices
        capacity = int(source.fleets.devices.capacity.sum(axis=1).max())
        shape = (num, source.num_jobs + 1)  # one more, which never comes
        self._jobs = np.ones((4, *shape), dtype=np.int64)
        self._parts = np.ones(shape, dtype=np.int64)
        self._shots_so_far = np.zeros(shape)
        self._arrival = np.full(shape, np.inf)
        self._job_time = np.ones(num)
        self._head = np.zeros(num, dtype=np.int64)
        self._arrived = np.zeros(num, dtype=np.int64)
        num_running = capacity // source.least_qubits
        self._free = np.zeros((num, num_devices), dtype=np.int64)
        self._finish = np.full((num, num_running), np.inf)
        self._held = np.zeros((num, num_running, num_devices), dtype=np.int64)
        self.now = np.zeros(num)
        self.sum_fidelity = np.zeros(num)
        self.seen = np.zeros((num, observation_size(self.num_plans)), dtype=np.float32)
        self.mask = np.zeros((num, self.num_plans + 1), dtype=np.bool_)
        self.possible = np.zeros((num, self.num_plans), dtype=np.bool_)
        self._view = parts_of(self.seen, self.possible, self.mask[:, :-1])

    def reset(self, rows: Any) -> None:
        """Begin new episodes; `look` shows them.

        Args:
            rows: Which clouds.
        """
        drawn = self.source.draw(len(rows))
        capacity = self.source.fleets.devices.capacity[drawn.fleet]
        self._fleet[rows] = drawn.fleet
        self._parts[rows, :-1] = fewest_parts(drawn.jobs.num_qubits, capacity[:, None])
        self._jobs[:, rows, :-1] = drawn.jobs
        self._shots_so_far[rows, 1:] = np.cumsum(drawn.jobs.shots, axis=1)
        self._arrival[rows, :-1] = drawn.arrival
        self._job_time[rows] = drawn.job_time
        self._free[rows] = capacity
        self._finish[rows] = np.inf
        self._held[rows] = 0
        self._head[rows] = 0
        self.now[rows] = 0.0
        self.sum_fidelity[rows] = 0.0
        self._arrived[rows] = (drawn.arrival <= 0.0).sum(axis=1)

    def step(self, actions: Any) -> tuple[Any, Any]:
        """Carry out one action in each cloud and go on to where there is something to decide.

        Args:
            actions: Plans, or ``num_plans`` to wait; all as ``mask`` allows.

        Returns:
            Rewards, and whether the last job of the episode has started. A cloud whose episode
            has ended stands still until `reset`.
        """
        rewards = np.zeros(self.num)
        starts = np.flatnonzero(actions < self.num_plans)
        if starts.size:
            parts = self._parts[starts, self._head[starts]]
            for num_parts in self._plans:
                rows = starts if len(self._plans) == 1 else starts[parts == num_parts]
                if rows.size:
                    rewards[rows] = self._start(num_parts, rows, actions[rows])
        ended = self._head == self.source.num_jobs
        going = ~ended
        self.advance(np.flatnonzero(going & (actions == self.num_plans)), rewards)
        self.settle(np.flatnonzero(going), rewards)
        return rewards, ended

    def _start(self, num_parts: int, rows: Any, plans: Any) -> Any:
        """Start the first job of the queue in some clouds; return what that is worth."""
        at, fleet = rows[:, None], self._fleet[rows]
        num_qubits, depth, gates, shots = self._jobs[:, rows, self._head[rows]]
        chosen = self._plans[num_parts].table.members[plans]
        shares = self._free[at, chosen]
        shares[:, -1] = num_qubits - shares[:, :-1].sum(axis=1)
        model, constants = self.model, self.model.constants
        fleets = self.source.fleets
        rates = rate_arrays([field[fleet[:, None], chosen] for field in fleets.devices.rates])
        each = np.arange(len(rows))
        slowest = rates.processing_time_per_shot.argmax(axis=1)
        # In the order of `qsched.estimate.execution_time_s`, so that it rounds as the engine does.
        processing = constants.num_templates * constants.num_updates * shots
        processing = processing * fleets.layers[fleet, chosen[each, slowest]]
        processing = processing / rates.clops[each, slowest] / model.seconds_per_unit
        comm = np.zeros(len(rows))
        for part in range(num_parts - 1):
            comm += (shares[:, part] + shares[:, part + 1]) * constants.latency_s
        job = Situation(num_qubits[:, None], depth[:, None], gates[:, None], 0, 0, 0, 0, 0)
        fidelity = model.device_fidelity(job, num_parts, rates).sum(axis=1) / num_parts  # type: ignore[arg-type,attr-defined]
        fidelity = final_fidelity(fidelity, num_parts, constants.link_fidelity)
        if model.decimals is not None:
            fidelity = np.round(fidelity, model.decimals)
        self.sum_fidelity[rows] += fidelity
        slot = np.isinf(self._finish[rows]).argmax(axis=1)
        self._finish[rows, slot] = self.now[rows] + comm + processing
        self._free[at, chosen] -= shares
        self._held[at, slot[:, None], chosen] = shares
        self._head[rows] += 1
        loss = final_fidelity(
            self._view.features[rows, LOSS, plans], num_parts, constants.link_fidelity
        )
        unit = self._job_time[rows]
        return self.reward.of_start(loss, comm / unit, (comm + processing) / unit)

    def settle(self, rows: Any, rewards: Any) -> None:
        """Let clouds go on until a job is first in the queue that some plan can start now."""
        while rows.size:
            head = self._head[rows]
            top = np.sort(self._free[rows], axis=1)[:, ::-1].cumsum(axis=1)
            most = top[np.arange(len(rows)), self._parts[rows, head] - 1]
            can = (most >= self._jobs[0, rows, head]) & (self._arrived[rows] > head)
            rows = rows[~can]
            self.advance(rows, rewards)

    def advance(self, rows: Any, rewards: Any) -> None:
        """Let some clouds go on to their next event."""
        if not rows.size:
            return
        finish, arrived = self._finish[rows], self._arrived[rows]
        arrival = self._arrival[rows, arrived]
        next_time = np.minimum(finish.min(axis=1), arrival)
        passed = (next_time - self.now[rows]) / self._job_time[rows]
        rewards[rows] += self.reward.of_time(arrived - self._head[rows], passed)
        self.now[rows] = next_time
        which, slot = np.nonzero(finish <= next_time[:, None])
        if which.size:
            at = rows[which]
            np.add.at(self._free, at, self._held[at, slot])  # jobs of one cloud may end together
            self._held[at, slot] = 0
            self._finish[at, slot] = np.inf
        come = rows[arrival <= next_time]
        while come.size:
            self._arrived[come] += 1
            come = come[self._arrival[come, self._arrived[come]] <= self.now[come]]

    def look(self) -> None:
        """Show what there is to decide, in every cloud."""
        if len(self._plans) == 1:
            (plans,) = self._plans.values()
            self._look(slice(None), plans, self._view)
            return
        every = np.arange(self.num)
        parts = self._parts[every, self._head]
        self.seen[:], self.possible[:], self.mask[:] = 0.0, False, False
        for num_parts, plans in self._plans.items():
            rows = np.flatnonzero(parts == num_parts)
            if rows.size:
                view, num_plans = self._look(rows, plans), len(plans.table.members)
                self._view.context[rows] = view.context
                self._view.features[rows, :, :num_plans] = view.features
                self.possible[rows, :num_plans] = view.possible
                self.mask[rows, :num_plans] = view.feasible

    def _look(self, rows: Any, plans: Plans, out: View | None = None) -> View:
        """Show it in clouds whose first jobs have the same number of parts."""
        head, arrived = self._head[rows], self._arrived[rows]
        each = np.arange(self.num)[rows]
        num_qubits, depth, gates, shots = self._jobs[:, each, head]
        # One fleet goes with all clouds as it is; of several, each cloud needs its own.
        fleet = self._fleet[rows] if len(self.source.fleets.fleets) > 1 else 0
        devices = self.source.fleets.at(fleet)
        until = self._finish[rows].min(axis=1) - self.now[rows]
        self.mask[rows, -1] = until < np.inf
        until[until == np.inf] = 0.0
        situation = Situation(
            num_qubits,
            depth,
            gates,
            shots,
            self._free[rows],
            arrived - head,
            self._shots_so_far[each, arrived] / arrived,
            until / (shots * devices.rates.processing_time_per_shot[..., 0]),
        )
        chosen = Plans(plans.table, *(field[fleet] for field in plans[1:]))
        return encode(chosen, devices, situation, self.model, out)
