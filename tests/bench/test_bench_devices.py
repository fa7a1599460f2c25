"""Profile loading per device: from a snapshot and from a backend."""

from __future__ import annotations

import pytest

from qsched.files import data_dir
from qsched.io.devices import load_fleet
from qsched.io.snapshots import read_snapshot, write_snapshot

SNAPSHOTS = {
    path.name.partition("@")[0]: path
    for path in sorted((data_dir("fake_backends") / "snapshots").glob("*.json"))
}


@pytest.mark.parametrize("name", SNAPSHOTS)
def test_profile_from_a_snapshot(benchmark, name):
    profile = benchmark(read_snapshot, SNAPSHOTS[name])

    benchmark.extra_info["num_qubits"] = profile.num_qubits
    assert profile.name == name


def test_the_paper_fleet_from_its_snapshots(benchmark):
    assert len(benchmark(load_fleet, "paper").devices) == 5


def test_a_snapshot_written_to_the_disk(benchmark, tmp_path):
    profile = read_snapshot(SNAPSHOTS["fake_brussels"])

    assert benchmark(write_snapshot, profile, tmp_path).exists()


@pytest.mark.parametrize("name", ["fake_manila", "fake_kolkata", "fake_kyiv", "fake_fez"])
def test_profile_from_a_fake_backend_with_qiskits_own_loading(benchmark, name):
    from qsched.io.backends import load_fake_backend

    assert benchmark(load_fake_backend, name).name == name


@pytest.mark.parametrize("kind", ["FakeManilaV2", "FakeKolkataV2", "FakeKyiv", "FakeFez"])
def test_profile_from_a_backend_already_loaded(benchmark, kind):
    from qiskit_ibm_runtime import fake_provider

    from qsched.io.backends import profile_backend

    backend = getattr(fake_provider, kind)()
    assert backend.target is not None  # loads its files, once

    assert benchmark(profile_backend, backend).num_qubits == backend.num_qubits
