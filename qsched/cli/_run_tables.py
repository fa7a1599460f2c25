"""What ``qsched run`` prints for people."""

from __future__ import annotations

from itertools import islice
from math import log10
from typing import TYPE_CHECKING

from qsched.cli._text import (
    MINUTE_S,
    figure,
    fit,
    human_time,
    overhead_text,
    plural,
    region_text,
    table,
)
from qsched.model import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.table import Table

    from qsched.model import JobRecord
    from qsched.result import RunResult

MAX_JOBS = 20
MAX_NOT_DONE = 50
SMALL = 0.001
"""Below it four decimals say too little."""

PLACED = "placed #:qubits"
VERY_WIDE = 120
"""Columns from which on there is room for overheads and physical qubits, too."""

WIDE = 100
"""Columns from which on a terminal has room for all that is known of a job."""

DROPPABLE = (
    "captured",
    "submit",
    "shots",
    "overhead",
    "2q gates",
    "depth",
    "QV",
    "error score",
    "start",
    "qubits",
)
"""Columns that a narrow terminal goes without, the first to go first."""


def print_result(result: RunResult, console: Console) -> None:
    """Print summary, devices, jobs and the jobs that are not done."""
    console.print(_headline(result), style="bold")
    console.print(_settings(result))
    console.print()
    console.print(_summary_table(result))
    if result.model.clock != "seconds":
        console.print(f"Clock of model {result.model.name}: {result.model.clock}.", style="yellow")
    console.print()
    console.print(fit(_device_table(result, wide=console.width >= WIDE), console, DROPPABLE))
    console.print()
    console.print(
        fit(
            _job_table(result, wide=console.width >= WIDE, regions=console.width >= VERY_WIDE),
            console,
            DROPPABLE,
        )
    )
    more = len(result.jobs) - MAX_JOBS
    if more > 0:
        console.print(f"... and {more:,} more; use --json or --out", style="dim")
    if result.summary.num_done < result.summary.num_jobs:
        console.print()
        _print_not_done(result, console)


def _headline(result: RunResult) -> str:
    s = result.summary
    others = {
        "rejected": s.num_rejected,
        "cancelled": s.num_cancelled,
        "failed": s.num_failed,
    }
    rest = s.num_jobs - s.num_done - sum(others.values())
    words = [f"{s.num_done:,} of {plural(s.num_jobs, 'job')} done"]
    words += [f"{number:,} {what}" for what, number in others.items() if number]
    if rest:
        words.append(f"{rest:,} waiting or running")
    stopped = "Interrupted, partial records: " if result.partial else ""
    return stopped + ", ".join(words)


def _settings(result: RunResult) -> str:
    fleet = result.fleet
    return (
        f"policy {result.policy}, model {result.model.name}, discipline {result.discipline}, "
        f"broker {result.broker}, seed {result.seed}\n"
        f"fleet {fleet.name}: {plural(len(fleet.devices), 'device')}, {fleet.num_qubits:,} qubits"
    )


def _summary_table(result: RunResult) -> Table:
    s = result.summary
    seconds = result.model.clock == "seconds"

    def time(value: float | None) -> str:
        if value is None:
            return "-"
        if not seconds:
            return f"{value:,.2f}"
        return f"{value:,.2f} s" + (f" = {human_time(value)}" if value >= MINUTE_S else "")

    fidelity = "-"
    if s.mean_fidelity is not None and s.std_fidelity is not None:
        fidelity = f"{s.mean_fidelity:.5f} +/- {s.std_fidelity:.5f}"
    made = table("", "", left=2)
    made.show_header = False
    for name, value in (
        ("makespan", time(s.makespan_s)),
        ("fidelity, mean +/- std", fidelity),
        ("communication, sum", time(s.comm_time_s)),
        ("wait, mean", time(s.mean_wait_time_s)),
        ("turnaround, mean", time(s.mean_turnaround_time_s)),
    ):
        made.add_row(name, value)
    return made


def _device_table(result: RunResult, *, wide: bool) -> Table:
    made = table("#", "device", "qubits", "CLOPS", "QV", "error score", "utilisation", left=2)
    if wide:
        made.add_column("captured")
    for number, device in enumerate(result.fleet.devices, 1):
        captured = device.calibrated_at and f"{device.calibrated_at:%Y-%m-%d}"
        made.add_row(
            str(number),
            device.name,
            figure(device.num_qubits),
            figure(device.clops),
            figure(device.quantum_volume),
            figure(result.model.rates(device).error_score, 5),
            f"{result.summary.utilisation[device.name]:.1%}",
            *([captured or "-"] if wide else []),
        )
    return made


def _job_table(result: RunResult, *, wide: bool, regions: bool) -> Table:
    """Return the first jobs; of each part the device's number and qubits, or why there is none."""
    numbers = {device.name: str(n) for n, device in enumerate(result.fleet.devices, 1)}
    shown = result.jobs[:MAX_JOBS]
    fidelities = _fidelities([record.fidelity for record in shown])
    splits = any(record.cut_weight for record in shown)
    num_counts = 3 if regions or not splits else 2
    made = table(
        "job",
        "qubits",
        *(("depth", "2q gates", "shots")[:num_counts] if wide else ()),
        *(("submit",) if wide else ()),
        *(("cut", "overhead")[: 2 if regions else 1] if splits else ()),
        *("start", "finish", "fidelity"),
    )
    made.add_column(PLACED, overflow="fold", min_width=len(PLACED))
    for record, fidelity in zip(shown, fidelities, strict=True):
        counts = (record.depth, record.num_two_qubit_gates, record.shots) if wide else ()
        cut = (figure(record.cut_weight), _overhead(record))
        made.add_row(
            record.job_id,
            str(record.num_qubits),
            *map(figure, counts[:num_counts]),
            *([figure(record.submit_time_s, 1)] if wide else []),
            *(cut[: 2 if regions else 1] if splits else ()),
            figure(record.start_time_s, 1),
            figure(record.finish_time_s, 1),
            fidelity,
            " ".join(
                f"{numbers[part.device]}:{part.num_qubits}"
                + (region_text(part.qubits, "({})") if regions else "")
                for part in record.placements
            )
            or record.status.value,
        )
    return made


def _overhead(record: JobRecord) -> str:
    value = record.sampling_overhead
    return "-" if value is None else overhead_text(log10(value))


def _fidelities(values: Sequence[float | None]) -> list[str]:
    """Return a column in one style: with four decimals, or where they say too little, digits."""
    style = ".3e" if any(value and value < SMALL for value in values) else ".4f"
    return ["-" if value is None else f"{value:{style}}" for value in values]


def _print_not_done(result: RunResult, console: Console) -> None:
    """Print every job that has a reason for not being done, up to a limit."""
    made = table("not done", "qubits", "status", "reason", left=1)
    for column in made.columns[2:]:
        column.justify = "left"
    made.columns[3].no_wrap = False
    failures = _not_done(result)
    for record in islice(failures, MAX_NOT_DONE):
        made.add_row(record.job_id, str(record.num_qubits), record.status.value, record.reason)
    if made.row_count:
        console.print(fit(made, console))
    more = sum(1 for _ in failures)
    if more:
        console.print(f"... and {more:,} more; use --json or --out", style="dim")


def _not_done(result: RunResult) -> Iterator[JobRecord]:
    ended = (Status.REJECTED, Status.CANCELLED, Status.FAILED)
    return (record for record in result.jobs if record.status in ended)
