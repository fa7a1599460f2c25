"""The text of a job table -> rows of cells by field, and what is wrong with its form."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, NamedTuple

from qsched.errors import InputError, JobTableError
from qsched.io._job_columns import FIELD_OF, short, strange_columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_ERRORS = 1000
"""Errors of one table that are listed; the others are counted."""


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        line: Line that it starts on, counted from 1; ``None`` when the format does not say.
        where: What to call it in a message, before the problem; may be empty.
        cells: Field of `Job` to cell; a column that means nothing to qsched is ``None``.
    """

    line: int | None
    where: str
    cells: dict[str | None, object]


class TableCheck:
    """What is wrong with one table, and the columns found in it.

    Args:
        source: File, for messages.
        required: Fields that every row must have.
    """

    def __init__(self, source: str, required: Sequence[str]) -> None:
        self.required = required
        self._source = source
        self._errors: list[InputError] = []
        self._num_errors = 0
        self._layouts: dict[tuple[str, ...], list[str | None]] = {}

    def refuse(
        self, problem: str, remedy: str, *, line: int | None = None, column: int | None = None
    ) -> None:
        """Note one thing that is wrong."""
        self._num_errors += 1
        if self._num_errors <= MAX_ERRORS:
            self._errors.append(
                JobTableError(problem, remedy=remedy, source=self._source, line=line, column=column)
            )

    @property
    def errors(self) -> list[InputError]:
        """What is wrong; when that is much, the first of it and how much more there is."""
        more = self._num_errors - MAX_ERRORS
        if more <= 0:
            return self._errors
        return [*self._errors, JobTableError(f"and {more} more errors", source=self._source)]

    def fields(self, names: tuple[str, ...], line: int | None, where: str) -> list[str | None]:
        """Return the field that each column fills.

        Returns:
            One field for each name; empty when they make no table, which is noted the first time.
        """
        fields = self._layouts.get(names)
        if fields is None:
            plain = ["_".join(name.lower().split()) for name in names]
            problems = strange_columns(plain, self.required)
            fields = [] if problems else [FIELD_OF.get(name) for name in plain]
            self._layouts[names] = fields
            for problem, remedy in problems:
                self.refuse(where + problem, remedy, line=line)
        return fields


def csv_rows(text: str, check: TableCheck) -> Iterator[Row]:
    """Yield the rows of a CSV table under its header; rows without any text are skipped."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    fields: list[str | None] = []
    end = 0
    try:
        for cells in reader:
            line, end = end + 1, reader.line_num
            if not any(map(str.strip, cells)):
                continue
            if not fields:
                fields = _header(cells, line, check)
                if not fields:
                    return
            elif len(cells) != len(fields):
                check.refuse(
                    f"{len(cells)} cells under {len(fields)} columns",
                    "give each column one cell, and quote text that holds a comma",
                    line=line,
                )
            else:
                yield Row(line, "", dict(zip(fields, map(str.strip, cells), strict=True)))
    except csv.Error as problem:
        check.refuse(str(problem), "close every quote and keep cells short", line=end + 1)


def _header(cells: list[str], line: int, check: TableCheck) -> list[str | None]:
    for separator, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(cells) == 1 and separator in cells[0]:
            check.refuse(f"columns separated by {name}", "separate them by commas", line=line)
            return []
    return check.fields(tuple(cells), line, "")


def json_rows(text: str, check: TableCheck) -> Iterator[Row]:
    """Yield the jobs of a JSON document: a list of objects, or ``{"jobs": [...]}``."""
    document = _load(text, check)
    jobs = document.get("jobs") if isinstance(document, dict) else document
    if isinstance(jobs, list):
        for index, job in enumerate(jobs, 1):
            yield from _object_row(job, None, f"entry {index}: ", check)
    elif document is not _BROKEN:
        found = f"an object of {', '.join(document)}" if isinstance(document, dict) else document
        check.refuse(f"found {short(found)}", 'give a list of jobs, or {"jobs": [...]}')


def json_lines_rows(text: str, check: TableCheck) -> Iterator[Row]:
    """Yield the jobs of JSON lines: one object on each line; blank lines are skipped."""
    # str.splitlines would also split at characters that may stand in a JSON string.
    for line, entry in enumerate(text.split("\n"), 1):
        if entry.strip():
            job = _load(entry, check, line)
            if job is not _BROKEN:
                yield from _object_row(job, line, "", check)


def _object_row(job: object, line: int | None, where: str, check: TableCheck) -> Iterator[Row]:
    if not isinstance(job, dict):
        check.refuse(f"{where}found {short(job)}", "give an object for each job", line=line)
    elif isinstance(job, _Twice):
        check.refuse(f"{where}key {job.key!r} is there twice", "keep one", line=line)
    elif fields := check.fields(tuple(job), line, where):
        yield Row(line, where, dict(zip(fields, job.values(), strict=True)))
    elif not job:
        check.refuse(f"{where}found an empty object", "give its columns, or remove it", line=line)


_BROKEN = object()
"""Stands for text that is no JSON, which has been noted."""


class _Twice(dict[str, Any]):
    """An object that has a key twice, of which JSON's own reader keeps the last in silence."""

    key = ""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) == len(pairs):
        return table
    twice = _Twice(table)
    keys = [key for key, _ in pairs]
    twice.key = short(next(key for key in keys if keys.count(key) > 1))
    return twice


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs)
"""One for all lines: to make a decoder takes longer than to decode a line."""


def _load(text: str, check: TableCheck, line: int | None = None) -> Any:
    """Parse JSON; ``line`` is where ``text`` stands in the file, if it is not all of it."""
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as problem:
        check.refuse(
            f"no valid JSON: {problem.msg}",
            "was it written to the end?" if problem.pos >= len(text.rstrip()) else "correct it",
            line=line or problem.lineno,
            column=problem.colno,
        )
    except RecursionError:
        check.refuse("JSON nested too deeply", "give a flat list of jobs", line=line)
    except ValueError as problem:  # an integer of more than 4,300 digits
        check.refuse(f"no valid JSON: {problem}", "shorten the number", line=line)
    return _BROKEN
