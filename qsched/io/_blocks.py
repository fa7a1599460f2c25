"""A circuit, a gate definition or the body of a loop, flattened once: its counts and its depth.

Depth is a longest path, so a block acts on the depths of its bits like a matrix in
the max-plus algebra: the depth of an output bit is the largest of *depth of an input
bit + longest path between the two*. A definition that is used often gets this matrix;
its many uses then cost no more than its width allows, and the depth stays exact.
Source: F. Baccelli, G. Cohen, G. J. Olsder and J.-P. Quadrat, *Synchronization and
Linearity*, Wiley 1992, chapter 2.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from operator import add, itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_TRANSFER_BITS = 64
"""A matrix over more bits than this takes longer to build and apply than it saves."""

NO_PATH = -(1 << 62)
"""Longest path between bits that no chain of operations joins; far below any sum of depths."""


Step = tuple[tuple[int, ...], int, int, "Block | None"]
"""One operation of a block: the local bits that it joins (qubits first, then clbits, then
variables), what it adds to the depth (1; 0 for a directive, more for control flow) and to the
two-qubit depth, and the definition to be put in its place, if it does not stay.

A plain tuple: a long circuit has as many of them as gates, and a named one takes ten times as long.
"""


class Transfer(NamedTuple):
    """Longest paths through a block, from each input bit to each output bit.

    Attributes:
        depth: One row for each output bit, one entry for each input bit.
        two_qubit_depth: The same with two-qubit gates alone counted.
    """

    depth: tuple[tuple[int, ...], ...]
    two_qubit_depth: tuple[tuple[int, ...], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Block:
    """Counts and steps of one circuit, over its own bits.

    Attributes:
        num_qubits: Qubits; they are the bits from 0 on.
        num_bits: Qubits and clbits; clbits follow the qubits.
        num_slots: Bits and classical variables.
        steps: Operations in order; definitions are not yet put in their places.
        size: Gates, measurements and resets of the expanded block.
        num_measurements: Measurements of the expanded block.
        one_qubit_gates: Gates on one qubit, by qubit.
        pairs: Gates on two qubits, by pair ``(a, b)`` with ``a < b``.
        gammas: Gates whose sampling factor when cut is not 3, by pair and factor.
        active: Qubits on which something acts.
        varies: Parameters may change its structure, not only its angles.
        transfer: Longest paths; ``None`` while its steps are cheaper.
    """

    num_qubits: int
    num_bits: int
    num_slots: int = 0
    steps: list[Step] = field(default_factory=list)
    size: int = 0
    num_measurements: int = 0
    one_qubit_gates: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    pairs: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    gammas: dict[tuple[int, int, float], int] = field(default_factory=lambda: defaultdict(int))
    active: set[int] = field(default_factory=set)
    varies: bool = False
    transfer: Transfer | None = None

    @property
    def num_one_qubit_gates(self) -> int:
        """Gates on one qubit."""
        return sum(self.one_qubit_gates.values())

    @property
    def num_two_qubit_gates(self) -> int:
        """Gates on two qubits."""
        return sum(self.pairs.values())

    def add_counts(self, other: Block, uses: Sequence[Sequence[int]], times: int = 1) -> None:
        """Add what another block counts, its size excepted.

        Args:
            other: The block.
            uses: For each of its uses, the qubits here that its own stand for.
            times: How often each use is repeated.
        """
        self.num_measurements += times * len(uses) * other.num_measurements
        for qubit, count in other.one_qubit_gates.items():
            for place, number in Counter(map(itemgetter(qubit), uses)).items():
                self.one_qubit_gates[place] += times * number * count
        for pair, count in other.pairs.items():
            for (a, b), number in Counter(map(itemgetter(*pair), uses)).items():
                self.pairs[(a, b) if a < b else (b, a)] += times * number * count
        for (first, second, gamma), count in other.gammas.items():
            for (a, b), number in Counter(map(itemgetter(first, second), uses)).items():
                self.gammas[min(a, b), max(a, b), gamma] += times * number * count
        for qubit in other.active:
            self.active.update(map(itemgetter(qubit), uses))

    def operations(self, limit: int) -> tuple[tuple[tuple[int, ...], int], ...] | None:
        """Return bits and depth of what acts one after another, definitions put in their places.

        Returns:
            ``None`` if there are more than ``limit`` of them.
        """
        if self.size > limit:
            return None
        found: list[tuple[tuple[int, ...], int]] = []
        frames: list[tuple[Iterator[Step], Sequence[int] | None]] = [(iter(self.steps), None)]
        while frames:
            steps, place = frames[-1]
            for local, weight, _, callee in steps:
                bits = local if place is None else tuple([place[bit] for bit in local])
                if callee is not None:
                    frames.append((iter(callee.steps), bits))
                    break
                found.append((bits, weight))
            else:
                frames.pop()
        return tuple(found)

    def depths(self) -> tuple[int, int]:
        """Return depth and two-qubit depth of the block by itself."""
        depth, two_qubit_depth = [0] * self.num_slots, [0] * self.num_slots
        _run(self, depth, two_qubit_depth)
        return max(depth, default=0), max(two_qubit_depth, default=0)

    def prepare_for_reuse(self) -> None:
        """Work the longest paths out, if that makes further uses cheaper."""
        # A use of the matrix costs about a third as much for each entry as a step does.
        if self.transfer or self.num_bits > MAX_TRANSFER_BITS or 3 * self.size < self.num_bits**2:
            return
        columns = [_paths_from(self, bit) for bit in range(self.num_bits)]
        self.transfer = Transfer(
            tuple(zip(*(column[0] for column in columns), strict=True)),
            tuple(zip(*(column[1] for column in columns), strict=True)),
        )


def _paths_from(block: Block, bit: int) -> tuple[list[int], list[int]]:
    depth = [NO_PATH] * block.num_bits
    depth[bit] = 0
    two_qubit_depth = list(depth)
    _run(block, depth, two_qubit_depth)
    return depth, two_qubit_depth


def _run(block: Block, depth: list[int], two_qubit_depth: list[int]) -> None:
    """Carry the depths of all bits through a block, in place.

    Definitions without a matrix are put in their places here, one step at a time
    and on a stack of our own: neither memory nor the nesting is a limit.
    """
    frames: list[tuple[Iterator[Step], Sequence[int] | None]] = [(iter(block.steps), None)]
    while frames:
        steps, place = frames[-1]
        for local, weight, two_qubit_weight, callee in steps:
            bits = local if place is None else [place[bit] for bit in local]
            if callee is None:
                _join(depth, bits, weight)
                _join(two_qubit_depth, bits, two_qubit_weight)
            elif callee.transfer is None:
                frames.append((iter(callee.steps), bits))
                break
            else:
                _apply(depth, bits, callee.transfer.depth)
                _apply(two_qubit_depth, bits, callee.transfer.two_qubit_depth)
        else:
            frames.pop()


def _join(depth: list[int], bits: Sequence[int], weight: int) -> None:
    """Let bits wait for each other; the first two cases are the third, made fast."""
    if len(bits) == 1:
        depth[bits[0]] += weight
    elif len(bits) == 2:  # noqa: PLR2004
        a, b = bits
        x, y = depth[a], depth[b]
        depth[a] = depth[b] = (x if x > y else y) + weight  # noqa: FURB136 - max() is four times slower
    else:
        joined = max([depth[bit] for bit in bits], default=0) + weight
        for bit in bits:
            depth[bit] = joined


def _apply(depth: list[int], bits: Sequence[int], rows: tuple[tuple[int, ...], ...]) -> None:
    """Multiply by a matrix; the first case is the second, made fast for ``ccx`` and its like."""
    if len(bits) == 3:  # noqa: PLR2004
        a, b, c = bits
        x, y, z = depth[a], depth[b], depth[c]
        (xa, ya, za), (xb, yb, zb), (xc, yc, zc) = rows
        depth[a] = max(x + xa, y + ya, z + za)
        depth[b] = max(x + xb, y + yb, z + zb)
        depth[c] = max(x + xc, y + yc, z + zc)
    else:
        before = [depth[bit] for bit in bits]
        for bit, row in zip(bits, rows, strict=True):
            depth[bit] = max(map(add, before, row))
