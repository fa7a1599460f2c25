"""What a plan costs and gives, from its parts, its cuts and the physical qubits that it takes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from qsched.estimate.communication import overhead
from qsched.model.device import DEAD_ERROR
from qsched.partition import describe
from qsched.partition.couplings import couplings_of
from qsched.partition.identity import ById

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.estimate import CostModel, Estimate, Rates
    from qsched.model import CircuitProfile, DeviceProfile, Job, Partition, Placement, Placements


class Score(NamedTuple):
    """What a plan costs and gives.

    Attributes:
        comm_time_s: Communication between parts.
        processing_time_s: Quantum processing, that of the slowest device.
        fidelity: Expected fidelity in [0, 1], from the qubits and couplers taken where the plan
            names them.
        fidelity_by_means: The same from the mean errors of the devices.
        cut_weight: Two-qubit gates between parts; ``None`` where there is no circuit.
        sampling_overhead: Shots multiply by this to make up for them; ``None`` likewise.
    """

    comm_time_s: float
    processing_time_s: float
    fidelity: float
    fidelity_by_means: float
    cut_weight: int | None = None
    sampling_overhead: float | None = None


def score_plan(
    model: CostModel,
    job: Job,
    plan: Placements,
    rates: Sequence[Rates],
    devices: Sequence[DeviceProfile],
) -> Score:
    """Return what a plan costs and gives.

    Args:
        model: Cost model of the run.
        job: The job.
        plan: Where it goes.
        rates: What the model knows of the device of each part, in order.
        devices: These devices.
    """
    sizes = [part.num_qubits for part in plan]
    partition = partition_of(job.circuit, plan)
    by_means = _estimate(model, job, sizes, rates, partition)
    cut_weight: int | None = None
    sampling_overhead: float | None = None
    if job.circuit is not None and (partition is not None or len(plan) == 1):
        cut_weight = 0 if partition is None else partition.cut_weight
        sampling_overhead = (
            1.0 if partition is None else overhead(model.communication.log10_overhead(partition))
        )
    fidelity = by_means.fidelity
    if all(part.qubits is not None for part in plan):
        taken = [
            region_rates(rate, device, part)
            for rate, device, part in zip(rates, devices, plan, strict=True)
        ]
        fidelity = _estimate(model, job, sizes, taken, partition).fidelity
    return Score(
        by_means.comm_time_s,
        by_means.processing_time_s,
        fidelity,
        by_means.fidelity,
        cut_weight,
        sampling_overhead,
    )


def _estimate(
    model: CostModel,
    job: Job,
    sizes: Sequence[int],
    rates: Sequence[Rates],
    partition: Partition | None,
) -> Estimate:
    """Ask the model; one that knows nothing of circuits is asked as for a row of a table."""
    if partition is None:
        return model.estimate(job, sizes, rates)
    return model.estimate_split(job, partition, rates)


def partition_of(circuit: CircuitProfile | None, plan: Placements) -> Partition | None:
    """Return how a plan splits a circuit; ``None`` for a row of a table or a whole circuit."""
    if circuit is None or len(plan) == 1 or any(part.logical is None for part in plan):
        return None
    return _partition(ById(circuit), tuple(part.logical or () for part in plan))


@lru_cache(maxsize=1024)
def _partition(circuit: ById[CircuitProfile], held: tuple[tuple[int, ...], ...]) -> Partition:
    labels = [0] * circuit.value.num_qubits
    for part, qubits in enumerate(held):
        for qubit in qubits:
            labels[qubit] = part
    return describe(circuit.value, labels)


def region_rates(rates: Rates, device: DeviceProfile, part: Placement) -> Rates:
    """Return rates whose errors are the means over the qubits and couplers that a part takes.

    What was not reported for any of them is as the device's mean; the speed stays.
    """
    qubits = part.qubits or ()
    couplers = couplings_of(device).couplers(qubits) if len(qubits) > 1 else []
    return rates._replace(
        readout_error=_mean_of(
            [device.readout_error[q] for q in qubits] if device.readout_error else [],
            rates.readout_error,
        ),
        single_qubit_error=_mean_of(
            [device.single_qubit_error[q] for q in qubits] if device.single_qubit_error else [],
            rates.single_qubit_error,
        ),
        two_qubit_error=_mean_of(
            [device.two_qubit_error.get(pair) for pair in couplers], rates.two_qubit_error
        ),
    )


def _mean_of(errors: Iterable[float | None], otherwise: float) -> float:
    known = [error for error in errors if error is not None and error < DEAD_ERROR]
    return sum(known) / len(known) if known else otherwise
