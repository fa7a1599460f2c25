"""Profiles of circuits: agreement with Qiskit's own counts, and what cannot be counted."""

from __future__ import annotations

import warnings
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister, qasm2
from qiskit.circuit import (
    AnnotatedOperation,
    Barrier,
    CircuitInstruction,
    ControlModifier,
    Delay,
    Gate,
    Instruction,
    InverseModifier,
    Measure,
    Parameter,
    PowerModifier,
    Reset,
    library,
)
from qiskit.circuit.classical import expr, types
from qiskit.circuit.random import random_circuit
from qiskit.quantum_info import Pauli, SparsePauliOp, random_clifford, random_unitary
from qiskit.transpiler.passes import HighLevelSynthesis

from qsched.errors import CircuitError, QschedWarning
from qsched.io._expansion import MAX_OPERATIONS
from qsched.io.extract import profile_circuit

KEPT = {"measure", "reset", "barrier", "delay", "store"}
"""Not gates, and never put apart."""


def expand(circuit: QuantumCircuit) -> QuantumCircuit:
    """Put all composite and wide gates apart, one after the other, as the definition says."""
    expanded = circuit.copy_empty_like()

    def put(part, qubits, clbits):
        qubit_of = dict(zip(part.qubits, qubits, strict=True))
        clbit_of = dict(zip(part.clbits, clbits, strict=True))
        for instruction in part.data:
            operation = instruction.operation
            on = [qubit_of[bit] for bit in instruction.qubits]
            into = [clbit_of[bit] for bit in instruction.clbits]
            standard = instruction.is_standard_gate() and len(on) <= 2
            if standard or operation.name in KEPT:
                expanded.append(operation, on, into)
            elif getattr(operation, "definition", None) is not None:
                put(operation.definition, on, into)
            else:
                alone = QuantumCircuit(operation.num_qubits)
                alone.append(operation, alone.qubits)
                put(HighLevelSynthesis()(alone), on, into)

    put(circuit, circuit.qubits, circuit.clbits)
    return expanded


def counts(instruction) -> bool:
    return instruction.name not in {"barrier", "delay"}


def is_gate(instruction) -> bool:
    return instruction.name not in KEPT


def is_two_qubit_gate(instruction) -> bool:
    return is_gate(instruction) and len(instruction.qubits) == 2


def assert_agrees(circuit: QuantumCircuit) -> None:
    """Compare every figure with what Qiskit says of the expanded circuit."""
    profile = profile_circuit(circuit)
    expanded = expand(circuit)
    ones, pairs = Counter(), Counter()
    for instruction in filter(is_gate, expanded.data):
        on = sorted(expanded.find_bit(qubit).index for qubit in instruction.qubits)
        if len(on) == 1:
            ones[on[0]] += 1
        elif len(on) == 2:
            pairs[tuple(on)] += 1
    active = {qubit for step in expanded.data if counts(step) for qubit in step.qubits}
    assert profile.name == circuit.name
    assert profile.num_qubits == circuit.num_qubits
    assert profile.num_active_qubits == len(active)
    assert profile.depth == expanded.depth(counts)
    assert profile.two_qubit_depth == expanded.depth(is_two_qubit_gate)
    assert profile.num_measurements == expanded.count_ops().get("measure", 0)
    assert profile.one_qubit_gates == tuple(ones[q] for q in range(circuit.num_qubits))
    assert profile.num_one_qubit_gates == ones.total()
    assert profile.interactions == tuple((a, b, n) for (a, b), n in sorted(pairs.items()))
    assert profile.num_two_qubit_gates == pairs.total()


def nested(levels: int, width: int = 1) -> str:
    """Return an OpenQASM 2 program whose gate ``g<levels>`` stands for ``2 ** levels`` gates."""
    bits = ", ".join(f"a{i}" for i in range(width))
    gates = [f"gate g0 {bits} {{ x a0; }}"]
    gates += [
        f"gate g{i} {bits} {{ g{i - 1} {bits}; g{i - 1} {bits}; }}" for i in range(1, levels + 1)
    ]
    on = ", ".join(f"q[{i}]" for i in range(width))
    return "\n".join(
        ["OPENQASM 2.0;", 'include "qelib1.inc";', *gates, f"qreg q[{width}];", f"g{levels} {on};"]
    )


# Figures worked by hand


def test_every_figure_of_a_bell_pair_with_a_spare_qubit():
    bell = QuantumCircuit(3, 2, name="bell")
    bell.h(0)
    bell.cx(0, 1)
    bell.measure([0, 1], [0, 1])
    profile = profile_circuit(bell)
    assert (profile.name, profile.num_qubits, profile.num_active_qubits) == ("bell", 3, 2)
    assert (profile.depth, profile.two_qubit_depth, profile.num_idle_qubits) == (3, 1, 1)
    assert (profile.num_one_qubit_gates, profile.num_two_qubit_gates) == (1, 1)
    assert (profile.num_measurements, profile.one_qubit_gates) == (2, (1, 0, 0))
    assert profile.interactions == ((0, 1, 1),)


def test_pairs_are_counted_without_regard_to_direction():
    circuit = QuantumCircuit(3)
    circuit.cx(2, 0)
    circuit.cx(0, 2)
    circuit.swap(1, 2)
    assert profile_circuit(circuit).interactions == ((0, 2, 2), (1, 2, 1))


def test_toffoli_counts_as_the_fifteen_gates_of_its_definition():
    circuit = QuantumCircuit(3)
    circuit.ccx(0, 1, 2)
    profile = profile_circuit(circuit)
    assert (profile.num_one_qubit_gates, profile.num_two_qubit_gates) == (9, 6)
    assert profile.depth == circuit.decompose().depth() == 11


def test_barriers_join_and_delays_are_nothing():
    circuit = QuantumCircuit(3)
    circuit.h(0)
    circuit.delay(100, 1)
    circuit.barrier(0, 1)
    circuit.h(1)
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_active_qubits, profile.num_one_qubit_gates) == (2, 2, 2)


def test_resets_count_in_the_depth_and_are_no_gates():
    circuit = QuantumCircuit(1)
    circuit.reset(0)
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_active_qubits, profile.num_one_qubit_gates) == (1, 1, 0)


def test_open_control_is_put_apart_into_flips_and_a_standard_gate():
    circuit = QuantumCircuit(2)
    circuit.cx(0, 1, ctrl_state=0)
    profile = profile_circuit(circuit)
    assert (profile.num_one_qubit_gates, profile.num_two_qubit_gates) == (2, 1)


def test_name_can_be_given():
    assert profile_circuit(QuantumCircuit(1, name="inner"), name="outer").name == "outer"


def test_circuit_without_qubits_or_gates_has_zeros_throughout():
    profile = profile_circuit(QuantumCircuit())
    assert (profile.num_qubits, profile.depth, profile.one_qubit_gates) == (0, 0, ())


def test_unbound_parameters_do_not_matter():
    circuit = library.efficient_su2(4)
    assert circuit.num_parameters > 0
    assert_agrees(circuit)


def test_profile_does_not_change_the_circuit():
    circuit = QuantumCircuit(4)
    circuit.append(library.QFTGate(4), range(4))
    before = circuit.copy()
    profile_circuit(circuit)
    assert circuit == before


def test_wait_gate_of_the_legacy_includes_is_one_gate_as_written():
    text = 'OPENQASM 2.0;\ninclude "qelib1.inc";\nqreg q[1];\nu0(1000000000) q[0];\n'
    circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS)
    assert profile_circuit(circuit).depth == 1


def test_other_ways_of_the_hardware_to_measure_to_reset_and_to_flip_are_known():
    circuit = QuantumCircuit(1, 1)
    circuit.append(Instruction("measure_2", 1, 1, []), [0], [0])
    circuit.append(Instruction("measure_reset", 1, 1, []), [0], [0])
    circuit.append(Instruction("reset_2", 1, 0, []), [0])
    circuit.append(Gate("xslow", 1, []), [0])
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_measurements, profile.num_one_qubit_gates) == (4, 2, 1)


# Agreement with Qiskit


def wide(operation) -> QuantumCircuit:
    """Return a circuit with an operation amid gates that show what depth it starts from."""
    circuit = QuantumCircuit(operation.num_qubits + 1, operation.num_clbits)
    circuit.h(0)
    circuit.append(operation, range(operation.num_qubits), range(operation.num_clbits))
    circuit.cx(0, operation.num_qubits)
    return circuit


LIBRARY = {
    "QFT": lambda: library.QFTGate(6),
    "graph state": lambda: library.GraphStateGate(np.array([[0, 1, 1], [1, 0, 0], [1, 0, 0]])),
    "IQP": lambda: library.iqp([[6, 5, 3], [5, 4, 5], [3, 5, 1]]),
    "EfficientSU2": lambda: library.efficient_su2(5),
    "ripple-carry adder": lambda: library.FullAdderGate(3),
    "modular adder": lambda: library.ModularAdderGate(3),
    "multiplier": lambda: library.MultiplierGate(2),
    "Pauli evolution": lambda: library.PauliEvolutionGate(
        SparsePauliOp(["XXI", "IYZ", "ZZZ"]), 0.3
    ),
    "quantum volume": lambda: library.quantum_volume(5, seed=1),
    "QAOA": lambda: library.qaoa_ansatz(SparsePauliOp(["ZZI", "IZZ"])),
    "ZZ feature map": lambda: library.zz_feature_map(4),
    "MCX": lambda: library.MCXGate(5),
    "MCX with open controls": lambda: library.MCXGate(4, ctrl_state=3),
    "MCPhase": lambda: library.MCPhaseGate(0.3, 4),
    "C3SX": library.C3SXGate,
    "C4X": library.C4XGate,
    "RC3X": library.RC3XGate,
    "CCZ": library.CCZGate,
    "open CU": lambda: library.CUGate(1, 2, 3, 4, ctrl_state=0),
    "controlled U3": lambda: library.U3Gate(1, 2, 3).control(2, annotated=False),
    "one-qubit unitary": lambda: library.UnitaryGate(random_unitary(2, seed=1)),
    "two-qubit unitary": lambda: library.UnitaryGate(random_unitary(4, seed=1)),
    "three-qubit unitary": lambda: library.UnitaryGate(random_unitary(8, seed=1)),
    "initialize": lambda: library.Initialize([1, 0, 0, 1j] / np.sqrt(2)),
    "state preparation": lambda: library.StatePreparation(random_unitary(8, seed=2).data[:, 0]),
    "permutation": lambda: library.PermutationGate([2, 0, 1]),
    "linear function": lambda: library.LinearFunction([[1, 1, 0], [0, 1, 1], [0, 0, 1]]),
    "Clifford": lambda: random_clifford(3, seed=1),
    "diagonal": lambda: library.DiagonalGate([1, -1, 1, 1j]),
    "Moelmer-Soerensen": lambda: library.MSGate(3, 0.2),
    "modifiers": lambda: AnnotatedOperation(
        library.SGate(), [ControlModifier(2), InverseModifier(), PowerModifier(3)]
    ),
    "annotated control": lambda: library.QFTGate(3).control(1, annotated=True),
}


if hasattr(library, "PauliProductMeasurement"):  # later versions of Qiskit have it
    LIBRARY["Pauli measurement"] = lambda: library.PauliProductMeasurement(Pauli("XZ"))


@pytest.mark.parametrize("name", LIBRARY)
def test_library_circuits_count_as_qiskit_counts_them_expanded(name):
    made = LIBRARY[name]()
    assert_agrees(made if isinstance(made, QuantumCircuit) else wide(made))


@pytest.mark.parametrize("seed", range(20))
def test_random_circuits_count_as_qiskit_counts_them_expanded(seed):
    assert_agrees(random_circuit(6, 10, max_operands=4, measure=True, reset=True, seed=seed))


OPERATIONS = (
    library.HGate(),
    library.RZGate(0.1),
    library.IGate(),
    library.UnitaryGate(np.eye(2)),
    library.CXGate(),
    library.RXXGate(0.5),
    library.CYGate(ctrl_state=0),
    library.CCXGate(),
    library.CSwapGate(),
    library.RCCXGate(),
    Barrier(1),
    Barrier(3),
    Delay(7),
    Measure(),
    Reset(),
)


@st.composite
def circuits(draw, num_qubits=None, num_clbits=None, depth=2) -> QuantumCircuit:
    """Draw circuits of standard, wide, custom and composite parts."""
    num_qubits = draw(st.integers(1, 5)) if num_qubits is None else num_qubits
    num_clbits = draw(st.integers(0, 3)) if num_clbits is None else num_clbits
    circuit = QuantumCircuit(num_qubits, num_clbits)
    operations = list(OPERATIONS)
    for _ in range(draw(st.integers(0, 3)) if depth else 0):
        widths = st.integers(1, num_qubits), st.integers(0, num_clbits)
        part = draw(circuits(*map(draw, widths), depth=depth - 1))
        operations.append(part.to_instruction())
    fitting = st.sampled_from(
        [o for o in operations if o.num_qubits <= num_qubits and o.num_clbits <= num_clbits]
    )
    for operation in draw(st.lists(fitting, max_size=12)):
        on = draw(st.permutations(range(num_qubits)))[: operation.num_qubits]
        into = draw(st.permutations(range(num_clbits)))[: operation.num_clbits]
        circuit.append(operation, on, into, copy=False)
    return circuit


@settings(max_examples=150, deadline=None)
@given(circuits())
def test_any_nest_of_parts_counts_as_qiskit_counts_it_expanded(circuit):
    assert_agrees(circuit)


@settings(max_examples=30, deadline=None)
@given(circuits(depth=1), st.integers(1, 40))
def test_repeated_part_counts_as_often_as_it_stands_there(part, times):
    whole = QuantumCircuit(part.num_qubits, part.num_clbits)
    shared = part.to_instruction()
    for _ in range(times):
        whole.append(shared, whole.qubits, whole.clbits, copy=False)
    assert_agrees(whole)
    once, many = profile_circuit(part), profile_circuit(whole)
    assert many.num_one_qubit_gates == times * once.num_one_qubit_gates
    assert once.depth <= many.depth <= times * once.depth


# Control flow


def test_if_takes_the_worse_branch_figure_by_figure():
    circuit = QuantumCircuit(3, 1)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], True)) as otherwise:
        circuit.cx(0, 1)
        circuit.cx(1, 2)
    with otherwise:
        for _ in range(5):
            circuit.x(2)
        circuit.cx(0, 2)
    profile = profile_circuit(circuit)
    assert profile.depth == 2 + 6
    assert profile.two_qubit_depth == 2
    assert profile.interactions == ((0, 1, 1), (1, 2, 1))
    assert profile.one_qubit_gates == (1, 0, 5)
    assert profile.num_active_qubits == 3


def test_switch_takes_the_worst_case():
    circuit = QuantumCircuit(QuantumRegister(2), ClassicalRegister(2, "c"))
    with circuit.switch(circuit.cregs[0]) as case:
        with case(0):
            circuit.x(0)
        with case(1, 2):
            circuit.cx(0, 1)
            circuit.cz(0, 1)
        with case(case.DEFAULT):
            circuit.measure(0, 0)
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_one_qubit_gates) == (2, 1)
    assert (profile.num_two_qubit_gates, profile.num_measurements) == (2, 1)


def test_for_loop_is_its_body_times_its_count():
    circuit = QuantumCircuit(2)
    with circuit.for_loop(range(3, 1000, 2)):
        circuit.h(0)
        circuit.cx(0, 1)
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.two_qubit_depth) == (2 * 499, 499)
    assert profile.interactions == ((0, 1, 499),)
    assert profile.one_qubit_gates == (499, 0)


def test_for_loop_over_given_values_runs_once_for_each():
    circuit = QuantumCircuit(1)
    angle = Parameter("angle")
    with circuit.for_loop((0, 5, 7), angle):
        circuit.rx(angle, 0)
    assert profile_circuit(circuit).depth == 3


@pytest.mark.parametrize("indices", [range(0), range(5, 1), range(1, 5, -1), ()])
def test_for_loop_without_turns_is_nothing(indices):
    circuit = QuantumCircuit(1)
    with circuit.for_loop(indices):
        circuit.x(0)
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_one_qubit_gates, profile.num_active_qubits) == (0, 0, 0)


def test_nested_loops_multiply_and_break_saves_nothing():
    circuit = QuantumCircuit(1, 1)
    with circuit.for_loop(range(10)), circuit.for_loop(range(20)):
        circuit.measure(0, 0)
        with circuit.if_test((circuit.clbits[0], True)):
            circuit.break_loop()
        with circuit.if_test((circuit.clbits[0], False)):
            circuit.continue_loop()
    profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_measurements) == (200, 200)


def test_while_loop_counts_once_and_warns():
    circuit = QuantumCircuit(1, 1, name="until")
    with circuit.while_loop((circuit.clbits[0], False)):
        circuit.h(0)
        circuit.measure(0, 0)
    with pytest.warns(QschedWarning, match="until: the bodies of while-loops count once"):
        profile = profile_circuit(circuit)
    assert (profile.depth, profile.num_one_qubit_gates) == (2, 1)


def test_box_is_its_body():
    circuit = QuantumCircuit(2)
    with circuit.box():
        circuit.h(0)
        circuit.cx(0, 1)
    assert profile_circuit(circuit).depth == 2


def test_condition_waits_for_the_bits_it_asks():
    circuit = QuantumCircuit(2, 1)
    circuit.h(0)
    circuit.h(0)
    circuit.measure(0, 0)
    with circuit.if_test((circuit.clbits[0], True)):
        circuit.x(1)
    assert profile_circuit(circuit).depth == 4


def test_control_flow_of_single_gates_has_the_depth_that_qiskit_gives_it():
    circuit = random_circuit(4, 6, max_operands=2, measure=True, conditional=True, seed=7)
    assert circuit.count_ops()["if_else"] > 0
    assert profile_circuit(circuit).depth == circuit.depth()


def test_stores_and_expressions_order_as_qiskit_orders_them():
    circuit = QuantumCircuit(3, 3)
    circuit.h(0)
    circuit.measure([0, 1], [0, 1])
    both = circuit.add_var("both", expr.logic_and(circuit.clbits[0], circuit.clbits[1]))
    circuit.store(circuit.clbits[2], both)
    with circuit.if_test(expr.logic_not(both)):
        circuit.x(2)
    count = circuit.add_input("count", types.Uint(8))
    with circuit.switch(count) as case, case(1):
        circuit.x(1)
    assert profile_circuit(circuit).depth == circuit.depth()


def test_bounds_that_are_no_numbers_are_refused(monkeypatch):
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(2)):
        circuit.x(0)
    loop = circuit.data[0].operation
    monkeypatch.setattr(loop, "_params", [Parameter("n"), *loop.params[1:]])
    with pytest.raises(CircuitError, match="bounds of a for-loop"):
        profile_circuit(circuit)


# What is too large, endless or unknown


def test_allowed_expansion_is_exact_without_being_made():
    profile = profile_circuit(qasm2.loads(nested(25)))
    assert profile.depth == profile.num_one_qubit_gates == 2**25 <= MAX_OPERATIONS


@pytest.mark.parametrize("levels", [26, 60, 3000])
def test_expansion_above_the_limit_is_refused_by_name(levels):
    with pytest.raises(CircuitError, match="gate 'g26' would expand to more than 50,000,000 gates"):
        profile_circuit(qasm2.loads(nested(levels)))


def test_gates_nested_thousands_deep_are_no_trouble():
    text = nested(0).replace("g0 q[0];", "g2000 q[0];\ng2000 q[0];")
    chain = "\n".join(f"gate g{i} a {{ g{i - 1} a; }}" for i in range(1, 2001))
    profile = profile_circuit(qasm2.loads(text.replace("qreg", f"{chain}\nqreg")))
    assert profile.depth == 2


@pytest.mark.parametrize("turns", [50_000_001, 10**12, 10**18])
def test_loop_above_the_limit_is_refused(turns):
    circuit = QuantumCircuit(1, name="long")
    with circuit.for_loop(range(turns)):
        circuit.x(0)
    with pytest.raises(CircuitError, match="long: the circuit would expand to more than"):
        profile_circuit(circuit)


def test_loop_of_exactly_the_limit_is_allowed():
    circuit = QuantumCircuit(1)
    with circuit.for_loop(range(MAX_OPERATIONS)):
        circuit.x(0)
    assert profile_circuit(circuit).depth == MAX_OPERATIONS


def test_wide_definitions_are_put_apart_step_by_step_and_agree():
    assert profile_circuit(qasm2.loads(nested(12, width=80))).depth == 2**12


def test_gate_without_definition_is_refused_by_name():
    circuit = QuantumCircuit(2, name="vendor")
    circuit.append(Gate("zz", 2, [0.5]), [0, 1])
    with pytest.raises(CircuitError, match="vendor: gate 'zz' on 2 qubits has no definition"):
        profile_circuit(circuit)


def test_gate_defined_by_itself_is_refused():
    gate = Gate("ouroboros", 1, [])
    definition = QuantumCircuit(1)
    definition._append(CircuitInstruction(gate, definition.qubits))
    gate.definition = definition
    circuit = QuantumCircuit(1)
    circuit.append(gate, [0], copy=False)
    with pytest.raises(CircuitError, match="'ouroboros' is defined by itself"):
        profile_circuit(circuit)


class Endless(Gate):
    """A gate whose definition makes a new one of the same kind."""

    def __init__(self):
        super().__init__("endless", 1, [])

    def _define(self):
        self.definition = QuantumCircuit(1)
        self.definition.append(Endless(), [0])


def test_endless_definitions_are_refused():
    circuit = QuantumCircuit(1)
    circuit.append(Endless(), [0])
    with pytest.raises(CircuitError, match="nested more than 10,000 deep"):
        profile_circuit(circuit)


class Broken(Gate):
    """A gate whose definition raises."""

    def __init__(self):
        super().__init__("broken", 1, [])

    def _define(self):
        raise ZeroDivisionError


def test_definition_that_raises_is_refused_by_name():
    circuit = QuantumCircuit(1)
    circuit.append(Broken(), [0])
    with pytest.raises(CircuitError, match="'broken' cannot be expanded: ZeroDivisionError"):
        profile_circuit(circuit)


class Repeat(Gate):
    """A gate that its parameter makes longer, not only turn further."""

    def __init__(self, times):
        super().__init__("repeat", 1, [times])

    def _define(self):
        self.definition = QuantumCircuit(1)
        for _ in range(int(self.params[0])):
            self.definition.x(0)


def test_definitions_that_a_parameter_makes_longer_are_not_mixed_up():
    text = """OPENQASM 2.0;
gate repeat(n) a { }
gate twice(n) a { repeat(n) a; repeat(n) a; }
qreg q[1];
twice(1) q[0]; twice(10) q[0]; twice(100) q[0]; twice(10) q[0];
"""
    custom = [qasm2.CustomInstruction("repeat", 1, 1, Repeat)]
    circuit = qasm2.loads(text, custom_instructions=custom)
    assert profile_circuit(circuit).depth == 2 * (1 + 10 + 100 + 10)


def test_profiles_of_equal_circuits_are_equal():
    first, second = (random_circuit(5, 20, seed=3) for _ in range(2))
    assert profile_circuit(first, name="a") == profile_circuit(second, name="a")


def test_no_warning_without_a_while_loop():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        profile_circuit(library.quantum_volume(3, seed=0))
