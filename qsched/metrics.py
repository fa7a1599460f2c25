"""Figures of merit of a run, from its records."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import fsum, sqrt
from typing import TYPE_CHECKING, Any

from qsched.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qsched.model import JobRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Figures of merit of a run. ``None`` where there is nothing to take a mean of.

    Attributes:
        num_jobs: Jobs submitted.
        num_done: Jobs that ran to their end.
        num_rejected: Jobs refused at submission.
        num_cancelled: Jobs withdrawn.
        num_failed: Jobs that could never start.
        num_queued: Jobs that waited when the run was interrupted.
        num_running: Jobs that were running then.
        makespan_s: Time at which the last job finished, from time 0.
        mean_fidelity: Mean expected fidelity of the jobs done.
        std_fidelity: Its population standard deviation.
        comm_time_s: Communication time of all jobs done, summed.
        mean_wait_time_s: Mean of start minus submission, over jobs done.
        mean_turnaround_time_s: Mean of finish minus submission, over jobs done.
        utilisation: By device, the share of its qubit-seconds until the makespan that the jobs
            done held, in [0, 1]; those of cancelled jobs are not counted.
    """

    num_jobs: int
    num_done: int
    num_rejected: int
    num_cancelled: int
    num_failed: int
    num_queued: int = 0
    num_running: int = 0
    makespan_s: float
    mean_fidelity: float | None
    std_fidelity: float | None
    comm_time_s: float
    mean_wait_time_s: float | None
    mean_turnaround_time_s: float | None
    utilisation: Mapping[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures by name."""
        return asdict(self)


def mean(values: Sequence[float]) -> float | None:
    """Return the mean of a sum that is rounded once, or ``None`` of nothing.

    >>> mean([0.1] * 10)
    0.1
    """
    return fsum(values) / len(values) if values else None


def population_std(values: Sequence[float]) -> float | None:
    """Return the population standard deviation, or ``None`` of nothing.

    >>> population_std([1.0, 3.0])
    1.0
    """
    centre = mean(values)
    if centre is None:
        return None
    return sqrt(fsum((value - centre) ** 2 for value in values) / len(values))


def jain_index(values: Sequence[float]) -> float | None:
    """Return Jain's fairness index, ``sum(x)**2 / (n * sum(x**2))``, in [1/n, 1].

    Jain, Chiu, Hawe, DEC TR-301, 1984. Of nothing, or of zeros alone, it is ``None``.

    Args:
        values: What each one gets, 0 or more, finite.

    >>> jain_index([1.0, 1.0, 1.0, 1.0])
    1.0
    >>> jain_index([1.0, 0.0, 0.0, 0.0])
    0.25
    """
    largest = max(values, default=0.0)
    if largest <= 0.0:
        return None
    shares = [value / largest for value in values]  # their squares neither vanish nor overflow
    index = fsum(shares) ** 2 / (len(shares) * fsum(share * share for share in shares))
    return min(1.0, max(1.0 / len(shares), index))


def bounded_slowdown(wait_time_s: float, run_time_s: float, bound_s: float = 10.0) -> float:
    """Return how many times its run time a job took, at least 1.

    ``max(1, (wait + run) / max(run, bound))``: Feitelson and Rudolph, JSSPP 1998. The
    bound keeps very short jobs from deciding the mean.

    >>> bounded_slowdown(90.0, 10.0)
    10.0
    >>> bounded_slowdown(0.0, 1.0)
    1.0
    """
    return max(1.0, (wait_time_s + run_time_s) / max(run_time_s, bound_s))


def summarise(records: Iterable[JobRecord], capacities: Mapping[str, int]) -> Summary:
    """Return the figures of merit of a run, reading each record once.

    Args:
        records: What happened to each job.
        capacities: Device name to its physical qubits.
    """
    counts = dict.fromkeys(Status, 0)
    fidelities: list[float] = []
    waits: list[float] = []
    turnarounds: list[float] = []
    comm: list[float] = []
    held = dict.fromkeys(capacities, 0.0)
    makespan_s = 0.0
    num_jobs = 0
    for record in records:
        num_jobs += 1
        counts[record.status] += 1
        start_s, finish_s = record.start_time_s, record.finish_time_s
        if record.status is not Status.DONE or start_s is None or finish_s is None:
            continue
        fidelities.append(record.fidelity or 0.0)
        comm.append(record.comm_time_s or 0.0)
        waits.append(start_s - record.submit_time_s)
        turnarounds.append(finish_s - record.submit_time_s)
        makespan_s = max(makespan_s, finish_s)
        for part in record.placements:
            held[part.device] += part.num_qubits * (finish_s - start_s)
    return Summary(
        num_jobs=num_jobs,
        num_done=counts[Status.DONE],
        num_rejected=counts[Status.REJECTED],
        num_cancelled=counts[Status.CANCELLED],
        num_failed=counts[Status.FAILED],
        num_queued=counts[Status.QUEUED],
        num_running=counts[Status.RUNNING],
        makespan_s=makespan_s,
        mean_fidelity=mean(fidelities),
        std_fidelity=population_std(fidelities),
        comm_time_s=fsum(comm),
        mean_wait_time_s=mean(waits),
        mean_turnaround_time_s=mean(turnarounds),
        utilisation={
            name: min(1.0, held[name] / (qubits * makespan_s)) if makespan_s > 0.0 else 0.0
            for name, qubits in capacities.items()
        },
    )
