"""Many of the paper's environments at once, in NumPy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from qsched.errors import InputError, SimulationError
from qsched.policy.learned.allocation import LAYOUT, MAX_DEVICES, qubit_shares_of_many
from qsched.policy.learned.checks import checked_count
from qsched.rl.paper_episodes import Episodes, EpisodeSource
from qsched.rl.paper_spaces import action_space, observation_space
from qsched.rl.resets import checked_seed, seed_source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qsched.estimate import CostModel
    from qsched.model import Fleet
    from qsched.rl.paper_episodes import Jobs

Array = np.ndarray[Any, Any]


class PaperAllocationVectorEnv(VectorEnv[Array, Array, Array]):
    """Many `PaperAllocationEnv`; each step ends every episode and begins the next ones.

    The first environments get the first episodes: in the order of steps, and of environments
    within a step, they are those of one environment with the same seed.

    Args:
        num_envs: How many, at least 1.
        fleets: See `EpisodeSource`, as for the others.
        model: Cost model.
        jobs: Where jobs come from.
        busy: Whether free qubits are drawn, too.

    Raises:
        InputError: See `EpisodeSource`; or ``num_envs`` is below 1.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": [],
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self,
        num_envs: int,
        *,
        fleets: Sequence[Fleet] | None = None,
        model: str | CostModel = "paper",
        jobs: Jobs | None = None,
        busy: bool = False,
    ) -> None:
        super().__init__()
        self.num_envs = num_envs = checked_count("num_envs", num_envs)
        self.source = EpisodeSource(fleets, model, jobs, busy=busy)
        self.single_observation_space = observation_space()
        self.single_action_space = action_space()
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._episodes: Episodes | None = None
        self._seen: Array | None = None

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Draw an episode for each environment and return the observations.

        Args:
            seed: Equal seeds give equal episodes; ``None``: go on.
            options: None are known.

        Raises:
            ConfigError: An option is given, or one seed for each environment.
        """
        seed = checked_seed(seed, options)
        super().reset(seed=seed)
        seed_source(self.source, seed, self.np_random)
        return self._begin().copy(), {}

    def _begin(self) -> Array:
        """Draw the next episodes and return their observations."""
        self._episodes = self.source.draw(self.num_envs)
        self._seen = self.source.observe(self._episodes)
        return self._seen

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Place every job and begin the next episodes.

        Args:
            actions: Weights of the devices, shape ``(num_envs, 5)``.

        Returns:
            Observations of the next episodes, rewards, terminations (all true), truncations
            (none), and ``final_obs`` and ``final_info`` of the episodes that have ended.
            ``final_obs`` is one array of shape ``(num_envs, 16)``.

        Raises:
            InputError: A weight is not finite, or there are not as many.
            SimulationError: There is no episode yet.
        """
        if self._episodes is None:
            raise SimulationError("step before reset")
        if np.shape(actions) != (self.num_envs, MAX_DEVICES):
            raise InputError(
                f"actions have shape {np.shape(actions)}",
                remedy=f"it must be {(self.num_envs, MAX_DEVICES)}",
            )
        weights = np.ascontiguousarray(np.asarray(actions, dtype=np.float32).T)
        shares = qubit_shares_of_many(weights, self._episodes.jobs.num_qubits, self._episodes.free)
        outcome = self.source.score(self._episodes, shares)
        ended = np.ones(self.num_envs, dtype=np.bool_)
        infos = {
            "final_obs": self._seen,
            "_final_obs": ended.copy(),
            "final_info": {
                "shares": shares.T,
                "_shares": ended.copy(),
                "fidelity": outcome.fidelity,
                "_fidelity": ended.copy(),
                "comm_time_s": outcome.comm_time_s,
                "_comm_time_s": ended.copy(),
            },
            "_final_info": ended.copy(),
        }
        return self._begin().copy(), outcome.reward, ended, np.zeros_like(ended), infos

    def describe_policy(self) -> dict[str, Any]:
        """Return what is to be known of a policy that is trained here; see `PolicyWeights`."""
        return {"layout": LAYOUT, "max_devices": MAX_DEVICES, "weights": {}}
