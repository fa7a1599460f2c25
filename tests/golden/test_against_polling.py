"""On tables and fleets of any kind, skipping looks gives what looking every 1.0 gives."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polling import Outcome, poll

from qsched.estimate import load_model
from qsched.experiment.paper_workload import paper_workload
from qsched.experiment.published import published_fleet
from qsched.model import Fleet, Job, Status
from qsched.sim import Simulation
from qsched.sim.icpp2025 import Icpp2025Broker
from qsched.testing import check_schedule, make_device

MODEL = load_model("icpp2025")
LEARNED = "learned"
MODES = ("speed", "fidelity", "fair", LEARNED)
SIZES = (10, 20, 20, 27)
CLOPS = (220_000.0, 100_000.0, 30_000.0, 700_000 / 6)
"""At the last one, 1,000 shots take exactly one unit of time, at quantum volume 128."""

HORIZON = 1500.0
GAPS = {
    "all at once": st.just(0.0),
    "whole numbers": st.sampled_from([0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 5.0]),
    "halves and quarters": st.sampled_from([0.0, 0.25, 0.5, 1.0, 1.5]),
    "anything": st.floats(0.0, 3.0),
}
SHOTS = st.one_of(
    st.sampled_from([6_600, 13_200]),
    st.integers(1, 30).map(lambda n: 60 * n),
    st.integers(1, 60).map(lambda n: 100 * n),
    st.integers(1, 9).map(lambda n: 660 * n),
    st.integers(1, 5).map(lambda n: 1_000 * n),
)


@st.composite
def fleets(draw):
    """Two to five devices of unequal size, speed and noise."""
    return Fleet(
        name="drawn",
        devices=tuple(
            replace(
                make_device(f"d{number}", num_qubits, clops=clops, quantum_volume=128),
                readout_error=(0.01 + 0.001 * noise,) * num_qubits,
            )
            for number, (num_qubits, clops, noise) in enumerate(
                draw(
                    st.lists(
                        st.tuples(
                            st.sampled_from(SIZES), st.sampled_from(CLOPS), st.integers(0, 9)
                        ),
                        min_size=2,
                        max_size=5,
                    )
                )
            )
        ),
    )


@st.composite
def tables(draw, fleet, gaps):
    """Jobs larger than any device; in some tables the times run backwards here and there."""
    largest = max(device.num_qubits for device in fleet.devices)
    qubits = st.integers(largest + 1, fleet.num_qubits)
    rows = draw(st.lists(st.tuples(qubits, SHOTS, gaps, st.booleans()), min_size=2, max_size=22))
    jobs, time = [], 0.0
    backwards = draw(st.booleans())
    for number, (num_qubits, shots, gap, back) in enumerate(rows):
        time = max(0.0, time - gap) if backwards and back else time + gap
        jobs.append(Job(job_id=str(number), num_qubits=num_qubits, shots=shots, submit_time_s=time))
    return jobs


def learned(weights):
    """A rule as a learned policy has one: shares by weight and free qubits, fixed at arrival."""

    def shares(job, free):
        action = [w * (1 + n) for w, n in zip(weights, free, strict=True)]
        counts = [round(a / (sum(action) + 1e-6) * job.num_qubits) for a in action]
        counts[0] += job.num_qubits - sum(counts)
        if counts[0] < 0:
            counts[counts.index(max(counts))] += counts[0]
        return [(device, count) for device, count in enumerate(counts) if count > 0]

    return shares


def outcome(record, details):
    """What happened to a job, as the polling program says it."""
    return Outcome(
        record.submit_time_s, details.device_starts, record.finish_time_s, details.link_times
    )


def agree(fleet, jobs, mode, shares=None, until=HORIZON):
    """Assert that both programs say the same of every job; return how many are done."""
    broker = Icpp2025Broker(shares)
    result = Simulation(
        fleet, jobs, policy="speed" if shares else mode, model=MODEL, broker=broker
    ).run()
    ours = {
        record.job_id: outcome(record, broker.details[record.job_id])
        for record in result.jobs
        if record.status is Status.DONE
    }
    assert all(told.finish < until for told in ours.values())
    assert ours == poll(jobs, fleet.devices, MODEL, mode, shares=shares, until=until)
    check_schedule(result)
    return len(ours)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("kind", GAPS)
@settings(max_examples=40)
@given(data=st.data())
def test_every_job_starts_and_ends_when_polling_says(kind, mode, data):
    fleet = data.draw(fleets())
    jobs = data.draw(tables(fleet, GAPS[kind]))
    shares = None
    if mode == LEARNED:
        weight = st.sampled_from([0.0, 0.0, 0.3, 0.7, 1.0])
        number = len(fleet.devices)
        shares = learned(data.draw(st.lists(weight, min_size=number, max_size=number)))

    agree(fleet, jobs, mode, shares)


@pytest.mark.parametrize("mode", ["speed", "fidelity", "fair"])
@pytest.mark.parametrize("gap", [0.0, 20.0, 17.25])
def test_on_the_published_fleet_too_with_arrivals_over_time(mode, gap):
    jobs = [
        replace(job, shots=job.shots // 10, submit_time_s=gap * (index // 3))
        for index, job in enumerate(paper_workload(7, 60))
    ]

    assert agree(published_fleet(), jobs, mode, until=4000.0) == 60


def test_a_job_with_its_first_device_looks_for_the_second_after_all_who_look_at_that_time():
    """Job 8 arrives at 2.0 just before job 7 looks, takes a device, and looks after job 7."""
    fleet = Fleet(
        name="even",
        devices=tuple(make_device(name, 10, clops=220_000.0, quantum_volume=128) for name in "abc"),
    )
    rows = [(11, 0.0)] * 7 + [(12, 1.0), (11, 2.0)]
    jobs = [
        Job(job_id=str(number), num_qubits=num_qubits, shots=6_600, submit_time_s=time)
        for number, (num_qubits, time) in enumerate(rows)
    ]

    assert agree(fleet, jobs, LEARNED, learned([0.0, 0.3, 0.3])) == 9
