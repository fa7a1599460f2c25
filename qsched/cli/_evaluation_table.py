"""What ``qsched evaluate`` prints for people."""

from __future__ import annotations

from math import floor, log10
from typing import TYPE_CHECKING

from qsched.cli._text import figure, fit, plural, table
from qsched.experiment.dominance import FIGURES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from qsched.experiment.dominance import Dominance
    from qsched.experiment.evaluation import Evaluation
    from qsched.experiment.intervals import Interval

HEADERS = {
    "makespan_s": "makespan",
    "mean_fidelity": "fidelity, mean",
    "mean_wait_time_s": "wait, mean",
    "comm_time_s": "communication",
}
DIGITS = {"makespan_s": 2, "mean_fidelity": 5, "mean_wait_time_s": 2, "comm_time_s": 2}
"""Decimals where there is no interval to say how many matter."""

WIDE = 120
"""Columns from which on a mean and its interval stand beside each other."""

IN_MEANS = " (means)"
"""Behind the name of a policy that dominates in the means alone."""


def print_evaluation(evaluation: Evaluation, source: str, console: Console) -> None:
    """Print the figures, which policies are dominated by how much, and the notes."""
    stopped = "Interrupted, " if evaluation.partial else ""
    console.print(_headline(evaluation, source, stopped), style="bold", markup=False)
    console.print(_settings(evaluation), markup=False)
    console.print()
    console.print(fit(_table(evaluation, wide=console.width >= WIDE), console))
    if evaluation.num_replications > 1:
        console.print("mean +/- half of its 95 % interval, by Student's t", style="dim")
    console.print()
    for line in _verdicts(evaluation):
        console.print(line, markup=False)
    if evaluation.model.clock != "seconds":
        clock = evaluation.model.clock
        console.print(f"Clock of model {evaluation.model.name}: {clock}.", style="yellow")
    for note in evaluation.notes():
        console.print(f"Note: {note}.", style="yellow", markup=False)


def _headline(evaluation: Evaluation, source: str, stopped: str) -> str:
    sizes = sorted({run.num_jobs for run in evaluation.runs})
    size = plural(sizes[0], "job") if len(sizes) == 1 else f"{sizes[0]:,} to {sizes[-1]:,} jobs"
    return (
        f"{stopped}{plural(evaluation.num_replications, 'replication')} of {size} ({source}), "
        "the same for all policies"
    )


def _settings(evaluation: Evaluation) -> str:
    fleet = evaluation.fleet
    last = evaluation.seed + evaluation.num_replications - 1
    seeds = f"seed {last}" if last == evaluation.seed else f"seeds {evaluation.seed} to {last}"
    return (
        f"model {evaluation.model.name}, discipline {evaluation.discipline}, {seeds}\n"
        f"arrivals {evaluation.arrivals or 'of the jobs'}{_rate(evaluation)}\n"
        f"fleet {fleet.name}: {plural(len(fleet.devices), 'device')}, {fleet.num_qubits:,} qubits"
    )


def _rate(evaluation: Evaluation) -> str:
    """Return the rate that a load comes to."""
    rates = [run.rate_per_s for run in evaluation.runs if run.rate_per_s is not None]
    if not rates or evaluation.arrivals is None or not evaluation.arrivals.startswith("load:"):
        return ""
    lowest, highest = f"{min(rates):.4g}", f"{max(rates):.4g}"
    unit = "per second" if evaluation.model.clock == "seconds" else "per unit of time"
    return f" = {lowest if lowest == highest else f'{lowest} to {highest}'} jobs {unit}"


def _table(evaluation: Evaluation, *, wide: bool) -> Table:
    from rich.markup import escape  # noqa: PLC0415 - as elsewhere, only for tables

    made = table("policy", *HEADERS.values())
    made.add_column("dominated by", overflow="fold")
    for policy in evaluation.policies:
        intervals = evaluation.intervals(policy)
        made.add_row(
            escape(policy),
            *(
                interval_text(intervals[name], DIGITS[name], " " if wide else "\n")
                for name in FIGURES
            ),
            escape(", ".join(map(_name, evaluation.dominances(policy)))) or "-",
        )
    return made


def _name(found: Dominance) -> str:
    return found.by if found.is_significant else found.by + IN_MEANS


def interval_text(interval: Interval, digits: int, gap: str = " ", sign: str = "") -> str:
    """Return a mean with its interval, both with the decimals of two digits of the interval.

    Args:
        interval: The mean and half of its interval.
        digits: Decimals at the most where the interval does not say how many matter.
        gap: What stands between the two.
        sign: ``"+"`` to show that of a mean above zero, too.

    >>> from qsched.experiment.intervals import Interval
    >>> interval_text(Interval(108_775.384, 123.4), 2)
    '108,775 +/- 123'
    >>> interval_text(Interval(0.65332, 0.00123), 5)
    '0.6533 +/- 0.0012'
    >>> interval_text(Interval(0.65332, None), 5), interval_text(Interval(3.0, 0.0), 2, sign="+")
    ('0.65332', '+3.00 +/- 0')
    """
    half_width = interval.half_width
    if half_width:
        digits = min(6, max(0, 1 - floor(log10(half_width))))
    mean = f"{interval.mean:{sign},.{digits}f}"
    if half_width is None:
        return mean
    return f"{mean}{gap}+/- {figure(half_width, digits) if half_width else '0'}"


def _verdicts(evaluation: Evaluation) -> Sequence[str]:
    """Return a line for each dominated policy: by which other one, and by how much."""
    lines = []
    for policy in evaluation.policies:
        for found in evaluation.dominances(policy):
            differences = evaluation.differences(found.by, policy)
            words = ", ".join(
                f"{HEADERS[name].removesuffix(', mean')} {_change(differences[name], name)}"
                for name in evaluation.by
            )
            sure = "significantly" if found.is_significant else "in the means alone"
            lines.append(f"{policy} is dominated by {found.by}, {sure}: {words}")
    return lines or ["No policy is dominated: none is as good as another in all and better in one."]


def _change(difference: Interval, name: str) -> str:
    is_equal = difference == (0.0, 0.0)
    return "equal" if is_equal else interval_text(difference, DIGITS[name], sign="+")
