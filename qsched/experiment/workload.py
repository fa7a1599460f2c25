"""Files and folders -> the jobs of a run, with everything that is wrong with them at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import BadInputs, ConfigError, InputError, raise_all
from qsched.experiment.jobs import job_of_circuit
from qsched.experiment.sources import find_files
from qsched.io.job_tables import SUFFIXES as TABLE_SUFFIXES
from qsched.io.job_tables import scan_job_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from qsched.experiment.sources import SourceFile
    from qsched.model import CircuitProfile, Job


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """The jobs of a run, and what could not be one.

    Attributes:
        jobs: Jobs with distinct ids, in the order of the sources, at least one.
        origins: The file that each job is from, as long as ``jobs``.
        errors: What was left out; empty unless it was asked to leave out what is bad.
    """

    jobs: tuple[Job, ...]
    origins: tuple[Path, ...]
    errors: tuple[InputError, ...] = ()


class _Circuit(NamedTuple):
    """A circuit of a file, and the ids that it may get, the shortest first."""

    profile: CircuitProfile
    ids: tuple[str, ...]


def load_workload(
    sources: Iterable[str | Path],
    *,
    shots: int | None = None,
    skip_bad: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Workload:
    """Read circuits and job tables.

    A circuit's job id is the name of its file without the suffix; of two that
    would get the same, the path in the source tells them apart.

    Args:
        sources: Circuit files (``.qasm``, ``.qasm3``, ``.qpy``), folders of them, searched to any
            depth, and job tables (``.csv``, ``.json``, ``.jsonl``).
        shots: Repetitions of every job; without it circuits take 4,096 and rows their own.
        skip_bad: Leave out files and rows that cannot be used instead of refusing them.
        progress: Called with files read and files to read, after each.

    Raises:
        InputError: Something cannot be used, or nothing at all is left.
        BadInputs: Several things cannot be used; all are listed.
    """
    errors: list[InputError] = []
    files = find_files(map(Path, sources), errors)
    read: list[tuple[Path, list[Job] | list[_Circuit]]] = []
    for number, file in enumerate(files, 1):
        try:
            read.append((file.path, _read(file, shots, errors)))
        except BadInputs as bad:
            errors += bad.errors
        except InputError as error:
            errors.append(error)
        if progress is not None:
            progress(number, len(files))
    jobs, origins = _jobs(read, shots, errors)
    if not jobs or not skip_bad:
        raise_all(errors)
    if not jobs:
        raise ConfigError("no circuit and no job table given", remedy="name at least one")
    return Workload(jobs=tuple(jobs), origins=tuple(origins), errors=tuple(errors))


def _read(
    file: SourceFile, shots: int | None, errors: list[InputError]
) -> list[Job] | list[_Circuit]:
    """Read one file; what is wrong with single rows of a table goes to ``errors``."""
    if file.path.suffix.lower() in TABLE_SUFFIXES:
        jobs, bad_rows = scan_job_table(file.path, shots_default=shots)
        errors += bad_rows
        return jobs if shots is None else [replace(job, shots=shots) for job in jobs]
    from qsched.io.circuits import read_circuits  # noqa: PLC0415 - it imports Qiskit

    profiles = read_circuits(file.path)
    ids = (file.path.stem, file.label, file.path.as_posix())
    if len(profiles) == 1:
        return [_Circuit(profiles[0], ids)]
    return [
        _Circuit(profile, tuple(f"{job_id}[{index}]" for job_id in ids))
        for index, profile in enumerate(profiles)
    ]


def _jobs(
    read: Sequence[tuple[Path, list[Job] | list[_Circuit]]],
    shots: int | None,
    errors: list[InputError],
) -> tuple[list[Job], list[Path]]:
    """Give every job an id of its own; two tables that share ids go to ``errors``."""
    taken: dict[str, Path] = {}
    circuits: list[_Circuit] = []
    twice: Counter[tuple[Path, Path]] = Counter()
    for path, items in read:
        for item in items:
            if isinstance(item, _Circuit):
                circuits.append(item)
            elif taken.setdefault(item.job_id, path) is not path:
                twice[taken[item.job_id], path] += 1
    for (first, second), number in twice.items():
        errors.append(
            ConfigError(
                f"{number} of its job ids are in {first}, too",
                remedy="give every job its own, or run the tables one by one",
                source=str(second),
            )
        )
    ids = iter(_circuit_ids([circuit.ids for circuit in circuits], set(taken)))
    jobs, origins = [], []
    for path, items in read:
        for item in items:
            if isinstance(item, _Circuit):
                jobs.append(job_of_circuit(item.profile, job_id=next(ids), shots=shots))
            elif taken[item.job_id] is path:
                jobs.append(item)
            else:
                continue
            origins.append(path)
    return jobs, origins


def _circuit_ids(candidates: Sequence[tuple[str, ...]], taken: set[str]) -> list[str]:
    """Return an id for each circuit: its first candidate that no other has, else a number."""
    ids: dict[int, str] = {}
    for level in zip(*candidates, strict=True):
        uses = Counter(level)
        for index, job_id in enumerate(level):
            if index not in ids and uses[job_id] == 1 and job_id not in taken:
                ids[index] = job_id
                taken.add(job_id)
    for index, names in enumerate(candidates):
        if index not in ids:
            numbered = (f"{names[0]}#{number}" for number in count(1))
            ids[index] = next(job_id for job_id in numbered if job_id not in taken)
            taken.add(ids[index])
    return [ids[index] for index in range(len(candidates))]
