"""What a learned policy sees, worked out by hand."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.estimate import load_model
from qsched.policy.learned.candidates import MAX_DEVICES, candidates, fewest_parts, most_candidates
from qsched.policy.learned.encoding import (
    CONTEXT,
    FEATURES,
    Devices,
    Plans,
    Situation,
    arrange,
    device_order,
    encode,
    plans_of,
    rate_arrays,
)
from qsched.testing import make_device

MODEL = load_model("icpp2025")
DEVICES = [
    make_device("slow", 10, clops=25_000.0, readout_error=(0.01,) * 10),
    make_device("fast", 10, clops=100_000.0, readout_error=(0.05,) * 10),
    make_device("small", 4, clops=50_000.0, readout_error=(0.02,) * 4),
]


def arranged(devices=DEVICES, model=MODEL):
    names = [device.name for device in devices]
    capacities = [device.num_qubits for device in devices]
    rates = [model.rates(device) for device in devices]
    order = device_order(names, capacities, rates)
    return [names[i] for i in order], arrange(order, capacities, rates, model)


def look(num_parts, free, devices=DEVICES, **job):
    facts = {
        "num_qubits": 12,
        "depth": 5,
        "num_two_qubit_gates": 4,
        "shots": 2_000,
        "num_waiting": 2,
        "mean_shots": 1_000.0,
        "next_release": 0.5,
    } | job
    names, own = arranged(devices)
    table = candidates(len(devices), num_parts)
    now = Situation(free=np.array(free), **facts)
    return names, table, encode(plans_of(table, own), own, now, MODEL)


def feature(view, name):
    return view.features[FEATURES.index(name)]


def test_devices_stand_fastest_first_whatever_the_order_of_the_fleet():
    assert arranged()[0] == ["fast", "small", "slow"]
    assert arranged(DEVICES[::-1])[0] == ["fast", "small", "slow"]


def test_two_parts_in_both_orders_with_all_free_qubits_of_the_first():
    _, table, view = look(2, [10, 4, 10])

    assert table.members.tolist() == [[0, 1], [1, 0], [0, 2], [2, 0], [1, 2], [2, 1]]
    assert view.possible.tolist() == [True] * 6
    assert view.feasible.tolist() == [True] * 6
    # 12 qubits: fast gives 10, small 2 of its 4; small gives 4, fast 8 of its 10; ...
    assert feature(view, "last_share") == pytest.approx([0.5, 0.8, 0.2, 0.2, 0.8, 0.5])
    assert feature(view, "left_over") == pytest.approx([0.5, 0.2, 0.8, 0.8, 0.2, 0.5])
    assert feature(view, "slowness") == pytest.approx(
        [log(2), log(2), log(4), log(4), log(4), log(4)]
    )


def test_a_plan_is_feasible_when_its_devices_have_enough_free_together():
    _, _, view = look(2, [10, 0, 3])

    assert view.possible.tolist() == [True] * 6
    assert view.feasible.tolist() == [False, False, True, True, False, False]
    assert feature(view, "is_feasible").tolist() == [0, 0, 1, 1, 0, 0]


def test_what_can_never_start_shows_nothing_but_zeros():
    _, table, view = look(1, [10, 4, 10], num_qubits=8)

    assert table.members.tolist() == [[0], [1], [2]]
    assert view.possible.tolist() == [True, False, True]
    assert not view.features[:, 1].any()
    assert feature(view, "last_share")[[0, 2]] == pytest.approx([0.8, 0.8])


def test_losses_are_counted_in_the_spread_of_the_fleet():
    """Only readout differs: a part of the reference job has 95 qubits, one of this job 6."""
    _, _, view = look(2, [10, 4, 10])
    one_qubit = (1 - 0.0003) ** 5
    fidelity = {e: one_qubit * (1 - e) ** 6**0.5 for e in (0.05, 0.02, 0.01)}
    spread = (1 - 0.0003) ** 12 * (0.99**95**0.5 - 0.95**95**0.5)
    loss = {e: (fidelity[0.01] - fidelity[e]) / spread for e in fidelity}

    assert feature(view, "others_loss")[0] == pytest.approx(loss[0.05], rel=1e-5)
    assert feature(view, "last_loss")[0] == pytest.approx(loss[0.02], rel=1e-5)
    best = (loss[0.02] + loss[0.01]) / 2
    assert feature(view, "loss")[0] == pytest.approx((loss[0.05] + loss[0.02]) / 2 - best, rel=1e-4)
    assert feature(view, "loss").min() == 0.0


def test_the_context_says_what_holds_for_all_plans():
    _, _, view = look(2, [10, 4, 3])
    context = dict(zip(CONTEXT, view.context.tolist(), strict=True))

    assert context == pytest.approx(
        {
            "width": 12 / 20,
            "shots": log(2),
            "waiting": 2 / 8,
            "free": 17 / 24,
            "next_release": 0.5,
            "parts": 1.0,
        }
    )


def test_the_context_is_cut_where_numbers_become_very_large():
    _, _, view = look(2, [10, 4, 3], num_waiting=1_000, shots=10**9, next_release=1e6)

    assert view.context.tolist() == pytest.approx([0.6, 3.0, 1.0, 17 / 24, 3.0, 1.0])


def test_plans_on_fewer_devices_come_first_so_that_a_plan_keeps_its_number():
    for num_parts in range(1, 6):
        few = candidates(5, num_parts).members
        assert candidates(MAX_DEVICES, num_parts).members[: len(few)].tolist() == few.tolist()


def test_there_are_no_more_plans_than_said():
    assert most_candidates(MAX_DEVICES) == 70


@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=6),
    st.integers(1, 120),
)
def test_fewest_parts_are_the_largest_devices_that_hold_the_job(capacities, num_qubits):
    parts = int(fewest_parts(num_qubits, np.array(capacities)))
    largest = sorted(capacities, reverse=True)

    assert sum(largest[: parts - 1]) < num_qubits
    assert parts == len(capacities) + 1 or sum(largest[:parts]) >= num_qubits


@given(st.data())
def test_many_clouds_at_once_show_what_each_shows_alone(data):
    num_parts = data.draw(st.integers(1, 3))
    _, own = arranged()
    table = candidates(3, num_parts)
    rows = data.draw(
        st.lists(
            st.tuples(
                st.integers(1, 24),
                st.integers(0, 30),
                st.integers(0, 30),
                st.integers(1, 9_999),
                st.tuples(st.integers(0, 10), st.integers(0, 4), st.integers(0, 10)),
                st.integers(1, 20),
                st.floats(1.0, 9_999.0),
                st.floats(0.0, 5.0),
            ),
            min_size=1,
            max_size=4,
        )
    )
    plans = plans_of(table, own)
    alone = [
        encode(plans, own, Situation(*row)._replace(free=np.array(row[4])), MODEL) for row in rows
    ]
    num = len(rows)

    def repeated(array):
        return np.repeat(np.asarray(array)[None], num, axis=0)

    every = Devices(
        repeated(own.capacity),
        rate_arrays([repeated(field) for field in own.rates]),
        *(repeated(field) for field in own[2:]),
    )
    of_every = Plans(table, *(repeated(field) for field in plans[1:]))
    now = Situation(*map(np.array, zip(*rows, strict=True)))
    together = encode(of_every, every, now, MODEL)

    for row, view in enumerate(alone):
        for ours, theirs in zip(together, view, strict=True):
            np.testing.assert_allclose(ours[row], theirs, rtol=1e-6, atol=1e-6)
