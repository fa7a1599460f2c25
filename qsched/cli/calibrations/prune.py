"""``qsched calibrations prune``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from qsched.cli.calibrations._options import AS_JSON, STORE, files_of, open_store, print_json
from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qsched.io.store import SnapshotFile


@click.command()
@click.argument("specs", metavar="[NAME[@TIME]...]", nargs=-1)
@click.option("--keep", type=click.IntRange(min=1), metavar="N", help="Keep the newest N of each.")
@click.option("--older-than", metavar="AGE", help="Remove only those older than 90d, 12h, ...")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
@STORE
@AS_JSON
def prune(
    specs: tuple[str, ...],
    keep: int | None,
    older_than: str | None,
    store: Path | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Remove old snapshots; the newest of each device always stays.

    With both --keep and --older-than a snapshot goes only if both let it go.
    Snapshots without a capture time are older than all others.
    """
    from qsched.io.age import parse_age  # noqa: PLC0415 - `--help` stays instant

    if keep is None and older_than is None:
        raise ConfigError(
            "nothing says what to prune", remedy="give --keep N, --older-than AGE, or both"
        )
    age_s = None if older_than is None else parse_age(older_than)
    keeper = open_store(store)
    gone = to_prune(keeper.files(), files_of(keeper, specs), keep or 1, age_s)
    if not dry_run and gone:
        keeper.remove(gone)
    if as_json:
        print_json({"removed": [str(file.path) for file in gone], "dry_run": dry_run})
        return
    for file in gone:
        click.echo(file.path)


def to_prune(
    everything: Sequence[SnapshotFile],
    chosen: Sequence[SnapshotFile],
    keep: int,
    age_s: float | None,
) -> list[SnapshotFile]:
    """Return those of the chosen that may go.

    Args:
        everything: All snapshots, by device and time.
        chosen: Those that were named.
        keep: How many of each device stay, the newest.
        age_s: Seconds; younger ones stay. ``None``: age does not matter.
    """
    by_name: dict[str, list[SnapshotFile]] = {}
    for file in everything:
        by_name.setdefault(file.name, []).append(file)
    kept = {file for files in by_name.values() for file in files[-keep:]}
    return [f for f in chosen if f not in kept and (age_s is None or _is_older(f, age_s))]


def _is_older(file: SnapshotFile, age_s: float) -> bool:
    try:
        when = datetime.strptime(file.stamp, "%Y-%m-%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:  # undated
        return True
    return (datetime.now(UTC) - when).total_seconds() > age_s
