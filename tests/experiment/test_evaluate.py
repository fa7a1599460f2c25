"""Evaluation of policies: by hand, on common random numbers, and over equal sets of jobs."""

import csv
import io
import json
from math import sqrt

import pytest

from qsched.errors import BadInputs, ConfigError, UnknownNameError
from qsched.experiment import schedule
from qsched.experiment.bounds import highest_rate
from qsched.experiment.dominance import FIGURES, Dominance
from qsched.experiment.evaluate import evaluate
from qsched.experiment.evaluation import EvaluationInterrupted
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.replications import resampled
from qsched.policy import load_policy
from qsched.testing import make_device, make_fleet, make_job

FLEET = make_fleet(
    make_device("fast", clops=200_000.0, readout_error=(0.05,) * 5),
    make_device("clean", clops=100_000.0),
)
"""A job of 1,000 shots takes 25 s on the one and 50 s on the other."""

JOBS = [make_job(f"job{n}", 1 + n % 5, shots=500 + 100 * n) for n in range(12)]


def one_job(seed):
    """Return a job that takes 25 or 50 s on the fast device when the seed is 0 or 1."""
    return [make_job("only", 3, shots=1_000 * (1 + seed))]


def run(policies=("speed", "fidelity"), **options):
    given = {"jobs": JOBS, "fleet": FLEET, "replications": 2}
    return evaluate(policies, **(given | options))


# -- by hand ---------------------------------------------------------------------------


def test_two_policies_in_two_replications_by_hand():
    found = run(jobs=one_job)

    assert [(r.replication, r.seed, r.policy, r.makespan_s) for r in found.runs] == [
        (0, 0, "speed", 25.0),
        (0, 0, "fidelity", 50.0),
        (1, 1, "speed", 50.0),
        (1, 1, "fidelity", 100.0),
    ]
    half_width = 12.7062 * (25.0 / sqrt(2.0)) / sqrt(2.0)  # Student's t, 1 degree of freedom
    speed = found.intervals("speed")["makespan_s"]
    assert speed.mean == 37.5
    assert speed.half_width == pytest.approx(half_width, rel=1e-5)
    slower = found.differences("fidelity", "speed")["makespan_s"]
    assert slower.mean == 37.5  # of 25 and 50: more sure than 75 - 37.5 of two such intervals
    assert slower.half_width == pytest.approx(half_width, rel=1e-5)
    assert found.intervals("speed")["mean_wait_time_s"] == (0.0, 0.0)
    assert found.dominances("speed") == found.dominances("fidelity") == []


def test_a_policy_that_is_later_and_no_better_is_dominated():
    fleet = make_fleet(make_device("fast", clops=200_000.0), make_device("slow", num_qubits=4))
    late = load_policy("fidelity")  # both devices are as clean: it takes the first and waits

    found = run({"speed": "speed", "late": late}, fleet=fleet, replications=3, jobs=one_and_two)

    assert found.dominances("speed") == []
    assert found.dominances("late") == [Dominance("late", "speed", is_significant=True)]
    assert found.to_dict()["policies"][1]["dominated_by"] == [
        {"policy": "speed", "significant": True}
    ]


def one_and_two(seed):
    """Return two jobs; the second is at once on the slow device sooner done than if it waited."""
    return [
        make_job("long", 4, shots=10_000 + seed),
        make_job("short", 4, shots=1_000 + seed),
    ]


def test_each_run_is_what_schedule_gives_with_its_seed():
    found = run(["random"], replications=3, seed=5, arrivals="poisson:0.01", discipline="sjf")

    for number, got in enumerate(found.runs):
        s = schedule(
            JOBS, fleet=FLEET, policy="random", arrivals="poisson:0.01", discipline="sjf",
            seed=5 + number,
        ).summary  # fmt: skip
        assert [getattr(got, name) for name in FIGURES] == [getattr(s, name) for name in FIGURES]


# -- common random numbers -------------------------------------------------------------


class Spy:
    """A policy that notes every job that it is asked about."""

    def __init__(self, name):
        self._policy = load_policy(name)
        self.seen = {}

    def decide(self, job, view):
        facts = (job.job_id, job.submit_time_s, job.num_qubits, job.shots)
        self.seen.setdefault(view.seed, set()).add(facts)
        return self._policy.decide(job, view)


@pytest.mark.parametrize(
    ("jobs", "options"),
    [
        (JOBS, {"arrivals": "poisson:0.02"}),
        (JOBS, {"arrivals": "load:0.7"}),
        (JOBS, {"arrivals": "load:0.7", "resample": True}),
        (JOBS, {"resample": True}),
        (lambda seed: paper_workload(seed, 10), {"fleet": "paper", "arrivals": "load:0.7"}),
    ],
)
def test_all_policies_meet_the_same_jobs_at_the_same_times(jobs, options):
    spies = {name: Spy(name) for name in ("speed", "fidelity", "random")}

    run(spies, jobs=jobs, replications=3, **options)

    first, *others = (spy.seen for spy in spies.values())
    assert sorted(first) == [0, 1, 2]
    assert all(other == first for other in others)
    assert first[0] != first[1] != first[2] != first[0]


def test_the_other_policies_of_an_evaluation_change_nothing():
    alone = run(["random"], arrivals="load:0.5", replications=3)
    among = run(["speed", "random", "fair"], arrivals="load:0.5", replications=3)

    assert tuple(alone.runs) == tuple(among.runs_of("random"))


def test_load_is_a_fraction_of_the_highest_rate_of_each_replication():
    found = run(["speed"], jobs=lambda seed: paper_workload(seed, 8), fleet="paper",
                arrivals="load:0.5")  # fmt: skip

    from qsched import load_fleet

    for number, got in enumerate(found.runs):
        highest = highest_rate(load_fleet("paper"), paper_workload(number, 8))
        assert got.rate_per_s == 0.5 * highest
    assert found.runs[0].rate_per_s != found.runs[1].rate_per_s


def test_more_load_means_more_wait():
    waits = [
        run(["speed"], arrivals=f"load:{load}", replications=5, resample=True)
        .intervals("speed")["mean_wait_time_s"]
        .mean
        for load in (0.1, 0.5, 0.9, 3.0)
    ]

    assert waits == sorted(waits)
    assert waits[0] < waits[-1]


def test_resampled_rows_are_drawn_with_replacement_and_keep_the_times():
    timed = [make_job(f"j{n}", shots=100 + n, submit_time_s=10.0 * n) for n in range(40)]

    drawn = resampled(timed, seed=3)

    assert [job.submit_time_s for job in drawn] == [job.submit_time_s for job in timed]
    assert len({job.job_id for job in drawn}) == 40
    shots = {job.job_id: job.shots for job in timed}
    rows = [job.job_id.rpartition("/")[0] for job in drawn]
    assert [job.shots for job in drawn] == [shots[row] for row in rows]
    assert 15 < len(set(rows)) < 35  # 40 (1 - 1/e) = 25 of them are expected
    assert drawn == resampled(timed, seed=3) != resampled(timed, seed=4)


def test_more_or_fewer_rows_than_there_are_can_be_drawn():
    timed = [make_job(f"j{n}", submit_time_s=10.0 * n) for n in range(4)]

    assert [job.submit_time_s for job in resampled(timed, 0, 3)] == [0.0, 10.0, 20.0]
    assert [job.submit_time_s for job in resampled(timed, 0, 6)] == [0.0] * 6


# -- different sets of jobs ------------------------------------------------------------


class SmallOnly:
    """Places jobs of three qubits or less, and never the others."""

    def decide(self, job, view):
        return load_policy("speed").decide(job, view) if job.num_qubits <= 3 else None


def test_jobs_that_fail_are_counted_and_policies_that_did_others_are_not_compared():
    ends = {"speed": "speed", "again": "speed", "small": SmallOnly()}
    # Large jobs come last: first come first served, nothing passes one that is never placed.
    jobs = sorted(JOBS, key=lambda job: job.num_qubits)

    found = run(ends, jobs=jobs)

    done = 2 * sum(job.num_qubits <= 3 for job in JOBS)
    assert [found.total("small", f"num_{end}") for end in ("jobs", "done", "failed")] == [
        24, done, 24 - done,
    ]  # fmt: skip
    assert not found.is_comparable("speed", "small")
    assert found.is_comparable("speed", "again")
    assert all(found.dominances(policy) == [] for policy in ends)
    assert [note for note in found.notes() if "small" in note] == [
        f"small: {done} of 24 jobs done, {24 - done} failed; its figures are of those done",
        "speed and small are not compared: they did not do the same jobs",
        "again and small are not compared: they did not do the same jobs",
    ]


def test_jobs_that_all_refuse_are_counted_and_the_rest_is_compared():
    found = run(jobs=[*JOBS, make_job("wide", 11)], arrivals="load:0.5")

    assert found.total("speed", "num_rejected") == 2
    assert found.is_comparable("speed", "fidelity")
    assert sum("1 rejected" in note or "2 rejected" in note for note in found.notes()) == 2


# -- notes and documents ---------------------------------------------------------------


def test_one_replication_has_no_intervals_and_says_so():
    found = run(replications=1)

    assert {interval.half_width for interval in found.intervals("speed").values()} == {None}
    assert found.notes() == ["one replication has no intervals, and cannot tell chance from merit"]


@pytest.mark.parametrize(
    ("options", "is_said"),
    [
        ({}, True),
        ({"arrivals": "batch"}, True),
        ({"arrivals": "poisson:1"}, False),
        ({"resample": True}, False),
        ({"jobs": one_job}, False),
    ],
)
def test_replications_that_repeat_each_other_are_said_to(options, is_said):
    assert (
        any("all replications have the same jobs" in n for n in run(**options).notes()) is is_said
    )


def test_equal_calls_give_equal_documents_and_other_seeds_others():
    first, second, other = (
        json.dumps(run(["speed", "random"], arrivals="load:0.8", seed=seed).to_dict())
        for seed in (1, 1, 2)
    )

    assert first == second != other


def test_csv_has_a_row_for_each_run():
    found = run(replications=3)

    rows = list(csv.DictReader(io.StringIO(found.csv_text())))

    assert [(row["replication"], row["policy"]) for row in rows] == [
        (str(n), policy) for n in range(3) for policy in ("speed", "fidelity")
    ]
    assert [float(row["mean_fidelity"]) for row in rows] == [r.mean_fidelity for r in found.runs]


def test_progress_counts_the_jobs_of_all_runs():
    calls = []

    run(replications=3, progress=lambda done, total: calls.append((done, total)))

    assert {total for _, total in calls} == {2 * 3 * len(JOBS)}
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)
    assert calls[-1][0] == 2 * 3 * len(JOBS)


# -- interruption ----------------------------------------------------------------------


class Impatient:
    """Presses Ctrl-C in the run of one seed."""

    def __init__(self, seed):
        self._seed = seed

    def decide(self, job, view):
        if view.seed == self._seed:
            raise KeyboardInterrupt
        return load_policy("speed").decide(job, view)


def test_ctrl_c_gives_the_replications_that_were_complete():
    with pytest.raises(EvaluationInterrupted) as stop:
        run({"speed": "speed", "impatient": Impatient(2)}, replications=5)

    found = stop.value.evaluation
    assert found.partial
    assert (found.num_replications, len(found.runs)) == (2, 4)


def test_ctrl_c_in_the_first_replication_is_just_that():
    with pytest.raises(KeyboardInterrupt) as stop:
        run({"speed": "speed", "impatient": Impatient(0)})

    assert not isinstance(stop.value, EvaluationInterrupted)


# -- what is refused -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"policies": ["sped"]}, "unknown policy 'sped'; did you mean 'speed'"),
        ({"policies": ["speed", "speed"]}, "policy 'speed' is given twice"),
        ({"policies": []}, "no policy"),
        ({"replications": 0}, "replications is 0; it must be 1 or more"),
        ({"seed": -1}, "seed is -1"),
        ({"model": "papr"}, "unknown model 'papr'"),
        ({"discipline": "lifo"}, "unknown discipline 'lifo'"),
        ({"arrivals": "load:0"}, "load is '0'; give a fraction"),
        ({"arrivals": "load:nan"}, "load is 'nan'"),
        ({"arrivals": "load:"}, "load is ''"),
        ({"arrivals": "poisson:-1"}, "arrival rate is -1.0"),
        ({"arrivals": "burst"}, "'burst' is not known; give batch, poisson:RATE_PER_S or load"),
        ({"by": ["speed"]}, "unknown figure 'speed'"),
        ({"num_jobs": 3}, "num_jobs without resample"),
        ({"num_jobs": 0, "resample": True}, "num_jobs is 0"),
        ({"jobs": []}, "no job to run"),
        ({"jobs": [make_job("wide", 11)]}, "policy speed: no job is done in replication 0"),
        ({"jobs": [make_job("wide", 11)], "arrivals": "load:1"}, "job wide needs 11 qubits"),
    ],
)  # fmt: skip
def test_what_cannot_be_evaluated_is_refused_in_one_line(options, message):
    with pytest.raises((ConfigError, UnknownNameError)) as error:
        run(**options)

    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_all_that_is_wrong_is_said_before_anything_runs():
    with pytest.raises(BadInputs) as error:
        run(["sped", "fare"], model="papr", replications=0, arrivals="load:x", jobs=None)

    assert len(error.value.errors) == 5


def test_a_policy_that_refuses_the_fleet_is_heard_before_anything_runs():
    class OneDevice:
        def check_fleet(self, fleet):
            raise ConfigError(f"trained for one device, the fleet has {len(fleet.devices)}")

        def decide(self, job, view):
            raise AssertionError

    with pytest.raises(ConfigError, match="the fleet has 2"):
        run({"speed": Impatient(0), "one": OneDevice()})
