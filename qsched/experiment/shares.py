"""The sets of devices that a job can be spread over, and its cheapest shares at given prices."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from qsched.estimate import Rates
    from qsched.model import Job


class Choices:
    """What jobs of one number of parts can do: sets of devices, and shares of each device.

    A job of ``q`` qubits on the set ``D`` of ``k`` devices holds ``s_d`` qubits of each for the
    time ``t``, with ``1 <= s_d <= capacity`` and ``sum(s_d) = q``. The time is the same for all
    shares: processing on the slowest device, and of the communication, equation (9), the least
    that any shares and order of the parts need, ``max(2 q - c1 - c2, q + k - 2)`` times the
    latency with ``c1`` and ``c2`` the largest capacities of the set. With one or two parts it is
    what they need exactly. A circuit may be cut where nothing communicates: it counts 0.

    Attributes:
        sets: Indices of devices, shape (sets, k).
        times: Time of each job on each set in the clock of the model, shape (jobs, sets);
            infinite where the job does not fit.
    """

    def __init__(
        self,
        jobs: Sequence[Job],
        num_parts: int,
        capacities: NDArray[np.int64],
        rates: Sequence[Rates],
        latency_s: float,
    ) -> None:
        self.sets = np.array(list(combinations(range(len(capacities)), num_parts)))
        self._capacities = capacities
        self._qubits = np.array([job.num_qubits for job in jobs])
        shots = np.array([job.shots for job in jobs], dtype=float)
        is_counted = np.array([job.circuit is None for job in jobs])
        room = capacities[self.sets]
        per_shot = np.array([rate.processing_time_per_shot for rate in rates])
        self.times = shots[:, None] * per_shot[self.sets].max(axis=1)
        if num_parts > 1:
            ends = np.sort(room, axis=1)[:, -2:].sum(axis=1)
            qubits = self._qubits[:, None]
            n_comm = np.maximum(2 * qubits - ends, qubits + num_parts - 2)
            self.times += latency_s * n_comm * is_counted[:, None]
        self.times[self._qubits[:, None] > room.sum(axis=1)] = np.inf

    def costs(self, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the price of each job on each set with the shares that make it least.

        Args:
            prices: Of one qubit for one unit of time on each device.

        Returns:
            Shape (jobs, sets); infinite where the job does not fit.
        """
        widths, of_width = np.unique(self._qubits, return_inverse=True)
        held = np.zeros((len(widths), len(self.sets)))
        rest = np.repeat(widths[:, None] - self.sets.shape[1], len(self.sets), axis=1)
        by_price = np.take_along_axis(
            self.sets, np.argsort(prices[self.sets], axis=1, kind="stable"), axis=1
        )
        for devices in by_price.T:
            extra = np.clip(rest, 0, self._capacities[devices] - 1)
            held += prices[devices] * (1 + extra)
            rest -= extra
        costs = np.full(self.times.shape, np.inf)
        np.multiply(self.times, held[of_width], out=costs, where=np.isfinite(self.times))
        return costs

    def usage(self, job: int, chosen: int, prices: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the qubits times time of each device that one job takes at the least price.

        Args:
            job: Index of the job.
            chosen: Index of its set of devices.
            prices: As for `costs`.
        """
        taken = np.zeros(len(prices))
        devices = self.sets[chosen]
        rest = int(self._qubits[job]) - len(devices)
        for device in devices[np.argsort(prices[devices], kind="stable")]:
            extra = min(rest, int(self._capacities[device]) - 1)
            taken[device] = (1 + extra) * self.times[job, chosen]
            rest -= extra
        return taken
