"""The command line: one file for each command, loaded when it is called."""

from __future__ import annotations

import click

from qsched._version import __version__
from qsched.cli._group import LazyGroup

COMMANDS = {
    "run": ("qsched.cli.run:run", "Schedule circuits or job tables and score the schedule."),
    "inspect": ("qsched.cli.inspect:inspect", "Show the features of circuits and job tables."),
    "devices": ("qsched.cli.devices:devices", "Show devices: qubits, errors, CLOPS, origin."),
    "policies": ("qsched.cli.policies:policies", "List policies, plug-ins included."),
    "calibrations": (
        "qsched.cli.calibrations:calibrations",
        "Take calibrations in and keep them as snapshots.",
    ),
    "train": ("qsched.cli.train:train", "Train a policy by reinforcement learning."),
    "evaluate": (
        "qsched.cli.evaluate:evaluate",
        "Compare policies on the same jobs, with intervals.",
    ),
    "reproduce": ("qsched.cli.reproduce:reproduce", "Run the published table of results again."),
}
"""Command to where it is and what ``qsched --help`` says of it, which imports none of them."""

EPILOG = """\b
Shell completion, in the start-up file of your shell:
  bash   eval "$(_QSCHED_COMPLETE=bash_source qsched)"
  zsh    eval "$(_QSCHED_COMPLETE=zsh_source qsched)"
  fish   _QSCHED_COMPLETE=fish_source qsched | source
NO_COLOR=1 turns colours off; into a pipe or a file there are none."""


HELP = """Schedule quantum circuits over a cloud of QPUs.

\b
qsched run circuits/             schedule a folder of circuits over the fleet "paper"
qsched run jobs.csv --json       schedule a job table, print JSON
qsched inspect circuit.qasm      width, depth and gate counts of a circuit
"""


@click.group(
    cls=LazyGroup,
    commands=COMMANDS,
    help=HELP,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", prog_name="qsched")
def main() -> None:
    """Show help, or run a command."""


__all__ = ["COMMANDS", "main"]
