"""The numbers of the manifest: expansion, depth, cut gates and their sampling overhead."""

from __future__ import annotations

from math import log10

import numpy as np
import pytest
from qiskit.circuit import Gate, QuantumCircuit
from qiskit.circuit.library import get_standard_gate_name_mapping
from qiskit.circuit.library.standard_gates import CU1Gate
from qiskit.quantum_info import Operator

from families import algorithms, states
from split_cost import GAMMA, depth, even_parts, expanded, split_cost, two_qubit_gates

STANDARD_GATES = {**get_standard_gate_name_mapping(), "cu1": CU1Gate(0.0)}


def cost(circuit, parts):
    return split_cost(two_qubit_gates(expanded(circuit)), parts)


def schmidt_overhead(gate):
    """Gamma of a two-qubit unitary: ``2 * (sum of its operator-Schmidt coefficients)**2 - 1``."""
    tensor = Operator(gate).data.reshape(2, 2, 2, 2).transpose(0, 2, 1, 3).reshape(4, 4)
    coefficients = np.linalg.svd(tensor, compute_uv=False) / 2
    return 2 * coefficients.sum() ** 2 - 1


@pytest.mark.parametrize("name", sorted(GAMMA))
@pytest.mark.parametrize("angle", [0.3, 1.5, 2.9])
def test_overhead_of_a_cut_gate_follows_from_its_unitary(name, angle):
    gate = STANDARD_GATES[name]
    if gate.params:
        gate = type(gate)(angle)
    assert GAMMA[name](angle) == pytest.approx(schmidt_overhead(gate))


def test_parts_are_as_even_as_can_be():
    assert even_parts(10, 2) == (5, 5)
    assert even_parts(11, 3) == (4, 4, 3)


def test_chain_has_one_gate_across_its_middle():
    found = cost(states.ghz_chain(5), (3, 2))
    assert (found.cut_gates, found.boundary_qubits) == (1, (2, 3))
    assert found.log10_sampling_overhead == pytest.approx(log10(9), abs=1e-3)


def test_swap_and_rotation_cost_what_they_are():
    circuit = QuantumCircuit(4)
    circuit.swap(0, 2)
    circuit.rzz(np.pi / 6, 1, 3)  # gamma = 1 + 2 * 1/2
    circuit.cx(0, 1)
    found = cost(circuit, (2, 2))
    assert (found.cut_gates, found.boundary_qubits) == (2, (0, 1, 2, 3))
    assert found.log10_sampling_overhead == pytest.approx(log10(49 * 4), abs=1e-3)


def test_circuit_of_components_needs_no_cut_between_them():
    found = cost(states.ghz_interleaved(1, 3).tensor(states.ghz_interleaved(1, 2)), (2, 3))
    assert found == ((2, 3), 0, 0.0, ())


def test_three_parts_are_cut_at_both_borders():
    assert cost(states.ghz_chain(6), (2, 2, 2)).boundary_qubits == (1, 2, 3, 4)


def test_expanded_circuit_has_the_same_unitary_and_small_gates():
    circuit = algorithms.ripple_carry_adder(2, 2, 3).remove_final_measurements(inplace=False)
    flat = expanded(circuit)
    assert Operator(flat).equiv(circuit)
    assert set(flat.count_ops()) <= {"x", "h", "t", "tdg", "cx"}
    assert depth(flat) == flat.depth()
    # 4 blocks of 2 CX and a Toffoli of 6 CX, and the carry
    assert len(two_qubit_gates(flat)) == 4 * (2 + 6) + 1


def test_standard_gates_stay_as_written():
    circuit = QuantumCircuit(2)
    circuit.rzz(0.2, 0, 1)
    circuit.append(Gate("opaque", 1, []), [0])
    assert dict(expanded(circuit).count_ops()) == {"rzz": 1, "opaque": 1}


def test_loop_counts_every_turn():
    circuit = QuantumCircuit(2, 1)
    with circuit.for_loop(range(4)):
        circuit.cx(0, 1)
        circuit.measure(1, 0)
    flat = expanded(circuit)
    assert (len(two_qubit_gates(flat)), depth(flat)) == (4, 8)


def test_worse_branch_counts():
    circuit = QuantumCircuit(3, 1)
    circuit.measure(2, 0)
    with circuit.if_test((0, 1)) as otherwise:
        circuit.x(2)
    with otherwise:
        circuit.ccx(0, 1, 2)
    flat = expanded(circuit)
    assert len(two_qubit_gates(flat)) == 6
    toffoli = QuantumCircuit(3)
    toffoli.ccx(0, 1, 2)
    assert depth(flat) == 1 + expanded(toffoli).depth()


def test_control_flow_that_no_sample_has_is_refused():
    circuit = QuantumCircuit(1, 1)
    with circuit.while_loop((0, 0)):
        circuit.measure(0, 0)
    with pytest.raises(NotImplementedError, match="while_loop"):
        expanded(circuit)
