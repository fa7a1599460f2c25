"""The job of a circuit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.model import Job

if TYPE_CHECKING:
    from qsched.model import CircuitProfile

DEFAULT_SHOTS = 4096
"""Shots of a circuit that states none: the default of Qiskit Runtime's primitives."""


def job_of_circuit(circuit: CircuitProfile, *, job_id: str, shots: int | None = None) -> Job:
    """Return the job of one circuit.

    Args:
        circuit: Profile of the circuit; a circuit file states no shots.
        job_id: Id of the job.
        shots: Repetitions; ``None``: 4,096.
    """
    return Job(
        job_id=job_id,
        name=circuit.name,
        num_qubits=circuit.num_qubits,
        depth=circuit.depth,
        num_two_qubit_gates=circuit.num_two_qubit_gates,
        shots=DEFAULT_SHOTS if shots is None else shots,
        circuit=circuit,
    )
