"""Devices that break down in the middle of jobs, and are repaired."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.model import EventKind
from qsched.sim.arrivals import random_stream

if TYPE_CHECKING:
    from collections.abc import Generator

    import simpy

    from qsched.model import FailureRate
    from qsched.sim.engine import Simulation
    from qsched.sim.qpu import Qpu


def break_down(sim: Simulation) -> None:
    """Let the devices of a run break down as its fleet says, each from a stream of its own."""
    for name, rate in sorted(sim.fleet.failures.items()):
        sim.spawn(_fail(sim, sim.qpu(name), rate))


def _fail(sim: Simulation, qpu: Qpu, rate: FailureRate) -> Generator[simpy.Event, None, None]:
    """Break down and be repaired, again and again, as long as there is a job that may run.

    A breakdown ends the jobs that run there, with all their parts; they wait again,
    or have FAILED when they have been tried often enough.
    """
    env, log = sim.env, sim.log
    stream = random_stream(sim.seed, f"failures/{qpu.name}")
    while True:
        yield env.timeout(float(stream.exponential(rate.mtbf_s)))
        if sim.upkeep.is_over():
            if sim.upkeep.is_in_vain:
                qpu.close()  # else breakdowns given up would let in who waited for all to end
            return
        log.event(env.now, EventKind.BROKEN_DOWN, qpu.index)
        qpu.close()
        for running in [job for job in sim.running.values() if qpu in job.qpus]:
            sim.abort(running, f"{qpu.name} broke down")
        sim.changed()
        yield env.timeout(float(stream.exponential(rate.mttr_s)))
        log.event(env.now, EventKind.REPAIRED, qpu.index)
        qpu.open()
        sim.changed()
