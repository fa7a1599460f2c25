"""Plans that cannot be carried out are refused, and nothing is taken."""

import numpy as np
import pytest

from qsched.errors import PlanError
from qsched.model import Placement
from qsched.sim import Simulation
from qsched.testing import check_schedule, make_device, make_fleet, make_job

FLEET = make_fleet(make_device("a", 5), make_device("b", 7), make_device("c", 2))

BAD_PLANS = {
    "unknown device": ((Placement("z", 4),), "'z', which the fleet does not have"),
    "device named twice": ((Placement("b", 2), Placement("b", 2)), "names b twice"),
    "too few qubits": ((Placement("b", 3),), "holds 3 qubits, job j needs 4"),
    "too many qubits": ((Placement("b", 5),), "holds 5 qubits, job j needs 4"),
    "more than is free": ((Placement("c", 4),), "takes 4 qubits of c, free are 2"),
    "empty part": ((Placement("a", 4), Placement("b", 0)), "takes 0 qubits of b"),
    "negative part": ((Placement("a", 5), Placement("b", -1)), "takes -1 qubits of b"),
    "no part": ((), "0 parts holds 0 qubits"),
    "a fraction": ((Placement("a", 1.5), Placement("b", 2.5)), "no whole number"),
    "text for qubits": ((Placement("a", "4"),), "must be a tuple of Placement"),
    "a placement, not a plan": (Placement("a", 4), "must be a tuple of Placement"),
    "pairs": ((("a", 4),), "must be a tuple of Placement"),
    "a generator": ((p for p in [Placement("a", 4)]), "must be a tuple of Placement"),
    "a number": (7, "must be a tuple of Placement"),
    "a list for a device": ((Placement(["a"], 4),), "which the fleet does not have"),
    "too few named": ((Placement("a", 4, (0, 1)),), r"takes 4 qubits of a and names \(0, 1\)"),
    "named twice": ((Placement("a", 4, (0, 1, 1, 2)),), "and names"),
    "named beyond": ((Placement("a", 4, (2, 3, 4, 5)),), "it has 5"),
    "named below": ((Placement("a", 4, (-1, 0, 1, 2)),), "it has 5"),
    "named by text": ((Placement("a", 4, "0123"),), "names qubits '0123'"),
}


class Plans:
    """A policy that gives the same plan to the job ``j`` and a good one to others."""

    def __init__(self, plan):
        self.plan = plan

    def decide(self, job, view):
        return self.plan if job.job_id == "j" else (Placement("b", job.num_qubits),)


@pytest.mark.parametrize(("plan", "message"), BAD_PLANS.values(), ids=BAD_PLANS)
def test_bad_plan_is_refused_and_nothing_is_taken(plan, message):
    simulation = Simulation(FLEET, [make_job("j", 4)], policy=Plans(plan))

    with pytest.raises(PlanError, match=message):
        simulation.run()

    assert [qpu.held_qubits for qpu in simulation.qpus] == [0, 0, 0]
    assert len(simulation.queue) == 1
    assert simulation.running == {}


class WaitsThenPlans(Plans):
    """The same, with a first job that has to wait, so that ``j`` is looked at for backfilling."""

    def decide(self, job, view):
        if job.job_id == "first":
            fits = view.qpus[1].free_qubits == 7
            return (Placement("b", 7),) if fits else None
        return super().decide(job, view)


@pytest.mark.parametrize(("plan", "message"), BAD_PLANS.values(), ids=BAD_PLANS)
def test_bad_plan_of_a_job_that_could_start_early_is_refused_alike(plan, message):
    if not isinstance(plan, tuple | int):
        plan = (p for p in [Placement("a", 4)])  # the other test has used it up
    jobs = [make_job("runs", 1), make_job("first", 7), make_job("j", 4)]
    simulation = Simulation(FLEET, jobs, policy=WaitsThenPlans(plan), discipline="easy")

    with pytest.raises(PlanError, match=message):
        simulation.run()

    assert [qpu.held_qubits for qpu in simulation.qpus] == [0, 1, 0]


def test_plan_on_a_device_in_maintenance_is_refused():
    from qsched.model import MaintenanceWindow

    fleet = make_fleet(
        make_device("a"),
        maintenance={"a": (MaintenanceWindow(start_s=0.0, duration_s=9.0),)},
    )
    simulation = Simulation(fleet, [make_job("j", 4)], policy=Plans((Placement("a", 4),)))

    with pytest.raises(PlanError, match="free are 0"):
        simulation.run()


def test_qubits_that_another_job_holds_by_name_are_refused():
    class Corner:
        def decide(self, job, view):
            return (Placement("a", 2, (0, 1)),)

    with pytest.raises(PlanError, match=r"names qubits \[0, 1\] of a, which another job holds"):
        Simulation(FLEET, [make_job("x", 2), make_job("y", 2)], policy=Corner()).run()


def test_named_qubits_are_free_again_after_the_job():
    class Corner:
        def decide(self, job, view):
            free = view.qpus[0].free_qubits == 5
            return (Placement("a", 2, (0, 1)),) if free else None

    jobs = [make_job("x", 2, cancel_time_s=10.0), make_job("y", 2), make_job("z", 2)]
    result = Simulation(FLEET, jobs, policy=Corner()).run()

    check_schedule(result, jobs)
    assert [record.start_time_s for record in result.jobs] == [0.0, 10.0, 60.0]
    assert result.jobs[2].placements == (Placement("a", 2, (0, 1)),)


def test_numbers_of_numpy_are_numbers():
    plan = [Placement("a", np.int64(4), np.array([4, 2, 0, 1]))]

    result = Simulation(FLEET, [make_job("j", 4)], policy=Plans(plan)).run()

    check_schedule(result)
    assert '"num_qubits": 4' in result.to_json()
