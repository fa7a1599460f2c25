"""States and protocols: GHZ four ways, W, teleportation, a repetition code."""

from __future__ import annotations

from math import acos, sqrt

from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister


def ghz_chain(num_qubits: int) -> QuantumCircuit:
    """Return a GHZ state by a chain of CX gates: linear depth, neighbours only."""
    circuit = QuantumCircuit(num_qubits, num_qubits)
    circuit.h(0)
    for qubit in range(num_qubits - 1):
        circuit.cx(qubit, qubit + 1)
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def ghz_fanout(num_qubits: int) -> QuantumCircuit:
    """Return a GHZ state by doubling: each layer copies all entangled qubits, logarithmic depth."""
    circuit = QuantumCircuit(num_qubits, num_qubits)
    circuit.h(0)
    entangled = 1
    while entangled < num_qubits:
        for qubit in range(min(entangled, num_qubits - entangled)):
            circuit.cx(qubit, entangled + qubit)
        entangled *= 2
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def ghz_interleaved(num_states: int, state_qubits: int) -> QuantumCircuit:
    """Return independent GHZ states whose qubits are dealt out in turn.

    State ``s`` lives on qubits ``s, s + num_states, s + 2 * num_states, ...``. The circuit falls
    apart into components, but a split that follows the order of the qubits does not see that.

    Args:
        num_states: How many GHZ states, at least 1.
        state_qubits: Qubits of each, at least 1.
    """
    num_qubits = num_states * state_qubits
    circuit = QuantumCircuit(num_qubits, num_qubits)
    for state in range(num_states):
        circuit.h(state)
        for qubit in range(state, num_qubits - num_states, num_states):
            circuit.cx(qubit, qubit + num_states)
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def ghz_measured(num_blocks: int, block_qubits: int) -> QuantumCircuit:
    """Return a GHZ state fused from blocks by mid-circuit measurement and feed-forward.

    The first qubit of each block starts in |+>. Between two blocks a helper qubit measures the
    parity of the two first qubits; where it is odd, all later first qubits are flipped. Each block
    then copies its first qubit along a chain, so that the depth does not grow with the number of
    blocks (measurement-assisted preparation, Baumer et al., PRX Quantum 5, 030339, 2024).

    Args:
        num_blocks: Blocks, at least 1.
        block_qubits: Qubits of each block, at least 1.

    Returns:
        A circuit on ``num_blocks * (block_qubits + 1) - 1`` qubits: block, helper, block, ...,
        with one classical bit for each helper (register ``parity``) and each block qubit (``out``).
    """
    stride = block_qubits + 1
    firsts = [block * stride for block in range(num_blocks)]
    data = [first + offset for first in firsts for offset in range(block_qubits)]
    parity = ClassicalRegister(num_blocks - 1, "parity")
    out = ClassicalRegister(len(data), "out")
    circuit = QuantumCircuit(QuantumRegister(num_blocks * stride - 1, "q"), parity, out)
    circuit.h(firsts)
    for block in range(num_blocks - 1):
        helper = firsts[block + 1] - 1
        circuit.cx(firsts[block], helper)
        circuit.cx(firsts[block + 1], helper)
        circuit.measure(helper, parity[block])
    for block in range(num_blocks - 1):
        with circuit.if_test((parity[block], 1)):
            circuit.x(firsts[block + 1 :])
    for first in firsts:
        for qubit in range(first, first + block_qubits - 1):
            circuit.cx(qubit, qubit + 1)
    circuit.measure(data, out)
    return circuit


def w_state(num_qubits: int) -> QuantumCircuit:
    """Return a W state: one excitation shared evenly, handed on by controlled rotations."""
    circuit = QuantumCircuit(num_qubits, num_qubits)
    circuit.x(0)
    for qubit in range(num_qubits - 1):
        # The excitation stays here with probability 1 / (qubits from here on).
        circuit.cry(2 * acos(sqrt(1 / (num_qubits - qubit))), qubit, qubit + 1)
        circuit.cx(qubit + 1, qubit)
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def teleportation(num_hops: int, theta: float = 0.7, phi: float = 1.9) -> QuantumCircuit:
    """Return a state teleported hop by hop, with measurement and feed-forward at each hop.

    The first qubit is prepared by ``ry(theta)`` and ``rz(phi)``; the last one is turned back by
    the inverse, so that a faultless machine always measures 0 in register ``out``
    (Bennett et al., Phys. Rev. Lett. 70, 1895, 1993).

    Args:
        num_hops: Bell pairs to pass through, at least 1.
        theta: Polar angle of the state in radians.
        phi: Azimuthal angle of the state in radians.

    Returns:
        A circuit on ``2 * num_hops + 1`` qubits.
    """
    bell = ClassicalRegister(2 * num_hops, "bell")
    out = ClassicalRegister(1, "out")
    circuit = QuantumCircuit(QuantumRegister(2 * num_hops + 1, "q"), bell, out)
    circuit.ry(theta, 0)
    circuit.rz(phi, 0)
    for hop in range(num_hops):
        here, near, far = 2 * hop, 2 * hop + 1, 2 * hop + 2
        circuit.h(near)
        circuit.cx(near, far)
        circuit.cx(here, near)
        circuit.h(here)
        circuit.measure(here, bell[2 * hop])
        circuit.measure(near, bell[2 * hop + 1])
        with circuit.if_test((bell[2 * hop + 1], 1)):
            circuit.x(far)
        with circuit.if_test((bell[2 * hop], 1)):
            circuit.z(far)
    circuit.rz(-phi, 2 * num_hops)
    circuit.ry(-theta, 2 * num_hops)
    circuit.measure(2 * num_hops, out[0])
    return circuit


def repetition_code(distance: int, num_rounds: int) -> QuantumCircuit:
    """Return a logical 1 kept by a bit-flip repetition code: a loop of syndrome rounds.

    Data and helper qubits take turns. Each round measures the parity of neighbouring data qubits
    into the same bits and resets the helpers; the data qubits are measured at the end.

    Args:
        distance: Data qubits, at least 2.
        num_rounds: Rounds of the loop, at least 1.

    Returns:
        A circuit on ``2 * distance - 1`` qubits.
    """
    data = list(range(0, 2 * distance - 1, 2))
    helpers = list(range(1, 2 * distance - 1, 2))
    syndrome = ClassicalRegister(distance - 1, "syndrome")
    out = ClassicalRegister(distance, "out")
    circuit = QuantumCircuit(QuantumRegister(2 * distance - 1, "q"), syndrome, out)
    circuit.x(data)
    with circuit.for_loop(range(num_rounds)):
        for bit, helper in enumerate(helpers):
            circuit.cx(helper - 1, helper)
            circuit.cx(helper + 1, helper)
            circuit.measure(helper, syndrome[bit])
            circuit.reset(helper)
    circuit.measure(data, out)
    return circuit
