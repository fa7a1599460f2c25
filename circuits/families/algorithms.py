"""Textbook algorithms: Bernstein-Vazirani, Fourier, phase estimation, Grover, adder, shift."""

from __future__ import annotations

from math import pi
from typing import TYPE_CHECKING

from qiskit.circuit import ClassicalRegister, QuantumCircuit, QuantumRegister

if TYPE_CHECKING:
    from collections.abc import Sequence


def bernstein_vazirani(secret: Sequence[int]) -> QuantumCircuit:
    """Return a circuit that reads a hidden bit string with one query.

    Args:
        secret: Bits; bit ``i`` is read from qubit ``i``.

    Returns:
        A circuit on ``len(secret) + 1`` qubits, the last of them the oracle's target
        (Bernstein and Vazirani, SIAM J. Comput. 26, 1411, 1997).
    """
    size = len(secret)
    circuit = QuantumCircuit(size + 1, size)
    circuit.x(size)
    circuit.h(range(size + 1))
    for qubit, bit in enumerate(secret):
        if bit:
            circuit.cx(qubit, size)
    circuit.h(range(size))
    circuit.measure(range(size), range(size))
    return circuit


def fourier(num_qubits: int, *, max_distance: int | None = None) -> QuantumCircuit:
    """Return the quantum Fourier transform without measurements.

    Args:
        num_qubits: Qubits, at least 1; qubit 0 is the least significant.
        max_distance: Leave out the rotations between qubits further apart than this, whose
            angle is below ``pi / 2**max_distance`` (Coppersmith, IBM Report RC 19642, 1994);
            ``None``: leave out none.
    """
    reach = num_qubits if max_distance is None else max_distance
    circuit = QuantumCircuit(num_qubits)
    for target in reversed(range(num_qubits)):
        circuit.h(target)
        for control in reversed(range(max(0, target - reach), target)):
            circuit.cp(pi / 2 ** (target - control), control, target)
    for qubit in range(num_qubits // 2):
        circuit.swap(qubit, num_qubits - 1 - qubit)
    return circuit


def fourier_of_basis_state(
    num_qubits: int, value: int, *, max_distance: int | None = None
) -> QuantumCircuit:
    """Return the Fourier transform of the basis state ``value``, measured; see `fourier`."""
    circuit = QuantumCircuit(num_qubits, num_qubits)
    for qubit in range(num_qubits):
        if value >> qubit & 1:
            circuit.x(qubit)
    circuit.compose(fourier(num_qubits, max_distance=max_distance), inplace=True)
    circuit.measure(range(num_qubits), range(num_qubits))
    return circuit


def phase_estimation(num_counting: int, phase: float) -> QuantumCircuit:
    """Return the estimation of the eigenphase of a phase gate (Kitaev, quant-ph/9511026).

    Args:
        num_counting: Bits of the estimate, at least 1.
        phase: Eigenvalue ``exp(2j * pi * phase)``, in [0, 1).

    Returns:
        A circuit on ``num_counting + 1`` qubits; the bits read ``round(phase * 2**num_counting)``
        with certainty when that is exact.
    """
    circuit = QuantumCircuit(num_counting + 1, num_counting)
    circuit.x(num_counting)
    circuit.h(range(num_counting))
    for qubit in range(num_counting):
        circuit.cp(2 * pi * (phase * 2**qubit % 1.0), qubit, num_counting)
    circuit.compose(fourier(num_counting).inverse(), range(num_counting), inplace=True)
    circuit.measure(range(num_counting), range(num_counting))
    return circuit


def grover(marked: Sequence[int], num_iterations: int) -> QuantumCircuit:
    """Return Grover's search for one bit string (Grover, STOC 1996).

    Args:
        marked: The string to find, at least 3 bits; bit ``i`` is read from qubit ``i``.
        num_iterations: Rounds of oracle and diffusion, at least 1.

    Returns:
        A circuit on ``2 * len(marked) - 3`` qubits: the helpers of the many-controlled Z follow.
    """
    size = len(marked)
    circuit = QuantumCircuit(2 * size - 3, size)
    zeros = [qubit for qubit, bit in enumerate(marked) if not bit]
    circuit.h(range(size))
    for _ in range(num_iterations):
        _flip_phase_of(circuit, size, zeros)
        circuit.h(range(size))
        _flip_phase_of(circuit, size, range(size))
        circuit.h(range(size))
    circuit.measure(range(size), range(size))
    return circuit


def _flip_phase_of(circuit: QuantumCircuit, size: int, zeros: Sequence[int]) -> None:
    """Flip the sign of the one string that is 0 on ``zeros`` and 1 elsewhere."""
    # Each Toffoli of the ladder gathers one more control into the next helper.
    gathered, ladder = 0, []
    for qubit in range(1, size - 2):
        ladder.append((gathered, qubit, size + qubit - 1))
        gathered = size + qubit - 1
    if zeros:
        circuit.x(zeros)
    for gate in ladder:
        circuit.ccx(*gate)
    circuit.h(size - 1)
    circuit.ccx(gathered, size - 2, size - 1)
    circuit.h(size - 1)
    for gate in reversed(ladder):
        circuit.ccx(*gate)
    if zeros:
        circuit.x(zeros)


def ripple_carry_adder(num_bits: int, a: int, b: int) -> QuantumCircuit:
    """Return the sum of two numbers by the CDKM ripple-carry adder (quant-ph/0410184).

    Its two blocks are custom gates, so that files of this family hold gate definitions.

    Args:
        num_bits: Bits of each number, at least 1.
        a: First number, in [0, 2**num_bits).
        b: Second number, in [0, 2**num_bits).

    Returns:
        A circuit on ``2 * num_bits + 2`` qubits: carry in, then ``b[i], a[i]`` in turn, carry out.
        The ``num_bits + 1`` classical bits hold ``a + b``, least significant first.
    """
    majority = QuantumCircuit(3, name="majority")
    majority.cx(2, 1)
    majority.cx(2, 0)
    majority.ccx(0, 1, 2)
    unmajority = QuantumCircuit(3, name="unmajority")
    unmajority.ccx(0, 1, 2)
    unmajority.cx(2, 0)
    unmajority.cx(0, 1)
    gather, spread = majority.to_gate(), unmajority.to_gate()

    circuit = QuantumCircuit(
        QuantumRegister(2 * num_bits + 2, "q"), ClassicalRegister(num_bits + 1, "total")
    )
    for bit in range(num_bits):
        if b >> bit & 1:
            circuit.x(2 * bit + 1)
        if a >> bit & 1:
            circuit.x(2 * bit + 2)
    for bit in range(num_bits):
        circuit.append(gather, range(2 * bit, 2 * bit + 3))
    circuit.cx(2 * num_bits, 2 * num_bits + 1)
    for bit in reversed(range(num_bits)):
        circuit.append(spread, range(2 * bit, 2 * bit + 3))
    circuit.measure([*range(1, 2 * num_bits, 2), 2 * num_bits + 1], range(num_bits + 1))
    return circuit


def hidden_shift(shift: Sequence[int]) -> QuantumCircuit:
    """Return a circuit that finds the shift between a bent function and its dual.

    The function is ``f(x, y) = x.y + g(x)`` (Maiorana-McFarland) with
    ``g(x) = sum of x[i] x[i+1] x[i+2] + x[i+2] x[i+3]`` over every third ``i``; its dual is
    ``x.y + g(y)`` (Roetteler, SODA 2010; Bravyi and Gosset, Phys. Rev. Lett. 116, 250501, 2016).

    Args:
        shift: Bits, an even number of them; bit ``i`` is read from qubit ``i``.
    """
    size = len(shift)
    half = size // 2
    x, y = range(half), range(half, size)
    ones = [qubit for qubit, bit in enumerate(shift) if bit]
    circuit = QuantumCircuit(size, size)
    circuit.h(range(size))
    if ones:
        circuit.x(ones)
    _bent_phase(circuit, x, x, y)
    if ones:
        circuit.x(ones)
    circuit.h(range(size))
    _bent_phase(circuit, y, x, y)
    circuit.h(range(size))
    circuit.measure(range(size), range(size))
    return circuit


def _bent_phase(circuit: QuantumCircuit, g: range, x: range, y: range) -> None:
    """Apply the phase of ``x.y + g``, with ``g`` as in `hidden_shift` on the qubits ``g``."""
    for pair in zip(x, y, strict=True):
        circuit.cz(*pair)
    for i in range(0, len(g) - 2, 3):
        circuit.h(g[i + 2])
        circuit.ccx(g[i], g[i + 1], g[i + 2])
        circuit.h(g[i + 2])
    for i in range(2, len(g) - 1, 3):
        circuit.cz(g[i], g[i + 1])
