"""What a service raises -> our errors: without tokens, and told apart by whether to try again."""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

from qsched.errors import CalibrationError, InputError, ServiceError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_TEXT = 200
HIDDEN = "***"
MIN_SECRET = 4
TOO_MANY_REQUESTS = 429
SERVER_ERRORS = range(500, 600)
REFUSED = frozenset({401, 403})
IDENTITY_SERVICE = "ibm_cloud_sdk_core"
BAD_KEY = 400
"""What the identity service answers to an API key that it does not know."""

SAVE_ACCOUNT = (
    "save one once with QiskitRuntimeService.save_account(token=...), or set QISKIT_IBM_TOKEN "
    "and QISKIT_IBM_INSTANCE"
)
NEW_TOKEN = "make a new API key and save it, or set QISKIT_IBM_TOKEN"  # noqa: S105 - no token

_CREDENTIAL = re.compile(
    r"(?i)(bearer\s+|(?:api[_-]?key|access_?token|token|authorization)[\"']?\s*[=:]\s*[\"']?)"
    r"[^\s\"',;&)}]+"
)


class TransientServiceError(ServiceError):
    """It may go better at another time: no network, a time-out, 429 or 5xx."""


class Secrets:
    """The tokens that must not get into any text.

    Args:
        known: Tokens, as far as there are any.
    """

    def __init__(self, known: Iterable[str | None] = ()) -> None:
        self._known: set[str] = set()
        for secret in known:
            self.add(secret)

    def add(self, secret: str | None) -> None:
        """Learn of one more."""
        if secret and len(secret) >= MIN_SECRET:
            self._known.add(secret)

    def redact(self, text: str) -> str:
        """Return a text without the known tokens and without what looks like one."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return _CREDENTIAL.sub(rf"\1{HIDDEN}", text)

    def clean(self, error: InputError, source: str) -> InputError:
        """Return one of our errors made anew: without tokens, and with nothing chained to it."""
        return type(error)(
            self.redact(error.problem),
            remedy=self.redact(error.remedy),
            source=error.source or source,
        )


def translate(error: Exception, source: str, secrets: Secrets) -> InputError:
    """Return one of our errors for what a service raised.

    Args:
        error: What was raised.
        source: Device, or the service, for the message.
        secrets: What must not get into the text.
    """
    from qiskit.providers.exceptions import QiskitBackendNotFoundError  # noqa: PLC0415 - Qiskit
    from qiskit_ibm_runtime.accounts.exceptions import (  # noqa: PLC0415 - as above
        AccountNotFoundError,
        InvalidAccountError,
    )
    from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError  # noqa: PLC0415 - as above

    # Qiskit's errors put quotes around themselves.
    text = _one_line(secrets.redact(str(getattr(error, "message", None) or error)))
    if isinstance(error, AccountNotFoundError):
        return CalibrationError("no account for the service is known", remedy=SAVE_ACCOUNT)
    if isinstance(error, QiskitBackendNotFoundError):
        return UnknownNameError(f"unknown device {source!r}")
    status = _status(error)
    bad_key = status == BAD_KEY and _is_of(IDENTITY_SERVICE, error)
    if status is None and _has_lost_the_network(error):
        return _unanswered(text, error, source)
    if isinstance(error, IBMNotAuthorizedError | InvalidAccountError) or (
        status in REFUSED or bad_key
    ):
        return CalibrationError(
            f"the service refuses the account, its token may have expired: {text}",
            remedy=NEW_TOKEN,
        )
    if _is_transient(error, status):
        return _unanswered(text, error, source)
    return ServiceError(
        f"the service's answer cannot be used: {type(error).__name__}: {text}",
        remedy="try again later; snapshots that you have stay as they are",
        source=source,
    )


def _unanswered(text: str, error: Exception, source: str) -> TransientServiceError:
    return TransientServiceError(
        f"the service did not answer: {text or type(error).__name__}",
        remedy="check the network, or try again later",
        source=source,
    )


def _has_lost_the_network(error: Exception) -> bool:
    """Return whether an error comes of a connection that was not there: the runtime wraps it."""
    return any(
        isinstance(link, ConnectionError | TimeoutError) or _is_of("requests", link)
        for link in _chain(error)
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield an error, what it was raised from or during, and so on."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def _is_of(package: str, error: BaseException) -> bool:
    return type(error).__module__.partition(".")[0] == package


def _status(error: Exception) -> int | None:
    """Return the HTTP status of an error, of its cause, or of what that was raised during."""
    for link in _chain(error):
        for holder in (link, getattr(link, "response", None)):
            for field in ("status_code", "code"):
                value = getattr(holder, field, None)
                if isinstance(value, int) and value > 0:
                    return value
    return None


def _is_transient(error: Exception, status: int | None) -> bool:
    from qiskit_ibm_runtime.api.exceptions import RequestsApiError  # noqa: PLC0415 - as above

    if status is not None:
        return status == TOO_MANY_REQUESTS or status in SERVER_ERRORS
    return isinstance(error, RequestsApiError | OSError)  # OSError: also those of requests


def _one_line(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "..."


class _Redacting(logging.Handler):
    """Passes records on to qsched's own logger, without tokens."""

    def __init__(self, secrets: Secrets) -> None:
        super().__init__()
        self._secrets = secrets
        self._onward = logging.getLogger("qsched.io.providers")

    def emit(self, record: logging.LogRecord) -> None:
        """Pass one on; what the runtime warns of is no more than information here."""
        level = min(record.levelno, logging.INFO)
        self._onward.log(level, "%s", self._secrets.redact(record.getMessage()))


@contextmanager
def calm_runtime(secrets: Secrets) -> Iterator[None]:
    """Let no log line of the runtime pass that holds a token; not for several threads at once."""
    logger = logging.getLogger("qiskit_ibm_runtime")
    handlers, propagate = list(logger.handlers), logger.propagate
    logger.handlers[:] = [_Redacting(secrets)]
    logger.propagate = False
    try:
        yield
    finally:
        logger.handlers[:] = handlers
        logger.propagate = propagate
