"""The learning curve: a row for each update of the weights, appended as it happens."""

from __future__ import annotations

import csv
import io
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from qsched.errors import InputError, OutputError
from qsched.files import read_text, write_text_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


class CurveRow(NamedTuple):
    """One update of the weights; ``None`` where there is nothing to report.

    Attributes:
        timesteps: Steps so far, those of all environments together.
        mean_reward: Mean sum of rewards of the episodes that ended since the last update.
        num_episodes: How many these were.
        entropy_loss: Mean negative entropy of the policy's actions, in nats.
        policy_loss: Mean clipped surrogate loss.
        value_loss: Mean squared error of the critic.
        explained_variance: Share of the returns' variance that the critic explains, at most 1.
        approx_kl: How far the last epoch has moved the policy, in nats.
        clip_fraction: Share of actions whose probability was to move beyond the clip range.
        learning_rate: Step size of Adam.
        steps_per_second: Steps per second of wall time since the last update.
        evaluation_reward: Mean sum of rewards over the held-out episodes, without exploring.
    """

    timesteps: int
    mean_reward: float | None
    num_episodes: int
    entropy_loss: float | None
    policy_loss: float | None
    value_loss: float | None
    explained_variance: float | None
    approx_kl: float | None
    clip_fraction: float | None
    learning_rate: float | None
    steps_per_second: float | None
    evaluation_reward: float | None = None


COUNTS = ("timesteps", "num_episodes")


def write_curve(path: Path, rows: Iterable[CurveRow]) -> None:
    """Write a whole curve, all of it or nothing.

    Raises:
        OutputError: It cannot be written.
    """
    write_text_atomically(path, "".join([_line(CurveRow._fields), *map(_line, rows)]))


def append_row(path: Path, row: CurveRow) -> None:
    """Add a row to a curve that `write_curve` has begun.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        with path.open("a", encoding="utf-8", newline="") as file:
            file.write(_line(row))
    except OSError as error:
        raise OutputError(
            f"cannot write: {error.strerror}", remedy="make room there", source=str(path)
        ) from error


def read_curve(path: Path) -> list[CurveRow]:
    """Return the rows of a curve; a last line that was not written to its end is left out.

    Raises:
        InputError: The file cannot be read, or is no learning curve.
    """
    lines = read_text(path).splitlines(keepends=True)
    if lines[0] != _line(CurveRow._fields):
        raise InputError(
            "is no learning curve", remedy="give the curve.csv of a training", source=str(path)
        )
    whole = [line for line in lines[1:] if line.endswith("\n")]
    return [_row(path, number, line) for number, line in enumerate(whole, 2)]


def _row(path: Path, number: int, line: str) -> CurveRow:
    try:
        cells = dict(zip(CurveRow._fields, line.rstrip("\n").split(","), strict=True))
        return CurveRow(
            **{
                name: int(cell) if name in COUNTS else (float(cell) if cell else None)  # type: ignore[arg-type]
                for name, cell in cells.items()
            }
        )
    except ValueError as error:
        raise InputError(
            f"is no row of a learning curve: {line.strip()[:60]!r}",
            remedy="give the curve.csv of a training",
            source=str(path),
            line=number,
        ) from error


def _line(cells: Iterable[object]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(map(_cell, cells))
    return text.getvalue()


def _cell(value: object) -> object:
    """Return a number with six digits; nothing for one that is not finite."""
    if isinstance(value, float):
        return f"{value:.6g}" if isfinite(value) else None
    return value
