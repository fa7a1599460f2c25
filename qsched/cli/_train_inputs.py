"""What ``qsched train`` is given, and the command that goes on with it."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import EXIT_INTERRUPTED, report
from qsched.cli._progress import progress_bar
from qsched.errors import ConfigError, gather, raise_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qsched.errors import InputError
    from qsched.model import Fleet, Job

NOT_REPEATED = {"resume", "force"}
"""Parameters that the command to go on with a training does not take over."""


def fleets_of(names: Sequence[str]) -> list[Fleet] | None:
    """Return the fleets that were named; ``None`` when none was.

    Raises:
        InputError: One cannot be used.
        BadInputs: Several cannot.
    """
    from qsched.experiment.schedule import make_fleet  # noqa: PLC0415 - --help stays instant

    errors: list[InputError] = []
    fleets: list[Fleet] = []
    for name in names:
        with gather(errors):
            fleets.append(make_fleet(None, name))
    raise_all(errors)
    return fleets or None


def jobs_of(source: Path | None) -> tuple[Job, ...] | None:
    """Return the jobs of a source; ``None`` when there is none.

    Raises:
        InputError: It cannot be used.
    """
    if source is None:
        return None
    from qsched.experiment.workload import load_workload  # noqa: PLC0415 - as above

    with progress_bar("reading") as progress:
        return load_workload((source,), progress=progress).jobs


def assignments(option: str, texts: Sequence[str]) -> dict[str, Any]:
    """Return the values of ``NAME=VALUE``: as JSON where they are that, else as text.

    Raises:
        ConfigError: One has not this form, or a name comes twice.
    """
    values: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (equals and name.isidentifier()):
            raise ConfigError(f"{option} {text!r} is no setting", remedy="the form is NAME=VALUE")
        if name in values:
            raise ConfigError(f"{option} names {name} twice", remedy="give it once")
        try:
            values[name] = json.loads(value)
        except ValueError:
            values[name] = value
    return values


def say_how_to_go_on(timesteps: int, checkpoint: int) -> None:
    """Report an interrupt with the command that goes on; then end."""
    context = click.get_current_context()
    report(
        "error",
        f"interrupted after {timesteps:,} timesteps; what was learned until {checkpoint:,} is kept",
    )
    words = ["qsched", "train"]
    for parameter in context.command.params:
        value = context.params.get(str(parameter.name))
        if parameter.name in NOT_REPEATED or value is None or value is False:
            continue  # but 0 is said, as any other number
        for single in value if isinstance(value, tuple) else (value,):
            words += [parameter.opts[0]] if single is True else [parameter.opts[0], str(single)]
    report("note", f"go on with: {shlex.join([*words, '--resume'])}")
    context.exit(EXIT_INTERRUPTED)
