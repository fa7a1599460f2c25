"""What an allocation policy is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from qsched.model import Job, Placements
    from qsched.policy.view import CloudView


@runtime_checkable
class AllocationPolicy(Protocol):
    """Where a job goes. Pure: the same view gives the same answer.

    A policy that cannot be used with every fleet has a method ``check_fleet(fleet)``, too,
    which raises a `qsched.errors.ConfigError` for such a fleet before anything runs.
    """

    def decide(self, job: Job, view: CloudView) -> Placements | None:
        """Return a plan to start now, or ``None`` to keep the job waiting.

        Args:
            job: The job whose turn it is.
            view: The cloud as it is now.

        Returns:
            Placements on distinct QPUs whose qubits sum to the job's, none above
            what is free and at most ``view.max_parts`` of them; or ``None``. The
            engine refuses anything else with `qsched.errors.PlanError`.
        """
        ...
