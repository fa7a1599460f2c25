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


def ghz_samples() -> list[Sample]:
    """Return GHZ states: by chain, by doubling, several at once, by measurement."""
    chain = "By a chain of CX; reads all 0 or all 1."
    fanout = "By doubling, in logarithmic depth; reads all 0 or all 1."
    return [
        Sample(stem="ghz_chain_5", family="GHZ", about=chain, circuit=states.ghz_chain(5)),
        Sample(
            stem="ghz_chain_127",
            family="GHZ",
            about="By a chain of CX; fills a 127-qubit device to the last qubit.",
            circuit=states.ghz_chain(127),
        ),
        Sample(stem="ghz_chain_250", family="GHZ", about=chain, circuit=states.ghz_chain(250)),
        Sample(stem="ghz_fanout_100", family="GHZ", about=fanout, circuit=states.ghz_fanout(100)),
        Sample(
            stem="ghz_fanout_200",
            family="GHZ",
            about=fanout,
            circuit=states.ghz_fanout(200),
            version=3,
        ),
        Sample(
            stem="ghz_interleaved_210",
            family="GHZ",
            about="Three states of 70 qubits dealt out in turn: splits by state need no cut.",
            circuit=states.ghz_interleaved(3, 70),
        ),
        Sample(
            stem="ghz_measured_139",
            family="GHZ",
            about="Ten blocks of 13 fused by mid-circuit measurement and feed-forward.",
            circuit=states.ghz_measured(10, 13),
            version=3,
        ),
    ]


def protocol_samples() -> list[Sample]:
    """Return W states and what measures in the middle."""
    w_about = "One excitation shared by all qubits; reads a single 1."
    hops = "A state teleported over {} Bell pairs with feed-forward; register out reads 0."
    return [
        Sample(stem="w_state_12", family="W state", about=w_about, circuit=states.w_state(12)),
        Sample(
            stem="w_state_180",
            family="W state",
            about=w_about,
            circuit=states.w_state(180),
            version=3,
        ),
        *(
            Sample(
                stem=f"teleportation_{2 * count + 1}",
                family="Teleportation",
                about=hops.format(count),
                circuit=states.teleportation(count),
                version=3,
            )
            for count in (2, 65)
        ),
        Sample(
            stem="repetition_code_25",
            family="Repetition code",
            about="A logical 1 kept for 5 rounds at distance 13, in a for loop with resets.",
            circuit=states.repetition_code(13, 5),
            version=3,
        ),
    ]


def algorithm_samples() -> list[Sample]:
    """Return textbook algorithms."""
    secret = "Reads a random secret of {} bits with one query."  # noqa: S105 - Bernstein-Vazirani's
    shift = "Finds a random shift of {} bits of a bent function with Toffolis."
    total = "Adds two random numbers of {} bits with gates that the file defines."
    return [
        *(
            Sample(
                stem=f"bernstein_vazirani_{size + 1}",
                family="Bernstein-Vazirani",
                about=secret.format(size),
                circuit=algorithms.bernstein_vazirani(random_bits(size)),
            )
            for size in (27, 139)
        ),
        Sample(
            stem="qft_16",
            family="QFT",
            about="Of the basis state 12345, all rotations; reads every string alike.",
            circuit=algorithms.fourier_of_basis_state(16, 12345),
        ),
        Sample(
            stem="qft_160",
            family="QFT",
            about="Of the basis state 12345, without rotations below pi/2**12.",
            circuit=algorithms.fourier_of_basis_state(160, 12345, max_distance=12),
        ),
        Sample(
            stem="phase_estimation_11",
            family="Phase estimation",
            about="Ten bits of the phase 1/3.",
            circuit=algorithms.phase_estimation(10, 1 / 3),
            version=3,
        ),
        Sample(
            stem="grover_9",
            family="Grover",
            about="Finds one of 64 strings in 6 rounds, with Toffolis and helpers.",
            circuit=algorithms.grover(random_bits(6), 6),
        ),
        *(
            Sample(
                stem=f"adder_{2 * size + 2}",
                family="Adder",
                about=total.format(size),
                circuit=algorithms.ripple_carry_adder(
                    size, number(random_bits(size)), number(reversed(random_bits(size)))
                ),
            )
            for size in (9, 80)
        ),
        *(
            Sample(
                stem=f"hidden_shift_{size}",
                family="Hidden shift",
                about=shift.format(size),
                circuit=algorithms.hidden_shift(random_bits(size)),
            )
            for size in (40, 240)
        ),
    ]


def lattice_samples() -> list[Sample]:
    """Return circuits that live on a graph."""

    def ansatz(size: int, layers: int) -> QuantumCircuit:
        return lattices.hardware_efficient(size, num_layers=layers, seed=SEED)

    def ising(size: int, edges: list[lattices.Edge]) -> QuantumCircuit:
        return lattices.ising_trotter(size, edges, num_steps=6)

    cubic = {size: lattices.random_regular(3, size, SEED) for size in (50, 180)}
    return [
        *(
            Sample(
                stem=f"qaoa_ring_{size}",
                family="QAOA",
                about="MaxCut of a ring, one round at its best angles; cuts 3/4 of the edges.",
                circuit=lattices.qaoa_maxcut(size, lattices.ring(size), *RING_ANGLES),
            )
            for size in (24, 150)
        ),
        Sample(
            stem="qaoa_cubic_50",
            family="QAOA",
            about="MaxCut of a random 3-regular graph, one round at fixed angles.",
            circuit=lattices.qaoa_maxcut(50, cubic[50], *CUBIC_ANGLES),
        ),
        Sample(
            stem="qaoa_cubic_180",
            family="QAOA",
            about="MaxCut of a random 3-regular graph, two rounds at fixed angles.",
            circuit=lattices.qaoa_maxcut(180, cubic[180], *CUBIC_ANGLES_2),
        ),
        *(
            Sample(
                stem=f"ising_line_{size}",
                family="Ising",
                about="Six Trotter steps of the transverse-field model on a line.",
                circuit=ising(size, lattices.line(size)),
            )
            for size in (64, 200)
        ),
        Sample(
            stem="ising_square_100",
            family="Ising",
            about="Six Trotter steps on a 10 by 10 square lattice.",
            circuit=ising(100, lattices.square(10, 10)),
        ),
        Sample(
            stem="ising_heavy_hex_156",
            family="Ising",
            about="Six Trotter steps on the heavy-hex lattice of an IBM Heron r2.",
            circuit=ising(156, lattices.heavy_hex(8, 16)),
        ),
        Sample(
            stem="hardware_efficient_30",
            family="Ansatz",
            about="Four layers of random rotations and a brickwork of CX on a line.",
            circuit=ansatz(30, 4),
            version=3,
        ),
        Sample(
            stem="hardware_efficient_230",
            family="Ansatz",
            about="Three layers of random rotations and a brickwork of CX on a line.",
            circuit=ansatz(230, 3),
        ),
    ]


def all_samples() -> list[Sample]:
    """Return every sample in the order of the manifest."""
    return [*ghz_samples(), *protocol_samples(), *algorithm_samples(), *lattice_samples()]
