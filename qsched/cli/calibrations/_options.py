"""What the commands of ``qsched calibrations`` share."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.errors import InputError
    from qsched.io.store import SnapshotFile, SnapshotStore

STORE = click.option(
    "--store",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of snapshots.  [default: QSCHED_STORE or the user data folder]",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def open_store(folder: Path | None) -> SnapshotStore:
    """Return the store of ``--store``, or the user's own."""
    from qsched.io.store import SnapshotStore, store_folder  # noqa: PLC0415 - `--help` is instant

    return SnapshotStore(store_folder() if folder is None else folder)


def files_of(store: SnapshotStore, specs: Sequence[str]) -> list[SnapshotFile]:
    """Return the snapshots of a store that ``NAME`` or ``NAME@TIME`` stand for; all of no specs.

    Raises:
        UnknownNameError: One stands for none; the message has the near names.
    """
    from qsched.errors import UnknownNameError, raise_all  # noqa: PLC0415 - as above
    from qsched.registry import near_names  # noqa: PLC0415 - as above

    if not specs:
        return store.files()
    found: dict[SnapshotFile, None] = {}
    errors: list[InputError] = []
    for spec in specs:
        name, _, when = spec.partition("@")
        stamp = when.replace(":", "")
        files = [file for file in store.files(name) if file.stamp.startswith(stamp)]
        if not files:
            there = sorted({file.name for file in store.files()})
            remedy = near_names(name, there) if there else "the store is empty"
            if name in there:
                remedy = "there are: " + ", ".join(file.stamp for file in store.files(name))
            errors.append(
                UnknownNameError(f"no snapshot {spec!r}", remedy=remedy, source=str(store.folder))
            )
        found.update(dict.fromkeys(files))
    raise_all(errors)
    return list(found)


def print_json(document: dict[str, Any]) -> None:
    """Print one JSON document, which says by which version."""
    from qsched import __version__  # noqa: PLC0415 - as above

    click.echo(json.dumps({"version": __version__, **document}, indent=2))


def print_written(
    written: Iterable[tuple[str, Path]], errors: Sequence[InputError], *, as_json: bool
) -> None:
    """Print what was written, one path a line, or as JSON with what was not."""
    rows = [{"name": name, "path": str(path)} for name, path in written]
    if as_json:
        lines = [line for error in errors for line in str(error).splitlines()]
        click.echo(json.dumps({"written": rows, "errors": lines}, indent=2))
        return
    for row in rows:
        click.echo(row["path"])
