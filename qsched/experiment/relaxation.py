"""The linear program behind the bounds: jobs spread over sets of devices, by generated columns."""

from __future__ import annotations

from itertools import accumulate
from math import comb, inf
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qsched.errors import ConfigError
from qsched.experiment.shares import Choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from qsched.estimate import CostModel
    from qsched.model import Fleet, Job

MAX_CHOICES = 4_000_000
"""Kinds of jobs times sets of devices; they take some hundred MB."""

GAP = 1e-9
"""Relative distance of bound and optimum at which it is good enough."""

MAX_ROUNDS = 500
"""A bound is valid after any number of rounds; this many only come to pass for lack of digits."""


class Column(NamedTuple):
    """All jobs of one kind on one set of devices with one corner of their shares.

    Attributes:
        group: Index of the group.
        row: Index of the kind in the group.
        chosen: Index of the set of devices.
        usage: Qubits times time that they take of each device.
    """

    group: int
    row: int
    chosen: int
    usage: tuple[float, ...]


class Solution(NamedTuple):
    """A bound, and the columns that were generated for it."""

    bound: float
    columns: list[Column]


class Group(NamedTuple):
    """Kinds of jobs with one number of parts.

    Attributes:
        jobs: One job of each kind.
        numbers: How many jobs each kind has.
        choices: What they can do.
    """

    jobs: list[Job]
    numbers: NDArray[np.float64]
    choices: Choices


class Relaxation:
    """Jobs and devices of a bound. Equal jobs are one kind with a number, which changes nothing.

    Attributes:
        jobs: One job of each kind.
    """

    def __init__(self, fleet: Fleet, jobs: Iterable[Job], model: CostModel) -> None:
        kinds: dict[tuple[object, ...], list[Job]] = {}
        for job in jobs:
            counts = (job.num_qubits, job.shots, job.depth, job.num_two_qubit_gates)
            kinds.setdefault((*counts, job.circuit is None), []).append(job)
        if not kinds:
            raise ConfigError("no job to bound", remedy="give at least one")
        self.jobs = [same[0] for same in kinds.values()]
        self._model = model
        self._rates = [model.rates(device) for device in fleet.devices]
        self._capacities = np.array([device.num_qubits for device in fleet.devices])
        self._groups = self._group(list(kinds.values()), fleet.name)

    def _group(self, kinds: Sequence[list[Job]], fleet_name: str) -> list[Group]:
        reach = np.cumsum(np.sort(self._capacities)[::-1])
        by_parts: dict[int, list[list[Job]]] = {}
        for same in kinds:
            job = same[0]
            if job.num_qubits > reach[-1]:
                raise ConfigError(
                    f"job {job.job_id} needs {job.num_qubits} qubits, fleet {fleet_name} has "
                    f"{reach[-1]}",
                    remedy="leave it out, or take more devices",
                )
            by_parts.setdefault(int(np.searchsorted(reach, job.num_qubits)) + 1, []).append(same)
        size = sum(len(found) * comb(len(reach), k) for k, found in by_parts.items())
        if size > MAX_CHOICES:
            raise ConfigError(
                f"{len(kinds):,} kinds of jobs on the sets of {len(reach)} devices are "
                f"{size:,} choices, more than {MAX_CHOICES:,}",
                remedy="give fewer devices or jobs",
            )
        groups = []
        for num_parts, found in sorted(by_parts.items()):
            jobs = [same[0] for same in found]
            latency_s = self._model.constants.latency_s
            choices = Choices(jobs, num_parts, self._capacities, self._rates, latency_s)
            groups.append(Group(jobs, np.array([float(len(same)) for same in found]), choices))
        return groups

    def longest(self) -> float:
        """Return the shortest time of the job that needs longest."""
        return max(float(group.choices.times.min(axis=1).max()) for group in self._groups)

    def busy_time(self) -> Solution:
        """Return the least time in which the devices can have lent what the jobs hold."""
        losses = [np.zeros_like(group.choices.times) for group in self._groups]
        even = np.full(len(self._capacities), 1.0 / float(self._capacities.sum()))
        _, columns = self._best(even, losses)
        return self._solve(columns, losses, None)

    def mean_fidelity(self, makespan: float, columns: Sequence[Column]) -> float:
        """Return the largest mean fidelity; the columns can be done in the makespan."""
        losses = [-self._fidelities(group) for group in self._groups]
        total = sum(float(group.numbers.sum()) for group in self._groups)
        return -self._solve(columns, losses, makespan).bound / total

    def _fidelities(self, group: Group) -> NDArray[np.float64]:
        fidelity = self._model.fidelity
        rates = [[self._rates[device] for device in chosen] for chosen in group.choices.sets]
        return np.array([[fidelity(job, of_set) for of_set in rates] for job in group.jobs])

    def _solve(
        self,
        columns: Sequence[Column],
        losses: Sequence[NDArray[np.float64]],
        makespan: float | None,
    ) -> Solution:
        """Return a lower bound on the sum of the losses, of the makespan if none is given.

        Args:
            columns: Columns that can be done together.
            losses: Of one job of each kind on each set, for each group.
            makespan: Time that the devices have; ``None``: it is what is made least.
        """
        known = dict.fromkeys(columns)
        bound = -inf
        for _ in range(MAX_ROUNDS):
            value, prices = self._master(list(known), losses, makespan)
            least, best = self._best(prices, losses)
            if makespan is not None:
                least -= makespan * float(prices @ self._capacities)
            bound = max(bound, least)
            before = len(known)
            known.update(dict.fromkeys(best))
            if value - bound <= GAP * abs(value) or len(known) == before:
                break
        return Solution(bound, list(known))

    def _best(
        self, prices: NDArray[np.float64], losses: Sequence[NDArray[np.float64]]
    ) -> tuple[float, list[Column]]:
        """Return the least sum of losses and prices that the jobs can have, and its columns."""
        total = 0.0
        columns = []
        for place, (group, loss) in enumerate(zip(self._groups, losses, strict=True)):
            reduced = group.choices.costs(prices) + loss
            best = reduced.argmin(axis=1)
            rows = np.arange(len(best))
            total += float(group.numbers @ reduced[rows, best])
            for row, chosen in zip(rows.tolist(), best.tolist(), strict=True):
                usage = group.choices.usage(row, chosen, prices) * group.numbers[row]
                columns.append(Column(place, row, chosen, tuple(usage.tolist())))
        return total, columns

    def _master(
        self,
        columns: Sequence[Column],
        losses: Sequence[NDArray[np.float64]],
        makespan: float | None,
    ) -> tuple[float, NDArray[np.float64]]:
        """Return the least loss (or makespan) with these columns, and the prices of the devices."""
        from scipy.optimize import linprog  # noqa: PLC0415 - half a second
        from scipy.sparse import csr_array, hstack  # noqa: PLC0415 - as above

        first = list(accumulate((len(group.jobs) for group in self._groups), initial=0))
        kinds = [first[column.group] + column.row for column in columns]
        once = csr_array(
            (np.ones(len(columns)), (kinds, np.arange(len(columns)))),
            shape=(len(self.jobs), len(columns)),
        )
        usage = np.array([column.usage for column in columns]).T / self._capacities[:, None]
        loss = np.array([losses[c.group][c.row, c.chosen] * self._number(c) for c in columns])
        if makespan is None:  # one variable more, the makespan in units that suit the solver
            unit = float(usage.max())
            loss = np.append(loss, 1.0)
            usage = np.column_stack([usage / unit, -np.ones(len(usage))])
            once = hstack([once, csr_array((len(self.jobs), 1))], format="csr")
        else:
            unit = makespan
            usage /= unit
        room = np.full(len(usage), 0.0 if makespan is None else 1.0)
        found = linprog(
            loss, A_ub=usage, b_ub=room, A_eq=once, b_eq=np.ones(len(self.jobs)), method="highs"
        )
        if not found.success:
            raise RuntimeError(f"HiGHS: {found.message}")
        prices = np.maximum(0.0, -found.ineqlin.marginals)
        if makespan is None:
            return found.fun * unit, prices / prices.sum() / self._capacities
        return found.fun, prices / unit / self._capacities

    def _number(self, column: Column) -> float:
        return float(self._groups[column.group].numbers[column.row])
