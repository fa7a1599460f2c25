"""``qsched devices``: which devices there are and what is known of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from qsched.errors import BadInputs, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import Console
    from rich.table import Table

PIPED_WIDTH = 180
"""Columns of a table that goes into a pipe, where there is no window to fit."""

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def devices() -> None:
    """Show devices: qubits, errors, dead couplers, CLOPS, origin."""


@devices.command(name="list")
@click.option("--fake", is_flag=True, help="Add all fake backends of qiskit-ibm-runtime (slower).")
@AS_JSON
def list_(*, fake: bool, as_json: bool) -> None:
    """List the devices that have a snapshot, in your store or shipped."""
    from qsched import __version__  # noqa: PLC0415 - `--help` stays instant
    from qsched.cli._device_facts import brief_facts  # noqa: PLC0415 - as above
    from qsched.io.lookup import known_device_names, resolve_device, snapshot_names  # noqa: PLC0415

    rows: list[dict[str, Any]] = []
    errors: list[InputError] = []
    for name in known_device_names() if fake else snapshot_names():
        try:
            rows.append(brief_facts(resolve_device(name)))
        except InputError as error:
            errors.append(error)
    if as_json:
        click.echo(json.dumps({"version": __version__, "devices": rows}, indent=2))
    else:
        _console().print(_list_table(rows))
        if not fake:
            click.echo("--fake adds the fake backends of qiskit-ibm-runtime.", err=True)
    if errors:
        raise BadInputs(errors)


@devices.command()
@click.argument("name")
@AS_JSON
def show(name: str, *, as_json: bool) -> None:
    """Show all that is known of device NAME.

    NAME is a snapshot or fake backend, NAME@2025-03-30, NAME@latest, a snapshot
    file or an IBM calibration export.
    """
    from qsched import __version__  # noqa: PLC0415 - `--help` stays instant
    from qsched.cli._device_facts import full_facts  # noqa: PLC0415 - as above
    from qsched.io.lookup import resolve_device  # noqa: PLC0415 - as above

    facts = full_facts(resolve_device(name))
    if as_json:
        click.echo(json.dumps({"version": __version__, **facts}, indent=2))
        return
    console = _console()
    console.print(_facts_table(facts))
    console.print(_errors_table(facts))
    if facts["num_components"] > 1:
        click.echo(
            f"note: the working couplers leave {facts['num_components']} components, the largest "
            f"of {facts['component_sizes'][0]} qubits; a circuit runs inside one of them.",
            err=True,
        )


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - 50 ms that --help saves

    console = Console()
    return console if console.is_terminal else Console(width=PIPED_WIDTH)


def _list_table(rows: list[dict[str, Any]]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False)
    table.add_column("device", no_wrap=True)
    table.add_column("qubits", justify="right")
    table.add_column("processor")
    for column in ("CLOPS", "QV", "readout", "1-qubit", "2-qubit", "score", "dead"):
        table.add_column(column, justify="right")
    table.add_column("captured")
    table.add_column("origin")
    for row in rows:
        means = row["mean_errors"]
        table.add_row(
            row["name"],
            str(row["num_qubits"]),
            row["processor"] or "-",
            _figure(row["clops"]),
            _figure(row["quantum_volume"]),
            *(_rate(means[key]) for key in ("readout", "single_qubit", "two_qubit")),
            _rate(row["error_score"]),
            str(row["num_dead_couplers"]),
            (row["calibrated_at"] or "-")[:10],
            row["origin"],
        )
    return table


def _facts_table(facts: Mapping[str, Any]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above

    couplers = (
        "all pairs"
        if facts["couples_all_qubits"]
        else f"{facts['num_couplers']}, of which {facts['num_dead_couplers']} dead"
    )
    dead = ", ".join(f"{a}-{b}" for a, b in facts["dead_couplers"])
    rows = {
        "device": facts["name"],
        "processor": facts["processor"] or "-",
        "qubits": str(facts["num_qubits"]),
        "dead qubits": ", ".join(map(str, facts["dead_qubits"])) or "none",
        "couplers": couplers,
        "dead couplers": dead or "none",
        "components": f"{facts['num_components']} of {facts['component_sizes']} working qubits",
        "missing values": str(facts["num_missing_values"]),
        "CLOPS": _figure(facts["clops"]),
        "quantum volume": _figure(facts["quantum_volume"]),
        "their source": facts["clops_source"] or "-",
        "native gates": ", ".join(facts["basis_gates"]) or "-",
        "median T1, T2": " / ".join(_us(facts[f"median_{t}_s"]) for t in ("t1", "t2")),
        "captured": facts["calibrated_at"] or "-",
        "origin": facts["origin"],
    }
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for key, value in rows.items():
        table.add_row(key, value)
    return table


def _errors_table(facts: Mapping[str, Any]) -> Table:
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table(box=None, pad_edge=False)
    table.add_column("mean errors")
    for column in ("readout", "1-qubit", "2-qubit", "score"):
        table.add_column(column, justify="right")
    kinds = {
        "masked (what works)": (facts["mean_errors"], facts["error_score"]),
        "plain (all rows)": (facts["plain_mean_errors"] or {}, facts["plain_error_score"]),
    }
    for kind, (means, score) in kinds.items():
        rates = [means.get(key) for key in ("readout", "single_qubit", "two_qubit")]
        table.add_row(kind, *map(_rate, [*rates, score]))
    return table


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"


def _rate(value: float | None) -> str:
    return "-" if value is None else f"{value:.5f}"


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value * 1e6:.1f} us"
