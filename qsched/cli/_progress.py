"""A progress bar on standard error for what takes more than a second."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE_S = 1.0
"""A bar appears after this time: below it, one would only flicker."""

REFRESH_S = 0.1


class Update(Protocol):
    """Says how far it is."""

    def __call__(self, done: int, total: int, note: str = "") -> None:
        """Say what is done, what there is to do, and what else is worth knowing."""


@contextmanager
def progress_bar(label: str) -> Iterator[Update]:
    """Yield a function of what is done and what there is to do; it may be called very often.

    The bar appears only in a terminal, after a second, and is wiped out at the end.

    Args:
        label: What is going on, e.g. ``"reading"``.
    """
    if not sys.stderr.isatty():
        yield lambda done, total, note="": None  # noqa: ARG005 - nobody looks
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms that a short command saves
    from rich.progress import (  # noqa: PLC0415 - as above
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        *Progress.get_default_columns()[:3],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=None, note="")
    begin = shown = monotonic()

    def update(done: int, total: int, note: str = "") -> None:
        nonlocal shown
        now = monotonic()
        if now - begin >= PATIENCE_S and now - shown >= REFRESH_S:
            bar.start()
            bar.update(task, completed=done, total=total, note=note)
            shown = now

    try:
        yield update
    finally:
        bar.stop()
