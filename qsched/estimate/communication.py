"""What a split costs: time, shots and fidelity that go into gates between devices.

``paper``: equations (8) and (9) of Luo et al., ICPP 2025, arXiv 2506.10889. ``lo`` and ``locc``:
quasi-probability cutting without and with classical communication. Cutting a gate alone
multiplies the shots by ``gamma**2``: 3 for CX, CZ and ECR, ``1 + 2|sin theta|`` for RZZ(theta)
(Mitarai and Fujii, New J. Phys. 23, 023021, 2021), 7 for SWAP; ``n`` CX cut jointly have
``2**(n+1) - 1`` instead of ``3**n`` (Piveteau and Sutter, IEEE Trans. Inf. Theory 70, 2734, 2024);
gates of any kinds jointly ``2 * prod((1 + gamma_i) / 2) - 1`` (Schmitt, Piveteau and Sutter,
arXiv 2312.11638). ``epr``: a Bell pair for each gate between devices (Nickerson, Fitzsimons
and Benjamin, Phys. Rev. X 4, 041041, 2014).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, log10
from sys import float_info
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qsched.model import Partition

DEFAULT_MAX_OVERHEAD = 1e4
"""Sampling overhead above which a split is not feasible unless the user says otherwise."""

WORST_FIDELITY = 0.25
"""Fidelity of a pair that is pure noise."""

_LARGEST_LOG10 = log10(float_info.max)
_LOG10_2 = log10(2.0)

COMMUNICATIONS = Registry(
    kind="communication model",
    group="qsched.communications",
    builtins={
        "paper": (
            "qsched.estimate.communication:PAPER",
            "equations (8) and (9): seconds and fidelity for each boundary",
        ),
        "lo": (
            "qsched.estimate.communication:LO",
            "each gate cut alone, no communication: shots multiply by gamma**2",
        ),
        "locc": (
            "qsched.estimate.communication:LOCC",
            "gates between two parts cut jointly, with classical communication",
        ),
        "epr": (
            "qsched.estimate.communication:EPR",
            "a Bell pair for each gate between devices: time and fidelity",
        ),
    },
)


class SplitCost(NamedTuple):
    """What a split costs.

    Attributes:
        comm_time_s: Communication that precedes processing, in seconds.
        shots_factor: Shots, and so processing time, multiply by this; at least 1.
        fidelity_factor: Fidelity multiplies by this, in [0, 1].
    """

    comm_time_s: float
    shots_factor: float
    fidelity_factor: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A source of Bell pairs between two devices.

    The defaults are those of two ions in two traps: 833 kHz of attempts, of which a fraction
    of 2.18e-4 succeeds, 182 pairs per second of fidelity 0.94 (Stephenson et al., Phys. Rev.
    Lett. 124, 110501, 2020).

    Attributes:
        attempt_time_s: Seconds of one attempt, above 0.
        success_probability: Chance of an attempt, in (0, 1].
        fidelity: ``F`` of the pair, in [0.25, 1].

    Raises:
        ConfigError: A number is out of its range.
    """

    attempt_time_s: float = 1.2e-6
    success_probability: float = 2.18e-4
    fidelity: float = 0.94

    def __post_init__(self) -> None:
        """Refuse links that cannot be."""
        for name, value, fits, allowed in (
            ("attempt_time_s", self.attempt_time_s, 0.0 < self.attempt_time_s < inf, "above 0"),
            (
                "success_probability",
                self.success_probability,
                0.0 < self.success_probability <= 1.0,
                "above 0 and at most 1",
            ),
            ("fidelity", self.fidelity, WORST_FIDELITY <= self.fidelity <= 1.0, "0.25 to 1"),
        ):
            if not fits:
                raise ConfigError(f"{name} of a link is {value!r}", remedy=f"it must be {allowed}")

    @property
    def mean_wait_s(self) -> float:
        """Mean seconds until a pair: ``attempt time / success probability``."""
        return self.attempt_time_s / self.success_probability

    @property
    def gate_fidelity(self) -> float:
        """Average fidelity of a gate by way of one pair, ``(4F + 1) / 5``.

        A Werner pair of fidelity ``F`` gives a two-qubit gate of process fidelity ``F``;
        Horodecki, Phys. Rev. A 60, 1888, 1999, with dimension 4.

        >>> round(Link(fidelity=0.94).gate_fidelity, 6)
        0.952
        """
        return (4.0 * self.fidelity + 1.0) / 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunicationModel:
    """How gates between devices are paid for; a preset is one of these.

    Attributes:
        name: Name of the preset.
        cost: ``(partition, shots, latency_s, link_fidelity, link)`` to what the split costs.
        log10_overhead: Partition to the decimal logarithm of its sampling overhead.
        link: Source of Bell pairs, for those that use one.
    """

    name: str
    cost: Callable[[Partition, int, float, float, Link], SplitCost]
    log10_overhead: Callable[[Partition], float]
    link: Link = field(default_factory=Link)


def log10_cut_alone(gammas: Iterable[float]) -> float:
    """Return the decimal logarithm of ``prod(gamma**2)``: each gate cut alone.

    >>> round(10 ** log10_cut_alone([3.0, 3.0]), 6)
    81.0
    """
    return sum((2.0 * log10(gamma) for gamma in gammas), 0.0)


def log10_cut_jointly(gammas: Iterable[float]) -> float:
    """Return the decimal logarithm of ``(2 * prod((1 + gamma) / 2) - 1)**2``: cut jointly.

    >>> round(10 ** log10_cut_jointly([3.0, 3.0]), 6)  # (2**3 - 1)**2
    49.0
    """
    doubled = sum((log10((1.0 + gamma) / 2.0) for gamma in gammas), _LOG10_2)
    exact = doubled < 15.0  # noqa: PLR2004 - above it taking one away changes nothing
    return 2.0 * (log10(10.0**doubled - 1.0) if exact else doubled)


def log10_wire_cuts(num_wires: int, *, classical_communication: bool) -> float:
    """Return the decimal logarithm of the overhead of cutting wires.

    ``16**n`` without classical communication (Peng, Harrow, Ozols and Wu, Phys. Rev. Lett. 125,
    150504, 2020) and ``(2**(n+1) - 1)**2`` with it (Brenner, Piveteau and Sutter,
    arXiv 2302.03366), for wires cut in parallel.

    >>> round(10 ** log10_wire_cuts(2, classical_communication=False))
    256
    >>> round(10 ** log10_wire_cuts(2, classical_communication=True))
    49
    """
    if classical_communication:
        return log10_cut_jointly([3.0] * num_wires)
    return 4.0 * num_wires * _LOG10_2


def overhead(log10_value: float) -> float:
    """Return the overhead of a logarithm; the largest float stands for what is above it."""
    return 10.0**log10_value if log10_value < _LARGEST_LOG10 else float_info.max


def _alone(partition: Partition) -> float:
    return sum(2.0 * log10(gamma) * count for cut in partition.cuts for gamma, count in cut.gammas)


def _jointly(partition: Partition) -> float:
    return sum(
        log10_cut_jointly(gamma for gamma, count in cut.gammas for _ in range(count))
        for cut in partition.cuts
    )


def _none(_partition: Partition) -> float:
    return 0.0


def _paper_cost(
    partition: Partition, _shots: int, latency_s: float, link_fidelity: float, _link: Link
) -> SplitCost:
    """Equations (8) and (9): each pair with gates between communicates its boundary qubits.

    The link fidelity is lost once for each such pair, but no more often than the paper's
    ``k - 1``.
    """
    links = min(len(partition.cuts), len(partition.parts) - 1)
    qubits = sum(len(cut.boundary_qubits) for cut in partition.cuts)
    return SplitCost(qubits * latency_s, 1.0, link_fidelity**links)


def _lo_cost(
    partition: Partition, _shots: int, _latency_s: float, _fidelity: float, _link: Link
) -> SplitCost:
    return SplitCost(0.0, overhead(_alone(partition)), 1.0)


def _locc_cost(
    partition: Partition, _shots: int, latency_s: float, _fidelity: float, _link: Link
) -> SplitCost:
    """As ``lo``, with the latency of equation (9) for the classical bits of each boundary."""
    qubits = sum(len(cut.boundary_qubits) for cut in partition.cuts)
    return SplitCost(qubits * latency_s, overhead(_jointly(partition)), 1.0)


def _epr_cost(
    partition: Partition, shots: int, _latency_s: float, _fidelity: float, link: Link
) -> SplitCost:
    """Each shot waits for a Bell pair at each gate between devices, one after another."""
    gates = partition.cut_weight
    return SplitCost(shots * gates * link.mean_wait_s, 1.0, link.gate_fidelity**gates)


PAPER = CommunicationModel(name="paper", cost=_paper_cost, log10_overhead=_alone)
"""The paper says nothing of sampling; its budget is that of cutting each gate alone, which is
what a link of classical bits asks for."""

LO = CommunicationModel(name="lo", cost=_lo_cost, log10_overhead=_alone)
LOCC = CommunicationModel(name="locc", cost=_locc_cost, log10_overhead=_jointly)
EPR = CommunicationModel(name="epr", cost=_epr_cost, log10_overhead=_none)


def load_communication(communication: str | CommunicationModel) -> CommunicationModel:
    """Return a communication model by name, by ``package.module:NAME``, or the object itself.

    Raises:
        UnknownNameError: No model has that name.
        ConfigError: What the name stands for is no communication model.
    """
    found = COMMUNICATIONS.load(communication) if isinstance(communication, str) else communication
    if not isinstance(found, CommunicationModel):
        raise ConfigError(
            f"communication {communication!r} is not a CommunicationModel",
            remedy="give a CommunicationModel object",
        )
    return found


def check_max_overhead(value: float) -> None:
    """Refuse a budget that no split can keep.

    Raises:
        ConfigError: It is below 1, or no number.
    """
    if not value >= 1.0:
        raise ConfigError(f"max_overhead is {value!r}", remedy="it must be 1 or more")
