"""What an evaluation of policies gives back: a run for each policy and replication."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import combinations
from typing import TYPE_CHECKING, Any

from qsched._version import __version__
from qsched.experiment.dominance import FIGURES, Dominance, dominance
from qsched.experiment.intervals import Interval, interval, paired_difference

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet

ENDS = ("num_done", "num_rejected", "num_failed", "num_cancelled")
"""What becomes of a job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Figures of one policy in one replication; see `qsched.metrics.Summary`.

    Attributes:
        replication: Number of the replication, from 0.
        seed: Seed of the run.
        rate_per_s: Mean arrivals per unit of time of a Poisson process, else ``None``.
        policy: Name of the policy.
        num_jobs: Jobs submitted.
        num_done: Jobs that ran to their end; the figures are of these.
        num_rejected: Jobs refused at submission.
        num_failed: Jobs that could never start, or were given up.
        num_cancelled: Jobs withdrawn.
        makespan_s: Time at which the last job finished.
        mean_fidelity: Mean fidelity.
        mean_wait_time_s: Mean of start minus submission.
        comm_time_s: Communication time, summed.
        not_done: Ids of the jobs that were not done.
    """

    replication: int
    seed: int
    rate_per_s: float | None
    policy: str
    num_jobs: int
    num_done: int
    num_rejected: int
    num_failed: int
    num_cancelled: int
    makespan_s: float
    mean_fidelity: float
    mean_wait_time_s: float
    comm_time_s: float
    not_done: frozenset[str]

    def to_dict(self) -> dict[str, Any]:
        """Return everything but the ids of the jobs that were not done."""
        return {name: getattr(self, name) for name in RUN_COLUMNS}


RUN_COLUMNS = tuple(field.name for field in fields(Run) if field.name != "not_done")


@dataclass(frozen=True, kw_only=True)
class Evaluation:
    """What an evaluation gives back.

    Attributes:
        policies: Names of the policies, in the order in which they were given.
        runs: One for each replication and policy, all policies of a replication after another.
        fleet: The devices.
        model: Cost model.
        discipline: Name of the queue discipline.
        arrivals: When jobs come, as it was given.
        seed: Seed of the first replication.
        is_resampled: Whether the rows of the jobs were drawn anew in each replication.
        is_repeated: Whether all replications had the same jobs at the same times.
        by: The figures that dominance looks at.
        partial: Whether it was interrupted; then the complete replications are there.
    """

    policies: tuple[str, ...]
    runs: tuple[Run, ...]
    fleet: Fleet
    model: CostModel
    discipline: str
    arrivals: str | None
    seed: int
    is_resampled: bool = False
    is_repeated: bool = False
    by: tuple[str, ...] = FIGURES
    partial: bool = False

    @property
    def num_replications(self) -> int:
        """Replications that are there."""
        return len(self.runs) // len(self.policies)

    def runs_of(self, policy: str) -> list[Run]:
        """Return the runs of a policy, in the order of the replications."""
        return [run for run in self.runs if run.policy == policy]

    def intervals(self, policy: str) -> dict[str, Interval]:
        """Return the mean of each figure over the replications with its 95 % interval."""
        return {figure: interval(values) for figure, values in self._series[policy].items()}

    def differences(self, policy: str, other: str) -> dict[str, Interval]:
        """Return the mean of the first minus the second, replication by replication."""
        first, second = self._series[policy], self._series[other]
        return {figure: paired_difference(first[figure], second[figure]) for figure in FIGURES}

    def is_comparable(self, policy: str, other: str) -> bool:
        """Return whether two policies did the same jobs in each replication.

        Means over different sets of jobs say nothing of the policies.
        """
        pairs = zip(self.runs_of(policy), self.runs_of(other), strict=True)
        return all(first.not_done == second.not_done for first, second in pairs)

    def dominances(self, policy: str) -> list[Dominance]:
        """Return every policy that dominates this one, the significant ones first."""
        found = [
            dominance(policy, self._series[policy], other, self._series[other], self.by)
            for other in self.policies
            if other != policy and self.is_comparable(policy, other)
        ]
        return sorted(filter(None, found), key=lambda one: not one.is_significant)

    def total(self, policy: str, count: str) -> int:
        """Return a count, e.g. ``"num_failed"``, summed over the replications."""
        return sum(getattr(run, count) for run in self.runs_of(policy))

    def notes(self) -> list[str]:
        """Return what a reader must know to read the figures aright."""
        found = []
        if self.num_replications == 1:
            found.append("one replication has no intervals, and cannot tell chance from merit")
        elif self.is_repeated:
            found.append(
                "all replications have the same jobs at the same times: intervals show only what "
                "policies draw by lot; resample the jobs, or let them arrive at random"
            )
        for policy in self.policies:
            lost = [
                f"{number:,} {end.removeprefix('num_')}"
                for end in ENDS[1:]
                if (number := self.total(policy, end))
            ]
            if lost:
                found.append(
                    f"{policy}: {self.total(policy, 'num_done'):,} of "
                    f"{self.total(policy, 'num_jobs'):,} jobs done, {', '.join(lost)}; its figures "
                    "are of those done"
                )
        found += [
            f"{first} and {second} are not compared: they did not do the same jobs"
            for first, second in combinations(self.policies, 2)
            if not self.is_comparable(first, second)
        ]
        return found

    @cached_property
    def _series(self) -> Mapping[str, Mapping[str, Sequence[float]]]:
        """Policy and figure to the value in each replication."""
        return {
            policy: {
                figure: [getattr(run, figure) for run in self.runs_of(policy)] for figure in FIGURES
            }
            for policy in self.policies
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``qsched evaluate --json`` prints."""
        return {
            "version": __version__,
            "model": self.model.name,
            "clock": self.model.clock,
            "discipline": self.discipline,
            "fleet": self.fleet.name,
            "devices": [device.name for device in self.fleet.devices],
            "arrivals": self.arrivals,
            "resample": self.is_resampled,
            "seed": self.seed,
            "replications": self.num_replications,
            "partial": self.partial,
            "by": list(self.by),
            "policies": [
                {
                    "policy": policy,
                    **{count: self.total(policy, count) for count in ("num_jobs", *ENDS)},
                    **_documents(self.intervals(policy)),
                    "dominated_by": [
                        {"policy": found.by, "significant": found.is_significant}
                        for found in self.dominances(policy)
                    ],
                }
                for policy in self.policies
            ],
            "differences": [
                {
                    "policy": first,
                    "other": second,
                    "same_jobs_done": self.is_comparable(first, second),
                    **_documents(self.differences(first, second)),
                }
                for first, second in combinations(self.policies, 2)
            ],
            "notes": self.notes(),
            "runs": [run.to_dict() for run in self.runs],
        }

    def csv_text(self) -> str:
        """Return a table with a row for each run."""
        text = io.StringIO()
        writer = csv.DictWriter(text, RUN_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(run.to_dict() for run in self.runs)
        return text.getvalue()


class EvaluationInterrupted(KeyboardInterrupt):
    """Ctrl-C during an evaluation.

    Attributes:
        evaluation: The replications that were complete, marked as partial; at least one.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        super().__init__("the evaluation was interrupted")


def _documents(intervals: Mapping[str, Interval]) -> dict[str, dict[str, float | None]]:
    return {figure: found._asdict() for figure, found in intervals.items()}
