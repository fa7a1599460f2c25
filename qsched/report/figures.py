"""Figures without global state, made as objects; equal data are written as equal bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from qsched.errors import ConfigError, MissingExtraError
from qsched.files import write_bytes_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.figure import Figure

METADATA: dict[str, dict[str, Any]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    ".svg": {"Date": None, "Creator": None},
}
"""By suffix, what would differ from day to day and from version to version."""

PIXELS_PER_INCH = 160


def check_figure_path(path: Path) -> None:
    """Refuse a path that `save_figure` could not write, before there is a figure.

    Raises:
        ConfigError: The name ends in no known suffix.
        MissingExtraError: matplotlib is not installed.
    """
    if path.suffix.lower() not in METADATA:
        raise ConfigError(
            f"unknown kind of figure {path.suffix!r}",
            remedy=f"the name must end in one of {', '.join(METADATA)}",
            source=str(path),
        )
    new_figure((1.0, 1.0))


def new_figure(inches: tuple[float, float]) -> Figure:
    """Return an empty figure; it belongs to no window and to no list of figures.

    Args:
        inches: Width and height.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingExtraError(
            "figures need matplotlib: python -m pip install 'qsched[report]'"
        ) from error
    return Figure(figsize=inches, layout="constrained")


def save_figure(figure: Figure, path: Path) -> None:
    """Write a figure as PNG, PDF or SVG, all of it or nothing.

    Raises:
        OutputError: It cannot be written.
    """
    import matplotlib as mpl  # noqa: PLC0415 - optional

    suffix = path.suffix.lower()
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "qsched"}):  # else ids of an SVG are drawn at random
        figure.savefig(
            drawn, format=suffix[1:], dpi=PIXELS_PER_INCH, metadata=dict(METADATA[suffix])
        )
    write_bytes_atomically(path, drawn.getvalue())
