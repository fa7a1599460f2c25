"""``qsched calibrations``: take calibrations in and keep them as snapshots."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qsched.cli._progress import progress_bar
from qsched.errors import BadInputs, InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.model import DeviceProfile

STORE = click.option(
    "--store",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of snapshots.  [default: QSCHED_STORE or the user data folder]",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def calibrations() -> None:
    """Take calibrations in and keep them as snapshots."""


@calibrations.command()
@click.argument("names", metavar="NAME...", nargs=-1)
@click.option(
    "--source",
    type=click.Choice(["fake"]),
    required=True,
    help="fake: the fake backends of qiskit-ibm-runtime.",
)
@STORE
@AS_JSON
def refresh(names: tuple[str, ...], source: str, store: Path | None, *, as_json: bool) -> None:
    """Write snapshots of the devices NAME..., or of all that the source has."""
    del source  # one choice so far
    from qsched.io.backends import fake_backend_names, load_fake_backend  # noqa: PLC0415 - Qiskit

    profiles: list[DeviceProfile] = []
    errors: list[InputError] = []
    wanted = list(dict.fromkeys(names)) or fake_backend_names()
    with progress_bar("reading") as done:
        for number, name in enumerate(wanted, 1):
            try:
                profiles.append(load_fake_backend(name))
            except InputError as error:
                errors.append(error)
            done(number, len(wanted))
    _keep(profiles, errors, store, as_json=as_json)


@calibrations.command(name="import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--captured-at",
    metavar="TIME",
    help="Capture time, e.g. 2025-03-30T02:24:45Z, instead of that in the file name.",
)
@STORE
@AS_JSON
def import_(
    files: tuple[Path, ...], captured_at: str | None, store: Path | None, *, as_json: bool
) -> None:
    """Write snapshots of IBM's calibration exports FILE... (.csv)."""
    from qsched.io.calibration_csv import import_calibrations, parse_time  # noqa: PLC0415 - lazy

    when = None if captured_at is None else parse_time(captured_at, "--captured-at")
    profiles, errors = import_calibrations(files, captured_at=when)
    _keep(profiles, errors, store, as_json=as_json)


def _keep(
    profiles: Sequence[DeviceProfile],
    errors: Sequence[InputError],
    store: Path | None,
    *,
    as_json: bool,
) -> None:
    """Write what could be read, print it, and raise what could not be.

    Raises:
        BadInputs: Something could not be read; everything else is written.
        OutputError: A snapshot cannot be written.
    """
    from qsched.io.lookup import store_folder  # noqa: PLC0415 - `--help` stays instant
    from qsched.io.snapshots import write_snapshot  # noqa: PLC0415 - as above

    folder = store_folder() if store is None else store
    written, failed = [], list(errors)
    for profile in profiles:
        try:
            path = write_snapshot(profile, folder)
        except InputError as error:
            failed.append(error)
            continue
        written.append({"name": profile.name, "path": str(path)})
        if not as_json:
            click.echo(path)
    if as_json:
        click.echo(json.dumps({"written": written, "errors": [str(e) for e in failed]}, indent=2))
    if failed:
        raise BadInputs(failed)
