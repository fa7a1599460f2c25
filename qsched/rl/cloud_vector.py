"""Cloud-v0, many at once."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from qsched.errors import SimulationError
from qsched.policy.learned.candidates import MAX_DEVICES
from qsched.policy.learned.checks import checked_count
from qsched.policy.learned.encoding import LAYOUT
from qsched.policy.learned.reward import RewardWeights
from qsched.rl.cloud_spaces import (
    action_space,
    checked_actions,
    finished,
    observation_size,
    observation_space,
)
from qsched.rl.clouds import Clouds
from qsched.rl.episodes import NUM_JOBS, Arrivals, EpisodeSource, options_of
from qsched.rl.resets import checked_seed, seed_source

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qsched.estimate import CostModel
    from qsched.experiment.paper_workload import JobRanges
    from qsched.model import Fleet, Job

Array = np.ndarray[Any, Any]


class CloudVectorEnv(VectorEnv[Array, Array, Array]):
    """Many clouds of ``qsched/Cloud-v0`` in arrays; the rules are those of `CloudEnv`.

    An episode that has ended begins anew in the same step; what a cloud shows at its end is
    nothing but zeros. ``final_info`` has ``mean_fidelity`` of the jobs.

    Args:
        num_envs: Clouds, at least 1.
        fleets: See `EpisodeSource`, as for the next five.
        model: Cost model.
        jobs: Where jobs come from.
        num_jobs: Jobs of an episode.
        arrivals: When they come; an `Arrivals`, or names and values of one.
        variants: Fleets like each one that episodes have, too; see `qsched.rl.variants`.
        max_devices: Devices of a fleet at the most, here and in use.
        reward: The trade-off; a `RewardWeights`, or names and values of some.

    Raises:
        InputError: See `EpisodeSource` and `Clouds`.
    """

    metadata = {  # noqa: RUF012 - Gymnasium declares it so
        "render_modes": [],
        "autoreset_mode": AutoresetMode.SAME_STEP,
    }

    def __init__(
        self,
        num_envs: int = 1,
        *,
        fleets: Sequence[Fleet] | None = None,
        model: str | CostModel = "paper",
        jobs: JobRanges | Sequence[Job] | None = None,
        num_jobs: int = NUM_JOBS,
        arrivals: Arrivals | Mapping[str, Any] | None = None,
        variants: int = 0,
        max_devices: int = MAX_DEVICES,
        reward: RewardWeights | Mapping[str, Any] | None = None,
    ) -> None:
        self.num_envs = num_envs = checked_count("num_envs", num_envs)
        self.max_devices = max_devices
        self.source = EpisodeSource(
            fleets,
            model,
            jobs,
            num_jobs=num_jobs,
            arrivals=arrivals,
            variants=variants,
            max_devices=max_devices,
        )
        self.reward = options_of(RewardWeights, reward)
        self.clouds = Clouds(num_envs, self.source, self.reward)
        self.single_observation_space = observation_space(self.clouds.num_plans)
        self.single_action_space = action_space(self.clouds.num_plans)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self._every = np.arange(num_envs)
        size = observation_size(self.clouds.num_plans)
        self._nothing = np.zeros((num_envs, size), dtype=np.float32)
        self._has_begun = False

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Array, dict[str, Any]]:
        """Begin an episode in every cloud and return the observations.

        Args:
            seed: Equal seeds give equal episodes; ``None``: go on.
            options: None are known.

        Raises:
            ConfigError: An option is given, or one seed for each cloud.
        """
        seed = checked_seed(seed, options)
        super().reset(seed=seed)
        seed_source(self.source, seed, self.np_random)
        self._begin(self._every)
        self._has_begun = True
        return self._observe(), {"action_mask": self.action_masks()}

    def _begin(self, rows: Array) -> None:
        self.clouds.reset(rows)
        # What the time to the first decision costs is dropped: no action could have changed it.
        self.clouds.settle(rows, np.zeros(self.num_envs))

    def _observe(self) -> Array:
        self.clouds.look()
        seen: Array = finished(self.clouds.seen, self.clouds.possible)
        return seen

    def step(self, actions: Array) -> tuple[Array, Array, Array, Array, dict[str, Any]]:
        """Carry out one action in each cloud.

        Args:
            actions: Plans by number, the last number to wait, shape ``(num_envs,)``.

        Returns:
            Observations, rewards, terminations, truncations (none), and ``action_mask``, with
            ``final_obs`` and ``final_info`` of the episodes that have ended.

        Raises:
            InputError: An action is masked or no whole number, or there are not as many.
            SimulationError: There is no episode yet.
        """
        if not self._has_begun:
            raise SimulationError("step before reset")
        taken = checked_actions(actions, self.clouds.mask)
        rewards, ended = self.clouds.step(taken)
        infos: dict[str, Any] = {}
        rows = np.flatnonzero(ended)
        if rows.size:
            mean_fidelity = self.clouds.sum_fidelity / self.source.num_jobs
            infos = {
                "final_obs": self._nothing,
                "_final_obs": ended,
                "final_info": {"mean_fidelity": mean_fidelity, "_mean_fidelity": ended},
                "_final_info": ended,
            }
            self._begin(rows)
        seen = self._observe()
        infos["action_mask"] = self.action_masks()
        return seen, rewards, ended.copy(), np.zeros_like(ended), infos

    def describe_policy(self) -> dict[str, Any]:
        """Return what is to be known of a policy that is trained here; see `PolicyWeights`."""
        return {
            "layout": LAYOUT,
            "max_devices": self.max_devices,
            "weights": asdict(self.reward),
        }

    def action_masks(self) -> Array:
        """Return which actions can be taken, shape ``(num_envs, number of actions)``.

        It is the caller's own: later steps do not change it.
        """
        mask: Array = self.clouds.mask.copy()
        return mask
