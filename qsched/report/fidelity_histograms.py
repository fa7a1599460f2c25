"""Histograms of fidelity, one panel for each policy, all on the same bins: the paper's Figure 6."""

from __future__ import annotations

from math import ceil, floor
from typing import TYPE_CHECKING, Any

from qsched.metrics import mean, population_std
from qsched.report.figures import new_figure

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
"""Okabe and Ito's palette, which colour-blind readers can tell apart (jfly.uni-koeln.de/color)."""

INK = "#333333"
BIN_WIDTHS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05)
MAX_BINS = 60
WIDTH_INCHES = 7.5
PANEL_INCHES = 1.45
TITLE_INCHES = 0.9


def fidelity_histograms(
    fidelities: Mapping[str, Sequence[float]], *, title: str = "", note: str = ""
) -> Figure:
    """Return the histograms of several runs' fidelities, one above the other.

    Args:
        fidelities: Name of a run to the fidelities of its jobs, in [0, 1]; a run without any
            gets an empty panel that says so.
        title: What the figure is of.
        note: A line below the figure, e.g. where the jobs come from.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure = new_figure((WIDTH_INCHES, TITLE_INCHES + PANEL_INCHES * len(fidelities)))
    panels = figure.subplots(len(fidelities), sharex=True, sharey=True, squeeze=False)[:, 0]
    edges = bin_edges([value for values in fidelities.values() for value in values])
    for number, (panel, (name, values)) in enumerate(zip(panels, fidelities.items(), strict=True)):
        _draw(panel, name, values, edges, COLOURS[number % len(COLOURS)])
    panels[-1].set_xlabel("expected fidelity of a job (dashed: mean)", color=INK)
    figure.supylabel("jobs", color=INK, fontsize="medium")
    if title:
        figure.suptitle(title, fontsize="large", weight="bold", color=INK)
    if note:
        figure.supxlabel(note, x=0.995, ha="right", fontsize="x-small", color=INK)
    return figure


def bin_edges(values: Sequence[float]) -> list[float]:
    """Return edges of bins of one round width that hold all values.

    >>> bin_edges([0.612, 0.618])
    [0.612, 0.613, 0.614, 0.615, 0.616, 0.617, 0.618, 0.619]
    """
    low, high = min(values, default=0.0), max(values, default=1.0)
    for width in BIN_WIDTHS:
        first, last = floor(round(low / width, 9)), floor(round(high / width, 9)) + 1
        if last - first <= MAX_BINS:
            break
    return [round(width * index, 9) for index in range(first, ceil(last) + 1)]


def _draw(
    panel: Axes, name: str, values: Sequence[float], edges: Sequence[float], colour: str
) -> None:
    """Draw one histogram with a line at its mean."""
    panel.set_axisbelow(True)
    panel.grid(axis="y", color="#dddddd", linewidth=0.6)
    for side in ("top", "right"):
        panel.spines[side].set_visible(False)
    panel.tick_params(colors=INK, labelsize="small")
    figures = "no job done"
    centre, spread = mean(values), population_std(values)
    if centre is not None and spread is not None:
        panel.hist(values, bins=list(edges), color=colour, edgecolor="white", linewidth=0.4)
        panel.axvline(centre, color=INK, linewidth=1.2, linestyle="--")
        figures = f"mean {centre:.5f}\nstd {spread:.5f}\n{len(values):,} jobs"
    # Beside the panel, not in it: there it would hide what lies far from the others.
    beside: dict[str, Any] = {"transform": panel.transAxes, "ha": "left", "color": INK}
    panel.text(1.015, 0.84, name, va="bottom", weight="bold", fontsize="medium", **beside)
    panel.text(1.015, 0.80, figures, va="top", fontsize="small", linespacing=1.5, **beside)
