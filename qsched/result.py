"""What a run gives back: records, events, figures of merit, and ways to write them down."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from qsched._version import __version__
from qsched.errors import MissingExtraError
from qsched.files import write_text_atomically
from qsched.metrics import summarise
from qsched.policy.rules import PlacementRules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from os import PathLike

    import pandas as pd

    from qsched.estimate import CostModel
    from qsched.metrics import Summary
    from qsched.model import Event, Fleet, JobRecord

JOB_COLUMNS = (
    "job_id",
    "name",
    "status",
    "reason",
    "num_qubits",
    "depth",
    "num_two_qubit_gates",
    "shots",
    "submit_time_s",
    "start_time_s",
    "finish_time_s",
    "comm_time_s",
    "fidelity",
    "attempts",
    "fidelity_by_means",
    "cut_weight",
    "sampling_overhead",
    "wait_reason",
)
"""Columns of a job in every format; ``placements`` follows."""

HTML_ROWS = 50


@dataclass(frozen=True, kw_only=True, repr=False)
class RunResult:
    """What a run gives back.

    Attributes:
        jobs: Records in order of submission; each is made when it is read.
        events: Events in the order in which they happened.
        fleet: The devices.
        policy: Name of the policy.
        model: Cost model of the run.
        broker: Name of the broker.
        discipline: Name of the queue discipline.
        seed: Seed of the run.
        partial: Whether the run was interrupted before its end.
        rules: How circuits were split and regions chosen.
    """

    jobs: Sequence[JobRecord]
    events: Sequence[Event]
    fleet: Fleet
    policy: str
    model: CostModel
    broker: str = "parallel"
    discipline: str = "fcfs"
    seed: int = 0
    partial: bool = False
    rules: PlacementRules = field(default_factory=PlacementRules)

    def __repr__(self) -> str:
        s = self.summary
        fidelity = "-" if s.mean_fidelity is None else f"{s.mean_fidelity:.4f}"
        return (
            f"<RunResult{' (partial)' if self.partial else ''}: {s.num_done} of {s.num_jobs} jobs "
            f"done, policy {self.policy}, fleet {self.fleet.name}, makespan {s.makespan_s:,.1f} s, "
            f"mean fidelity {fidelity}>"
        )

    @cached_property
    def summary(self) -> Summary:
        """Figures of merit."""
        return summarise(
            self.jobs, {device.name: device.num_qubits for device in self.fleet.devices}
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``qsched run --json`` prints."""
        document: dict[str, Any] = {
            "version": __version__,
            "policy": self.policy,
            "model": self.model.name,
            "broker": self.broker,
            "discipline": self.discipline,
            "seed": self.seed,
            "placement": self.rules.placement,
            "partition": self.rules.partition_name,
            "communication": self.model.communication.name,
        }
        if self.partial:
            document["partial"] = True
        document["devices"] = [
            {
                "name": device.name,
                "num_qubits": device.num_qubits,
                "clops": device.clops,
                "quantum_volume": device.quantum_volume,
                "error_score": self.model.rates(device).error_score,
                "origin": device.origin,
                "calibrated_at": device.calibrated_at and device.calibrated_at.isoformat(),
            }
            for device in self.fleet.devices
        ]
        document["summary"] = self.summary.to_dict()
        document["jobs"] = [_job_to_dict(record) for record in self.jobs]
        return document

    def to_json(self, indent: int | None = 2) -> str:
        """Return the document of `to_dict` as JSON; equal runs give equal text."""
        return json.dumps(self.to_dict(), indent=indent, allow_nan=False)

    def to_csv(self, path: str | PathLike[str]) -> None:
        """Write one row for each job; placements read ``device:qubits;device:qubits``.

        Raises:
            OutputError: The file cannot be written; nothing is left half-written.
        """
        from pathlib import Path  # noqa: PLC0415 - with the one use

        write_text_atomically(Path(path), self.csv_text())

    def csv_text(self) -> str:
        """Return the text that `to_csv` writes."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([*JOB_COLUMNS, "placements"])
        writer.writerows(self._rows())
        return text.getvalue()

    def _rows(self) -> Iterator[list[object]]:
        for record in self.jobs:
            parts = ";".join(f"{part.device}:{part.num_qubits}" for part in record.placements)
            yield [*(getattr(record, column) for column in JOB_COLUMNS), parts]

    def to_pandas(self) -> pd.DataFrame:
        """Return one row for each job: the columns of `to_csv`, wait and turnaround times.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415 - optional
        except ImportError as error:
            raise MissingExtraError(
                "to_pandas needs pandas: python -m pip install 'qsched[pandas]'"
            ) from error
        frame = pd.DataFrame(self._rows(), columns=[*JOB_COLUMNS, "placements"])
        times = frame[["submit_time_s", "start_time_s", "finish_time_s"]].astype(float)
        frame["wait_time_s"] = times["start_time_s"] - times["submit_time_s"]
        frame["turnaround_time_s"] = times["finish_time_s"] - times["submit_time_s"]
        return frame

    def _repr_html_(self) -> str:
        """Return a table of the first jobs, for notebooks."""
        s = self.summary
        columns = [*JOB_COLUMNS, "placements"]
        head = "".join(f"<th>{escape(column)}</th>" for column in columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>"
            for row, _ in zip(self._rows(), range(HTML_ROWS), strict=False)
        )
        more = len(self.jobs) - HTML_ROWS
        note = f"<p>… and {more} more jobs: see <code>to_pandas()</code></p>" if more > 0 else ""
        fidelity = "no job is done" if s.mean_fidelity is None else f"{s.mean_fidelity:.4f}"
        return (
            f"<p><b>{s.num_done} of {s.num_jobs} jobs done</b> under policy "
            f"<code>{escape(self.policy)}</code>: makespan {s.makespan_s:,.1f} s, "
            f"mean fidelity {fidelity}</p>"
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"
        )


class RunInterrupted(KeyboardInterrupt):
    """Ctrl-C during a run.

    Attributes:
        result: What was done so far, marked as partial.
    """

    def __init__(self, result: RunResult) -> None:
        self.result = result
        super().__init__("the run was interrupted")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _job_to_dict(record: JobRecord) -> dict[str, Any]:
    document: dict[str, Any] = {column: getattr(record, column) for column in JOB_COLUMNS}
    document["status"] = record.status.value
    document["placements"] = [
        {
            "device": part.device,
            "num_qubits": part.num_qubits,
            "qubits": None if part.qubits is None else list(part.qubits),
            **({} if part.logical is None else {"logical": list(part.logical)}),
        }
        for part in record.placements
    ]
    return document
