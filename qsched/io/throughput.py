"""CLOPS and quantum volume for devices that do not state them, each with its source.

IBM's calibration exports hold neither, and most backends state one of the two at
best. What a backend states always goes first; then the row of the device, then the
row of its processor family, the longest name first. A device in no row keeps
``None``: a guess would decide the schedule.
"""

from __future__ import annotations

from typing import NamedTuple

IBM_PROCESSORS = "https://quantum.cloud.ibm.com/docs/guides/processor-types"
"""IBM's page on processor types states the quantum volume of each family (2024-2025)."""

PAPER = "arXiv:2506.10889"
"""The paper's fleet."""

IBM_FEBRUARY_2025 = (
    "IBM's list of QPUs of February 2025, "
    "https://quantumbenchmarkzoo.org/content/system-level-benchmark/others/clops"
)
WACK_2021 = "arXiv:2110.14108"
"""Wack et al., where CLOPS is defined and measured (today's CLOPS_v)."""

RUNTIME = "configurations in qiskit-ibm-runtime 0.51"


class Row(NamedTuple):
    """One figure of the table.

    Attributes:
        value: CLOPS, or quantum volume.
        source: Where it was published.
    """

    value: float
    source: str


DEVICE_PROCESSORS = {
    "brisbane": "Eagle r3",
    "brussels": "Eagle r3",
    "fez": "Heron r2",
    "kawasaki": "Eagle r3",
    "kyiv": "Eagle r3",
    "marrakesh": "Heron r2",
    "quebec": "Eagle r3",
    "rensselaer": "Eagle r3",
    "sherbrooke": "Eagle r3",
    "strasbourg": "Eagle r3",
    "torino": "Heron r1",
}
"""Processor of devices whose exports do not name it (source: ``IBM_FEBRUARY_2025``)."""

DEVICE_CLOPS = {
    "brisbane": Row(180_000, IBM_FEBRUARY_2025),
    "brussels": Row(220_000, PAPER),
    "fez": Row(195_000, IBM_FEBRUARY_2025),
    "kawasaki": Row(29_000, PAPER),
    "kyiv": Row(30_000, PAPER),
    "marrakesh": Row(195_000, IBM_FEBRUARY_2025),
    "quebec": Row(32_000, PAPER),
    "rensselaer": Row(32_000, IBM_FEBRUARY_2025),
    "sherbrooke": Row(30_000, IBM_FEBRUARY_2025),
    "strasbourg": Row(220_000, PAPER),
    "torino": Row(210_000, IBM_FEBRUARY_2025),
}

FAMILY_CLOPS = {
    "Heron r3": Row(330_000, f"lowest of the Heron r3 {RUNTIME}"),
    "Heron r2": Row(195_000, f"ibm_fez and ibm_marrakesh, {IBM_FEBRUARY_2025}"),
    "Heron r1": Row(210_000, f"ibm_torino, {IBM_FEBRUARY_2025}"),
    "Heron": Row(195_000, f"lowest of the Heron QPUs, {IBM_FEBRUARY_2025}"),
    "Nighthawk": Row(24_000, f"lowest of the Nighthawk {RUNTIME}"),
    "Eagle r3": Row(32_000, f"median of the eight Eagle r3, {IBM_FEBRUARY_2025}"),
    "Eagle r1": Row(850, f"ibm_washington (CLOPS_v), {RUNTIME}"),
    "Hummingbird": Row(753, f"ibmq_brooklyn (CLOPS_v), {WACK_2021}"),
    "Falcon r4L": Row(1_419, f"ibmq_bogota (CLOPS_v), {WACK_2021}"),
    "Falcon r4": Row(951, f"ibmq_toronto (CLOPS_v), {WACK_2021}"),
    "Falcon r5": Row(2_440, f"median of the eleven Falcon r5.11 (CLOPS_v), {RUNTIME}"),
    "Falcon r8": Row(1_950, f"ibm_geneva (CLOPS_v), {RUNTIME}"),
}

FAMILY_QUANTUM_VOLUME = {
    family: Row(volume, f"{family}, {IBM_PROCESSORS}")
    for family, volume in {
        "Heron": 512,
        "Egret": 512,
        "Eagle": 128,
        "Hummingbird": 128,
        "Falcon": 128,
    }.items()
}


class Throughput(NamedTuple):
    """CLOPS and quantum volume of one device, with where they come from.

    Attributes:
        clops: Circuit layer operations per second; ``None`` if nowhere stated.
        quantum_volume: Quantum volume; ``None`` if nowhere stated.
        source: Where the two come from; empty when both are ``None``.
    """

    clops: float | None
    quantum_volume: int | None
    source: str


def city(name: str) -> str:
    """Return the part of an IBM device's name that its fake twin shares, e.g. ``"kyiv"``."""
    prefix, _, rest = name.partition("_")
    return rest if prefix in {"ibm", "ibmq", "fake"} else name


def throughput(
    name: str, processor: str, *, clops: Row | None = None, quantum_volume: Row | None = None
) -> Throughput:
    """Return what is stated, filled up from the table.

    Args:
        name: Name of the device, e.g. ``"ibm_kyiv"``.
        processor: Processor family and revision, e.g. ``"Eagle r3"``; may be empty.
        clops: What the caller or the backend states; ``None`` if nothing.
        quantum_volume: The same for the quantum volume.

    Returns:
        The two figures, and one line that says where each comes from.
    """
    if clops is None:
        clops = DEVICE_CLOPS.get(city(name)) or _longest(FAMILY_CLOPS, processor)
    if quantum_volume is None:
        quantum_volume = _longest(FAMILY_QUANTUM_VOLUME, processor)
    parts = [
        f"{what}: {row.source}"
        for what, row in (("CLOPS", clops), ("quantum volume", quantum_volume))
        if row is not None
    ]
    return Throughput(
        None if clops is None else float(clops.value),
        None if quantum_volume is None else int(quantum_volume.value),
        "; ".join(parts),
    )


def _longest(table: dict[str, Row], processor: str) -> Row | None:
    names = [name for name in table if processor.startswith(name)]
    return table[max(names, key=len)] if names else None
