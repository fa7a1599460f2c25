"""``qsched calibrations refresh``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qsched.cli._group import report
from qsched.cli._progress import progress_bar
from qsched.cli.calibrations._options import AS_JSON, STORE, open_store, print_written
from qsched.errors import InputError, ServiceError, UnknownNameError, raise_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qsched.io.refresh import Outcome

EXIT_PARTIAL = 3
"""Some devices could not be had; the others are written."""


@click.command()
@click.argument("names", metavar="[NAME...]", nargs=-1)
@click.option(
    "--source",
    type=click.Choice(["live", "fake", "local"]),
    required=True,
    help="live: Qiskit Runtime service; fake: its fake backends; local: its local channel.",
)
@click.option(
    "--fractional/--no-fractional",
    default=False,
    show_default=True,
    help="Ask for the profile with fractional gates (live).",
)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(min=0.0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="Time that each device has to answer, each time.",
)
@click.option(
    "--attempts",
    type=click.IntRange(min=1),
    default=4,
    show_default=True,
    metavar="N",
    help="Tries for each device.",
)
@STORE
@AS_JSON
def refresh(
    names: tuple[str, ...],
    source: str,
    timeout_s: float,
    attempts: int,
    store: Path | None,
    *,
    fractional: bool,
    as_json: bool,
) -> None:
    """Write snapshots of the devices NAME..., or of all that the source has.

    The live service takes the account in QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE,
    else the saved one. Exit status 3: some devices could not be had; the others are
    written, and snapshots from before stay as they are.
    """
    from qsched.io.providers import open_provider  # noqa: PLC0415 - Qiskit
    from qsched.io.refresh import Patience  # noqa: PLC0415 - `--help` stays instant
    from qsched.io.refresh import refresh as fetch_all  # noqa: PLC0415 - as above

    keeper = open_store(store)
    provider = open_provider(source, fractional=fractional)
    try:
        with progress_bar("fetching") as progress:
            outcomes = fetch_all(
                provider,
                names,
                keeper,
                patience=Patience(timeout_s=timeout_s, attempts=attempts),
                progress=progress,
            )
    except ServiceError as error:
        report("error", error)
        click.get_current_context().exit(EXIT_PARTIAL)
    errors = [_told(outcome) for outcome in outcomes if outcome.error is not None]
    print_written([(o.name, o.path) for o in outcomes if o.path], errors, as_json=as_json)
    _finish(outcomes, errors)


def _told(outcome: Outcome) -> InputError:
    """Return the error of a device, with what the store still has of it."""
    error = outcome.error
    assert error is not None  # asked only of those that failed
    if not isinstance(error, ServiceError):
        return error
    kept = f"the snapshot of {outcome.last_good} is kept" if outcome.last_good else ""
    remedy = "; ".join(filter(None, (kept, error.remedy)))
    return ServiceError(error.problem, remedy=remedy, source=error.source)


def _finish(outcomes: Sequence[Outcome], errors: Sequence[InputError]) -> None:
    """Tell what failed: names that are wrong are the user's to put right, all else is partial."""
    if all(
        outcome.error is None or isinstance(outcome.error, UnknownNameError) for outcome in outcomes
    ):
        raise_all(errors)
        return
    for error in errors:
        report("error", error)
    click.get_current_context().exit(EXIT_PARTIAL)
