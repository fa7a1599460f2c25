"""Decisions, pure: where a job goes (policies) and who goes next (disciplines)."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.policy.base import AllocationPolicy
from qsched.policy.disciplines import QueueDiscipline
from qsched.policy.heuristics import RankedPolicy
from qsched.policy.view import CloudView, QpuView, Release
from qsched.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

POLICIES = Registry(
    kind="policy",
    group="qsched.policies",
    builtins={
        "speed": (
            "qsched.policy.heuristics:SPEED",
            "start at once on the fastest QPUs with room (highest CLOPS)",
        ),
        "fidelity": (
            "qsched.policy.heuristics:FIDELITY",
            "error-aware: the least noisy QPUs that can hold the job, waiting for them if need be",
        ),
        "fair": (
            "qsched.policy.heuristics:FAIR",
            "start at once on the least utilised QPUs with room",
        ),
        "least_busy": (
            "qsched.policy.heuristics:LEAST_BUSY",
            "start at once on the QPUs with the fewest running jobs",
        ),
        "first_fit": (
            "qsched.policy.heuristics:FIRST_FIT",
            "start at once on the first QPUs of the fleet with room",
        ),
        "round_robin": (
            "qsched.policy.heuristics:ROUND_ROBIN",
            "start at once, each job beginning one QPU further on",
        ),
        "random": (
            "qsched.policy.heuristics:RANDOM",
            "start at once on QPUs drawn by lot from the seed",
        ),
    },
)

DISCIPLINES = Registry(
    kind="discipline",
    group="qsched.disciplines",
    builtins={
        "fcfs": ("qsched.policy.disciplines:FCFS", "first come, first served"),
        "sjf": ("qsched.policy.disciplines:SJF", "shortest job first (fewest shots)"),
        "priority": ("qsched.policy.disciplines:PRIORITY", "largest priority first"),
        "easy": (
            "qsched.policy.disciplines:EASY",
            "first come, first served with EASY backfilling over the next 64 jobs",
        ),
    },
)


def load_policy(policy: str | AllocationPolicy) -> AllocationPolicy:
    """Return a policy by name, by ``package.module:Name``, or the object itself.

    A class (or any callable without a ``decide`` of its own) is called without arguments.

    Raises:
        UnknownNameError: No policy has that name.
        ConfigError: What the name stands for is no policy.
    """
    found = POLICIES.load(policy) if isinstance(policy, str) else policy
    if inspect.isclass(found) or not hasattr(found, "decide"):
        if not callable(found) or not _takes_nothing(found):
            raise ConfigError(
                f"policy {policy!r} has no decide(job, view), and cannot be made without arguments",
                remedy="see AllocationPolicy",
            )
        found = found()
    if not isinstance(found, AllocationPolicy):
        raise ConfigError(
            f"policy {policy!r} has no decide(job, view)", remedy="see AllocationPolicy"
        )
    return found


def _takes_nothing(factory: Callable[..., object]) -> bool:
    """Return whether this can be called without arguments, as far as can be told."""
    try:
        inspect.signature(factory).bind()
    except TypeError:
        return False
    except ValueError:  # of some built-ins the signature is not known
        return True
    return True


def load_discipline(discipline: str | QueueDiscipline) -> QueueDiscipline:
    """Return a discipline by name, by ``package.module:NAME``, or the object itself.

    Raises:
        UnknownNameError: No discipline has that name.
        ConfigError: What the name stands for is no discipline.
    """
    found = DISCIPLINES.load(discipline) if isinstance(discipline, str) else discipline
    if not isinstance(found, QueueDiscipline):
        raise ConfigError(
            f"discipline {discipline!r} is not a QueueDiscipline",
            remedy="give a QueueDiscipline object",
        )
    return found


__all__ = [
    "DISCIPLINES",
    "POLICIES",
    "AllocationPolicy",
    "CloudView",
    "QpuView",
    "QueueDiscipline",
    "RankedPolicy",
    "Release",
    "load_discipline",
    "load_policy",
]
