"""EASY backfilling: later jobs fill holes, and the first job is never late for it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.model import MaintenanceWindow, Placement
from qsched.policy import POLICIES, QueueDiscipline
from qsched.sim import ParallelBroker, Simulation
from qsched.sim.backfill import reserve
from qsched.testing import check_schedule, make_device, make_fleet, make_job


def starts(jobs, fleet=None, **choices):
    """Return the time of each job's start under EASY."""
    choices = {"discipline": "easy"} | choices
    result = Simulation(fleet or make_fleet(), jobs, **choices).run()
    check_schedule(result, jobs)
    return {record.job_id: record.start_time_s for record in result.jobs}


def test_short_job_starts_early_when_it_ends_before_the_reservation():
    """Three of five qubits are held until 50 s; the first in line needs all five.

    The next needs two for 50 s and ends in time, to the instant.
    """
    jobs = [make_job("runs", 3), make_job("first", 5), make_job("fills", 2)]

    assert starts(jobs) == {"runs": 0.0, "first": 50.0, "fills": 0.0}


def test_job_that_would_delay_the_first_waits():
    """The same with a job of 50.05 s: it would still hold two qubits at 50 s."""
    jobs = [make_job("runs", 3), make_job("first", 5), make_job("long", 2, shots=1_001)]

    assert starts(jobs) == {"runs": 0.0, "first": 50.0, "long": 100.0}


def test_long_job_starts_early_on_qubits_that_the_first_leaves():
    """At 50 s four qubits are free, the first needs three: one is left for however long."""
    jobs = [
        make_job("forever", 1, shots=10_000),
        make_job("runs", 3),
        make_job("first", 3),
        make_job("small", 1, shots=10_000),
        make_job("smaller", 1, shots=10_000),
    ]

    assert starts(jobs) == {
        "forever": 0.0,
        "runs": 0.0,
        "first": 50.0,
        "small": 0.0,
        "smaller": 100.0,
    }


def test_jobs_beyond_the_window_are_not_looked_at():
    jobs = [
        make_job("runs", 3),
        make_job("first", 5),
        make_job("wide", 3),
        make_job("fills", 2),
    ]
    near = QueueDiscipline(backfill_window=1)
    far = QueueDiscipline(backfill_window=2)

    assert starts(jobs, discipline=near)["fills"] == 100.0
    assert starts(jobs, discipline=far)["fills"] == 0.0


def test_backfilling_goes_with_an_order_of_ones_own():
    discipline = QueueDiscipline(key=lambda job: -job.priority, backfill_window=8)
    jobs = [
        make_job("runs", 3, priority=9),
        make_job("fills", 2, priority=1),
        make_job("first", 5, priority=5),
    ]

    assert starts(jobs, discipline=discipline) == {"runs": 0.0, "first": 50.0, "fills": 0.0}


def test_nothing_starts_early_while_no_release_makes_room_for_the_first():
    """The first needs both devices, and one is closed until 100 s."""
    fleet = make_fleet(
        make_device("a"),
        make_device("b"),
        maintenance={"b": (MaintenanceWindow(start_s=0.0, duration_s=100.0),)},
    )
    jobs = [make_job("first", 10), make_job("small", 1, shots=1)]

    assert starts(jobs, fleet)["small"] == starts(jobs, fleet)["first"] + 50.0 + 0.2


def test_policy_is_shown_a_cloud_that_agrees_with_itself():
    """In the view of the reservation, free and held qubits add up, and past releases are past."""
    looks = []

    class Watch:
        def decide(self, job, view):
            looks.append(view)
            for qpu in view.qpus:
                assert qpu.free_qubits + qpu.held_qubits == qpu.num_qubits
            assert all(release.time_s > view.now_s for release in view.upcoming_releases())
            return POLICIES.load("speed").decide(job, view)

    jobs = [make_job(f"j{i}", 1 + i % 5, shots=100 + 37 * i) for i in range(20)]
    starts(jobs, policy=Watch())

    assert len(looks) > 60


class Promises(ParallelBroker):
    """Notes, before anything starts early, when the first job could start by releases alone."""

    def bind(self, sim):
        super().bind(sim)
        self.promised = {}

    def dispatch(self):
        sim = self.sim
        while len(sim.queue):
            row = sim.queue.first()
            plan = sim.policy.decide(sim.log.jobs[row], sim.observe())
            if plan is None:
                promise = reserve(sim, sim.log.jobs[row], sim.observe())
                if promise is not None:
                    self.promised.setdefault(sim.log.jobs[row].job_id, promise.time_s)
                break
            sim.start(row, plan)
        super().dispatch()


JOBS = st.lists(
    st.tuples(st.integers(1, 16), st.integers(1, 3_000), st.sampled_from([0.0, 0.0, 7.0, 60.0])),
    min_size=2,
    max_size=25,
)
FLEETS = st.lists(st.sampled_from([1, 3, 5, 8]), min_size=1, max_size=4)


def workload(rows, capacity):
    """Return jobs that the fleet can hold, with cumulated gaps."""
    now_s, jobs = 0.0, []
    for i, (num_qubits, shots, gap_s) in enumerate(rows):
        now_s += gap_s
        jobs.append(make_job(f"j{i}", 1 + num_qubits % capacity, shots=shots, submit_time_s=now_s))
    return jobs


@given(rows=JOBS, sizes=FLEETS, policy=st.sampled_from(POLICIES.names()))
@settings(max_examples=150)
def test_reservation_is_kept_whatever_starts_early(rows, sizes, policy):
    fleet = make_fleet(*(make_device(f"d{i}", n, clops=1e5 / (i + 1)) for i, n in enumerate(sizes)))
    jobs = workload(rows, sum(sizes))
    broker = Promises()

    began = starts(jobs, fleet, policy=policy, broker=broker)

    for job_id, promised_s in broker.promised.items():
        assert began[job_id] <= promised_s


@given(rows=JOBS, sizes=FLEETS, policy=st.sampled_from(POLICIES.names()))
@settings(max_examples=150)
def test_first_job_that_has_to_wait_starts_no_later_than_first_come_first_served(
    rows, sizes, policy
):
    """Until that job waits both schedules are the same one."""
    fleet = make_fleet(*(make_device(f"d{i}", n) for i, n in enumerate(sizes)))
    jobs = workload(rows, sum(sizes))
    fcfs = starts(jobs, fleet, policy=policy, discipline="fcfs")
    easy = starts(jobs, fleet, policy=policy)
    waited = [job.job_id for job in jobs if fcfs[job.job_id] > job.submit_time_s]

    if waited:
        assert easy[waited[0]] <= fcfs[waited[0]]


def test_reservation_counts_the_releases_of_one_instant_together():
    fleet = make_fleet(make_device("a"), make_device("b"))
    simulation = Simulation(fleet, [make_job("x", 5), make_job("y", 5), make_job("first", 10)])
    simulation.advance()
    simulation.start(0, (Placement("a", 5),))
    simulation.start(1, (Placement("b", 5),))

    assert reserve(simulation, simulation.log.jobs[2], simulation.observe()) == (
        50.0,
        {"a": (5, frozenset()), "b": (5, frozenset())},
    )
