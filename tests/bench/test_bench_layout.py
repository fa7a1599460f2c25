"""Layouts of lines, rings and trees beside mapomatic's best."""

from __future__ import annotations

from itertools import pairwise
from math import prod

import pytest
from qiskit import QuantumCircuit, transpile
from qiskit_ibm_runtime.fake_provider import FakeStrasbourg

from qsched.io.backends import profile_backend
from qsched.io.extract import profile_circuit
from qsched.partition.couplings import Weights, couplings_of
from qsched.partition.layout import lay_out
from qsched.policy.placing import STRANDED_COST

SHAPES = {
    "line of 4": list(pairwise(range(4))),
    "line of 12": list(pairwise(range(12))),
    "line of 20": list(pairwise(range(20))),
    "ring of 12": [*pairwise(range(12)), (11, 0)],
    "ring of 20": [*pairwise(range(20)), (19, 0)],
    "tree of 8": [(0, 1), (0, 2), (0, 3), (1, 4), (4, 5), (2, 6), (3, 7)],
}


def circuit_of(pairs):
    num_qubits = 1 + max(map(max, pairs))
    circuit = QuantumCircuit(num_qubits, name="shape")
    circuit.h(range(num_qubits))
    for a, b in pairs:
        circuit.cx(a, b)
    circuit.measure_all()
    return circuit


def expected_fidelity(circuit, backend):
    """Return the product of what every operation leaves."""
    left = []
    for step in circuit.data:
        qubits = tuple(circuit.find_bit(bit).index for bit in step.qubits)
        properties = backend.target[step.name].get(qubits) if step.name != "barrier" else None
        left.append(1.0 - (properties.error or 0.0) if properties else 1.0)
    return prod(left)


# mapomatic walks over instructions as tuples, which Qiskit will not allow for ever
@pytest.mark.filterwarnings("ignore:Treating CircuitInstruction:DeprecationWarning")
@pytest.mark.parametrize("shape", SHAPES)
def test_layout_beside_the_best_of_mapomatic(benchmark, shape):
    mapomatic = pytest.importorskip("mapomatic")
    backend = FakeStrasbourg()
    couplings = couplings_of(profile_backend(backend))
    circuit = circuit_of(SHAPES[shape])
    weights = Weights(one_qubit=1.0, two_qubit=1.0, stranded=STRANDED_COST)

    def place():
        profile = profile_circuit(circuit)  # a new one: layouts are kept by circuit
        logical = tuple(range(circuit.num_qubits))
        return lay_out(profile, logical, couplings, frozenset(couplings.working), weights)

    def fidelity(made, layout):
        layout = list(layout)
        done = transpile(
            made, backend, initial_layout=layout, optimization_level=1, seed_transpiler=0
        )
        return expected_fidelity(done, backend)

    layout = benchmark(place)
    small = mapomatic.deflate_circuit(
        transpile(
            circuit, backend, initial_layout=list(layout), optimization_level=1, seed_transpiler=0
        )
    )
    best, _ = mapomatic.evaluate_layouts(
        small, mapomatic.matching_layouts(small, backend, call_limit=100_000), backend
    )[0]
    ratio = fidelity(circuit, layout) / fidelity(small, best)
    benchmark.extra_info["ratio"] = ratio
    assert ratio >= 0.97
