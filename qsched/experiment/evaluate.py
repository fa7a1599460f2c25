"""Compare policies on common random numbers: replications, intervals, dominance."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from qsched.errors import ConfigError, InputError, gather, raise_all
from qsched.estimate import load_model
from qsched.experiment.dominance import FIGURES, figures_named
from qsched.experiment.evaluation import Evaluation, EvaluationInterrupted, Run
from qsched.experiment.replications import check_arrivals, make_replications, resampled
from qsched.experiment.schedule import make_fleet, schedule
from qsched.model import Status
from qsched.policy import check_fleet, load_discipline, load_policy
from qsched.sim.arrivals import check_seed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qsched.estimate import CostModel
    from qsched.experiment.replications import Replication
    from qsched.model import Fleet, Job
    from qsched.policy import AllocationPolicy
    from qsched.result import RunResult

    Progress = Callable[[int, int], None]


def evaluate(
    policies: Sequence[str] | Mapping[str, str | AllocationPolicy],
    *,
    jobs: Sequence[Job] | Callable[[int], Sequence[Job]],
    fleet: str | Path | Fleet = "paper",
    replications: int,
    seed: int = 0,
    model: str | CostModel = "paper",
    arrivals: str | None = None,
    discipline: str = "fcfs",
    resample: bool = False,
    num_jobs: int | None = None,
    by: Sequence[str] = FIGURES,
    progress: Progress | None = None,
) -> Evaluation:
    """Run policies on the same jobs at the same times, replication by replication.

    Replication ``n``, from 0, has the seed ``seed + n`` for everything that is drawn, and each
    policy meets it anew.

    Args:
        policies: Policies by name, or names to show of policies.
        jobs: The jobs, or a function of a seed that draws them for each replication, e.g.
            `qsched.experiment.paper_workload.paper_workload`.
        fleet: A fleet, the name of a shipped one or a fleet file.
        replications: How many, at least 1; intervals need 2.
        seed: Seed of the first replication.
        model: Cost model.
        arrivals: ``None`` keeps the jobs' own times; ``"batch"``; ``"poisson:RATE_PER_S"``;
            ``"load:FRACTION"``: Poisson arrivals at this fraction of `highest_rate`, which is
            that of the jobs of the replication.
        discipline: Queue discipline by name.
        resample: Draw the rows of the jobs anew in each replication, with replacement.
        num_jobs: How many to draw then; ``None``: as many as there are.
        by: Figures that dominance looks at; see `qsched.experiment.dominance`.
        progress: Called with jobs ended and jobs in all, now and then.

    Raises:
        InputError: A name or number cannot be used, or a policy gets no job done.
        BadInputs: Several cannot be used; all are listed.
        EvaluationInterrupted: Ctrl-C when at least one replication was complete.
    """
    named = _named(policies)
    found, cost_model, figures = _check(
        named,
        fleet=fleet,
        model=model,
        discipline=discipline,
        arrivals=arrivals,
        replications=replications,
        seed=seed,
        by=by,
    )
    draw = _draw(jobs, num_jobs, resample=resample)
    runs: list[Run] = []
    first: Sequence[Job] = ()
    is_repeated = True

    def evaluation(*, partial: bool) -> Evaluation:
        whole = len(runs) - len(runs) % len(named)
        return Evaluation(
            policies=tuple(named),
            runs=tuple(runs[:whole]),
            fleet=found,
            model=cost_model,
            discipline=discipline,
            arrivals=arrivals,
            seed=seed,
            is_resampled=resample,
            is_repeated=is_repeated,
            by=figures,
            partial=partial,
        )

    try:
        for replication in make_replications(
            draw, number=replications, seed=seed, arrivals=arrivals, fleet=found, model=cost_model
        ):
            size = len(replication.jobs)
            first = first or replication.jobs
            is_repeated = is_repeated and replication.jobs == first
            for name, policy in named.items():
                result = schedule(
                    replication.jobs,
                    fleet=found,
                    policy=policy,
                    model=cost_model,
                    discipline=discipline,
                    seed=replication.seed,
                    progress=_within(progress, len(runs) * size, replications * len(named) * size),
                )
                runs.append(_run(name, replication, result))
    except KeyboardInterrupt as stop:
        if len(runs) < len(named):
            raise
        raise EvaluationInterrupted(evaluation(partial=True)) from stop
    return evaluation(partial=False)


def _named(
    policies: Sequence[str] | Mapping[str, str | AllocationPolicy],
) -> Mapping[str, str | AllocationPolicy]:
    if isinstance(policies, Mapping):
        named: Mapping[str, str | AllocationPolicy] = policies
    else:
        named = dict.fromkeys(policies, "")
        if len(named) < len(policies):
            twice = next(name for name in named if list(policies).count(name) > 1)
            raise ConfigError(f"policy {twice!r} is given twice", remedy="give each once")
        named = {name: name for name in named}
    if not named:
        raise ConfigError("no policy to evaluate", remedy="name at least one")
    return named


def _check(
    policies: Mapping[str, str | AllocationPolicy],
    *,
    fleet: str | Path | Fleet,
    model: str | CostModel,
    discipline: str,
    arrivals: str | None,
    replications: int,
    seed: int,
    by: Sequence[str],
) -> tuple[Fleet, CostModel, tuple[str, ...]]:
    """Return what names stand for, having looked at everything before anything runs."""
    errors: list[InputError] = []
    fleets: list[Fleet] = []
    models: list[CostModel] = []
    figures: tuple[str, ...] = ()
    with gather(errors):
        fleets.append(make_fleet(None, fleet))
    with gather(errors):
        models.append(load_model(model))
    with gather(errors):
        load_discipline(discipline)
    with gather(errors):
        check_arrivals(arrivals)
    with gather(errors):
        check_seed(seed)
    with gather(errors):
        figures = figures_named(by)
    if replications < 1:
        errors.append(
            ConfigError(f"replications is {replications!r}", remedy="it must be 1 or more")
        )
    for policy in policies.values():
        with gather(errors):
            loaded = load_policy(policy)
            if fleets:
                check_fleet(loaded, fleets[0])
    raise_all(errors)
    return fleets[0], models[0], figures


def _draw(
    jobs: Sequence[Job] | Callable[[int], Sequence[Job]], num_jobs: int | None, *, resample: bool
) -> Callable[[int], Sequence[Job]]:
    """Return a function of a seed that returns the jobs of a replication."""
    if num_jobs is not None and not resample:
        raise ConfigError(
            "num_jobs without resample", remedy="only as many as there are can come else"
        )
    if num_jobs is not None and num_jobs < 1:
        raise ConfigError(f"num_jobs is {num_jobs!r}", remedy="it must be 1 or more")

    def draw(seed: int) -> Sequence[Job]:
        drawn = jobs(seed) if callable(jobs) else jobs
        if not drawn:
            raise ConfigError("no job to run", remedy="give at least one")
        return resampled(drawn, seed, num_jobs) if resample else drawn

    return draw


def _within(
    progress: Progress | None, before: int, total: int
) -> Callable[[int, int, float], None] | None:
    """Return the progress of a run as that of the whole evaluation."""
    if progress is None:
        return None
    return lambda ended, _submitted, _now_s: progress(before + ended, total)


def _run(policy: str, replication: Replication, result: RunResult) -> Run:
    s = result.summary
    if s.mean_fidelity is None or s.mean_wait_time_s is None:
        reason = next((record.reason for record in result.jobs if record.reason), "")
        raise ConfigError(
            f"policy {policy}: no job is done in replication {replication.number}"
            + (f", the first because: {reason}" if reason else ""),
            remedy="give jobs that fit the fleet",
        )
    return Run(
        replication=replication.number,
        seed=replication.seed,
        rate_per_s=replication.rate_per_s,
        policy=policy,
        num_jobs=s.num_jobs,
        num_done=s.num_done,
        num_rejected=s.num_rejected,
        num_failed=s.num_failed,
        num_cancelled=s.num_cancelled,
        makespan_s=s.makespan_s,
        mean_fidelity=s.mean_fidelity,
        mean_wait_time_s=s.mean_wait_time_s,
        comm_time_s=s.comm_time_s,
        not_done=frozenset(
            record.job_id for record in result.jobs if record.status is not Status.DONE
        ),
    )
