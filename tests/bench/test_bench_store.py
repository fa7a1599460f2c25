"""A store of ten thousand snapshots: listing it, and selecting one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qsched.files import data_dir
from qsched.io._store_index import load_index, row_of, save_index
from qsched.io.lookup import resolve_device
from qsched.io.snapshots import read_snapshot, snapshot_name, snapshot_text
from qsched.io.store import SnapshotStore

DEVICES, DAYS = 20, 500


@pytest.fixture(scope="module")
def store(tmp_path_factory, request):
    """A store of 10,000 small snapshots, or of 200 where benchmarks run as tests."""
    days = 10 if request.config.getoption("benchmark_disable") else DAYS
    folder = tmp_path_factory.mktemp("store")
    (path,) = (data_dir("fake_backends") / "snapshots").glob("fake_manila@*.json")
    manila = read_snapshot(path)
    for device in range(DEVICES):
        for day in range(days):
            when = manila.calibrated_at + timedelta(days=day)
            profile = replace(manila, name=f"lab_{device}", calibrated_at=when)
            (folder / snapshot_name(profile)).write_text(snapshot_text(profile), encoding="utf-8")
    store = SnapshotStore(folder)
    assert len(store.listing().rows) == DEVICES * days
    return store


def test_list_of_ten_thousand_snapshots(benchmark, store):
    listing = benchmark(store.listing)

    benchmark.extra_info["num_snapshots"] = len(listing.rows)
    assert listing.problems == ()


def test_one_of_ten_thousand_snapshots_by_name(benchmark, store):
    assert benchmark(resolve_device, "lab_7@latest", store=store.folder).name == "lab_7"


def test_one_of_ten_thousand_snapshots_by_day(benchmark, store):
    assert benchmark(resolve_device, "lab_7@2024-05-30", store=store.folder).name == "lab_7"


def test_one_more_beside_ten_thousand_snapshots(benchmark, store):
    profile = resolve_device("lab_7", store=store.folder)

    assert benchmark(store.add, [profile])[0].exists()


def test_the_index_alone(benchmark, store):
    rows = benchmark(load_index, store.folder)

    assert rows
    save_index(store.folder, rows)
    assert (
        row_of(store.files()[0].path, resolve_device("lab_0", store=store.folder)).name == "lab_0"
    )
