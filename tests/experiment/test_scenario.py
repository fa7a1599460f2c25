"""Scenarios run as they say, and what they name must be there."""

from pathlib import Path

import pytest

from qsched.config import Scenario
from qsched.errors import BadInputs, ConfigError
from qsched.experiment.scenario import check_scenario, run_scenario
from qsched.model import EventKind, Job, Status

NOWHERE = (Path("not-read.csv"),)


def job(job_id, **values):
    return Job(job_id=job_id, **({"num_qubits": 20, "depth": 3, "shots": 1000} | values))


def test_a_cancelled_job_is_withdrawn_while_it_waits():
    scenario = Scenario(sources=NOWHERE, devices=("fake_kyiv",), cancellations={"second": 1.0})
    jobs = [job("first", num_qubits=127), job("second", num_qubits=127)]

    first, second = run_scenario(scenario, jobs=jobs).jobs

    assert (first.status, second.status) == (Status.DONE, Status.CANCELLED)


def test_a_cancellation_of_no_job_names_the_near_one():
    scenario = Scenario(sources=NOWHERE, cancellations={"frist": 1.0, "zzz": 2.0})

    with pytest.raises(BadInputs) as caught:
        run_scenario(scenario, jobs=[job("first")])

    assert str(caught.value).splitlines() == [
        "cancellation of an unknown job 'frist'; did you mean 'first'?",
        "cancellation of an unknown job 'zzz'; qsched inspect lists the ids",
    ]


def test_a_cancellation_before_the_submission_is_refused():
    scenario = Scenario(sources=NOWHERE, cancellations={"late": 1.0})

    with pytest.raises(ValueError, match=r"job late: cancel_time_s is 1\.0"):
        run_scenario(scenario, jobs=[job("late", submit_time_s=5.0)])


def test_maintenance_of_the_scenario_comes_on_top_of_the_fleets_own(tmp_path):
    fleet = tmp_path / "fleet.toml"
    fleet.write_text(
        'name = "two"\n[[devices]]\nname = "fake_kyiv"\n'
        "[[devices.maintenance]]\nstart_s = 500\nduration_s = 1\n"
        '[[devices]]\nname = "fake_quebec"\n'
    )
    scenario = Scenario(
        sources=NOWHERE,
        fleet=str(fleet),
        maintenance={
            "fake_kyiv": ({"start_s": 0, "duration_s": 100},),
            "fake_quebec": ({"start_s": 0, "duration_s": 60, "period_s": 1000},),
        },
    )

    windows = check_scenario(scenario).maintenance
    events = run_scenario(scenario, jobs=[job("a")]).events

    assert [w.start_s for w in windows["fake_kyiv"]] == [500, 0]
    assert [w.period_s for w in windows["fake_quebec"]] == [1000]
    started = next(event for event in events if event.kind is EventKind.STARTED)
    assert started.time_s == 60.0


@pytest.mark.parametrize(
    ("maintenance", "refusal"),
    [
        ({"fake_kyif": ({"start_s": 0, "duration_s": 1},)}, "maintenance of fake_kyif"),
        ({"fake_kyiv": ({"start_s": 0, "duration_s": 0},)}, "duration_s above 0"),
        ({"fake_kyiv": ({"start_s": 0, "duration_s": 5, "period_s": 2},)}, "period_s must be"),
    ],
)
def test_maintenance_that_cannot_be_is_refused(maintenance, refusal):
    with pytest.raises(ConfigError, match=refusal):
        check_scenario(Scenario(sources=NOWHERE, maintenance=maintenance))


def test_every_name_is_looked_at_before_any_source_is_read():
    scenario = Scenario(
        sources=NOWHERE, policy="sped", model="x", broker="y", discipline="z", fleet="papper"
    )

    with pytest.raises(BadInputs) as caught:
        run_scenario(scenario)

    assert len(caught.value.errors) == 5


def test_sources_are_read_when_no_jobs_are_given(tmp_path):
    (tmp_path / "jobs.csv").write_text("num_qubits,depth,two_qubits\n5,1,0\n")

    result = run_scenario(Scenario(sources=(tmp_path / "jobs.csv",), shots=9))

    assert [record.shots for record in result.jobs] == [9]
