"""Every policy, discipline and broker gives a lawful schedule of any workload."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import ConfigError
from qsched.estimate import MODELS
from qsched.model import EventKind, MaintenanceWindow, Status
from qsched.policy import DISCIPLINES, POLICIES
from qsched.sim import BROKERS, Simulation
from qsched.testing import EventLog, check_schedule, make_device, make_fleet, make_job

# A clock that starts at 0, one near the end of time, and gaps from nothing to years.
ORIGINS_S = st.sampled_from([0.0, 0.1, 1e-9, 3e7, 1e12])
GAPS_S = st.sampled_from([0.0, 0.0, 1e-12, 0.3, 20.0, 50.0, 130.7, 1e6])
PATIENCES_S = st.sampled_from([None, None, None, 0.0, 1e-12, 17.3, 50.0, 300.0])


@st.composite
def fleets(draw):
    """Unequal devices, some of one qubit, some with windows that overlap or come again."""
    sizes = draw(st.lists(st.sampled_from([1, 2, 5, 7, 20]), min_size=1, max_size=4))
    devices = [
        make_device(f"d{i}", n, clops=draw(st.sampled_from([1e4, 1e5, 1e9])))
        for i, n in enumerate(sizes)
    ]
    windows = st.builds(
        lambda start_s, duration_s, factor: MaintenanceWindow(
            start_s=start_s, duration_s=duration_s, period_s=factor and factor * duration_s
        ),
        st.floats(0.0, 400.0),
        st.floats(10.0, 200.0),
        st.sampled_from([None, None, 1.5, 4.0]),
    )
    maintenance = {
        device.name: tuple(draw(st.lists(windows, max_size=2)))
        for device in devices
        if draw(st.booleans())
    }
    return make_fleet(*devices, maintenance=maintenance)


@st.composite
def workloads(draw, largest):
    """Jobs from one qubit to more than the fleet has, some withdrawn, at all kinds of times."""
    now_s = draw(ORIGINS_S)
    jobs = []
    for i in range(draw(st.integers(0, 14))):
        now_s += draw(GAPS_S)
        patience_s = draw(PATIENCES_S)
        jobs.append(
            make_job(
                f"job{i}",
                draw(st.integers(1, largest + 1)),
                shots=draw(st.sampled_from([1, 100, 1_000, 5_000])),
                depth=draw(st.integers(0, 50)),
                num_two_qubit_gates=draw(st.integers(0, 100)),
                priority=draw(st.integers(-2, 2)),
                submit_time_s=now_s,
                cancel_time_s=None if patience_s is None else now_s + patience_s,
            )
        )
    return jobs


def simulation(data, **choices):
    """Draw a fleet, a workload and a form to give it in; return the run and its jobs."""
    fleet = data.draw(fleets())
    jobs = data.draw(workloads(fleet.num_qubits))
    # Periodic maintenance over years would be worked off window by window.
    if jobs and jobs[-1].submit_time_s > 1e4:
        fleet = make_fleet(*fleet.devices)
    given_jobs = data.draw(st.sampled_from([list, tuple, iter]))(jobs)
    return Simulation(fleet, given_jobs, **choices), jobs


@pytest.mark.parametrize("broker", BROKERS.names())
@pytest.mark.parametrize("discipline", DISCIPLINES.names())
@pytest.mark.parametrize("policy", POLICIES.names())
@given(data=st.data())
@settings(max_examples=12)
def test_every_policy_discipline_and_broker_gives_a_lawful_schedule(
    policy, discipline, broker, data
):
    try:
        run, jobs = simulation(data, policy=policy, discipline=discipline, broker=broker)
    except ConfigError:  # a broker may have no rules for a policy, and says so
        assert broker == "icpp2025"
        return
    if broker == "icpp2025":
        run, jobs = lawful_for_the_published_code(run, jobs)
    result = run.run()

    check_schedule(result, None if broker == "icpp2025" else jobs)
    assert len(result.jobs) == len(jobs)


def lawful_for_the_published_code(run, jobs):
    """It knows neither maintenance nor withdrawal, and gives every device a qubit."""
    least = len(run.fleet.devices)
    patient = [make_job(j.job_id, max(least, j.num_qubits), shots=1_000) for j in jobs]
    return (
        Simulation(
            make_fleet(*run.fleet.devices),
            patient,
            policy=run.policy_name,
            discipline=run.discipline_name,
            broker="icpp2025",
        ),
        patient,
    )


@pytest.mark.parametrize("model", MODELS.names())
@given(data=st.data())
@settings(max_examples=40)
def test_every_model_gives_a_lawful_schedule(model, data):
    run, jobs = simulation(data, model=model)

    check_schedule(run.run(), jobs)


@given(data=st.data(), policy=st.sampled_from(POLICIES.names()))
@settings(max_examples=60)
def test_no_job_fails_that_the_fleet_can_hold(data, policy):
    """Without maintenance nothing but the policy can keep a job waiting for ever."""
    run, jobs = simulation(
        data, policy=policy, broker=data.draw(st.sampled_from(["parallel", "serial"]))
    )
    result = Simulation(
        make_fleet(*run.fleet.devices), jobs, policy=policy, broker=run.broker_name
    ).run()

    assert all(record.status is not Status.FAILED for record in result.jobs)


@given(data=st.data(), discipline=st.sampled_from(DISCIPLINES.names()))
@settings(max_examples=60)
def test_interrupted_run_is_a_lawful_partial_schedule(data, discipline):
    run, jobs = simulation(data, discipline=discipline)
    while data.draw(st.booleans()) and run.advance():
        run.broker.dispatch()
    run.log.settle()

    check_schedule(run.result(partial=True), jobs)


@given(data=st.data())
@settings(max_examples=60)
def test_recorders_hear_what_is_recorded_in_the_order_of_time(data):
    log = EventLog()
    run, _ = simulation(data, recorders=[log])
    result = run.run()

    assert log.events == list(result.events)
    assert [e.time_s for e in log.events] == sorted(e.time_s for e in log.events)


@given(data=st.data())
@settings(max_examples=40)
def test_jobs_of_equal_priority_start_in_the_order_of_submission(data):
    """First come, first served: no policy may turn the order round."""
    run, jobs = simulation(data, policy=data.draw(st.sampled_from(POLICIES.names())))
    started = [e.subject for e in run.run().events if e.kind is EventKind.STARTED]
    rank = {job.job_id: i for i, job in enumerate(jobs)}

    assert [rank[job_id] for job_id in started] == sorted(rank[job_id] for job_id in started)
