"""What it costs to decide on calibrations of yesterday: a scenario with drift, fresh and stale."""

from __future__ import annotations

from dataclasses import replace
from statistics import fmean
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import ConfigError
from qsched.experiment.intervals import interval
from qsched.experiment.scenario import check_scenario, run_scenario
from qsched.experiment.workload import load_workload

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qsched.config import Scenario


class Price(NamedTuple):
    """What stale calibrations cost one policy, over several seeds.

    Attributes:
        policy: The policy.
        fresh: Mean fidelity when it always sees what holds, mean over the seeds.
        stale: Mean fidelity when it sees the last refresh, likewise.
        losses: Fresh minus stale of each seed; both met the same arrivals.
        loss: Mean of the losses.
        half_width: Half of their 95 % interval; see `qsched.experiment.intervals`.
    """

    policy: str
    fresh: float
    stale: float
    losses: tuple[float, ...]
    loss: float
    half_width: float


def price_of_staleness(
    scenario: Scenario, *, policies: Iterable[str], seeds: Sequence[int]
) -> list[Price]:
    """Run a scenario with drift fresh and stale, and return the difference in mean fidelity.

    Args:
        scenario: It states ``refresh_period_s``, in its table ``[drift]``.
        policies: Policies by name.
        seeds: At least two; each is run fresh and stale, on the same arrivals.

    Raises:
        ConfigError: There are fewer than two seeds, the scenario states no refresh period, or
            no job of a run is done.
        InputError: The scenario cannot be run.
    """
    if len(seeds) < 2:  # noqa: PLR2004 - an interval needs two
        raise ConfigError(f"{len(seeds)} seeds", remedy="give two or more")
    if not scenario.drift.get("refresh_period_s"):
        raise ConfigError(
            "the scenario states no refresh period",
            remedy="give refresh_period_s above 0 in [drift]",
        )
    jobs = load_workload(scenario.sources, shots=scenario.shots).jobs
    prices = []
    for policy in policies:
        means: dict[bool, list[float]] = {True: [], False: []}
        for is_fresh in (True, False):
            drift = {**scenario.drift, "refresh_period_s": 0.0} if is_fresh else scenario.drift
            chosen = replace(scenario, policy=policy, drift=drift)
            fleet = check_scenario(chosen)
            for seed in seeds:
                result = run_scenario(replace(chosen, seed=seed), fleet=fleet, jobs=jobs)
                mean = result.summary.mean_fidelity
                if mean is None:
                    raise ConfigError("no job is done", remedy="give jobs that fit the fleet")
                means[is_fresh].append(mean)
        prices.append(_price(policy, means[True], means[False]))
    return prices


def _price(policy: str, fresh: Sequence[float], stale: Sequence[float]) -> Price:
    losses = tuple(a - b for a, b in zip(fresh, stale, strict=True))
    loss, half_width = interval(losses)
    return Price(policy, fmean(fresh), fmean(stale), losses, loss, half_width or 0.0)
