"""A snapshot of one QPU at one calibration time."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from math import inf
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from qsched.model.service import ServiceFacts

MIN_VOLUME = 2
DEAD_ERROR = 0.99
"""An error at or above this marks a qubit or coupler that does not work (IBM reports 1.0)."""


class ErrorMeans(NamedTuple):
    """Mean errors of a device, each in [0, 1]; ``None`` when nothing was reported."""

    readout: float | None
    single_qubit: float | None
    two_qubit: float | None


def _working(errors: Iterable[float | None]) -> list[float]:
    return [e for e in errors if e is not None and e < DEAD_ERROR]


def _mean(values: list[float]) -> float | None:
    return sum(values) / len(values) if values else None


@dataclass(frozen=True, kw_only=True, repr=False)
class DeviceProfile:
    """Immutable snapshot of one QPU at one calibration time.

    Probabilities lie in [0, 1], times are in seconds. ``None`` means "not
    reported", never "zero". An error of 0.99 or more marks something dead: it
    is masked and counted, never averaged in.

    Attributes:
        name: Name as the provider spells it, e.g. ``"ibm_fez"``.
        num_qubits: Physical qubits, at least 1.
        coupling_map: Undirected couplings ``(a, b)`` with ``a < b``, sorted, dead ones included;
            empty when the device couples all qubits (or none; then ``two_qubit_error`` is empty).
        clops: Circuit layer operations per second, above 0; ``None`` if not stated.
        quantum_volume: Quantum volume, at least 2; ``None`` if not stated.
        readout_error: Assignment error by qubit, shape ``(num_qubits,)``.
        single_qubit_error: Error of the native one-qubit gate (sx where there is one) by qubit.
        two_qubit_error: Error of the best native two-qubit gate by coupling ``(a, b)``, ``a < b``.
        t1_s: Relaxation time by qubit.
        t2_s: Dephasing time by qubit.
        readout_duration_s: Duration of a measurement by qubit.
        single_qubit_duration_s: Duration of the native one-qubit gate by qubit.
        two_qubit_duration_s: Duration of the two-qubit gate of ``two_qubit_error`` by coupling.
        basis_gates: Names of the native gates.
        processor: Processor family and revision, e.g. ``"Eagle r3"``; empty if unknown.
        calibrated_at: Time-zone-aware time of the calibration; ``None`` if unknown.
        origin: Where the numbers come from, e.g. ``"fake backend"``; reports print it.
        clops_source: Where ``clops`` and ``quantum_volume`` come from.
        plain_means: Means over every row as listed, dead entries and directed duplicates
            included, as the published reference takes them; ``None`` if there is no such list.
        faulty_qubits: Qubits that the provider declares out of service whatever their errors,
            sorted; they and their couplers are masked as dead ones are.
        service: How the provider offered the device when it was asked; ``None`` if it was not.

    Raises:
        CalibrationError: A value is out of its physical range or a shape disagrees.
    """

    name: str
    num_qubits: int
    coupling_map: tuple[tuple[int, int], ...] = ()
    clops: float | None = None
    quantum_volume: int | None = None
    readout_error: tuple[float | None, ...] = ()
    single_qubit_error: tuple[float | None, ...] = ()
    two_qubit_error: Mapping[tuple[int, int], float | None] = field(default_factory=dict)
    t1_s: tuple[float | None, ...] = ()
    t2_s: tuple[float | None, ...] = ()
    readout_duration_s: tuple[float | None, ...] = ()
    single_qubit_duration_s: tuple[float | None, ...] = ()
    two_qubit_duration_s: Mapping[tuple[int, int], float | None] = field(default_factory=dict)
    basis_gates: tuple[str, ...] = ()
    processor: str = ""
    calibrated_at: datetime | None = None
    origin: str = "synthetic"
    clops_source: str = ""
    plain_means: ErrorMeans | None = None
    faulty_qubits: tuple[int, ...] = ()
    service: ServiceFacts | None = None

    def __post_init__(self) -> None:
        """Refuse values out of their physical range."""
        if self.num_qubits < 1:
            self._refuse(f"num_qubits is {self.num_qubits!r}")
        if self.clops is not None and not 0.0 < self.clops < inf:
            self._refuse(f"clops is {self.clops!r}, it must be above 0")
        if self.quantum_volume is not None and not MIN_VOLUME <= self.quantum_volume < inf:
            self._refuse(f"quantum_volume is {self.quantum_volume!r}, it must be 2 or more")
        for what in ("readout_error", "single_qubit_error"):
            self._check(what, getattr(self, what), 1.0)
        for what in ("t1_s", "t2_s", "readout_duration_s", "single_qubit_duration_s"):
            self._check(what, getattr(self, what), inf)
        for what, top in (("two_qubit_error", 1.0), ("two_qubit_duration_s", inf)):
            values: Mapping[tuple[int, int], float | None] = getattr(self, what)
            self._check_range(what, values.items(), top)
            self._check_pairs(what, values)
        self._check_pairs("coupling_map", self.coupling_map)
        for qubit in self.faulty_qubits:
            if not 0 <= qubit < self.num_qubits:
                self._refuse(f"faulty qubit {qubit} on a device of {self.num_qubits} qubits")

    def __repr__(self) -> str:
        when = "" if self.calibrated_at is None else f", calibrated {self.calibrated_at:%Y-%m-%d}"
        return (
            f"<DeviceProfile {self.name}: {self.num_qubits} qubits, {self.origin}{when}, "
            f"CLOPS {self.clops}, QV {self.quantum_volume}>"
        )

    def _check(self, what: str, values: tuple[float | None, ...], top: float) -> None:
        if values and len(values) != self.num_qubits:
            self._refuse(f"{len(values)} values of {what} for {self.num_qubits} qubits")
        self._check_range(what, enumerate(values), top)

    def _check_range(
        self, what: str, values: Iterable[tuple[object, float | None]], top: float
    ) -> None:
        for where, value in values:
            if value is not None and not (0.0 <= value <= top and value < inf):
                self._refuse(f"{what} of {where} is {value!r}, out of range")

    def _check_pairs(self, what: str, pairs: Iterable[tuple[int, int]]) -> None:
        for a, b in pairs:
            if not 0 <= a < b < self.num_qubits:
                self._refuse(f"{what} couples {a} and {b} on a device of {self.num_qubits} qubits")

    def _refuse(self, problem: str) -> None:
        raise CalibrationError(problem, source=self.name)

    @cached_property
    def error_means(self) -> ErrorMeans:
        """Mean errors over what works: dead, faulty and missing entries are masked."""
        faulty = frozenset(self.faulty_qubits)
        readout, single = (
            [error for qubit, error in enumerate(errors) if qubit not in faulty]
            for errors in (self.readout_error, self.single_qubit_error)
        )
        double = [e for pair, e in self.two_qubit_error.items() if faulty.isdisjoint(pair)]
        return ErrorMeans(*(_mean(_working(errors)) for errors in (readout, single, double)))

    @cached_property
    def dead_couplers(self) -> tuple[tuple[int, int], ...]:
        """Couplings whose error is 0.99 or more or that touch a faulty qubit, sorted."""
        faulty = frozenset(self.faulty_qubits)
        dead = {
            pair
            for pair, error in self.two_qubit_error.items()
            if error is not None and error >= DEAD_ERROR
        }
        dead.update(pair for pair in self.coupling_map if not faulty.isdisjoint(pair))
        return tuple(sorted(dead))

    @cached_property
    def dead_qubits(self) -> tuple[int, ...]:
        """Faulty qubits, and those whose readout or one-qubit error is 0.99 or more, sorted."""
        dead = {
            qubit
            for errors in (self.readout_error, self.single_qubit_error)
            for qubit, error in enumerate(errors)
            if error is not None and error >= DEAD_ERROR
        }
        return tuple(sorted(dead.union(self.faulty_qubits)))

    @cached_property
    def num_missing_values(self) -> int:
        """Readout, one- and two-qubit errors that were not reported."""
        return sum(
            value is None
            for values in (self.readout_error, self.single_qubit_error)
            for value in values
        ) + sum(value is None for value in self.two_qubit_error.values())
