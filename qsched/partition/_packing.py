"""Whole components into parts: bin packing, exact as far as its steps reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_COMPONENTS = 500
"""More components than this, those of one vertex left aside, are not tried in all ways."""

MAX_STATES = 100_000
"""States after which components are taken not to fit; a few hundred are usual."""


def pack(sizes: Sequence[int], capacities: Sequence[int]) -> list[int] | None:
    """Return a part for each component, or ``None`` when they do not fit whole.

    Components go into the first part with room where that does it. Otherwise all ways are
    tried, the largest first; parts with equal room and components of equal size change
    places freely, which keeps the states few.

    Args:
        sizes: Vertices of each component.
        capacities: Vertices that each part can hold.

    >>> pack([3, 3, 2, 2, 2], [6, 6])
    [0, 0, 1, 1, 1]
    >>> pack([3, 3, 3], [5, 5]) is None
    True
    """
    order = sorted(range(len(sizes)), key=lambda i: (-sizes[i], i))
    bins = [0] * len(sizes)
    room = list(capacities)
    for item in order:
        part = next((p for p, free in enumerate(room) if free >= sizes[item]), None)
        if part is None:
            break
        bins[item] = part
        room[part] -= sizes[item]
    else:
        return bins
    return _search(sizes, capacities, order)


def _search(
    sizes: Sequence[int], capacities: Sequence[int], order: Sequence[int]
) -> list[int] | None:
    """Try all ways, depth first, leaving out states that have failed.

    Components of one vertex fit in wherever the others leave room.
    """
    if sum(sizes) > sum(capacities):
        return None
    large = [item for item in order if sizes[item] > 1]
    if len(large) > MAX_COMPONENTS:
        return None
    room = list(capacities)
    chosen: list[int] = []
    if not _fit([sizes[item] for item in large], room, chosen, set()):
        return None
    bins = [0] * len(sizes)
    for item, part in zip(large, chosen, strict=True):
        bins[item] = part
    for item in order[len(large) :]:
        part = next(p for p, free in enumerate(room) if free)
        room[part] -= 1
        bins[item] = part
    return bins


def _fit(
    sizes: Sequence[int],
    room: list[int],
    chosen: list[int],
    failed: set[tuple[int, tuple[int, ...]]],
) -> bool:
    """Find a part for each further component; parts are entered in ``chosen`` and ``room``."""
    position = len(chosen)
    if position == len(sizes):
        return True
    state = (position, tuple(sorted(room)))
    if state in failed or len(failed) > MAX_STATES:
        return False
    size = sizes[position]
    # Of parts with equal room one is as good as another; the tightest is tried first.
    for free, part in sorted({free: part for part, free in enumerate(room)}.items()):
        if free < size:
            continue
        room[part] -= size
        chosen.append(part)
        if _fit(sizes, room, chosen, failed):
            return True
        chosen.pop()
        room[part] += size
    failed.add(state)
    return False
