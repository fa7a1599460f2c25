"""``qsched calibrations``: take calibrations in, keep them as snapshots, and compare them."""

from __future__ import annotations

import click

from qsched.cli.calibrations.compare import diff, history
from qsched.cli.calibrations.files import export, import_
from qsched.cli.calibrations.look import list_, show
from qsched.cli.calibrations.prune import prune
from qsched.cli.calibrations.refresh import refresh


@click.group()
def calibrations() -> None:
    """Take calibrations in, keep them as snapshots, and compare them."""


for command in (refresh, import_, export, list_, show, diff, history, prune):
    calibrations.add_command(command)

__all__ = ["calibrations"]
