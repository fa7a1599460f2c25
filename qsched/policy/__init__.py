"""Decisions, pure: where a job goes (policies) and who goes next (disciplines)."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from qsched.errors import ConfigError
from qsched.policy.base import AllocationPolicy
from qsched.policy.disciplines import QueueDiscipline
from qsched.policy.heuristics import RankedPolicy
from qsched.policy.view import CloudView, QpuView, Release
from qsched.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsched.model import Fleet

LEARNED = "rl"
"""Name of the learned policy; with a colon and a path behind it, of one's own."""

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
        LEARNED: (
            "qsched.policy.learned:load_learned",
            "learned when to wait for a better QPU; rl:PATH is one of your own, from qsched train",
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
    """Return a policy by name, by ``package.module:Name``, by ``rl:PATH``, or the object itself.

    A class (or any callable without a ``decide`` of its own) is called without arguments.
    ``rl:PATH`` is a learned policy; see `qsched.policy.learned.load_learned`.

    Raises:
        UnknownNameError: No policy has that name.
        ConfigError: What the name stands for is no policy.
        InputError: The files of a learned policy cannot be used.
    """
    found = _named(policy) if isinstance(policy, str) else policy
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


def _named(name: str) -> object:
    kind, colon, path = name.partition(":")
    if kind != LEARNED or not colon:
        return POLICIES.load(name)
    from qsched.policy.learned import load_learned  # noqa: PLC0415 - for those who ask for it

    if not path:
        raise ConfigError(f"policy {name!r} names no file", remedy="the form is rl:PATH")
    return load_learned(Path(path))


def check_fleet(policy: AllocationPolicy, fleet: Fleet) -> None:
    """Refuse a fleet that a policy cannot be used with, if it says so by a ``check_fleet``.

    Args:
        policy: The policy.
        fleet: The devices that it would decide about.

    Raises:
        ConfigError: The policy has a limit, and the fleet is beyond it.
    """
    check = getattr(policy, "check_fleet", None)
    if check is not None:
        check(fleet)


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
    "check_fleet",
    "load_discipline",
    "load_policy",
]
