"""Jobs on their way in: they arrive, are refused or join the queue, and may be withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qsched.errors import JobTableError, SimulationError
from qsched.model import EventKind
from qsched.sim.clock import step_towards

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    import simpy

    from qsched.model import Job
    from qsched.sim.engine import Simulation


class Admission:
    """The way of a run's jobs into its queue.

    Attributes:
        is_closed: Whether all jobs have been submitted.
        num_to_withdraw: Jobs whose time of cancellation is still to come.
    """

    def __init__(self, sim: Simulation) -> None:
        self._sim = sim
        self._row_of: dict[str, int] = {}
        self.is_closed = False
        self.num_to_withdraw = 0

    def row_of(self, job_id: str) -> int:
        """Return the row of a submitted job.

        Raises:
            SimulationError: No such job was submitted.
        """
        row = self._row_of.get(job_id)
        if row is None:
            raise SimulationError(f"no job {job_id!r} was submitted")
        return row

    def arrive(self, jobs: Iterable[Job]) -> Generator[simpy.Event, None, None]:
        """Submit each job at its time, as a SimPy process.

        Raises:
            JobTableError: An iterator yields a job earlier than the one before, or an id twice.
        """
        env = self._sim.env
        last_s = 0.0
        for job in self._sim.broker.arrivals(jobs):
            time_s = job.submit_time_s
            while env.now < time_s:
                yield env.timeout(step_towards(env.now, time_s))
            if time_s < last_s:
                raise JobTableError(
                    f"job {job.job_id}: submitted at {time_s!r} s, after a job of {last_s!r} s",
                    remedy="yield jobs in the order of submit_time_s, or give a list",
                )
            last_s = time_s
            self._submit(job)
        self.is_closed = True

    def _submit(self, job: Job) -> None:
        sim = self._sim
        log, now_s = sim.log, sim.env.now
        row = len(log.jobs)
        if self._row_of.setdefault(job.job_id, row) != row:
            raise JobTableError(
                f"job id {job.job_id!r} was submitted twice", remedy="give each job its own id"
            )
        log.submitted(now_s, job)
        reason = sim.broker.refuse(job)
        if reason:
            log.ended(now_s, row, EventKind.REJECTED, reason)
            sim.num_ended += 1
            return
        if job.cancel_time_s is not None:
            self.num_to_withdraw += 1
            sim.spawn(self._withdraw(row, job.cancel_time_s))
        sim.broker.submit(row, job)

    def _withdraw(self, row: int, time_s: float) -> Generator[simpy.Event, None, None]:
        sim = self._sim
        while sim.env.now < time_s:
            yield sim.env.timeout(step_towards(sim.env.now, time_s))
        running = sim.running.get(row)
        if running is not None and running.finish_time_s <= sim.env.now:
            yield sim.env.timeout(0.0)  # what ends at this very instant is done
        self.num_to_withdraw -= 1
        sim.withdraw(row)
