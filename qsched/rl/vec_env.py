"""A vector environment of Gymnasium as stable-baselines3 wants it, without work for each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import VecEnv

from qsched.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gymnasium.vector import VectorEnv

    Array = np.ndarray[Any, Any]


class EpisodeStatistics(NamedTuple):
    """The episodes that have ended since these were last taken.

    Attributes:
        num_episodes: How many.
        mean_return: Mean sum of rewards; ``None`` without any.
        mean_length: Mean steps; ``None`` without any.
    """

    num_episodes: int
    mean_return: float | None
    mean_length: float | None


class GymnasiumVecEnv(VecEnv):
    """The adapter.

    All information about a step that nobody asks for is left away: the dictionaries that
    stable-baselines3 wants one of for each environment are the same empty one, but for episodes
    that were cut off, whose last observation it needs.
    """

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        """Wrap an environment.

        Args:
            env: It must reset what has ended in the same step, and observe arrays.

        Raises:
            ConfigError: It does not.
        """
        if env.metadata.get("autoreset_mode") is not AutoresetMode.SAME_STEP:
            raise ConfigError(
                f"{type(env).__name__} does not reset in the same step",
                remedy="its metadata must say autoreset_mode: AutoresetMode.SAME_STEP",
            )
        self.env = env
        super().__init__(env.num_envs, env.single_observation_space, env.single_action_space)
        self._seed: int | None = None
        self._actions: Any = None
        self._returns = np.zeros(env.num_envs)
        self._lengths = np.zeros(env.num_envs, dtype=np.int64)
        self._nothing: dict[str, Any] = {}
        self._infos = [self._nothing] * env.num_envs
        self._forget()

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Set the seed of the next `reset`; it is one for all of them."""
        self._seed = seed
        return [seed] * self.num_envs

    def reset(self) -> Array:
        """Begin all episodes anew; the statistics, too."""
        observations, _ = self.env.reset(seed=self._seed)
        self._seed = None
        self._returns[:] = 0.0
        self._lengths[:] = 0
        self._forget()
        return _checked(np.array(observations), "observations")

    def step_async(self, actions: Array) -> None:
        """Take the actions of the next step."""
        self._actions = actions

    def step_wait(self) -> tuple[Array, Array, Array, list[dict[str, Any]]]:
        """Step all environments.

        Returns:
            Observations, rewards (float32), whether each episode ended, and what else is known.

        Raises:
            ConfigError: An observation or a reward is not finite.
        """
        observations, rewards, terminated, truncated, infos = self.env.step(self._actions)
        # Copies: the environment may write the next step into the same arrays.
        observations = _checked(np.array(observations), "observations")
        rewards = _checked(np.array(rewards, dtype=np.float32), "rewards")
        done = terminated | truncated
        self._returns += rewards
        self._lengths += 1
        if done.any():
            self._num_episodes += int(done.sum())
            self._sum_returns += float(self._returns[done].sum())
            self._sum_lengths += int(self._lengths[done].sum())
            self._returns[done] = 0.0
            self._lengths[done] = 0
        cut_off = truncated & ~terminated
        return observations, rewards, done, self._described(cut_off, infos)

    def take_statistics(self) -> EpisodeStatistics:
        """Return the statistics of the episodes that have ended, and begin them anew."""
        number = self._num_episodes
        taken = EpisodeStatistics(
            number,
            self._sum_returns / number if number else None,
            self._sum_lengths / number if number else None,
        )
        self._forget()
        return taken

    def close(self) -> None:
        """Close the environment."""
        self.env.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> Any:
        """Return an attribute of the environment, once for each."""
        del indices
        return [getattr(self.env, attr_name)] * self.num_envs

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set an attribute of the environment."""
        del indices
        setattr(self.env, attr_name, value)

    def env_method(
        self, method_name: str, *method_args: Any, indices: Any = None, **method_kwargs: Any
    ) -> Any:
        """Call a method of the environment; it answers with one row for each."""
        del indices
        return getattr(self.env, method_name)(*method_args, **method_kwargs)

    def env_is_wrapped(self, wrapper_class: Any, indices: Any = None) -> list[bool]:
        """Return that none is wrapped."""
        del wrapper_class, indices
        return [False] * self.num_envs

    def _forget(self) -> None:
        self._num_episodes = 0
        self._sum_returns = 0.0
        self._sum_lengths = 0

    def _described(self, cut_off: Array, infos: dict[str, Any]) -> list[dict[str, Any]]:
        """Return a dictionary for each environment; those of episodes cut off say how they ended.

        They ended for no reason of their own, so that what would have followed counts.
        """
        if not cut_off.any():
            return self._infos
        described = list(self._infos)
        last = infos["final_obs"]
        for index in np.flatnonzero(cut_off):
            described[index] = {
                "terminal_observation": np.array(last[index]),
                "TimeLimit.truncated": True,
            }
        return described


def _checked(array: Array, what: str) -> Array:
    """Return an array whose numbers are all finite."""
    if not np.isfinite(array).all():
        raise ConfigError(
            f"the environment gave {what} that are not finite",
            remedy="look for a device without error rates or CLOPS, or an option out of range",
        )
    return array
