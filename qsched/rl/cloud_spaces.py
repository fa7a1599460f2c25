"""What both versions of Cloud-v0 show and take."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete

from qsched.errors import InputError
from qsched.policy.learned.encoding import HIGHEST, LOWEST, NUM_CONTEXT, NUM_FEATURES, View

LARGEST = 1e4
"""No feature is larger: the largest are losses of fidelity, at most 100, and ratios of qubits."""


def observation_size(num_plans: int) -> int:
    """Return how many numbers an observation has."""
    return NUM_CONTEXT + (NUM_FEATURES + 1) * num_plans


def observation_space(num_plans: int) -> Box:
    """Return the space of flat observations: context, features by name, possible plans."""
    low = np.full(observation_size(num_plans), -LARGEST, dtype=np.float32)
    high = np.full(observation_size(num_plans), LARGEST, dtype=np.float32)
    low[:NUM_CONTEXT], high[:NUM_CONTEXT] = LOWEST, HIGHEST
    low[-num_plans:], high[-num_plans:] = 0.0, 1.0
    return Box(low, high, dtype=np.float32)


def action_space(num_plans: int) -> Discrete[Any]:
    """Return the space of actions: a plan by its number, the last one is to wait."""
    return Discrete(num_plans + 1)


def checked_actions(actions: Any, mask: Any) -> Any:
    """Return actions as whole numbers that can be taken, before anything is done with them.

    Args:
        actions: One for each cloud, shape ``s``; ``()`` for a single one.
        mask: Which can be taken, shape ``(*s, number of actions)``.

    Raises:
        InputError: There are not as many, one is no whole number, or one is masked.
    """
    *shape, num_actions = mask.shape
    try:
        taken = np.asarray(actions)
    except ValueError:  # lists of several lengths
        taken = np.empty((), dtype=object)
    if taken.dtype.kind not in "iu":
        raise InputError(
            f"actions are {actions!r}", remedy=f"whole numbers of shape {tuple(shape)} are wanted"
        )
    if taken.shape != tuple(shape):
        raise InputError(f"actions have shape {taken.shape}", remedy=f"it must be {tuple(shape)}")
    is_allowed = (taken >= 0) & (taken < num_actions)
    known = np.where(is_allowed, taken, 0).astype(np.intp)
    is_allowed = is_allowed & np.take_along_axis(mask, known[..., None], -1)[..., 0]
    if not is_allowed.all():
        first = int(np.argmin(is_allowed))
        cloud = f" of cloud {first}" if shape else ""
        raise InputError(
            f"action {taken.flat[first]}{cloud} is masked",
            remedy="choose among those of action_masks()",
        )
    return known


def parts_of(seen: Any, possible: Any, feasible: Any) -> View:
    """Return the parts of observations, as they are laid out; writing there changes these.

    Args:
        seen: Observations, shape ``(num, observation_size)``.
        possible: Which plans can ever start, shape ``(num, num_plans)``; not a part of ``seen``,
            where they are numbers.
        feasible: Which can now, likewise.
    """
    num, num_plans = possible.shape
    features = seen[:, NUM_CONTEXT : NUM_CONTEXT + NUM_FEATURES * num_plans]
    return View(
        seen[:, :NUM_CONTEXT],
        features.reshape(num, NUM_FEATURES, num_plans, copy=False),
        possible,
        feasible,
    )


def finished(seen: Any, possible: Any) -> Any:
    """Return observations of their own, once which plans are possible has been written into them.

    Raises:
        InputError: A number is not finite.
    """
    seen[:, -possible.shape[1] :] = possible
    if not np.isfinite(seen.sum()):  # one sum is many times faster than a look at each
        raise InputError(
            "an observation has a number that is not finite",
            remedy="see that errors, CLOPS and the numbers of the jobs are",
        )
    return seen.copy()
