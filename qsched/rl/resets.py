"""How every environment begins: what `reset` may be given, and the seed of its episodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from qsched.errors import ConfigError
from qsched.sim.arrivals import check_seed

if TYPE_CHECKING:
    from collections.abc import Mapping


class Seeded(Protocol):
    """What draws the episodes of an environment."""

    @property
    def is_seeded(self) -> bool:
        """Whether `seed` was called."""
        ...

    def seed(self, seed: int) -> None:
        """Begin anew."""
        ...


def checked_seed(seed: object, options: Mapping[str, Any] | None) -> int | None:
    """Return the one seed of a reset; ``None`` where the episodes go on.

    Raises:
        ConfigError: An option is given, where none is known, or one seed for each environment,
            or none that can be.
    """
    if options:
        raise ConfigError(f"unknown options of reset {list(options)}", remedy="give none")
    if seed is None:
        return None
    if not isinstance(seed, int | np.integer):
        raise ConfigError(f"seed is {seed!r}", remedy="give one for all environments")
    check_seed(int(seed))
    return int(seed)


def seed_source(source: Seeded, seed: int | None, random: np.random.Generator) -> None:
    """Seed what draws the episodes, unless it shall go on.

    Args:
        source: What draws them.
        seed: Seed, or ``None``.
        random: Gymnasium's generator; it gives the seed where there never was one.
    """
    if seed is not None or not source.is_seeded:
        source.seed(int(random.integers(2**31)) if seed is None else seed)
