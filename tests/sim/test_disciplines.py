"""Who goes next: orders worked out by hand, and queues against a sorted list."""

from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import ConfigError
from qsched.policy import DISCIPLINES, QueueDiscipline, load_discipline
from qsched.policy.disciplines import EASY, FCFS, PRIORITY, SJF
from qsched.sim import Simulation
from qsched.sim.queue import ArrivalQueue, KeyedQueue, make_queue
from qsched.testing import check_schedule, make_fleet, make_job


def order(jobs, discipline):
    """Return job ids in the order in which they start on one device, one at a time."""
    result = Simulation(make_fleet(), jobs, discipline=discipline).run()
    check_schedule(result, jobs)
    return [subject for _, kind, subject in result.events if kind.name == "STARTED"]


JOBS = [
    make_job("a", 5, shots=300, priority=1),
    make_job("b", 5, shots=100, priority=2),
    make_job("c", 5, shots=200, priority=2),
    make_job("d", 5, shots=100, priority=0),
]


@pytest.mark.parametrize(
    ("discipline", "expected"),
    [("fcfs", "abcd"), ("sjf", "bdca"), ("priority", "bcad"), ("easy", "abcd")],
)
def test_batch_on_one_device_starts_in_the_order_of_the_discipline(discipline, expected):
    assert order(JOBS, discipline) == list(expected)


def test_job_that_runs_is_not_put_aside_for_a_shorter_one():
    jobs = [make_job("long", 5, shots=900), make_job("short", 5, shots=1, submit_time_s=1.0)]

    assert order(jobs, "sjf") == ["long", "short"]


def test_discipline_of_ones_own_is_a_key():
    fewest_gates = QueueDiscipline(key=lambda job: job.num_two_qubit_gates)
    jobs = [
        make_job(name, 5, num_two_qubit_gates=n) for name, n in zip("xyz", (3, 1, 2), strict=True)
    ]

    assert order(jobs, fewest_gates) == ["y", "z", "x"]


def test_shortest_first_has_the_least_mean_wait_of_all_orders_of_a_batch():
    """Smith's rule, over all 120 orders of five jobs on one device."""
    shots = [700, 200, 900, 400, 100]

    def mean_wait_s(order_of_shots, discipline):
        jobs = [make_job(f"j{i}", 5, shots=n) for i, n in enumerate(order_of_shots)]
        return Simulation(make_fleet(), jobs, discipline=discipline).run().summary.mean_wait_time_s

    best = min(mean_wait_s(each, "fcfs") for each in permutations(shots))

    assert mean_wait_s(shots, "sjf") == pytest.approx(best)


def test_registered_disciplines_are_those_of_the_command_line():
    assert DISCIPLINES.names()[:4] == ["fcfs", "sjf", "priority", "easy"]
    assert [load_discipline(name) for name in DISCIPLINES.names()[:4]] == [
        FCFS,
        SJF,
        PRIORITY,
        EASY,
    ]


def test_negative_window_is_refused():
    with pytest.raises(ConfigError, match="backfill_window is -1"):
        QueueDiscipline(backfill_window=-1)


def test_plain_order_of_arrival_needs_no_keys():
    assert isinstance(make_queue(FCFS), ArrivalQueue)
    assert isinstance(make_queue(SJF), KeyedQueue)
    assert isinstance(make_queue(EASY), KeyedQueue)


class Model:
    """What a queue shall do, as a list that is sorted each time."""

    def __init__(self, discipline):
        self.key = discipline.key or (lambda _job: 0)
        self.rows = []

    def push(self, row, job):
        self.rows.append((self.key(job), row))
        self.rows.sort()

    def remove(self, row):
        self.rows = [entry for entry in self.rows if entry[1] != row]

    def in_order(self):
        return [row for _, row in self.rows]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("push"), st.integers(0, 4)),
        st.tuples(st.just("pop"), st.just(0)),
        st.tuples(st.just("remove"), st.integers(0, 10**6)),
        st.tuples(st.just("look"), st.integers(0, 5)),
    ),
    max_size=120,
)
DISCIPLINES_OF_QUEUES = [
    FCFS,
    PRIORITY,
    QueueDiscipline(backfill_window=3),
    QueueDiscipline(key=lambda job: job.shots, backfill_window=2),
]


@pytest.mark.parametrize("discipline", DISCIPLINES_OF_QUEUES)
@given(steps=STEPS)
@settings(max_examples=200)
def test_queue_does_what_a_sorted_list_does(discipline, steps):
    queue, model = make_queue(discipline), Model(discipline)
    next_row = 0
    for step, number in steps:
        waiting = model.in_order()
        if step == "push":
            job = make_job(priority=number, shots=1 + number)
            queue.push(next_row, job)
            model.push(next_row, job)
            next_row += 1
        elif step == "pop" and waiting:
            queue.remove(waiting[0])
            model.remove(waiting[0])
        elif step == "remove" and waiting:
            queue.remove(waiting[number % len(waiting)])
            model.remove(waiting[number % len(waiting)])
        elif step == "look" and waiting:
            assert list(queue.behind_first(number)) == waiting[1 : number + 1]
        assert len(queue) == len(model.rows)
        if model.rows:
            assert queue.first() == model.in_order()[0]
    while model.rows:
        row = queue.first()
        assert row == model.in_order()[0]
        queue.remove(row)
        model.remove(row)
    assert len(queue) == 0
