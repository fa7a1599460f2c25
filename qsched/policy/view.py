"""What a policy sees: a read-only view of the cloud at one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qsched.estimate import Estimate
from qsched.policy.scoring import score_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.estimate import CostModel, Rates
    from qsched.model import DeviceProfile, Job, Placements


class QpuView(NamedTuple):
    """One QPU at one instant.

    Attributes:
        name: Name of the device.
        num_qubits: Qubits that one job can ever take: all, or the largest connected region.
        free_qubits: Qubits that one job may take now, in one region where regions are asked for;
            0 during maintenance and when broken.
        num_running: Jobs that run on it now.
        busy_qubit_s: Qubit-seconds that jobs have held until ``changed_at_s``.
        changed_at_s: When ``free_qubits`` last changed.
        held_qubits: Qubits that jobs hold now.
        rates: Mean errors, error score and speed, as the run's cost model takes them from
            ``profile``.
        profile: The device as it was when policies last looked; see `Fleet.refresh_period_s`.
        free_set: Physical qubits that a job may take now; ``None`` when qubits are only counted.
    """

    name: str
    num_qubits: int
    free_qubits: int
    num_running: int
    busy_qubit_s: float
    changed_at_s: float
    held_qubits: int
    rates: Rates
    profile: DeviceProfile
    free_set: frozenset[int] | None = None

    def utilisation(self, now_s: float) -> float:
        """Return the share of its qubit-seconds that jobs have held since time 0, in [0, 1]."""
        if now_s <= 0.0:
            return 0.0
        busy = self.busy_qubit_s + self.held_qubits * (now_s - self.changed_at_s)
        return busy / (self.profile.num_qubits * now_s)

    def as_if_free(self, free_qubits: int) -> QpuView:
        """Return the view with another number of free qubits, the others of these held."""
        name, num_qubits, free, num_running, busy, changed, held, rates, profile, _ = self
        held += free - free_qubits
        return QpuView(
            name, num_qubits, free_qubits, num_running, busy, changed, held, rates, profile
        )


class Release(NamedTuple):
    """Qubits that a running job will give back.

    Attributes:
        time_s: When.
        plan: The plan that ends then.
    """

    time_s: float
    plan: Placements


class CloudView(NamedTuple):
    """The cloud at one instant. Equal views give equal decisions.

    Attributes:
        now_s: Simulated time in seconds.
        qpus: Every QPU, in the order of the fleet.
        max_parts: Parts that a plan may have at the most.
        num_started: Jobs started so far.
        num_waiting: Jobs that wait now, the one that is asked for included.
        mean_shots: Mean shots of the jobs that have joined the queue so far; 0 if none has.
        seed: Seed of the run, for policies that draw by lot.
        model: Cost model of the run.
        upcoming_releases: Call it for the running jobs' releases, sorted by time.
    """

    now_s: float
    qpus: tuple[QpuView, ...]
    max_parts: int
    num_started: int
    num_waiting: int
    mean_shots: float
    seed: int
    model: CostModel
    upcoming_releases: Callable[[], Sequence[Release]]

    def estimate(self, job: Job, plan: Placements) -> Estimate:
        """Return what a plan is expected to cost and give."""
        views = {qpu.name: qpu for qpu in self.qpus}
        chosen = [views[part.device] for part in plan]
        score = score_plan(
            self.model, job, plan, [q.rates for q in chosen], [q.profile for q in chosen]
        )
        return Estimate(score.comm_time_s, score.processing_time_s, score.fidelity)
