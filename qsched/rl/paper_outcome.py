"""What shares give in the paper's environment, for many jobs at once.

Arrays have the devices first. Equations: arXiv 2506.10889.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np

from qsched.estimate import final_fidelity

if TYPE_CHECKING:
    from qsched.estimate import CostModel, Rates
    from qsched.experiment.paper_workload import JobColumns
    from qsched.model import Job

Array = np.ndarray[Any, Any]


class Outcome(NamedTuple):
    """What shares give in many episodes, each of shape ``(num,)``.

    Attributes:
        reward: Mean over the devices with a share of equation (7), each with its own share.
        fidelity: Equation (8), as the cost model scores the plan.
        comm_time_s: Equation (9).
    """

    reward: Array
    fidelity: Array
    comm_time_s: Array


class _Part(NamedTuple):
    """What equation (7) reads of a job, as arrays."""

    num_qubits: Array
    depth: Array
    num_two_qubit_gates: Array


def score_shares(model: CostModel, jobs: JobColumns, shares: Array, rates: Rates) -> Outcome:
    """Return what shares give.

    Args:
        model: Cost model.
        jobs: Jobs, each attribute of shape ``(num,)``.
        shares: Qubits on each of ``n`` devices, shape ``(n, num)``, that sum to those of the job.
        rates: Rates of the devices, each of shape ``(n, num)`` or ``(n, 1)``.
    """
    used = shares > 0
    num_parts = used.sum(axis=0)
    # A part as if it were a job of its own; its size is 1 where there is none, for models that
    # divide by it.
    gates = jobs.num_two_qubit_gates * shares / jobs.num_qubits
    own = _Part(np.maximum(shares, 1), jobs.depth, gates)
    mean = _mean_fidelity(model, jobs, num_parts, rates, used)
    fidelity: Any = final_fidelity(mean, cast("int", num_parts), model.constants.link_fidelity)
    if model.decimals is not None:
        fidelity = np.round(fidelity, model.decimals)
    return Outcome(
        _mean_fidelity(model, own, 1, rates, used),
        fidelity,
        _neighbouring_qubits(shares) * model.constants.latency_s,
    )


def _mean_fidelity(
    model: CostModel, jobs: JobColumns | _Part, num_parts: Any, rates: Rates, used: Array
) -> Any:
    """Return the mean of equation (7) over the devices that are used."""
    fidelities = model.device_fidelity(cast("Job", jobs), num_parts, rates)
    return (fidelities * used).sum(axis=0) / used.sum(axis=0)


def _neighbouring_qubits(shares: Array) -> Array:
    """Return the sum of ``q_i + q_{i+1}`` over neighbouring parts: all twice but the outer two."""
    first, last = (_first_used(order) for order in (shares, shares[::-1]))
    total: Array = 2 * shares.sum(axis=0) - first - last
    return total


def _first_used(shares: Array) -> Array:
    found: Array = shares[0]
    for share in shares[1:]:
        found = np.where(found > 0, found, share)
    return found
