"""Helpers for those who write policies, disciplines, brokers and recorders.

`check_schedule` proves of any run that it breaks no law of scheduling, and
`check_policy` runs a policy over many small workloads with that proof behind
each. The builders make small devices, fleets and jobs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isclose
from random import Random
from typing import TYPE_CHECKING, Any

from qsched.errors import ScheduleError
from qsched.model import DeviceProfile, EventKind, Fleet, Job, Status
from qsched.sim import Simulation

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qsched.model import Event, JobRecord
    from qsched.policy import AllocationPolicy
    from qsched.result import RunResult

_END_OF = {
    Status.DONE: EventKind.FINISHED,
    Status.CANCELLED: EventKind.CANCELLED,
    Status.REJECTED: EventKind.REJECTED,
    Status.FAILED: EventKind.FAILED,
}


def make_device(name: str = "device", num_qubits: int = 5, **changes: Any) -> DeviceProfile:
    """Return a small device: a line of qubits, 100,000 CLOPS, quantum volume 32, errors around 1 %.

    Args:
        name: Name of the device.
        num_qubits: Physical qubits.
        **changes: Attributes of `DeviceProfile` that shall be otherwise.
    """
    couplings = tuple((i, i + 1) for i in range(num_qubits - 1))
    facts: dict[str, Any] = {
        "coupling_map": couplings,
        "clops": 100_000.0,
        "quantum_volume": 32,
        "readout_error": (0.01,) * num_qubits,
        "single_qubit_error": (0.0003,) * num_qubits,
        "two_qubit_error": dict.fromkeys(couplings, 0.008),
    }
    return DeviceProfile(name=name, num_qubits=num_qubits, **(facts | changes))


def make_fleet(*devices: DeviceProfile, name: str = "test", **changes: Any) -> Fleet:
    """Return a fleet of these devices; of one `make_device` if none is given."""
    return Fleet(name=name, devices=devices or (make_device(),), **changes)


def make_job(job_id: str = "job", num_qubits: int = 3, **changes: Any) -> Job:
    """Return a small job: depth 5, four two-qubit gates, 1,000 shots, submitted at time 0."""
    facts: dict[str, Any] = {"depth": 5, "num_two_qubit_gates": 4, "shots": 1_000}
    return Job(job_id=job_id, num_qubits=num_qubits, **(facts | changes))


@dataclass(slots=True)
class EventLog:
    """A recorder that keeps what it hears."""

    events: list[Event] = field(default_factory=list)

    def on_event(self, event: Event) -> None:
        """See `qsched.sim.Recorder`."""
        self.events.append(event)


def check_schedule(result: RunResult) -> None:
    """Prove that a run breaks no law of scheduling.

    No QPU is oversubscribed at any time and none takes a job during maintenance;
    no job is lost, starts before it was submitted or ends more than once; times
    and fidelity follow from the plan by the run's cost model; records and events
    agree. Of a partial run, jobs may still be waiting or running.

    Raises:
        ScheduleError: A law is broken; the message names the job and the law.
    """
    records: dict[str, JobRecord] = {}
    for record in result.jobs:
        if record.job_id in records:
            raise ScheduleError(f"job {record.job_id} has two records")
        records[record.job_id] = record
        _check_record(record, result)
    _check_events(result, records)


def _check_record(record: JobRecord, result: RunResult) -> None:
    def hold(law: bool, text: str) -> None:
        if not law:
            raise ScheduleError(f"job {record.job_id}: {text}")

    started = record.start_time_s is not None
    if record.status in (Status.QUEUED, Status.RUNNING):
        hold(result.partial, f"is {record.status} at the end of a run that is not partial")
    if record.status in (Status.REJECTED, Status.FAILED, Status.CANCELLED):
        hold(bool(record.reason), f"is {record.status} without a reason")
    if record.status in (Status.REJECTED, Status.QUEUED):
        hold(not started, f"is {record.status} and has started")
    if record.start_time_s is None:
        hold(record.status is not Status.DONE, "is done and never started")
        hold(not record.placements, "has placements and never started")
        return
    hold(record.start_time_s >= record.submit_time_s, "starts before it is submitted")
    devices = {device.name: device for device in result.fleet.devices}
    parts = [part.num_qubits for part in record.placements]
    hold(
        sum(parts) == record.num_qubits, f"needs {record.num_qubits} qubits and holds {sum(parts)}"
    )
    hold(min(parts) >= 1, "has an empty part")
    names = [part.device for part in record.placements]
    hold(len(set(names)) == len(names), "has two parts on one device")
    job = Job(
        job_id=record.job_id,
        num_qubits=record.num_qubits,
        depth=record.depth,
        num_two_qubit_gates=record.num_two_qubit_gates,
        shots=record.shots,
    )
    rates = [result.model.rates(devices[name]) for name in names]
    comm_s, processing_s, fidelity = result.model.estimate(job, parts, rates)
    hold(record.comm_time_s == comm_s, f"communicates {record.comm_time_s} s, its plan {comm_s} s")
    hold(
        record.processing_time_s == processing_s,
        f"is processed {record.processing_time_s} s, its plan {processing_s} s",
    )
    if record.status is Status.DONE:
        hold(record.fidelity == fidelity, f"has fidelity {record.fidelity}, its plan {fidelity}")
        ends_s = record.start_time_s + comm_s + processing_s
        finish_s = record.finish_time_s
        hold(
            finish_s is not None and isclose(finish_s, ends_s, rel_tol=1e-12, abs_tol=1e-9),
            f"finishes at {finish_s} s, its plan at {ends_s} s",
        )


class _Occupancy:
    """Who holds what on each device, as the events say it."""

    def __init__(self, result: RunResult) -> None:
        self.free = {device.name: device.num_qubits for device in result.fleet.devices}
        self.closures = dict.fromkeys(self.free, 0)

    def maintain(self, kind: EventKind, device: str) -> None:
        if kind is EventKind.MAINTENANCE_DRAINING:
            self.closures[device] += 1
        elif kind is EventKind.MAINTENANCE_FINISHED:
            self.closures[device] -= 1

    def take(self, record: JobRecord) -> None:
        for part in record.placements:
            self.free[part.device] -= part.num_qubits
            if self.free[part.device] < 0:
                raise ScheduleError(
                    f"{part.device} is oversubscribed by {-self.free[part.device]} qubits "
                    f"when job {record.job_id} starts at {record.start_time_s} s"
                )
            if self.closures[part.device]:
                raise ScheduleError(f"job {record.job_id} starts on {part.device} in maintenance")

    def release(self, record: JobRecord) -> None:
        for part in record.placements:
            self.free[part.device] += part.num_qubits


def _check_events(result: RunResult, records: dict[str, JobRecord]) -> None:
    occupancy = _Occupancy(result)
    lives: dict[str, list[EventKind]] = {job_id: [] for job_id in records}
    last_s = 0.0
    for time_s, kind, subject in result.events:
        if time_s < last_s:
            raise ScheduleError(f"event {kind.name} of {subject} at {time_s} s follows {last_s} s")
        last_s = time_s
        if kind >= EventKind.MAINTENANCE_DRAINING:
            occupancy.maintain(kind, subject)
            continue
        record, life = records[subject], lives[subject]
        if kind is EventKind.STARTED:
            if time_s != record.start_time_s:
                raise ScheduleError(f"job {subject}: start differs between record and event")
            occupancy.take(record)
        elif EventKind.STARTED in life:
            occupancy.release(record)
        life.append(kind)
    for job_id, life in lives.items():
        _check_life(records[job_id], life)


def _check_life(record: JobRecord, kinds: list[EventKind]) -> None:
    expected = [EventKind.SUBMITTED]
    if record.start_time_s is not None:
        expected.append(EventKind.STARTED)
    if record.status in _END_OF:
        expected.append(_END_OF[record.status])
    if kinds != expected:
        told = ", ".join(kind.name for kind in kinds)
        raise ScheduleError(f"job {record.job_id} is {record.status}, its events are: {told}")


class _AskTwice:
    """A policy that asks another one twice and compares."""

    def __init__(self, policy: AllocationPolicy) -> None:
        self.policy = policy

    def decide(self, job: Job, view: Any) -> Any:
        """See `qsched.policy.AllocationPolicy.decide`."""
        plan = self.policy.decide(job, view)
        if self.policy.decide(job, view) != plan:
            raise ScheduleError(f"policy answers differently to the same view, job {job.job_id}")
        return plan


def _workload(random: Random, largest: int) -> Iterable[Job]:
    now_s = 0.0
    for i in range(random.randint(0, 30)):
        now_s += random.choice([0.0, random.expovariate(0.02)])
        yield make_job(
            f"job{i}",
            random.randint(1, largest),
            shots=random.randint(1, 2_000),
            depth=random.randint(0, 40),
            num_two_qubit_gates=random.randint(0, 60),
            priority=random.randint(0, 3),
            submit_time_s=now_s,
            cancel_time_s=random.choice([None] * 9 + [now_s + random.expovariate(0.01)]),
        )


def check_policy(policy: AllocationPolicy, *, seed: int = 0, num_workloads: int = 50) -> None:
    """Run a policy over many small workloads and check every schedule.

    Args:
        policy: The policy.
        seed: Seed of the workloads.
        num_workloads: How many to try.

    Raises:
        ScheduleError: A schedule breaks a law, or the policy is not pure.
        PlanError: The policy returned a plan that cannot be carried out.
    """
    random = Random(seed)  # noqa: S311 - no secret
    for number in range(num_workloads):
        devices = [
            make_device(f"qpu{i}", random.choice([1, 5, 7, 16]), clops=random.choice([1e3, 1e5]))
            for i in range(random.randint(1, 5))
        ]
        fleet = make_fleet(*devices)
        discipline = random.choice(["fcfs", "sjf", "priority", "easy"])
        jobs = list(_workload(random, fleet.num_qubits + 1))
        result = Simulation(
            fleet, jobs, policy=_AskTwice(policy), discipline=discipline, seed=number
        ).run()
        check_schedule(result)
