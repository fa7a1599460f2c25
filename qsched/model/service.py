"""What a provider says of a device beside its calibration."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

from qsched.errors import CalibrationError

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFacts:
    """How a device was offered when its provider was asked. ``None``: not reported.

    Attributes:
        asked_at: Time-zone-aware time of the question.
        pending_jobs: Length of the provider's queue, 0 or more.
        operational: Whether the device took jobs.
        rep_delay_s: Default delay between two shots in seconds, 0 or more.
        max_shots: Most shots of one job, at least 1.
        fractional_gates: Whether the profile is that with fractional gates.

    Raises:
        CalibrationError: A value is out of its range, or the time has no zone.
    """

    asked_at: datetime
    pending_jobs: int | None = None
    operational: bool | None = None
    rep_delay_s: float | None = None
    max_shots: int | None = None
    fractional_gates: bool | None = None

    def __post_init__(self) -> None:
        """Refuse values that no service can have."""
        if self.asked_at.tzinfo is None:
            raise CalibrationError(f"asked_at is {self.asked_at.isoformat()}, it has no zone")
        for what, least in (("pending_jobs", 0), ("max_shots", 1), ("rep_delay_s", 0.0)):
            value = getattr(self, what)
            if value is not None and not least <= value < inf:
                raise CalibrationError(f"{what} is {value!r}, it must be {least} or more")
