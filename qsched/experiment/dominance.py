"""Which policies are not worth choosing: another is as good in every figure and better in one.

That is Pareto dominance, of the means over replications in which both policies met the same
jobs at the same times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError, UnknownNameError
from qsched.experiment.intervals import Interval, paired_difference
from qsched.registry import near_names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Series = Mapping[str, Sequence[float]]
    """Figure to its value in each replication."""

LARGER_IS_BETTER = {
    "makespan_s": False,
    "mean_fidelity": True,
    "mean_wait_time_s": False,
    "comm_time_s": False,
}
"""The figures that policies are compared by, in the order in which they are shown."""

FIGURES = tuple(LARGER_IS_BETTER)

SHORT_NAMES = {
    "makespan": "makespan_s",
    "fidelity": "mean_fidelity",
    "wait": "mean_wait_time_s",
    "communication": "comm_time_s",
}
"""What people call them."""


class Dominance(NamedTuple):
    """That a policy is dominated.

    Attributes:
        policy: The policy that is dominated.
        by: The policy that dominates it.
        is_significant: Whether the 95 % interval of each difference lies on the better side of
            zero, but for figures that are equal in all replications. Else the means alone say so.
    """

    policy: str
    by: str
    is_significant: bool


def figures_named(names: Sequence[str]) -> tuple[str, ...]:
    """Return figures by their names, the short ones or the full ones, in the usual order.

    Raises:
        ConfigError: None is named.
        UnknownNameError: There is no such figure.

    >>> figures_named(["fidelity", "makespan"])
    ('makespan_s', 'mean_fidelity')
    """
    for name in names:
        if name not in SHORT_NAMES and name not in FIGURES:
            raise UnknownNameError(
                f"unknown figure {name!r}", remedy=near_names(name, list(SHORT_NAMES))
            )
    if not names:
        raise ConfigError("no figure to compare by", remedy=f"known: {', '.join(SHORT_NAMES)}")
    wanted = {SHORT_NAMES.get(name, name) for name in names}
    return tuple(figure for figure in FIGURES if figure in wanted)


def gains(first: Series, second: Series, by: Sequence[str] = FIGURES) -> dict[str, Interval]:
    """Return by how much the first is better than the second in each figure, pair by pair.

    Args:
        first: Figures of a policy.
        second: Those of another, in the same replications.
        by: The figures that count.
    """
    return {
        figure: paired_difference(first[figure], second[figure])
        if LARGER_IS_BETTER[figure]
        else paired_difference(second[figure], first[figure])
        for figure in by
    }


def dominance(
    policy: str, series: Series, other: str, others: Series, by: Sequence[str] = FIGURES
) -> Dominance | None:
    """Return that the other policy dominates the first, or ``None`` if it does not.

    Args:
        policy: The policy that may be dominated.
        series: Its figures.
        other: The policy that may dominate it.
        others: Its figures in the same replications.
        by: The figures that count.
    """
    found = gains(others, series, by).values()
    if any(gain.mean < 0.0 for gain in found) or not any(gain.mean > 0.0 for gain in found):
        return None
    equal = Interval(0.0, 0.0)
    return Dominance(policy, other, all(gain.is_above_zero or gain == equal for gain in found))
