"""A simulated server: the qubits of one device, taken and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.partition.couplings import couplings_of
from qsched.policy.rules import usable_qubits
from qsched.policy.view import QpuView

if TYPE_CHECKING:
    from collections.abc import Collection

    import simpy

    from qsched.estimate import Rates
    from qsched.model import DeviceProfile, Placement
    from qsched.policy.rules import PlacementRules


class Qpu:
    """One QPU of the simulated cloud.

    Attributes:
        index: Position in the fleet.
        profile: The device as it is now.
        rates: What the run's cost model knows of it now; jobs are scored with it.
        seen_profile: The device as policies see it: as it was when they last looked.
        seen_rates: Its rates.
        usable_qubits: Qubits that one job can ever take.
        held_qubits: Qubits that jobs hold now.
        named_qubits: Physical qubits among those held, as far as plans name them.
        num_running: Jobs that run on it now.
        closures: Maintenance windows and breakdowns that keep it from taking jobs now.
        drained: Succeeds when the last running job has ended during a closure, if one waits for it.
        busy_qubit_s: Qubit-seconds held until ``changed_at_s``.
        changed_at_s: When ``held_qubits`` last changed.
    """

    __slots__ = (
        "_couplings",
        "_rules",
        "_spacing",
        "_view",
        "busy_qubit_s",
        "changed_at_s",
        "closures",
        "drained",
        "held_qubits",
        "index",
        "name",
        "named_qubits",
        "num_qubits",
        "num_running",
        "profile",
        "rates",
        "seen_profile",
        "seen_rates",
        "usable_qubits",
    )

    def __init__(
        self,
        index: int,
        profile: DeviceProfile,
        rates: Rates,
        rules: PlacementRules | None = None,
    ) -> None:
        self.index = index
        self.name = profile.name
        self.num_qubits = profile.num_qubits
        self.profile = profile
        self.rates = rates
        self.seen_profile = profile
        self.seen_rates = rates
        self._rules = rules
        connected = rules is not None and rules.is_connected
        self._couplings = couplings_of(profile) if connected else None
        self._spacing = rules.spacing if rules is not None else 0
        self.usable_qubits = usable_qubits(profile, rules) if rules else profile.num_qubits
        self.held_qubits = 0
        self.named_qubits: set[int] = set()
        self.num_running = 0
        self.closures = 0
        self.drained: simpy.Event | None = None
        self.busy_qubit_s = 0.0
        self.changed_at_s = 0.0
        self._view: QpuView | None = None

    @property
    def free_qubits(self) -> int:
        """Qubits that are free and may be taken now, connected or not."""
        return 0 if self.closures else self.num_qubits - self.held_qubits

    def free_set(self, held: Collection[int]) -> frozenset[int]:
        """Return the working qubits that are free, and far enough from others', if those are held.

        Only for QPUs that place in regions.
        """
        couplings = self._couplings
        if couplings is None:
            return frozenset()
        free = set(couplings.working).difference(held)
        if self._spacing:
            free.difference_update(near for q in held for near in couplings.neighbours[q])
        return frozenset(free)

    def room(self, free: Collection[int]) -> int:
        """Return the largest part that could be placed on these free qubits."""
        return 0 if self._couplings is None else self._couplings.largest_region(free)

    def view(self) -> QpuView:
        """Return what policies see; kept until something changes."""
        view = self._view
        if view is None:
            free_qubits = 0 if self.closures else self.num_qubits - self.held_qubits
            free_set: frozenset[int] | None = None
            if self._couplings is not None:
                free_set = frozenset() if self.closures else self.free_set(self.named_qubits)
                free_qubits = min(free_qubits, self.room(free_set))
            view = self._view = QpuView(
                self.name,
                self.usable_qubits,
                free_qubits,
                self.num_running,
                self.busy_qubit_s,
                self.changed_at_s,
                self.held_qubits,
                self.seen_rates,
                self.seen_profile,
                free_set,
            )
        return view

    def take(self, part: Placement, now_s: float) -> None:
        """Hold the qubits of a part that starts; the caller has checked that they are free."""
        _, num_qubits, qubits, _ = part
        if qubits is not None:
            self.named_qubits.update(qubits)
        self.busy_qubit_s += self.held_qubits * (now_s - self.changed_at_s)
        self.changed_at_s = now_s
        self.held_qubits += num_qubits
        self.num_running += 1
        self._view = None

    def release(self, part: Placement, now_s: float) -> None:
        """Give back the qubits of a part that ends."""
        _, num_qubits, qubits, _ = part
        if qubits is not None:
            self.named_qubits.difference_update(qubits)
        self.busy_qubit_s += self.held_qubits * (now_s - self.changed_at_s)
        self.changed_at_s = now_s
        self.held_qubits -= num_qubits
        self.num_running -= 1
        self._view = None
        if self.drained is not None and self.num_running == 0:
            self.drained.succeed()
            self.drained = None

    def calibrate(self, profile: DeviceProfile, rates: Rates) -> None:
        """Become another: jobs that start from now on are scored with these rates."""
        self.profile = profile
        self.rates = rates

    def show(self) -> None:
        """Let policies see the device as it is now."""
        self.seen_profile = self.profile
        self.seen_rates = self.rates
        if self._rules is not None and self._rules.is_connected:
            self._couplings = couplings_of(self.profile)
            self.usable_qubits = usable_qubits(self.profile, self._rules)
        self._view = None

    def close(self) -> None:
        """Take no new jobs until `open`; closures nest."""
        self.closures += 1
        self._view = None

    def open(self) -> None:
        """End one closure."""
        self.closures -= 1
        self._view = None
