"""Brokers: whom they refuse, and how users write their own."""

import pytest

from qsched.errors import ConfigError, PlanError, SimulationError, UnknownNameError
from qsched.model import Placement, Status
from qsched.sim import BROKERS, Broker, ParallelBroker, SerialBroker, Simulation
from qsched.sim.brokers import load_broker
from qsched.testing import check_schedule, make_device, make_fleet, make_job

FLEET = make_fleet(make_device("a", 5), make_device("b", 7))


def test_parallel_broker_takes_what_the_whole_fleet_can_hold():
    result = Simulation(FLEET, [make_job("fits", 12), make_job("huge", 13)]).run()

    assert [record.status for record in result.jobs] == [Status.DONE, Status.REJECTED]
    assert result.jobs[1].reason == "needs 13 qubits, the whole fleet has 12"


def test_serial_broker_takes_what_the_largest_device_can_hold():
    result = Simulation(FLEET, [make_job("fits", 7), make_job("huge", 8)], broker="serial").run()

    assert [record.status for record in result.jobs] == [Status.DONE, Status.REJECTED]
    assert "the largest device has 7" in result.jobs[1].reason
    assert result.jobs[0].placements == (Placement("b", 7),)


def test_serial_broker_refuses_a_plan_of_two_parts():
    class Halves:
        def decide(self, job, view):
            return (Placement("a", 2), Placement("b", job.num_qubits - 2))

    with pytest.raises(PlanError, match="at most 1 parts"):
        Simulation(FLEET, [make_job("j", 4)], policy=Halves(), broker="serial").run()


def test_parallel_broker_splits_a_small_job_when_the_policy_says_so():
    class Halves:
        def decide(self, job, view):
            return (Placement("a", 2), Placement("b", job.num_qubits - 2))

    (record,) = Simulation(FLEET, [make_job("j", 4)], policy=Halves()).run().jobs

    assert [part.num_qubits for part in record.placements] == [2, 2]
    assert record.comm_time_s == pytest.approx(0.08)


class LimitedBroker(ParallelBroker):
    """A broker as users write them: it takes only small jobs, two at a time."""

    def bind(self, sim):
        super().bind(sim)
        self.most = 0

    def refuse(self, job):
        return "too large for me" if job.num_qubits > 3 else super().refuse(job)

    def dispatch(self):
        while len(self.sim.queue) and len(self.sim.running) < 2:
            row = self.sim.queue.first()
            plan = self.sim.policy.decide(self.sim.log.jobs[row], self.sim.observe())
            if plan is None:
                return
            self.sim.start(row, plan)
        self.most = max(self.most, len(self.sim.running))


def test_broker_of_ones_own_decides_who_comes_in_and_when_to_start():
    jobs = [make_job(f"j{i}", 1 + i % 4) for i in range(12)]
    broker = LimitedBroker()

    result = Simulation(FLEET, jobs, broker=broker).run()

    check_schedule(result, jobs)
    assert broker.most == 2
    assert {r.reason for r in result.jobs if r.num_qubits == 4} == {"too large for me"}
    assert all(r.status is Status.DONE for r in result.jobs if r.num_qubits < 4)


class SlowBroker(SerialBroker):
    """A broker whose jobs hold their qubits for a second more."""

    def execute(self, running, comm_s, processing_s):
        yield self.sim.env.timeout(1.0)
        yield from super().execute(running, comm_s, processing_s)


def test_broker_of_ones_own_decides_how_a_job_runs():
    (record,) = Simulation(FLEET, [make_job("j", 4)], broker=SlowBroker()).run().jobs

    assert record.finish_time_s == 51.0


class LossyBroker(ParallelBroker):
    """A broker whose jobs wait for an event that never comes."""

    def execute(self, running, comm_s, processing_s):
        yield self.sim.env.event()


def test_job_that_a_broker_never_ends_is_an_error_and_not_a_job_lost():
    with pytest.raises(SimulationError, match=r"2 jobs neither ended .*, j0 the first"):
        Simulation(FLEET, [make_job("j0", 5), make_job("j1", 5)], broker=LossyBroker()).run()


def test_every_registered_name_gives_a_new_broker():
    for name in BROKERS.names():
        assert isinstance(load_broker(name), Broker)
        assert load_broker(name) is not load_broker(name)


def test_broker_is_found_by_its_path():
    assert isinstance(load_broker("qsched.sim.brokers:SerialBroker"), SerialBroker)


@pytest.mark.parametrize("path", ["qsched.errors:QschedError", "builtins:dict", "math:pi"])
def test_broker_by_the_path_of_something_else_is_refused(path):
    with pytest.raises(ConfigError, match=r"is not a Broker|cannot be made"):
        load_broker(path)


def test_unknown_broker_is_answered_with_the_near_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'parallel'"):
        load_broker("paralel")


def test_broker_without_rules_of_admission_cannot_be_made():
    class Half(Broker):
        pass

    with pytest.raises(TypeError, match="refuse"):
        Half()


def test_broker_serves_one_run():
    broker = ParallelBroker()
    Simulation(FLEET, [], broker=broker).run()

    with pytest.raises(SimulationError, match="one run"):
        Simulation(FLEET, [], broker=broker)
