"""The published rules in the plainest way: every waiting job looks every 1.0.

Slow, and obviously what the rules say; `qsched.sim.icpp2025` must give the same
job by job. It shares no code with it but the cost model's rates.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import simpy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from qsched.estimate import CostModel
    from qsched.model import DeviceProfile, Job


class Outcome(NamedTuple):
    """What happened to one job."""

    arrival: float
    device_starts: tuple[float, ...]
    finish: float
    link_times: tuple[float, ...]


def poll(  # noqa: C901 - in one piece, so that it can be read against the rules
    jobs: Sequence[Job],
    devices: Sequence[DeviceProfile],
    model: CostModel,
    mode: str,
    *,
    shares: Callable[[Job, Sequence[int]], list[tuple[int, int]]] | None = None,
    until: float = 3e3,
) -> dict[str, Outcome]:
    """Return what happens to each job that ends before a time: some may look for ever."""
    env = simpy.Environment()
    rates = [model.rates(device) for device in devices]
    qubits = [simpy.Container(env, d.num_qubits, init=d.num_qubits) for d in devices]
    outcomes: dict[str, Outcome] = {}

    def eligible(job: Job) -> list[int]:
        return [i for i, c in enumerate(qubits) if c.level >= job.num_qubits / len(devices)]

    def choose(job: Job, found: list[int]) -> list[int]:
        if mode == "fidelity":
            ranked = sorted(found, key=lambda i: rates[i].error_score)
            return ranked[: math.ceil(job.num_qubits / max(qubits[i].level for i in found))]
        if mode == "fair":
            weights = {i: rates[i].clops / (rates[i].error_score + 1e-6) for i in found}
            return sorted(found, key=weights.__getitem__, reverse=True)
        return found

    def communicate(time: float) -> Iterator[simpy.Event]:
        yield env.timeout(time)

    def life(job: Job) -> Iterator[simpy.Event]:
        arrival, starts = env.now, []
        if shares is None:
            while len(found := eligible(job)) < 2:
                yield env.timeout(1)
            chosen = choose(job, found)
            share, extra = divmod(job.num_qubits, len(chosen))
            parts = [(i, share + (n < extra)) for n, i in enumerate(chosen)]
        else:
            parts = shares(job, [c.level for c in qubits])
        for i, count in parts:
            while shares is not None and qubits[i].level < count:
                yield env.timeout(1)
            yield qubits[i].get(count)
            starts.append(env.now)
        links = [(a + b) * 0.02 for (_, a), (_, b) in pairwise(parts)]
        for time in links:
            yield env.process(communicate(time))
        yield env.timeout(
            max(
                100
                * 10
                * job.shots
                * math.log2(rates[i].quantum_volume)
                / rates[i].clops
                / model.seconds_per_unit
                for i, _ in parts
            )
        )
        finish = env.now
        for i, count in parts:
            yield qubits[i].put(count)
        outcomes[job.job_id] = Outcome(arrival, tuple(starts), finish, tuple(links))

    def dispatch() -> Iterator[simpy.Event]:
        for job in jobs:
            yield env.timeout(max(job.submit_time_s - env.now, 0.01))
            env.process(life(job))

    env.process(dispatch())
    env.run(until=until)
    return outcomes
