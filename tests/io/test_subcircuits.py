"""Plans become Qiskit circuits that give the counts of the whole circuit."""

from collections import Counter
from itertools import pairwise

import pytest
from qiskit import ClassicalRegister, QuantumCircuit, transpile
from qiskit.circuit.library import CCXGate
from qiskit.quantum_info import Statevector
from qiskit_aer import AerSimulator
from qiskit_ibm_runtime.fake_provider import FakeManilaV2, FakeQuitoV2

import qsched
from qsched.errors import CircuitError
from qsched.io.subcircuits import subcircuits
from qsched.model import Placement, Plan
from qsched.testing import check_schedule


def islands():
    """Two GHZ states and a pair, qubits mixed up: ten qubits, no gate between them."""
    circuit = QuantumCircuit(10, name="islands")
    for qubits in ((0, 3, 6, 9, 2), (1, 4, 7), (5, 8)):
        circuit.ry(0.7, qubits[0])
        for a, b in pairwise(qubits):
            circuit.cx(a, b)
    circuit.barrier()
    circuit.measure_all()
    return circuit


def exact(circuit):
    return Statevector(circuit.remove_final_measurements(inplace=False)).probabilities_dict()


def test_parts_without_cuts_reproduce_the_counts_of_the_whole_circuit():
    circuit = islands()
    result = qsched.schedule(circuit, devices=["fake_manila", FakeQuitoV2()])
    check_schedule(result)
    plan = result.jobs[0].placements
    assert result.jobs[0].cut_weight == 0
    assert len(plan) == 2

    shots = 40_000
    parts = [
        AerSimulator(seed_simulator=7 + i).run(part.circuit, shots=shots, memory=True)
        for i, part in enumerate(plan.subcircuits(circuit))
    ]
    memories = [part.result().get_memory() for part in parts]
    joined = Counter(format(int(a, 2) | int(b, 2), "010b") for a, b in zip(*memories, strict=True))
    expected = exact(circuit)
    assert set(joined) <= set(expected)
    for outcome, probability in expected.items():
        spread = (probability * (1.0 - probability) / shots) ** 0.5
        assert abs(joined[outcome] / shots - probability) < 5.0 * spread + 1e-9


def test_subcircuits_transpile_onto_their_devices_with_their_layouts():
    backends = {backend.name: backend for backend in (FakeManilaV2(), FakeQuitoV2())}
    circuit = islands()
    result = qsched.schedule(circuit, devices=list(backends.values()))

    for part in result.jobs[0].placements.subcircuits(circuit):
        made = transpile(
            part.circuit,
            backends[part.device],
            initial_layout=part.initial_layout,
            optimization_level=1,
            seed_transpiler=1,
        )
        layout = made.layout.initial_index_layout(filter_ancillas=True)
        assert layout == part.initial_layout
        edges = set(backends[part.device].coupling_map.get_edges())
        for step in made.data:
            if len(step.qubits) == 2:
                assert tuple(made.find_bit(bit).index for bit in step.qubits) in edges


def test_cut_gates_are_numbered_placeholders_on_both_sides():
    pytest.importorskip("qiskit_addon_cutting")
    circuit = QuantumCircuit(4, name="chain")
    circuit.h(0)
    for a in range(3):
        circuit.cx(a, a + 1)
    plan = Plan(
        [
            Placement("a", 2, (0, 1), (0, 1)),
            Placement("b", 2, (3, 4), (2, 3)),
        ]
    )

    first, second = plan.subcircuits(circuit)

    assert [step.name for step in first.circuit.data] == ["h", "cx", "qpd_1q"]
    assert [step.name for step in second.circuit.data] == ["qpd_1q", "cx"]
    assert first.circuit.data[2].operation.label == "cut_cx_0"
    assert second.circuit.data[0].operation.qubit_id == 1
    assert (first.initial_layout, second.initial_layout) == ([0, 1], [3, 4])


def test_cut_circuits_reconstruct_the_expectation_value_of_the_whole():
    cutting = pytest.importorskip("qiskit_addon_cutting")
    from qiskit.primitives import StatevectorEstimator
    from qiskit.quantum_info import PauliList, SparsePauliOp
    from qiskit_aer.primitives import SamplerV2

    circuit = QuantumCircuit(4, name="pair")
    circuit.ry(0.4, 0)
    circuit.ry(1.1, 3)
    circuit.cx(0, 1)
    circuit.cx(1, 2)
    circuit.cx(2, 3)
    plan = Plan([Placement("a", 2, None, (0, 1)), Placement("b", 2, None, (2, 3))])
    parts = {i: part.circuit for i, part in enumerate(plan.subcircuits(circuit))}
    observables = {0: PauliList(["ZZ"]), 1: PauliList(["ZI"])}
    experiments, coefficients = cutting.generate_cutting_experiments(parts, observables, 10_000)
    results = {
        label: SamplerV2(seed=3).run(circuits, shots=20_000).result()
        for label, circuits in experiments.items()
    }
    [found] = cutting.reconstruct_expectation_values(results, coefficients, observables)

    [exactly] = [
        StatevectorEstimator().run([(circuit, SparsePauliOp("ZIZZ"))]).result()[0].data.evs
    ]
    assert found == pytest.approx(float(exactly), abs=0.05)


def test_gates_across_parts_are_expanded_before_they_are_cut():
    pytest.importorskip("qiskit_addon_cutting")
    circuit = QuantumCircuit(3)
    circuit.append(CCXGate(), [0, 1, 2])
    plan = Plan([Placement("a", 2, None, (0, 1)), Placement("b", 1, None, (2,))])

    first, second = plan.subcircuits(circuit)

    cuts = sum(step.name == "qpd_1q" for step in first.circuit.data)
    assert cuts == sum(step.name == "qpd_1q" for step in second.circuit.data) == 4


def test_whole_circuits_stay_as_they_are():
    circuit = islands()
    [part] = subcircuits((Placement("a", 10, tuple(range(10))),), circuit)
    assert part.circuit == circuit
    assert part.circuit is not circuit


@pytest.mark.parametrize(
    ("plan", "problem"),
    [
        ((Placement("a", 1, None, (0,)),), "holds 1 qubits"),
        ((Placement("a", 1), Placement("b", 1)), "does not say which"),
        ((Placement("a", 1, None, (0,)), Placement("b", 1, None, (0,))), "twice or not at all"),
    ],
)
def test_plan_of_another_circuit_is_one_clear_error(plan, problem):
    with pytest.raises(CircuitError, match=problem):
        subcircuits(plan, QuantumCircuit(2))


def test_classical_bit_that_two_parts_use_is_one_clear_error():
    circuit = QuantumCircuit(2)
    circuit.add_register(ClassicalRegister(1, "c"))
    circuit.measure(0, 0)
    with circuit.if_test((0, 1)):
        circuit.x(1)
    plan = (Placement("a", 1, None, (0,)), Placement("b", 1, None, (1,)))
    with pytest.raises(CircuitError, match="classical bit"):
        subcircuits(plan, circuit)
