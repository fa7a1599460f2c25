"""Checkpoints: arrays and one JSON text in an ``.npz`` file; nothing is pickled or unpickled."""

from __future__ import annotations

import io
import json
from dataclasses import asdict, dataclass
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from qsched.errors import ConfigError, InputError
from qsched.files import write_bytes_atomically
from qsched.policy.learned.archive import read_arrays, read_bytes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FOLDER = "checkpoints"
STATE = "state"
LIMIT = 1_000_000_000
REMEDY = "remove it to go on from the checkpoint before, or begin anew with another --out"
POLICY, OPTIMISER = "policy/", "optimiser/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a training stands at a checkpoint.

    Attributes:
        segment: Segments done.
        timesteps: Steps done.
        num_updates: Updates of the weights done, as stable-baselines3 counts them.
        best_reward: Best evaluation so far; minus infinity before the first.
        best_timesteps: Steps done before it.
    """

    segment: int = 0
    timesteps: int = 0
    num_updates: int = 0
    best_reward: float = -inf
    best_timesteps: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        return asdict(self) | {"best_reward": self.best_reward if self.segment else None}

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Standing:
        """Return the standing that `to_dict` gave."""
        best = document["best_reward"]
        return cls(**{**document, "best_reward": -inf if best is None else best})


class Checkpoint(NamedTuple):
    """A moment of a training between two segments.

    Attributes:
        standing: Where the training stands.
        settings: What defines it.
        policy: Weights of actor and critic by the names that torch gives.
        optimiser: State of Adam: ``NUMBER/NAME`` to array, the number that of the parameter.
    """

    standing: Standing
    settings: dict[str, Any]
    policy: dict[str, np.ndarray[Any, Any]]
    optimiser: dict[str, np.ndarray[Any, Any]]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write a checkpoint, all of it or nothing; its name says after how many steps.

    Args:
        folder: Folder of the training.
        checkpoint: What to write.

    Raises:
        OutputError: It cannot be written.
    """
    packed = io.BytesIO()
    state = {"standing": checkpoint.standing.to_dict(), "settings": checkpoint.settings}
    text = json.dumps(state, allow_nan=False).encode()
    arrays = {STATE: np.frombuffer(text, dtype=np.uint8)}
    arrays |= {POLICY + name: array for name, array in checkpoint.policy.items()}
    arrays |= {OPTIMISER + name: array for name, array in checkpoint.optimiser.items()}
    # Slashes are for folders of an archive, and each name stands for one array in this one.
    flat: Mapping[str, Any] = {name.replace("/", "|"): array for name, array in arrays.items()}
    np.savez(packed, allow_pickle=False, **flat)
    path = folder / FOLDER / f"{_stem(checkpoint.standing.timesteps)}.npz"
    write_bytes_atomically(path, packed.getvalue())


def _stem(timesteps: int) -> str:
    return f"{timesteps:012d}"


def load_checkpoint(folder: Path, *, until: int | None = None) -> Checkpoint:
    """Return the last checkpoint of a training.

    Args:
        folder: Folder of the training.
        until: Leave out those of later than after so many steps.

    Raises:
        ConfigError: There is none.
        InputError: It cannot be read or is damaged.
    """
    paths = sorted((folder / FOLDER).glob("*.npz"))
    if until is not None:
        paths = [path for path in paths if path.stem <= _stem(until)]
    if not paths:
        raise ConfigError(
            "holds no training to go on with",
            remedy="begin one: leave --resume out",
            source=str(folder),
        )
    path = paths[-1]
    content = read_bytes(path, limit=LIMIT, remedy=REMEDY)
    flat = read_arrays(content, source=str(path), limit=LIMIT, remedy=REMEDY)
    arrays = {name.replace("|", "/"): array for name, array in flat.items()}
    try:
        state = json.loads(bytes(arrays.pop(STATE)))
        standing, settings = Standing.from_dict(state["standing"]), dict(state["settings"])
    except (KeyError, ValueError, TypeError) as error:
        raise InputError("is no checkpoint", remedy=REMEDY, source=str(path)) from error
    return Checkpoint(standing, settings, _below(POLICY, arrays), _below(OPTIMISER, arrays))


def _below(prefix: str, arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }


def optimiser_arrays(optimiser: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Return the state of a torch optimiser as arrays."""
    return {
        f"{number}/{name}": tensor.detach().cpu().numpy().copy()
        for number, state in optimiser.state_dict()["state"].items()
        for name, tensor in state.items()
    }


def restore(model: Any, checkpoint: Checkpoint) -> None:
    """Give a model of stable-baselines3 the weights and the optimiser of a checkpoint.

    Raises:
        InputError: They are of another network.
    """
    import torch  # noqa: PLC0415 - optional

    def tensor(array: Any) -> Any:
        return torch.from_numpy(array.copy())  # what was read is read-only

    state: dict[int, dict[str, Any]] = {}
    try:
        for key, array in checkpoint.optimiser.items():
            number, _, name = key.partition("/")
            state.setdefault(int(number), {})[name] = tensor(array)
        model.policy.load_state_dict(
            {name: tensor(array) for name, array in checkpoint.policy.items()}
        )
        optimiser = model.policy.optimizer
        optimiser.load_state_dict(
            {"state": state, "param_groups": optimiser.state_dict()["param_groups"]}
        )
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise InputError("the last checkpoint is of another network", remedy=REMEDY) from error
