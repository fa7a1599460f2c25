"""Qiskit backends and targets -> device profiles."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from qsched.errors import UnknownNameError
from qsched.io import _target
from qsched.io.throughput import DEVICE_PROCESSORS, Row, city, throughput
from qsched.model import DeviceProfile
from qsched.registry import near_names

if TYPE_CHECKING:
    from qiskit.providers import BackendV2
    from qiskit.transpiler import Target

NOT_REPRESENTATIVE = "not intended to represent"
"""What qiskit-ibm-runtime warns of fake_nighthawk, whose numbers are made up; docs say so too."""

MIN_QUANTUM_VOLUME = 2

_COPY = re.compile(r"aer_simulator_from\((?P<name>[^()]+)\)")


def profile_backend(
    backend: BackendV2 | Target,
    *,
    name: str | None = None,
    clops: float | None = None,
    quantum_volume: int | None = None,
    origin: str | None = None,
) -> DeviceProfile:
    """Return the profile of a Qiskit backend or target.

    Readout comes from ``measure``, the one-qubit gate is ``sx`` where there is
    one, the two-qubit error of a coupling is that of the best gate and
    direction. NaN and infinity count as not reported; qubits that the target
    leaves without operations are faulty.

    Args:
        backend: Any ``BackendV2`` or ``Target`` of any vendor.
        name: Name of the device; the backend's own if ``None``.
        clops: Circuit layer operations per second, above 0; what the backend
            states if ``None``, else the table of `qsched.io.throughput`.
        quantum_volume: Quantum volume, at least 2; found the same way.
        origin: Where the numbers come from; told from the backend if ``None``.

    Raises:
        CalibrationError: A value is out of its physical range, or the number of
            qubits is not known.
    """
    from qiskit.transpiler import Target  # noqa: PLC0415 - Qiskit takes a second to import

    target = backend if isinstance(backend, Target) else backend.target
    name = name or str(getattr(backend, "name", None) or target.description or "target")
    configuration = _ask(backend, "configuration")
    known_as = _source_of_copy(name)
    processor = _processor(configuration) or DEVICE_PROCESSORS.get(city(known_as), "")
    speed = throughput(
        known_as,
        processor,
        clops=_stated_clops(configuration) if clops is None else Row(clops, "given"),
        quantum_volume=(
            _stated_volume(configuration)
            if quantum_volume is None
            else Row(quantum_volume, "given")
        ),
    )
    return DeviceProfile(
        name=name,
        clops=speed.clops,
        quantum_volume=speed.quantum_volume,
        clops_source=speed.source,
        processor=processor,
        calibrated_at=_captured_at(backend),
        origin=origin
        or f"{type(backend).__name__} of {type(backend).__module__.partition('.')[0]}",
        **_target.profile_fields(target, name),
    )


def _source_of_copy(name: str) -> str:
    """Return the device that a simulator copies: Aer keeps its errors and drops its speed."""
    copied = _COPY.fullmatch(name)
    return copied["name"] if copied else name


def _ask(backend: object, what: str) -> Any:
    """Call an optional method of a backend; ``None`` when there is no answer."""
    from qiskit.exceptions import QiskitError  # noqa: PLC0415 - as above

    method = getattr(backend, what, None)
    if not callable(method):
        return None
    try:
        return method()
    except (NotImplementedError, AttributeError, QiskitError):
        return None


def _number(holder: object, field: str) -> float | None:
    """Return a stated figure; IBM writes ``None``, 'None' or a number."""
    value = getattr(holder, field, None)
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if 0.0 < number < float("inf") else None


def _stated_clops(configuration: object) -> Row | None:
    for field, words in (("clops_h", "CLOPS_h"), ("clops_v", "CLOPS_v"), ("clops", "CLOPS_v")):
        if (value := _number(configuration, field)) is not None:
            return Row(value, f"the backend's configuration ({words})")
    return None


def _stated_volume(configuration: object) -> Row | None:
    value = _number(configuration, "quantum_volume")
    if value is None or value < MIN_QUANTUM_VOLUME:
        return None
    return Row(int(value), "the backend's configuration")


def _processor(configuration: object) -> str:
    kind = getattr(configuration, "processor_type", None)
    if not isinstance(kind, dict) or not kind.get("family"):
        return ""
    revision = f" r{kind['revision']}" if kind.get("revision") else ""
    return f"{kind['family']}{revision}{kind.get('segment') or ''}"


def _captured_at(backend: object) -> datetime | None:
    """Return the time of the calibration; a time without a zone is taken as UTC."""
    when = getattr(_ask(backend, "properties"), "last_update_date", None)
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError:
            return None
    if not isinstance(when, datetime):
        return None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)


@cache
def _fake_classes() -> dict[str, type]:
    from qiskit_ibm_runtime import fake_provider  # noqa: PLC0415 - two seconds
    from qiskit_ibm_runtime.fake_provider import fake_backend  # noqa: PLC0415

    found = {
        str(value.backend_name): value
        for value in vars(fake_provider).values()
        if isinstance(value, type)
        and issubclass(value, fake_backend.FakeBackendV2)
        and hasattr(value, "backend_name")
    }
    return dict(sorted(found.items()))


def fake_backend_names() -> list[str]:
    """Return the names of all fake backends of qiskit-ibm-runtime, sorted."""
    return list(_fake_classes())


def load_fake_backend(name: str) -> DeviceProfile:
    """Return the profile of a fake backend of qiskit-ibm-runtime.

    Args:
        name: Name as the fake provider spells it, e.g. ``"fake_kyiv"``.

    Raises:
        UnknownNameError: There is no such fake backend.
        CalibrationError: Its numbers are out of range.
    """
    from qiskit_ibm_runtime import __version__ as version  # noqa: PLC0415 - as above

    classes = _fake_classes()
    if name not in classes:
        raise UnknownNameError(
            f"unknown fake backend {name!r}", remedy=near_names(name, list(classes))
        )
    origin = f"fake backend of qiskit-ibm-runtime {version}"
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=f".*{NOT_REPRESENTATIVE}", category=UserWarning)
        return profile_backend(classes[name](), origin=origin)
