"""A Qiskit ``Target`` -> errors and durations by qubit and by coupling."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from qsched.errors import CalibrationError
from qsched.io._means import mean
from qsched.model import ErrorMeans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiskit.transpiler import Target

Pair = tuple[int, int]

DIAGONAL = frozenset({"id", "rz", "u1", "p", "z", "s", "sdg", "t", "tdg", "gpz", "virtual_z"})
"""One-qubit gates that are frame changes or nothing: their error of 0 says nothing of the qubit."""


class Rate(NamedTuple):
    """Error and duration in seconds of one gate at one place; ``None``: not reported."""

    error: float | None
    duration_s: float | None


UNKNOWN = Rate(None, None)


class Gates(NamedTuple):
    """The native gates of a target by the number of their qubits.

    Attributes:
        names: Names of all unitary gates, sorted.
        one: One-qubit gate to rate by qubit; qubit ``None`` means all qubits.
        two: Two-qubit gate to rate by directed pair; pair ``None`` means all pairs.
    """

    names: tuple[str, ...]
    one: Mapping[str, Mapping[int | None, Rate]]
    two: Mapping[str, Mapping[Pair | None, Rate]]


def rate(properties: object) -> Rate:
    """Return error and duration of ``InstructionProperties``, which may be ``None``."""
    return Rate(
        _finite(getattr(properties, "error", None)),
        _finite(getattr(properties, "duration", None)),
    )


def _finite(value: object) -> float | None:
    """Return a float; NaN and infinity stand for "not reported" in backends."""
    if value is None:
        return None
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError) as error:
        raise CalibrationError(f"the backend reports {value!r} where a number belongs") from error
    return number if isfinite(number) else None


def read_gates(target: Target) -> Gates:
    """Sort the unitary gates of a target by their number of qubits.

    Measurements, resets, delays and control flow are none; neither are gates
    on three or more qubits, which no device of this model has.
    """
    from qiskit.circuit import Gate  # noqa: PLC0415 - half a second that snapshots do not need

    one: dict[str, dict[int | None, Rate]] = {}
    two: dict[str, dict[Pair | None, Rate]] = {}
    for name in sorted(target.operation_names):
        operation = target.operation_from_name(name)
        if not isinstance(operation, Gate):
            continue
        # A target that knows no qubits maps None to None, one gate may do so as well.
        places = dict(target[name] or {None: None})
        if operation.num_qubits == 1:
            one[name] = {q if q is None else q[0]: rate(p) for q, p in places.items()}
        elif operation.num_qubits == 2:  # noqa: PLR2004 - two-qubit gates
            two[name] = {q if q is None else (q[0], q[1]): rate(p) for q, p in places.items()}
    return Gates(tuple(sorted({*one, *two})), one, two)


def single_qubit_rates(gates: Gates, num_qubits: int) -> tuple[Rate, ...]:
    """Return the rate of the native one-qubit gate by qubit.

    That is ``sx`` where the qubit has one, as in IBM's tables, otherwise the
    gate of least error that is no mere frame change.
    """
    others = [gates.one[name] for name in gates.one if name not in DIAGONAL]
    sx = gates.one.get("sx", {})
    return tuple(
        _at(sx, qubit) or _best(r for table in others if (r := _at(table, qubit))) or UNKNOWN
        for qubit in range(num_qubits)
    )


def _at(table: Mapping[int | None, Rate], qubit: int) -> Rate | None:
    return table.get(qubit, table.get(None))


def two_qubit_rates(gates: Gates, num_qubits: int) -> dict[Pair, Rate]:
    """Return the rate of the best two-qubit gate by coupling ``(a, b)``, ``a < b``, sorted.

    The best is that of least error among all gates and both directions. A gate
    that couples all qubits counts for every pair if it has an error, and for
    the listed pairs of other gates; without an error it adds no pairs.
    """
    found: dict[Pair, list[Rate]] = {}
    everywhere: list[Rate] = []
    for table in gates.two.values():
        for pair, value in table.items():
            if pair is None:
                everywhere.append(value)
            else:
                found.setdefault((min(pair), max(pair)), []).append(value)
    if any(value.error is not None for value in everywhere):
        for a in range(num_qubits):
            for b in range(a + 1, num_qubits):
                found.setdefault((a, b), []).extend(everywhere)
    return {pair: _best(values) or UNKNOWN for pair, values in sorted(found.items())}


def couples_all(gates: Gates) -> bool:
    """Tell whether some two-qubit gate acts on any pair."""
    return any(None in table for table in gates.two.values())


def _best(rates: Iterable[Rate]) -> Rate | None:
    """Return the rate of least error; unknown errors come last, then shorter ones first."""
    return min(
        rates,
        key=lambda r: (
            r.error is None,
            r.error or 0.0,
            r.duration_s is None,
            r.duration_s or 0.0,
        ),
        default=None,
    )


def readout_rates(target: Target, num_qubits: int) -> tuple[Rate, ...]:
    """Return error and duration of the measurement by qubit."""
    measure = target["measure"] if "measure" in target.operation_names else {}
    everywhere = rate((measure or {}).get(None))
    return tuple(
        rate(measure[(qubit,)]) if measure and (qubit,) in measure else everywhere
        for qubit in range(num_qubits)
    )


def faulty_qubits(target: Target, gates: Gates, num_qubits: int) -> tuple[int, ...]:
    """Return the qubits that a target leaves without measurement and one-qubit gates.

    IBM's backends take faulty qubits out of the target that way.
    """
    if "measure" not in target.operation_names or not gates.one:
        return ()
    measure = target["measure"] or {None: None}
    return tuple(
        qubit
        for qubit in range(num_qubits)
        if (qubit,) not in measure
        and None not in measure
        and not any(_at(table, qubit) for table in gates.one.values())
    )


def coherence_s(target: Target, num_qubits: int, what: str) -> tuple[float | None, ...]:
    """Return ``t1`` or ``t2`` in seconds by qubit."""
    listed = list(target.qubit_properties or ())
    listed += [None] * (num_qubits - len(listed))
    return tuple(_finite(getattr(properties, what, None)) for properties in listed[:num_qubits])


def plain_means(gates: Gates, readout: Iterable[Rate]) -> ErrorMeans | None:
    """Return means over every entry of a target, dead ones and both directions included.

    The one-qubit mean is that of ``sx`` where there is one, else of all gates
    that are no mere frame change.
    """
    sx = gates.one.get("sx")
    tables = [sx] if sx else [gates.one[name] for name in gates.one if name not in DIAGONAL]
    means = ErrorMeans(
        mean(r.error for r in readout),
        mean(r.error for table in tables for r in table.values()),
        mean(r.error for table in gates.two.values() for r in table.values()),
    )
    return None if means == (None, None, None) else means


def num_qubits_of(target: Target, source: str) -> int:
    """Return how many qubits a target has.

    Raises:
        CalibrationError: It does not say.
    """
    if not target.num_qubits:
        raise CalibrationError(
            "the target does not say how many qubits it has",
            remedy="make it with Target(num_qubits=...)",
            source=source,
        )
    return int(target.num_qubits)


def profile_fields(target: Target, source: str) -> dict[str, Any]:
    """Return all fields of a `DeviceProfile` that a target tells.

    Args:
        target: Target of any vendor.
        source: Name of the device, for messages.

    Raises:
        CalibrationError: The number of qubits is not known, or a rate is no number.
    """
    num_qubits = num_qubits_of(target, source)
    gates = read_gates(target)
    readout = readout_rates(target, num_qubits)
    single = single_qubit_rates(gates, num_qubits)
    double = two_qubit_rates(gates, num_qubits)
    return {
        "num_qubits": num_qubits,
        "coupling_map": () if couples_all(gates) else tuple(double),
        "readout_error": tuple(r.error for r in readout),
        "readout_duration_s": tuple(r.duration_s for r in readout),
        "single_qubit_error": tuple(r.error for r in single),
        "single_qubit_duration_s": tuple(r.duration_s for r in single),
        "two_qubit_error": {pair: r.error for pair, r in double.items()},
        "two_qubit_duration_s": {pair: r.duration_s for pair, r in double.items()},
        "t1_s": coherence_s(target, num_qubits, "t1"),
        "t2_s": coherence_s(target, num_qubits, "t2"),
        "basis_gates": gates.names,
        "plain_means": plain_means(gates, readout),
        "faulty_qubits": faulty_qubits(target, gates, num_qubits),
    }
