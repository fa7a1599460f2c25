"""EASY backfilling: later jobs start early if they do not delay the first.

Lifka, "The ANL/IBM SP scheduling system", 1995; Mu'alem and Feitelson, IEEE TPDS 12(6), 2001.

The first job gets a reservation: the earliest release of running jobs after
which the policy has a plan for it. It is kept whatever starts early, as long as
all QPUs stay open: a window that begins before the reservation may delay the
first job here as it does under ``fcfs``, and by other amounts. While releases
alone make no room for it, because a QPU that it needs is closed, nothing starts early.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from qsched.model import Job, Plan
    from qsched.policy import CloudView
    from qsched.sim.engine import Simulation


class Reservation(NamedTuple):
    """When the first job will start at the latest.

    Attributes:
        time_s: The earliest release after which the policy has a plan for it.
        free: Free qubits by device at that time.
    """

    time_s: float
    free: dict[str, int]


def _as_if(view: CloudView, now_s: float, free: dict[str, int]) -> CloudView:
    """Return the view as it would be with these free qubits."""
    qpus = tuple([qpu.as_if_free(free[qpu.name]) for qpu in view.qpus])
    return view._replace(
        now_s=now_s,
        qpus=qpus,
        upcoming_releases=lambda: [r for r in view.upcoming_releases() if r.time_s > now_s],
    )


def reserve(sim: Simulation, job: Job, view: CloudView) -> Reservation | None:
    """Return when running jobs will have made room for a job, or ``None`` if that is not known.

    Releases on a QPU that drains for maintenance make no room.
    """
    free = {qpu.name: qpu.free_qubits for qpu in view.qpus}
    closed = {qpu.name for qpu in sim.qpus if qpu.closures}
    releases = sim.upcoming_releases()
    for position, release in enumerate(releases):
        for part in release.plan:
            if part.device not in closed:
                free[part.device] += part.num_qubits
        if sum(free.values()) < job.num_qubits:
            continue
        more = position + 1 < len(releases) and releases[position + 1].time_s == release.time_s
        if not more and sim.policy.decide(job, _as_if(view, release.time_s, free)) is not None:
            return Reservation(release.time_s, free)
    return None


def _without(free: dict[str, int], plan: Plan) -> dict[str, int] | None:
    left = dict(free)
    for part in plan:
        left[part.device] -= part.num_qubits
    return left if min(left.values()) >= 0 else None


def backfill(sim: Simulation) -> None:
    """Start those of the next jobs that end before the first can start, or leave it its room.

    Called when the first job in order has no plan now. Looks at the jobs of the
    discipline's window and at no others.
    """
    jobs, decide = sim.log.jobs, sim.policy.decide
    first = jobs[sim.queue.first()]
    view = sim.observe()
    reservation = reserve(sim, first, view)
    if reservation is None:
        return
    time_s, free = reservation
    num_free = sum([qpu.free_qubits for qpu in view.qpus])
    for row in list(sim.queue.behind_first(sim.discipline.backfill_window)):
        job = jobs[row]
        if job.num_qubits > num_free:  # most of them, when there is a queue; no need to ask
            continue
        plan = decide(job, view)
        if plan is None:
            continue
        sim.check_plan(job, plan)
        estimate = view.estimate(job, plan)
        if view.now_s + estimate.comm_time_s + estimate.processing_time_s > time_s:
            left = _without(free, plan)
            if left is None or decide(first, _as_if(view, time_s, left)) is None:
                continue
            free = left
        sim.start(row, plan)
        view = sim.observe()
        num_free -= job.num_qubits
