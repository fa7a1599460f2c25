"""The plans that a learned policy chooses among: a job in the fewest parts that can hold it."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_DEVICES = 8
"""Devices of a fleet that a learned policy can tell apart, at the most."""


class Candidates(NamedTuple):
    """The plans of so many parts on so many devices.

    All but the last device of a plan give all qubits that they have free; the last holds the
    rest. What is left over is then in one piece, where the next job can use it. In two parts
    both orders are plans of their own; in more, the last device is the last of the fleet.

    Attributes:
        num_parts: Parts of each plan.
        members: Devices of each plan, by position: shape ``(number of plans, num_parts)``.
        gather: Adds up what is known of the devices of each plan, shape ``(devices, 2 * number
            of plans)``: that of all but the last, then that of the last (in one part: twice the
            same). A product with it is exact, and many times faster than an index.
    """

    num_parts: int
    members: Any
    gather: Any


@lru_cache(maxsize=64)
def candidates(num_devices: int, num_parts: int) -> Candidates:
    """Return all plans of a number of parts on a number of devices.

    Those on fewer devices come first, so that a plan has one number however many there are.

    >>> candidates(3, 2).members.tolist()
    [[0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]]
    """
    chosen: list[tuple[int, ...]] = []
    for devices in sorted(combinations(range(num_devices), num_parts), key=lambda d: d[::-1]):
        chosen.append(devices)
        if num_parts == 2:  # noqa: PLR2004 - the other order
            chosen.append(devices[::-1])
    members = np.array(chosen, dtype=np.intp).reshape(-1, num_parts)
    one_hot = np.eye(num_devices, dtype=np.float32)
    last = one_hot[members[:, -1]]
    others = one_hot[members[:, :-1]].sum(axis=1) if num_parts > 1 else last
    gather = np.ascontiguousarray(np.concatenate([others, last]).T)
    for array in (members, gather):
        array.setflags(write=False)
    return Candidates(num_parts, members, gather)


def most_candidates(num_devices: int, parts: Iterable[int] | None = None) -> int:
    """Return how many plans there are at the most, over these numbers of parts; ``None``: over all.

    >>> most_candidates(5), most_candidates(8)
    (20, 70)
    """
    every = range(1, num_devices + 1) if parts is None else parts
    return max(len(candidates(num_devices, num_parts).members) for num_parts in every)


def fewest_parts(num_qubits: Any, capacities: Any) -> Any:
    """Return the fewest devices that can hold a job, each in any share.

    Args:
        num_qubits: Qubits of the jobs, shape ``(...)``.
        capacities: Qubits of the devices, shape ``(..., number of devices)``.

    Returns:
        Shape ``(...)``; one more than there are devices where all together are too few.

    >>> fewest_parts(np.array([127, 128, 255]), np.array([127, 127, 27])).tolist()
    [1, 2, 3]
    """
    together = np.sort(capacities, axis=-1)[..., ::-1].cumsum(axis=-1)
    return 1 + (together < np.asarray(num_qubits)[..., None]).sum(axis=-1)
