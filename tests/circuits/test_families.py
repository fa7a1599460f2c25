"""The sample circuits do what their families promise: small instances, simulated exactly."""

from __future__ import annotations

from itertools import pairwise, product
from math import asin, cos, pi, sin, sqrt

import networkx as nx
import numpy as np
import pytest
from qiskit.circuit import ForLoopOp, IfElseOp, QuantumCircuit
from qiskit.quantum_info import Operator, Statevector, state_fidelity
from qiskit_ibm_runtime.fake_provider import FakeFez

from families import algorithms, lattices, states
from samples import CUBIC_ANGLES, CUBIC_ANGLES_2, RING_ANGLES

FLIP = Operator.from_label("X")
NEVER = 1e-12


def final_state(circuit):
    return Statevector(circuit.remove_final_measurements(inplace=False))


def reading(circuit):
    """Return the classical bits that the circuit reads for certain, least significant first."""
    outcomes = branches(circuit)
    values = {tuple(bits[bit] for bit in circuit.clbits) for _, _, bits in outcomes}
    assert len(values) == 1
    return values.pop()


def branches(circuit, unread=()):
    """Return ``(probability, state, bits)`` for each outcome of all measurements, exactly.

    Measurements into the register ``unread`` are left out.
    """
    worlds = [(1.0, Statevector.from_int(0, 2**circuit.num_qubits), {})]
    return run(circuit, range(circuit.num_qubits), circuit.clbits, worlds, unread)


def run(circuit, qubits, clbits, worlds, unread):
    """Run a circuit, or the body of a block, in every world; its bits are these ones outside."""
    qubit_of = dict(zip(circuit.qubits, qubits, strict=True))
    clbit_of = dict(zip(circuit.clbits, clbits, strict=True))
    for instruction in circuit.data:
        on = [qubit_of[bit] for bit in instruction.qubits]
        at = [clbit_of[bit] for bit in instruction.clbits]
        worlds = [
            after
            for world in worlds
            for after in step(instruction.operation, on, at, world, unread)
        ]
    return worlds


def step(operation, on, at, world, unread):
    """Return the worlds that one operation makes of one world."""
    probability, state, bits = world
    if isinstance(operation, IfElseOp):
        bit, value = operation.condition
        return run(operation.blocks[0], on, at, [world], unread) if bits[bit] == value else [world]
    if isinstance(operation, ForLoopOp):
        worlds = [world]
        for _ in operation.params[0]:
            worlds = run(operation.blocks[0], on, at, worlds, unread)
        return worlds
    if operation.name == "measure":
        if at[0] in unread:
            return [world]
        return [
            (probability * chance, after, {**bits, at[0]: value})
            for chance, after, value in collapse(state, on[0])
        ]
    if operation.name == "reset":
        return [
            (probability * chance, after.evolve(FLIP, on) if value else after, bits)
            for chance, after, value in collapse(state, on[0])
        ]
    return [(probability, state.evolve(operation, on), bits)]


def collapse(state, qubit):
    """Yield ``(probability, state, value)`` for the outcomes of measuring one qubit."""
    ones = np.arange(len(state.data)) >> qubit & 1
    for value in (0, 1):
        kept = np.where(ones == value, state.data, 0)
        chance = float(np.vdot(kept, kept).real)
        if chance > NEVER:
            yield chance, Statevector(kept / sqrt(chance)), value


def ghz(num_qubits):
    amplitudes = np.zeros(2**num_qubits)
    amplitudes[[0, -1]] = 1 / sqrt(2)
    return Statevector(amplitudes)


@pytest.mark.parametrize("build", [states.ghz_chain, states.ghz_fanout])
@pytest.mark.parametrize("num_qubits", [2, 3, 5, 8])
def test_chain_and_fanout_make_the_ghz_state(build, num_qubits):
    assert final_state(build(num_qubits)).equiv(ghz(num_qubits))


def test_fanout_is_logarithmic_in_depth():
    assert [states.ghz_fanout(2**k).depth() for k in (1, 4, 7)] == [3, 6, 9]


def test_interleaved_states_are_independent_ghz_states():
    order = [0, 3, 1, 4, 2, 5]  # state 0 on qubits 0, 2, 4 and state 1 on 1, 3, 5
    wanted = QuantumCircuit(6)
    wanted.initialize(ghz(3).tensor(ghz(3)).data)
    dealt = QuantumCircuit(6).compose(wanted, sorted(range(6), key=order.__getitem__))
    assert final_state(states.ghz_interleaved(2, 3)).equiv(Statevector(dealt))


def test_blocks_fused_by_measurement_make_the_ghz_state_on_every_branch():
    circuit = states.ghz_measured(3, 2)
    helpers, data = [2, 5], [0, 1, 3, 4, 6, 7]
    found = branches(circuit, unread=circuit.cregs[1])

    assert sum(p for p, _, _ in found) == pytest.approx(1.0)
    assert len(found) == 4
    for _, state, bits in found:
        outcome = [bits[bit] for bit in circuit.cregs[0]]
        wanted = np.zeros(2**8)
        for ones in ([], data):
            index = sum(1 << qubit for qubit in ones)
            index += sum(bit << qubit for bit, qubit in zip(outcome, helpers, strict=True))
            wanted[index] = 1 / sqrt(2)
        assert state.equiv(Statevector(wanted))


@pytest.mark.parametrize("num_qubits", [1, 2, 3, 7])
def test_w_state_shares_one_excitation_evenly(num_qubits):
    wanted = np.zeros(2**num_qubits)
    wanted[[1 << qubit for qubit in range(num_qubits)]] = 1 / sqrt(num_qubits)
    assert np.allclose(final_state(states.w_state(num_qubits)).data, wanted)


@pytest.mark.parametrize("num_hops", [1, 2, 3])
@pytest.mark.parametrize(("theta", "phi"), [(0.7, 1.9), (2.2, -0.4)])
def test_teleported_state_arrives_on_every_branch(num_hops, theta, phi):
    circuit = states.teleportation(num_hops, theta, phi)
    found = branches(circuit)

    assert len(found) == 4**num_hops
    assert sum(p for p, _, _ in found) == pytest.approx(1.0)
    assert {bits[circuit.clbits[-1]] for _, _, bits in found} == {0}


def test_teleportation_without_its_corrections_would_fail():
    """The test above can fail: without feed-forward the last qubit does not read 0."""
    circuit = states.teleportation(1)
    bare = circuit.copy_empty_like()
    for instruction in circuit.data:
        if not isinstance(instruction.operation, IfElseOp):
            bare.append(instruction)
    assert {bits[bare.clbits[-1]] for _, _, bits in branches(bare)} == {0, 1}


def test_repetition_code_reads_a_logical_one_and_no_syndrome():
    assert reading(states.repetition_code(3, 2)) == (0, 0, 1, 1, 1)


@pytest.mark.parametrize(("flipped", "syndrome"), [(0, (1, 0)), (2, (1, 1)), (4, (0, 1))])
def test_repetition_code_finds_a_flipped_data_qubit(flipped, syndrome):
    circuit = states.repetition_code(3, 2)
    faulty = circuit.copy_empty_like()
    faulty.x(flipped)
    faulty.compose(circuit, inplace=True)
    assert reading(faulty)[:2] == syndrome


@pytest.mark.parametrize("secret", list(product([0, 1], repeat=4)))
def test_bernstein_vazirani_reads_the_secret(secret):
    assert reading(algorithms.bernstein_vazirani(secret)) == secret


@pytest.mark.parametrize("num_qubits", [1, 2, 3, 5])
def test_fourier_circuit_is_the_discrete_fourier_transform(num_qubits):
    size = 2**num_qubits
    row, column = np.indices((size, size))
    dft = np.exp(2j * pi * row * column / size) / sqrt(size)
    assert np.allclose(Operator(algorithms.fourier(num_qubits)).data, dft)


@pytest.mark.parametrize("max_distance", [1, 2, 3, 4])
def test_approximate_fourier_errs_by_no_more_than_the_rotations_left_out(max_distance):
    exact = Operator(algorithms.fourier(5)).data
    near = Operator(algorithms.fourier(5, max_distance=max_distance)).data
    left_out = [pi / 2**far for far in range(max_distance + 1, 5) for _ in range(5 - far)]
    error = np.linalg.norm(exact - near, 2)
    assert error <= sum(2 * sin(angle / 2) for angle in left_out) + 1e-12
    assert (error > 1e-3) == bool(left_out)


def test_fourier_of_a_basis_state_is_a_column_of_the_transform():
    state = final_state(algorithms.fourier_of_basis_state(4, 11))
    assert np.allclose(state.data, np.exp(2j * pi * 11 * np.arange(16) / 16) / 4)


@pytest.mark.parametrize("numerator", range(8))
def test_phase_estimation_reads_an_exact_phase_for_certain(numerator):
    bits = reading(algorithms.phase_estimation(3, numerator / 8))
    assert sum(bit << i for i, bit in enumerate(bits)) == numerator


def test_phase_estimation_reads_the_nearest_value_most_often():
    state = final_state(algorithms.phase_estimation(7, 1 / 3))
    chances = state.probabilities(range(7))
    assert int(np.argmax(chances)) == round(2**7 / 3)
    assert chances.max() > 4 / pi**2


@pytest.mark.parametrize("marked", [(1, 0, 1), (0, 0, 0), (0, 1, 1, 0), (1, 0, 0, 1, 1)])
@pytest.mark.parametrize("num_iterations", [1, 2])
def test_grover_finds_the_marked_string_as_often_as_theory_says(marked, num_iterations):
    size = len(marked)
    circuit = algorithms.grover(marked, num_iterations)
    assert circuit.num_qubits == 2 * size - 3
    index = sum(bit << qubit for qubit, bit in enumerate(marked))  # helpers back at 0
    angle = asin(2 ** (-size / 2))
    chance = final_state(circuit).probabilities()[index]
    assert chance == pytest.approx(sin((2 * num_iterations + 1) * angle) ** 2)


@pytest.mark.parametrize("num_bits", [1, 2, 3])
def test_adder_adds_all_numbers_and_leaves_the_first_as_it_was(num_bits):
    for a, b in product(range(2**num_bits), repeat=2):
        circuit = algorithms.ripple_carry_adder(num_bits, a, b)
        chances = final_state(circuit).probabilities()
        index = int(np.argmax(chances))
        assert chances[index] == pytest.approx(1.0)
        assert sum((index >> 2 * bit + 2 & 1) << bit for bit in range(num_bits)) == a
        assert index & 1 == 0, "the carry that comes in is cleared again"
        assert sum(bit << i for i, bit in enumerate(reading(circuit))) == a + b


@pytest.mark.parametrize("size", [2, 4, 6, 8])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_hidden_shift_is_found(size, seed):
    shift = tuple(np.random.default_rng(seed).integers(2, size=size).tolist())
    assert reading(algorithms.hidden_shift(shift)) == shift


def cut_fraction(graph, angles):
    graph = nx.convert_node_labels_to_integers(graph)
    edges = list(graph.edges)
    state = final_state(lattices.qaoa_maxcut(len(graph), edges, *angles))
    index = np.arange(2 ** len(graph))
    cut = sum((index >> a ^ index >> b) & 1 for a, b in edges)
    return float(state.probabilities() @ cut) / len(edges)


def test_qaoa_on_a_ring_cuts_three_quarters_of_the_edges():
    assert cut_fraction(nx.cycle_graph(8), RING_ANGLES) == pytest.approx(3 / 4)


@pytest.mark.parametrize("graph", [nx.cubical_graph(), nx.petersen_graph()])
def test_qaoa_on_a_cubic_graph_without_triangles_cuts_what_theory_says(graph):
    wanted = 1 / 2 + (1 / (2 * sqrt(3))) * (2 / 3)
    assert cut_fraction(graph, CUBIC_ANGLES) == pytest.approx(wanted)


def test_two_rounds_of_qaoa_reach_the_fixed_angle_value_where_cycles_are_long():
    """Wurtz and Love: 0.7559 on 3-regular graphs without cycles of up to 5 edges."""
    assert cut_fraction(nx.heawood_graph(), CUBIC_ANGLES_2) == pytest.approx(0.7559, abs=1e-4)


def test_trotter_steps_converge_to_the_exact_evolution():
    edges = lattices.ring(4)
    zz = sum(Operator.from_label(pauli_on(4, edge, "Z")).data for edge in edges)
    x = sum(Operator.from_label(pauli_on(4, [site], "X")).data for site in range(4))
    energies, vectors = np.linalg.eigh(-1.0 * zz - 0.6 * x)
    start = np.eye(16)[0]
    exact = vectors @ (np.exp(-1j * energies) * (vectors.conj().T @ start))

    errors = []
    for steps in (20, 40):
        circuit = lattices.ising_trotter(
            4, edges, num_steps=steps, field=0.6, time_step=1.0 / steps
        )
        errors.append(1 - state_fidelity(final_state(circuit), exact))
    assert errors[0] < 5e-3
    assert errors[1] == pytest.approx(errors[0] / 4, rel=0.1), "first order: infidelity as dt**2"


def pauli_on(size, sites, letter):
    return "".join(letter if site in sites else "I" for site in reversed(range(size)))


def test_heavy_hex_lattice_is_that_of_a_heron_processor():
    coupled = {tuple(sorted(edge)) for edge in FakeFez().coupling_map.get_edges()}
    assert {tuple(sorted(edge)) for edge in lattices.heavy_hex(8, 16)} == coupled


def test_square_lattice_joins_the_neighbours_of_a_grid():
    grid = nx.convert_node_labels_to_integers(nx.grid_2d_graph(3, 4), ordering="sorted")
    wanted = {tuple(sorted(edge)) for edge in grid.edges}
    assert {tuple(sorted(edge)) for edge in lattices.square(3, 4)} == wanted


def test_edges_come_in_layers_without_shared_sites():
    assert lattices.line(5) == [(0, 1), (2, 3), (1, 2), (3, 4)]
    assert lattices.layers([(0, 1), (1, 2), (0, 2)]) == [(0, 1), (1, 2), (0, 2)]


def test_random_graph_is_regular_simple_and_repeatable():
    edges = lattices.random_regular(3, 20, seed=7)
    assert set(dict(nx.Graph(edges).degree).values()) == {3}
    assert len(set(edges)) == 30
    assert edges == lattices.random_regular(3, 20, seed=7)
    assert edges != lattices.random_regular(3, 20, seed=8)


def test_ansatz_turns_every_qubit_and_couples_neighbours_in_each_layer():
    circuit = lattices.hardware_efficient(6, num_layers=3, seed=1)
    assert dict(circuit.count_ops()) == {"ry": 18, "rz": 18, "cx": 15, "measure": 6}
    pairs = {
        tuple(circuit.find_bit(bit).index for bit in instruction.qubits)
        for instruction in circuit.data
        if instruction.operation.name == "cx"
    }
    assert pairs == set(pairwise(range(6)))
    assert circuit == lattices.hardware_efficient(6, num_layers=3, seed=1)
    assert circuit != lattices.hardware_efficient(6, num_layers=3, seed=2)


def test_ansatz_angles_are_the_ones_of_the_seed():
    circuit = lattices.hardware_efficient(2, num_layers=1, seed=0)
    angle = circuit.data[0].operation.params[0]
    assert -pi <= angle < pi
    assert cos(angle) == pytest.approx(cos(np.random.default_rng(0).uniform(-pi, pi)), abs=1e-6)
