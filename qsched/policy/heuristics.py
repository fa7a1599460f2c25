"""Heuristic policies: each ranks the QPUs; the two ways to place on a ranking are shared."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from qsched.model.plan import Placement
from qsched.policy.split import fewest_parts, place_as_evenly_as_fits, place_evenly

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.model import Job, Placements
    from qsched.policy.view import CloudView, QpuView

    Ranking = Callable[[Job, CloudView], Sequence[QpuView]]
    Placing = Callable[[Job, CloudView, Sequence[QpuView]], Placements | None]


def place_now(job: Job, view: CloudView, ranked: Sequence[QpuView]) -> Placements | None:
    """Start at once on the first-ranked QPUs with room, in as few even parts as fit now.

    A job that some QPU can hold whole is never split: it waits for room. Where
    even parts never fit, because the capacities are too unequal, the parts are
    as even as they can be.
    """
    num_qubits = job.num_qubits
    # The common case first: it is most of the decisions of a long run.
    whole_fits = False
    for qpu in ranked:
        if qpu.free_qubits >= num_qubits:
            return (Placement(qpu.name, num_qubits),)
        whole_fits = whole_fits or qpu.num_qubits >= num_qubits
    if whole_fits:
        return None
    fewest = fewest_parts(num_qubits, [q.num_qubits for q in ranked], view.max_parts)
    if fewest is None:
        return place_as_evenly_as_fits(
            num_qubits, ranked, [q.free_qubits for q in ranked], view.max_parts
        )
    for num_parts in range(fewest, min(view.max_parts, len(ranked)) + 1):
        share = -(-num_qubits // num_parts)
        roomy = [qpu for qpu in ranked if qpu.free_qubits >= share]
        if len(roomy) >= num_parts:
            return place_evenly(num_qubits, roomy[:num_parts])
    return None


def place_on_best(job: Job, view: CloudView, ranked: Sequence[QpuView]) -> Placements | None:
    """Start on the first-ranked QPUs that can ever hold the fewest parts, or wait for them."""
    num_qubits = job.num_qubits
    fewest = fewest_parts(num_qubits, [q.num_qubits for q in ranked], view.max_parts)
    if fewest is None:
        capacities = [q.num_qubits for q in ranked]
        plan = place_as_evenly_as_fits(num_qubits, ranked, capacities, view.max_parts)
        free = {qpu.name: qpu.free_qubits for qpu in ranked}
        fits = plan is not None and all(free[part.device] >= part.num_qubits for part in plan)
        return plan if fits else None
    share = -(-num_qubits // fewest)
    best = [qpu for qpu in ranked if qpu.num_qubits >= share][:fewest]
    plan = place_evenly(num_qubits, best)
    if all(qpu.free_qubits >= part.num_qubits for qpu, part in zip(best, plan, strict=True)):
        return plan
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedPolicy:
    """A policy that ranks the QPUs and places the job on the ranking.

    Attributes:
        rank: ``(job, view)`` to all QPUs, best first; ties keep the order of the fleet.
        place: `place_now` or `place_on_best`.
    """

    rank: Ranking
    place: Placing = place_now

    def decide(self, job: Job, view: CloudView) -> Placements | None:
        """See `AllocationPolicy.decide`."""
        return self.place(job, view, self.rank(job, view))


def _seconds_per_shot(qpu: QpuView) -> float:
    return qpu.rates.processing_time_per_shot


def _error_score(qpu: QpuView) -> float:
    return qpu.rates.error_score


def by_speed(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """Fastest first: least processing time for each shot, equation (3)."""
    return sorted(view.qpus, key=_seconds_per_shot)


def by_error_score(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """Least noisy first: lowest error score, equation (2)."""
    return sorted(view.qpus, key=_error_score)


def by_utilisation(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """Least utilised so far first, then the one whose qubits are held the least."""
    now_s = view.now_s
    return sorted(view.qpus, key=lambda q: (q.utilisation(now_s), q.held_qubits / q.num_qubits))


def by_load(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """Fewest running jobs first, then most free qubits."""
    return sorted(view.qpus, key=lambda q: (q.num_running, -q.free_qubits))


def by_fleet_order(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """In the order of the fleet."""
    return view.qpus


def by_turn(_job: Job, view: CloudView) -> Sequence[QpuView]:
    """In the order of the fleet, each job beginning one QPU further on."""
    first = view.num_started % len(view.qpus)
    return view.qpus[first:] + view.qpus[:first]


def by_lot(job: Job, view: CloudView) -> Sequence[QpuView]:
    """In an order drawn for each job from the seed of the run: asking again draws the same."""
    qpus = list(view.qpus)
    Random(f"{view.seed}/policy/{job.job_id}").shuffle(qpus)  # noqa: S311 - no secret
    return qpus


SPEED = RankedPolicy(rank=by_speed)
FIDELITY = RankedPolicy(rank=by_error_score, place=place_on_best)
FAIR = RankedPolicy(rank=by_utilisation)
LEAST_BUSY = RankedPolicy(rank=by_load)
FIRST_FIT = RankedPolicy(rank=by_fleet_order)
ROUND_ROBIN = RankedPolicy(rank=by_turn)
RANDOM = RankedPolicy(rank=by_lot)
