"""The course of a training: segments, each ended by an evaluation and a checkpoint.

A segment depends on nothing but the checkpoint that it begins with and on its number: random
numbers are drawn anew from streams of that number, and all episodes begin anew. A training that
was interrupted and goes on from its last checkpoint hence comes to the same weights as one that
was not.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from stable_baselines3.common.callbacks import BaseCallback

from qsched.errors import ConfigError
from qsched.policy.learned.weights import save_weights
from qsched.registry import load_object
from qsched.rl.checkpoints import Checkpoint, optimiser_arrays, save_checkpoint
from qsched.rl.curve import CurveRow, append_row
from qsched.rl.training_folder import BOARD_FOLDER, CURVE_FILE
from qsched.sim import random_stream

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from qsched.rl.checkpoints import Standing
    from qsched.rl.settings import Settings
    from qsched.rl.trainable import Trainable
    from qsched.rl.vec_env import GymnasiumVecEnv


LARGEST_SEED = 2**31 - 1


def seed_of(seed: int, name: str) -> int:
    """Return a seed for what takes no random stream, from the stream of that name."""
    return int(random_stream(seed, name).integers(LARGEST_SEED))


def evaluate(model: Any, env: GymnasiumVecEnv, seed: int, *, masked: bool) -> float:
    """Return the mean return of the first episode of each environment, without exploring.

    Args:
        model: A model of stable-baselines3.
        env: Environments; they begin anew from the seed, with the same episodes each time.
        seed: Their seed.
        masked: Whether they have ``action_masks``.
    """
    env.seed(seed)
    observations = env.reset()
    returns = np.zeros(env.num_envs)
    going = np.ones(env.num_envs, dtype=bool)
    while going.any():
        masks = {"action_masks": env.env_method("action_masks")} if masked else {}
        actions, _ = model.predict(observations, deterministic=True, **masks)
        env.step_async(actions)
        observations, rewards, done, _ = env.step_wait()
        returns[going] += rewards[going]
        going &= ~done
    return float(returns.mean())


class Course(BaseCallback):
    """What happens beside the learning itself; stable-baselines3 calls it.

    Attributes:
        standing: Where the training stands at the last checkpoint.
        rows: The learning curve.
    """

    def __init__(
        self,
        *,
        out: Path,
        trainable: Trainable,
        settings: Settings,
        metadata: Mapping[str, Any],
        env: GymnasiumVecEnv,
        held_out: GymnasiumVecEnv,
        standing: Standing,
        rows: list[CurveRow],
        progress: Callable[[int, int, float, float | None], None] | None,
    ) -> None:
        super().__init__()
        self.out = out
        self.trainable = trainable
        self.settings = settings
        self.metadata = metadata
        self.env = env
        self.held_out = held_out
        self.standing = standing
        self.rows = rows
        self.progress = progress
        self.export = load_object(trainable.export, kind="export")
        self.board: Any = None
        self._statistics: Any = None
        self._began_s = perf_counter()
        self._rate: float = 0.0

    def begin_segment(self) -> None:
        """Draw all random numbers from the segment's own streams, and begin all episodes anew."""
        seed, segment = self.settings.seed, self.standing.segment
        number = seed_of(seed, f"learning {segment}")
        torch.manual_seed(number)
        np.random.seed(number)  # noqa: NPY002 - the library shuffles minibatches with it
        self.env.seed(seed_of(seed, f"training episodes {segment}"))
        # What the library's `learn` does at its beginning, and at no other time.
        self.model._last_obs = self.env.reset()  # noqa: SLF001
        self.model._last_episode_starts = np.ones(self.env.num_envs, dtype=bool)  # noqa: SLF001

    def save(self, standing: Standing) -> None:
        """Write a checkpoint."""
        policy = self.model.policy
        weights = {name: tensor.cpu().numpy() for name, tensor in policy.state_dict().items()}
        checkpoint = Checkpoint(
            standing,
            self.settings.to_dict(),
            weights,
            optimiser_arrays(policy.optimizer),
        )
        save_checkpoint(self.out, checkpoint)

    def _on_training_start(self) -> None:
        from torch.utils.tensorboard import SummaryWriter  # noqa: PLC0415 - a second

        self.board = SummaryWriter(self.out / BOARD_FOLDER, purge_step=self.standing.timesteps + 1)
        self._began_s = perf_counter()

    def _on_step(self) -> bool:
        if self.progress is not None:
            reward = self.rows[-1].mean_reward if self.rows else None
            total = self.settings.timesteps
            self.progress(min(self.num_timesteps, total), total, self._rate, reward)
        return True

    def _on_rollout_end(self) -> None:
        self._statistics = self.env.take_statistics()

    def _on_rollout_start(self) -> None:
        self._after_update()

    def _on_training_end(self) -> None:
        self._after_update()

    def close(self) -> None:
        """Write out what TensorBoard still holds."""
        if self.board is not None:
            self.board.close()

    def divergence(self) -> ConfigError:
        """Return the error of a training whose weights no longer make sense."""
        return ConfigError(
            f"the training diverged after {self.model.num_timesteps:,} timesteps",
            remedy="give a smaller learning_rate",
        )

    def _after_update(self) -> None:
        """Note what an update of the weights came to; end the segment if it is long enough."""
        if self._statistics is None:  # before the first one
            return
        if not all(torch.isfinite(p).all() for p in self.model.policy.parameters()):
            raise self.divergence()
        row = self._row()
        self._statistics = None
        total = self.settings.timesteps
        ends = row.timesteps >= min(self.standing.timesteps + self.settings.evaluate_every, total)
        if ends:
            reward = evaluate(
                self.model,
                self.held_out,
                seed_of(self.settings.seed, "held-out episodes"),
                masked=self.trainable.masked,
            )
            row = row._replace(evaluation_reward=reward)
        self.rows.append(row)
        append_row(self.out / CURVE_FILE, row)
        for name, value in row._asdict().items():
            if name != "timesteps" and value is not None:
                self.board.add_scalar(f"qsched/{name}", value, row.timesteps)
        if ends:
            self._end_segment(row)
        self._began_s = perf_counter()

    def _row(self) -> CurveRow:
        logged: dict[str, float] = dict(self.model.logger.name_to_value)
        self.model.logger.dump()  # the next update begins with none

        def value(name: str) -> float | None:
            found = float(logged.get(f"train/{name}", np.nan))
            return found if np.isfinite(found) else None

        timesteps = self.model.num_timesteps
        before = self.rows[-1].timesteps if self.rows else 0
        self._rate = (timesteps - before) / max(perf_counter() - self._began_s, 1e-9)
        return CurveRow(
            timesteps=timesteps,
            mean_reward=self._statistics.mean_return,
            num_episodes=self._statistics.num_episodes,
            entropy_loss=value("entropy_loss"),
            policy_loss=value("policy_gradient_loss"),
            value_loss=value("value_loss"),
            explained_variance=value("explained_variance"),
            approx_kl=value("approx_kl"),
            clip_fraction=value("clip_fraction"),
            learning_rate=value("learning_rate"),
            steps_per_second=self._rate,
        )

    def _end_segment(self, row: CurveRow) -> None:
        standing = replace(
            self.standing,
            segment=self.standing.segment + 1,
            timesteps=row.timesteps,
            num_updates=self.model._n_updates,  # noqa: SLF001 - for the log alone
        )
        reward = row.evaluation_reward
        if reward is not None and reward > standing.best_reward:
            standing = replace(standing, best_reward=reward, best_timesteps=row.timesteps)
            self._keep(row)
        self.save(standing)
        self.standing = standing  # not before it is kept: an interrupt says what is
        self.begin_segment()

    def _keep(self, row: CurveRow) -> None:
        """Write the policy as the best one so far; no figure depends on how fast the machine is."""
        figures = {
            name: value for name, value in row._asdict().items() if name != "steps_per_second"
        }
        figures["evaluation_episodes"] = self.held_out.num_envs
        save_weights(
            self.out, self.export(self.model.policy), {**self.metadata, "figures": figures}
        )
