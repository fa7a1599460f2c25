"""``qsched policies``: names and one-line descriptions, plug-ins included."""

from __future__ import annotations

import json

import click

KINDS = {
    "policy": ("qsched.policy:POLICIES", "--policy"),
    "discipline": ("qsched.policy:DISCIPLINES", "--discipline"),
    "model": ("qsched.estimate:MODELS", "--model"),
    "broker": ("qsched.sim.brokers:BROKERS", "--broker"),
    "partition": ("qsched.partition:PARTITIONS", "--partition"),
    "communication": ("qsched.estimate:COMMUNICATIONS", "--communication"),
}
"""Kind of name to its registry and the option that takes it."""


@click.command()
@click.option(
    "--kind",
    type=click.Choice([*KINDS, "all"]),
    default="policy",
    show_default=True,
    help="What to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def policies(kind: str, *, as_json: bool) -> None:
    """List policies, plug-ins included.

    A policy of your own is named package.module:Name, or comes from an installed
    package with an entry point in the group qsched.policies. A trained one is named
    rl:PATH.
    """
    from qsched.registry import load_object  # noqa: PLC0415 - `--help` stays instant

    kinds = list(KINDS) if kind == "all" else [kind]
    rows = [
        {"kind": name, "name": row[0], "description": row[1], "origin": row[2]}
        for name in kinds
        for row in load_object(KINDS[name][0], kind="registry").describe()
    ]
    if as_json:
        from qsched._version import __version__  # noqa: PLC0415 - as above

        click.echo(json.dumps({"version": __version__, "policies": rows}, indent=2))
        return
    from qsched.cli._text import console, table  # noqa: PLC0415 - as above

    out = console()
    for index, name in enumerate(kinds):
        listed = [row for row in rows if row["kind"] == name]
        made = table(KINDS[name][1], "description", "origin", left=3)
        made.columns[0].no_wrap = True
        for row in listed:
            made.add_row(row["name"], row["description"], row["origin"])
        if index:
            out.print()
        out.print(made)
