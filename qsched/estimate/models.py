"""Named cost models: which arithmetic a run is scored with."""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import CalibrationError
from qsched.estimate.communication import PAPER as PAPER_COMMUNICATION
from qsched.estimate.communication import CommunicationModel
from qsched.estimate.duration import communication_time_s, execution_time_s
from qsched.estimate.fidelity import (
    error_score,
    final_fidelity,
    readout_fidelity,
    single_qubit_fidelity,
    two_qubit_fidelity,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.model import DeviceProfile, ErrorMeans, Job, Part, Partition


@dataclass(frozen=True, slots=True, kw_only=True)
class Constants:
    """Constants of the paper's models (arXiv 2506.10889, section 5), all adjustable.

    Attributes:
        num_templates: ``M`` of equation (3).
        num_updates: ``K`` of equation (3).
        link_fidelity: ``phi`` of equation (8), in (0, 1].
        latency_s: ``lambda`` of equation (9), seconds for each qubit.
        error_weights: Weights of readout, one- and two-qubit error in equation (2).
    """

    num_templates: int = 100
    num_updates: int = 10
    link_fidelity: float = 0.94
    latency_s: float = 0.02
    error_weights: tuple[float, float, float] = (0.5, 0.3, 0.2)


class Rates(NamedTuple):
    """What a cost model knows of one device.

    Attributes:
        readout_error: Mean readout error.
        single_qubit_error: Mean one-qubit error.
        two_qubit_error: Mean two-qubit error.
        error_score: Equation (2).
        clops: Circuit layer operations per second.
        quantum_volume: Quantum volume.
        processing_time_per_shot: Equation (3) for one shot, in the clock of the model.
    """

    readout_error: float
    single_qubit_error: float
    two_qubit_error: float
    error_score: float
    clops: float
    quantum_volume: int
    processing_time_per_shot: float


class Estimate(NamedTuple):
    """What a plan is expected to cost and give.

    Attributes:
        comm_time_s: Communication between parts.
        processing_time_s: Quantum processing, that of the slowest device.
        fidelity: Expected fidelity in [0, 1].
    """

    comm_time_s: float
    processing_time_s: float
    fidelity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CostModel:
    """How plans are scored; a preset is one of these.

    Attributes:
        name: Name of the preset.
        means: Which mean errors of a device it uses.
        device_fidelity: ``(job, number of parts, rates of a device)`` to the fidelity of one of so
            many even parts there, equation (7). Written with operators only: where the job's
            numbers or the rates are arrays, so is the result.
        seconds_per_unit: Seconds of equation (3) in one unit of the model's clock.
        clock: What one unit of the clock means, for people who read times.
        constants: Constants of the formulas.
        communication: How gates between parts are paid for, when the job has a circuit.
        part_fidelity: ``(part, rates of its device)`` to fidelity, from the part's own counts;
            ``None``: ``device_fidelity`` serves circuits as it serves rows of a table.
        decimals: Decimals that fidelity is rounded to; ``None``: it is not.
    """

    name: str
    means: Callable[[DeviceProfile], ErrorMeans]
    device_fidelity: Callable[[Job, int, Rates], float]
    seconds_per_unit: float = 1.0
    clock: str = "seconds"
    constants: Constants = field(default_factory=Constants)
    communication: CommunicationModel = PAPER_COMMUNICATION
    part_fidelity: Callable[[Part, Rates], float] | None = None
    decimals: int | None = None

    def rates(self, device: DeviceProfile) -> Rates:
        """Return what the model needs of a device.

        Raises:
            CalibrationError: The device does not report what the model needs.
        """
        if device.clops is None or device.quantum_volume is None:
            lacks = "CLOPS" if device.clops is None else "quantum volume"
            raise CalibrationError(
                f"device states no {lacks}, so its speed is unknown",
                remedy="give clops and quantum_volume in a fleet file or to profile_backend",
                source=device.name,
            )
        means = self.means(device)
        if means.readout is None or means.single_qubit is None:
            lacks = "readout" if means.readout is None else "single-qubit"
            raise CalibrationError(
                f"device reports no working {lacks} error, so fidelity is unknown",
                remedy="use a calibration that has one",
                source=device.name,
            )
        # A device without couplers never runs a two-qubit gate: its factor is not used up.
        two_qubit = 0.0 if means.two_qubit is None and device.num_qubits == 1 else means.two_qubit
        if two_qubit is None:
            raise CalibrationError(
                "device reports no working two-qubit error, so fidelity is unknown",
                remedy="use a calibration that has one",
                source=device.name,
            )
        c = self.constants
        per_shot_s = execution_time_s(
            1, device.clops, device.quantum_volume, c.num_templates, c.num_updates
        )
        return Rates(
            means.readout,
            means.single_qubit,
            two_qubit,
            error_score(means.readout, means.single_qubit, two_qubit, c.error_weights),
            device.clops,
            device.quantum_volume,
            per_shot_s / self.seconds_per_unit,
        )

    def estimate(self, job: Job, parts: Sequence[int], rates: Sequence[Rates]) -> Estimate:
        """Return what a plan is expected to cost and give.

        Args:
            job: The job.
            parts: Qubits of each part, in order.
            rates: Rates of each part's device, in the same order.
        """
        return Estimate(
            communication_time_s(parts, self.constants.latency_s) if len(parts) > 1 else 0.0,
            self._processing_time(job.shots, rates),
            self.fidelity(job, rates),
        )

    def fidelity(self, job: Job, rates: Sequence[Rates]) -> float:
        """Return the expected fidelity, equation (8), of a job in even parts.

        Args:
            job: The job.
            rates: Rates of each part's device.
        """
        num_parts = len(rates)
        total = 0.0
        for device in rates:
            total += self.device_fidelity(job, num_parts, device)
        value = final_fidelity(total / num_parts, num_parts, self.constants.link_fidelity)
        return value if self.decimals is None else round(value, self.decimals)

    def estimate_split(self, job: Job, partition: Partition, rates: Sequence[Rates]) -> Estimate:
        """Return what a plan is expected to cost and give whose split is known.

        Equations (4) to (7) hold for each part with its own gates, qubits and depth; their
        mean, as in equation (8), is multiplied by what the communication model leaves.

        Args:
            job: The job; it has a circuit.
            partition: How the circuit is split.
            rates: Rates of each part's device, in the same order.
        """
        if self.part_fidelity is None:
            return self.estimate(job, [part.num_qubits for part in partition.parts], rates)
        c = self.constants
        cost = self.communication.cost(
            partition, job.shots, c.latency_s, c.link_fidelity, self.communication.link
        )
        total = sum(map(self.part_fidelity, partition.parts, rates))
        return Estimate(
            cost.comm_time_s,
            self._processing_time(job.shots, rates) * cost.shots_factor,
            total / len(rates) * cost.fidelity_factor,
        )

    def _processing_time(self, shots: int, rates: Sequence[Rates]) -> float:
        slowest = max(rates, key=_per_shot) if len(rates) > 1 else rates[0]
        c = self.constants
        # Not shots * per_shot: that rounds otherwise, and published times are compared bit by bit.
        return (
            execution_time_s(
                shots, slowest.clops, slowest.quantum_volume, c.num_templates, c.num_updates
            )
            / self.seconds_per_unit
        )


_per_shot = attrgetter("processing_time_per_shot")


def paper_device_fidelity(job: Job, num_parts: int, rates: Rates) -> float:
    """Return equation (7), the product of (4) to (6), as the paper states them."""
    return (
        single_qubit_fidelity(rates.single_qubit_error, job.depth)
        * two_qubit_fidelity(rates.two_qubit_error, job.num_two_qubit_gates / num_parts)
        * readout_fidelity(rates.readout_error, job.num_qubits / num_parts)
    )


def paper_part_fidelity(part: Part, rates: Rates) -> float:
    """Return equation (7) of one part, from its own depth, two-qubit gates and qubits."""
    return (
        single_qubit_fidelity(rates.single_qubit_error, part.depth)
        * two_qubit_fidelity(rates.two_qubit_error, part.num_two_qubit_gates)
        * readout_fidelity(rates.readout_error, part.num_qubits)
    )


def icpp2025_device_fidelity(job: Job, num_parts: int, rates: Rates) -> float:
    """Return the fidelity of a part as the published code computes it.

    Its two-qubit factor is 1, and its readout exponent ``(q // k) ** 0.5``.
    """
    return single_qubit_fidelity(rates.single_qubit_error, job.depth) * readout_fidelity(
        rates.readout_error, job.num_qubits // num_parts
    )


def masked_means(device: DeviceProfile) -> ErrorMeans:
    """Return mean errors over what works."""
    return device.error_means


def plain_means(device: DeviceProfile) -> ErrorMeans:
    """Return means over every row as listed, where there is such a list."""
    return device.plain_means or device.error_means


PAPER = CostModel(
    name="paper",
    means=masked_means,
    device_fidelity=paper_device_fidelity,
    part_fidelity=paper_part_fidelity,
)
ICPP2025 = CostModel(
    name="icpp2025",
    means=plain_means,
    device_fidelity=icpp2025_device_fidelity,
    decimals=4,
    seconds_per_unit=60.0,
    clock="mixed: processing counts minutes, communication counts seconds",
)
