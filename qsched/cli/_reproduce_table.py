"""What ``qsched reproduce`` prints for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.cli._text import figure, human_time, table
from qsched.experiment.published import DIGITS, exact_figures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

    from qsched.experiment.reproduce import Reproduction, Row

NAMES = ("makespan", "fidelity, mean", "fidelity, std", "communication")
WIDE = 100
"""Columns from which on there is room for times in days and hours, too."""

FOOTNOTES = """\
published: Table 2 of arXiv:2506.10889. reproduced: model icpp2025, broker icpp2025; the \
makespan is cut to two decimals, as all published ones are, the others are rounded. Clock of \
both: processing counts minutes, communication counts seconds.
model paper: the same jobs and admission rules by the paper's equations: seconds throughout, the \
factor of two-qubit gates counts, dead couplers are masked."""


def print_reproduction(result: Reproduction, notes: Sequence[str], console: Console) -> None:
    """Print the table, what its columns mean, and the notes."""
    console.print(_headline(result), style="bold")
    console.print(_devices(result), style="dim")
    console.print()
    console.print(_table(result, wide=console.width >= WIDE))
    console.print()
    console.print(FOOTNOTES, style="dim")
    for note in notes:
        console.print(f"Note: {note}", style="yellow")


def _headline(result: Reproduction) -> str:
    ran = [row for row in result.rows if row.run is not None]
    if not result.is_published_table:
        return f"{result.num_jobs:,} jobs, not those of the published table"
    same = sum(row.is_identical for row in ran)
    return (
        f"The {result.num_jobs:,} published jobs: {same} of {len(ran)} rows agree with the "
        "published table in every printed digit"
    )


def _devices(result: Reproduction) -> str:
    devices = result.fleet.devices
    captures = (
        f"{device.name}" + (f" {device.calibrated_at:%Y-%m-%d}" if device.calibrated_at else "")
        for device in devices
    )
    return f"devices: {', '.join(captures)}; figures: {devices[0].origin}"


def _table(result: Reproduction, *, wide: bool) -> Table:
    made = table("mode", "", "published", "reproduced", "difference", "model paper", left=2)
    if wide:
        made.add_column("", no_wrap=True)
    for row in result.rows:
        for cells in _cells(row):
            made.add_row(*(cells if wide else cells[:-1]))
    return made


def _cells(row: Row) -> list[list[str]]:
    """Return the lines of one mode."""
    nothing = (None,) * len(DIGITS)
    paper = exact_figures(row.paper_run.summary) if row.paper_run else nothing
    lines = []
    for place, (name, digits) in enumerate(zip(NAMES, DIGITS, strict=True)):
        is_time = place in {0, len(NAMES) - 1}
        ours = (row.reproduced or nothing)[place]
        gap = (row.difference or nothing)[place]
        value = paper[place]
        lines.append(
            [
                row.mode if place == 0 else "",
                name,
                figure(row.published[place], digits),
                figure(ours, digits),
                "-" if gap is None else f"{gap:+,.{digits}f}" if gap else "0",
                figure(value, digits) + (" s" if is_time and value is not None else ""),
                f"= {human_time(value)}" if is_time and value is not None else "",
            ]
        )
    return lines
