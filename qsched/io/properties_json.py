"""``BackendProperties`` written down as JSON -> device profiles.

That is what ``backend.properties().to_dict()`` of qiskit-ibm-runtime (and of
older Qiskit) gives, and the only record that many have of a retired device.
The rules are those of a target: ``sx`` or the best gate that is no frame
change, the best two-qubit gate of both directions; RZZ is left out as in
IBM's exports. Nothing here imports Qiskit.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from qsched.errors import CalibrationError
from qsched.io._calibration_text import read_calibration_text
from qsched.io._means import mean
from qsched.io._snapshot_fields import check_name, short
from qsched.io.calibration_csv import SIZES, parse_time
from qsched.io.throughput import DEVICE_PROCESSORS, city, throughput
from qsched.model import DeviceProfile, ErrorMeans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

ORIGIN = "BackendProperties"
FRACTIONAL = frozenset({"rzz", "rx"})
FRAME_CHANGES = frozenset({"id", "rz", "u1", "p", "delay", "reset", "measure"})
MAX_QUBITS = 100_000
PREFIXES = {"": 1.0, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "n": 1e-9, "p": 1e-12}
KNOWN = frozenset(
    {"T1", "T2", "readout_error", "readout_length", "operational", "gate_error", "gate_length"}
)
PAIR = 2

Rate = tuple[float | None, float | None]
"""Error and duration in seconds."""


def read_properties_json(path: Path, *, captured_at: datetime | None = None) -> DeviceProfile:
    """Return the device of one JSON dump.

    Args:
        path: The file.
        captured_at: Time-zone-aware capture time; ``last_update_date`` if ``None``.

    Raises:
        CalibrationError: The file is no such dump, or a value is out of range.
    """
    text = read_calibration_text(path)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise CalibrationError(
            f"not JSON: {error.msg}", source=str(path), line=error.lineno, column=error.colno
        ) from error
    except (ValueError, RecursionError) as error:
        raise CalibrationError(f"not JSON: {error}", source=str(path)) from error
    return parse_properties(content, str(path), captured_at=captured_at)


def is_properties(content: object) -> bool:
    """Return whether JSON values look like such a dump, rather than a snapshot."""
    return isinstance(content, dict) and {"backend_name", "qubits", "gates"} <= content.keys()


def parse_properties(
    content: Any, source: str, *, captured_at: datetime | None = None
) -> DeviceProfile:
    """Return the device of a dump as JSON values.

    Raises:
        CalibrationError: See `read_properties_json`.
    """
    reader = _Reader(source)
    table = reader.table(content, "the file")
    if not is_properties(table):
        reader.refuse("has no backend_name, qubits and gates")
    name = table["backend_name"]
    if not isinstance(name, str):
        reader.refuse(f"backend_name is {short(name)}")
    check_name(name, source)
    qubits = [
        reader.values(row, f"qubit {i}") for i, row in enumerate(reader.rows(table, "qubits"))
    ]
    one, two = reader.gates(reader.rows(table, "gates"), len(qubits))
    single = [_single(gates) for gates in (one.get(q, {}) for q in range(len(qubits)))]
    double = {pair: _best(rates) for pair, rates in sorted(two.items())}
    kinds = {gate for gates in one.values() for gate in gates} | reader.pair_gates
    processor = DEVICE_PROCESSORS.get(city(name)) or next(
        (SIZES[g, len(qubits)] for g in ("ECR", "CZ", "CNOT") if _has(kinds, g, len(qubits))), ""
    )
    speed = throughput(name, processor)
    return DeviceProfile(
        name=name,
        num_qubits=len(qubits),
        coupling_map=tuple(double),
        clops=speed.clops,
        quantum_volume=speed.quantum_volume,
        clops_source=speed.source,
        readout_error=tuple(q.get("readout_error") for q in qubits),
        readout_duration_s=tuple(q.get("readout_length") for q in qubits),
        single_qubit_error=tuple(error for error, _ in single),
        single_qubit_duration_s=tuple(seconds for _, seconds in single),
        two_qubit_error={pair: error for pair, (error, _) in double.items()},
        two_qubit_duration_s={pair: seconds for pair, (_, seconds) in double.items()},
        t1_s=tuple(q.get("T1") for q in qubits),
        t2_s=tuple(q.get("T2") for q in qubits),
        basis_gates=tuple(sorted(kinds)),
        processor=processor,
        calibrated_at=captured_at or reader.time(table.get("last_update_date")),
        origin=ORIGIN,
        plain_means=ErrorMeans(
            mean(q.get("readout_error") for q in qubits),
            mean(error for error, _ in single),
            mean(error for rates in two.values() for error, _ in rates),
        ),
        faulty_qubits=tuple(i for i, q in enumerate(qubits) if q.get("operational") == 0.0),
    )


def _has(kinds: Iterable[str], gate: str, num_qubits: int) -> bool:
    return {"CNOT": "cx"}.get(gate, gate.lower()) in kinds and (gate, num_qubits) in SIZES


def _single(gates: Mapping[str, Rate]) -> Rate:
    if "sx" in gates:
        return gates["sx"]
    return _best([r for gate, r in gates.items() if gate not in FRAME_CHANGES])


def _best(rates: Iterable[Rate]) -> Rate:
    """Return the rate of least error, the shorter one of two; unknown errors come last."""
    return min(
        rates,
        key=lambda r: (r[0] is None, r[0] or 0.0, r[1] is None, r[1] or 0.0),
        default=(None, None),
    )


class _Reader:
    """Takes JSON values apart, and names the file in what it refuses."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pair_gates: set[str] = set()

    def refuse(self, problem: str) -> NoReturn:
        raise CalibrationError(
            problem,
            remedy="give the JSON of backend.properties().to_dict()",
            source=self.source,
        )

    def table(self, value: object, what: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse(f"{what} is {short(value)}, it must be an object")
        return value

    def rows(self, table: Mapping[str, Any], key: str) -> list[Any]:
        value = table[key]
        if not isinstance(value, list) or len(value) > MAX_QUBITS:
            self.refuse(f"{key} is {short(value)}, it must be a list")
        return value

    def time(self, value: object) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, str):
            self.refuse(f"last_update_date is {short(value)}")
        return parse_time(value, self.source)

    def values(self, rows: object, where: str) -> dict[str, float | None]:
        """Return ``[{"name", "unit", "value"}]`` as values in SI units by name."""
        if not isinstance(rows, list):
            self.refuse(f"{where} is {short(rows)}, it must be a list")
        found: dict[str, float | None] = {}
        for row in rows:
            entry = self.table(row, where)
            name, unit, value = entry.get("name"), entry.get("unit") or "", entry.get("value")
            if not isinstance(name, str) or not isinstance(unit, str):
                self.refuse(f"{where} has a value without a name")
            if name not in KNOWN:
                continue
            if value is not None and not isinstance(value, int | float):
                self.refuse(f"{name} of {where} is {short(value)}, it must be a number")
            prefix = unit.removesuffix("s")
            if prefix not in PREFIXES:
                self.refuse(f"{name} of {where} is in {short(unit)}, an unknown unit")
            number = None if value is None else float(value)
            if number is not None:
                number = number * PREFIXES[prefix] if isfinite(number) else None
            found[name] = number
        return found

    def gates(
        self, rows: list[Any], num_qubits: int
    ) -> tuple[dict[int, dict[str, Rate]], dict[tuple[int, int], list[Rate]]]:
        """Return rates of one-qubit gates by qubit and gate, of two-qubit gates by coupling."""
        one: dict[int, dict[str, Rate]] = {}
        two: dict[tuple[int, int], list[Rate]] = {}
        for number, row in enumerate(rows):
            entry = self.table(row, f"gate {number}")
            gate, qubits = entry.get("gate"), entry.get("qubits")
            if (
                not isinstance(gate, str)
                or not isinstance(qubits, list)
                or not all(type(q) is int and 0 <= q < num_qubits for q in qubits)
            ):
                self.refuse(f"gate {number} is {short(row)}, it must name a gate and its qubits")
            values = self.values(entry.get("parameters", []), f"gate {gate} on {qubits}")
            error = 1.0 if values.get("operational") == 0.0 else values.get("gate_error")
            rate = (error, values.get("gate_length"))
            if len(qubits) == 1 and gate not in {"measure", "reset", "delay"}:
                one.setdefault(qubits[0], {})[gate] = rate
            elif len(set(qubits)) == PAIR and gate not in FRACTIONAL:
                two.setdefault((min(qubits), max(qubits)), []).append(rate)
                self.pair_gates.add(gate)
        return one, two
