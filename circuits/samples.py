"""The sample circuits: which there are, of what size, and what each is for."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from families import algorithms, lattices, states

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiskit.circuit import QuantumCircuit

SEED = 20250610

# Best angles of one round on a triangle-free graph of degree d: gamma = atan(1 / sqrt(d - 1)) and
# beta = pi / 8 (Wang et al., Phys. Rev. A 97, 022304, 2018); of two rounds on a 3-regular graph
# without short cycles (Wurtz and Love, Phys. Rev. A 103, 042612, 2021).
RING_ANGLES = ([pi / 4], [pi / 8])
CUBIC_ANGLES = ([atan(1 / sqrt(2))], [pi / 8])
CUBIC_ANGLES_2 = ([0.488, 0.898], [0.555, 0.293])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One file to write.

    Attributes:
        stem: File name without ``.qasm``; the circuit's name.
        family: What kind of circuit it is.
        about: One sentence: what it does and what a faultless machine reads.
        circuit: The circuit.
        version: Version of OpenQASM, 2 or 3.
    """

    stem: str
    family: str
    about: str
    circuit: QuantumCircuit
    version: int = 2


def random_bits(size: int) -> list[int]:
    """Return seeded random bits; as many bits give the same ones."""
    return [int(bit) for bit in np.random.default_rng([SEED, size]).integers(2, size=size)]


def number(bits: Iterable[int]) -> int:
    """Return the number with these bits, least significant first."""
    return sum(bit << position for position, bit in enumerate(bits))


def samples(
    family: str, prefix: str, about: str, *circuits: QuantumCircuit, version: int = 2
) -> list[Sample]:
    """Return circuits of one kind as samples; file names are the prefix and the width."""
    return [
        Sample(
            stem=f"{prefix}_{circuit.num_qubits}",
            family=family,
            about=about,
            circuit=circuit,
            version=version,
        )
        for circuit in circuits
    ]


def ghz_samples() -> list[Sample]:
    """Return GHZ states: by chain, by doubling, several at once, by measurement."""
    chain = "By a chain of CX; reads all 0 or all 1."
    full = "By a chain of CX; fills a 127-qubit device to the last qubit."
    fanout = "By doubling, in logarithmic depth; reads all 0 or all 1."
    dealt = "Three states of 70 qubits dealt out in turn: splits by state need no cut."
    fused = "Ten blocks of 13 fused by mid-circuit measurement and feed-forward."
    return [
        *samples("GHZ", "ghz_chain", chain, states.ghz_chain(5)),
        *samples("GHZ", "ghz_chain", full, states.ghz_chain(127)),
        *samples("GHZ", "ghz_chain", chain, states.ghz_chain(250)),
        *samples("GHZ", "ghz_fanout", fanout, states.ghz_fanout(100)),
        *samples("GHZ", "ghz_fanout", fanout, states.ghz_fanout(200), version=3),
        *samples("GHZ", "ghz_interleaved", dealt, states.ghz_interleaved(3, 70)),
        *samples("GHZ", "ghz_measured", fused, states.ghz_measured(10, 13), version=3),
    ]


def protocol_samples() -> list[Sample]:
    """Return W states and what measures in the middle."""
    shared = "One excitation shared by all qubits; reads a single 1."
    few, many = (
        f"A state teleported over {count} Bell pairs with feed-forward; register out reads 0."
        for count in (2, 65)
    )
    kept = "A logical 1 kept for 5 rounds at distance 13, in a for loop with resets."
    memory = states.repetition_code(13, 5)
    return [
        *samples("W state", "w_state", shared, states.w_state(12)),
        *samples("W state", "w_state", shared, states.w_state(180), version=3),
        *samples("Teleportation", "teleportation", few, states.teleportation(2), version=3),
        *samples("Teleportation", "teleportation", many, states.teleportation(65), version=3),
        *samples("Repetition code", "repetition_code", kept, memory, version=3),
    ]


def algorithm_samples() -> list[Sample]:
    """Return textbook algorithms that read what can be checked by hand."""
    fourier = "Of the basis state 12345, {}."
    every = fourier.format("all rotations; reads every string alike")
    near = fourier.format("without rotations below pi/2**12")
    return [
        *bit_samples(),
        *samples("QFT", "qft", every, algorithms.fourier_of_basis_state(16, 12345)),
        *samples(
            "QFT", "qft", near, algorithms.fourier_of_basis_state(160, 12345, max_distance=12)
        ),
        *samples(
            "Phase estimation",
            "phase_estimation",
            "Ten bits of the phase 1/3.",
            algorithms.phase_estimation(10, 1 / 3),
            version=3,
        ),
        *samples(
            "Grover",
            "grover",
            "Finds one of 64 strings in 6 rounds, with Toffolis and helpers.",
            algorithms.grover(random_bits(6), 6),
        ),
    ]


def bit_samples() -> list[Sample]:
    """Return algorithms that find or add random bits, each in a small and a large size."""
    found: list[Sample] = []
    for size in (27, 139):
        about = f"Reads a random secret of {size} bits with one query."
        circuit = algorithms.bernstein_vazirani(random_bits(size))
        found += samples("Bernstein-Vazirani", "bernstein_vazirani", about, circuit)
    for size in (9, 80):
        about = f"Adds two random numbers of {size} bits with gates that the file defines."
        bits = random_bits(size)
        circuit = algorithms.ripple_carry_adder(size, number(bits), number(reversed(bits)))
        found += samples("Adder", "adder", about, circuit)
    for size in (40, 240):
        about = f"Finds a random shift of {size} bits of a bent function with Toffolis."
        circuit = algorithms.hidden_shift(random_bits(size))
        found += samples("Hidden shift", "hidden_shift", about, circuit)
    return found


def lattice_samples() -> list[Sample]:
    """Return circuits that live on a graph."""
    return [*qaoa_samples(), *ising_samples(), *ansatz_samples()]


def qaoa_samples() -> list[Sample]:
    """Return QAOA for MaxCut on rings and random 3-regular graphs."""
    best = "MaxCut of a ring, one round at its best angles; cuts 3/4 of the edges."
    rings = [lattices.qaoa_maxcut(size, lattices.ring(size), *RING_ANGLES) for size in (24, 150)]
    small, large = (lattices.random_regular(3, size, SEED) for size in (50, 180))
    return [
        *samples("QAOA", "qaoa_ring", best, *rings),
        *samples(
            "QAOA",
            "qaoa_cubic",
            "MaxCut of a random 3-regular graph, one round at fixed angles.",
            lattices.qaoa_maxcut(50, small, *CUBIC_ANGLES),
        ),
        *samples(
            "QAOA",
            "qaoa_cubic",
            "MaxCut of a random 3-regular graph, two rounds at fixed angles.",
            lattices.qaoa_maxcut(180, large, *CUBIC_ANGLES_2),
        ),
    ]


def ising_samples() -> list[Sample]:
    """Return Trotter steps of the transverse-field Ising model on three lattices."""

    def steps(size: int, edges: list[lattices.Edge]) -> QuantumCircuit:
        return lattices.ising_trotter(size, edges, num_steps=6)

    on_line = "Six Trotter steps of the transverse-field model on a line."
    on_square = "Six Trotter steps on a 10 by 10 square lattice."
    on_heavy_hex = "Six Trotter steps on the heavy-hex lattice of an IBM Heron r2."
    lines = [steps(size, lattices.line(size)) for size in (64, 200)]
    return [
        *samples("Ising", "ising_line", on_line, *lines),
        *samples("Ising", "ising_square", on_square, steps(100, lattices.square(10, 10))),
        *samples("Ising", "ising_heavy_hex", on_heavy_hex, steps(156, lattices.heavy_hex(8, 16))),
    ]


def ansatz_samples() -> list[Sample]:
    """Return hardware-efficient ansatz circuits, the small one in OpenQASM 3."""
    about = "{} layers of random rotations and a brickwork of CX on a line."
    small = lattices.hardware_efficient(30, num_layers=4, seed=SEED)
    large = lattices.hardware_efficient(230, num_layers=3, seed=SEED)
    return [
        *samples("Ansatz", "hardware_efficient", about.format("Four"), small, version=3),
        *samples("Ansatz", "hardware_efficient", about.format("Three"), large),
    ]


def all_samples() -> list[Sample]:
    """Return every sample in the order of the manifest."""
    return [*ghz_samples(), *protocol_samples(), *algorithm_samples(), *lattice_samples()]
