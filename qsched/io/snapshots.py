"""Snapshots: qsched's own format of a device at one calibration time.

One JSON file for each device and capture time, ``NAME@2025-03-30T020858Z.json``,
so that a folder sorts by device and time. ``docs/reference/snapshot-format.md``
describes every key. A checksum over the content is verified on reading; numbers
come back exactly as they were written. Nothing here imports Qiskit.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from qsched.errors import CalibrationError
from qsched.files import write_text_atomically
from qsched.io._calibration_text import read_calibration_text
from qsched.model import DeviceProfile, ErrorMeans

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SCHEMA_VERSION = 1

UNDATED = "undated"
"""Stands for the capture time in the file name of a profile without one."""

MAX_NAME = 100

TEXTS = ("name", "origin", "processor", "clops_source")
BY_QUBIT = (
    "readout_error",
    "single_qubit_error",
    "t1_s",
    "t2_s",
    "readout_duration_s",
    "single_qubit_duration_s",
)
BY_COUPLING = ("two_qubit_error", "two_qubit_duration_s")

REMEDY = "write it again with `qsched calibrations refresh` or `import`"


def snapshot_text(profile: DeviceProfile) -> str:
    """Return a profile as the text of a snapshot: one key a line, the checksum last.

    Raises:
        CalibrationError: The name cannot be that of a file.
    """
    check_name(profile.name, profile.name)
    for key in TEXTS:
        _check_line(key, getattr(profile, key), profile.name)
    content = _content(profile)
    content["checksum"] = _checksum(content)
    lines = ",\n".join(
        f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in content.items()
    )
    return f"{{\n{lines}\n}}\n"


def snapshot_name(profile: DeviceProfile) -> str:
    """Return the file name of a snapshot, e.g. ``fake_kyiv@2025-02-26T160256Z.json``.

    Capture times count to the second.
    """
    if profile.calibrated_at is None:
        return f"{profile.name}@{UNDATED}.json"
    return f"{profile.name}@{_utc(profile.calibrated_at):%Y-%m-%dT%H%M%SZ}.json"


def write_snapshot(profile: DeviceProfile, folder: Path) -> Path:
    """Write a profile into a folder; an older file of the same name is replaced whole.

    Returns:
        The file written.

    Raises:
        CalibrationError: The name of the profile cannot be that of a file.
        OutputError: The file cannot be written; nothing is left half-written.
    """
    text = snapshot_text(profile)
    path = folder / snapshot_name(profile)
    write_text_atomically(path, text)
    return path


def read_snapshot(path: Path) -> DeviceProfile:
    """Read a snapshot and verify its checksum.

    Raises:
        CalibrationError: The file is damaged, not a snapshot, of a newer schema
            or holds values out of range.
    """
    return parse_snapshot(read_calibration_text(path), str(path))


def parse_snapshot(text: str, source: str) -> DeviceProfile:
    """Return the profile in the text of a snapshot.

    Args:
        text: The JSON document.
        source: File, for messages.

    Raises:
        CalibrationError: As for `read_snapshot`.
    """
    content = _load(text, source)
    version = content.get("schema_version")
    if type(version) is not int or version < 1:
        _refuse(source, f"schema_version is {version!r}, so this is no snapshot of qsched")
    if version > SCHEMA_VERSION:
        raise CalibrationError(
            f"schema_version is {version}, this qsched reads up to {SCHEMA_VERSION}",
            remedy="update qsched",
            source=source,
        )
    stated = content.pop("checksum", None)
    if stated != _checksum(content):
        _refuse(source, "the checksum does not fit the content: the file is damaged or edited")
    try:
        return _profile(content, source)
    except CalibrationError as error:
        raise CalibrationError(error.problem, remedy=error.remedy, source=source) from error


def check_name(name: str, source: str) -> None:
    """Refuse the name of a device that cannot be part of a file name.

    Raises:
        CalibrationError: It is empty, too long, hidden, or has a slash, ``@`` or the like.
    """
    wrong = sorted({c for c in name if not c.isprintable() or c in '/\\:@<>"|?*'})
    if not name or len(name) > MAX_NAME or name.startswith(".") or wrong or name != name.strip():
        raise CalibrationError(
            f"a device cannot be named {name[:MAX_NAME]!r}",
            remedy=f"use 1 to {MAX_NAME} letters, digits, - _ . ( )",
            source="" if source == name else source,
        )


def _check_line(key: str, text: str, source: str) -> None:
    """Refuse control characters, which would break a table, and halves of surrogate pairs."""
    if not text.isprintable():
        raise CalibrationError(
            f"{key} is {_short(text)}", remedy="it must be one line of text", source=source
        )


def _utc(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC)
    except OverflowError:  # the first or last day that a datetime can hold
        return when.replace(tzinfo=UTC)


def _content(profile: DeviceProfile) -> dict[str, Any]:
    """Return a profile as JSON values, in the order in which they stand in the file."""
    when = profile.calibrated_at
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": profile.name,
        "captured_at": None if when is None else _utc(when).isoformat().replace("+00:00", "Z"),
        "origin": profile.origin,
        "processor": profile.processor,
        "num_qubits": profile.num_qubits,
        "clops": _real(profile.clops),
        "quantum_volume": profile.quantum_volume,
        "clops_source": profile.clops_source,
        "basis_gates": list(profile.basis_gates),
        "plain_means": profile.plain_means and [_real(m) for m in profile.plain_means],
        "faulty_qubits": list(profile.faulty_qubits),
    }
    for key in BY_QUBIT:
        content[key] = [_real(value) for value in getattr(profile, key)]
    content["coupling_map"] = [list(pair) for pair in profile.coupling_map]
    for key in BY_COUPLING:
        values: Mapping[tuple[int, int], float | None] = getattr(profile, key)
        content[key] = [[a, b, _real(value)] for (a, b), value in values.items()]
    return content


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def _checksum(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _load(text: str, source: str) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise CalibrationError(
            f"not JSON: {error.msg}",
            remedy=REMEDY,
            source=source,
            line=error.lineno,
            column=error.colno,
        ) from error
    except (ValueError, RecursionError) as error:  # endless numbers and brackets
        raise CalibrationError(f"not JSON: {error}", remedy=REMEDY, source=source) from error
    if not isinstance(content, dict):
        _refuse(source, f"holds a JSON {type(content).__name__}, a snapshot is an object")
    return content


def _profile(content: Mapping[str, Any], source: str) -> DeviceProfile:
    """Turn checked JSON values into a profile, which checks their ranges."""
    fields: dict[str, Any] = {key: _take(content, key, str, source) for key in TEXTS}
    check_name(fields["name"], source)
    for key in TEXTS:
        _check_line(key, fields[key], source)
    fields["num_qubits"] = _take(content, "num_qubits", int, source)
    fields["clops"] = _floats([content.get("clops")], "clops", source)[0]
    volume = content.get("quantum_volume")
    if volume is not None and type(volume) is not int:
        _refuse(source, f"quantum_volume is {volume!r}, it must be an integer or null")
    fields["quantum_volume"] = volume
    fields["basis_gates"] = tuple(_list(content, "basis_gates", str, source))
    fields["faulty_qubits"] = tuple(_list(content, "faulty_qubits", int, source))
    fields["calibrated_at"] = _time(content.get("captured_at"), source)
    means = content.get("plain_means")
    if means is not None:
        values = _floats(means, "plain_means", source)
        if len(values) != len(ErrorMeans._fields):
            _refuse(source, f"plain_means has {len(values)} values, it must have 3")
        fields["plain_means"] = ErrorMeans(*values)
    for key in BY_QUBIT:
        fields[key] = _floats(content.get(key), key, source)
    fields["coupling_map"] = tuple((a, b) for a, b in _rows(content, "coupling_map", 2, source))
    for key in BY_COUPLING:
        rows = _rows(content, key, 3, source)
        rates = _floats([row[2] for row in rows], key, source)
        fields[key] = {(row[0], row[1]): rate for row, rate in zip(rows, rates, strict=True)}
        if len(fields[key]) != len(rows):
            _refuse(source, f"{key} has a coupling twice")
    return DeviceProfile(**fields)


def _take(content: Mapping[str, Any], key: str, kind: type, source: str) -> Any:
    value = content.get(key)
    if type(value) is not kind:
        _refuse(source, f"{key} is {_short(value)}, it must be of type {kind.__name__}")
    return value


def _list(content: Mapping[str, Any], key: str, kind: type, source: str) -> list[Any]:
    values = content.get(key)
    if type(values) is not list or set(map(type, values)) - {kind}:
        _refuse(source, f"{key} is {_short(values)}, it must be a list of {kind.__name__}")
    return values


def _floats(values: object, key: str, source: str) -> tuple[float | None, ...]:
    if type(values) is not list or set(map(type, values)) - {float, type(None)}:
        _refuse(
            source, f"{key} is {_short(values)}, it must hold decimal numbers (1.0, not 1) or null"
        )
    return tuple(values)


def _rows(content: Mapping[str, Any], key: str, width: int, source: str) -> Sequence[Sequence[Any]]:
    rows = content.get(key)
    if type(rows) is not list or any(
        type(row) is not list
        or len(row) != width
        or type(row[0]) is not int
        or type(row[1]) is not int
        for row in rows
    ):
        _refuse(source, f"{key} is {_short(rows)}, it must be a list of lists of {width} values")
    return rows


def _time(value: object, source: str) -> datetime | None:
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        when = None
    if when is None or when.tzinfo is None:
        _refuse(source, f"captured_at is {_short(value)}, it must be a time with its zone")
    return when


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_NAME else text[:MAX_NAME] + "..."


def _refuse(source: str, problem: str) -> NoReturn:
    raise CalibrationError(problem, remedy=REMEDY, source=source)
