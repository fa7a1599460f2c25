"""A device's working qubits and couplers, with what an error on each of them costs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.model.device import DEAD_ERROR
from qsched.partition.identity import ById

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.model import DeviceProfile


class Weights(NamedTuple):
    """How often the errors of a region count; the cost is what they do to a product of fidelities.

    Attributes:
        readout: Measurements of each qubit.
        one_qubit: One-qubit gates of each qubit.
        two_qubit: Two-qubit gates of each coupler.
        stranded: Cost of each free qubit that is cut off from the largest free region left.
    """

    readout: float = 1.0
    one_qubit: float = 0.0
    two_qubit: float = 1.0
    stranded: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Couplings:
    """What works on a device; costs are ``-ln(1 - error)``, at least 0.

    A value that was not reported counts as the mean of the device.

    Attributes:
        num_qubits: Physical qubits, those that do not work included.
        working: Qubits that work, sorted.
        neighbours: For each qubit, those that a working coupler ties it to, sorted.
        readout_cost: By qubit.
        one_qubit_cost: By qubit.
        two_qubit_cost: For each qubit, by neighbour.
    """

    num_qubits: int
    working: tuple[int, ...]
    neighbours: tuple[tuple[int, ...], ...]
    readout_cost: tuple[float, ...]
    one_qubit_cost: tuple[float, ...]
    two_qubit_cost: tuple[dict[int, float], ...]

    def components(self, free: Iterable[int]) -> list[list[int]]:
        """Return the connected components of some qubits, the largest first."""
        unseen = set(free)
        found = [self._reach(start, unseen) for start in sorted(unseen) if start in unseen]
        return sorted(found, key=len, reverse=True)

    def _reach(self, start: int, unseen: set[int]) -> list[int]:
        unseen.discard(start)
        members = [start]
        for qubit in members:  # grows while it is walked
            for near in self.neighbours[qubit]:
                if near in unseen:
                    unseen.discard(near)
                    members.append(near)
        return members

    def largest_region(self, free: Iterable[int]) -> int:
        """Return the qubits of the largest connected component of some qubits."""
        unseen = set(free)
        most = 0
        while len(unseen) > most:
            most = max(most, len(self._reach(next(iter(unseen)), unseen)))
        return most

    def is_connected(self, qubits: Sequence[int]) -> bool:
        """Return whether working couplers tie these working qubits together."""
        return bool(qubits) and self.largest_region(qubits) == len(set(qubits))

    def couplers(self, qubits: Iterable[int]) -> list[tuple[int, int]]:
        """Return the working couplers between some qubits, sorted."""
        inside = set(qubits)
        return sorted((a, b) for a in inside for b in self.neighbours[a] if a < b and b in inside)


@lru_cache(maxsize=256)
def _couplings(device: ById[DeviceProfile]) -> Couplings:
    profile = device.value
    pairs = profile.coupling_map or tuple(sorted(profile.two_qubit_error))
    if not pairs and profile.num_qubits > 1:
        raise ConfigError(
            "device states no coupling map, so that no region of it can be told to be connected",
            remedy="use placement blackbox, or a profile with couplings",
            source=profile.name,
        )
    dead_qubits, dead_couplers = set(profile.dead_qubits), set(profile.dead_couplers)
    near: list[set[int]] = [set() for _ in range(profile.num_qubits)]
    cost: list[dict[int, float]] = [{} for _ in range(profile.num_qubits)]
    means = profile.error_means
    for a, b in pairs:
        if a in dead_qubits or b in dead_qubits or (a, b) in dead_couplers:
            continue
        near[a].add(b)
        near[b].add(a)
        cost[a][b] = cost[b][a] = _cost(profile.two_qubit_error.get((a, b)), means.two_qubit)
    return Couplings(
        num_qubits=profile.num_qubits,
        working=tuple(q for q in range(profile.num_qubits) if q not in dead_qubits),
        neighbours=tuple(tuple(sorted(qubits)) for qubits in near),
        readout_cost=_costs(profile.readout_error, means.readout, profile.num_qubits),
        one_qubit_cost=_costs(profile.single_qubit_error, means.single_qubit, profile.num_qubits),
        two_qubit_cost=tuple(cost),
    )


def couplings_of(device: DeviceProfile) -> Couplings:
    """Return what works on a device, worked out once.

    Raises:
        ConfigError: It has several qubits and states no couplings.
    """
    return _couplings(ById(device))


def _costs(
    errors: Sequence[float | None], mean: float | None, num_qubits: int
) -> tuple[float, ...]:
    return tuple(_cost(error, mean) for error in (errors or (None,) * num_qubits))


def _cost(error: float | None, mean: float | None) -> float:
    value = mean if error is None else error
    return 0.0 if value is None else -log(1.0 - min(value, DEAD_ERROR))
