"""Compare learned policies with ``speed`` and ``fair`` in every setting of the page beside this.

    python docs/explanation/learned/measure.py POLICY... --jobs CSV --calibrations DIR

POLICY is ``rl``, or ``rl:DIR`` of a training; CSV the published table of 1,000 jobs; DIR has the
published calibrations in folders by month. Prints a row for each policy and setting as Markdown,
with its 95 % interval over the replications, and which of the two it dominates by makespan,
fidelity and communication. Several policies make one row more: the mean and the interval over
them, how many dominate each of the two, and in brackets how many do so significantly.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from qsched.experiment.evaluate import evaluate
from qsched.experiment.intervals import interval
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import calibrated_fleet
from qsched.experiment.workload import load_workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.experiment.evaluation import Evaluation
    from qsched.experiment.intervals import Interval

BASELINES = ("speed", "fair")
FIGURES = ("makespan", "fidelity", "communication")
MONTHS = {"March 2025": "2025-03", "January 2025": "2025-01"}
LOADS = (0.5, 0.8, 0.95)
FIRST_SEED = 1000
"""Away from the seeds that policies were trained and chosen with."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("policies", nargs="+")
    parser.add_argument("--jobs", type=Path, required=True)
    parser.add_argument("--calibrations", type=Path, required=True)
    parser.add_argument("--replications", type=int, default=10)
    options = parser.parse_args()
    table = load_workload([options.jobs]).jobs
    print("| calibrations | jobs | policy | makespan | fidelity | communication | dominates |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for month, folder in MONTHS.items():
        fleet = calibrated_fleet(options.calibrations / folder)
        settings = [("published table", table, None, 1)]
        settings += [("other tables", paper_workload, None, options.replications)]
        settings += [
            (f"load {load:.0%}", paper_workload, f"load:{load}", options.replications)
            for load in LOADS
        ]
        for name, jobs, arrivals, replications in settings:
            evaluation = evaluate(
                [*BASELINES, *options.policies],
                jobs=jobs,
                fleet=fleet,
                replications=replications,
                seed=FIRST_SEED,
                model="icpp2025",
                arrivals=arrivals,
                by=FIGURES,
            )
            show(month, name, evaluation)


def show(month: str, name: str, evaluation: Evaluation) -> None:
    """Print a row for each policy, and one for all learned ones together."""
    for policy in evaluation.policies:
        dominated = ", ".join(_dominated_by(policy, evaluation)) or "-"
        _row(month, name, f"`{policy}`", evaluation.intervals(policy), dominated)
    learned = [policy for policy in evaluation.policies if policy not in BASELINES]
    if len(learned) > 1:
        means = [evaluation.intervals(policy) for policy in learned]
        together = {
            figure: interval([of_policy[figure].mean for of_policy in means]) for figure in means[0]
        }
        lists = [_dominated_by(policy, evaluation) for policy in learned]
        counts = [
            f"{other} {sum(any(text.startswith(other) for text in texts) for texts in lists)}"
            f" ({sum(other in texts for texts in lists)})"
            for other in BASELINES
        ]
        _row(month, name, f"{len(learned)} trainings", together, ", ".join(counts))


def _row(
    month: str, name: str, policy: str, figures: Mapping[str, Interval], dominated: str
) -> None:
    cells = [
        policy,
        _text(figures["makespan_s"], ",.0f"),
        _text(figures["mean_fidelity"], ".4f"),
        _text(figures["comm_time_s"], ",.0f"),
        dominated,
    ]
    print(f"| {month} | {name} | " + " | ".join(cells) + " |", flush=True)


def _text(interval: Interval, digits: str) -> str:
    mean, half_width = interval
    return f"{mean:{digits}}" + ("" if half_width is None else f" ± {half_width:{digits}}")


def _dominated_by(policy: str, evaluation: Evaluation) -> list[str]:
    """Return the baselines that a policy dominates; those by the means alone are marked."""
    return [
        other + ("" if dominance.is_significant or evaluation.num_replications == 1 else " (means)")
        for other in BASELINES
        for dominance in evaluation.dominances(other)
        if dominance.by == policy
    ]


if __name__ == "__main__":
    main()
