"""The published admission rules: worked by hand, and whom they refuse."""

from dataclasses import replace

import pytest

from qsched.errors import ConfigError
from qsched.experiment.published import published_fleet
from qsched.model import Status
from qsched.sim import Simulation
from qsched.sim.icpp2025 import Details, Icpp2025Broker
from qsched.testing import check_schedule, make_device, make_fleet, make_job

FLEET = make_fleet(*(make_device(name, 10, clops=1e6, quantum_volume=2) for name in "abc"))
SHOTS = 60_000
"""At 1,000,000 CLOPS and quantum volume 2, they take one unit of the mixed clock."""


def run(jobs, fleet=FLEET, mode="speed", shares=None):
    """Run to the end, and return the result and the broker."""
    broker = Icpp2025Broker(shares)
    result = Simulation(fleet, jobs, policy=mode, model="icpp2025", broker=broker).run()
    check_schedule(result)
    return result, broker


def big(job_id="j", num_qubits=12, **changes):
    return make_job(job_id, num_qubits, **({"shots": SHOTS} | changes))


def placed(record):
    return [(part.device, part.num_qubits) for part in record.placements]


def test_jobs_without_a_time_come_one_hundredth_apart():
    result, _ = run([big("a"), big("b"), big("c")])

    assert [record.submit_time_s for record in result.jobs] == [0.01, 0.02, 0.02 + 0.01]


def test_a_time_in_the_past_is_as_none():
    result, _ = run([big("a", submit_time_s=5.0), big("b", submit_time_s=2.0)])

    assert [record.submit_time_s for record in result.jobs] == [5.0, 5.01]


def test_speed_takes_every_device_in_the_order_of_the_fleet():
    result, broker = run([big(num_qubits=14)])

    (record,) = result.jobs
    assert placed(record) == [("a", 5), ("b", 5), ("c", 4)]
    assert broker.details["j"] == Details((0.01, 0.01, 0.01), (10 * 0.02, 9 * 0.02))
    assert record.finish_time_s == pytest.approx(0.01 + 0.2 + 0.18 + 1.0)


def test_fidelity_takes_the_cleanest_as_many_as_the_roomiest_would_be_needed():
    noisy = replace(FLEET.devices[0], readout_error=(0.2,) * 10)
    fleet = make_fleet(noisy, *FLEET.devices[1:])

    (record,) = run([big(num_qubits=14)], fleet, "fidelity")[0].jobs

    assert placed(record) == [("b", 7), ("c", 7)]


def test_fair_goes_by_clops_over_error_score():
    slow = replace(FLEET.devices[0], clops=1e4)
    noisy = replace(FLEET.devices[1], readout_error=(0.2,) * 10)
    fleet = make_fleet(slow, noisy, FLEET.devices[2])

    (record,) = run([big(num_qubits=14)], fleet, "fair")[0].jobs

    assert [device for device, _ in placed(record)] == ["c", "b", "a"]


def test_a_job_waits_for_two_devices_to_choose_from_and_looks_every_1_0():
    first, second = big("first", 28), big("second", 12)

    result, broker = run([first, second])

    told = {record.job_id: record for record in result.jobs}
    free_at = told["first"].finish_time_s
    looks = [0.02 + n for n in range(10)]
    assert free_at == pytest.approx(0.01 + 0.38 + 0.36 + 1.0)  # parts of 10, 9 and 9 qubits
    assert broker.details["second"].device_starts == (min(t for t in looks if t > free_at),) * 3


def test_a_job_holds_its_first_device_while_it_waits_for_the_second():
    def shares(job, _free):
        return [(0, 7), (1, 7)] if job.job_id == "waits" else [(1, 8), (2, 4)]

    result, broker = run([big("blocks"), big("waits", 14)], shares=shares)

    first, second = broker.details["waits"].device_starts
    (blocks, waits) = result.jobs
    assert first == 0.02
    assert second == pytest.approx(2.02)
    assert second > blocks.finish_time_s
    assert waits.start_time_s == second


def test_shares_are_asked_for_once_at_arrival_with_the_free_qubits():
    asked = []

    def shares(job, free):
        asked.append((job.job_id, list(free)))
        return [(0, 6), (1, 6)]

    run([big("a"), big("b")], shares=shares)

    assert asked == [("a", [10, 10, 10]), ("b", [4, 4, 10])]


def test_jobs_that_wait_for_more_than_a_device_has_fail_in_the_end():
    def shares(_job, _free):
        return [(0, 11), (1, 1)]

    result, _ = run([big()], shares=shares)

    assert [record.status for record in result.jobs] == [Status.FAILED]


def test_a_job_that_fits_one_device_is_refused_with_a_way_out():
    result, _ = run([big("fits", 10), big("runs", 11)])

    assert [record.status for record in result.jobs] == [Status.REJECTED, Status.DONE]
    assert "fits one device of 10" in result.jobs[0].reason
    assert "--broker parallel" in result.jobs[0].reason


def test_a_job_larger_than_the_fleet_is_refused():
    result, _ = run([big("huge", 31), big("all", 30)])

    assert result.jobs[0].reason == "needs 31 qubits, the whole fleet has 30"
    assert result.jobs[1].status is Status.DONE


def test_a_policy_without_a_published_rule_is_refused():
    with pytest.raises(ConfigError, match=r"no rule for policy 'first_fit'.*speed"):
        Simulation(FLEET, [big()], policy="first_fit", broker="icpp2025")


def test_waiting_jobs_cannot_be_withdrawn():
    result, _ = run([big("first", 28), big("second", 12, cancel_time_s=0.5)])

    assert [record.status for record in result.jobs] == [Status.DONE, Status.DONE]


def test_a_running_job_that_is_withdrawn_gives_its_qubits_back():
    first, second = big("first", 28, cancel_time_s=1.0), big("second", 12)

    result, broker = run([first, second])

    assert [record.status for record in result.jobs] == [Status.CANCELLED, Status.DONE]
    assert broker.details["second"].device_starts == (1.02,) * 3


def test_equal_runs_are_equal_byte_by_byte():
    jobs = [big(str(n), 130 + n % 120, shots=1000 * (n % 7 + 1)) for n in range(50)]

    texts = {run(jobs, published_fleet(), "fair")[0].to_json() for _ in range(2)}

    assert len(texts) == 1


def test_job_of_fewer_qubits_than_devices_is_rejected_with_the_reason() -> None:
    fleet = make_fleet(*(make_device(f"qpu{i}", 1) for i in range(3)))

    result = Simulation(
        fleet, [make_job(num_qubits=2)], policy="speed", model="icpp2025", broker="icpp2025"
    ).run()

    assert result.jobs[0].status == "REJECTED"
    assert "fewer than the 3 devices" in result.jobs[0].reason
