"""The published reinforcement-learning policy: its weights, its input, its shares.

Facts: the code published with arXiv 2506.10889. A PPO actor of 16 inputs, two
hidden layers of 64 tanh units and 5 outputs, clipped to [0, 1]. It decides once,
when a job arrives, which share of it each of five devices gets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import InputError
from qsched.policy.learned.allocation import MAX_DEVICES, observation
from qsched.policy.learned.archive import read_arrays, read_bytes
from qsched.policy.learned.paper import act

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qsched.estimate import Rates
    from qsched.model import Job

LAYERS = {
    "mlp_extractor.policy_net.0": (64, 16),
    "mlp_extractor.policy_net.2": (64, 64),
    "action_net": (5, 64),
}
"""Shapes of the weight matrices, first layer first, by the names that stable-baselines3 gives."""

ARRAYS = tuple(f"{name}.{what}" for name in LAYERS for what in ("weight", "bias"))
"""Names of the arrays in the archive."""

EPSILON = 1e-6
MAX_BYTES = 1_000_000
REMEDY = "give the .npz file with the published policy's three layers"

Weights = list[tuple[Any, Any]]
"""Matrix and bias of each layer."""


def load_rlbase(path: Path) -> Weights:
    """Return the layers of published weights; nothing in the file is unpickled.

    Args:
        path: An ``.npz`` file with matrix and bias of the three layers.

    Raises:
        InputError: The file cannot be read, or does not hold these layers.
    """
    arrays = read_arrays(
        read_bytes(path, limit=MAX_BYTES, remedy=REMEDY),
        source=str(path),
        limit=MAX_BYTES,
        remedy=REMEDY,
        names=ARRAYS,
    )
    layers = []
    for name, shape in LAYERS.items():
        layer = (arrays[f"{name}.weight"], arrays[f"{name}.bias"])
        for array, wanted in zip(layer, (shape, shape[:1]), strict=True):
            if array.shape != wanted or array.dtype.kind != "f":
                raise _refusal(
                    path, f"{name} has {array.dtype} of shape {array.shape}, wanted: {wanted}"
                )
            if not np.isfinite(array).all():
                raise _refusal(path, f"{name} has a weight that is not finite")
        layers.append(layer)
    return layers


def _refusal(path: Path, problem: str) -> InputError:
    return InputError(problem, remedy=REMEDY, source=str(path))


def observe(job: Job, free: Sequence[int], rates: Sequence[Rates]) -> Any:
    """Return the 16 inputs as the published code scales them in use.

    Training scaled otherwise (free qubits by 127): that is how it was published. Here
    `qsched.policy.learned.allocation.observation` scales both as in use.
    """
    scores, clops = zip(*((rate.error_score, rate.clops) for rate in rates), strict=True)
    return observation(job.num_qubits, free, scores, clops)


def rlbase_shares(
    weights: Weights, rates: Sequence[Rates]
) -> Callable[[Job, Sequence[int]], list[tuple[int, int]]]:
    """Return the function that `qsched.sim.Icpp2025Broker` asks for shares.

    What rounding leaves goes to the first device. Where that would make its share
    negative, the published code leaves it out and takes more qubits than the job
    has; here the largest share gives them back. With the published weights and
    devices the first share is never that small.

    Args:
        weights: Layers, of `load_rlbase`.
        rates: Rates of the fleet's five devices, in its order.

    Raises:
        InputError: The fleet has another number of devices.
    """
    if len(rates) != MAX_DEVICES:
        raise InputError(
            f"the published policy knows {MAX_DEVICES} devices, the fleet has {len(rates)}",
            remedy="leave the weights out, or give five devices",
        )

    def shares(job: Job, free: Sequence[int]) -> list[tuple[int, int]]:
        action = act(weights, observe(job, free, rates))
        ratios = action / (np.sum(action) + EPSILON)
        counts = [round(float(ratio * job.num_qubits)) for ratio in ratios]
        counts[0] += job.num_qubits - sum(counts)
        if counts[0] < 0:
            counts[counts.index(max(counts))] += counts[0]
        return [(device, count) for device, count in enumerate(counts) if count > 0]

    return shares
