"""Queue disciplines: who goes next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from qsched.model import Job


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueDiscipline:
    """Who goes next among the waiting jobs.

    The first job in order is asked for a plan; while it has none, the others
    wait, except under EASY backfilling.

    Attributes:
        key: Sort key of a waiting job, smallest first; equal keys keep the order of
            submission. ``None`` is that order alone.
        backfill_window: Jobs behind the first that EASY backfilling may start early;
            0 turns it off.

    Raises:
        ConfigError: The window is negative.
    """

    key: Callable[[Job], Any] | None = None
    backfill_window: int = 0

    def __post_init__(self) -> None:
        """Refuse a window that cannot be."""
        if self.backfill_window < 0:
            raise ConfigError(
                f"backfill_window is {self.backfill_window}", remedy="it must be 0 or more"
            )


def least_work(job: Job) -> int:
    """Shots: on any one device the processing time is proportional to them, equation (3)."""
    return job.shots


def highest_priority(job: Job) -> int:
    """Largest priority first."""
    return -job.priority


FCFS = QueueDiscipline()
SJF = QueueDiscipline(key=least_work)
PRIORITY = QueueDiscipline(key=highest_priority)
EASY = QueueDiscipline(backfill_window=64)
