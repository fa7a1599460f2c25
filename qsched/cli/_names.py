"""Shell completion of names that a registry knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import click


def complete(registry: str) -> Callable[[click.Context, click.Parameter, str], list[str]]:
    """Return a completion for ``shell_complete`` of an option.

    Args:
        registry: Where the registry is, ``"module:attr"``; imported when names are asked for.
    """

    def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
        del ctx, param
        from qsched.registry import load_object  # noqa: PLC0415 - only when Tab is pressed

        known: list[str] = load_object(registry, kind="registry").names()
        return [name for name in known if name.startswith(incomplete)]

    return names
