"""Names to factories: built-ins as ``"module:attr"``, others by entry point, resolved late.

A registry is data; nothing is imported before a name is asked for. That keeps
``import qsched`` and ``qsched --help`` instant, and lets a plug-in add a name
without qsched knowing of it.
"""

from __future__ import annotations

import difflib
import importlib
import inspect
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def near_names(name: str, known: Sequence[str]) -> str:
    """Return a remedy that names the nearest known names.

    Args:
        name: What was asked for.
        known: What there is.

    Returns:
        ``"did you mean 'speed'?"``, or a list of all known names when none is near.
    """
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(repr(n) for n in near) + "?"
    return "known: " + ", ".join(sorted(known))


def load_object(path: str, *, kind: str) -> Any:
    """Import ``package.module:attr``.

    Args:
        path: Dotted module and attribute, separated by one colon.
        kind: What it should be, for the message.

    Raises:
        ConfigError: The module cannot be imported or has no such attribute.
    """
    module_name, _, attribute = path.partition(":")
    if not all(part.isidentifier() for part in (*module_name.split("."), attribute)):
        raise ConfigError(
            f"{kind} {path!r} names no object", remedy="the form is package.module:Name"
        )
    try:
        module = importlib.import_module(module_name)
    except ImportError as error:
        raise ConfigError(
            f"{kind} {path!r}: {error}",
            remedy="the form is package.module:Name, importable from here",
        ) from error
    try:
        return getattr(module, attribute)
    except AttributeError as error:
        raise ConfigError(
            f"{kind} {path!r}: module {module_name} has no {attribute!r}",
            remedy=near_names(attribute, [n for n in dir(module) if not n.startswith("_")]),
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The names of one kind of plug-in.

    Attributes:
        kind: What the names stand for, e.g. ``"policy"``.
        group: Entry-point group in which installed packages add names.
        builtins: Name to ``(path, one-line description)``.
    """

    kind: str
    group: str
    builtins: Mapping[str, tuple[str, str]]
    _found: dict[str, Any] = field(default_factory=dict, repr=False)

    def plugins(self) -> dict[str, Any]:
        """Return the entry points of installed packages, by name.

        Raises:
            ConfigError: A package claims a name that is taken.
        """
        if "points" not in self._found:
            from importlib.metadata import entry_points  # noqa: PLC0415 - 20 ms that --help saves

            points: dict[str, Any] = {}
            for point in entry_points(group=self.group):
                if point.name in self.builtins or point.name in points:
                    raise ConfigError(
                        f"{self.kind} name {point.name!r} is claimed twice (by {point.value})",
                        remedy="uninstall one of the packages or rename its entry point",
                    )
                points[point.name] = point
            self._found["points"] = points
        return dict(self._found["points"])

    def names(self) -> list[str]:
        """Return every known name: built-ins in their order, then plug-ins sorted."""
        return [*self.builtins, *sorted(self.plugins())]

    def describe(self) -> list[tuple[str, str, str]]:
        """Return ``(name, one-line description, origin)`` for every known name."""
        rows = [(name, text, "built in") for name, (_, text) in self.builtins.items()]
        for name, point in sorted(self.plugins().items()):
            try:
                doc = (getattr(self._load_plugin(name), "__doc__", None) or "").strip()
            except ConfigError as error:
                doc = error.problem
            rows.append((name, doc.partition("\n")[0], point.value))
        return rows

    def _load_plugin(self, name: str) -> Any:
        point = self.plugins()[name]
        try:
            return point.load()
        except (ImportError, AttributeError) as error:
            raise ConfigError(
                f"{self.kind} {name!r} cannot be loaded from {point.value}: {error}",
                remedy="repair or uninstall the package that brings it",
            ) from error

    def load(self, name: str) -> Any:
        """Return the factory or object behind a name or a ``package.module:Name`` path.

        Raises:
            UnknownNameError: Nothing has that name.
            ConfigError: The path cannot be imported.
        """
        if name in self.builtins:
            return load_object(self.builtins[name][0], kind=self.kind)
        if ":" in name:
            return load_object(name, kind=self.kind)
        plugins = self.plugins()
        if name in plugins:
            return self._load_plugin(name)
        raise UnknownNameError(
            f"unknown {self.kind} {name!r}", remedy=near_names(name, self.names())
        )

    def make(self, name: str) -> Any:
        """Return what the factory behind a name or path makes without arguments.

        Raises:
            UnknownNameError: Nothing has that name.
            ConfigError: The path cannot be imported, or is no such factory.
        """
        factory = self.load(name)
        try:
            inspect.signature(factory).bind()
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"{self.kind} {name!r} cannot be made: {error}",
                remedy="it must be a class or function that needs no arguments",
            ) from error
        return factory()
