"""What has changed between two calibrations of a device."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from qsched.io._store_index import working_median
from qsched.model.device import DEAD_ERROR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from qsched.model import DeviceProfile

Coupling = tuple[int, int]


class Medians(NamedTuple):
    """A median before and after; ``None`` where nothing is reported."""

    what: str
    before: float | None
    after: float | None


class Move(NamedTuple):
    """An error before and after.

    Attributes:
        what: ``"readout"``, ``"single_qubit"`` or ``"two_qubit"``.
        where: The qubit, or the two of a coupling.
        before: Error in [0, 1].
        after: Error in [0, 1].
    """

    what: str
    where: tuple[int, ...]
    before: float
    after: float


class Changes(NamedTuple):
    """What has changed between two calibrations.

    Attributes:
        medians: Medians over what works: errors, T1 and T2 in seconds.
        worst_qubits: Qubits whose readout or one-qubit error has grown the most, worst first.
        worst_couplings: Couplings whose error has grown the most, worst first.
        died: Couplings that worked before and do not now, sorted.
        came_back: Couplings that did not work before and do now, sorted.
        appeared: Couplings that only the second has, sorted.
        vanished: Couplings that only the first has, sorted.
    """

    medians: tuple[Medians, ...]
    worst_qubits: tuple[Move, ...]
    worst_couplings: tuple[Move, ...]
    died: tuple[Coupling, ...]
    came_back: tuple[Coupling, ...]
    appeared: tuple[Coupling, ...]
    vanished: tuple[Coupling, ...]


def compare_calibrations(before: DeviceProfile, after: DeviceProfile, *, top: int = 5) -> Changes:
    """Return what has changed from one calibration to another.

    Args:
        before: The earlier one.
        after: The later one; of the same device as a rule, though that is not asked for.
        top: Worst movers to name of qubits and of couplings.
    """
    moves = [
        Move(what, (qubit,), old, new)
        for what in ("readout", "single_qubit")
        for qubit, (old, new) in enumerate(
            zip(
                getattr(before, f"{what}_error"),
                getattr(after, f"{what}_error"),
                strict=False,
            )
        )
        if old is not None and new is not None
    ]
    couplings = [
        Move("two_qubit", pair, old, new)
        for pair, old, new in _in_both(before.two_qubit_error, after.two_qubit_error)
        if old is not None and new is not None and max(old, new) < DEAD_ERROR
    ]
    dead, dead_now = set(before.dead_couplers), set(after.dead_couplers)
    had, has = _couplings(before), _couplings(after)
    return Changes(
        medians=_medians(before, after),
        worst_qubits=_worst(moves, top),
        worst_couplings=_worst(couplings, top),
        died=tuple(sorted((dead_now - dead) & had)),
        came_back=tuple(sorted((dead - dead_now) & has)),
        appeared=tuple(sorted(has - had)),
        vanished=tuple(sorted(had - has)),
    )


def _couplings(profile: DeviceProfile) -> set[Coupling]:
    return {*profile.coupling_map, *profile.two_qubit_error}


def _in_both(
    before: Mapping[Coupling, float | None], after: Mapping[Coupling, float | None]
) -> list[tuple[Coupling, float | None, float | None]]:
    return [(pair, before[pair], after[pair]) for pair in sorted(before.keys() & after.keys())]


def _worst(moves: Iterable[Move], top: int) -> tuple[Move, ...]:
    grown = [move for move in moves if move.after > move.before]
    return tuple(sorted(grown, key=lambda m: (m.before - m.after, m.what, m.where))[:top])


def _medians(before: DeviceProfile, after: DeviceProfile) -> tuple[Medians, ...]:
    def errors(profile: DeviceProfile) -> dict[str, float | None]:
        return {
            "readout error": working_median(profile.readout_error),
            "one-qubit error": working_median(profile.single_qubit_error),
            "two-qubit error": working_median(profile.two_qubit_error.values()),
            "T1 (s)": _median(profile.t1_s),
            "T2 (s)": _median(profile.t2_s),
        }

    old, new = errors(before), errors(after)
    return tuple(Medians(what, old[what], new[what]) for what in old)


def _median(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def changes_to_dict(changes: Changes) -> dict[str, Any]:
    """Return the keys that ``qsched calibrations diff --json`` prints."""
    return {
        "medians": [row._asdict() for row in changes.medians],
        "worst_qubits": [_move(move) for move in changes.worst_qubits],
        "worst_couplings": [_move(move) for move in changes.worst_couplings],
        **{
            key: [list(pair) for pair in getattr(changes, key)]
            for key in ("died", "came_back", "appeared", "vanished")
        },
    }


def _move(move: Move) -> dict[str, Any]:
    return {**move._asdict(), "where": list(move.where)}
