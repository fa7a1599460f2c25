"""Many small workloads for a policy, with a proof behind each."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

from qsched.errors import ScheduleError
from qsched.model import FailureRate, MaintenanceWindow, Recalibration, Status
from qsched.sim import Simulation
from qsched.testing.builders import make_device, make_fleet, make_job
from qsched.testing.schedules import check_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsched.model import DeviceProfile, Fleet, Job
    from qsched.policy import AllocationPolicy


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


def _fleet(random: Random) -> Fleet:
    devices = [
        make_device(f"qpu{i}", random.choice([1, 5, 7, 16]), clops=random.choice([1e3, 1e5]))
        for i in range(random.randint(1, 5))
    ]
    maintenance = {}
    if random.random() < 0.5:  # noqa: PLR2004 - half of them
        window = MaintenanceWindow(
            start_s=random.uniform(0.0, 200.0),
            duration_s=random.uniform(1.0, 100.0),
            period_s=random.choice([None, 400.0]),
        )
        maintenance[random.choice(devices).name] = (window,)
    disturbed = _disturbances(random, devices)
    return make_fleet(*devices, maintenance=maintenance, **disturbed)


def _disturbances(random: Random, devices: Sequence[DeviceProfile]) -> dict[str, Any]:
    """Return breakdowns for a third of the fleets, and drift for a third."""
    facts: dict[str, Any] = {}
    if random.random() < 1 / 3:
        rate = FailureRate(mtbf_s=random.uniform(50.0, 500.0), mttr_s=random.uniform(1.0, 100.0))
        facts["failures"] = {random.choice(devices).name: rate}
        facts["max_attempts"] = random.randint(1, 4)
    if random.random() < 1 / 3:
        device = random.choice(devices)
        times_s = sorted({random.uniform(1.0, 500.0) for _ in range(random.randint(1, 4))})
        facts["recalibrations"] = {
            device.name: tuple(
                Recalibration(
                    time_s,
                    replace(
                        device,
                        readout_error=(random.uniform(0.0, 0.2),) * device.num_qubits,
                        clops=random.choice([1e3, 1e5]),
                    ),
                )
                for time_s in times_s
            )
        }
        facts["refresh_period_s"] = random.choice([0.0, 100.0])
    return facts


def _workload(random: Random, largest: int) -> Iterator[Job]:
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


def check_policy(
    policy: AllocationPolicy,
    *,
    seed: int = 0,
    num_workloads: int = 50,
    may_fail: bool = False,
) -> None:
    """Run a policy over many small workloads and check every schedule.

    Fleets are unequal, some under maintenance; in some, devices drift or break
    down. Brokers are serial and parallel; some jobs are withdrawn and some larger
    than the fleet.

    Args:
        policy: The policy.
        seed: Seed of the workloads.
        num_workloads: How many to try.
        may_fail: Whether the policy may leave a job waiting for ever that the fleet
            could hold, for instance because it splits none into more than two parts.

    Raises:
        ScheduleError: A schedule breaks a law, a job waits for ever, or the policy is
            not pure.
        PlanError: The policy returned a plan that cannot be carried out.
    """
    random = Random(seed)  # noqa: S311 - no secret
    for number in range(num_workloads):
        fleet = _fleet(random)
        jobs = list(_workload(random, fleet.num_qubits + 1))
        result = Simulation(
            fleet,
            jobs,
            policy=_AskTwice(policy),
            broker=random.choice(["parallel", "parallel", "serial"]),
            discipline=random.choice(["fcfs", "sjf", "priority", "easy"]),
            seed=number,
        ).run()
        check_schedule(result, jobs)
        failed = [
            record
            for record in result.jobs
            if record.status is Status.FAILED and not record.attempts
        ]
        if failed and not may_fail:
            raise ScheduleError(
                f"job {failed[0].job_id} of {failed[0].num_qubits} qubits is left waiting "
                f"for ever on devices of {[device.num_qubits for device in fleet.devices]}"
            )
