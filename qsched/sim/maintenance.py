"""Maintenance: a device takes no jobs for a while; running jobs finish first."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from qsched.model import EventKind
from qsched.sim.clock import step_towards

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from qsched.model import MaintenanceWindow
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu

MAX_IDLE_ROUNDS = 1_000
"""After so many rounds of windows in which no job came, started or ended, those that wait
are taken to wait for ever: some QPU that they need is always closed."""


def maintain(
    sim: Simulation, qpu: Qpu, window: MaintenanceWindow
) -> Generator[simpy.Event, None, None]:
    """Carry out one device's maintenance as a SimPy process.

    At the start of the window the QPU stops taking jobs; when the last of those
    that run has finished, the work begins and lasts its duration. A period is
    counted from start to start; starts that pass during the work are left out.
    Windows that overlap are worked on side by side. A run does not go on for
    maintenance alone.
    """
    env, log = sim.env, sim.log
    count = 0
    start_s = window.start_s
    while True:
        while env.now < start_s:
            yield env.timeout(step_towards(env.now, start_s))
        if sim.upkeep.is_over():
            if sim.upkeep.is_in_vain:
                qpu.close()  # else a window given up would let in who waited for all to end
            return
        log.event(env.now, EventKind.MAINTENANCE_DRAINING, qpu.index)
        qpu.close()
        if qpu.num_running:
            if qpu.drained is None:
                qpu.drained = env.event()
            yield qpu.drained
        log.event(env.now, EventKind.MAINTENANCE_STARTED, qpu.index)
        yield env.timeout(window.duration_s)
        log.event(env.now, EventKind.MAINTENANCE_FINISHED, qpu.index)
        qpu.open()
        sim.changed()
        if window.period_s is None:
            return
        # Multiplied, not summed up: a sum would drift. Always one on, however coarse the clock.
        count = max(count + 1, ceil((env.now - window.start_s) / window.period_s))
        start_s = window.start_s + count * window.period_s


class Upkeep:
    """All maintenance of a run, and when there is no more need of it.

    Attributes:
        is_in_vain: Whether it was given up, because no job could start for so many rounds.
    """

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self.is_in_vain = False
        self._progress = (-1, -1, -1)
        self._idle_windows = 0
        num_causes = sum(map(len, sim.fleet.maintenance.values())) + len(sim.fleet.failures)
        self._max_idle = MAX_IDLE_ROUNDS * num_causes
        # Rounds of a device that often breaks down say nothing of one that is long in repair.
        slowest_s = max((r.mtbf_s + r.mttr_s for r in sim.fleet.failures.values()), default=0.0)
        self._patience_s = MAX_IDLE_ROUNDS * slowest_s
        self._progress_at_s = 0.0
        for name, windows in sorted(sim.fleet.maintenance.items()):
            for window in windows:
                sim.spawn(maintain(sim, sim.qpu(name), window))

    def is_over(self) -> bool:
        """Return whether nothing is left but maintenance: all has ended, or nothing can start.

        Nothing can start when no job runs, is to come or to be withdrawn, no
        calibration is to come, and every QPU is open, or some QPU was closed at
        each time for too many rounds, of the slowest breakdowns, too. Asked once at
        the start of each window and at each breakdown.
        """
        sim = self._sim
        progress = (len(sim.log.jobs), sim.num_started, sim.num_ended)
        self._idle_windows += 1
        if progress != self._progress:
            self._progress, self._progress_at_s, self._idle_windows = progress, sim.env.now, 0
        if not sim.admission.is_closed or sim.running:
            return False
        if sim.num_ended == len(sim.log.jobs):
            return True
        if sim.admission.num_to_withdraw or sim.calibrations.num_to_come:
            return False
        idle_s = sim.env.now - self._progress_at_s
        is_long = self._idle_windows > self._max_idle and idle_s >= self._patience_s
        self.is_in_vain = self.is_in_vain or is_long
        is_open = not any(qpu.closures for qpu in sim.qpus)
        return self.is_in_vain or (is_open and not sim.has_changed)
