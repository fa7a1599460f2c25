"""``qsched inspect``: the features of circuits and job tables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qsched.cli._group import report
from qsched.cli._progress import progress_bar
from qsched.cli._split_options import split_options
from qsched.errors import ConfigError

if TYPE_CHECKING:
    from qsched.experiment.splits import SplitReport
    from qsched.experiment.workload import Workload
    from qsched.model import DeviceProfile, Job

MAX_ROWS = 100
DROPPABLE = ("pairs", "measured", "2q depth", "idle", "1q gates", "shots")
"""Columns that a narrow terminal goes without, the first to go first."""


@click.command()
@click.argument(
    "sources", metavar="SOURCE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--devices", metavar="A,B,...", help="Show the split over these devices.")
@click.option("--fleet", metavar="NAME|FILE", help="Show the split over the devices of a fleet.")
@split_options
@click.option("--seed", type=click.IntRange(min=0), metavar="N", help="Seed.  [default: 0]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option("--skip-bad", is_flag=True, help="Go on without files and rows that are bad.")
def inspect(
    sources: tuple[Path, ...],
    *,
    devices: str | None,
    fleet: str | None,
    as_json: bool,
    skip_bad: bool,
    **options: Any,
) -> None:
    """Show the features of circuits and job tables.

    SOURCE is as for `qsched run`. Gates on three or more qubits and composite or
    custom gates are counted as the one- and two-qubit gates that they stand for.

    With --devices or --fleet, the split of each circuit over these devices, when they
    are idle, is shown too: its parts, cut gates, sampling overhead and regions.
    """
    over = _devices(devices, fleet, options)
    from qsched.experiment.workload import load_workload  # noqa: PLC0415 - `--help` stays instant

    with progress_bar("reading") as progress:
        workload = load_workload(_expand(sources), skip_bad=skip_bad, progress=progress)
    for error in workload.errors:
        report("warning", f"skipped: {error}")
    reports = _reports(workload, over, options)
    if as_json:
        from qsched._version import __version__  # noqa: PLC0415 - as above

        jobs = [
            _facts(job, origin) for job, origin in zip(workload.jobs, workload.origins, strict=True)
        ]
        for facts, found in zip(jobs, reports, strict=False):
            facts["partition"] = None if found is None else found.to_dict()
        click.echo(json.dumps({"version": __version__, "jobs": jobs}, indent=2))
    else:
        _print_table(workload)
        if over:
            _print_splits(workload, reports)


def _devices(
    devices: str | None, fleet: str | None, options: dict[str, Any]
) -> tuple[DeviceProfile, ...]:
    """Return the devices to split over; none if none are named."""
    given = sorted(name.replace("_", "-") for name, value in options.items() if value is not None)
    if devices is None and fleet is None:
        if given:
            raise ConfigError(
                f"--{given[0]} says how to split, and there are no devices",
                remedy="add --devices or --fleet",
            )
        return ()
    from qsched.experiment.schedule import make_fleet  # noqa: PLC0415 - as above

    names = None
    if devices is not None:
        names = [name for part in devices.split(",") if (name := part.strip())]
    return make_fleet(names, fleet).devices


def _reports(
    workload: Workload, devices: tuple[DeviceProfile, ...], options: dict[str, Any]
) -> list[SplitReport | None]:
    """Return the split of each job; nothing when no devices are named."""
    if not devices:
        return []
    from qsched.experiment.splits import report_splits  # noqa: PLC0415 - as above
    from qsched.policy.rules import PlacementRules, default_placement  # noqa: PLC0415 - as above

    given = {key: value for key, value in options.items() if value is not None}
    communication, seed = given.pop("communication", "paper"), given.pop("seed", 0)
    given.setdefault("placement", default_placement(devices, workload.jobs))
    rules = PlacementRules(**given)
    return report_splits(workload.jobs, devices, rules, communication=communication, seed=seed)


def _print_splits(workload: Workload, reports: list[SplitReport | None]) -> None:
    """Print the split of each circuit."""
    from qsched.cli._text import (  # noqa: PLC0415 - as above
        console,
        figure,
        overhead_text,
        region_text,
        table,
    )

    out = console()
    made = table("job", "parts", "cut 2q gates", "overhead", "feasible")
    made.add_column("device:qubits (region)", overflow="fold")
    reasons = []
    for job, found in list(zip(workload.jobs, reports, strict=True))[:MAX_ROWS]:
        if found is None:
            continue
        made.add_row(
            job.job_id,
            figure(len(found.plan)),
            figure(found.cut_weight),
            "-" if found.log10_overhead is None else overhead_text(found.log10_overhead),
            "yes" if found.feasible else "no",
            " ".join(
                f"{part.device}:{part.num_qubits}" + region_text(part.qubits) for part in found.plan
            ),
        )
        if found.reason:
            reasons.append(f"{job.job_id}: {found.reason}")
    out.print()
    out.print(made)
    for reason in reasons:
        out.print(reason, style="yellow")


def _expand(sources: tuple[Path, ...]) -> list[Path]:
    """Return the sources, those of a scenario file in its place."""
    from qsched.config import read_scenario  # noqa: PLC0415 - as above

    return [
        inner
        for source in sources
        for inner in (
            read_scenario(source).sources if source.suffix.lower() == ".toml" else (source,)
        )
    ]


def _facts(job: Job, origin: Path) -> dict[str, Any]:
    """Return what is known of a job; only a circuit has a profile."""
    facts: dict[str, Any] = {
        "job_id": job.job_id,
        "name": job.name,
        "source": str(origin),
        "num_qubits": job.num_qubits,
        "depth": job.depth,
        "num_two_qubit_gates": job.num_two_qubit_gates,
        "shots": job.shots,
        "priority": job.priority,
        "submit_time_s": job.submit_time_s,
    }
    if job.circuit is not None:
        circuit = job.circuit
        facts |= {
            "num_active_qubits": circuit.num_active_qubits,
            "num_idle_qubits": circuit.num_idle_qubits,
            "two_qubit_depth": circuit.two_qubit_depth,
            "num_one_qubit_gates": circuit.num_one_qubit_gates,
            "num_measurements": circuit.num_measurements,
            "interactions": [list(pair) for pair in circuit.interactions],
        }
    return facts


def _counts(job: Job) -> tuple[int | None, ...]:
    """Return the columns of the table; a row of a job table knows fewer of them."""
    circuit = job.circuit
    if circuit is None:
        unknown = None
        return (
            job.num_qubits, unknown, job.depth, unknown, unknown, job.num_two_qubit_gates,
            unknown, unknown, job.shots,
        )  # fmt: skip
    return (
        circuit.num_qubits,
        circuit.num_idle_qubits,
        circuit.depth,
        circuit.two_qubit_depth,
        circuit.num_one_qubit_gates,
        circuit.num_two_qubit_gates,
        circuit.num_measurements,
        len(circuit.interactions),
        job.shots,
    )


def _print_table(workload: Workload) -> None:
    from qsched.cli._text import console, figure, fit, table  # noqa: PLC0415 - as above

    out = console()
    made = table(
        "job",
        "qubits",
        "idle",
        "depth",
        "2q depth",
        "1q gates",
        "2q gates",
        "measured",
        "pairs",
        "shots",
    )
    for job in workload.jobs[:MAX_ROWS]:
        made.add_row(job.job_id, *map(figure, _counts(job)))
    out.print(fit(made, out, DROPPABLE))
    more = len(workload.jobs) - MAX_ROWS
    if more > 0:
        out.print(f"... and {more:,} more; use --json", style="dim")
