"""The index of a snapshot store: a row for each file, so that none has to be read for a list."""

from __future__ import annotations

import json
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import InputError
from qsched.files import write_text_atomically
from qsched.model.device import DEAD_ERROR

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from qsched.model import DeviceProfile

INDEX = ".index.json"
VERSION = 1


class IndexRow(NamedTuple):
    """What a list shows of a snapshot, and how to tell that its file is still the same.

    Attributes:
        name: Name of the device.
        captured_at: Capture time, ISO 8601 in UTC; empty if unknown.
        file: Name of the file.
        size: Bytes of the file.
        mtime_ns: Time of its last change.
        origin: Where the numbers come from.
        num_qubits: Physical qubits.
        readout: Median readout error over what works; ``None`` if nothing is reported.
        single_qubit: Median one-qubit error, likewise.
        two_qubit: Median two-qubit error, likewise.
        num_dead_couplers: Couplers that do not work.
        asked_at: When the provider was asked, ISO 8601; empty if it was not.
    """

    name: str
    captured_at: str
    file: str
    size: int
    mtime_ns: int
    origin: str
    num_qubits: int
    readout: float | None
    single_qubit: float | None
    two_qubit: float | None
    num_dead_couplers: int
    asked_at: str


def row_of(path: Path, profile: DeviceProfile) -> IndexRow:
    """Return the row of a snapshot that has just been read or written."""
    state = path.stat()
    faulty = frozenset(profile.faulty_qubits)
    double = [e for pair, e in profile.two_qubit_error.items() if faulty.isdisjoint(pair)]
    readout, single = (
        [error for qubit, error in enumerate(errors) if qubit not in faulty]
        for errors in (profile.readout_error, profile.single_qubit_error)
    )
    when, service = profile.calibrated_at, profile.service
    return IndexRow(
        name=profile.name,
        captured_at="" if when is None else when.isoformat(),
        file=path.name,
        size=state.st_size,
        mtime_ns=state.st_mtime_ns,
        origin=profile.origin,
        num_qubits=profile.num_qubits,
        readout=working_median(readout),
        single_qubit=working_median(single),
        two_qubit=working_median(double),
        num_dead_couplers=len(profile.dead_couplers),
        asked_at="" if service is None else service.asked_at.isoformat(),
    )


def working_median(errors: Iterable[float | None]) -> float | None:
    """Return the median of what is reported and works, ``None`` of nothing."""
    known = [error for error in errors if error is not None and error < DEAD_ERROR]
    return median(known) if known else None


def load_index(folder: Path) -> dict[str, IndexRow]:
    """Return the rows of the index by file name; none if there is no index that can be used."""
    try:
        content = json.loads((folder / INDEX).read_bytes())
        if content["version"] != VERSION or content["columns"] != list(IndexRow._fields):
            return {}
        rows = [IndexRow(*row) for row in content["rows"]]
        return {row.file: row for row in rows}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def save_index(folder: Path, rows: Mapping[str, IndexRow]) -> None:
    """Write the index; where that cannot be done, the next list reads the files again."""
    content = {
        "version": VERSION,
        "columns": list(IndexRow._fields),
        "rows": [rows[file] for file in sorted(rows)],
    }
    try:
        write_text_atomically(folder / INDEX, json.dumps(content, separators=(",", ":")) + "\n")
    except InputError:
        return
