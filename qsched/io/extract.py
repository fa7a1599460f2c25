"""Circuits -> profiles: width, depth, gate counts and interaction graph.

All figures are those of the *expanded* circuit: gates on three or more qubits and
composite or custom gates are put apart by their definitions, down to one- and two-qubit
gates of Qiskit's standard library, which stay as written. A gate with open controls
(``cx`` with ``ctrl_state=0``) is composite: its definition has the flips.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

from qsched.errors import CircuitError, QschedWarning
from qsched.io._expansion import Expansion
from qsched.io._gammas import USUAL_GAMMA
from qsched.model import CircuitProfile

if TYPE_CHECKING:
    from qiskit import QuantumCircuit


MAX_KEPT = 200_000
"""A longer circuit's operations are not kept one by one, so that its parts have no depth of
their own."""


def profile_circuit(
    circuit: QuantumCircuit, *, name: str | None = None, source: str | None = None
) -> CircuitProfile:
    """Return what a scheduler needs to know of a circuit.

    The depth is that of `QuantumCircuit.depth` on the expanded circuit: measurements and
    resets count, barriers and classical assignments join their bits and count nowhere,
    delays are as if they were not there. The two-qubit depth is that of gates on two
    qubits alone. Nothing is expanded in memory: definitions add up, so that the time
    goes with what is written, not with what it stands for.

    Control flow is reckoned at its worst: of the branches of ``if`` and ``switch`` each
    figure is that of the branch where it is largest; a for-loop is its body times its
    count; the body of a while-loop counts once, with a warning. Each such operation is
    one block of work, which starts when all of its bits are free.

    Parameters need not be bound: no count depends on them.

    Args:
        circuit: Any circuit; it is not changed.
        name: Name of the profile; the circuit's own by default.
        source: File that errors name; the name of the profile by default.

    Returns:
        The profile. Reset and measured qubits are active though no gate acts on them;
        resets are neither gates nor measurements.

    Raises:
        CircuitError: A gate has no definition or is defined by itself, a for-loop has no
            fixed number of turns, or the circuit would expand to more than 50 million gates.
    """
    name = circuit.name if name is None else name
    expansion = Expansion()
    try:
        block = expansion.block(circuit)
    except CircuitError as error:
        raise CircuitError(
            error.problem, remedy=error.remedy, source=name if source is None else source
        ) from error
    if expansion.has_while:
        warnings.warn(f"{name}: the bodies of while-loops count once", QschedWarning, stacklevel=2)
    depth, two_qubit_depth = block.depths()
    ones = block.one_qubit_gates
    return CircuitProfile(
        name=name,
        num_qubits=block.num_qubits,
        num_active_qubits=len(block.active),
        depth=depth,
        two_qubit_depth=two_qubit_depth,
        num_one_qubit_gates=block.num_one_qubit_gates,
        num_two_qubit_gates=block.num_two_qubit_gates,
        num_measurements=block.num_measurements,
        one_qubit_gates=tuple(ones.get(qubit, 0) for qubit in range(block.num_qubits)),
        interactions=tuple((a, b, count) for (a, b), count in sorted(block.pairs.items())),
        gammas=tuple(
            (a, b, gamma, count)
            for (a, b, gamma), count in sorted(block.gammas.items())
            if gamma != USUAL_GAMMA
        ),
        operations=block.operations(MAX_KEPT),
    )
