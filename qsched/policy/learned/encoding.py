"""What a learned policy sees: the same numbers in training, evaluation and use.

Every function takes any leading dimensions ``...``: none for one decision, one for many clouds.
Every feature is a ratio, so that a policy is not tied to a clock, to a size of device or to a
fleet; devices stand in an order of their own, so that the order of a fleet changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qsched.estimate import Rates

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.estimate import CostModel
    from qsched.policy.learned.candidates import Candidates

CONTEXT = ("width", "shots", "waiting", "free", "next_release", "parts")
"""Names of the numbers that hold for all plans; see docs/reference/environments.md."""

FEATURES = (
    "others_slowness",
    "last_slowness",
    "slowness",
    "others_loss",
    "others_free",
    "last_loss",
    "last_free",
    "loss",
    "last_share",
    "left_over",
    "is_feasible",
)
"""Names of the numbers of each plan, in order."""

LAYOUT = {"name": "cloud", "version": 1, "context": list(CONTEXT), "features": list(FEATURES)}
"""What a file of weights must agree with."""

NUM_CONTEXT, NUM_FEATURES = len(CONTEXT), len(FEATURES)
LOSS = FEATURES.index("loss")

REFERENCE_JOB = (190, 12, 19)
"""Qubits, depth and two-qubit gates of a mean job of the paper's workload, here in two parts."""

LEAST_SPREAD = 0.01
"""Devices whose fidelities differ by less are alike."""

FULL_QUEUE = 8
"""From so many waiting jobs on, a queue counts as full."""

FAR = 1e6
"""Above every loss."""

LOWEST = np.array([0.0, -3.0, 0.0, 0.0, 0.0, 0.0], dtype=np.float32)
HIGHEST = np.array([1.0, 3.0, 1.0, 1.0, 3.0, 4.0], dtype=np.float32)
"""Where the numbers of the context are cut."""


class Devices(NamedTuple):
    """The devices of a fleet; fields have shape ``(..., number of devices)`` where none is said.

    Attributes:
        capacity: Qubits that one job can ever take; 0 where there is no device.
        rates: Their `Rates`; each of its fields is such an array, see `rate_arrays`.
        slowness: Logarithm of the time for a shot over that of the fastest device.
        per_qubit: One over ``capacity``; 0 where there is no device.
        spread: How far apart the best and the worst device are, in the fidelity of a part of
            `REFERENCE_JOB`, at least `LEAST_SPREAD`; shape ``(..., 1)``. Losses of fidelity are
            counted in it.
        largest: Qubits of the largest, shape ``(...)``.
        together: Qubits of all, likewise.
    """

    capacity: Any
    rates: Any
    slowness: Any
    per_qubit: Any
    spread: Any
    largest: Any
    together: Any


class Plans(NamedTuple):
    """Plans on the devices of a fleet, as far as they stay from decision to decision.

    Attributes:
        table: The plans.
        slowness: That of all devices but the last (in more than two parts: their mean), of the
            last, and the largest; shape ``(..., 3, number of plans)``.
        together: Qubits that the devices of a plan have together, ``(..., number of plans)``.
        per_qubit: One over the qubits of the last device, likewise.
    """

    table: Candidates
    slowness: Any
    together: Any
    per_qubit: Any


class Situation(NamedTuple):
    """What changes from decision to decision; every field but ``free`` has shape ``(...)``.

    Attributes:
        num_qubits: Qubits of the job.
        depth: Its depth.
        num_two_qubit_gates: Its two-qubit gates.
        shots: Its shots.
        free: Free qubits, shape ``(..., number of devices)``.
        num_waiting: Jobs that wait, this one included.
        mean_shots: Mean shots of the jobs so far.
        next_release: Time to the next release, in that which the job takes on the fastest
            device; 0 when nothing runs.
    """

    num_qubits: Any
    depth: Any
    num_two_qubit_gates: Any
    shots: Any
    free: Any
    num_waiting: Any
    mean_shots: Any
    next_release: Any


class View(NamedTuple):
    """What the network sees.

    Attributes:
        context: Shape ``(..., NUM_CONTEXT)``.
        features: Of each plan, shape ``(..., NUM_FEATURES, number of plans)``; 0 for plans that
            can never start.
        possible: Whether a plan could start on idle devices, shape ``(..., number of plans)``.
        feasible: Whether it can start now, likewise.
    """

    context: Any
    features: Any
    possible: Any
    feasible: Any


def device_order(
    names: Sequence[str], capacities: Sequence[int], rates: Sequence[Rates]
) -> list[int]:
    """Return positions of devices: fastest first, then least noisy, then largest, then by name."""
    return sorted(
        range(len(names)),
        key=lambda i: (
            rates[i].processing_time_per_shot,
            rates[i].error_score,
            -capacities[i],
            names[i],
        ),
    )


def rate_arrays(columns: Iterable[Any]) -> Any:
    """Return `Rates` whose fields are arrays."""
    return Rates(*columns)


def arrange(
    order: Sequence[int], capacities: Sequence[int], rates: Sequence[Rates], model: CostModel
) -> Devices:
    """Return devices in an order; see `device_order`."""
    columns = zip(*(rates[i] for i in order), strict=True)
    fields = rate_arrays([np.array(column, dtype=float) for column in columns])
    per_shot = fields.processing_time_per_shot
    capacity = np.array([capacities[i] for i in order])
    reference = Situation(*REFERENCE_JOB, 1, capacity, 1, 1, 0)
    fidelity: Any = model.device_fidelity(reference, 2, fields)  # type: ignore[arg-type]
    spread = np.maximum(np.ptp(fidelity, keepdims=True), LEAST_SPREAD)
    slowness = np.log(per_shot / per_shot.min())
    largest, together = capacity.max(), capacity.sum()
    return Devices(capacity, fields, slowness, 1.0 / capacity, spread, largest, together)


def plans_of(table: Candidates, devices: Devices) -> Plans:
    """Return plans on the devices of one fleet."""
    num_plans = len(table.members)
    known = np.stack([devices.slowness, devices.capacity, devices.per_qubit])
    gathered = known @ table.gather
    others, last = gathered[:, :num_plans], gathered[:, num_plans:]
    mean = others[0] / max(table.num_parts - 1, 1)
    slowest = devices.slowness[table.members].max(axis=-1)
    together = last[1] if table.num_parts == 1 else others[1] + last[1]
    return Plans(
        table,
        np.stack([mean, last[0], slowest]).astype(np.float32),
        together,
        last[2].astype(np.float32),
    )


def encode(
    plans: Plans, devices: Devices, now: Situation, model: CostModel, out: View | None = None
) -> View:
    """Return what the network sees of a job, of its plans and of the cloud.

    Args:
        plans: The plans.
        devices: The devices, in the order of `device_order`.
        now: The job and the cloud.
        model: Cost model of the run.
        out: Arrays to write into; new ones are made without.
    """
    num_parts, gather = plans.table.num_parts, plans.table.gather
    free = now.free
    clouds, num_plans = free.shape[:-1], len(plans.table.members)
    of_job = _per_device(now)
    num_qubits = of_job.num_qubits
    fidelity: Any = model.device_fidelity(of_job, num_parts, devices.rates)  # type: ignore[arg-type]
    known = np.empty((*clouds, 3, free.shape[-1]), dtype=np.float32)
    best_device = np.maximum.reduce(fidelity, axis=-1, keepdims=True)
    np.divide(best_device - fidelity, devices.spread, out=known[..., 0, :], casting="unsafe")
    known[..., 1, :] = free * devices.per_qubit
    known[..., 2, :] = free
    # A product with ones and zeros is exact, and many times faster than an index.
    gathered = (known.reshape(-1, free.shape[-1]) @ gather).reshape(*clouds, 3, 2, num_plans)
    others, last = gathered[..., 0, :], gathered[..., 1, :]
    if num_parts == 1:
        room, loss, rest = last[..., 2, :] - num_qubits, last[..., 0, :], num_qubits
    else:
        rest = num_qubits - others[..., 2, :]
        room = last[..., 2, :] - rest
        loss = (others[..., 0, :] + last[..., 0, :]) / num_parts
        if num_parts > 2:  # noqa: PLR2004 - the others are several
            others[..., 0:2, :] /= num_parts - 1
    view = _arrays(clouds, num_plans) if out is None else out
    possible, features = view.possible, view.features
    np.greater_equal(plans.together, num_qubits, out=possible)
    all_possible = np.count_nonzero(possible) == possible.size
    # As fewer devices can never hold the job, each of these then gives a qubit.
    np.greater_equal(room, 0, out=view.feasible)
    if not all_possible:
        np.logical_and(view.feasible, possible, out=view.feasible)
    features[..., 0:3, :] = plans.slowness
    features[..., 3:5, :] = others[..., 0:2, :]
    features[..., 5:7, :] = last[..., 0:2, :]
    losses = loss if all_possible else np.where(possible, loss, FAR)
    best = np.minimum.reduce(losses, axis=-1, keepdims=True)
    np.subtract(loss, best, out=features[..., LOSS, :])
    np.multiply(rest, plans.per_qubit, out=features[..., 8, :], casting="unsafe")
    np.multiply(room, plans.per_qubit, out=features[..., 9, :], casting="unsafe")
    features[..., 10, :] = view.feasible
    if not all_possible:
        features *= possible[..., None, :]
    _context(now, num_parts, devices, view.context)
    return view


def _arrays(clouds: tuple[int, ...], num_plans: int) -> View:
    return View(
        np.empty((*clouds, NUM_CONTEXT), dtype=np.float32),
        np.empty((*clouds, NUM_FEATURES, num_plans), dtype=np.float32),
        np.empty((*clouds, num_plans), dtype=np.bool_),
        np.empty((*clouds, num_plans), dtype=np.bool_),
    )


def _per_device(now: Situation) -> Situation:
    """Return the numbers of the job so that they go with arrays over devices."""
    if now.free.ndim == 1:
        return now
    return Situation(*[field[..., None] for field in now])


def _context(now: Situation, num_parts: int, devices: Devices, context: Any) -> None:
    context[..., 0] = now.num_qubits / (num_parts * devices.largest)
    context[..., 1] = np.log(now.shots / now.mean_shots)
    context[..., 2] = now.num_waiting / FULL_QUEUE
    context[..., 3] = np.add.reduce(now.free, axis=-1) / devices.together
    context[..., 4] = now.next_release
    context[..., 5] = num_parts / 2
    np.maximum(context, LOWEST, out=context)
    np.minimum(context, HIGHEST, out=context)
