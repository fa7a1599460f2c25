"""Options of every command that runs policies; a command gives the default where it has one."""

from __future__ import annotations

from functools import partial

import click

from qsched.cli._names import complete, complete_with

fleet_option = partial(
    click.option,
    "--fleet",
    metavar="NAME|FILE",
    help="Fleet of devices.  [default: paper]",
    shell_complete=complete_with("qsched.io.fleets:fleet_names"),
)
model_option = partial(
    click.option,
    "--model",
    metavar="NAME",
    help="Cost model: paper or icpp2025.  [default: paper]",
    shell_complete=complete("qsched.estimate:MODELS"),
)
discipline_option = partial(
    click.option,
    "--discipline",
    metavar="NAME",
    help="Who goes next: fcfs, sjf, priority or easy.  [default: fcfs]",
    shell_complete=complete("qsched.policy:DISCIPLINES"),
)
