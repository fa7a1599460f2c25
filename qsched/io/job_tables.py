"""Job tables: CSV, JSON and JSON lines, read and written without Qiskit or pandas.

A table has a row for each job::

    job_id,num_qubits,depth,num_two_qubit_gates,shots,priority,submit_time_s
    1,180,12,431,40000,0,0

``two_qubits``, ``num_shots`` and ``arrival_time`` are accepted for the columns
of the same meaning. ``job_id`` (the number of the row), ``priority`` (0),
``submit_time_s`` (0), ``name`` and ``cancel_time_s`` (never) may be left out, or
their cells empty. In JSON the rows are objects, in a list or in
``{"jobs": [...]}``. Other columns are ignored.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qsched.errors import InputError, JobTableError, raise_all
from qsched.files import read_text, write_text_atomically
from qsched.io._job_columns import CONVERT, REQUIRED, short
from qsched.io._job_rows import (
    Row,
    TableCheck,
    csv_rows,
    json_lines_rows,
    json_rows,
)
from qsched.model.job import Job

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_READERS = {
    ".csv": csv_rows,
    ".json": json_rows,
    ".jsonl": json_lines_rows,
    ".ndjson": json_lines_rows,
}
SUFFIXES = tuple(_READERS)
"""Suffixes of job tables."""

WRITTEN = (
    "job_id",
    "num_qubits",
    "depth",
    "num_two_qubit_gates",
    "shots",
    "priority",
    "submit_time_s",
    "name",
    "cancel_time_s",
)
"""Columns that `write_job_table` writes."""


def read_job_table(path: str | Path, *, shots_default: int | None = None) -> list[Job]:
    """Read the jobs of a table.

    Args:
        path: File with one of the suffixes ``.csv``, ``.json``, ``.jsonl``, ``.ndjson``.
        shots_default: Shots of rows that state none, at least 1; ``None``: each row must.

    Returns:
        The jobs in the order of the file, at least one, with distinct ids.

    Raises:
        JobTableError: The file or one of its rows cannot be used.
        BadInputs: Several rows cannot be used; each has its error.
    """
    jobs, errors = scan_job_table(path, shots_default=shots_default)
    raise_all(errors)
    return jobs


def scan_job_table(
    path: str | Path, *, shots_default: int | None = None
) -> tuple[list[Job], list[InputError]]:
    """Read the rows of a table that are jobs, and what is wrong with the others.

    Args:
        path: As for `read_job_table`.
        shots_default: As for `read_job_table`.

    Returns:
        The jobs, with distinct ids, and the errors; one of the two is not empty.

    Raises:
        JobTableError: The file cannot be read at all.
    """
    path = Path(path)
    rows = _rows_reader(path)
    check = TableCheck(
        str(path), [field for field in REQUIRED if field != "shots" or shots_default is None]
    )
    jobs = _jobs(rows(read_text(path, error=JobTableError), check), check, shots_default)
    if not jobs and not check.errors:
        check.refuse("holds no job", "give it a row for each job")
    return jobs, check.errors


def _jobs(rows: Iterable[Row], check: TableCheck, shots_default: int | None) -> list[Job]:
    """Turn rows into jobs; what cannot be one is noted in ``check``."""
    jobs: list[Job] = []
    places: dict[str, int | str] = {}
    needed = frozenset(check.required)
    defaults: dict[str, Any] = {} if shots_default is None else {"shots": shots_default}
    for number, row in enumerate(rows, 1):
        try:
            job = _job(row, number, needed, defaults)
        except JobTableError as error:
            check.refuse(row.where + error.problem, error.remedy, line=row.line)
        except ValueError:
            _refuse_cells(row, needed, check)
        else:
            if (first := places.get(job.job_id)) is None:
                # A place alone: to keep the row would keep its cells, for every row.
                places[job.job_id] = row.line or row.where
                jobs.append(job)
                continue
            there = f"line {first}" if isinstance(first, int) else first.rstrip(": ")
            check.refuse(
                f"{row.where}job_id {job.job_id!r} is that of {there}, too",
                "give every job its own",
                line=row.line,
            )
    return jobs


def _job(row: Row, number: int, needed: frozenset[str], defaults: dict[str, Any]) -> Job:
    """Turn one row into a job.

    Raises:
        ValueError: A cell has no such value, or a needed one is empty.
        JobTableError: A value is out of its range.
    """
    values = defaults | {
        field: CONVERT[field](cell)
        for field, cell in row.cells.items()
        if field is not None and cell is not None and cell != ""
    }
    if not needed <= values.keys():
        raise ValueError
    values["job_id"] = values.get("job_id") or str(number)
    return Job(**values)


def _refuse_cells(row: Row, needed: frozenset[str], check: TableCheck) -> None:
    for field, cell in row.cells.items():
        if field is None:
            continue
        if cell is None or cell == "":
            if field in needed:
                check.refuse(f"{row.where}{field} is empty", "give it a number", line=row.line)
            continue
        try:
            CONVERT[field](cell)
        except ValueError as error:
            check.refuse(f"{row.where}{field} is {short(repr(cell))}", str(error), line=row.line)


def write_job_table(jobs: Iterable[Job], path: str | Path) -> None:
    """Write jobs so that `read_job_table` gives equal ones; their circuits are left out.

    Args:
        jobs: What to write.
        path: File with one of the suffixes ``.csv``, ``.json``, ``.jsonl``, ``.ndjson``; it is
            either the old one or all of the new one, whatever happens.

    Raises:
        OutputError: The file cannot be written.
        JobTableError: The suffix is another one.
    """
    path = Path(path)
    _rows_reader(path)
    rows = (
        {field: value for field in WRITTEN if (value := getattr(job, field)) not in (None, "")}
        for job in jobs
    )
    suffix = path.suffix.lower()
    if suffix == ".csv":
        file = io.StringIO()
        writer = csv.DictWriter(file, WRITTEN, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        text = file.getvalue()
    elif suffix == ".json":
        text = '{"jobs": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]}\n"
    else:
        text = "".join(json.dumps(row) + "\n" for row in rows)
    write_text_atomically(path, text)


def _rows_reader(path: Path) -> Callable[[str, TableCheck], Iterator[Row]]:
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise JobTableError(
            f"unknown kind of job table {path.suffix!r}",
            remedy="the name must end in " + ", ".join(SUFFIXES),
            source=str(path),
        )
    return reader
