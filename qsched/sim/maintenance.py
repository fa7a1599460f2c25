"""Maintenance: a device takes no jobs for a while; running jobs finish first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.model import EventKind

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from qsched.model import MaintenanceWindow
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu


def maintain(
    sim: Simulation, qpu: Qpu, window: MaintenanceWindow
) -> Generator[simpy.Event, None, None]:
    """Carry out one device's maintenance as a SimPy process.

    At the start of the window the QPU stops taking jobs; when the last of those
    that run has finished, the work begins and lasts its duration. A period is
    counted from start to start; starts that pass during the work are left out.
    A run does not go on for maintenance alone.
    """
    env, log = sim.env, sim.log
    start_s = window.start_s
    while True:
        yield env.timeout(start_s - env.now)
        if sim.is_over():
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
        while start_s < env.now:
            start_s += window.period_s
