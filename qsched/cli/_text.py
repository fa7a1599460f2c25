"""Numbers and times as people read them, and the console that tables go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 120
"""Columns of what goes into a pipe or a file, unless ``COLUMNS`` says otherwise."""

_READABLE, _NARROWEST = 16, 6
"""Widths that text may be folded to: columns of numbers go before it is narrower than the first,
and below the second their digits are folded, too."""

_UNLIMITED = 100_000
"""No table is wider."""

_UNITS = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
MINUTE_S = 60
SHOWN_QUBITS = 5
LARGE = 6.0
"""Decimal logarithm from which on an overhead is shown as one."""


def console() -> Console:
    """Return the console of standard output: as wide as the terminal, coloured only there."""
    import os  # noqa: PLC0415 - with the one use

    from rich.console import Console  # noqa: PLC0415 - 50 ms that --help saves

    class Output(Console):
        """A console that leaves it to its caller what to do when nobody reads on."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    found = Output(highlight=False)
    if found.is_terminal or "COLUMNS" in os.environ:
        return found
    return Output(highlight=False, width=PIPED_WIDTH)


def table(*columns: str, left: int = 1) -> Table:
    """Return an empty table; the first ``left`` columns are text, the others numbers."""
    from rich.table import Table  # noqa: PLC0415 - as above

    made = Table(box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        text = index < left
        made.add_column(
            column, justify="left" if text else "right", overflow="fold", no_wrap=not text
        )
    return made


def fit(made: Table, console: Console, droppable: Sequence[str] = ()) -> Table:
    """Return a table with all digits of its numbers, however narrow the console is.

    Columns are left out until the others have room; where even that is not enough,
    numbers go on in the next line.

    Args:
        made: A table of `table`.
        console: Where it will be printed.
        droppable: Headers of the columns that may go, the first to go first.
    """
    for header in droppable:
        if _needed(made, console, _READABLE) <= console.width:
            break
        made = _without(made, header)
    if _needed(made, console, _NARROWEST) > console.width:
        for column in made.columns:
            column.no_wrap = False
    return made


def _without(made: Table, header: str) -> Table:
    """Return a table without a column, built anew because columns are numbered when added."""
    from rich.table import Table  # noqa: PLC0415 - as above

    rest = Table(
        *(column for column in made.columns if column.header != header),
        box=None,
        pad_edge=False,
        header_style="bold",
        caption=made.caption,
        caption_justify=made.caption_justify,
    )
    rest.rows = made.rows
    return rest


def _needed(made: Table, console: Console, text_width: int) -> int:
    """Return the width at which a table shows all digits and that much of each text."""
    from rich.cells import cell_len  # noqa: PLC0415 - as above

    spare = 0
    for column in made.columns:
        if not column.no_wrap:
            width = max(cell_len(str(cell)) for cell in (column.header, *column.cells))
            spare += max(0, width - max(text_width, column.min_width or 0))
    unlimited = console.options.update_width(_UNLIMITED)
    return console.measure(made, options=unlimited).maximum - spare


def human_time(seconds: float) -> str:
    """Return a time in the two largest units that it has.

    >>> human_time(1272.7)
    '21 min 13 s'
    >>> human_time(0.25)
    '0.25 s'
    >>> human_time(90_000)
    '1 d 1 h'
    """
    if seconds < MINUTE_S:
        return f"{seconds:.3g} s"
    rest = round(seconds)
    parts = []
    for unit, size in _UNITS:
        number, rest = divmod(rest, size)
        parts.append((number, unit))
    while parts[0][0] == 0:
        parts.pop(0)
    return " ".join(f"{number} {unit}" for number, unit in parts[:2] if number)


def figure(value: float | None, digits: int = 0) -> str:
    """Return a number with thousands set apart; ``-`` when there is none."""
    return "-" if value is None else f"{value:,.{digits}f}"


def percent(value: float | None) -> str:
    """Return a share as percent with three digits; ``-`` when there is none.

    >>> percent(0.031134)
    '3.11'
    """
    return "-" if value is None else f"{100 * value:.3g}"


def plural(number: int, noun: str) -> str:
    """Return ``1 job`` or ``2 jobs``.

    >>> plural(1, "job"), plural(1000, "job")
    ('1 job', '1,000 jobs')
    """
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def overhead_text(log10_value: float) -> str:
    """Return an overhead as people read it.

    >>> overhead_text(0.0), overhead_text(1.9084850188786497), overhead_text(137.4)
    ('1', '81', '10^137.4')
    """
    return f"{10.0**log10_value:.4g}" if log10_value < LARGE else f"10^{log10_value:.1f}"


def region_text(qubits: tuple[int, ...] | None, form: str = " ({})") -> str:
    """Return a region: all of a small one, the first and the last of a large one.

    Args:
        qubits: Physical qubits; ``None`` when they were only counted.
        form: How it is set off from what stands before it.

    >>> region_text((7, 2, 9)), region_text(tuple(range(40))), region_text(None)
    (' (2,7,9)', ' (0..39)', '')
    """
    if qubits is None:
        return ""
    shown = sorted(qubits)
    if len(shown) > SHOWN_QUBITS:
        return form.format(f"{shown[0]}..{shown[-1]}")
    return form.format(",".join(map(str, shown)))
