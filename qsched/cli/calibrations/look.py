"""``qsched calibrations list`` and ``show``."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from qsched.cli.calibrations._options import AS_JSON, STORE, open_store, print_json
from qsched.errors import raise_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from qsched.io._store_index import IndexRow


@click.command(name="list")
@click.argument("names", metavar="[NAME...]", nargs=-1)
@STORE
@AS_JSON
def list_(names: tuple[str, ...], store: Path | None, *, as_json: bool) -> None:
    """List the snapshots in the store, or those of the devices NAME.

    ro, 1q and 2q are median errors of readout, one- and two-qubit gates over what
    works. A file that is damaged is moved to the folder `damaged` of the store.
    """
    keeper = open_store(store)
    listing = keeper.listing()
    rows = [row for row in listing.rows if not names or row.name in names]
    if names and not rows:
        from qsched.cli.calibrations._options import files_of  # noqa: PLC0415 - it says near names

        files_of(keeper, names)
    if as_json:
        print_json({"store": str(keeper.folder), "snapshots": row_facts(rows)})
    else:
        _print(rows)
    raise_all(listing.problems)


def row_facts(rows: Iterable[IndexRow]) -> list[dict[str, Any]]:
    """Return the keys of one snapshot that ``list --json`` and ``history --json`` print."""
    now = datetime.now(UTC)
    return [
        {
            "name": row.name,
            "captured_at": row.captured_at or None,
            "asked_at": row.asked_at or None,
            "age_s": age(row, now),
            "origin": row.origin,
            "num_qubits": row.num_qubits,
            "median_errors": {
                "readout": row.readout,
                "single_qubit": row.single_qubit,
                "two_qubit": row.two_qubit,
            },
            "num_dead_couplers": row.num_dead_couplers,
            "file": row.file,
        }
        for row in rows
    ]


def age(row: IndexRow, now: datetime) -> float | None:
    """Return the age of a snapshot in seconds, as `qsched.io.age` counts it."""
    told = row.asked_at or row.captured_at
    return (now - datetime.fromisoformat(told)).total_seconds() if told else None


def _print(rows: Iterable[IndexRow]) -> None:
    from qsched.cli._text import console, percent, table  # noqa: PLC0415 - they import rich
    from qsched.io.age import describe_age  # noqa: PLC0415 - as above

    listed = table("device", "captured", "age", "ro %", "1q %", "2q %", "dead", left=2)
    listed.columns[0].no_wrap = True
    listed.add_column("origin")
    now = datetime.now(UTC)
    for row in rows:
        seconds = age(row, now)
        listed.add_row(
            row.name,
            row.captured_at[:16].replace("T", " ") or "-",
            "-" if seconds is None else describe_age(seconds),
            *(percent(value) for value in (row.readout, row.single_qubit, row.two_qubit)),
            str(row.num_dead_couplers),
            row.origin.partition(" of ")[0],
        )
    console().print(listed)


@click.command()
@click.argument("name", metavar="NAME[@TIME]")
@click.option("--max-age", metavar="AGE", help="Refuse an older one: 90min, 12h, 7d, 2w.")
@STORE
@AS_JSON
def show(name: str, max_age: str | None, store: Path | None, *, as_json: bool) -> None:
    """Show all that is known of a snapshot, its queue and service included.

    NAME@latest is the newest, NAME@2025-03-30 the newest of that day, NAME@live
    asks the provider now.
    """
    from qsched.cli.devices import show_device  # noqa: PLC0415 - `--help` stays instant
    from qsched.io.lookup import resolve_device  # noqa: PLC0415 - as above

    profile = resolve_device(name, store=open_store(store).folder)
    show_device(profile, max_age=max_age, as_json=as_json)
