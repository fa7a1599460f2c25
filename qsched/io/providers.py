"""Where calibrations are fetched from: a Qiskit Runtime service, its local twin, fake backends.

What comes out of a provider is a profile or one of our errors, whose text holds
no token: foreign exceptions end here, and are not chained to ours either.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from qsched.errors import CalibrationError, InputError, ServiceError, UnknownNameError
from qsched.io._service_errors import Secrets, TransientServiceError, translate
from qsched.io.backends import (
    NOT_REPRESENTATIVE,
    fake_backend_names,
    load_fake_backend,
    profile_backend,
)
from qsched.model.service import ServiceFacts
from qsched.registry import near_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qsched.model import DeviceProfile

SERVICE = "Qiskit Runtime"
"""What messages name when it is no single device that failed."""

SOURCES = ("live", "fake", "local")
MAX_SHOWN = 10
"""Names that a message lists when none is near."""

TOKEN_VARIABLE = "QISKIT_IBM_TOKEN"  # noqa: S105 - the name of it, not the token
INSTANCE_VARIABLE = "QISKIT_IBM_INSTANCE"


class Provider(Protocol):
    """Whoever can be asked for calibrations by name.

    Attributes:
        secrets: What must not get into any text.
    """

    secrets: Secrets

    def open(self) -> None:
        """Connect, if that has not been done yet.

        Raises:
            CalibrationError: There is no account, or the token is refused.
            ServiceError: The service cannot be reached.
        """
        ...

    def names(self) -> list[str]:
        """Return the names of all devices, sorted.

        Raises:
            InputError: They cannot be had.
        """
        ...

    def fetch(self, name: str) -> DeviceProfile:
        """Return the calibration of a device as it is now.

        Raises:
            UnknownNameError: There is no such device.
            TransientServiceError: It may go better at another time.
            InputError: It will not.
        """
        ...


class FakeProvider:
    """The fake backends of qiskit-ibm-runtime."""

    def __init__(self) -> None:
        self.secrets = Secrets()

    def open(self) -> None:
        """See `Provider.open`: there is nothing to connect to."""

    def names(self) -> list[str]:
        """See `Provider.names`."""
        return fake_backend_names()

    def fetch(self, name: str) -> DeviceProfile:
        """See `Provider.fetch`."""
        return load_fake_backend(name)


class ServiceProvider:
    """A Qiskit Runtime service, live or local.

    Args:
        connect: Makes the service when it is first needed.
        origin: Where the numbers come from, for the snapshots.
        fractional: Whether to ask for fractional gates.
    """

    def __init__(
        self, connect: Callable[[], Any], *, origin: str, fractional: bool = False
    ) -> None:
        self._connect = connect
        self._origin = origin
        self._fractional = fractional
        self.secrets = Secrets([os.environ.get(TOKEN_VARIABLE)])
        self._service: Any = None
        self._names: list[str] | None = None

    def open(self) -> None:
        """See `Provider.open`."""
        if self._service is None:
            self._service = self._guarded(self._connect, SERVICE)
            self.secrets.add(_token_of(self._service))

    def names(self) -> list[str]:
        """See `Provider.names`."""
        self.open()
        if self._names is None:
            backends: Iterable[Any] = self._guarded(self._service.backends, SERVICE)
            self._names = sorted({str(backend.name) for backend in backends})
        return list(self._names)

    def fetch(self, name: str) -> DeviceProfile:
        """See `Provider.fetch`."""
        self.open()
        try:
            profile: DeviceProfile = self._guarded(lambda: self._profile(name), name)
        except UnknownNameError:
            known = self.names()
        else:
            return profile
        if name in known:
            raise TransientServiceError("is listed but could not be loaded", source=name)
        near = near_names(name, known)
        if not near.startswith("did") and len(known) > MAX_SHOWN:
            near = f"known: {', '.join(known[:MAX_SHOWN])} and {len(known) - MAX_SHOWN} more"
        raise UnknownNameError(f"unknown device {name!r}", remedy=near)

    def _guarded(self, call: Callable[[], Any], source: str) -> Any:
        """Call foreign code; whatever it raises becomes one of our errors, with nothing behind."""
        try:
            return call()
        except InputError as error:
            ours = self.secrets.clean(error, source)
        except Exception as error:  # noqa: BLE001 - the boundary to code that raises anything
            ours = translate(error, source, self.secrets)
        raise ours

    def _profile(self, name: str) -> DeviceProfile:
        asked_at = datetime.now(UTC)
        is_local = bool(getattr(self._service, "is_local", False))
        asked = {} if is_local else {"use_fractional_gates": self._fractional}
        backend = self._service.backend(name, **asked)
        profile = profile_backend(backend, origin=self._origin)
        if profile.name != name:
            raise ServiceError(f"the service answered with device {profile.name!r}", source=name)
        if profile.error_means == (None, None, None):
            raise ServiceError("the service reports no errors of it", source=name)
        return replace(
            profile,
            calibrated_at=profile.calibrated_at or asked_at,
            service=self._facts(backend, asked_at, is_local=is_local),
        )

    def _facts(self, backend: Any, asked_at: datetime, *, is_local: bool) -> ServiceFacts:
        """Return how the device is offered; what the service does not say stays unknown."""
        try:
            status = backend.status()
        except Exception:  # noqa: BLE001 - the queue is no reason to do without the calibration
            status = None
        configuration = _configuration(backend)
        operational = getattr(status, "operational", None)
        return ServiceFacts(
            asked_at=asked_at,
            pending_jobs=_whole(getattr(status, "pending_jobs", None), 0),
            operational=operational if isinstance(operational, bool) else None,
            rep_delay_s=_delay(getattr(configuration, "default_rep_delay", None)),
            max_shots=_whole(getattr(configuration, "max_shots", None), 1),
            fractional_gates=None if is_local else self._fractional,
        )


def _configuration(backend: Any) -> Any:
    ask = getattr(backend, "configuration", None)
    return ask() if callable(ask) else None


def _whole(value: object, least: int) -> int | None:
    return value if type(value) is int and value >= least else None


def _delay(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0.0 <= value < float("inf") else None


def _token_of(service: Any) -> str | None:
    """Return the token of a saved account, so that it can be kept out of messages."""
    try:
        account = service.active_account()
    except Exception:  # noqa: BLE001 - a service without an account has no token
        return None
    token = account.get("token") if isinstance(account, dict) else None
    return token if isinstance(token, str) else None


def open_provider(source: str, *, fractional: bool = False) -> Provider:
    """Return a provider by its name.

    Args:
        source: ``"live"``: the account in ``QISKIT_IBM_TOKEN`` and ``QISKIT_IBM_INSTANCE``, or
            the saved one; ``"local"``: the local channel of the same service; ``"fake"``:
            the fake backends.
        fractional: Ask the live service for the profile with fractional gates.

    Raises:
        CalibrationError: No such source.
    """
    from qiskit_ibm_runtime import __version__ as version  # noqa: PLC0415 - two seconds

    if source == "fake":
        return FakeProvider()
    if source not in SOURCES:
        raise CalibrationError(f"unknown source {source!r}", remedy=near_names(source, SOURCES))
    return ServiceProvider(
        _connect_local if source == "local" else _connect_live,
        origin=f"{source} service of qiskit-ibm-runtime {version}",
        fractional=fractional,
    )


def _connect_local() -> Any:
    from qiskit_ibm_runtime import QiskitRuntimeService  # noqa: PLC0415 - two seconds

    return QiskitRuntimeService(channel="local")


def _connect_live() -> Any:
    from qiskit_ibm_runtime import QiskitRuntimeService  # noqa: PLC0415 - two seconds

    given = {
        "token": os.environ.get(TOKEN_VARIABLE),
        "instance": os.environ.get(INSTANCE_VARIABLE),
    }
    return QiskitRuntimeService(**{key: value for key, value in given.items() if value})


def hush_fakes() -> None:
    """Do not warn of the one fake backend whose numbers are made up; within `catch_warnings`."""
    warnings.filterwarnings("ignore", message=f".*{NOT_REPRESENTATIVE}", category=UserWarning)
