"""Options of commands that split circuits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from qsched.cli._names import complete

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = (
    click.option(
        "--placement",
        metavar="blackbox|connected",
        help="Count qubits, or take connected regions of them.  "
        "[default: connected for circuits on devices with coupling maps]",
    ),
    click.option(
        "--partition",
        metavar="NAME",
        help="How circuits are split: mincut, even or proportional.  [default: mincut]",
        shell_complete=complete("qsched.partition:PARTITIONS"),
    ),
    click.option(
        "--communication",
        metavar="NAME",
        help="What gates between devices cost: paper, lo, locc or epr.  [default: paper]",
        shell_complete=complete("qsched.estimate:COMMUNICATIONS"),
    ),
    click.option(
        "--max-overhead",
        type=float,
        metavar="X",
        help="Sampling overhead above which a split is not feasible.  [default: 10000]",
    ),
    click.option(
        "--spacing",
        type=click.IntRange(0, 1),
        metavar="0|1",
        help="Free qubits between the regions of different jobs.  [default: 0]",
    ),
)


def split_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how circuits are split and regions chosen."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command
