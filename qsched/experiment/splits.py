"""How circuits would be split over idle devices, and what that would cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsched.estimate.communication import load_communication, overhead
from qsched.policy.placing import Placer, infeasible
from qsched.policy.rules import default_placement, usable_qubits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CommunicationModel
    from qsched.model import DeviceProfile, Job, Partition, Plan
    from qsched.policy.rules import PlacementRules


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitReport:
    """How one circuit would be split over idle devices.

    Attributes:
        plan: Its placements, with regions where they are asked for; empty if it is too large.
        partition: Its parts, in the same order; ``None`` if it is too large.
        cut_weight: Two-qubit gates between parts.
        log10_overhead: Decimal logarithm of the sampling overhead.
        feasible: Whether it fits and its overhead is within the budget.
        reason: Why it is not feasible; empty if it is.
    """

    plan: Plan
    partition: Partition | None
    cut_weight: int | None
    log10_overhead: float | None
    feasible: bool
    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``qsched inspect --devices --json`` prints of a circuit."""
        log10_value = self.log10_overhead
        split = self.partition
        facts: dict[str, Any] = {
            "labels": [] if split is None else list(split.labels),
            "parts": [],
            "cuts": [],
            "cut_weight": self.cut_weight,
            "sampling_overhead": None if log10_value is None else overhead(log10_value),
            "log10_sampling_overhead": log10_value,
            "feasible": self.feasible,
            "reason": self.reason,
        }
        if split is None:
            return facts
        facts["parts"] = [
            {
                "device": placement.device,
                "num_qubits": part.num_qubits,
                "num_one_qubit_gates": part.num_one_qubit_gates,
                "num_two_qubit_gates": part.num_two_qubit_gates,
                "depth": part.depth,
                "qubits": None if placement.qubits is None else list(placement.qubits),
            }
            for placement, part in zip(self.plan, split.parts, strict=True)
        ]
        facts["cuts"] = [
            {
                "parts": [cut.first, cut.second],
                "num_gates": cut.num_gates,
                "boundary_qubits": list(cut.boundary_qubits),
            }
            for cut in split.cuts
        ]
        return facts


def report_splits(
    jobs: Sequence[Job],
    devices: Sequence[DeviceProfile],
    rules: PlacementRules | None = None,
    *,
    communication: str | CommunicationModel = "paper",
    seed: int = 0,
) -> list[SplitReport | None]:
    """Return how each job would be split over idle devices.

    Args:
        jobs: The jobs.
        devices: The devices, at least one.
        rules: How; by default by least cut, and in regions where all couplings are known.
        communication: What gates between parts cost.
        seed: Seed of the splits.

    Returns:
        A report for each job; ``None`` for a row of a table, which has no circuit.

    Raises:
        ConfigError: A device states no couplings and regions are asked for, or a name is unknown.
    """
    from qsched.policy.rules import PlacementRules  # noqa: PLC0415 - its name is a type above

    if rules is None:
        rules = PlacementRules(placement=default_placement(devices, jobs))
    placer = Placer(rules=rules, communication=load_communication(communication), seed=seed)
    capacities = [usable_qubits(device, rules) for device in devices]
    return [
        None if job.circuit is None else _report(job, devices, capacities, placer) for job in jobs
    ]


def _report(
    job: Job, devices: Sequence[DeviceProfile], capacities: Sequence[int], placer: Placer
) -> SplitReport:
    from qsched.model.plan import Plan  # noqa: PLC0415 - its name is a type above

    circuit = job.circuit
    assert circuit is not None
    if job.num_qubits > sum(capacities):
        return SplitReport(
            plan=Plan(),
            partition=None,
            cut_weight=None,
            log10_overhead=None,
            feasible=False,
            reason=f"needs {job.num_qubits} qubits, these devices hold {sum(capacities)}",
        )
    best = placer.best_split(circuit, capacities, len(devices))
    feasible = best.log10_overhead <= placer.log10_budget
    return SplitReport(
        plan=placer.place_idle(job, best.split, devices),
        partition=best.split.partition,
        cut_weight=best.split.partition.cut_weight,
        log10_overhead=best.log10_overhead,
        feasible=feasible,
        reason="" if feasible else infeasible(job, best, placer.rules.max_overhead),
    )
