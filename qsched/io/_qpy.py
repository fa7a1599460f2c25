"""QPY -> circuits, once the file is known not to be one of the dangerous kinds."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np
from qiskit import QuantumCircuit, qpy

from qsched.errors import CircuitError
from qsched.io._foreign import MAX_BITS, reason_of, translated

if TYPE_CHECKING:
    from collections.abc import Iterator

OLDEST_VERSION = 13
"""Older formats hold expressions that Qiskit up to 1.4.1 evaluated as code, and pickles of
symengine, which no version can load safely (CVE-2025-2000). Qiskit 1.3 and later write 13 on."""

_MAGIC = b"QISKIT"
_GZIP = b"\x1f\x8b"
_HEADER_START = struct.Struct("!6sB")
_CIRCUIT_HEADER = struct.Struct("!H1cHIIQIQI")
"""Sizes of name and global phase, qubits, clbits, size of metadata, registers, instructions,
variables: the header of every circuit in a file of version 12 or later, nested ones too."""

_PHASE_TYPES = np.frombuffer(b"izfcnpvesrq", dtype=np.uint8)
_ZEROS = (13, 14, 15, 16, 25, 26, 27, 28)
"""Bytes of a circuit header that are zero as long as it has below 4 GiB of metadata and
four thousand million instructions."""


def parse_qpy(data: bytes, source: str) -> list[QuantumCircuit]:
    """Return the circuits of a QPY file.

    Args:
        data: Content of the file.
        source: Its name, for messages.

    Raises:
        CircuitError: It is no QPY file, of a dangerous or unknown version, or broken.
    """
    _check_version(data, source)
    for num_bits in _declared_bits(data):
        if num_bits > MAX_BITS:
            raise CircuitError(f"declares {num_bits:,} bits", source=source)
    with translated(lambda error: _refusal(error, source)):
        circuits: list[QuantumCircuit] = qpy.load(io.BytesIO(data))
    if not all(isinstance(circuit, QuantumCircuit) for circuit in circuits):
        raise CircuitError("holds something else than circuits", source=source)
    return circuits


def _refusal(error: BaseException, source: str) -> CircuitError:
    return CircuitError(
        f"broken QPY: {reason_of(error)}", remedy="save the circuit again", source=source
    )


def _check_version(data: bytes, source: str) -> None:
    if data.startswith(_GZIP):
        raise CircuitError("compressed with gzip", remedy="unpack it first", source=source)
    if len(data) < _HEADER_START.size or not data.startswith(_MAGIC):
        raise CircuitError("not a QPY file", remedy="write it with qiskit.qpy.dump", source=source)
    _, version = _HEADER_START.unpack_from(data)
    if version < OLDEST_VERSION:
        raise CircuitError(
            f"QPY version {version} can hold code that runs when it is read (CVE-2025-2000)",
            remedy="if you trust it, load it with qiskit.qpy and save it with Qiskit 1.3 or later",
            source=source,
        )
    if version > qpy.QPY_VERSION:
        raise CircuitError(
            f"QPY version {version} is newer than this Qiskit reads ({qpy.QPY_VERSION})",
            remedy="upgrade qiskit",
            source=source,
        )


def _declared_bits(data: bytes) -> Iterator[int]:
    """Yield the qubits or clbits that each circuit in a file declares, nested ones included.

    Bits that are in no register take no bytes in a file. Qiskit makes them all before it
    looks any further, and when memory runs out it ends the process. So headers are found
    here by their form, wherever they are.
    """
    content = np.frombuffer(data, dtype=np.uint8)
    count = len(content) - _CIRCUIT_HEADER.size
    if count <= 0:
        return
    likely = np.isin(content[2 : 2 + count], _PHASE_TYPES)
    for offset in _ZEROS:
        likely &= content[offset : offset + count] == 0
    for start in np.flatnonzero(likely).tolist():
        name, _, phase, qubits, clbits, metadata, registers, instructions, _ = (
            _CIRCUIT_HEADER.unpack_from(data, start)
        )
        rest = count - start
        if name + phase + metadata <= rest and registers <= rest and instructions <= rest:
            yield max(qubits, clbits)
