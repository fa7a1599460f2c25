"""A policy trained in Cloud-v0, as the engine asks it."""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qsched.errors import InputError
from qsched.model.plan import Placement
from qsched.policy.learned.candidates import MAX_DEVICES, Candidates, candidates
from qsched.policy.learned.checks import check_layout, check_size
from qsched.policy.learned.encoding import (
    LAYOUT,
    Devices,
    Plans,
    Situation,
    View,
    arrange,
    device_order,
    encode,
    plans_of,
)
from qsched.policy.learned.network import PlanScorer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import Fleet, Job, Placements
    from qsched.policy.learned.weights import PolicyWeights
    from qsched.policy.view import CloudView


class Choice(NamedTuple):
    """What there is to decide for one job.

    Attributes:
        table: The plans.
        order: Position in the fleet of each device that they name.
        free: Free qubits of these devices.
        view: What the network sees.
        may_wait: Whether something runs that a job can wait for.
    """

    table: Candidates
    order: Sequence[int]
    free: Any
    view: View
    may_wait: bool

    def plan(self, job: Job, view: CloudView, action: int) -> Placements | None:
        """Return the plan of an action, ``None`` for waiting."""
        if action >= len(self.table.members):
            return None
        parts, rest = [], job.num_qubits
        *others, last = self.table.members[action].tolist()
        for device in others:
            share = int(self.free[device])
            parts.append(Placement(view.qpus[self.order[device]].name, share))
            rest -= share
        parts.append(Placement(view.qpus[self.order[last]].name, rest))
        return tuple(parts)


class Looker:
    """Sees a cloud as the network does; keeps what stays from one decision to the next."""

    def __init__(self) -> None:
        self._known: tuple[object, ...] = ()
        self._together: list[int] = []
        self._plans: dict[int, Plans] = {}
        self._order: list[int] = []
        self._devices: Devices | None = None

    def look(self, job: Job, view: CloudView) -> Choice | None:
        """Return what there is to decide; ``None`` if no plan can start now."""
        qpus = view.qpus
        devices = self._arranged(view)
        num_parts = bisect_left(self._together, job.num_qubits) + 1
        if num_parts > min(view.max_parts, len(qpus)):
            return None
        free_qubits = [qpus[position].free_qubits for position in self._order]
        if sum(sorted(free_qubits)[-num_parts:]) < job.num_qubits:
            return None
        free = np.array(free_qubits)
        plans = self._plans.get(num_parts)
        if plans is None:
            plans = plans_of(candidates(len(qpus), num_parts), devices)
            self._plans[num_parts] = plans
        release_s = min((release.time_s for release in view.upcoming_releases()), default=inf)
        may_wait = release_s < inf
        fastest = devices.rates.processing_time_per_shot[0] * job.shots
        situation = Situation(
            job.num_qubits,
            job.depth,
            job.num_two_qubit_gates,
            job.shots,
            free,
            view.num_waiting,
            view.mean_shots or job.shots,  # 0 until the first job has come
            (release_s - view.now_s) / fastest if may_wait else 0.0,
        )
        seen = encode(plans, devices, situation, view.model)
        return Choice(plans.table, self._order, free, seen, may_wait)

    def _arranged(self, view: CloudView) -> Devices:
        qpus = view.qpus
        rates = [qpu.rates for qpu in qpus]
        capacities = [qpu.num_qubits for qpu in qpus]
        names = [qpu.name for qpu in qpus]
        known = (names, capacities, rates, view.model)
        devices = self._devices
        if devices is None or known != self._known:
            self._known = known
            self._together = list(accumulate(sorted(capacities, reverse=True)))
            self._plans = {}
            self._order = device_order(names, capacities, rates)
            devices = self._devices = arrange(self._order, capacities, rates, view.model)
        return devices


class CloudPolicy:
    """A policy trained in Cloud-v0: the best-scored plan that can start now, or waiting.

    Args:
        weights: Arrays and metadata.

    Raises:
        InputError: They are not those of such a policy, or of another layout.
    """

    def __init__(self, weights: PolicyWeights) -> None:
        check_layout(weights, LAYOUT)
        self._source = weights.source
        self._scorer = PlanScorer(weights.arrays, weights.source)
        self.max_devices = min(weights.metadata["max_devices"], MAX_DEVICES)
        self._looker = Looker()

    def check_fleet(self, fleet: Fleet) -> None:
        """Refuse a fleet with more devices than the policy was trained for.

        Raises:
            ConfigError: It has too many.
        """
        check_size(len(fleet.devices), self.max_devices, self._source)

    def decide(self, job: Job, view: CloudView) -> Placements | None:
        """See `AllocationPolicy.decide`."""
        choice = self._looker.look(job, view)
        if choice is None:
            return None
        scores = self._scorer.scores(choice.view)
        scores[:-1][~choice.view.feasible] = -inf
        if not choice.may_wait:
            scores[-1] = -inf
        action = int(scores.argmax())
        if not scores[action] < inf:  # NaN, too
            raise InputError(
                f"the scores of job {job.job_id}'s plans are not finite",
                remedy="see that errors and CLOPS of the devices are, and train the policy anew",
            )
        return choice.plan(job, view, action)
