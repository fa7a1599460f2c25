"""From how many qubits a policy wants on which QPUs to which qubits these are.

A policy counts qubits. Here its plan gets the parts of the circuit, and each part a
connected region of its QPU; or it is found that the job has to wait.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import inf, log10
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.model.plan import Placement, Placements, Plan
from qsched.partition import SplitCache
from qsched.partition.couplings import Weights, couplings_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qsched.estimate import CommunicationModel
    from qsched.model import CircuitProfile, DeviceProfile, Job, Part
    from qsched.partition import Split
    from qsched.policy.rules import PlacementRules
    from qsched.policy.view import CloudView, QpuView

STRANDED_COST = 0.08
"""Cost of a free qubit that a region cuts off, as much as two or three usual readout errors.
More of it keeps regions together, less takes better qubits: at 0.002 a saturated stream of small
jobs has 83 % of the utilisation of counting alone, at 0.05 it has 86 %."""


class Feasibility(NamedTuple):
    """The best split of a circuit over some capacities.

    Attributes:
        split: It.
        log10_overhead: Decimal logarithm of its sampling overhead.
    """

    split: Split
    log10_overhead: float


@dataclass(kw_only=True)
class Placer:
    """Splits circuits and chooses regions for one run.

    Attributes:
        rules: How.
        communication: What a split costs.
        seed: Seed of the splits.
    """

    rules: PlacementRules
    communication: CommunicationModel
    seed: int = 0
    _cache: SplitCache = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the cache; an unknown strategy is found here."""
        self._cache = SplitCache(self.rules.partition, self.seed)

    @property
    def log10_budget(self) -> float:
        """Decimal logarithm of the largest overhead that is feasible."""
        return inf if self.rules.max_overhead == inf else log10(self.rules.max_overhead)

    def is_complete(self, job: Job, plan: Placements) -> bool:
        """Whether a plan says which part of a circuit and which qubits each placement has."""
        if self.rules.is_connected and any(part.qubits is None for part in plan):
            return False
        return job.circuit is None or len(plan) == 1 or all(p.logical is not None for p in plan)

    def place(self, job: Job, plan: Placements, view: CloudView) -> Placements | None:
        """Return the plan with parts and regions, or ``None`` if it cannot be carried out now.

        Where the policy's QPUs allow no feasible split of a circuit, others with more room
        are tried.

        Args:
            job: The job.
            plan: What the policy answered.
            view: The view it was asked with.
        """
        if self.is_complete(job, plan):
            return plan
        views = {qpu.name: qpu for qpu in view.qpus}
        try:
            chosen = [views[part.device] for part in plan]
        except (KeyError, TypeError):
            return plan  # the engine refuses it, and says why
        if job.circuit is None or len(plan) == 1:
            return self._with_regions(job, plan, chosen, None)
        for qpus, capacities in self._choices(job, plan, chosen, view):
            split, log10_overhead = self._split(job.circuit, capacities)
            if log10_overhead <= self.log10_budget:
                parts = tuple(
                    Placement(qpus[used].name, part.num_qubits, None, part.qubits)
                    for used, part in zip(split.used, split.partition.parts, strict=True)
                )
                used_qpus = [qpus[used] for used in split.used]
                return self._with_regions(job, parts, used_qpus, split.partition.parts)
        return None

    def _choices(
        self, job: Job, plan: Placements, chosen: Sequence[QpuView], view: CloudView
    ) -> Iterator[tuple[Sequence[QpuView], tuple[int, ...]]]:
        """Yield QPUs to split over, with what each can take."""
        if self.rules.partition == "even":
            yield chosen, tuple(part.num_qubits for part in plan)
        else:
            yield chosen, tuple(qpu.free_qubits for qpu in chosen)
        room = [qpu.free_qubits for qpu in view.qpus]
        counts = _counts(job.num_qubits, room, view.max_parts)
        for count in sorted({*counts[:1], *counts[-1:]}):
            qpus = [view.qpus[i] for i in _roomiest(room)[:count]]
            yield qpus, tuple(qpu.free_qubits for qpu in qpus)

    def _split(self, circuit: CircuitProfile, capacities: tuple[int, ...]) -> Feasibility:
        split = self._cache.split(circuit, capacities)
        return Feasibility(split, self.communication.log10_overhead(split.partition))

    def best_split(
        self, circuit: CircuitProfile, capacities: Sequence[int], max_parts: int
    ) -> Feasibility:
        """Return the split over the fewest of the roomiest devices if it is feasible.

        Else the cheaper of that and the one over all devices, which need not use them all.

        Args:
            circuit: The circuit; the capacities together can hold it.
            capacities: Qubits that each device can take.
            max_parts: Devices at the most.
        """
        order = _roomiest(capacities)
        best: Feasibility | None = None
        counts = _counts(circuit.num_qubits, capacities, max_parts)
        for count in sorted({*counts[:1], *counts[-1:]}):
            chosen = order[:count]
            split, log10_overhead = self._split(circuit, tuple(capacities[i] for i in chosen))
            if best is None or log10_overhead < best.log10_overhead:
                used = tuple(chosen[used] for used in split.used)
                best = Feasibility(split._replace(used=used), log10_overhead)
            if log10_overhead <= self.log10_budget:
                break
        if best is None:
            raise ConfigError(
                f"needs {circuit.num_qubits} qubits, {max_parts} devices hold "
                f"{sum(sorted(capacities)[-max_parts:])}",
                remedy="use more devices or larger ones",
                source=circuit.name,
            )
        return best

    def refuse(self, job: Job, capacities: Sequence[int], max_parts: int) -> str:
        """Return why no split of a job over idle devices is feasible, or an empty string."""
        if job.circuit is None or job.num_qubits <= max(capacities) or max_parts == 1:
            return ""
        best = self.best_split(job.circuit, capacities, max_parts)
        if best.log10_overhead <= self.log10_budget:
            return ""
        return infeasible(job, best, self.rules.max_overhead)

    def _with_regions(
        self,
        job: Job,
        plan: Placements,
        qpus: Sequence[QpuView],
        parts: Sequence[Part] | None,
    ) -> Placements | None:
        """Return the plan with a region for each placement; ``None`` if one finds none."""
        if not self.rules.is_connected:
            return Plan(plan)
        placed = []
        for index, (placement, qpu) in enumerate(zip(plan, qpus, strict=True)):
            if placement.qubits is not None:
                placed.append(placement)
                continue
            qubits = self._region(
                job,
                placement,
                qpu.profile,
                qpu.free_set or frozenset(),
                None if parts is None else parts[index],
            )
            if qubits is None:
                return None
            placed.append(placement._replace(qubits=qubits))
        return Plan(placed)

    def place_idle(self, job: Job, split: Split, devices: Sequence[DeviceProfile]) -> Plan:
        """Return the plan of a split over devices on which nothing runs.

        Args:
            job: The job.
            split: How its circuit is split over these devices.
            devices: The devices.
        """
        placed = []
        for used, part in zip(split.used, split.partition.parts, strict=True):
            device = devices[used]
            logical = part.qubits if len(split.used) > 1 else None
            placement = Placement(device.name, part.num_qubits, None, logical)
            if self.rules.is_connected:
                free = frozenset(couplings_of(device).working)
                qubits = self._region(job, placement, device, free, part)
                placement = placement._replace(qubits=qubits)
            placed.append(placement)
        return Plan(placed)

    @staticmethod
    def _region(
        job: Job,
        placement: Placement,
        device: DeviceProfile,
        free: frozenset[int],
        part: Part | None,
    ) -> tuple[int, ...] | None:
        """Return a region for a placement, in the order of its qubits."""
        from qsched.partition.layout import lay_out  # noqa: PLC0415 - it imports NumPy

        size = placement.num_qubits
        circuit = job.circuit
        if part is not None:
            ones, twos = part.num_one_qubit_gates, part.num_two_qubit_gates
        elif circuit is not None:
            ones, twos = circuit.num_one_qubit_gates, circuit.num_two_qubit_gates
        else:
            ones, twos = 0, job.num_two_qubit_gates * size // job.num_qubits
        weights = Weights(
            one_qubit=ones / size, two_qubit=twos / max(1, size - 1), stranded=STRANDED_COST
        )
        logical = placement.logical or tuple(range(size))
        return lay_out(circuit, logical, couplings_of(device), free, weights)


def infeasible(job: Job, best: Feasibility, max_overhead: float) -> str:
    """Return why a job's best split is not feasible, in one line."""
    log10_value = best.log10_overhead
    shown = f"{10.0**log10_value:.4g}" if log10_value < 6 else f"10^{log10_value:.1f}"  # noqa: PLR2004
    return (
        f"not feasible: its best split cuts {best.split.partition.cut_weight:,} two-qubit gates, "
        f"a sampling overhead of {shown}, above the budget of {max_overhead:g}; "
        f"the smallest device that would take it whole has {job.num_qubits} qubits"
    )


def _roomiest(room: Sequence[int]) -> list[int]:
    return sorted(range(len(room)), key=lambda i: (-room[i], i))


def _counts(num_qubits: int, room: Sequence[int], max_parts: int) -> range:
    """Return how many of the roomiest can hold so many qubits: from the fewest to all allowed."""
    together = 0
    usable = [space for space in sorted(room, reverse=True) if space > 0][:max_parts]
    for count, space in enumerate(usable, 1):
        together += space
        if together >= num_qubits:
            return range(count, len(usable) + 1)
    return range(0)
