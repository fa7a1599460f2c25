"""Snapshots come back exactly as they were written, or not at all."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import CalibrationError, OutputError
from qsched.io import _calibration_text
from qsched.io.snapshots import (
    parse_snapshot,
    read_snapshot,
    snapshot_name,
    snapshot_text,
    write_snapshot,
)
from qsched.model import DeviceProfile, ErrorMeans

probabilities = st.none() | st.floats(0.0, 1.0)
seconds = st.none() | st.floats(0.0, 1e300)
words = st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=8)


@st.composite
def profiles(draw):
    n = draw(st.integers(1, 5))
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    couplings = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []

    def by_qubit(values):
        return tuple(draw(st.lists(values, min_size=n, max_size=n) | st.just([])))

    def by_coupling(values):
        return {pair: draw(values) for pair in sorted(couplings)}

    return DeviceProfile(
        name=draw(st.from_regex(r"[a-z][a-z0-9_.()-]{0,10}", fullmatch=True)),
        num_qubits=n,
        coupling_map=tuple(sorted(couplings)) if draw(st.booleans()) else (),
        clops=draw(st.none() | st.floats(0, 1e12, exclude_min=True)),
        quantum_volume=draw(st.none() | st.integers(2, 10**9)),
        readout_error=by_qubit(probabilities),
        single_qubit_error=by_qubit(probabilities),
        two_qubit_error=by_coupling(probabilities),
        t1_s=by_qubit(seconds),
        t2_s=by_qubit(seconds),
        readout_duration_s=by_qubit(seconds),
        single_qubit_duration_s=by_qubit(seconds),
        two_qubit_duration_s=by_coupling(seconds),
        basis_gates=tuple(draw(st.lists(words, max_size=3))),
        processor=draw(words),
        calibrated_at=draw(st.none() | st.datetimes(timezones=st.just(UTC))),
        origin=draw(words),
        clops_source=draw(words),
        plain_means=draw(st.none() | st.builds(ErrorMeans, *[probabilities] * 3)),
        faulty_qubits=tuple(sorted(draw(st.sets(st.integers(0, n - 1))))),
    )


PROFILE = DeviceProfile(
    name="lab_1",
    num_qubits=3,
    coupling_map=((0, 1), (1, 2)),
    clops=1000.0,
    quantum_volume=32,
    readout_error=(0.1, None, 0.30000000000000004),
    single_qubit_error=(0.001, 0.002, 1.0),
    two_qubit_error={(0, 1): 0.01, (1, 2): None},
    calibrated_at=datetime(2025, 3, 30, 2, 8, 58, tzinfo=UTC),
    origin="laboratory",
    plain_means=ErrorMeans(0.2, 0.3343333333333333, 0.01),
)
TEXT = snapshot_text(PROFILE)


def edited(**changes):
    """Return the text of a snapshot that someone edited with care: its checksum fits."""
    content = {**json.loads(TEXT), **changes}
    content.pop("checksum")
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    content["checksum"] = "sha256:" + sha256(canonical.encode()).hexdigest()
    return json.dumps(content)


@given(profiles())
def test_what_is_written_comes_back_exactly(profile):
    again = parse_snapshot(snapshot_text(profile), "test")

    assert again == profile
    assert snapshot_text(again) == snapshot_text(profile)


def test_a_file_holds_one_key_a_line_and_is_named_by_device_and_time(tmp_path):
    path = write_snapshot(PROFILE, tmp_path / "new" / "store")

    assert path == tmp_path / "new" / "store" / "lab_1@2025-03-30T020858Z.json"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[1] == '"schema_version": 2,'
    assert '"readout_error": [0.1, null, 0.30000000000000004],' in lines
    assert '"two_qubit_error": [[0, 1, 0.01], [1, 2, null]],' in lines
    assert lines[-2].startswith('"checksum": "sha256:')
    assert read_snapshot(path) == PROFILE
    assert list(path.parent.iterdir()) == [path]


def test_capture_times_are_kept_in_utc_whatever_zone_they_come_in():
    zone = timezone(timedelta(hours=-5))
    profile = DeviceProfile(
        name="d", num_qubits=1, calibrated_at=datetime(2025, 3, 29, 21, 8, 58, tzinfo=zone)
    )

    assert snapshot_name(profile) == "d@2025-03-30T020858Z.json"
    assert '"captured_at": "2025-03-30T02:08:58Z"' in snapshot_text(profile)
    assert parse_snapshot(snapshot_text(profile), "d").calibrated_at == profile.calibrated_at


def test_a_profile_without_a_time_is_undated():
    assert snapshot_name(DeviceProfile(name="d", num_qubits=1)) == "d@undated.json"


def test_layout_is_free_but_content_is_not():
    assert parse_snapshot(json.dumps(json.loads(TEXT), indent=3), "test") == PROFILE
    with pytest.raises(CalibrationError, match="checksum does not fit"):
        parse_snapshot(TEXT.replace("0.001", "0.0001"), "test")


@pytest.mark.parametrize("name", ["", "a/b", "..", ".x", "a@b", "a\nb", " a", "x" * 101, "a:b"])
def test_names_that_are_no_file_names_are_refused(name, tmp_path):
    with pytest.raises(CalibrationError, match="cannot be named"):
        write_snapshot(DeviceProfile(name=name, num_qubits=1), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("9" * 5000, "not JSON"),
        ("[]", "holds a JSON list"),
        ("{}", "schema_version is None, so this is no snapshot"),
        (edited(schema_version=3), "schema_version is 3, this qsched reads up to 2; update qsched"),
        (edited(schema_version=True), "schema_version is True"),
        (edited(name=5), "name is 5, it must be of type str"),
        (edited(name="../x"), "cannot be named"),
        (edited(num_qubits="3"), "num_qubits is '3'"),
        (edited(num_qubits=0), "num_qubits is 0"),
        (edited(clops=-1.0), "clops is -1.0"),
        (edited(clops=[1.0]), "clops is .*must hold decimal numbers"),
        (edited(quantum_volume=2.5), "quantum_volume is 2.5"),
        (edited(captured_at="2025-03-30T02:08:58"), "captured_at is .*with its zone"),
        (edited(captured_at="yesterday"), "captured_at"),
        (edited(captured_at=7), "captured_at"),
        (edited(plain_means=[0.1]), "plain_means has 1 values"),
        (edited(readout_error=[0.1, 0.2]), "2 values of readout_error for 3 qubits"),
        (edited(readout_error=[0.1, 0.2, 1.5]), "readout_error of 2 is 1.5, out of range"),
        (edited(readout_error=[0.1, 0.2, 1]), r"decimal numbers \(1.0, not 1\)"),
        (edited(readout_error=[0.1, 0.2, float("nan")]), "readout_error of 2 is nan"),
        (edited(t1_s="long"), "t1_s is 'long'"),
        (edited(coupling_map=[[0, 1, 2]]), "coupling_map is .*lists of 2 values"),
        (edited(coupling_map=[[1, 0]]), "couples 1 and 0"),
        (edited(coupling_map=[[0, 3]]), "couples 0 and 3"),
        (
            edited(two_qubit_error=[[0, 1, 0.1], [0, 1, 0.2]]),
            "two_qubit_error has a coupling twice",
        ),
        (edited(two_qubit_error=[[0, 1, "x"]]), "two_qubit_error"),
        (edited(basis_gates="cx"), "basis_gates"),
        (edited(faulty_qubits=[7]), "faulty qubit 7"),
        (edited(origin="two\nlines"), "origin is 'two.*one line"),
        (edited(origin="\ud800"), "origin is"),
    ],
)
def test_a_wrong_snapshot_is_refused_in_one_line(text, problem, tmp_path):
    path = tmp_path / "wrong.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CalibrationError, match=problem) as caught:
        read_snapshot(path)

    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_files_that_are_none_or_too_long_or_not_utf8_are_refused(tmp_path, monkeypatch):
    with pytest.raises(CalibrationError, match="no such file"):
        read_snapshot(tmp_path / "absent.json")
    with pytest.raises(CalibrationError, match="not a regular file"):
        read_snapshot(tmp_path)
    with pytest.raises(CalibrationError, match=r"cannot read|no such file"):
        read_snapshot(Path("a\0b.json"))
    (tmp_path / "latin.json").write_bytes(TEXT.replace("laboratory", "labör").encode("latin-1"))
    with pytest.raises(CalibrationError, match="not UTF-8"):
        read_snapshot(tmp_path / "latin.json")
    (tmp_path / "long.json").write_text(TEXT, encoding="utf-8")
    monkeypatch.setattr(_calibration_text, "MAX_BYTES", 100)
    with pytest.raises(CalibrationError, match="more than the 100"):
        read_snapshot(tmp_path / "long.json")


def test_a_byte_order_mark_does_no_harm(tmp_path):
    (tmp_path / "bom.json").write_text(TEXT, encoding="utf-8-sig")

    assert read_snapshot(tmp_path / "bom.json") == PROFILE


def test_a_folder_that_is_a_file_is_an_output_error(tmp_path):
    (tmp_path / "store").write_text("", encoding="utf-8")

    with pytest.raises(OutputError, match="cannot write"):
        write_snapshot(PROFILE, tmp_path / "store")


def read_or_refused(text):
    """Return the profile, or ``None`` for the one kind of error that may come out."""
    try:
        return parse_snapshot(text, "text.json")
    except CalibrationError:
        return None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@given(st.integers(0, len(TEXT) - 1), st.integers(0, 9), st.text(max_size=9))
def test_a_mutated_text_gives_an_error_or_the_same_profile(start, length, insert):
    mutated = TEXT[:start] + insert + TEXT[start + length :]

    assert read_or_refused(mutated) in (PROFILE, None)


@given(st.sampled_from(sorted(json.loads(TEXT))), json_values)
def test_a_mutated_value_with_a_fitting_checksum_gives_an_error_or_a_sound_profile(key, value):
    profile = read_or_refused(edited(**{key: value}))

    assert profile is None or parse_snapshot(snapshot_text(profile), "again") == profile


def test_reading_a_snapshot_imports_neither_qiskit_nor_numpy(tmp_path):
    path = write_snapshot(PROFILE, tmp_path)
    code = (
        "import sys; from pathlib import Path; from qsched.io.snapshots import read_snapshot;"
        f"read_snapshot(Path({str(path)!r}));"
        "print([m for m in ('qiskit', 'numpy', 'networkx') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
