"""Which qubits of a device work, and which of them hang together."""

from __future__ import annotations

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import CalibrationError
from qsched.model import DeviceProfile
from qsched.model.connectivity import working_components

LINE = ((0, 1), (1, 2), (2, 3))


def line(**changes):
    facts = {"coupling_map": LINE, "two_qubit_error": dict.fromkeys(LINE, 0.01)}
    return DeviceProfile(name="line", num_qubits=4, **(facts | changes))


def test_a_line_of_four_is_one_component():
    assert working_components(line()) == ((0, 1, 2, 3),)


def test_a_dead_coupler_cuts_the_line():
    errors = {(0, 1): 0.01, (1, 2): 1.0, (2, 3): 0.01}

    assert working_components(line(two_qubit_error=errors)) == ((0, 1), (2, 3))


def test_a_dead_qubit_belongs_to_no_component():
    assert working_components(line(readout_error=(0.1, 1.0, 0.1, 0.1))) == ((2, 3), (0,))
    assert working_components(line(faulty_qubits=(1, 2))) == ((0,), (3,))


def test_without_a_coupling_map_all_working_qubits_hang_together():
    assert working_components(DeviceProfile(name="trap", num_qubits=3)) == ((0, 1, 2),)
    assert working_components(DeviceProfile(name="trap", num_qubits=2, faulty_qubits=(0, 1))) == ()


def test_faulty_qubits_and_their_couplers_are_masked_in_the_means():
    profile = line(
        readout_error=(0.1, 0.9, 0.3, 0.2),
        single_qubit_error=(0.001, 0.9, 0.003, 0.002),
        two_qubit_error={(0, 1): 0.5, (1, 2): 0.5, (2, 3): 0.02},
        faulty_qubits=(1,),
    )

    assert profile.error_means == pytest.approx((0.2, 0.002, 0.02))
    assert profile.dead_qubits == (1,)
    assert profile.dead_couplers == ((0, 1), (1, 2))


def test_a_faulty_qubit_that_is_not_there_is_refused():
    with pytest.raises(CalibrationError, match="faulty qubit 4 on a device of 4"):
        line(faulty_qubits=(4,))


@given(st.integers(1, 12), st.data())
def test_components_are_those_of_the_graph_of_what_works(n, data):
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n)]
    couplings = sorted(data.draw(st.sets(st.sampled_from(pairs)))) if pairs else []
    dead = data.draw(st.sets(st.sampled_from(couplings))) if couplings else set()
    faulty = sorted(data.draw(st.sets(st.integers(0, n - 1))))
    profile = DeviceProfile(
        name="any",
        num_qubits=n,
        coupling_map=tuple(couplings),
        two_qubit_error={pair: 1.0 if pair in dead else 0.01 for pair in couplings},
        faulty_qubits=tuple(faulty),
    )
    graph = nx.Graph([pair for pair in couplings if pair not in dead])
    graph.add_nodes_from(range(n))
    graph.remove_nodes_from(faulty)
    expected = {tuple(sorted(c)) for c in nx.connected_components(graph)}
    if not couplings:
        expected = {tuple(sorted(graph))} - {()}

    found = working_components(profile)

    assert set(found) == expected
    assert list(map(len, found)) == sorted(map(len, found), reverse=True)
