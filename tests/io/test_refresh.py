"""Refreshing from a service that fails in every way, and what the user is told of it."""

from __future__ import annotations

import json
import logging
import threading
import traceback
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import ClassVar

import pytest
import qiskit_ibm_runtime
from click.testing import CliRunner
from qiskit.providers.exceptions import QiskitBackendNotFoundError
from qiskit_ibm_runtime.accounts.exceptions import AccountNotFoundError, InvalidAccountError
from qiskit_ibm_runtime.api.exceptions import RequestsApiError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError
from qiskit_ibm_runtime.fake_provider import FakeManilaV2
from requests import ConnectionError as NoConnectionError

from qsched.cli import main
from qsched.errors import (
    CalibrationError,
    InputError,
    OutputError,
    QschedWarning,
    ServiceError,
    UnknownNameError,
)
from qsched.io.lookup import resolve_device
from qsched.io.providers import open_provider
from qsched.io.refresh import Patience, refresh
from qsched.io.snapshots import read_snapshot
from qsched.io.store import SnapshotStore
from qsched.model import DeviceProfile

TOKEN = "s3cr3t-t0ken-of-the-user"  # noqa: S105 - that is the point
SAVED = "saved-api-key-0123456789"
FAKE = FakeManilaV2()


class Backend:
    """A backend whose parts fail as they are told to."""

    def __init__(self, backend_name, **changes):
        self.name = changes.get("name", backend_name)
        self.changes = changes

    def _get(self, what, default):
        value = self.changes.get(what, default)
        if isinstance(value, Exception):
            raise value
        return value

    @property
    def target(self):
        return self._get("target", FAKE.target)

    def configuration(self):
        facts = {"default_rep_delay": 2.5e-4, "max_shots": 100_000, "clops_h": 2_000.0}
        facts |= {"quantum_volume": 32, "processor_type": {"family": "Falcon", "revision": "5.11"}}
        return self._get("configuration", SimpleNamespace(**facts))

    def properties(self):
        return self._get("properties", FAKE.properties())

    def status(self):
        return self._get("status", SimpleNamespace(pending_jobs=42, operational=True))


class Service:
    """A stand-in for the service: answers are backends, exceptions, or calls that give one."""

    answers: ClassVar = {}
    connect: ClassVar = []
    asked: ClassVar = []

    def __init__(self, **options):
        type(self).asked.append(options)
        if self.connect:
            raise self.connect.pop(0)

    def active_account(self):
        return {"token": SAVED}

    def backends(self):
        logging.getLogger("qiskit_ibm_runtime.service").warning("listing with token %s", TOKEN)
        return [Backend(name) for name in self.answers]

    def backend(self, name, *, use_fractional_gates=False):
        type(self).asked.append((name, use_fractional_gates))
        if name not in self.answers:
            raise QiskitBackendNotFoundError("No backend matches the criteria.")
        answer = self.answers[name]
        answer = answer.pop(0) if isinstance(answer, list) else answer
        answer = answer() if callable(answer) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def service(monkeypatch, tmp_path):
    monkeypatch.setenv("QISKIT_IBM_TOKEN", TOKEN)
    monkeypatch.setenv("QISKIT_IBM_INSTANCE", "crn:1")
    monkeypatch.setenv("QSCHED_STORE", str(tmp_path / "store"))
    monkeypatch.setattr(qiskit_ibm_runtime, "QiskitRuntimeService", Service)
    monkeypatch.setattr(Service, "answers", {})
    monkeypatch.setattr(Service, "connect", [])
    monkeypatch.setattr(Service, "asked", [])
    return Service


@pytest.fixture
def store(tmp_path):
    return SnapshotStore(tmp_path / "store")


class Waits(list):
    """Notes how long it was asked to wait, and does not."""

    __call__ = list.append


def ask(store, *names, **patience):
    patience = Patience(**{"sleep": Waits(), **patience})
    return refresh(open_provider("live"), names, store, patience=patience)


def http(status, text="boom"):
    return RequestsApiError(f"{status} {text}", status)


def test_what_the_service_says_is_in_the_snapshot(service, store):
    service.answers["ibm_a"] = Backend("ibm_a")
    before = datetime.now(UTC)

    (outcome,) = ask(store)

    profile = read_snapshot(outcome.path)
    facts = profile.service
    assert (facts.pending_jobs, facts.operational) == (42, True)
    assert (facts.rep_delay_s, facts.max_shots, facts.fractional_gates) == (2.5e-4, 100_000, False)
    assert before <= facts.asked_at <= datetime.now(UTC)
    assert (profile.clops, profile.quantum_volume) == (2_000.0, 32)
    assert profile.processor == "Falcon r5.11"
    assert profile.basis_gates == ("cx", "id", "rz", "sx", "x")
    assert profile.origin.startswith("live service of qiskit-ibm-runtime")
    assert service.asked[0] == {"token": TOKEN, "instance": "crn:1"}


def test_fractional_gates_are_asked_for(service, store):
    service.answers["ibm_a"] = Backend("ibm_a")

    (outcome,) = refresh(open_provider("live", fractional=True), ["ibm_a"], store)

    assert ("ibm_a", True) in service.asked
    assert read_snapshot(outcome.path).service.fractional_gates is True


def test_without_a_token_in_the_environment_the_saved_account_is_taken(service, store, monkeypatch):
    monkeypatch.delenv("QISKIT_IBM_TOKEN")
    monkeypatch.delenv("QISKIT_IBM_INSTANCE")
    service.answers["ibm_a"] = [RuntimeError(f"bad {SAVED}")]

    (outcome,) = ask(store, "ibm_a")

    assert service.asked[0] == {}
    assert SAVED not in str(outcome.error)
    assert "bad ***" in str(outcome.error)


@pytest.mark.parametrize(
    "error",
    [http(429), http(500), http(503), http(-1), NoConnectionError("refused"), TimeoutError()],
    ids=repr,
)
def test_what_may_pass_is_tried_again_with_growing_waits(service, store, error):
    service.answers["ibm_a"] = [error, error, error, Backend("ibm_a")]
    waits = Waits()

    (outcome,) = ask(store, "ibm_a", sleep=waits)

    assert outcome.error is None
    assert len(waits) == 3
    for number, wait in enumerate(waits):
        assert 2**number <= wait <= 2**number + 1


def test_waits_are_drawn_by_lot(service, store):
    waits = Waits()
    for name in ("ibm_a", "ibm_b", "ibm_c"):
        service.answers[name] = [http(429), Backend(name)]

    ask(store, sleep=waits)

    assert len(set(waits)) == 3


def test_tries_have_an_end(service, store):
    service.answers["ibm_a"] = http(503, "maintenance")

    (outcome,) = ask(store, "ibm_a", attempts=3)

    assert isinstance(outcome.error, ServiceError)
    assert "503 maintenance" in str(outcome.error)
    assert service.asked.count(("ibm_a", False)) == 3


def test_a_device_that_hangs_is_given_up_and_the_others_are_written(service, store):
    service.answers["ibm_hangs"] = lambda: threading.Event().wait()
    service.answers["ibm_a"] = Backend("ibm_a")

    outcomes = ask(store, "ibm_hangs", "ibm_a", timeout_s=0.3, attempts=2)

    assert "did not answer within 0.3 s" in str(outcomes[0].error)
    assert outcomes[1].path.exists()
    assert [file.name for file in store.files()] == ["ibm_a"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"target": ValueError("malformed properties")}, "ValueError: malformed properties"),
        ({"target": KeyError("gates")}, "KeyError: 'gates'"),
        ({"properties": TypeError("no date")}, "TypeError: no date"),
        ({"name": "ibm_other"}, "answered with device 'ibm_other'"),
    ],
)
def test_a_malformed_answer_is_told_and_not_tried_again(service, store, changes, problem):
    service.answers["ibm_a"] = Backend("ibm_a", **changes)

    (outcome,) = ask(store, "ibm_a")

    assert problem in str(outcome.error)
    assert str(outcome.error).count("\n") == 0
    assert service.asked.count(("ibm_a", False)) == 1
    assert store.files() == []


def test_a_target_without_any_error_is_no_calibration(service, store):
    from qiskit.transpiler import CouplingMap, Target

    bare = Target.from_configuration(["cx", "sx"], 2, CouplingMap.from_line(2))
    service.answers["ibm_a"] = Backend("ibm_a", target=bare)

    (outcome,) = ask(store, "ibm_a")

    assert "reports no errors" in str(outcome.error)


@pytest.mark.parametrize(
    "status",
    [
        http(500),
        None,
        SimpleNamespace(),
        SimpleNamespace(pending_jobs="many", operational="yes"),
        SimpleNamespace(pending_jobs=-1, operational=None),
    ],
    ids=repr,
)
def test_missing_fields_stay_unknown(service, store, status):
    configuration = SimpleNamespace(max_shots=0, default_rep_delay=float("nan"))
    service.answers["ibm_a"] = Backend(
        "ibm_a", status=status, configuration=configuration, properties=None
    )

    (outcome,) = ask(store, "ibm_a")

    profile = read_snapshot(outcome.path)
    facts = profile.service
    assert (facts.pending_jobs, facts.operational, facts.max_shots, facts.rep_delay_s) == (
        None, None, None, None,
    )  # fmt: skip
    assert profile.calibrated_at == facts.asked_at


def test_an_unknown_device_is_told_with_near_names(service, store):
    service.answers["ibm_kyiv"] = Backend("ibm_kyiv")

    (outcome,) = ask(store, "ibm_kiev")

    assert isinstance(outcome.error, UnknownNameError)
    assert str(outcome.error) == "unknown device 'ibm_kiev'; did you mean 'ibm_kyiv'?"


def test_of_many_devices_a_message_lists_but_the_first(service, store):
    service.answers.update({f"ibm_{i:02}": Backend(f"ibm_{i:02}") for i in range(30)})

    (outcome,) = ask(store, "xyzzy")

    assert str(outcome.error).endswith("ibm_08, ibm_09 and 20 more")


def test_a_listed_device_that_cannot_be_loaded_is_tried_again(service, store):
    service.answers["ibm_a"] = [QiskitBackendNotFoundError("retired?"), Backend("ibm_a")]

    assert ask(store, "ibm_a")[0].path is not None


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AccountNotFoundError("no account"), "save one once with QiskitRuntimeService.save_acc"),
        (IBMNotAuthorizedError(f"401 for token {TOKEN}"), "refuses the account"),
        (http(401), "make a new API key"),
        (InvalidAccountError("Unable to retrieve instances."), "refuses the account"),
    ],
)
def test_without_an_account_nothing_is_asked_or_written(service, store, error, words):
    service.connect.append(error)

    with pytest.raises(CalibrationError, match=words) as caught:
        ask(store, "ibm_a")

    assert TOKEN not in str(caught.value)
    assert not isinstance(caught.value, ServiceError)
    assert store.files() == []


def test_a_store_that_cannot_be_written_is_told_before_the_service_is_asked(
    service, store, monkeypatch
):
    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)

    with pytest.raises(OutputError, match="Permission denied"):
        ask(store, "ibm_a")
    assert service.asked == []


# -- tokens ------------------------------------------------------------------------


LEAKS = [
    RuntimeError(f"GET /backends?token={TOKEN} failed"),
    http(500, f"Authorization: Bearer {TOKEN}"),
    http(400, "apikey=some-other-key-that-nobody-told-us"),
    IBMNotAuthorizedError(f"{SAVED} {TOKEN}"),
    InputError(f"our own words with {TOKEN}", remedy=TOKEN),
]


@pytest.mark.parametrize("leak", LEAKS, ids=lambda leak: type(leak).__name__)
def test_a_token_gets_into_no_text_and_no_exception(service, store, leak, caplog, capsys):
    def fails():
        try:
            raise leak  # noqa: TRY301 - so that there is a cause to leak
        except Exception as first:
            raise RuntimeError(f"again {TOKEN}") from first

    service.answers["ibm_a"] = leak
    service.answers["ibm_b"] = fails
    caplog.set_level(logging.DEBUG)

    outcomes = ask(store, "ibm_a", "ibm_b", "ibm_missing", attempts=2)

    texts = ["".join(traceback.format_exception(outcome.error)) for outcome in outcomes]
    texts += [repr(vars(outcome.error)) for outcome in outcomes]
    texts += [caplog.text, *capsys.readouterr()]
    texts += [path.read_text("utf-8") for path in store.folder.rglob("*") if path.is_file()]
    for outcome in outcomes:
        assert outcome.error.__cause__ is None
        assert outcome.error.__context__ is None
    for text in texts:
        for secret in (TOKEN, SAVED, "some-other-key"):
            assert secret not in text


def test_what_the_runtime_logs_is_passed_on_without_the_token(service, store, caplog):
    service.answers["ibm_a"] = Backend("ibm_a")
    caplog.set_level(logging.INFO, "qsched")
    logger = logging.getLogger("qiskit_ibm_runtime")
    before = (list(logger.handlers), logger.propagate)

    ask(store)

    assert "listing with token ***" in caplog.text
    assert (logger.handlers, logger.propagate) == before


# -- the command, and falling back ----------------------------------------------------


def run(*arguments):
    return CliRunner().invoke(main, list(map(str, arguments)))


def test_partial_failure_is_told_for_each_device_with_status_3(service, store):
    service.answers["ibm_a"] = [Backend("ibm_a"), Backend("ibm_a")]
    service.answers["ibm_b"] = [Backend("ibm_b"), http(500)]
    assert run("calibrations", "refresh", "ibm_a", "ibm_b", "--source", "live").exit_code == 0
    kept = {file.path: file.path.read_bytes() for file in store.files("ibm_b")}

    result = run("calibrations", "refresh", "ibm_a", "ibm_b", "--source", "live", "--attempts", 1)

    assert result.exit_code == 3
    assert [line.split("@")[0][-5:] for line in result.stdout.splitlines()] == ["ibm_a"]
    assert result.stderr == (
        "error: ibm_b: the service did not answer: 500 boom; the snapshot of "
        "2024-05-27T182723Z is kept; check the network, or try again later\n"
    )
    assert {path: path.read_bytes() for path in kept} == kept


def test_partial_failure_as_json(service):
    service.answers["ibm_a"] = Backend("ibm_a")
    service.answers["ibm_b"] = http(404)

    result = run("calibrations", "refresh", "--source", "live", "--json")

    document = json.loads(result.stdout)
    assert result.exit_code == 3
    assert [row["name"] for row in document["written"]] == ["ibm_a"]
    assert "ibm_b" in document["errors"][0]


def test_no_account_is_one_line_with_status_2(service):
    service.connect.append(AccountNotFoundError("x"))

    result = run("calibrations", "refresh", "--source", "live")

    assert result.exit_code == 2
    assert result.stderr.startswith("error: no account for the service is known; save one once")
    assert result.stderr.count("\n") == 1


def test_no_network_is_one_line_with_status_3(service):
    service.connect.extend([NoConnectionError("Name or service not known")] * 9)

    result = run("calibrations", "refresh", "--source", "live", "--attempts", 1)

    assert result.exit_code == 3
    assert "Name or service not known; check the network" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_connection_that_fails_behind_an_account_error_is_no_fault_of_the_account(service, store):
    refused = InvalidAccountError("Unable to retrieve instances. Check that your token is valid.")
    refused.__context__ = NoConnectionError("Name or service not known")
    service.connect.extend([refused] * 4)

    with pytest.raises(ServiceError, match="did not answer: Unable to retrieve"):
        ask(store, "ibm_a")


def test_the_local_channel_drives_the_same_path(monkeypatch, store):
    from qiskit_ibm_runtime.qiskit_runtime_service import QiskitRuntimeService

    monkeypatch.setattr(qiskit_ibm_runtime, "QiskitRuntimeService", QiskitRuntimeService)

    result = run("calibrations", "refresh", "fake_manila", "fake_manla", "--source", "local")

    assert result.exit_code == 2
    assert "unknown device 'fake_manla'; did you mean 'fake_manila'" in result.stderr
    (file,) = store.files()
    profile = read_snapshot(file.path)
    assert profile.name == "fake_manila"
    assert profile.service.max_shots == 100_000
    assert profile.service.fractional_gates is None


def old(name, days):
    when = datetime.now(UTC) - timedelta(days=days)
    return DeviceProfile(name=name, num_qubits=2, readout_error=(0.1, 0.2), calibrated_at=when)


def test_live_is_asked_for_and_kept(service, store):
    service.answers["ibm_a"] = Backend("ibm_a")

    profile = resolve_device("ibm_a@live")

    assert profile.service.pending_jobs == 42
    assert resolve_device("ibm_a") == profile
    assert run("devices", "show", "ibm_a@live", "--max-age", "1h").exit_code == 0
    assert "pending jobs" in run("calibrations", "show", "ibm_a").stdout


def test_when_live_fails_the_newest_snapshot_is_used_and_its_age_told(service, store):
    service.connect.append(IBMNotAuthorizedError(TOKEN))
    store.add([old("ibm_a", 10), old("ibm_a", 3)])

    with pytest.warns(QschedWarning, match=r"refuses the account.*is used, 3\.0 d old") as caught:
        profile = resolve_device("ibm_a@live")

    assert profile.calibrated_at > datetime.now(UTC) - timedelta(days=4)
    assert TOKEN not in str(caught[0].message)


@pytest.mark.filterwarnings("default")  # as a user has it
def test_an_age_above_the_limit_is_refused(service, store):
    service.connect.extend([IBMNotAuthorizedError("x")] * 2)
    store.add([old("ibm_a", 3)])

    accepted = run("devices", "show", "ibm_a@live", "--max-age", "4d")
    refused = run("devices", "show", "ibm_a@live", "--max-age", "2d")

    assert accepted.exit_code == 0
    assert "warning: " in accepted.stderr
    assert refused.exit_code == 2
    assert "ibm_a: calibration is 3.0 d old, more than 2.0 d" in refused.stderr


def test_live_without_any_snapshot_is_the_service_s_error(service):
    service.answers["ibm_a"] = http(404)

    with pytest.raises(ServiceError, match="404"):
        resolve_device("ibm_a@live")
