"""The documented experiment on stale calibrations, on the published exports."""

import re
from pathlib import Path

import pytest

from qsched.config import read_scenario
from qsched.experiment.scenario import check_scenario, run_scenario
from qsched.experiment.staleness import price_of_staleness
from qsched.io.imports import import_calibrations
from qsched.io.store import SnapshotStore
from qsched.testing import check_schedule

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "explanation" / "calibration-drift.md"
SCENARIO = ROOT / "docs" / "explanation" / "drift" / "scenario.toml"
EXPORTS = sorted((ROOT / ".." / "shared" / "icpp2025" / "calibrations").glob("*/*.csv"))

pytestmark = pytest.mark.skipif(
    not EXPORTS, reason="the published calibrations are not at ../shared/icpp2025/calibrations"
)


@pytest.fixture(scope="module")
def scenario(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    profiles, errors = import_calibrations(EXPORTS)
    assert not errors
    SnapshotStore(folder).add(profiles)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QSCHED_STORE", str(folder))
        yield read_scenario(SCENARIO)


@pytest.fixture(scope="module")
def prices(scenario):
    return {
        p.policy: p
        for p in price_of_staleness(scenario, policies=["fidelity", "fair"], seeds=range(20))
    }


def test_fidelity_is_never_worse_for_seeing_what_holds(prices):
    price = prices["fidelity"]

    assert min(price.losses) >= 0.0
    assert price.loss - price.half_width > 0.0


def test_fair_does_not_look_at_errors_and_loses_nothing(prices):
    assert set(prices["fair"].losses) == {0.0}


def test_the_page_says_what_comes_out(prices):
    rows = re.findall(
        r"^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) ± ([\d.]+) \|",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )

    assert [row[0] for row in rows] == ["fidelity", "fair"]
    for policy, *figures in rows:
        _, fresh, stale, _, loss, half_width = prices[policy]
        assert figures == [f"{x:.5f}" for x in (fresh, stale, loss, half_width)]


def test_the_scenario_keeps_the_laws_and_drifts(scenario):
    fleet = check_scenario(scenario)
    result = run_scenario(scenario, fleet=fleet)

    check_schedule(result)
    assert result.summary.num_done == 320
    kinds = [event.kind.name for event in result.events if event.kind.is_of_device]
    assert (kinds.count("CALIBRATED"), kinds.count("REFRESHED")) == (5, 5)
    looked_s = {event.time_s for event in result.events if event.kind.name == "REFRESHED"}
    assert looked_s == {3 * 30 * 86_400.0}
