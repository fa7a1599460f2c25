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
    from qsched.model import Job, Placement, Placements
    from qsched.policy import CloudView, QpuView
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu


class Reservation(NamedTuple):
    """When the first job will start at the latest.

    Attributes:
        time_s: The earliest release after which the policy has a plan for it.
        room: What is free on each device at that time.
    """

    time_s: float
    room: dict[str, Room]


class Room(NamedTuple):
    """What a QPU has free at some time to come.

    Attributes:
        free: Qubits that are free, connected or not.
        held: Physical qubits that jobs hold, as far as plans name them.
    """

    free: int
    held: frozenset[int]

    def give(self, part: Placement) -> Room:
        """Return the room once a part has been released."""
        return Room(self.free + part.num_qubits, self.held.difference(part.qubits or ()))

    def take(self, part: Placement) -> Room:
        """Return the room once a part has been placed."""
        return Room(self.free - part.num_qubits, self.held.union(part.qubits or ()))


def _as_if(sim: Simulation, view: CloudView, now_s: float, room: dict[str, Room]) -> CloudView:
    """Return the view as it would be with this room."""
    qpus = tuple([_seen(sim.qpu(q.name), q, room[q.name]) for q in view.qpus])
    return view._replace(
        now_s=now_s,
        qpus=qpus,
        upcoming_releases=lambda: [r for r in view.upcoming_releases() if r.time_s > now_s],
    )


def _seen(qpu: Qpu, view: QpuView, room: Room) -> QpuView:
    """Return the view of one QPU as it would be with this room."""
    if view.free_set is None:
        return view.as_if_free(room.free)
    free_set = qpu.free_set(room.held) if room.free else frozenset()
    return view._replace(
        free_qubits=min(room.free, qpu.room(free_set)),
        free_set=free_set,
        held_qubits=view.held_qubits + qpu.free_qubits - room.free,
    )


def reserve(sim: Simulation, job: Job, view: CloudView) -> Reservation | None:
    """Return when running jobs will have made room for a job, or ``None`` if that is not known.

    Releases on a QPU that drains for maintenance make no room.
    """
    room = {q.name: Room(q.free_qubits, frozenset(q.named_qubits)) for q in sim.qpus}
    closed = {qpu.name for qpu in sim.qpus if qpu.closures}
    releases = sim.upcoming_releases()
    for position, release in enumerate(releases):
        for part in release.plan:
            if part.device not in closed:
                room[part.device] = room[part.device].give(part)
        if sum([rest.free for rest in room.values()]) < job.num_qubits:
            continue
        more = position + 1 < len(releases) and releases[position + 1].time_s == release.time_s
        if not more and sim.decide(job, _as_if(sim, view, release.time_s, room)) is not None:
            return Reservation(release.time_s, room)
    return None


def _without(room: dict[str, Room], plan: Placements) -> dict[str, Room] | None:
    left = dict(room)
    for part in plan:
        left[part.device] = left[part.device].take(part)
    return left if min(rest.free for rest in left.values()) >= 0 else None


def backfill(sim: Simulation) -> None:
    """Start those of the next jobs that end before the first can start, or leave it its room.

    Called when the first job in order has no plan now. Looks at the jobs of the
    discipline's window and at no others.
    """
    jobs, decide = sim.log.jobs, sim.decide
    first = jobs[sim.queue.first()]
    view = sim.observe()
    reservation = reserve(sim, first, view)
    if reservation is None:
        return
    time_s, room = reservation
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
            left = _without(room, plan)
            if left is None or decide(first, _as_if(sim, view, time_s, left)) is None:
                continue
            room = left
        sim.start(row, plan)
        view = sim.observe()
        num_free = sum([qpu.free_qubits for qpu in view.qpus])
