"""Splitting a job by counting qubits."""

from hypothesis import assume, given
from hypothesis import strategies as st

from qsched.policy.heuristics import place_now, place_on_best
from qsched.policy.split import even_shares, fewest_parts, place_as_evenly_as_fits
from qsched.policy.view import CloudView, QpuView

CAPACITIES = st.lists(st.integers(1, 40), min_size=1, max_size=8)


def views(capacities, free=None):
    """Return views of devices by number, with these free qubits."""
    rooms = capacities if free is None else free
    return [
        QpuView(str(i), n, room, 0, 0.0, 0.0, n - room, None, None)
        for i, (n, room) in enumerate(zip(capacities, rooms, strict=True))
    ]


def cloud(qpus, max_parts):
    return CloudView(0.0, tuple(qpus), max_parts, 0, 1, 0.0, 0, None, list)


@given(st.integers(1, 10_000), st.integers(1, 50))
def test_even_shares_add_up_and_differ_by_one_at_the_most(num_qubits, num_parts):
    shares = even_shares(num_qubits, num_parts)

    assert sum(shares) == num_qubits
    assert len(shares) == num_parts
    assert max(shares) - min(shares) <= 1
    assert shares == sorted(shares, reverse=True)


@given(st.integers(1, 100), CAPACITIES, st.integers(1, 8))
def test_fewest_parts_is_the_least_number_that_fits(num_qubits, capacities, max_parts):
    def fits(num_parts):
        shares = even_shares(num_qubits, num_parts)
        roomiest = sorted(capacities, reverse=True)[:num_parts]
        return len(roomiest) == num_parts and all(room >= shares[0] for room in roomiest)

    most = min(max_parts, len(capacities), num_qubits)
    fitting = [k for k in range(1, most + 1) if fits(k)]

    assert fewest_parts(num_qubits, capacities, max_parts) == (fitting[0] if fitting else None)


@given(st.integers(1, 200), CAPACITIES, st.integers(1, 8), st.data())
def test_uneven_parts_fit_what_is_free_or_nothing_does(num_qubits, capacities, max_parts, data):
    free = [data.draw(st.integers(0, n)) for n in capacities]

    plan = place_as_evenly_as_fits(num_qubits, views(capacities, free), free, max_parts)

    possible = sum(sorted(free, reverse=True)[:max_parts]) >= num_qubits
    assert (plan is not None) is possible
    if plan is not None:
        assert sum(part.num_qubits for part in plan) == num_qubits
        assert len(plan) <= max_parts
        assert len({part.device for part in plan}) == len(plan)
        assert all(1 <= part.num_qubits <= free[int(part.device)] for part in plan)


@given(st.integers(1, 100), CAPACITIES, st.data())
def test_uneven_parts_are_level_where_they_are_not_at_the_brim(num_qubits, capacities, data):
    free = [data.draw(st.integers(0, n)) for n in capacities]
    plan = place_as_evenly_as_fits(num_qubits, views(capacities, free), free, len(free))
    assume(plan is not None)

    below_the_brim = [p.num_qubits for p in plan if p.num_qubits < free[int(p.device)]]
    assert not below_the_brim or max(p.num_qubits for p in plan) <= max(below_the_brim) + 1


def test_of_equally_roomy_devices_the_last_ranked_is_left_out():
    plan = place_as_evenly_as_fits(10, views([5, 5, 5]), [5, 5, 5], 2)

    assert [part.device for part in plan] == ["0", "1"]


@given(st.integers(1, 200), CAPACITIES, st.integers(1, 8), st.data())
def test_placing_now_gives_a_plan_that_can_be_carried_out_now(
    num_qubits, capacities, max_parts, data
):
    free = [data.draw(st.integers(0, n)) for n in capacities]
    qpus = views(capacities, free)

    for place in (place_now, place_on_best):
        plan = place(type("Job", (), {"num_qubits": num_qubits}), cloud(qpus, max_parts), qpus)
        if plan is not None:
            assert sum(part.num_qubits for part in plan) == num_qubits
            assert len(plan) <= max_parts
            assert len({part.device for part in plan}) == len(plan)
            assert all(1 <= part.num_qubits <= free[int(part.device)] for part in plan)


@given(st.integers(1, 200), CAPACITIES, st.integers(1, 8))
def test_idle_cloud_starts_whatever_so_many_parts_can_hold(num_qubits, capacities, max_parts):
    possible = sum(sorted(capacities, reverse=True)[:max_parts]) >= num_qubits
    qpus = views(capacities)

    for place in (place_now, place_on_best):
        plan = place(type("Job", (), {"num_qubits": num_qubits}), cloud(qpus, max_parts), qpus)
        assert (plan is not None) is possible
