"""What has changed between two calibrations, and how old one is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from qsched.errors import BadInputs, CalibrationError, ConfigError
from qsched.io.age import age_s, check_age, parse_age
from qsched.io.changes import changes_to_dict, compare_calibrations
from qsched.model import DeviceProfile
from qsched.model.service import ServiceFacts

NOW = datetime(2025, 4, 1, tzinfo=UTC)
BEFORE = DeviceProfile(
    name="lab",
    num_qubits=4,
    coupling_map=((0, 1), (1, 2), (2, 3)),
    readout_error=(0.01, 0.02, 0.03, None),
    single_qubit_error=(0.001, 0.001, 0.001, 0.001),
    two_qubit_error={(0, 1): 0.01, (1, 2): 1.0, (2, 3): 0.02},
    t1_s=(1e-4, 2e-4, None, 3e-4),
    calibrated_at=NOW - timedelta(days=3),
)
AFTER = replace(
    BEFORE,
    coupling_map=((0, 1), (0, 3), (1, 2)),
    readout_error=(0.05, 0.01, 0.04, 0.5),
    single_qubit_error=(0.001, 0.004, 0.001, 0.0005),
    two_qubit_error={(0, 1): 1.0, (0, 3): 0.5, (1, 2): 0.03},
    calibrated_at=NOW,
)


def test_worst_movers_come_first_and_the_better_ones_not_at_all():
    changes = compare_calibrations(BEFORE, AFTER)

    assert [(move.what, move.where) for move in changes.worst_qubits] == [
        ("readout", (0,)), ("readout", (2,)), ("single_qubit", (1,)),
    ]  # fmt: skip
    assert (changes.worst_qubits[0].before, changes.worst_qubits[0].after) == (0.01, 0.05)
    assert compare_calibrations(BEFORE, AFTER, top=1).worst_qubits == changes.worst_qubits[:1]


def test_couplers_that_died_came_back_appeared_and_vanished_are_named():
    changes = compare_calibrations(BEFORE, AFTER)

    assert changes.died == ((0, 1),)
    assert changes.came_back == ((1, 2),)
    assert changes.appeared == ((0, 3),)
    assert changes.vanished == ((2, 3),)
    assert changes.worst_couplings == ()  # of those in both, one was dead each time


def test_medians_are_over_what_works():
    medians = {row.what: row[1:] for row in compare_calibrations(BEFORE, AFTER).medians}

    assert medians["readout error"] == (0.02, 0.045)
    assert medians["two-qubit error"] == (0.015, 0.265)
    assert medians["T1 (s)"] == (2e-4, 2e-4)
    assert medians["T2 (s)"] == (None, None)


def test_a_calibration_does_not_differ_from_itself():
    changes = changes_to_dict(compare_calibrations(BEFORE, BEFORE))

    assert all(not rows for key, rows in changes.items() if key != "medians")
    assert all(row["before"] == row["after"] for row in changes["medians"])


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90 s", 90), ("2min", 120), ("1.5h", 5400), ("2w", 1209600)]
)
def test_ages_are_read(text, seconds):
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1d", "1y", "nan", "1e9", "9" * 30])
def test_what_is_no_age_is_refused(text):
    with pytest.raises(ConfigError, match="is no age; write it as 90min"):
        parse_age(text)


def test_age_counts_from_the_last_question_where_there_was_one():
    asked = replace(BEFORE, service=ServiceFacts(asked_at=NOW - timedelta(hours=1)))

    assert age_s(BEFORE, NOW) == 3 * 86_400
    assert age_s(asked, NOW) == 3_600
    assert age_s(replace(BEFORE, calibrated_at=None), NOW) is None


def test_all_that_are_too_old_are_listed():
    undated = replace(BEFORE, name="undated", calibrated_at=None)

    check_age([AFTER, BEFORE], 4 * 86_400.0, NOW)
    with pytest.raises(
        CalibrationError, match=r"lab: calibration is 3\.0 d old, more than 24\.0 h"
    ):
        check_age([AFTER, BEFORE], 86_400.0, NOW)
    with pytest.raises(BadInputs) as caught:
        check_age([AFTER, BEFORE, undated], 1.0, NOW)
    assert "undated: calibration of unknown age" in str(caught.value)
