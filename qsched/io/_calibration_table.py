"""The text of an IBM calibration export -> cells by column and qubit, and what is wrong with it."""

from __future__ import annotations

import csv
import io
import re
from math import inf
from typing import NamedTuple

from qsched.errors import CalibrationError, raise_all

MAX_ERRORS = 50
"""An export with more errors than this is not read further."""

MAX_QUBITS = 100_000

REQUIRED = ("Qubit", "T1 (us)", "T2 (us)", "Readout assignment error", "(sx) error")
"""Columns that every export has; IBM writes the last as "√x (sx) error"."""

TWO_QUBIT = ("ECR", "CZ", "CNOT")
"""Native two-qubit gates; the first whose column ``"... error"`` there is counts."""

_PAIR = re.compile(r"\s*(\d{1,9})_(\d{1,9})\s*:\s*(\S+)\s*")

Pair = tuple[int, int]


class Entry(NamedTuple):
    """One ``a_b:value`` of a list cell: a directed pair of qubits and a value in its unit."""

    pair: Pair
    value: float


class Table:
    """The rows of one export, by qubit; every problem is noted, none raised but the last.

    Args:
        text: Content of the file.
        source: File, for messages.

    Raises:
        CalibrationError: The text is no calibration export, or has one error.
        BadInputs: It has several; all are listed.
    """

    def __init__(self, text: str, source: str) -> None:
        self._source = source
        self._errors: list[CalibrationError] = []
        self._columns: dict[str, int] = {}
        self._lines: dict[int, int] = {}
        self._rows: dict[int, list[str]] = {}
        self._read(text)
        self.finish()
        self.num_qubits = len(self._rows)

    def has(self, column: str) -> bool:
        """Tell whether there is such a column."""
        return column in self._columns

    def names(self) -> list[str]:
        """Return the names of the columns, without blanks around them."""
        return list(self._columns)

    def refuse(
        self, problem: str, *, remedy: str = "export it again", line: int | None = None
    ) -> None:
        """Note one thing that is wrong.

        Raises:
            BadInputs: It is the last that is worth listing.
        """
        self._errors.append(
            CalibrationError(problem, remedy=remedy, source=self._source, line=line)
        )
        if len(self._errors) == MAX_ERRORS:
            self._errors.append(
                CalibrationError(
                    f"{MAX_ERRORS} errors so far, the rest is not read", source=self._source
                )
            )
            self.finish()

    def finish(self) -> None:
        """Raise what was noted, if anything was.

        Raises:
            CalibrationError: One thing is wrong.
            BadInputs: Several things are.
        """
        raise_all(self._errors)

    def numbers(self, column: str, *, top: float = inf) -> list[float | None]:
        """Return a column as numbers in its unit by qubit; an empty cell is ``None``.

        Args:
            column: Name of the column; all ``None`` if there is none.
            top: Largest value that can be.
        """
        return [
            self._number(self._rows[q][self._columns[column]], column, q, top)
            if self.has(column)
            else None
            for q in range(self.num_qubits)
        ]

    def flags(self, column: str) -> list[bool]:
        """Return a column of true and false by qubit; an empty cell, or no column, is true."""
        values = []
        for qubit in range(self.num_qubits):
            cell = self._cell(column, qubit).lower()
            if cell not in {"", "true", "false"}:
                self._refuse_cell(column, qubit, cell, "it must be true or false")
            values.append(cell != "false")
        return values

    def entries(self, column: str, *, top: float = inf) -> list[Entry]:
        """Return all ``a_b:value`` entries of a column, in the order of the file."""
        found = []
        seen: dict[Pair, float] = {}
        for qubit in self._rows:
            for part in self._cell(column, qubit).split(";"):
                if part.strip() and (entry := self._entry(part, column, qubit, top)):
                    if seen.setdefault(entry.pair, entry.value) != entry.value:
                        a, b = entry.pair
                        self._refuse_cell(
                            column, qubit, part, f"{a}_{b} is there with another value"
                        )
                    found.append(entry)
        return found

    def _cell(self, column: str, qubit: int) -> str:
        return self._rows[qubit][self._columns[column]].strip() if self.has(column) else ""

    def _entry(self, part: str, column: str, qubit: int, top: float) -> Entry | None:
        match = _PAIR.fullmatch(part)
        if match is None:
            self._refuse_cell(column, qubit, part, "it must be a_b:value;...")
            return None
        pair = (int(match[1]), int(match[2]))
        if pair[0] == pair[1] or max(pair) >= self.num_qubits:
            self._refuse_cell(
                column, qubit, part, f"there are {self.num_qubits} qubits: is the file cut off?"
            )
            return None
        value = self._number(match[3], column, qubit, top)
        return None if value is None else Entry(pair, value)

    def _number(self, cell: str, column: str, qubit: int, top: float) -> float | None:
        cell = cell.strip()
        if not cell:
            return None
        try:
            value = float(cell) if "_" not in cell else inf
        except ValueError:
            value = inf
        if 0.0 <= value <= top and value < inf:
            return value
        allowed = "0 or more" if top == inf else f"0 to {top:g}"
        self._refuse_cell(column, qubit, cell, f"it must be a number, {allowed}")
        return None

    def _refuse_cell(self, column: str, qubit: int, cell: str, remedy: str) -> None:
        shown = cell if len(cell) <= 40 else cell[:40] + "..."  # noqa: PLR2004 - a short line
        self.refuse(
            f"column {column!r} of qubit {qubit} is {shown!r}",
            remedy=remedy,
            line=self._lines[qubit],
        )

    def _read(self, text: str) -> None:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        try:
            self._read_header(next(reader, []))
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    self._read_row(cells, reader.line_num)
        except csv.Error as error:
            cut = "end of data" in str(error)
            remedy = "is the file cut off?" if cut else "part cells by commas, close every quote"
            self.refuse(f"no CSV: {error}", remedy=remedy, line=max(reader.line_num, 1))
            return
        if not self._rows:
            self.refuse("has no rows", remedy="is the file cut off?")
        if missing := sorted(set(range(len(self._rows))) - set(self._rows)):
            self.refuse(
                f"qubit {missing[0]} is missing, but there are {len(self._rows)} rows",
                remedy="is the file cut off?",
            )

    def _read_header(self, cells: list[str]) -> None:
        names = [cell.strip() for cell in cells]
        sx = [name for name in names if name.endswith("(sx) error")]
        names = ["(sx) error" if name in sx else name for name in names]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            self.refuse(f"column {twice[0]!r} is there twice", line=1)
        missing = [name for name in REQUIRED if name not in names]
        if not any(f"{gate} error" in names for gate in TWO_QUBIT):
            missing.append(" or ".join(f"{gate} error" for gate in TWO_QUBIT))
        if missing:
            found = ", ".join(names)
            found = found if len(found) <= 80 else found[:80] + "..."  # noqa: PLR2004 - as above
            what = " and no column ".join(repr(name) for name in missing)
            self.refuse(
                f"no column {what}",
                remedy=f"give a calibration export of IBM; the columns are {found!r}",
                line=1,
            )
        self.finish()
        self._columns = {name: index for index, name in enumerate(names)}

    def _read_row(self, cells: list[str], line: int) -> None:
        if len(cells) != len(self._columns):
            self.refuse(
                f"{len(cells)} cells under {len(self._columns)} columns",
                remedy="is the file cut off?",
                line=line,
            )
            return
        cell = cells[self._columns["Qubit"]].strip()
        qubit = int(cell) if cell.isascii() and cell.isdigit() and len(cell) < 10 else -1  # noqa: PLR2004
        if not 0 <= qubit < MAX_QUBITS:
            self.refuse(
                f"column 'Qubit' is {cell[:40]!r}", remedy="it must count from 0", line=line
            )
        elif qubit in self._rows:
            self.refuse(
                f"qubit {qubit} is there twice, first on line {self._lines[qubit]}", line=line
            )
        else:
            self._rows[qubit] = cells
            self._lines[qubit] = line
