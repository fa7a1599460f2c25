"""A store of ten thousand snapshots: listing it, and selecting one of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from qsched.files import data_dir
from qsched.io.lookup import resolve_device
from qsched.io.snapshots import read_snapshot, snapshot_name, snapshot_text
from qsched.io.store import SnapshotStore

DEVICES, DAYS = 20, 500


@pytest.fixture(scope="module")
def make_store(tmp_path_factory):
    """A function that returns a store of so many days of each device, made once."""
    made = {}

    def make(days):
        if days in made:
            return made[days]
        folder = tmp_path_factory.mktemp("store")
        (path,) = (data_dir("fake_backends") / "snapshots").glob("fake_manila@*.json")
        manila = read_snapshot(path)
        for device in range(DEVICES):
            for day in range(days):
                when = manila.calibrated_at + timedelta(days=day)
                profile = replace(manila, name=f"lab_{device}", calibrated_at=when)
                text = snapshot_text(profile)
                (folder / snapshot_name(profile)).write_text(text, encoding="utf-8")
        made[days] = SnapshotStore(folder)
        assert len(made[days].listing().rows) == DEVICES * days
        return made[days]

    return make


@pytest.fixture
def store(make_store, full):
    """A store of 10,000 snapshots, of 200 where benchmarks run as tests."""
    return make_store(DAYS if full else 10)


def test_list_of_ten_thousand_snapshots(benchmark, figure, store):
    listing = benchmark(store.listing)

    assert listing.problems == ()
    if benchmark.stats:
        figure(
            "list of a store of snapshots", benchmark.stats["median"], "s",
            at_most=1.0, context=f"{len(listing.rows):,} snapshots",
        )  # fmt: skip


@pytest.mark.parametrize("spec", ["lab_7@latest", "lab_7@2024-05-30"])
def test_one_of_ten_thousand_snapshots(benchmark, figure, store, spec):
    assert benchmark(resolve_device, spec, store=store.folder).name == "lab_7"
    if benchmark.stats:
        figure(
            f"selecting {spec} from a store", benchmark.stats["median"] * 1e3, "ms",
            at_most=20.0, context=f"{len(store.files()):,} snapshots",
        )  # fmt: skip


def test_one_more_beside_ten_thousand_snapshots(benchmark, store):
    profile = resolve_device("lab_7", store=store.folder)

    assert benchmark(store.add, [profile])[0].exists()
