"""Shell completion of names: those that a registry knows, and those that a function lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import click


def complete_with(lister: str, *, several: bool = False) -> Callable[..., list[Any]]:
    """Return a completion by names that a function lists; files are completed with them.

    Args:
        lister: Where the function is, ``"module:attr"``; imported when names are asked for.
        several: Whether names follow each other with commas between.
    """

    def names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[Any]:
        del ctx, param
        from click.shell_completion import CompletionItem  # noqa: PLC0415 - only for Tab

        from qsched.registry import load_object  # noqa: PLC0415 - only when Tab is pressed

        before, comma, begun = incomplete.rpartition(",") if several else ("", "", incomplete)
        known: list[str] = load_object(lister, kind="function")()
        found = [before + comma + name for name in known if name.startswith(begun)]
        return found or [CompletionItem(incomplete, type="file")]

    return names


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
