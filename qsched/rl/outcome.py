"""What a training comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qsched._version import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from qsched.rl.curve import CurveRow


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingResult:
    """What a training came to.

    Attributes:
        env_id: Environment.
        out: Folder with ``policy.npz`` and ``policy.json`` of the best policy, ``curve.csv``,
            ``tensorboard`` and ``checkpoints``.
        timesteps: Steps of all environments together: those asked for, up to a whole update.
        best_reward: Mean sum of rewards of the best policy over the held-out episodes.
        best_timesteps: Steps after which it was found.
        resumed_from: Steps that had been done before; 0: none.
        steps_per_second: Steps per second of this session's wall time; 0.0 if there were none.
        curve: The learning curve.
    """

    env_id: str
    out: Path
    timesteps: int
    best_reward: float
    best_timesteps: int
    resumed_from: int
    steps_per_second: float
    curve: tuple[CurveRow, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the document that ``qsched train --json`` prints."""
        return {
            "version": __version__,
            "env_id": self.env_id,
            "out": str(self.out),
            "timesteps": self.timesteps,
            "best_reward": self.best_reward,
            "best_timesteps": self.best_timesteps,
            "resumed_from": self.resumed_from,
            "steps_per_second": self.steps_per_second,
            "curve": [row._asdict() for row in self.curve],
        }


class TrainingInterrupted(KeyboardInterrupt):
    """Ctrl-C during a training; with ``resume`` it goes on from its last checkpoint.

    Attributes:
        timesteps: Steps done.
        checkpoint: Steps done at the last checkpoint.
    """

    def __init__(self, timesteps: int, checkpoint: int) -> None:
        self.timesteps = timesteps
        self.checkpoint = checkpoint
        super().__init__("the training was interrupted")
