"""The content of a snapshot: a device profile as JSON values, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NoReturn

from qsched.errors import CalibrationError
from qsched.model import DeviceProfile, ErrorMeans
from qsched.model.service import ServiceFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA_VERSION = 2

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


def content_of(profile: DeviceProfile) -> dict[str, Any]:
    """Return a profile as JSON values, in the order in which they stand in the file."""
    when = profile.calibrated_at
    content: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "name": profile.name,
        "captured_at": None if when is None else _time_text(when),
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
    content["service"] = profile.service and _service_content(profile.service)
    return content


def _service_content(facts: ServiceFacts) -> dict[str, Any]:
    return {
        "asked_at": _time_text(facts.asked_at),
        "pending_jobs": facts.pending_jobs,
        "operational": facts.operational,
        "rep_delay_s": _real(facts.rep_delay_s),
        "max_shots": facts.max_shots,
        "fractional_gates": facts.fractional_gates,
    }


def _time_text(when: datetime) -> str:
    return utc(when).isoformat().replace("+00:00", "Z")


def migrate(content: dict[str, Any]) -> dict[str, Any]:
    """Bring the content of an older schema up to this one, version by version.

    Version 2 added ``service``.
    """
    if content["schema_version"] == 1:
        content = {**content, "schema_version": 2, "service": None}
    return content


def _real(value: float | None) -> float | None:
    return None if value is None else float(value)


def profile_of(content: Mapping[str, Any], source: str) -> DeviceProfile:
    """Turn checked JSON values into a profile, which checks their ranges."""
    fields: dict[str, Any] = {key: _take(content, key, str, source) for key in TEXTS}
    check_name(fields["name"], source)
    for key in TEXTS:
        check_line(key, fields[key], source)
    fields["num_qubits"] = _take(content, "num_qubits", int, source)
    fields["clops"] = _floats([content.get("clops")], "clops", source)[0]
    volume = content.get("quantum_volume")
    if volume is not None and type(volume) is not int:
        refuse(source, f"quantum_volume is {volume!r}, it must be an integer or null")
    fields["quantum_volume"] = volume
    fields["basis_gates"] = tuple(_list(content, "basis_gates", str, source))
    fields["faulty_qubits"] = tuple(_list(content, "faulty_qubits", int, source))
    fields["calibrated_at"] = _time(content.get("captured_at"), source)
    means = content.get("plain_means")
    if means is not None:
        values = _floats(means, "plain_means", source)
        if len(values) != len(ErrorMeans._fields):
            refuse(source, f"plain_means has {len(values)} values, it must have 3")
        fields["plain_means"] = ErrorMeans(*values)
    for key in BY_QUBIT:
        fields[key] = _floats(content.get(key), key, source)
    fields["coupling_map"] = tuple((a, b) for a, b in _rows(content, "coupling_map", 2, source))
    for key in BY_COUPLING:
        rows = _rows(content, key, 3, source)
        rates = _floats([row[2] for row in rows], key, source)
        fields[key] = {(row[0], row[1]): rate for row, rate in zip(rows, rates, strict=True)}
        if len(fields[key]) != len(rows):
            refuse(source, f"{key} has a coupling twice")
    fields["service"] = _service(content.get("service"), source)
    return DeviceProfile(**fields)


def _service(value: object, source: str) -> ServiceFacts | None:
    if value is None:
        return None
    keys: dict[str, type] = {
        "pending_jobs": int,
        "operational": bool,
        "rep_delay_s": float,
        "max_shots": int,
        "fractional_gates": bool,
    }
    if type(value) is not dict or set(value) != {"asked_at", *keys}:
        refuse(source, f"service is {short(value)}, it must hold asked_at, {', '.join(keys)}")
    for key, kind in keys.items():
        if value[key] is not None and type(value[key]) is not kind:
            refuse(source, f"{key} of service is {short(value[key])}, not of type {kind.__name__}")
    asked_at = _time(value["asked_at"], source)
    if asked_at is None:
        refuse(source, "asked_at of service is null")
    return ServiceFacts(asked_at=asked_at, **{key: value[key] for key in keys})


def _take(content: Mapping[str, Any], key: str, kind: type, source: str) -> Any:
    value = content.get(key)
    if type(value) is not kind:
        refuse(source, f"{key} is {short(value)}, it must be of type {kind.__name__}")
    return value


def _list(content: Mapping[str, Any], key: str, kind: type, source: str) -> list[Any]:
    values = content.get(key)
    if type(values) is not list or set(map(type, values)) - {kind}:
        refuse(source, f"{key} is {short(values)}, it must be a list of {kind.__name__}")
    return values


def _floats(values: object, key: str, source: str) -> tuple[float | None, ...]:
    if type(values) is not list or set(map(type, values)) - {float, type(None)}:
        refuse(
            source, f"{key} is {short(values)}, it must hold decimal numbers (1.0, not 1) or null"
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
        refuse(source, f"{key} is {short(rows)}, it must be a list of lists of {width} values")
    return rows


def _time(value: object, source: str) -> datetime | None:
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        when = None
    if when is None or when.tzinfo is None:
        refuse(source, f"captured_at is {short(value)}, it must be a time with its zone")
    return when


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


def check_line(key: str, text: str, source: str) -> None:
    """Refuse control characters, which would break a table, and halves of surrogate pairs."""
    if not text.isprintable():
        raise CalibrationError(
            f"{key} is {short(text)}", remedy="it must be one line of text", source=source
        )


def utc(when: datetime) -> datetime:
    try:
        return when.astimezone(UTC)
    except OverflowError:  # the first or last day that a datetime can hold
        return when.replace(tzinfo=UTC)


def short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_NAME else text[:MAX_NAME] + "..."


def refuse(source: str, problem: str) -> NoReturn:
    raise CalibrationError(problem, remedy=REMEDY, source=source)
