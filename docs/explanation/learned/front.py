"""Draw fidelity over makespan: what policies reach on the published table, and what none can pass.

    python docs/explanation/learned/front.py FIGURE POLICY... --jobs CSV --calibrations DIR

The bound is that of `qsched.experiment.bounds`, by linear programming.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.estimate import load_model
from qsched.experiment.bounds import best_fidelity, shortest_makespan
from qsched.experiment.published import TABLE, calibrated_fleet
from qsched.experiment.workload import load_workload
from qsched.report.figures import new_figure, save_figure
from qsched.sim import Simulation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import Fleet, Job

HEURISTICS = ("speed", "fair", "least_busy")
MONTHS = {"March 2025": "2025-03", "January 2025": "2025-01"}
LONGEST = 115_000.0
MODEL = "icpp2025"
INK, BLUE, ORANGE, GREY = "#222222", "#0b6fa4", "#d1495b", "#7a7a7a"


def main() -> None:
    """Draw the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("figure", type=Path)
    parser.add_argument("policies", nargs="+")
    parser.add_argument("--jobs", type=Path, required=True)
    parser.add_argument("--calibrations", type=Path, required=True)
    options = parser.parse_args()
    table = load_workload([options.jobs]).jobs
    figure = new_figure((9.0, 4.2))
    for axes, (month, folder) in zip(figure.subplots(1, 2), MONTHS.items(), strict=True):
        draw(axes, month, calibrated_fleet(options.calibrations / folder), table, options.policies)
    save_figure(figure, options.figure)


def draw(
    axes: Any, month: str, fleet: Fleet, table: Sequence[Job], policies: Sequence[str]
) -> None:
    """Draw one panel."""
    model = load_model(MODEL)
    times = np.linspace(shortest_makespan(fleet, table, model), LONGEST, 24)
    bounds = [best_fidelity(fleet, table, model, makespan=float(time)) for time in times]
    axes.plot(times, bounds, color=INK, linewidth=1.2)
    axes.annotate("no schedule above", (times[9], bounds[9]), (-8, 8), **_label(INK, ha="right"))
    for name in HEURISTICS:
        x, y = reached(name, fleet, table)
        axes.plot(x, y, "o", color=GREY, markersize=5)
        axes.annotate(name, (x, y), (6, -3), **_label(GREY))
    if month == next(iter(MONTHS)):
        for name in ("speed", "fair", "rlbase"):
            row = TABLE[name]
            axes.plot(row.makespan_s, row.mean_fidelity, "s", color=ORANGE, markersize=5)
            axes.annotate(
                f"published {name}",
                (row.makespan_s, row.mean_fidelity),
                (5, 7),
                **_label(ORANGE, ha="right"),
            )
    points = [reached(name, fleet, table) for name in policies]
    axes.plot(*zip(*points, strict=True), "D", color=BLUE, markersize=4)
    axes.annotate(f"rl, {len(points)} seeds", max(points), (8, -2), **_label(BLUE))
    axes.set_title(f"calibrations of {month}", fontsize=10)
    axes.set_xlabel("makespan (mixed clock of icpp2025)")
    axes.set_ylabel("mean fidelity")
    axes.set_xlim(15_000.0, LONGEST + 3_000.0)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value / 1000:.0f}k")
    axes.spines[["top", "right"]].set_visible(False)


def reached(policy: str, fleet: Fleet, table: Sequence[Job]) -> tuple[float, float]:
    """Return makespan and mean fidelity of a policy."""
    summary = Simulation(fleet, table, policy=policy, model=MODEL).run().summary
    return summary.makespan_s, summary.mean_fidelity or 0.0


def _label(color: str, ha: str = "left") -> dict[str, Any]:
    return {"textcoords": "offset points", "color": color, "fontsize": 8, "ha": ha}


if __name__ == "__main__":
    main()
