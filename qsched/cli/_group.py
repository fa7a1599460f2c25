"""The group of all commands: loads them late, and turns errors of the user into one line each."""

from __future__ import annotations

import difflib
import importlib
import io
import os
import sys
import warnings
from typing import TYPE_CHECKING, Any, TextIO

import click

from qsched.errors import InputError, MissingExtraError, PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping

EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
"""128 and the number of SIGPIPE, as shells give it for programs that end so."""


class LazyGroup(click.Group):
    """A group that imports a command when it is called, not when it is listed.

    Args:
        commands: Command to ``("module:attr", short help)``, in the order of the help text.
        settings: As for `click.Group`.
    """

    def __init__(self, *, commands: Mapping[str, tuple[str, str]], **settings: Any) -> None:
        super().__init__(**settings)
        self._homes = dict(commands)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        del ctx
        return list(self._homes)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; ``None`` if there is no such."""
        del ctx
        if cmd_name not in self._homes:
            return None
        module, _, attribute = self._homes[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is called; of one that is not there, name the nearest."""
        name = args[0]
        if name not in self._homes and not name.startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(name, self._homes, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            ctx.fail(f"No such command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._homes.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; errors of the user become one line each and status 2."""
        _show_what_a_stream_cannot(sys.stdout)
        with warnings.catch_warnings():
            warnings.showwarning = _show_warning
            try:
                return super().invoke(ctx)
            except click.UsageError as error:
                at_fault = (error.ctx or ctx).command_path
                report("error", f"{error.format_message()} See {at_fault} --help.")
                ctx.exit(EXIT_USER_ERROR)
            except (InputError, MissingExtraError, PlanError) as error:
                report("error", error)
                ctx.exit(EXIT_USER_ERROR)
            except BrokenPipeError:
                _discard_output()
                ctx.exit(EXIT_BROKEN_PIPE)
            except KeyboardInterrupt:
                report("error", "interrupted before there was any result")
                ctx.exit(EXIT_INTERRUPTED)


def _discard_output() -> None:
    """Let what is still to be written go nowhere: Python would try again at its end, and complain.

    Whoever read our output, e.g. ``head``, has had enough of it.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _show_what_a_stream_cannot(stream: TextIO) -> None:
    """Let characters that a stream cannot show be escaped: job ids and file names may have any."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def report(kind: str, message: object) -> None:
    """Write a message to standard error, each of its lines after its kind.

    Args:
        kind: ``"error"``, ``"warning"`` or ``"note"``.
        message: What to say. A file name may hold anything, so what is not printable is escaped.
    """
    for line in str(message).splitlines():
        plain = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
        click.echo(f"{kind}: {plain}", err=True)


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    report("warning", message)
