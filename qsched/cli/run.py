"""``qsched run``: schedule circuits or job tables and score the schedule."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import EXIT_INTERRUPTED, report
from qsched.cli._names import complete, complete_with
from qsched.cli._progress import progress_bar
from qsched.cli._run_options import discipline_option, fleet_option, model_option
from qsched.cli._scenario import scenario_of
from qsched.cli._split_options import split_options

if TYPE_CHECKING:
    from qsched.config import Scenario
    from qsched.model import Fleet, Job
    from qsched.result import RunResult


@click.command()
@click.argument(
    "sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option(
    "--devices",
    metavar="A,B,...",
    help="Devices, by name or file, instead of a fleet.",
    shell_complete=complete_with("qsched.io.lookup:snapshot_names", several=True),
)
@fleet_option()
@click.option(
    "--policy",
    metavar="NAME",
    help="Where jobs go: see `qsched policies`; rl:PATH is a trained one.  [default: speed]",
    shell_complete=complete("qsched.policy:POLICIES"),
)
@model_option()
@discipline_option()
@click.option(
    "--broker",
    metavar="NAME",
    help="parallel splits jobs over QPUs, serial does not.  [default: parallel]",
    shell_complete=complete("qsched.sim.brokers:BROKERS"),
)
@click.option(
    "--shots",
    type=click.IntRange(min=1),
    metavar="N",
    help="Shots of every job.  [default: those of the table; 4096 for circuits]",
)
@click.option(
    "--arrivals",
    metavar="batch|poisson:RATE_PER_S",
    help="When jobs come.  [default: the times of the table; 0 for circuits]",
)
@split_options
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed.  [default: 0]")
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Write jobs.csv, events.csv, summary.json and result.json there.",
)
@click.option(
    "--max-age", metavar="AGE", help="Refuse devices whose calibration is older: 12h, 7d, 2w."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--skip-bad", is_flag=True, help="Go on without files and rows that are bad.")
def run(
    sources: tuple[Path, ...],
    *,
    as_json: bool,
    skip_bad: bool,
    out: Path | None,
    max_age: str | None,
    **options: Any,
) -> None:
    """Schedule circuits or job tables and score the schedule.

    SOURCE is a circuit (.qasm, .qasm3, .qpy), a folder of circuits, a job table
    (.csv, .json, .jsonl), or one scenario (.toml), whose keys the options override.
    """
    from qsched.experiment.scenario import check_scenario  # noqa: PLC0415 - --help stays instant
    from qsched.files import check_folder  # noqa: PLC0415 - as above

    scenario = scenario_of(sources, {**options, "out": out})
    fleet = check_scenario(scenario)
    if max_age is not None:
        from qsched.io.age import check_age, parse_age  # noqa: PLC0415 - as above

        check_age(fleet.devices, parse_age(max_age))
    if scenario.out is not None:
        check_folder(scenario.out)
    jobs = _jobs(scenario, skip_bad=skip_bad)
    result = _run(scenario, fleet, jobs)
    text = ""
    if as_json or scenario.out is not None:
        text = _write(result, scenario.out)
    if as_json:
        click.echo(text)
    else:
        from qsched.cli._run_tables import print_result  # noqa: PLC0415 - it imports rich
        from qsched.cli._text import console  # noqa: PLC0415 - as above

        print_result(result, console())
    if result.partial:
        report("error", "interrupted: these are partial records")
        click.get_current_context().exit(EXIT_INTERRUPTED)


def _jobs(scenario: Scenario, *, skip_bad: bool) -> tuple[Job, ...]:
    from qsched.experiment.workload import load_workload  # noqa: PLC0415 - as above

    with progress_bar("reading") as progress:
        workload = load_workload(
            scenario.sources, shots=scenario.shots, skip_bad=skip_bad, progress=progress
        )
    for error in workload.errors:
        report("warning", f"skipped: {error}")
    return workload.jobs


def _run(scenario: Scenario, fleet: Fleet, jobs: tuple[Job, ...]) -> RunResult:
    """Run to the end, or to Ctrl-C; then the result is partial."""
    from qsched.experiment.scenario import run_scenario  # noqa: PLC0415 - as above
    from qsched.sim import RunInterrupted  # noqa: PLC0415 - as above

    try:
        with progress_bar("running") as progress:
            return run_scenario(
                scenario,
                fleet=fleet,
                jobs=jobs,
                progress=lambda ended, _submitted, _now_s: progress(ended, len(jobs)),
            )
    except RunInterrupted as stop:
        return stop.result


def _write(result: RunResult, folder: Path | None) -> str:
    """Return the JSON of a result, and write it into a folder, all of its files or none."""
    from qsched.cli._files import document_text, result_files  # noqa: PLC0415 - as above
    from qsched.files import write_folder  # noqa: PLC0415 - as above

    if result.partial:  # whoever pressed Ctrl-C waits for the prompt
        report("note", "interrupted: writing partial records...")
    document = result.to_dict()
    text = document_text(document)
    if folder is not None:
        files = result_files(result, document, text)
        write_folder(folder, files)
        report("note", f"wrote {', '.join(files)} to {folder}")
    return text
