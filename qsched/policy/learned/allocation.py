"""What the paper's learned policy sees and what its answer means, in training and in use.

Source of the observation and the action: arXiv 2506.10889 and the code published with it. Each of
the five devices is given by its free qubits, its error score, equation (2), and its CLOPS; the
answer is a weight for each. The published code divides free qubits by 127 in training and by 150
in use; here they are divided by 150 in both.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_DEVICES = 5
NUM_INPUTS = 1 + 3 * MAX_DEVICES
JOB_SCALE = 50.0
FREE_SCALE = 150.0
CLOPS_SCALE = 1e6

LAYOUT = {
    "observation": ["num_qubits", "free_qubits", "error_score", "clops"],
    "scales": [JOB_SCALE, FREE_SCALE, 1.0, CLOPS_SCALE],
    "max_devices": MAX_DEVICES,
    "action": "weights",
}
"""What the metadata of weights say of observation and action: other layouts are refused."""

MAX_INPUT = 100.0
"""No number of an observation may be larger: 5,000 qubits of a job, 1e8 CLOPS."""

TINY = 1e-60
"""Below every sum of weights in single precision; zero is divided by it where none is left."""

Array = np.ndarray[Any, Any]


def observation(num_qubits: Any, free: Any, error_scores: Any, clops: Any) -> Array:
    """Return what the policy sees: the job's qubits, then three numbers for each device.

    ``q / 50``, and for each device ``free / 150``, error score, ``CLOPS / 1e6``. Devices that a
    fleet of less than five lacks are zeros.

    Args:
        num_qubits: Qubits of the job, of any shape ``s``.
        free: Free qubits, shape ``(n, *s)`` for ``n`` devices, at most five.
        error_scores: Equation (2) of each device, shape ``(n,)`` or ``(n, *s)``.
        clops: Circuit layer operations per second of each device, shaped alike.

    Returns:
        Single precision, shape ``(*s, 16)``.
    """
    end = 1 + 3 * len(free)
    seen = np.zeros((*np.shape(num_qubits), NUM_INPUTS), dtype=np.float32)
    seen[..., 0] = np.divide(num_qubits, JOB_SCALE)
    seen[..., 1:end:3] = np.divide(free, FREE_SCALE).T
    seen[..., 2:end:3] = np.asarray(error_scores).T
    seen[..., 3:end:3] = np.divide(clops, CLOPS_SCALE).T
    return seen


def check_finite(what: str, values: Array) -> None:
    """Refuse numbers that are not finite.

    Args:
        what: What they are, for the message.
        values: The numbers.

    Raises:
        InputError: One is not.
    """
    if not np.isfinite(values).all():
        where = np.argwhere(~np.isfinite(values))[0]
        value = values[tuple(where)]
        raise InputError(
            f"{what} {', '.join(map(str, where))} is {value}",
            remedy="every number must be finite",
        )


def qubit_shares(weights: Any, num_qubits: int, free: Sequence[int]) -> list[int]:
    """Return how many qubits of a job each device gets.

    Shares are in proportion to the weights, clipped to [0, 1]; a device whose share is above what
    it has free gets that, and the others get the rest in proportion to their weights. Devices of
    weight 0 get qubits only when the others are full, equally many then; so do all when every
    weight is 0. Shares are rounded by the largest remainder, the earlier device first where
    remainders are equal.

    Args:
        weights: Weight of each device, read in single precision.
        num_qubits: Qubits of the job.
        free: Free qubits of each device.

    Returns:
        Shares that sum to the job's qubits, none above what is free.

    Raises:
        InputError: A weight is not finite, or less than the job is free.

    >>> qubit_shares([0.5, 0.5, 0.0], 101, [127, 127, 127])
    [51, 50, 0]
    >>> qubit_shares([0.9, 0.1, 0.0], 200, [127, 60, 127])
    [127, 60, 13]
    """
    if sum(free) < num_qubits:
        raise _too_large(num_qubits)
    raw: list[float] = np.asarray(weights, dtype=np.float32).tolist()
    if not all(map(isfinite, raw)):
        check_finite("weight", np.asarray(raw))
    open_weights = [min(max(w, 0.0), 1.0) if r > 0 else 0.0 for w, r in zip(raw, free, strict=True)]
    shares = [0] * len(open_weights)
    left = num_qubits
    if sum([r for w, r in zip(open_weights, free, strict=True) if w > 0.0]) < num_qubits:
        for i, weight in enumerate(open_weights):
            shares[i] = free[i] if weight > 0.0 else 0
            open_weights[i] = 1.0 if weight == 0.0 and free[i] > 0 else 0.0
        left -= sum(shares)
    while True:
        total = 0.0  # not sum(): from Python 3.12 on that rounds otherwise than NumPy does
        for weight in open_weights:
            total += weight
        level = left / max(total, TINY)
        exact = [weight * level for weight in open_weights]
        over = [i for i, w in enumerate(open_weights) if w > 0.0 and exact[i] >= free[i]]
        if not over:
            break
        for i in over:
            shares[i] = free[i]
            open_weights[i] = 0.0
            left -= free[i]
    floors = [int(value) for value in exact]
    grown = [i for i, weight in enumerate(open_weights) if weight > 0.0]
    grown.sort(key=lambda i: floors[i] - exact[i])
    for i in grown[: left - sum(floors)]:
        floors[i] += 1
    return [share + floor for share, floor in zip(shares, floors, strict=True)]


def _too_large(num_qubits: int) -> InputError:
    return InputError(
        f"a job of {num_qubits} qubits is larger than what is free", remedy="let it wait"
    )


def qubit_shares_of_many(weights: Any, num_qubits: Any, free: Any) -> Array:
    """Return what `qubit_shares` returns, for many jobs at once.

    Args:
        weights: Weight of each device for each job, shape ``(n, jobs)``.
        num_qubits: Qubits of each job.
        free: Free qubits of each device for each job, shape ``(n, jobs)``.

    Returns:
        Whole numbers, shape ``(n, jobs)``.

    Raises:
        InputError: As `qubit_shares`.
    """
    raw = np.asarray(weights, dtype=np.float32)
    check_finite("weight", raw)
    if (_sum(free) < num_qubits).any():
        raise _too_large(np.asarray(num_qubits)[_sum(free) < num_qubits][0])
    wanted = np.minimum(np.maximum(raw, 0.0), free > 0).astype(float)
    named = wanted > 0.0
    # Where the devices that the weights name are too full, these get all they have,
    # and what is left goes to the others in equal parts.
    short = _sum(free * named) < num_qubits
    full = named & short
    wanted = np.where(short, (free > 0) & ~named, wanted)
    while True:
        left = num_qubits - _sum(free * full)
        open_weights = wanted * ~full
        exact = open_weights * (left / np.maximum(_sum(open_weights), TINY))
        over = (exact >= free) & (open_weights > 0.0)
        if not over.any():
            shares: Array = free * full + _rounded(exact, left, open_weights > 0.0)
            return shares
        full |= over


_sum = np.add.reduce
"""Over the devices, the first axis."""


def _rounded(exact: Array, total: Any, may_grow: Array) -> Array:
    """Return whole numbers of the given total: `exact` rounded by the largest remainder."""
    floors = np.floor(exact)
    remainders = np.where(may_grow, exact - floors, -1.0)
    missing = total - _sum(floors)
    ranks = np.zeros(exact.shape, dtype=np.int8)
    for later in range(1, len(exact)):
        for earlier in range(later):
            behind = remainders[earlier] >= remainders[later]
            ranks[later] += behind
            ranks[earlier] += ~behind
    rounded: Array = (floors + (ranks < missing)).astype(np.int64)
    return rounded
