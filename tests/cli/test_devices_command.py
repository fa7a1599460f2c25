"""``qsched devices`` and ``qsched calibrations``, called as a user calls them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.cli.calibrations import calibrations
from qsched.cli.devices import devices
from qsched.errors import BadInputs, UnknownNameError
from qsched.io.devices import resolve_device
from qsched.io.snapshots import read_snapshot, write_snapshot
from qsched.model import DeviceProfile

HEAD = "Qubit,T1 (us),T2 (us),Readout assignment error ,√x (sx) error ,CZ error ,Operational\n"
EXPORT = HEAD + "0,1,1,0.1,0.01,0_1:0.2,true\n1,1,1,0.1,0.01,,true\n"


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    folder = tmp_path / "store"
    monkeypatch.setenv("QSCHED_STORE", str(folder))
    return folder


def run(command, *arguments):
    return CliRunner().invoke(command, list(map(str, arguments)))


def test_list_has_a_row_for_each_device_and_keeps_stdout_for_the_table():
    result = run(main, "devices", "list")

    assert result.exit_code == 0
    rows = [line.split() for line in result.stdout.splitlines()]
    assert rows[0][:5] == ["device", "qubits", "CLOPS", "QV", "ro"]
    kyiv = next(row for row in rows if row[0] == "fake_kyiv")
    assert kyiv == [
        "fake_kyiv", "127", "30,000", "128", "3.11", "0.109", "1.46", "5", "2025-02-26",
    ]  # fmt: skip
    assert "origin: fake backend of qiskit-ibm-runtime" in result.stdout
    assert "--fake" in result.stderr


def test_list_fits_a_terminal_of_80_columns_and_tells_origins_apart(store, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    whole = run(main, "devices", "list").stdout
    write_snapshot(DeviceProfile(name="lab", num_qubits=1, origin="laboratory of ours"), store)
    mixed = run(main, "devices", "list").stdout

    assert "…" not in whole
    assert max(map(len, whole.splitlines())) <= 80
    assert next(line for line in mixed.splitlines() if line.startswith("lab")).split()[1] == "1"
    assert "laboratory" in run(main, "devices", "list", "--json").stdout


def test_list_as_json_is_one_document_with_the_keys_of_the_contract():
    document = json.loads(run(devices, "list", "--json").stdout)

    kyiv = next(d for d in document["devices"] if d["name"] == "fake_kyiv")
    assert {
        "name", "num_qubits", "clops", "quantum_volume", "error_score", "origin", "calibrated_at",
    } <= set(kyiv)  # fmt: skip
    assert kyiv["calibrated_at"] == "2025-02-26T16:02:56+00:00"
    assert kyiv["num_dead_couplers"] == 5


def test_list_with_fake_adds_the_providers_devices():
    document = json.loads(run(devices, "list", "--fake", "--json").stdout)

    assert len(document["devices"]) >= 68
    assert "fake_vigo" in [d["name"] for d in document["devices"]]


def test_list_shows_the_other_devices_when_one_snapshot_is_damaged(store):
    path = write_snapshot(DeviceProfile(name="lab", num_qubits=1), store)
    path.write_text("{", encoding="utf-8")

    result = run(devices, "list")

    assert "fake_kyiv" in result.stdout
    assert isinstance(result.exception, BadInputs)
    assert str(path) in str(result.exception)


@pytest.mark.parametrize(("columns", "last"), [("60", "dead"), ("80", "captured")])
def test_a_narrow_list_leaves_columns_out_and_cuts_no_number(monkeypatch, columns, last):
    wide = run(main, "devices", "list").stdout.splitlines()
    monkeypatch.setenv("COLUMNS", columns)

    narrow = run(main, "devices", "list").stdout.splitlines()

    assert max(map(len, narrow)) <= int(columns)
    assert narrow[0].split()[-1] == last
    for row, whole in zip(narrow, wide, strict=True):
        assert set(row.split()) <= set(whole.split())


def test_a_list_too_narrow_for_all_digits_goes_on_in_the_next_line(monkeypatch):
    monkeypatch.setenv("COLUMNS", "24")

    head, _, *rows = run(main, "devices", "list").stdout.splitlines()

    begin = head.index("CLO")
    column = [row[begin : begin + 3].strip() for row in rows]
    assert "".join(column[: column.index("195")]) == "250,000"


def test_show_says_how_many_qubits_are_dead_and_which():
    assert "\ndead qubits     1 of 127: 72 " in run(devices, "show", "fake_strasbourg").stdout


def test_show_tells_masked_and_plain_means_dead_couplers_and_sources():
    result = run(devices, "show", "fake_marrakesh")

    assert result.exit_code == 0
    for words in (
        "\ncouplers        176 ",
        "\ndead couplers   13 of 176: 23-24, ",
        "23-24, 24-25",
        "4 of [153, 1, 1, 1] working qubits",
        "the backend's configuration (CLOPS_h)",
        "2025-02-26T19:52:45+00:00",
        "fake backend of qiskit-ibm-runtime",
        "masked (what works)  0.02703  0.00086  0.00723  0.01522",
        "plain (all rows)     0.02703  0.00086  0.08056  0.02988",
    ):
        assert words in result.stdout
    assert "note: the working couplers leave 4 components, the largest of 153" in result.stderr


def test_show_as_json_agrees_with_the_profile():
    profile = resolve_device("fake_kyiv")

    shown = json.loads(run(devices, "show", "fake_kyiv", "--json").stdout)

    assert shown["mean_errors"] == profile.error_means._asdict()
    assert shown["plain_mean_errors"] == profile.plain_means._asdict()
    assert shown["dead_couplers"] == [list(pair) for pair in profile.dead_couplers]
    assert shown["component_sizes"] == [125, 1, 1]
    assert shown["num_components"] == 3
    assert shown["error_score"] == pytest.approx(
        0.5 * profile.error_means[0] + 0.3 * profile.error_means[1] + 0.2 * profile.error_means[2]
    )


def test_show_copes_with_a_device_of_which_nothing_is_known(store):
    write_snapshot(DeviceProfile(name="bare", num_qubits=2, faulty_qubits=(0, 1)), store)

    result = run(devices, "show", "bare")
    shown = json.loads(run(devices, "show", "bare", "--json").stdout)

    assert result.exit_code == 0
    assert "all pairs" in result.stdout
    assert shown["component_sizes"] == []
    assert shown["error_score"] is shown["plain_mean_errors"] is shown["median_t1_s"] is None


def test_show_of_an_unknown_device_raises_one_error_with_near_names():
    result = run(devices, "show", "fake_kyv")

    assert isinstance(result.exception, UnknownNameError)
    assert result.stdout == ""


def test_refresh_writes_snapshots_and_lists_every_unknown_name(tmp_path):
    folder = tmp_path / "new"

    result = run(
        calibrations, "refresh", "fake_manila", "fake_manla", "fake_vigo", "nope",
        "--source", "fake", "--store", folder,
    )  # fmt: skip

    files = sorted(folder.glob("[!.]*"))
    assert sorted(result.stdout.split()) == sorted(map(str, files))
    assert [p.name.partition("@")[0] for p in files] == [
        "fake_manila",
        "fake_vigo",
    ]
    assert isinstance(result.exception, BadInputs)
    assert [e.problem for e in result.exception.errors] == [
        "unknown fake backend 'fake_manla'",
        "unknown fake backend 'nope'",
    ]


def test_refresh_writes_what_is_shipped(store):
    from qiskit_ibm_runtime import __version__

    shipped = resolve_device("fake_jakarta")

    run(calibrations, "refresh", "fake_jakarta", "--source", "fake")

    path = store / "fake_jakarta@2024-05-27T183224Z.json"
    fresh = replace(shipped, origin=f"fake backend of qiskit-ibm-runtime {__version__}")
    assert read_snapshot(path) == fresh


def test_refresh_needs_a_source_and_knows_but_one():
    assert run(calibrations, "refresh", "fake_manila").exit_code == 2
    assert run(calibrations, "refresh", "fake_manila", "--source", "moon").exit_code == 2


def test_import_writes_what_is_right_and_lists_what_is_wrong(tmp_path, store):
    good = tmp_path / "ibm_lab_calibrations_2025-03-30T02_24_45Z.csv"
    good.write_text(EXPORT, encoding="utf-8")
    bad = tmp_path / "ibm_bad_calibrations_2025-03-30T02_24_45Z.csv"
    bad.write_text(EXPORT.replace("0_1:0.2", "0_1:2").replace("true", "maybe"), encoding="utf-8")

    result = run(calibrations, "import", bad, good)

    path = store / "ibm_lab@2025-03-30T022445Z.json"
    assert result.stdout == f"{path}\n"
    assert list(store.glob("[!.]*")) == [path]
    assert read_snapshot(path).two_qubit_error == {(0, 1): 0.2}
    assert [error.source for error in result.exception.errors] == [str(bad)] * 3


def test_import_takes_the_capture_time_and_the_store_it_is_given(tmp_path):
    path = tmp_path / "ibm_lab_calibrations.csv"
    path.write_text(EXPORT, encoding="utf-8")
    folder = tmp_path / "elsewhere"

    result = run(
        calibrations, "import", path, "--captured-at", "2024-05-06T07:08:09+02:00",
        "--store", folder, "--json",
    )  # fmt: skip

    written = json.loads(result.stdout)["written"]
    assert written == [{"name": "ibm_lab", "path": str(folder / "ibm_lab@2024-05-06T050809Z.json")}]
    assert resolve_device(written[0]["path"]).calibrated_at == datetime(
        2024, 5, 6, 5, 8, 9, tzinfo=UTC
    )


def test_a_capture_time_that_is_none_is_refused_before_anything_is_written(tmp_path, store):
    path = tmp_path / "ibm_lab_calibrations.csv"
    path.write_text(EXPORT, encoding="utf-8")

    result = run(calibrations, "import", path, "--captured-at", "soon")

    assert "--captured-at: 'soon' is no time" in str(result.exception)
    assert not store.exists()


def test_import_into_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    path = tmp_path / "ibm_lab_calibrations_2025-03-30T02_24_45Z.csv"
    path.write_text(EXPORT, encoding="utf-8")
    (tmp_path / "file").write_text("", encoding="utf-8")

    result = run(calibrations, "import", path, "--store", tmp_path / "file" / "inside")

    assert "cannot write" in str(result.exception)


def test_errors_are_one_line_each_on_stderr_with_status_2(tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")

    shown = run(main, "devices", "show", "fake_kyv")
    imported = run(main, "calibrations", "import", bad, tmp_path / "absent.csv")

    assert (shown.exit_code, imported.exit_code) == (2, 2)
    assert (shown.stdout, imported.stdout) == ("", "")
    assert shown.stderr == (
        "error: unknown device 'fake_kyv'; did you mean 'fake_kyiv' or 'fake_kyoto' or "
        "'fake_vigo'?\n"
    )
    assert [line.split(": ")[1] for line in imported.stderr.splitlines()] == [
        f"{bad}:1",
        str(tmp_path / "absent.csv"),
    ]


def test_run_lists_every_device_that_it_cannot_use(tmp_path):
    jobs = tmp_path / "jobs.csv"
    jobs.write_text("job_id,num_qubits,depth,two_qubits,num_shots\n1,5,5,4,100\n", "utf-8")

    result = run(main, "run", jobs, "--devices", "fake_kyv,fake_kyiv,fake_fz")

    assert result.exit_code == 2
    assert [line.split(";")[0] for line in result.stderr.splitlines()] == [
        "error: unknown device 'fake_kyv'",
        "error: unknown device 'fake_fz'",
    ]
