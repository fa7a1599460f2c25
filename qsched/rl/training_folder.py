"""The folder of a training: begun, gone on with, or refused, before there is anything to write."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from qsched.errors import ConfigError, InputError, OutputError
from qsched.files import check_folder
from qsched.policy.learned.weights import load_weights
from qsched.rl.checkpoints import FOLDER, Standing, load_checkpoint
from qsched.rl.curve import CurveRow, read_curve, write_curve

if TYPE_CHECKING:
    from pathlib import Path

    from qsched.rl.settings import Settings

CURVE_FILE = "curve.csv"
BOARD_FOLDER = "tensorboard"
FILES = ("policy.npz", "policy.json", CURVE_FILE, "curve.png", "curve.svg")
FOLDERS = (FOLDER, BOARD_FOLDER)


def prepare(
    out: Path, settings: Settings, *, resume: bool, force: bool
) -> tuple[Standing, list[CurveRow]]:
    """Return where a training stands, and its curve so far.

    Args:
        out: Its folder.
        settings: What defines it.
        resume: Go on with the one that is there.
        force: Remove one that is there.

    Raises:
        ConfigError: There is one and neither is asked for, both are, there is none to go on
            with, it has other settings, or its best policy is lost for good.
        InputError: Its last checkpoint or its curve cannot be read.
        OutputError: Nothing can be written there.
    """
    if resume and force:
        raise ConfigError("both resume and force are given", remedy="give one of them")
    check_folder(out)
    if resume:
        return _resumed(out, settings)
    if force:
        _clear(out)
    elif any((out / name).exists() for name in (FOLDER, "policy.npz")):
        raise ConfigError(
            "holds a training",
            remedy="go on with it (--resume), remove it (--force), or give another folder",
            source=str(out),
        )
    return Standing(), []


def _resumed(out: Path, settings: Settings) -> tuple[Standing, list[CurveRow]]:
    checkpoint = load_checkpoint(out)
    wanted = settings.to_dict()
    if other := sorted(key for key in wanted if checkpoint.settings.get(key) != wanted[key]):
        key = other[0]
        raise ConfigError(
            f"holds a training with other settings: {', '.join(other)} "
            f"(there {_short(checkpoint.settings.get(key))}, here {_short(wanted[key])})",
            remedy="give the same as there, or another folder",
            source=str(out),
        )
    standing = _with_policy(out, checkpoint.standing)
    rows = [row for row in _rows(out / CURVE_FILE) if row.timesteps <= standing.timesteps]
    write_curve(out / CURVE_FILE, rows)
    return standing, rows


def _with_policy(out: Path, standing: Standing) -> Standing:
    """Return where the best policy so far is there, or will be written again.

    Its two files are not replaced in one moment, so that a crash can leave one old and one new.
    Then the training goes on from the checkpoint before: it comes to the same policy again.
    """
    if not standing.best_timesteps:
        return standing
    try:
        load_weights(out)
    except InputError as error:
        return _before_the_best(out, standing.best_timesteps, error)
    return standing


def _before_the_best(out: Path, best_timesteps: int, reason: InputError) -> Standing:
    try:
        return load_checkpoint(out, until=best_timesteps - 1).standing
    except ConfigError:
        raise ConfigError(
            f"its policy {reason.problem}, and no checkpoint is left of before "
            f"{best_timesteps:,} timesteps, from which it would come to it again",
            remedy="begin anew (--force), or give another folder",
            source=str(out),
        ) from reason


def _rows(path: Path) -> list[CurveRow]:
    """Return the curve so far; none when it is not there or was never begun."""
    try:
        if not path.stat().st_size:
            return []
    except FileNotFoundError:
        return []
    return read_curve(path)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."  # noqa: PLR2004 - a line has room


def _clear(out: Path) -> None:
    """Remove what a training writes, and nothing else."""
    try:
        for name in FILES:
            (out / name).unlink(missing_ok=True)
        for name in FOLDERS:
            if (out / name).exists():
                shutil.rmtree(out / name)
    except OSError as error:
        raise OutputError(
            f"cannot remove: {error.strerror}", remedy="choose another place", source=str(out)
        ) from error
