"""What is refused alike wherever something is learned: counts, layouts, fleets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qsched.policy.learned.weights import PolicyWeights


def checked_count(name: str, value: object, low: int = 1, high: int | None = None) -> int:
    """Return a whole number in its range.

    Args:
        name: What it is called, for the message.
        value: What was given for it.
        low: Smallest that it may be.
        high: Largest; ``None``: there is none.

    Raises:
        ConfigError: It is no whole number, or out of the range.
    """
    is_whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not is_whole or value < low or (high is not None and value > high):  # type: ignore[operator]
        wanted = f"{low} or more" if high is None else f"{low} to {high}"
        raise ConfigError(f"{name} is {value!r}", remedy=f"it must be a whole number, {wanted}")
    return int(value)  # type: ignore[call-overload,no-any-return]


def check_layout(weights: PolicyWeights, wanted: Mapping[str, Any]) -> None:
    """Refuse weights whose observations or actions are laid out otherwise than here.

    Args:
        weights: Their metadata has the layout.
        wanted: The layout that the policy's class knows.

    Raises:
        InputError: A key differs; the first one is named with both values.
    """
    found = weights.metadata.get("layout") or {}
    for key in [*wanted, *found]:
        there, here = (layout.get(key, "missing") for layout in (found, wanted))
        if there != here:
            raise InputError(
                f"the policy's layout has {key} {there!r}, here it is {here!r}",
                remedy="train it again with this version of qsched",
                source=weights.source,
            )


def check_size(num_devices: int, max_devices: int, source: str) -> None:
    """Refuse a fleet with more devices than a policy was trained for.

    Args:
        num_devices: Devices of the fleet.
        max_devices: Devices that the policy can be used with at the most.
        source: File of the policy, for the message.

    Raises:
        ConfigError: There are too many.
    """
    if num_devices > max_devices:
        raise ConfigError(
            f"the policy was trained for at most {max_devices} devices, "
            f"the fleet has {num_devices}",
            remedy="name fewer devices, or train one for as many",
            source=source,
        )
