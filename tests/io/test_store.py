"""The store of snapshots: nothing listed is ever lost or torn, and the index is but a cache."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from qsched.errors import CalibrationError, DamagedSnapshotError, OutputError, QschedWarning
from qsched.io import store as store_module
from qsched.io._store_index import INDEX
from qsched.io.lookup import resolve_device
from qsched.io.snapshots import read_snapshot, write_snapshot
from qsched.io.store import DAMAGED, SnapshotStore
from qsched.model import DeviceProfile
from qsched.model.service import ServiceFacts

ROOT = Path(__file__).resolve().parents[2]
START = datetime(2025, 3, 1, tzinfo=UTC)


def profile(name="lab", hours=0, error=0.01):
    return DeviceProfile(
        name=name,
        num_qubits=2,
        coupling_map=((0, 1),),
        readout_error=(error, 3 * error),
        single_qubit_error=(0.001, 1.0),
        two_qubit_error={(0, 1): 1.0},
        calibrated_at=START + timedelta(hours=hours),
    )


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("QSCHED_STORE", str(tmp_path / "store"))
    return SnapshotStore(tmp_path / "store")


def damage(path):
    path.write_text(path.read_text(encoding="utf-8").replace("0.01", "0.02"), encoding="utf-8")


def test_a_list_has_medians_over_what_works_and_needs_no_file_but_the_index(store, monkeypatch):
    store.add([profile(hours=1), profile("abc"), profile()])
    monkeypatch.setattr(store_module, "read_named", None)

    listing = store.listing()

    assert [(row.name, row.captured_at[11:13]) for row in listing.rows] == [
        ("abc", "00"), ("lab", "00"), ("lab", "01"),
    ]  # fmt: skip
    assert listing.rows[0].readout == 0.02
    assert listing.rows[0].single_qubit == 0.001
    assert listing.rows[0].two_qubit is None
    assert listing.rows[0].num_dead_couplers == 1


@pytest.mark.parametrize("text", [None, "", "{", "[]", '{"version": 0}', "\0", '{"version":1}'])
def test_an_index_that_is_gone_or_wrong_is_made_again(store, text):
    store.add([profile(), profile(hours=1)])
    rows = store.listing().rows
    index = store.folder / INDEX
    index.unlink() if text is None else index.write_text(text, encoding="utf-8")

    assert store.listing().rows == rows
    assert index.stat().st_size > 20


def test_a_list_sees_what_others_wrote_replaced_and_removed(store):
    store.add([profile(), profile(hours=1)])
    write_snapshot(profile("other"), store.folder)
    write_snapshot(profile(error=0.1), store.folder)
    store.files("lab")[1].path.unlink()

    assert [(row.name, row.readout) for row in store.listing().rows] == [
        ("lab", 0.2), ("other", 0.02),
    ]  # fmt: skip


def test_a_damaged_file_is_named_and_set_aside_and_the_others_are_listed(store):
    _, bad, _ = store.add([profile(), profile(hours=1), profile("abc")])
    damage(bad)

    listing = store.listing()

    assert [row.name for row in listing.rows] == ["abc", "lab"]
    assert str(bad) in str(listing.problems[0])
    assert "checksum" in str(listing.problems[0])
    assert not bad.exists()
    assert (store.folder / DAMAGED / bad.name).exists()
    assert store.listing().problems == ()


def test_of_a_damaged_newest_snapshot_the_one_before_is_taken_with_a_warning(store):
    _, bad = store.add([profile(), profile(hours=1)])
    damage(bad)

    with pytest.warns(QschedWarning, match=r"lab@2025-03-01T010000Z.json.*checksum.*is used"):
        assert resolve_device("lab") == profile()
    assert not bad.exists()
    assert resolve_device("lab@latest") == profile()


def test_a_device_whose_only_snapshot_is_damaged_is_refused_and_the_file_set_aside(store):
    (bad,) = store.add([profile()])
    bad.write_bytes(b"\0\1")

    with pytest.raises(DamagedSnapshotError, match=r"moved to .*damaged"):
        resolve_device("lab")
    assert (store.folder / DAMAGED / bad.name).exists()


def test_a_snapshot_of_a_newer_schema_is_refused_and_stays_where_it_is(store):
    (path,) = store.add([profile()])
    text = path.read_text(encoding="utf-8").replace('"schema_version": 2', '"schema_version": 9')
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CalibrationError, match=r"schema_version is 9.*update qsched"):
        resolve_device("lab")
    assert "update qsched" in str(store.listing().problems[0])
    assert path.exists()


def test_a_snapshot_of_schema_1_is_brought_up_and_written_as_2(store):
    old = ROOT / "fake_backends" / "snapshots" / "fake_manila@2024-05-27T182723Z.json"
    assert '"schema_version": 1' in old.read_text(encoding="utf-8")

    (path,) = store.add([read_snapshot(old)])

    assert '"schema_version": 2' in path.read_text(encoding="utf-8")
    assert read_snapshot(path) == read_snapshot(old)


def test_what_the_provider_said_is_kept(store):
    facts = ServiceFacts(
        asked_at=START, pending_jobs=7, operational=True, rep_delay_s=2.5e-4, max_shots=100_000,
        fractional_gates=False,
    )  # fmt: skip
    (path,) = store.add([replace(profile(), service=facts)])

    assert read_snapshot(path).service == facts
    assert store.listing().rows[0].asked_at == START.isoformat()


@pytest.mark.parametrize(
    "facts", [{"pending_jobs": -1}, {"max_shots": 0}, {"rep_delay_s": float("nan")}]
)
def test_service_facts_out_of_range_are_refused(facts):
    with pytest.raises(CalibrationError, match="must be"):
        ServiceFacts(asked_at=START, **facts)


def test_a_folder_that_cannot_be_written_is_an_error_and_can_still_be_read(store, monkeypatch):
    store.add([profile()])

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("filelock.FileLock.acquire", refuse)
    monkeypatch.setattr("qsched.files.tempfile.mkstemp", refuse)
    (store.folder / INDEX).unlink()

    with pytest.raises(OutputError, match=r"cannot write: Permission denied; .*--store"):
        store.add([profile(hours=1)])
    assert [row.name for row in store.listing().rows] == ["lab"]


def test_a_lock_that_another_holds_too_long_is_an_error(store, monkeypatch):
    from filelock import FileLock

    store.add([profile()])
    monkeypatch.setattr(store_module, "LOCK_TIMEOUT_S", 0.0)
    with (
        FileLock(store.folder / ".lock", is_singleton=False),
        pytest.raises(OutputError, match="another process"),
    ):
        store.add([profile(hours=1)])


def test_what_killed_writers_have_left_is_swept_once_it_is_old(store):
    store.add([profile()])
    old, young = store.folder / ".a.json.1.tmp", store.folder / ".b.json.2.tmp"
    for path in (old, young):
        path.write_text("half", encoding="utf-8")
    os.utime(old, (0, 0))

    store.add([profile(hours=1)])

    assert (old.exists(), young.exists()) == (False, True)
    assert len(store.files()) == 2


def run_script(code, *arguments):
    return subprocess.Popen(
        [sys.executable, *code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that can be forked")
def test_of_200_processes_killed_while_they_write_none_loses_or_tears_a_snapshot(tmp_path):
    (tmp_path / "exports").mkdir()
    script = Path(__file__).parent / "kill_writers.py"

    process = run_script([script], tmp_path / "store", tmp_path / "exports", 200, 7)
    output, _ = process.communicate()

    assert process.returncode == 0, output
    killed, _, snapshots = map(int, output.split()[-3:])
    assert killed >= 200
    assert snapshots >= 20


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from qsched.io._service_errors import Secrets
from qsched.io.refresh import refresh
from qsched.io.store import SnapshotStore
from qsched.model import DeviceProfile

class Provider:
    secrets = Secrets()
    def open(self): pass
    def names(self): return ["shared", f"own_{sys.argv[2]}"]
    def fetch(self, name):
        when = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=self.hour)
        return DeviceProfile(name=name, num_qubits=50, calibrated_at=when, clops=float(sys.argv[2]))

provider = Provider()
for provider.hour in range(6):
    assert all(o.path for o in refresh(provider, [], SnapshotStore(Path(sys.argv[1]))))
"""


def test_8_processes_that_refresh_one_store_at_once_lose_and_tear_nothing(tmp_path):
    processes = [run_script(["-c", WRITER], tmp_path, number) for number in range(1, 9)]
    outputs = [process.communicate()[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 8, outputs
    listing = SnapshotStore(tmp_path).listing()
    assert listing.problems == ()
    assert len(listing.rows) == 6 * 8 + 6
    for row in listing.rows:
        owner = read_snapshot(tmp_path / row.file).clops
        assert row.name in ("shared", f"own_{owner:.0f}")


def test_an_undamaged_store_says_nothing(store):
    store.add([profile()])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert store.listing().problems == ()
        assert resolve_device("lab@2025-03-01") == profile()
