"""A circuit -> parts under unequal capacities, and connected regions on a coupling map."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.model.partition import Partition  # noqa: TC001 - a field's type, told at run time
from qsched.partition.facts import check_labels, describe
from qsched.partition.identity import ById
from qsched.partition.strategies import check_capacities
from qsched.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.model import CircuitProfile

    Strategy = Callable[[CircuitProfile, Sequence[int], int], Sequence[int]]
    """``(circuit, capacities, seed)`` to the device of each qubit."""

PARTITIONS = Registry(
    kind="partition",
    group="qsched.partitions",
    builtins={
        "even": (
            "qsched.partition.strategies:even",
            "neighbouring qubits in even parts, as the paper counts",
        ),
        "proportional": (
            "qsched.partition.strategies:proportional",
            "neighbouring qubits in proportion to the capacities",
        ),
        "mincut": (
            "qsched.partition.strategies:mincut",
            "as few cut two-qubit gates as can be found; none where components fit",
        ),
    },
)


def load_partition(partition: str | Strategy) -> Strategy:
    """Return a strategy by name, by ``package.module:function``, or the function itself.

    Raises:
        UnknownNameError: No strategy has that name.
        ConfigError: What the name stands for cannot be called.
    """
    found = PARTITIONS.load(partition) if isinstance(partition, str) else partition
    if not callable(found):
        raise ConfigError(
            f"partition {partition!r} is no function", remedy="give (circuit, capacities, seed)"
        )
    return found


class Split(NamedTuple):
    """A partition and the devices that its parts are for.

    Attributes:
        partition: The parts, none of them empty.
        used: For each part, the index of the capacity that it goes by.
    """

    partition: Partition
    used: tuple[int, ...]


def split_circuit(
    circuit: CircuitProfile,
    capacities: Sequence[int],
    *,
    strategy: str | Strategy = "mincut",
    seed: int = 0,
    labels: Sequence[int] | None = None,
) -> Split:
    """Split a circuit over devices.

    Args:
        circuit: Profile of the circuit.
        capacities: Qubits that each device can take, 0 or more; no part is larger than its own.
        strategy: ``"mincut"``, ``"even"``, ``"proportional"``, or a function.
        seed: Equal seeds give equal splits.
        labels: Instead of a strategy: the device of each qubit, by its index in ``capacities``.

    Returns:
        The parts and the capacities that they go by; what gets no qubit is left out.

    Raises:
        ConfigError: The capacities cannot hold the circuit, or labels do not fit.

    A chain of four qubits over two devices of two and three qubits:

    >>> from qsched.model import CircuitProfile
    >>> chain = CircuitProfile(
    ...     name="chain", num_qubits=4, num_active_qubits=4, depth=3, two_qubit_depth=3,
    ...     num_one_qubit_gates=0, num_two_qubit_gates=3, num_measurements=0,
    ...     one_qubit_gates=(0, 0, 0, 0), interactions=((0, 1, 1), (1, 2, 1), (2, 3, 1)),
    ... )
    >>> split = split_circuit(chain, [2, 3])
    >>> split.partition.cut_weight
    1
    """
    check_capacities(circuit, capacities)
    if labels is None:
        labels = load_partition(strategy)(circuit, capacities, seed)
    numbers = check_labels(circuit, labels, capacities)
    return Split(describe(circuit, numbers), tuple(sorted(set(numbers))))


class SplitCache:
    """Splits already made: circuits come again, and so do the capacities.

    Args:
        strategy: Strategy of all splits.
        seed: Seed of all splits.
        size: Splits kept.
    """

    def __init__(self, strategy: str | Strategy, seed: int = 0, size: int = 4096) -> None:
        function = load_partition(strategy)

        # Keyed by identity: to compare a circuit's graph takes longer than to look it up.
        @lru_cache(maxsize=size)
        def split(circuit: ById[CircuitProfile], capacities: tuple[int, ...]) -> Split:
            return split_circuit(circuit.value, capacities, strategy=function, seed=seed)

        self._split = split

    def split(self, circuit: CircuitProfile, capacities: Sequence[int]) -> Split:
        """Return the split of a circuit, see `split_circuit`."""
        return self._split(ById(circuit), tuple(capacities))


__all__ = [
    "PARTITIONS",
    "Split",
    "SplitCache",
    "check_labels",
    "describe",
    "load_partition",
    "split_circuit",
]
