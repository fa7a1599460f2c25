"""Where a job goes: its parts and the QPUs they run on."""

from __future__ import annotations

from typing import Any, NamedTuple

from qsched.registry import load_object


class Placement(NamedTuple):
    """One part of a job on one QPU.

    A named tuple, because the engine makes one for every part of every job.

    Attributes:
        device: Name of the QPU.
        num_qubits: Qubits that the part takes there, at least 1.
        qubits: Physical qubits taken; ``None`` when placement is by count alone. Where the job
            has a circuit they are in the order of its qubits: its initial layout.
        logical: Qubits of the circuit that are in this part, sorted; ``None`` when the job is
            whole or has no circuit.
    """

    device: str
    num_qubits: int
    qubits: tuple[int, ...] | None = None
    logical: tuple[int, ...] | None = None


Placements = tuple[Placement, ...]
"""What will do for a `Plan` wherever one is asked for: a plain tuple is made faster."""


class Plan(Placements):
    """All of a job: its placements in the order in which neighbouring parts communicate.

    Policies may answer with a plain tuple of placements.
    """

    __slots__ = ()

    def subcircuits(self, circuit: Any) -> Any:
        """Return the Qiskit circuit of each placement; see `qsched.io.subcircuits`.

        Args:
            circuit: The ``QuantumCircuit`` that the plan is for.

        Raises:
            CircuitError: The plan is not one of this circuit.
            MissingExtraError: Gates are cut and qiskit-addon-cutting is not installed.
        """
        make = load_object("qsched.io.subcircuits:subcircuits", kind="function")
        return make(self, circuit)
