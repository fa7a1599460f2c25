"""``qsched calibrations diff`` and ``history``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qsched.cli.calibrations._options import AS_JSON, STORE, files_of, open_store, print_json
from qsched.errors import raise_all

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.io._store_index import IndexRow
    from qsched.io.changes import Changes, Move


@click.command()
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option(
    "--top",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="Worst movers to name.",
)
@STORE
@AS_JSON
def diff(before: str, after: str, top: int, store: Path | None, *, as_json: bool) -> None:
    """Compare calibrations A and B: medians, worst movers, couplers that died or came back.

    A and B are names, NAME@TIME, or files.
    """
    from qsched.io.changes import changes_to_dict, compare_calibrations  # noqa: PLC0415 - lazy
    from qsched.io.lookup import resolve_device  # noqa: PLC0415 - as above

    folder = open_store(store).folder
    first, second = (resolve_device(spec, store=folder) for spec in (before, after))
    changes = compare_calibrations(first, second, top=top)
    titles = [
        f"{p.name} {p.calibrated_at:%Y-%m-%d %H:%M}" if p.calibrated_at else p.name
        for p in (first, second)
    ]
    if as_json:
        print_json({"before": titles[0], "after": titles[1], **changes_to_dict(changes)})
    else:
        _print_changes(changes, titles)


def _print_changes(changes: Changes, titles: Sequence[str]) -> None:
    from qsched.cli._text import console, table  # noqa: PLC0415 - they import rich

    output = console()
    medians = table("median", *titles, "change %")
    for row in changes.medians:
        both = row.before and row.after is not None
        change = f"{100 * (row.after / row.before - 1):+.1f}" if both else "-"  # type: ignore[operator]
        medians.add_row(row.what, _number(row.before), _number(row.after), change)
    output.print(medians)
    for title, moves in (
        ("worst qubits", changes.worst_qubits),
        ("worst couplers", changes.worst_couplings),
    ):
        if moves:
            output.print()
            output.print(_moves_table(title, moves))
    output.print()
    for what in ("died", "came_back", "appeared", "vanished"):
        pairs = ", ".join(f"{a}-{b}" for a, b in getattr(changes, what))
        if pairs or what in {"died", "came_back"}:
            output.print(f"couplers {what.replace('_', ' ')}: {pairs or 'none'}")


def _moves_table(title: str, moves: Sequence[Move]) -> object:
    from qsched.cli._text import table  # noqa: PLC0415 - as above

    shown = table(title, "error of", "before", "after", left=2)
    for move in moves:
        where = "-".join(map(str, move.where))
        shown.add_row(where, move.what, _number(move.before), _number(move.after))
    return shown


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


@click.command()
@click.argument("name")
@click.option(
    "--figure",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Draw it, as .png, .svg or .pdf (needs the extra `report`).",
)
@STORE
@AS_JSON
def history(name: str, figure: Path | None, store: Path | None, *, as_json: bool) -> None:
    """Show how device NAME has changed over its snapshots in the store.

    The figures are medians over what works.
    """
    from qsched.cli.calibrations.look import row_facts  # noqa: PLC0415 - lazy

    keeper = open_store(store)
    files_of(keeper, [name])
    listing = keeper.listing()
    rows = [row for row in listing.rows if row.name == name]
    if figure is not None:
        from qsched.report.history import HistoryPoint, draw_history  # noqa: PLC0415 - lazy

        fields = HistoryPoint._fields
        dated = [row for row in rows if row.captured_at]
        points = [HistoryPoint(*(getattr(row, field) for field in fields)) for row in dated]
        draw_history(name, points, figure)
        click.echo(figure, err=True)
    if as_json:
        print_json({"name": name, "snapshots": row_facts(rows)})
    else:
        _print_history(rows)
    raise_all(listing.problems)


def _print_history(rows: Sequence[IndexRow]) -> None:
    from qsched.cli._text import console, percent, table  # noqa: PLC0415 - they import rich

    shown = table("captured", "ro %", "1q %", "2q %", "dead")
    for row in rows:
        shown.add_row(
            row.captured_at[:19].replace("T", " ") or "-",
            *(percent(value) for value in (row.readout, row.single_qubit, row.two_qubit)),
            str(row.num_dead_couplers),
        )
    console().print(shown)
