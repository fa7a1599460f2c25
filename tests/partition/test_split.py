"""Circuits are split under unequal capacities, with all that a scheduler asks of a split."""

from itertools import combinations
from math import log10

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qsched.errors import ConfigError, UnknownNameError
from qsched.estimate.communication import (
    EPR,
    LO,
    LOCC,
    PAPER,
    Link,
    log10_cut_alone,
    log10_cut_jointly,
    overhead,
)
from qsched.model import CircuitProfile
from qsched.partition import PARTITIONS, SplitCache, describe, split_circuit
from qsched.partition._packing import pack


def profile(num_qubits, pairs, **changes):
    """A circuit of these pairs with so many gates each, and one gate on each qubit."""
    interactions = tuple(sorted((min(a, b), max(a, b), n) for a, b, n in pairs))
    facts = {
        "name": "made",
        "num_qubits": num_qubits,
        "num_active_qubits": num_qubits,
        "depth": 7,
        "two_qubit_depth": 3,
        "num_one_qubit_gates": num_qubits,
        "num_two_qubit_gates": sum(n for _, _, n in interactions),
        "num_measurements": 0,
        "one_qubit_gates": (1,) * num_qubits,
        "interactions": interactions,
    }
    return CircuitProfile(**(facts | changes))


def chain(num_qubits):
    return profile(num_qubits, [(i, i + 1, 1) for i in range(num_qubits - 1)])


@st.composite
def circuits(draw):
    num_qubits = draw(st.integers(1, 24))
    pairs = list(combinations(range(num_qubits), 2))
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True, max_size=40)) if pairs else []
    return profile(num_qubits, [(a, b, draw(st.integers(1, 5))) for a, b in chosen])


@settings(deadline=None, max_examples=60)
@given(
    circuits(),
    st.lists(st.integers(0, 20), min_size=1, max_size=5),
    st.sampled_from(list(PARTITIONS.builtins)),
    st.integers(0, 3),
)
def test_every_strategy_keeps_capacities_and_counts_every_gate_once(circuit, room, name, seed):
    if sum(room) < circuit.num_qubits:
        with pytest.raises(ConfigError, match="hold"):
            split_circuit(circuit, room, strategy=name)
        return
    split = split_circuit(circuit, room, strategy=name, seed=seed)

    partition = split.partition
    assert len(split.used) == len(partition.parts)
    for used, part in zip(split.used, partition.parts, strict=True):
        assert 1 <= part.num_qubits <= room[used]
    inside = sum(part.num_two_qubit_gates for part in partition.parts)
    assert inside + partition.cut_weight == circuit.num_two_qubit_gates
    assert sum(part.num_one_qubit_gates for part in partition.parts) == circuit.num_qubits
    apart = sum(n for a, b, n in circuit.interactions if partition.labels[a] != partition.labels[b])
    assert partition.cut_weight == apart
    again = split_circuit(circuit, room, strategy=name, seed=seed)
    assert again == split


def test_chain_is_cut_once_between_two_full_devices():
    split = split_circuit(chain(100), [60, 40])

    assert [part.num_qubits for part in split.partition.parts] == [60, 40]
    [cut] = split.partition.cuts
    assert (cut.num_gates, len(cut.boundary_qubits)) == (1, 2)


def test_ring_of_433_over_five_devices_is_cut_as_often_as_it_has_parts():
    ring = profile(433, [(i, (i + 1) % 433, 1) for i in range(433)])

    split = split_circuit(ring, [127] * 5)

    assert len(split.partition.parts) == 4
    assert split.partition.cut_weight == 4


def test_two_cliques_are_parted_at_their_bridge_whatever_the_numbering():
    pairs = [(2 * a, 2 * b, 1) for a, b in combinations(range(8), 2)]
    pairs += [(2 * a + 1, 2 * b + 1, 1) for a, b in combinations(range(6), 2)]
    circuit = profile(16, [*pairs, (0, 1, 1)])

    split = split_circuit(circuit, [9, 9])

    assert split.partition.cut_weight == 1


def test_components_are_not_cut_whenever_they_fit():
    """First fit, largest first, fails here: 6 and 5 into 11, 4 and 4 and 3 into the other."""
    sizes = [6, 5, 4, 4, 3]
    pairs, first = [], 0
    for size in sizes:
        pairs += [(first + i, first + i + 1, 1) for i in range(size - 1)]
        first += size
    split = split_circuit(profile(22, pairs), [11, 11])

    assert split.partition.cut_weight == 0


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 6), min_size=1, max_size=6),
    st.lists(st.integers(0, 9), min_size=1, max_size=3),
)
def test_packing_finds_a_way_exactly_when_there_is_one(sizes, room):
    def fits(rest, left):
        if not rest:
            return True
        return any(
            free >= rest[0] and fits(rest[1:], (*left[:i], free - rest[0], *left[i + 1 :]))
            for i, free in enumerate(left)
        )

    bins = pack(sizes, room)

    assert (bins is not None) == fits(tuple(sizes), tuple(room))
    for part, free in enumerate(room):
        held = sum(size for size, b in zip(sizes, bins or [], strict=False) if b == part)
        assert held <= free


def test_even_split_is_the_papers_and_proportional_follows_the_capacities():
    sizes = {
        name: [
            part.num_qubits
            for part in split_circuit(chain(90), [100, 50, 30], strategy=name).partition.parts
        ]
        for name in ("even", "proportional")
    }
    assert sizes == {"even": [30, 30, 30], "proportional": [50, 25, 15]}


def test_depth_of_a_part_is_that_of_its_own_operations():
    """Part one: h, cx, its side of the cut, h. Part two: its side, cx, measurement."""
    steps = (((0,), 1), ((0, 1), 1), ((1, 2), 1), ((0,), 1), ((1,), 1), ((2, 3), 1), ((3, 4), 1))
    circuit = profile(4, [(0, 1, 1), (1, 2, 1), (2, 3, 1)], operations=steps)

    split = describe(circuit, [0, 0, 1, 1])

    assert [part.depth for part in split.parts] == [4, 3]
    assert split.cuts[0].boundary_qubits == (1, 2)


def test_labels_of_the_user_are_taken_or_refused_in_one_line():
    split = split_circuit(chain(4), [2, 2, 2], labels=[2, 0, 0, 2])
    assert split.used == (0, 2)
    assert split.partition.labels == (1, 0, 0, 1)
    for labels, problem in (
        ([0, 0, 1], "3 labels for 4 qubits"),
        ([0, 0, 0, 1], "3 qubits into part 0, which can hold 2"),
        ([0, 0, 1, 3], "label of qubit 3 is 3"),
        ([0, 0, 1, "x"], "label of qubit 3 is 'x'"),
    ):
        with pytest.raises(ConfigError, match=problem) as caught:
            split_circuit(chain(4), [2, 2, 2], labels=labels)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("room", [[], [-1, 9], [2.5, 9]])
def test_capacities_that_cannot_be_are_refused(room):
    with pytest.raises(ConfigError, match="capacities"):
        split_circuit(chain(4), room)


def test_unknown_strategy_names_the_near_one():
    with pytest.raises(UnknownNameError, match="mincut"):
        split_circuit(chain(4), [2, 2], strategy="mincutt")


def test_splits_are_made_once_for_each_circuit_and_capacities():
    made = []

    def counted(circuit, capacities, seed):
        made.append((circuit.name, tuple(capacities), seed))
        return [0, 0, 1, 1]

    cache = SplitCache(counted, seed=5)
    circuit = chain(4)
    first = cache.split(circuit, [2, 2])
    assert cache.split(circuit, [2, 2]) is first
    cache.split(circuit, [3, 3])
    assert made == [("made", (2, 2), 5), ("made", (3, 3), 5)]


# -- what a split costs ------------------------------------------------------------------


def two_cuts():
    """Two parts with a cx and an rzz of factor 2 between them."""
    circuit = profile(4, [(0, 1, 2), (1, 2, 1), (0, 3, 1)], gammas=((0, 3, 2.0, 1),))
    return describe(circuit, [0, 0, 1, 1])


def test_cutting_alone_and_jointly_multiply_the_shots():
    partition = two_cuts()
    assert partition.gammas == (2.0, 3.0)
    assert overhead(LO.log10_overhead(partition)) == pytest.approx(4.0 * 9.0)
    assert overhead(LOCC.log10_overhead(partition)) == pytest.approx((2 * 1.5 * 2 - 1) ** 2)
    lo = LO.cost(partition, 1000, 0.02, 0.94, LO.link)
    assert (lo.comm_time_s, lo.shots_factor, lo.fidelity_factor) == pytest.approx((0.0, 36.0, 1.0))


@given(st.integers(1, 400))
def test_n_gates_cut_jointly_follow_the_closed_form(number):
    exact = 2.0 * log10(2 ** (number + 1) - 1)
    assert log10_cut_jointly([3.0] * number) == pytest.approx(exact, rel=1e-9)
    assert log10_cut_alone([3.0] * number) == pytest.approx(2 * number * log10(3.0))
    assert log10_cut_jointly([3.0] * number) <= log10_cut_alone([3.0] * number) + 1e-12


def test_paper_communicates_the_boundary_qubits_of_each_pair():
    cost = PAPER.cost(two_cuts(), 1000, 0.02, 0.94, PAPER.link)
    assert cost == pytest.approx((4 * 0.02, 1.0, 0.94))


def test_bell_pairs_take_time_and_fidelity_for_each_remote_gate():
    link = Link(attempt_time_s=1e-6, success_probability=0.01, fidelity=0.95)
    cost = EPR.cost(two_cuts(), 1000, 0.02, 0.94, link)
    assert cost == pytest.approx((1000 * 2 * 1e-4, 1.0, ((4 * 0.95 + 1) / 5) ** 2))
    assert overhead(EPR.log10_overhead(two_cuts())) == 1.0


def test_overhead_above_all_floats_is_the_largest_float():
    assert overhead(5000.0) == pytest.approx(1.797e308, rel=1e-3)


@pytest.mark.parametrize(
    "change", [{"attempt_time_s": 0.0}, {"success_probability": 1.5}, {"fidelity": float("nan")}]
)
def test_link_out_of_range_is_refused(change):
    with pytest.raises(ConfigError, match=next(iter(change))):
        Link(**change)
