"""``qsched reproduce``: the published table beside what comes out here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qsched.cli._group import report
from qsched.cli._progress import progress_bar
from qsched.errors import ConfigError, MissingExtraError, OutputError, gather, raise_all

if TYPE_CHECKING:
    from qsched.errors import InputError
    from qsched.experiment.reproduce import Reproduction
    from qsched.experiment.rlbase import Weights
    from qsched.model import Fleet, Job

FIGURE = Path("qsched-reproduce.png")


@click.command()
@click.option(
    "--jobs",
    "table",
    metavar="TABLE",
    type=click.Path(path_type=Path),
    help="Job table, e.g. the published one.  [default: a workload like it, from --seed]",
)
@click.option(
    "--calibrations",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Folder of IBM's calibration exports; the newest of each of the five devices counts.  "
    "[default: the published figures of the five]",
)
@click.option(
    "--rl-weights",
    metavar="NPZ",
    type=click.Path(path_type=Path),
    help="Weights of the published learned policy, for the row rlbase.",
)
@click.option(
    "--seed", type=click.IntRange(min=0), metavar="N", help="Seed of the workload.  [default: 0]"
)
@click.option(
    "--figure",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help=f"Where to draw the fidelity histograms (.png, .pdf, .svg).  [default: {FIGURE}]",
)
@click.option("--no-figure", is_flag=True, help="Draw nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def reproduce(
    table: Path | None,
    calibrations: Path | None,
    rl_weights: Path | None,
    seed: int | None,
    figure: Path | None,
    *,
    no_figure: bool,
    as_json: bool,
) -> None:
    """Print the published table beside what comes out here.

    The rows are the allocation modes of arXiv:2506.10889. Each is run with the
    admission rules and the arithmetic of the published code, and by the paper's
    own equations in seconds beside it.
    """
    from qsched.experiment.reproduce import (  # noqa: PLC0415 - --help stays instant
        reproduce as run_again,
    )
    from qsched.experiment.rlbase import load_rlbase  # noqa: PLC0415 - as above

    _check(table, seed, figure, no_figure=no_figure)
    errors: list[InputError] = []
    jobs: list[Job] = []
    fleets: list[Fleet] = []
    weights: Weights | None = None
    with gather(errors):
        jobs = _jobs(table, seed)
    with gather(errors):
        fleets.append(_fleet(calibrations))
    with gather(errors):
        weights = None if rl_weights is None else load_rlbase(rl_weights)
    raise_all(errors)
    with progress_bar("running") as progress:
        result = run_again(jobs, fleets[0], weights=weights, progress=progress)
    notes = _notes(result, table, seed)
    drawn = None if no_figure else _draw(result, figure)
    if as_json:
        document = result.to_dict() | {"notes": notes, "figure": drawn and str(drawn)}
        click.echo(json.dumps(document, indent=2, allow_nan=False))
    else:
        from qsched.cli._reproduce_table import print_reproduction  # noqa: PLC0415 - rich
        from qsched.cli._text import console  # noqa: PLC0415 - as above

        print_reproduction(result, notes, console())


def _check(table: Path | None, seed: int | None, figure: Path | None, *, no_figure: bool) -> None:
    """Refuse options that contradict each other, and a figure that cannot be drawn or written."""
    if table is not None and seed is not None:
        raise ConfigError(
            "both --jobs and --seed are given", remedy="a table has no seed: leave one of them"
        )
    if figure is not None and no_figure:
        raise ConfigError("both --figure and --no-figure are given", remedy="give one of them")
    if figure is not None:
        from qsched.files import check_folder  # noqa: PLC0415 - --help stays instant
        from qsched.report.figures import check_figure_path  # noqa: PLC0415 - as above

        check_figure_path(figure)
        check_folder(figure.parent)


def _jobs(table: Path | None, seed: int | None) -> list[Job]:
    if table is None:
        from qsched.experiment.paper_workload import paper_workload  # noqa: PLC0415 - as above

        return paper_workload(seed or 0)
    from qsched.io.job_tables import read_job_table  # noqa: PLC0415 - as above

    return read_job_table(table)


def _fleet(calibrations: Path | None) -> Fleet:
    from qsched.experiment.published import (  # noqa: PLC0415 - as above
        calibrated_fleet,
        published_fleet,
    )

    return published_fleet() if calibrations is None else calibrated_fleet(calibrations)


def _notes(result: Reproduction, table: Path | None, seed: int | None) -> list[str]:
    """Return what a reader must know to compare the columns."""
    from qsched.experiment.published import ARCHIVE, JOB_TABLE, REPOSITORY  # noqa: PLC0415

    notes = []
    if table is None:
        notes.append(
            f"The jobs are drawn from seed {seed or 0}, like the published ones but not the same. "
            f"The published table is {JOB_TABLE} of {REPOSITORY} ({ARCHIVE}): "
            "give it with --jobs."
        )
    elif not result.is_published_table:
        notes.append(
            f"The jobs of {table} are not the 1,000 of the published table: "
            "the published figures are of other jobs."
        )
    if any(row.run is None for row in result.rows):
        notes.append(
            "Row rlbase needs the published policy's weights: give them with --rl-weights, "
            "an .npz file of the arrays mlp_extractor.policy_net.0.weight and .bias, "
            "mlp_extractor.policy_net.2.weight and .bias, action_net.weight and .bias."
        )
    return notes + _losses(result)


def _losses(result: Reproduction) -> list[str]:
    """Return a line for each run in which jobs are not done."""
    notes = []
    for row in result.rows:
        for run in (row.run, row.paper_run):
            if run is None or run.summary.num_done == run.summary.num_jobs:
                continue
            s = run.summary
            words = [
                f"{number:,} {what}"
                for number, what in (
                    (s.num_rejected, "rejected (the published code has no path for them)"),
                    (s.num_failed, "waiting for ever for qubits that others hold"),
                    (s.num_cancelled, "cancelled"),
                )
                if number
            ]
            notes.append(
                f"{row.mode}, model {run.model.name}: {s.num_done:,} of {s.num_jobs:,} jobs done, "
                f"{', '.join(words)}; the figures are of those done."
            )
    return notes


def _draw(result: Reproduction, figure: Path | None) -> Path | None:
    """Draw the histograms; where nobody asked for them, what stands in the way is only a note."""
    from qsched.report.fidelity_histograms import fidelity_histograms  # noqa: PLC0415 - as above
    from qsched.report.figures import save_figure  # noqa: PLC0415 - as above

    path = FIGURE if figure is None else figure
    of = "the published jobs" if result.is_published_table else f"{result.num_jobs:,} other jobs"
    try:
        save_figure(
            fidelity_histograms(
                {
                    row.mode: [j.fidelity for j in row.run.jobs if j.fidelity is not None]
                    for row in result.rows
                    if row.run is not None
                },
                title=f"Fidelity of {of}, by allocation mode",
                note="model and broker icpp2025; compare Figure 6 of arXiv:2506.10889",
            ),
            path,
        )
    except (MissingExtraError, OutputError) as error:
        if figure is not None:
            raise
        report("note", f"no figure: {error}")
        return None
    report("note", f"drew the fidelity histograms (Figure 6 of the paper) into {path}")
    return path
