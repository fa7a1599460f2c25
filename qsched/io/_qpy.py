"""QPY -> circuits, once the file is known not to be one of the dangerous kinds."""

from __future__ import annotations

import io
import struct

import numpy as np
from qiskit import QuantumCircuit, qpy

from qsched.errors import CircuitError
from qsched.io._foreign import MAX_BITS, reason_of, translated

OLDEST_VERSION = 13
"""Older formats hold expressions that Qiskit up to 1.4.1 evaluated as code, and pickles of
symengine, which no version can load safely (CVE-2025-2000). Qiskit 1.3 and later write 13 on."""

_MAGIC = b"QISKIT"
_GZIP = b"\x1f\x8b"
_HEADER_START = struct.Struct("!6sB")
_CIRCUIT_HEADER = struct.Struct("!H1cHIIQIQI")
"""Sizes of name and global phase, qubits, clbits, size of metadata, registers, instructions,
variables: the header of every circuit in a file of version 12 or later, nested ones too."""

_PHASES = {b"f": 8, b"i": 8, b"p": 18, b"v": 34, b"e": 16}
"""Bytes that a global phase takes, by its type: float, integer, and without the name or the
expression, parameter, element of a vector and expression."""

_PHASE_TYPES = np.frombuffer(b"".join(_PHASES), dtype=np.uint8)
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
    _check_bits(data, source)
    with translated(lambda error: _refusal(error, source)):
        circuits: list[QuantumCircuit] = qpy.load(io.BytesIO(data))
    if not all(isinstance(circuit, QuantumCircuit) for circuit in circuits):
        raise CircuitError(
            "holds something else than circuits", remedy="save circuits alone", source=source
        )
    return circuits


def _refusal(error: BaseException, source: str) -> CircuitError:
    return CircuitError(
        f"broken QPY: {reason_of(error)}",
        remedy="save the circuit again, its composite gates decomposed, or save it as OpenQASM",
        source=source,
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


def _check_bits(data: bytes, source: str) -> None:
    """Refuse a file that declares, in any circuit of it, more bits than it may.

    Bits that are in no register take no bytes in a file. Qiskit makes them all before it
    looks any further, and when memory runs out it ends the process. So headers are found
    here by their form, wherever they are nested.
    """
    content = np.frombuffer(data, dtype=np.uint8)
    count = len(content) - _CIRCUIT_HEADER.size
    if count <= 0:
        return
    likely = np.isin(content[2 : 2 + count], _PHASE_TYPES)
    for offset in _ZEROS:
        likely &= content[offset : offset + count] == 0
    for start in np.flatnonzero(likely).tolist():
        num_bits = _declared_bits(data, start)
        if num_bits > MAX_BITS:
            raise CircuitError(
                f"declares {num_bits:,} qubits or clbits",
                remedy=f"save a circuit of at most {MAX_BITS:,}",
                source=source,
            )


def _declared_bits(data: bytes, start: int) -> int:
    """Return the bits that a circuit header declares, 0 where there is none."""
    name, kind, phase, qubits, clbits, metadata, registers, instructions, _ = (
        _CIRCUIT_HEADER.unpack_from(data, start)
    )
    at = start + _CIRCUIT_HEADER.size
    rest = len(data) - at
    if name + phase + metadata > rest or registers > rest or instructions > rest:
        return 0
    phase_at = at + name
    size = _PHASES[kind]
    if kind in b"pv":
        size += int.from_bytes(data[phase_at : phase_at + 2])
    elif kind == b"e":
        size += int.from_bytes(data[phase_at + 8 : phase_at + 16])
    matches = size <= phase if kind == b"e" else size == phase
    try:
        data[at:phase_at].decode()
    except UnicodeDecodeError:
        return 0
    return max(qubits, clbits) if matches else 0
