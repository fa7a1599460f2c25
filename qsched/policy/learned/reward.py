"""What Cloud-v0 rewards; the same for one cloud and for many."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from qsched.errors import ConfigError
from qsched.policy.learned.checks import checked_count

if TYPE_CHECKING:
    from qsched.policy.learned.encoding import Devices


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardWeights:
    """The trade-off that a policy is trained for.

    Fidelity counts relative to the fleet: a loss of 1 is as much as its best and its worst device
    lie apart, see `qsched.policy.learned.encoding.Devices`. So the price of time is the same
    for the people of a good fleet and of a bad one.

    Times are counted in the fleet's *job time*: the time in which the fleet, with all qubits
    busy, does the work of one mean job of the episode; see `job_time`.

    Attributes:
        fidelity: What such a loss costs.
        waiting: What a job time costs while the queue is full; a shorter queue costs as much less.
        service: What a job time costs in which a job runs. Together with ``waiting`` it is the
            price of turnaround, whose two parts are not alike: who waits holds nothing up.
        communication: What a job time of communication costs.
        full_queue: Waiting jobs from which on a queue is full; without such an end, a long batch
            would be a matter of haste alone.
        start: Given for every job that starts. All episodes have the same number of jobs, so it
            changes no order between policies; near the mean cost of a job it keeps discounting
            from favouring haste or delay.

    Raises:
        ConfigError: A weight is negative or not finite, or ``full_queue`` is no whole number
            from 1 on.
    """

    fidelity: float = 1.0
    waiting: float = 0.08
    service: float = 0.0
    communication: float = 0.1
    full_queue: int = 8
    start: float = 0.6

    def __post_init__(self) -> None:
        """Refuse weights that make no sense."""
        for name in ("fidelity", "waiting", "service", "communication", "start"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0.0):
                raise ConfigError(
                    f"reward weight {name} is {value!r}", remedy="it must be 0 or more"
                )
        checked_count("full_queue", self.full_queue)

    def of_start(self, loss: Any, comm_time: Any, service_time: Any) -> Any:
        """Return what the start of a job is worth.

        Args:
            loss: Fidelity of its best plan on an idle cloud, minus that of its plan, in the
                spread of the fleet.
            comm_time: Communication, in job times.
            service_time: Communication and processing, in job times.
        """
        return (
            self.start
            - self.fidelity * loss
            - self.communication * comm_time
            - self.service * service_time
        )

    def of_time(self, num_waiting: Any, time: Any) -> Any:
        """Return what it costs that jobs wait, as a negative number.

        Args:
            num_waiting: Jobs that wait, during all of the time.
            time: Time that passes, in job times.
        """
        fullness = np.minimum(num_waiting, self.full_queue) / self.full_queue
        return -self.waiting * fullness * time


def job_time(num_qubits: Any, shots: Any, devices: Devices) -> Any:
    """Return the time in which a fleet with all qubits busy does the work of a mean job.

    Args:
        num_qubits: Qubits of the jobs of an episode, shape ``(..., jobs)``.
        shots: Their shots, likewise.
        devices: The fleet.

    Returns:
        Mean of qubits times shots, over the qubit-shots that the fleet does in a unit of the
        model's clock; shape ``(...)``.
    """
    rate = (devices.capacity / devices.rates.processing_time_per_shot).sum(-1)
    return (num_qubits * shots).mean(-1) / rate
