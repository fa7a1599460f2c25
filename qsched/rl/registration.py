"""The names by which Gymnasium knows the environments of this package."""

from __future__ import annotations

from qsched.errors import MissingExtraError

ENVIRONMENTS: dict[str, tuple[str, str]] = {
    "qsched/PaperAllocation-v0": (
        "qsched.rl.paper_allocation:PaperAllocationEnv",
        "qsched.rl.paper_vector:PaperAllocationVectorEnv",
    ),
    "qsched/Cloud-v0": (
        "qsched.rl.cloud:CloudEnv",
        "qsched.rl.cloud_vector:CloudVectorEnv",
    ),
}
"""Id to the class of one environment and the class of many, each ``package.module:Class``."""


def register_environments() -> None:
    """Tell Gymnasium of `ENVIRONMENTS`; a second call changes nothing.

    Raises:
        MissingExtraError: Gymnasium is not installed.
    """
    try:
        import gymnasium  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError(
            "learning needs Gymnasium: python -m pip install 'qsched[rl]'"
        ) from error
    for name, (one, many) in ENVIRONMENTS.items():
        if name not in gymnasium.registry:
            gymnasium.register(name, entry_point=one, vector_entry_point=many)
