"""A progress bar on standard error for what takes more than a second."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE_S = 1.0
"""A bar appears after this time: below it, one would only flicker."""

REFRESH_S = 0.1


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of what is done and what there is to do; it may be called very often.

    The bar appears only in a terminal, after a second, and is wiped out at the end.

    Args:
        label: What is going on, e.g. ``"reading"``.
    """
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms that a short command saves
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    bar = Progress(
        *Progress.get_default_columns()[:3],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    task = bar.add_task(label, total=None)
    begin = shown = monotonic()

    def update(done: int, total: int) -> None:
        nonlocal shown
        now = monotonic()
        if now - begin >= PATIENCE_S and now - shown >= REFRESH_S:
            bar.start()
            bar.update(task, completed=done, total=total)
            shown = now

    try:
        yield update
    finally:
        bar.stop()
