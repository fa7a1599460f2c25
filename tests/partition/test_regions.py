"""Regions are connected, free, of the size asked for, and better than chance."""

from math import exp
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import ConfigError
from qsched.io.devices import load_fleet
from qsched.model import CircuitProfile, DeviceProfile
from qsched.partition.couplings import Weights, couplings_of
from qsched.partition.layout import lay_out
from qsched.partition.regions import choose_region
from qsched.testing import make_device

EAGLES = load_fleet("paper").devices


def product(couplings, region):
    cost = sum(couplings.readout_cost[q] for q in region)
    cost += sum(couplings.two_qubit_cost[a][b] for a, b in couplings.couplers(region))
    return exp(-cost)


def random_region(couplings, free, size, random):
    roomy = [part for part in couplings.components(free) if len(part) >= size]
    start = random.choice(random.choice(roomy))
    region, rim = {start}, [n for n in couplings.neighbours[start] if n in free]
    while len(region) < size:
        qubit = rim.pop(random.randrange(len(rim)))
        if qubit not in region:
            region.add(qubit)
            rim += [n for n in couplings.neighbours[qubit] if n in free and n not in region]
    return region


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(EAGLES), st.sets(st.integers(0, 126)), st.integers(1, 127))
def test_region_is_connected_free_and_working_for_any_pattern(device, free, size):
    couplings = couplings_of(device)
    open_qubits = free - set(device.dead_qubits)

    region = choose_region(couplings, free, size)

    if couplings.largest_region(open_qubits) < size:
        assert region is None
        return
    assert len(region) == len(set(region)) == size
    assert set(region) <= open_qubits
    assert couplings.is_connected(region)
    assert region == choose_region(couplings, sorted(free, reverse=True), size)


def test_region_is_at_least_as_good_as_the_best_of_many_random_ones():
    """A smaller edition of the benchmark in the documentation: 25 trials of 200 regions."""
    random, beaten = Random(11), 0
    for trial in range(25):
        couplings = couplings_of(EAGLES[trial % 5])
        free = set(random.sample(couplings.working, random.randint(70, len(couplings.working))))
        size = random.randint(1, couplings.largest_region(free))
        best = max(
            product(couplings, random_region(couplings, free, size, random)) for _ in range(200)
        )
        beaten += product(couplings, choose_region(couplings, free, size)) < best * (1 - 1e-12)
    assert beaten <= 1


def test_dead_couplers_and_qubits_do_not_connect():
    chain = make_device(num_qubits=6)
    errors = dict.fromkeys(chain.coupling_map, 0.01) | {(2, 3): 1.0}
    couplings = couplings_of(make_device(num_qubits=6, two_qubit_error=errors))
    assert choose_region(couplings, range(6), 3) in {(0, 1, 2), (3, 4, 5)}
    assert choose_region(couplings, range(6), 4) is None


def test_error_of_a_coupler_counts_as_often_as_it_is_used():
    errors = {(0, 1): 0.02, (1, 2): 0.001, (2, 3): 0.02, (3, 4): 0.002}
    readout = (0.01, 0.03, 0.03, 0.01, 0.01)
    device = make_device(num_qubits=5, two_qubit_error=errors, readout_error=readout)
    couplings = couplings_of(device)
    assert choose_region(couplings, range(5), 2, Weights(two_qubit=0.0)) == (3, 4)
    assert choose_region(couplings, range(3), 2, Weights(two_qubit=50.0)) == (1, 2)


def test_stranded_qubits_have_their_price():
    """A chain of seven whose middle is best: at a price its end is taken instead."""
    readout = (0.02, 0.02, 0.02, 0.001, 0.02, 0.02, 0.02)
    couplings = couplings_of(make_device(num_qubits=7, readout_error=readout))
    assert choose_region(couplings, range(7), 1) == (3,)
    assert choose_region(couplings, range(7), 1, Weights(stranded=1.0)) in {(0,), (6,)}


def circuit_of(pairs, num_qubits):
    interactions = tuple(sorted((min(a, b), max(a, b), 1) for a, b in pairs))
    return CircuitProfile(
        name="made",
        num_qubits=num_qubits,
        num_active_qubits=num_qubits,
        depth=3,
        two_qubit_depth=3,
        num_one_qubit_gates=num_qubits,
        num_two_qubit_gates=len(interactions),
        num_measurements=num_qubits,
        one_qubit_gates=(1,) * num_qubits,
        interactions=interactions,
    )


@pytest.mark.parametrize(
    ("name", "pairs", "num_qubits"),
    [
        ("line", [(i, i + 1) for i in range(19)], 20),
        ("ring", [(i, (i + 1) % 12) for i in range(12)], 12),
        ("tree", [(0, 1), (0, 2), (0, 3), (1, 4), (4, 5), (2, 6), (6, 7), (3, 8)], 9),
    ],
)
@pytest.mark.parametrize("device", EAGLES, ids=lambda device: device.name)
def test_lines_rings_and_trees_are_laid_out_without_a_swap(name, pairs, num_qubits, device):
    couplings = couplings_of(device)
    layout = lay_out(
        circuit_of(pairs, num_qubits),
        tuple(range(num_qubits)),
        couplings,
        frozenset(couplings.working),
        Weights(),
    )
    assert len(set(layout)) == num_qubits
    assert all(layout[b] in couplings.neighbours[layout[a]] for a, b in pairs), name


def test_dense_part_gets_a_region_with_what_interacts_side_by_side():
    pairs = [(a, b) for a in range(6) for b in range(a)]
    couplings = couplings_of(EAGLES[0])
    layout = lay_out(
        circuit_of(pairs, 6), tuple(range(6)), couplings, frozenset(couplings.working), Weights()
    )
    assert couplings.is_connected(layout)
    assert len(set(layout)) == 6


def test_device_without_couplings_is_refused_in_one_line():
    device = DeviceProfile(name="blank", num_qubits=3)
    with pytest.raises(ConfigError, match=r"blank: device states no coupling map.*blackbox"):
        couplings_of(device)
