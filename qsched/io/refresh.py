"""Fetch calibrations from a provider, several at once, and keep each as soon as it is there."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from qsched.errors import InputError
from qsched.io._service_errors import TransientServiceError, calm_runtime
from qsched.io.providers import SERVICE, hush_fakes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from qsched.io.providers import Provider
    from qsched.io.store import SnapshotStore
    from qsched.model import DeviceProfile

T = TypeVar("T")


def _sleep(seconds: float) -> None:
    Event().wait(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long and how often a provider is asked.

    Attributes:
        timeout_s: Seconds that one answer may take, for each device and try.
        attempts: Tries for each device, at least 1; only what is transient is tried again.
        first_wait_s: Mean seconds before the second try; it doubles from try to try, with as
            much again drawn by lot, so that many clients do not come back at once.
        max_wait_s: Seconds between two tries at the most.
        sleep: Waits so many seconds; tests give one that does not.
    """

    timeout_s: float = 60.0
    attempts: int = 4
    first_wait_s: float = 1.0
    max_wait_s: float = 30.0
    sleep: Callable[[float], None] = _sleep


class Outcome(NamedTuple):
    """What became of one device.

    Attributes:
        name: Name of the device.
        path: Its new snapshot; ``None`` if there is none.
        error: Why there is none; ``None`` if there is one.
        last_good: Capture time of the newest snapshot that the store had before, as in
            file names; empty if there was none.
    """

    name: str
    path: Path | None
    error: InputError | None
    last_good: str


def refresh(
    provider: Provider,
    names: Sequence[str],
    store: SnapshotStore,
    *,
    patience: Patience | None = None,
    workers: int = 8,
    progress: Callable[[int, int], None] | None = None,
) -> list[Outcome]:
    """Fetch calibrations and write a snapshot of each; what fails leaves the store as it is.

    Args:
        provider: Who is asked.
        names: Devices; all that the provider has if empty.
        store: Where the snapshots go; each is there as soon as it has come.
        patience: How long and how often to ask.
        workers: Devices that are asked for at once, at least 1.
        progress: Called with devices done and devices asked for.

    Returns:
        What became of each device, in the order of the names.

    Raises:
        CalibrationError: There is no account, or it is refused.
        ServiceError: The provider cannot be reached, or does not say which devices it has.
        OutputError: The store cannot be written.
    """
    patience = patience or Patience()
    with warnings.catch_warnings(), calm_runtime(provider.secrets):
        hush_fakes()
        store.check_writable()
        ask(provider.open, patience, SERVICE)
        wanted = list(dict.fromkeys(names)) or ask(provider.names, patience, SERVICE)
        outcomes = {}
        for number, (name, got) in enumerate(_answers(provider, wanted, patience, workers), 1):
            files = store.files(name)
            last_good = files[-1].stamp if files else ""
            if isinstance(got, InputError):
                outcomes[name] = Outcome(name, None, got, last_good)
            else:
                outcomes[name] = Outcome(name, store.add([got])[0], None, last_good)
            if progress is not None:
                progress(number, len(wanted))
    return [outcomes[name] for name in wanted]


def fetch(provider: Provider, name: str, patience: Patience | None = None) -> DeviceProfile:
    """Return the calibration of one device, asking as often as is worth it.

    Raises:
        InputError: It could not be had.
    """
    with warnings.catch_warnings(), calm_runtime(provider.secrets):
        hush_fakes()
        return ask(lambda: provider.fetch(name), patience or Patience(), name)


def ask(call: Callable[[], T], patience: Patience, source: str) -> T:
    """Return what a call gives, with time-outs and retries.

    Args:
        call: Raises nothing but our errors.
        patience: How long and how often.
        source: Device, for the message of a time-out.

    Raises:
        InputError: What the last try raised.
    """
    got = _ask(call, patience, source)
    if isinstance(got, InputError):
        raise got
    return got


def _ask(call: Callable[[], T], patience: Patience, source: str) -> T | InputError:
    from tenacity import (  # noqa: PLC0415 - only when something is fetched
        RetryCallState,
        Retrying,
        retry_if_result,
        stop_after_attempt,
        wait_exponential_jitter,
    )

    def last(state: RetryCallState) -> T | InputError:
        assert state.outcome is not None  # tenacity asks only after a try
        result: T | InputError = state.outcome.result()
        return result

    retrying = Retrying(
        sleep=patience.sleep,
        stop=stop_after_attempt(patience.attempts),
        wait=wait_exponential_jitter(
            initial=patience.first_wait_s, max=patience.max_wait_s, jitter=patience.first_wait_s
        ),
        retry=retry_if_result(lambda got: isinstance(got, TransientServiceError)),
        retry_error_callback=last,
    )
    return retrying(_within, call, patience.timeout_s, source)


def _within(call: Callable[[], T], timeout_s: float, source: str) -> T | InputError:
    """Return what a call gives or raises, or a transient error when it takes too long.

    The call is left behind in a thread that ends with the process: nothing can
    stop code that waits for a server.
    """
    box: SimpleQueue[T | InputError | _Bug] = SimpleQueue()

    def run() -> None:
        try:
            box.put(call())
        except InputError as error:
            box.put(error)
        except BaseException as error:  # noqa: BLE001 - handed to who waits, and raised there
            box.put(_Bug(error))

    Thread(target=run, daemon=True).start()
    try:
        got = box.get(timeout=timeout_s)
    except Empty:
        return TransientServiceError(
            f"the service did not answer within {timeout_s:g} s",
            remedy="check the network, or allow more with --timeout",
            source=source,
        )
    if isinstance(got, _Bug):
        raise got.error
    return got


class _Bug(NamedTuple):
    """What a call must not raise."""

    error: BaseException


def _answers(
    provider: Provider, names: Sequence[str], patience: Patience, workers: int
) -> Iterator[tuple[str, DeviceProfile | InputError]]:
    """Yield what comes of each device as it comes; who stops asking leaves no one waiting."""
    todo: SimpleQueue[str] = SimpleQueue()
    for name in names:
        todo.put(name)
    done: SimpleQueue[tuple[str, DeviceProfile | InputError | _Bug]] = SimpleQueue()

    def work() -> None:
        while True:
            try:
                name = todo.get_nowait()
            except Empty:
                return
            try:
                done.put((name, _ask(lambda: provider.fetch(name), patience, name)))  # noqa: B023
            except BaseException as error:  # noqa: BLE001 - raised in the thread that asked
                done.put((name, _Bug(error)))

    for _ in range(min(workers, len(names))):
        Thread(target=work, daemon=True).start()
    for _ in names:
        name, got = done.get()
        if isinstance(got, _Bug):
            raise got.error
        yield name, got
