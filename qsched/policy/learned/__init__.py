"""Policies that were learned: read from files and carried out with NumPy alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qsched.errors import InputError
from qsched.registry import load_object, near_names

if TYPE_CHECKING:
    from qsched.policy.base import AllocationPolicy

LEARNED = {
    "qsched/PaperAllocation-v0": "qsched.policy.learned.paper:PaperPolicy",
    "qsched/Cloud-v0": "qsched.policy.learned.cloud:CloudPolicy",
}
"""Environment that a policy was trained in to the class that carries it out.

The class takes a `PolicyWeights`, refuses a layout or shapes of arrays that are not its own with
an `InputError`, and is an `AllocationPolicy`.
"""

SHIPPED = Path(__file__).parent / "shipped"
"""The policy that comes with the package."""


def load_learned(path: Path | None = None) -> AllocationPolicy:
    """Return a learned policy.

    Args:
        path: As for `qsched.policy.learned.weights.load_weights`; ``None``: the policy that
            comes with the package.

    Raises:
        InputError: There is none, or its files cannot be used.
    """
    from qsched.policy.learned.weights import load_weights  # noqa: PLC0415 - NumPy takes 0.1 s

    if path is None and not SHIPPED.is_dir():
        raise InputError(
            "no learned policy comes with this version",
            remedy="train one with `qsched train --out DIR` and name it rl:DIR",
            source="rl",
        )
    weights = load_weights(SHIPPED if path is None else path)
    env_id = weights.metadata["env_id"]
    if env_id not in LEARNED:
        raise InputError(
            f"was trained in an environment {env_id!r} that is not known here",
            remedy=near_names(env_id, list(LEARNED)),
            source=weights.source,
        )
    policy: AllocationPolicy = load_object(LEARNED[env_id], kind="learned policy")(weights)
    return policy
