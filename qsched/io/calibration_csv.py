"""IBM's calibration exports (CSV) -> device profiles.

Readout comes from "Readout assignment error", the one-qubit gate is ``sx``, the
two-qubit gate is ECR, CZ or CNOT, whichever has a column. "RZZ error" is not read:
a fractional gate does the work of a CZ only at some angles, so the better of the
two would be the error of a circuit that nobody runs, and published figures rest on
the CZ column alone. An error of 1 marks what is dead; a qubit that is not
operational is faulty. Nothing here imports Qiskit.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError
from qsched.io._calibration_table import TWO_QUBIT, Entry, Table
from qsched.io._calibration_text import read_calibration_text
from qsched.io._means import mean
from qsched.io._snapshot_fields import check_name
from qsched.io.throughput import DEVICE_PROCESSORS, city, throughput
from qsched.model import DeviceProfile, ErrorMeans

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ORIGIN = "IBM calibration export"

PER_US = 1e6
PER_NS = 1e9

_FILE_NAME = re.compile(
    r"(?P<name>.+?)_calibrations"
    r"(?:_(?P<day>\d{4}-\d\d-\d\d)T(?P<hour>\d\d)[_:]?(?P<minute>\d\d)[_:]?(?P<second>\d\d)Z)?"
    r"(?: ?\(\d+\))?"
)
"""``ibm_kyiv_calibrations_2025-03-30T02_24_45Z``, and what browsers append to a second download."""

SIZES = {
    ("ECR", 127): "Eagle r3",
    ("CNOT", 127): "Eagle r1",
    ("CZ", 133): "Heron r1",
    ("CZ", 156): "Heron",
    ("CZ", 120): "Nighthawk r1",
    ("CNOT", 65): "Hummingbird",
}
"""Processor family by native gate and number of qubits, for names that no table knows."""


class FileName(NamedTuple):
    """What the name of an export says.

    Attributes:
        device: Name of the device, e.g. ``"ibm_kyiv"``.
        captured_at: Capture time; ``None`` if the name has none.
    """

    device: str
    captured_at: datetime | None


def parse_file_name(path: Path) -> FileName:
    """Return device and capture time from the name of an export.

    Raises:
        CalibrationError: The name holds a time that does not exist, or no device.
    """
    match = _FILE_NAME.fullmatch(path.stem)
    device = match["name"] if match else path.stem
    check_name(device, str(path))
    if match is None or match["day"] is None:
        return FileName(device, None)
    text = f"{match['day']}T{match['hour']}:{match['minute']}:{match['second']}Z"
    return FileName(device, parse_time(text, str(path)))


def parse_time(text: str, source: str) -> datetime:
    """Return the time that a text stands for; one without a zone is taken as UTC.

    Raises:
        CalibrationError: It is no time.
    """
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise CalibrationError(
            f"{text!r} is no time", remedy="write it as 2025-03-30T02:24:45Z", source=source
        ) from error
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def read_calibration_csv(path: Path, *, captured_at: datetime | None = None) -> DeviceProfile:
    """Return the device of one calibration export.

    Args:
        path: The file, best named as IBM names it:
            ``ibm_kyiv_calibrations_2025-03-30T02_24_45Z.csv``.
        captured_at: Time-zone-aware capture time; that of the file name if ``None``.

    Raises:
        CalibrationError: The file is no such export or one value is wrong.
        BadInputs: Several values are wrong; all are listed.
    """
    name = parse_file_name(path)
    table = Table(read_calibration_text(path), str(path))
    gate = next(gate for gate in TWO_QUBIT if table.has(f"{gate} error"))
    readout = table.numbers("Readout assignment error", top=1.0)
    single = table.numbers("(sx) error", top=1.0)
    entries = table.entries(f"{gate} error", top=1.0)
    errors, durations = _couplings(entries, table.entries("Gate time (ns)"))
    t1_us, t2_us = table.numbers("T1 (us)"), table.numbers("T2 (us)")
    readout_ns = table.numbers("Readout length (ns)")
    operational = table.flags("Operational")
    table.finish()
    processor = DEVICE_PROCESSORS.get(city(name.device)) or SIZES.get((gate, table.num_qubits), "")
    speed = throughput(name.device, processor)
    return DeviceProfile(
        name=name.device,
        num_qubits=table.num_qubits,
        coupling_map=tuple(errors),
        clops=speed.clops,
        quantum_volume=speed.quantum_volume,
        clops_source=speed.source,
        readout_error=tuple(readout),
        readout_duration_s=_seconds(readout_ns, PER_NS),
        single_qubit_error=tuple(single),
        two_qubit_error=errors,
        two_qubit_duration_s=durations,
        t1_s=_seconds(t1_us, PER_US),
        t2_s=_seconds(t2_us, PER_US),
        basis_gates=_gates(table.names()),
        processor=processor,
        calibrated_at=captured_at or name.captured_at,
        origin=ORIGIN,
        plain_means=ErrorMeans(mean(readout), mean(single), mean(e.value for e in entries)),
        faulty_qubits=tuple(qubit for qubit, works in enumerate(operational) if not works),
    )


def _seconds(values: Sequence[float | None], per_second: float) -> tuple[float | None, ...]:
    return tuple(None if value is None else value / per_second for value in values)


def _couplings(
    errors: Sequence[Entry], times_ns: Sequence[Entry]
) -> tuple[dict[tuple[int, int], float | None], dict[tuple[int, int], float | None]]:
    """Return error and duration in seconds by coupling; the better direction counts."""
    duration = {entry.pair: entry.value / PER_NS for entry in times_ns}
    best: dict[tuple[int, int], Entry] = {}
    for entry in errors:
        a, b = entry.pair
        coupling = (min(a, b), max(a, b))
        if coupling not in best or entry.value < best[coupling].value:
            best[coupling] = entry
    couplings = sorted(best)
    return (
        {coupling: best[coupling].value for coupling in couplings},
        {
            (a, b): duration.get(best[a, b].pair, duration.get((a, b), duration.get((b, a))))
            for a, b in couplings
        },
    )


def _gates(columns: Sequence[str]) -> tuple[str, ...]:
    """Return the native gates that an export has columns of."""
    gates = {
        "ID error": "id",
        "RX error": "rx",
        "Z-axis rotation (rz) error": "rz",
        "(sx) error": "sx",
        "Pauli-X error": "x",
        "ECR error": "ecr",
        "CZ error": "cz",
        "CNOT error": "cx",
        "RZZ error": "rzz",
    }
    return tuple(sorted(gates[column] for column in columns if column in gates))
