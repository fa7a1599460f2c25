"""The policy that is learned in ``qsched/PaperAllocation-v0``, carried out with NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import InputError
from qsched.model.plan import Placement
from qsched.policy.learned.allocation import (
    LAYOUT,
    MAX_DEVICES,
    NUM_INPUTS,
    check_finite,
    observation,
    qubit_shares,
)
from qsched.policy.learned.checks import check_layout, check_size

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsched.model import Fleet, Job, Placements
    from qsched.policy.learned.weights import PolicyWeights
    from qsched.policy.view import CloudView

HIDDEN = "mlp_extractor.policy_net"
OUTPUT = "action_net"
"""Names of an actor's layers in a model that stable-baselines3 saves; hidden ones are numbered
0, 2, 4, as an activation stands behind each."""

Layers = list[tuple[Any, Any]]
"""Matrix and bias of each layer, first layer first."""


def actor_layers(arrays: Mapping[str, Any], source: str) -> Layers:
    """Return the layers of an actor of 16 inputs and 5 outputs, with any hidden layers.

    Args:
        arrays: Name to array.
        source: Where they come from, for the message.

    Raises:
        InputError: A layer is missing, or its shape does not fit the one before it.
    """
    names: list[str] = []
    while f"{HIDDEN}.{2 * len(names)}.weight" in arrays:
        names.append(f"{HIDDEN}.{2 * len(names)}")
    layers: Layers = []
    num_inputs = NUM_INPUTS
    for name in (*names, OUTPUT):
        matrix, bias = (arrays.get(f"{name}.{what}") for what in ("weight", "bias"))
        if matrix is None or bias is None:
            raise _refusal(source, f"lacks {name}.weight or {name}.bias")
        num_outputs = MAX_DEVICES if name == OUTPUT else bias.size
        if matrix.shape != (num_outputs, num_inputs) or bias.shape != (num_outputs,):
            raise _refusal(
                source,
                f"{name} has shapes {matrix.shape} and {bias.shape}, "
                f"wanted: {(num_outputs, num_inputs)} and {(num_outputs,)}",
            )
        layers.append((np.asarray(matrix, np.float32), np.asarray(bias, np.float32)))
        num_inputs = num_outputs
    return layers


def _refusal(source: str, problem: str) -> InputError:
    return InputError(
        problem,
        remedy="give weights that were trained in qsched/PaperAllocation-v0",
        source=source,
    )


def act(layers: Layers, seen: Any) -> Any:
    """Return an actor's answer to one observation: tanh behind each hidden layer, then [0, 1].

    Args:
        layers: Of `actor_layers`.
        seen: Shape ``(16,)``.

    Returns:
        Weights of the devices, shape ``(5,)``.
    """
    values = seen
    for matrix, bias in layers[:-1]:
        values = np.tanh(matrix @ values + bias)
    matrix, bias = layers[-1]
    return np.minimum(np.maximum(matrix @ values + bias, 0.0), 1.0)


class PaperPolicy:
    """Gives each device the share of a job that a trained network says.

    It starts a job as soon as the free qubits of all devices together hold it, and asks the
    network then. Where a plan may have fewer parts than the network wants, those with the most
    qubits stay, if they have room for the others' qubits; else the devices with the most room are
    taken.

    Args:
        weights: Weights with layout `qsched.policy.learned.allocation.LAYOUT`.

    Attributes:
        weights: As given.
        max_devices: Devices of a fleet at the most: those of its metadata, and five.

    Raises:
        InputError: They have another layout, or a layer of another shape.
    """

    def __init__(self, weights: PolicyWeights) -> None:
        check_layout(weights, LAYOUT)
        self.weights = weights
        self.max_devices = min(weights.metadata.get("max_devices", MAX_DEVICES), MAX_DEVICES)
        self._layers = actor_layers(weights.arrays, weights.source)

    def check_fleet(self, fleet: Fleet) -> None:
        """Refuse a fleet that the policy cannot look at.

        Raises:
            ConfigError: It has more devices than the policy was trained for.
        """
        self._check_size(len(fleet.devices))

    def _check_size(self, num_devices: int) -> None:
        check_size(num_devices, self.max_devices, self.weights.source)

    def decide(self, job: Job, view: CloudView) -> Placements | None:
        """See `qsched.policy.AllocationPolicy.decide`.

        Raises:
            ConfigError: The cloud has more devices than the policy was trained for.
            InputError: A rate of a device is not a finite number.
        """
        qpus = view.qpus
        self._check_size(len(qpus))
        free = [qpu.free_qubits for qpu in qpus]
        if sum(free) < job.num_qubits:
            return None
        seen = observation(
            job.num_qubits,
            free,
            [qpu.rates.error_score for qpu in qpus],
            [qpu.rates.clops for qpu in qpus],
        )
        check_finite("observation", seen)
        weights = act(self._layers, seen)[: len(qpus)]
        shares = qubit_shares(weights, job.num_qubits, free)
        if len(shares) - shares.count(0) > view.max_parts:
            kept = fewer_parts(shares, free, job.num_qubits, view.max_parts)
            if kept is None:
                return None
            shares = qubit_shares(weights, job.num_qubits, kept)
        return tuple(
            Placement(qpu.name, share) for qpu, share in zip(qpus, shares, strict=True) if share
        )


def fewer_parts(
    shares: Sequence[int], free: Sequence[int], num_qubits: int, max_parts: int
) -> list[int] | None:
    """Return what is free on so few devices that a plan on them has at most so many parts.

    Args:
        shares: Qubits that each device would get.
        free: Free qubits of each device.
        num_qubits: Qubits of the job.
        max_parts: Devices at the most.

    Returns:
        Free qubits, 0 for devices left out; ``None`` where no so many devices have room.

    >>> fewer_parts([60, 40, 50], [90, 127, 90], 150, 2)
    [90, 0, 90]
    >>> fewer_parts([60, 40, 50], [60, 127, 60], 150, 2)
    [60, 127, 0]
    """
    for wish in (shares, free):
        best = _largest(wish, max_parts)
        kept = [room if i in best else 0 for i, room in enumerate(free)]
        if sum(kept) >= num_qubits:
            return kept
    return None


def _largest(numbers: Sequence[int], count: int) -> list[int]:
    """Return where the largest numbers are, the earlier first where they are equal."""
    return sorted(range(len(numbers)), key=lambda i: (-numbers[i], i))[:count]
