"""``qsched evaluate``: compare policies on the same jobs, replication by replication."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import EXIT_INTERRUPTED, report
from qsched.cli._names import complete
from qsched.cli._progress import progress_bar
from qsched.cli._run_options import discipline_option, fleet_option, model_option
from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qsched.experiment.evaluation import Evaluation
    from qsched.model import Job

PAPER = "paper"


@click.command()
@click.argument(
    "policies",
    metavar="POLICY...",
    nargs=-1,
    required=True,
    shell_complete=complete("qsched.policy:POLICIES"),
)
@click.option(
    "--jobs",
    "source",
    metavar="SOURCE|paper",
    default=PAPER,
    help="Job table, circuit or folder of circuits; or paper: jobs like those of the paper, drawn "
    "anew in each replication.  [default: paper]",
)
@click.option(
    "--num-jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="Jobs to draw in each replication.  [default: 1000; with --resample all rows]",
)
@click.option(
    "--resample",
    is_flag=True,
    help="Draw the jobs of SOURCE anew in each replication, with replacement.",
)
@fleet_option(default="paper")
@click.option(
    "--replications",
    metavar="N",
    type=click.IntRange(min=1),
    default=10,
    help="Replications, each with a seed of its own.  [default: 10]",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    metavar="N",
    default=0,
    help="Seed of the first replication; the others count on from it.  [default: 0]",
)
@model_option(default="paper")
@discipline_option(default="fcfs")
@click.option(
    "--arrivals",
    metavar="batch|poisson:RATE_PER_S|load:FRACTION",
    help="When jobs come; a load is a fraction of what the fleet can sustain at the most.  "
    "[default: the times of the table; 0 for circuits and paper]",
)
@click.option(
    "--by",
    metavar="FIGURE,...",
    help="Figures that decide who is dominated.  [default: makespan,fidelity,wait,communication]",
)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write runs.csv and evaluation.json there.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def evaluate(
    policies: tuple[str, ...],
    *,
    source: str,
    num_jobs: int | None,
    resample: bool,
    by: str | None,
    out: Path | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Compare policies on the same jobs, replication by replication.

    POLICY is a name that `qsched policies` lists, rl:DIR for one that `qsched train`
    trained, or package.module:Name. All policies meet the same jobs at the same times.
    Means over the replications come with their 95 % intervals, and policies that
    another one beats are marked.
    """
    if out is not None:
        from qsched.files import check_folder  # noqa: PLC0415 - --help stays instant

        check_folder(out)
    _check_jobs(source, num_jobs, resample=resample)
    if by is not None:
        options["by"] = [name for part in by.split(",") if (name := part.strip())]
    if source == PAPER:
        options["jobs"] = _paper_jobs(num_jobs)
    else:
        options |= {"jobs": _jobs_of(source), "resample": resample, "num_jobs": num_jobs}
    evaluation = _evaluate(policies, options)
    text = json.dumps({"jobs": source, **evaluation.to_dict()}, indent=2, allow_nan=False)
    if out is not None:
        _write(out, evaluation, text)
    if as_json:
        click.echo(text)
    else:
        from qsched.cli._evaluation_table import print_evaluation  # noqa: PLC0415 - rich
        from qsched.cli._text import console  # noqa: PLC0415 - as above

        print_evaluation(evaluation, source, console())
    if evaluation.partial:
        report("error", "interrupted: these are the replications that were complete")
        click.get_current_context().exit(EXIT_INTERRUPTED)


def _check_jobs(source: str, num_jobs: int | None, *, resample: bool) -> None:
    """Refuse options that contradict each other."""
    if source == PAPER and resample:
        raise ConfigError(
            "--resample of --jobs paper", remedy="these are drawn anew in each replication already"
        )
    if source != PAPER and num_jobs is not None and not resample:
        raise ConfigError(
            "--num-jobs of a job table", remedy="with --resample, so many of its rows are drawn"
        )


def _paper_jobs(num_jobs: int | None) -> Callable[[int], Sequence[Job]]:
    from qsched.experiment.paper_workload import NUM_JOBS, paper_workload  # noqa: PLC0415

    return lambda seed: paper_workload(seed, num_jobs or NUM_JOBS)


def _jobs_of(source: str) -> Callable[[int], Sequence[Job]]:
    """Return a function that reads the jobs when it is first asked for them.

    By then every name on the command line has been looked at.
    """

    @cache
    def read() -> Sequence[Job]:
        from qsched.experiment.workload import load_workload  # noqa: PLC0415 - it reads files

        with progress_bar("reading") as progress:
            return load_workload([Path(source)], progress=progress).jobs

    return lambda _seed: read()


def _evaluate(policies: Sequence[str], options: dict[str, Any]) -> Evaluation:
    """Evaluate to the end, or to Ctrl-C; then what is complete is there, if anything is."""
    from qsched.experiment.evaluate import evaluate as evaluate_policies  # noqa: PLC0415
    from qsched.experiment.evaluation import EvaluationInterrupted  # noqa: PLC0415

    try:
        with progress_bar("running") as progress:
            return evaluate_policies(policies, progress=progress, **options)
    except EvaluationInterrupted as stop:
        return stop.evaluation


def _write(folder: Path, evaluation: Evaluation, text: str) -> None:
    """Write the files of an evaluation, all or none; names of a partial one say so."""
    from qsched.files import write_folder  # noqa: PLC0415 - as above

    partial = ".partial" if evaluation.partial else ""
    files = {
        f"runs{partial}.csv": evaluation.csv_text(),
        f"evaluation{partial}.json": text + "\n",
    }
    write_folder(folder, files)
    report("note", f"wrote {', '.join(files)} to {folder}")
