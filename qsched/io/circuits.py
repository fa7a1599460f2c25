"""Circuit files -> circuits and profiles: OpenQASM 2 and 3, and QPY.

No file is trusted: nothing in it is run or unpickled, declarations that would fill the
memory are refused unread, and whatever is wrong is one `CircuitError` with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import CircuitError
from qsched.io._qasm_text import read_bytes, read_text, version_of

if TYPE_CHECKING:
    from pathlib import Path

    from qiskit import QuantumCircuit

    from qsched.model import CircuitProfile

QASM_SUFFIXES = (".qasm", ".qasm2", ".qasm3")
QPY_SUFFIXES = (".qpy",)


def load_circuits(path: Path) -> list[QuantumCircuit]:
    """Return the circuits of a file, as Qiskit's own objects.

    A circuit is called like its file without the suffix; of several in one QPY file the
    first is ``name[0]``. Names inside files are often made up by Qiskit, and differ from
    run to run.

    Args:
        path: A file whose name ends in ``.qasm``, ``.qasm2``, ``.qasm3`` or ``.qpy``. Of an
            OpenQASM file the header says the version; without one, ``.qasm3`` or words that
            only version 3 has do.

    Raises:
        CircuitError: The file cannot be read, is broken, or holds a circuit without qubits.
    """
    suffix = path.suffix.lower()
    if suffix in QASM_SUFFIXES:
        circuits = [_load_qasm(path)]
    elif suffix in QPY_SUFFIXES:
        from qsched.io._qpy import parse_qpy  # noqa: PLC0415 - it imports Qiskit

        circuits = parse_qpy(read_bytes(path), str(path))
    else:
        raise CircuitError(
            f"unknown kind of file {path.suffix!r}",
            remedy=f"the name must end in one of {', '.join(QASM_SUFFIXES + QPY_SUFFIXES)}",
            source=str(path),
        )
    if not circuits:
        raise CircuitError("holds no circuit", remedy="save one in it", source=str(path))
    for index, circuit in enumerate(circuits):
        circuit.name = path.stem if len(circuits) == 1 else f"{path.stem}[{index}]"
        if not circuit.num_qubits:
            raise CircuitError(
                f"circuit {circuit.name} has no qubits",
                remedy="was it written to the end?",
                source=str(path),
            )
    return circuits


def _load_qasm(path: Path) -> QuantumCircuit:
    text = read_text(path)
    if version_of(text, path) == 2:  # noqa: PLR2004 - OpenQASM 2
        from qsched.io._openqasm2 import parse_openqasm2  # noqa: PLC0415 - it imports Qiskit

        return parse_openqasm2(text, path)
    from qsched.io._openqasm3 import parse_openqasm3  # noqa: PLC0415 - it imports Qiskit

    return parse_openqasm3(text, path)


def read_circuits(path: Path) -> list[CircuitProfile]:
    """Return the profiles of the circuits of a file, in their order.

    Args:
        path: As for `load_circuits`, which also gives the names.

    Raises:
        CircuitError: As for `load_circuits` and `qsched.io.extract.profile_circuit`.
    """
    from qsched.io.extract import profile_circuit  # noqa: PLC0415 - it imports Qiskit

    return [profile_circuit(circuit, source=str(path)) for circuit in load_circuits(path)]
