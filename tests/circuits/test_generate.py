"""The committed sample circuits are what the script writes, and the manifest tells the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generate import angle, load, write
from qsched.io.extract import profile_circuit
from samples import all_samples

FOLDER = Path(__file__).resolve().parents[2] / "circuits"
WRITTEN = [*sorted(FOLDER.glob("*.qasm")), FOLDER / "manifest.json", FOLDER / "README.md"]
ENTRIES = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["circuits"]


def test_script_writes_the_committed_bytes_again(tmp_path):
    write(tmp_path)
    again = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(again) == sorted(path.name for path in WRITTEN)
    for path in WRITTEN:
        assert again[path.name] == path.read_bytes(), f"{path.name}: run circuits/generate.py"


def test_manifest_names_every_file_once():
    assert [entry["file"] for entry in ENTRIES] == [f"{s.stem}.qasm" for s in all_samples()]
    assert sorted(entry["file"] for entry in ENTRIES) == [
        path.name for path in sorted(FOLDER.rglob("*.qasm"))
    ]


def test_collection_covers_small_and_large_in_both_languages():
    sizes = [entry["num_qubits"] for entry in ENTRIES]
    assert len(ENTRIES) >= 20
    assert (min(sizes), max(sizes)) == (5, 250)
    assert sum(130 <= size <= 250 for size in sizes) >= 8
    assert len({entry["family"] for entry in ENTRIES}) >= 12
    versions = [entry["format"] for entry in ENTRIES]
    assert min(versions.count("OpenQASM 2.0"), versions.count("OpenQASM 3.0")) >= 8


def test_files_stay_small():
    assert max(path.stat().st_size for path in WRITTEN) < 400_000
    assert sum(path.stat().st_size for path in WRITTEN) < 4_000_000


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_file_reads_as_the_manifest_says(entry):
    text = (FOLDER / entry["file"]).read_text(encoding="utf-8")
    assert text.startswith(entry["format"].upper())
    assert entry["description"] in text.splitlines()[1]
    circuit = load(text)
    assert circuit.num_qubits == entry["num_qubits"]
    for split in entry["splits"].values():
        assert sum(split["parts"]) == circuit.num_qubits
        assert bool(split["cut_gates"]) == bool(split["boundary_qubits"])


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["file"])
def test_manifest_and_profile_count_alike(entry):
    """Two programs, written apart: the script's plain walk and the library's profile."""
    profile = profile_circuit(load((FOLDER / entry["file"]).read_text(encoding="utf-8")))
    for key in ("num_qubits", "depth", "num_two_qubit_gates"):
        assert getattr(profile, key) == entry[key]
    for split in entry["splits"].values():
        part_of = [part for part, size in enumerate(split["parts"]) for _ in range(size)]
        crossing = [(a, b, n) for a, b, n in profile.interactions if part_of[a] != part_of[b]]
        assert sum(count for _, _, count in crossing) == split["cut_gates"]
        assert sorted({q for a, b, _ in crossing for q in (a, b)}) == split["boundary_qubits"]


def test_circuits_above_a_device_say_what_the_fewest_devices_cost():
    for entry in ENTRIES:
        parts = entry["splits"].get("devices_127", {}).get("parts", [])
        assert bool(parts) == (entry["num_qubits"] > 127)
        assert all(size <= 127 for size in parts)


@pytest.mark.parametrize(
    ("spelled", "alike"),
    [
        ("pi/4", "pi/4"),
        ("0.7853981633974483", "pi/4"),
        ("-3*pi/2", "-3*pi/2"),
        ("0.02454369260617026", "pi/128"),
        ("3.141592653589793", "pi"),
        ("0.25", "0.25"),
        ("0.0", "0.0"),
        ("2*pi/3", "2.0943951023931953"),
    ],
)
def test_angles_are_spelled_alike_whatever_the_exporter_prefers(spelled, alike):
    assert angle(spelled) == alike
