"""``qsched devices``: which devices there are and what is known of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import report
from qsched.cli._names import complete_with
from qsched.cli._text import console, figure, fit, percent, plural, table
from qsched.errors import BadInputs, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from qsched.model import DeviceProfile

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


@click.group()
def devices() -> None:
    """Show devices: qubits, errors, dead couplers, CLOPS, origin."""


@devices.command(name="list")
@click.option("--fake", is_flag=True, help="Add all fake backends of qiskit-ibm-runtime (slower).")
@AS_JSON
def list_(*, fake: bool, as_json: bool) -> None:
    """List the devices that have a snapshot, in your store or shipped.

    ro, 1q and 2q are mean errors of readout, one- and two-qubit gates over what
    works; dead counts the couplers that do not.
    """
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
        output = console()
        output.print(fit(_list_table(rows), output, ("captured", "QV", "1q %", "dead")))
        if not fake:
            report("note", "--fake adds the fake backends of qiskit-ibm-runtime")
    if errors:
        raise BadInputs(errors)


@devices.command()
@click.argument("name", shell_complete=complete_with("qsched.io.lookup:snapshot_names"))
@click.option("--max-age", metavar="AGE", help="Refuse an older calibration: 90min, 12h, 7d, 2w.")
@AS_JSON
def show(name: str, max_age: str | None, *, as_json: bool) -> None:
    """Show all that is known of device NAME.

    NAME is a snapshot or fake backend, NAME@2025-03-30, NAME@latest, NAME@live
    (asks the provider now), a snapshot file or an IBM calibration export.
    """
    from qsched.io.lookup import resolve_device  # noqa: PLC0415 - `--help` stays instant

    show_device(resolve_device(name), max_age=max_age, as_json=as_json)


def show_device(profile: DeviceProfile, *, max_age: str | None, as_json: bool) -> None:
    """Print all that is known of a device.

    Args:
        profile: The device.
        max_age: Age above which it is refused, as the user writes it; ``None``: any will do.
        as_json: Print one JSON document.

    Raises:
        InputError: It is too old, or the age is none.
    """
    from qsched import __version__  # noqa: PLC0415 - `--help` stays instant
    from qsched.cli._device_facts import full_facts  # noqa: PLC0415 - as above
    from qsched.io.age import check_age, parse_age  # noqa: PLC0415 - as above

    if max_age is not None:
        check_age([profile], parse_age(max_age))
    facts = full_facts(profile)
    if as_json:
        click.echo(json.dumps({"version": __version__, **facts}, indent=2))
        return
    output = console()
    output.print(_facts_table(facts))
    output.print()
    output.print(fit(_errors_table(facts), output))
    if facts["num_components"] > 1:
        report(
            "note",
            f"the working couplers leave {facts['num_components']} components, the largest of "
            f"{plural(facts['component_sizes'][0], 'qubit')}; a circuit runs inside one of them",
        )


def _list_table(rows: list[dict[str, Any]]) -> Table:
    # One origin for all stands below: with a column of its own, 80 columns would not do.
    origins = {row["origin"] for row in rows}
    listed = table("device", "qubits", "CLOPS", "QV", "ro %", "1q %", "2q %", "dead")
    listed.columns[0].no_wrap = True
    listed.add_column("captured", no_wrap=True)
    if len(origins) > 1:
        listed.add_column("origin")
    for row in rows:
        means = row["mean_errors"]
        listed.add_row(
            row["name"],
            str(row["num_qubits"]),
            figure(row["clops"]),
            figure(row["quantum_volume"]),
            *(percent(means[key]) for key in ("readout", "single_qubit", "two_qubit")),
            str(row["num_dead_couplers"]),
            (row["calibrated_at"] or "-")[:10],
            *([row["origin"].partition(" of ")[0]] if len(origins) > 1 else []),
        )
    if len(origins) == 1:
        listed.caption = f"origin: {origins.pop()}"
        listed.caption_justify = "left"
    return listed


def _facts_table(facts: Mapping[str, Any]) -> Table:
    couplers = "all pairs" if facts["couples_all_qubits"] else str(facts["num_couplers"])
    pairs = [f"{a}-{b}" for a, b in facts["dead_couplers"]]
    rows = {
        "processor": facts["processor"] or "-",
        "qubits": str(facts["num_qubits"]),
        "dead qubits": _dead(facts["dead_qubits"], facts["num_qubits"]),
        "couplers": couplers,
        "dead couplers": _dead(pairs, facts["num_couplers"]),
        "components": f"{facts['num_components']} of {facts['component_sizes']} working qubits",
        "missing values": str(facts["num_missing_values"]),
        "CLOPS": figure(facts["clops"]),
        "quantum volume": figure(facts["quantum_volume"]),
        "their source": facts["clops_source"] or "-",
        "native gates": ", ".join(facts["basis_gates"]) or "-",
        "median T1, T2": " / ".join(_us(facts[f"median_{t}_s"]) for t in ("t1", "t2")),
        "captured": facts["calibrated_at"] or "-",
        "origin": facts["origin"],
        **_service_rows(facts["service"]),
    }
    shown = table("device", facts["name"], left=2)
    for key, value in rows.items():
        shown.add_row(key, value)
    return shown


def _dead(names: Sequence[object], total: int) -> str:
    """Return how many are dead, and which."""
    return f"{len(names)} of {total}: {', '.join(map(str, names))}" if names else "none"


def _service_rows(service: Mapping[str, Any] | None) -> dict[str, str]:
    """Return what the provider said when it was asked; nothing if it was not."""
    if service is None:
        return {}
    works = {True: "yes", False: "no", None: "-"}
    delay = service["rep_delay_s"]
    return {
        "asked": service["asked_at"],
        "takes jobs": works[service["operational"]],
        "pending jobs": figure(service["pending_jobs"]),
        "fractional gates": works[service["fractional_gates"]],
        "rep delay": "-" if delay is None else f"{delay * 1e6:g} us",
        "max shots": figure(service["max_shots"]),
    }


def _errors_table(facts: Mapping[str, Any]) -> Table:
    shown = table("mean errors", "readout", "1-qubit", "2-qubit", "score")
    kinds = {
        "masked (what works)": (facts["mean_errors"], facts["error_score"]),
        "plain (all rows)": (facts["plain_mean_errors"] or {}, facts["plain_error_score"]),
    }
    for kind, (means, score) in kinds.items():
        rates = [means.get(key) for key in ("readout", "single_qubit", "two_qubit")]
        shown.add_row(kind, *(figure(rate, 5) for rate in [*rates, score]))
    return shown


def _us(value: float | None) -> str:
    return "-" if value is None else f"{value * 1e6:.1f} us"
