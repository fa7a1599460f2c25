"""How the calibration of a device has changed, as a figure."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from qsched.report.figures import check_figure_path, new_figure, save_figure

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

INCHES = (8.0, 5.0)


class HistoryPoint(NamedTuple):
    """One calibration.

    Attributes:
        captured_at: Capture time, ISO 8601.
        readout: Median readout error; ``None`` if not reported.
        single_qubit: Median one-qubit error, likewise.
        two_qubit: Median two-qubit error, likewise.
        num_dead_couplers: Couplers that do not work.
    """

    captured_at: str
    readout: float | None
    single_qubit: float | None
    two_qubit: float | None
    num_dead_couplers: int


def draw_history(name: str, points: Sequence[HistoryPoint], path: Path) -> None:
    """Draw median errors and dead couplers of a device over time.

    Args:
        name: Name of the device.
        points: Its calibrations, in order of time.
        path: File to write, ``.png``, ``.svg`` or ``.pdf``.

    Raises:
        MissingExtraError: matplotlib is not installed.
        ConfigError: The file is of another kind.
        OutputError: The file cannot be written.
    """
    check_figure_path(path)
    figure = new_figure(INCHES)
    errors, dead = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    times = [datetime.fromisoformat(point.captured_at) for point in points]
    for field, label in (
        ("two_qubit", "two-qubit gate"),
        ("readout", "readout"),
        ("single_qubit", "one-qubit gate"),
    ):
        values = [getattr(point, field) for point in points]
        errors.plot(times, [float("nan") if v is None else v for v in values], "o-", label=label)
    errors.set_yscale("log")
    errors.set_ylabel("median error")
    errors.set_title(name)
    errors.legend()
    errors.grid(visible=True, alpha=0.3)
    dead.step(times, [point.num_dead_couplers for point in points], "o-", where="post")
    dead.set_ylabel("dead couplers")
    dead.set_ylim(bottom=0)
    figure.autofmt_xdate()
    save_figure(figure, path)
