"""``qsched calibrations import`` and ``export``."""

from __future__ import annotations

from pathlib import Path

import click

from qsched.cli.calibrations._options import AS_JSON, STORE, files_of, open_store, print_written
from qsched.errors import InputError, raise_all


@click.command(name="import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--captured-at",
    metavar="TIME",
    help="Capture time, e.g. 2025-03-30T02:24:45Z, instead of that of the file.",
)
@STORE
@AS_JSON
def import_(
    files: tuple[Path, ...], captured_at: str | None, store: Path | None, *, as_json: bool
) -> None:
    """Write snapshots of calibrations that you have as files.

    FILE is a calibration export of IBM (.csv), BackendProperties written as JSON
    (.json), or a snapshot that was exported (.json).
    """
    from qsched.io.calibration_csv import parse_time  # noqa: PLC0415 - `--help` stays instant
    from qsched.io.imports import import_calibrations  # noqa: PLC0415 - as above

    when = None if captured_at is None else parse_time(captured_at, "--captured-at")
    keeper = open_store(store)
    profiles, errors = import_calibrations(files, captured_at=when)
    paths: list[Path] = []
    try:
        paths = keeper.add(profiles)
    except InputError as error:
        errors.append(error)
    written = list(zip([p.name for p in profiles], paths, strict=False))
    print_written(written, errors, as_json=as_json)
    raise_all(errors)


@click.command()
@click.argument("specs", metavar="[NAME[@TIME]...]", nargs=-1)
@click.option(
    "--out",
    metavar="DIR",
    required=True,
    type=click.Path(path_type=Path),
    help="Folder to write to; made if it is not there.",
)
@STORE
@AS_JSON
def export(specs: tuple[str, ...], out: Path, store: Path | None, *, as_json: bool) -> None:
    """Copy snapshots out of the store, all of them or those named.

    Each is verified on the way. `import` takes them in again elsewhere.
    """
    from qsched.io.snapshots import write_snapshot  # noqa: PLC0415 - as above

    keeper = open_store(store)
    written: list[tuple[str, Path]] = []
    errors: list[InputError] = []
    for file in files_of(keeper, specs):
        try:
            profile = keeper.newest([file])
            if profile is not None:
                written.append((file.name, write_snapshot(profile, out)))
        except InputError as error:
            errors.append(error)
    print_written(written, errors, as_json=as_json)
    raise_all(errors)
