"""Calibrations that come to hold during a run, and when policies see them."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from qsched.model import EventKind
from qsched.sim.clock import step_towards

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from qsched.estimate import Rates
    from qsched.model import Recalibration
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu


class Calibrations:
    """All calibrations of a run that are still to come.

    Attributes:
        num_to_come: How many of them, and of the looks that policies will take at them.
    """

    def __init__(self, sim: Simulation) -> None:
        """Prepare them.

        Raises:
            CalibrationError: One does not report what the run's cost model needs.
        """
        self._sim = sim
        self.num_to_come = 0
        for name, changes in sorted(sim.fleet.recalibrations.items()):
            if changes:
                rates = [sim.model.rates(change.profile) for change in changes]
                self.num_to_come += len(changes)
                sim.spawn(self._hold(sim.qpu(name), changes, rates))

    def _until(self, time_s: float) -> Generator[simpy.Event, None, None]:
        env = self._sim.env
        while env.now < time_s:
            yield env.timeout(step_towards(env.now, time_s))

    def _is_over(self) -> bool:
        """Return whether no job is left for which it could matter."""
        sim = self._sim
        return sim.admission.is_closed and sim.num_ended == len(sim.log.jobs)

    def _hold(
        self, qpu: Qpu, changes: tuple[Recalibration, ...], rates: list[Rates]
    ) -> Generator[simpy.Event, None, None]:
        """Let the calibrations of one QPU come to hold, one after another."""
        sim, period_s = self._sim, self._sim.fleet.refresh_period_s
        for change, known in zip(changes, rates, strict=True):
            yield from self._until(change.time_s)
            self.num_to_come -= 1
            if self._is_over():
                return
            sim.log.event(sim.env.now, EventKind.CALIBRATED, qpu.index)
            qpu.calibrate(change.profile, known)
            sim.changed()
            # Policies look at the multiples of the period: only looks that show something are made.
            look_s = ceil(change.time_s / period_s) * period_s if period_s else change.time_s
            self.num_to_come += 1
            if look_s > change.time_s:
                sim.spawn(self._show(qpu, look_s))
            else:
                self._shown(qpu)

    def _show(self, qpu: Qpu, look_s: float) -> Generator[simpy.Event, None, None]:
        yield from self._until(look_s)
        self._shown(qpu)

    def _shown(self, qpu: Qpu) -> None:
        self.num_to_come -= 1
        if self._is_over() or qpu.seen_profile is qpu.profile:
            return
        self._sim.log.event(self._sim.env.now, EventKind.REFRESHED, qpu.index)
        qpu.show()
        self._sim.changed()
