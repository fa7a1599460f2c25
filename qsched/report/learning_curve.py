"""Mean reward and entropy loss over timesteps, one panel each: the paper's Figure 5."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsched.report.fidelity_histograms import COLOURS, INK
from qsched.report.figures import new_figure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCHES = (7.5, 5.0)
THOUSAND = 1000
MILLION = 1_000_000
FEW_POINTS = 30
"""Up to so many, each is marked."""


class CurvePoint(NamedTuple):
    """One update of the weights.

    Attributes:
        timesteps: Steps so far.
        mean_reward: Mean sum of rewards of the episodes that ended; ``None`` if none did.
        entropy_loss: Mean negative entropy, in nats; ``None`` if not known.
        evaluation_reward: Mean sum of rewards over the held-out episodes; ``None`` if there was
            no evaluation.
    """

    timesteps: int
    mean_reward: float | None
    entropy_loss: float | None
    evaluation_reward: float | None = None


def learning_curve(points: Sequence[CurvePoint], *, title: str = "", note: str = "") -> Figure:
    """Return the learning curve of a training.

    Above are the mean rewards while learning and, as dots, those of the evaluations, the best of
    which has a ring; below is the entropy loss.

    Args:
        points: In order of timesteps.
        title: What the figure is of.
        note: A line below the figure.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure = new_figure(INCHES)
    rewards, entropies = figure.subplots(2, 1, sharex=True, height_ratios=(3, 2))
    _line(rewards, [(p.timesteps, p.mean_reward) for p in points], COLOURS[0], "while learning")
    _evaluations(rewards, points)
    rewards.set_ylabel("mean reward", color=INK)
    if rewards.get_legend_handles_labels()[1]:
        rewards.legend(frameon=False, fontsize="small", labelcolor=INK, loc="best")
    _line(entropies, [(p.timesteps, p.entropy_loss) for p in points], COLOURS[2], "")
    entropies.set_ylabel("entropy loss (nats)", color=INK)
    entropies.set_xlabel("timesteps", color=INK)
    entropies.xaxis.set_major_formatter(_steps)
    for panel in (rewards, entropies):
        panel.set_axisbelow(True)
        panel.grid(color="#dddddd", linewidth=0.6)
        panel.margins(x=0.02)
        panel.tick_params(colors=INK, labelsize="small")
        for side in ("top", "right"):
            panel.spines[side].set_visible(False)
    figure.align_ylabels()
    if title:
        figure.suptitle(title, fontsize="large", weight="bold", color=INK)
    if note:
        figure.supxlabel(note, x=0.995, ha="right", fontsize="x-small", color=INK)
    return figure


def _line(panel: Axes, points: Sequence[tuple[int, float | None]], colour: str, label: str) -> None:
    """Draw what is known as a line; a single point would not show without a marker."""
    known = [(x, y) for x, y in points if y is not None]
    if known:
        marker = "." if len(known) <= FEW_POINTS else ""
        panel.plot(
            *zip(*known, strict=True), color=colour, linewidth=1.4, marker=marker, label=label
        )
    else:
        panel.text(0.5, 0.5, "not known", transform=panel.transAxes, ha="center", color=INK)


def _evaluations(panel: Axes, points: Sequence[CurvePoint]) -> None:
    """Draw the evaluations, and mark the first of the best ones."""
    known = [(p.timesteps, p.evaluation_reward) for p in points if p.evaluation_reward is not None]
    if not known:
        return
    steps, values = zip(*known, strict=True)
    panel.plot(
        steps, values, "o", color=COLOURS[1], markersize=4, label="held-out, without exploring"
    )
    best = max(values)
    at = steps[values.index(best)]
    panel.plot(
        at,
        best,
        "o",
        markersize=10,
        markerfacecolor="none",
        color=COLOURS[1],
        label=f"best: {best:.4g} after {at:,}",
    )


def _steps(value: float, _position: int | None = None) -> str:
    """Return timesteps as people read them.

    >>> _steps(0), _steps(250_000), _steps(1_500_000)
    ('0', '250k', '1.5M')
    """
    if abs(value) >= MILLION:
        return f"{value / MILLION:g}M"
    return f"{value / THOUSAND:g}k" if abs(value) >= THOUSAND else f"{value:g}"
