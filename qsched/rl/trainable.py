"""What is trained in which environment, and with what: a table that imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsched.errors import UnknownNameError
from qsched.registry import near_names
from qsched.rl.hyper_parameters import HyperParameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

PREFIX = "qsched/"
"""What the ids of environments begin with; it may be left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trainable:
    """How a policy is trained in one environment.

    The vector environment has a method ``describe_policy``, which gives ``layout``,
    ``max_devices`` and ``weights`` of the metadata; see
    `qsched.policy.learned.weights.PolicyWeights`.

    Attributes:
        masked: Whether the environment has ``action_masks``; then sb3-contrib's MaskablePPO
            trains, else stable-baselines3's PPO.
        policy: The network: a name of stable-baselines3, or ``package.module:Class``.
        policy_kwargs: Further arguments of that class.
        hyper: Hyper-parameters, unless others are given.
        num_envs: Environments side by side, unless said otherwise.
        timesteps: Steps of the training, those of all environments together, likewise.
        evaluation_episodes: Episodes that an evaluation is the mean of; always the same ones.
        export: ``package.module:function`` of the trained network that gives the arrays of the
            policy by name.
    """

    masked: bool
    policy: str = "MlpPolicy"
    policy_kwargs: Mapping[str, Any] = field(default_factory=dict)
    hyper: HyperParameters = field(default_factory=HyperParameters)
    num_envs: int = 256
    timesteps: int = 1_000_000
    evaluation_episodes: int = 256
    export: str = "qsched.rl.trainable:export_actor"

    @property
    def algorithm(self) -> str:
        """Name of the algorithm."""
        return "MaskablePPO" if self.masked else "PPO"


TRAINABLES: dict[str, Trainable] = {
    "qsched/PaperAllocation-v0": Trainable(
        masked=False,
        policy_kwargs={"log_std_init": -2.0},
        hyper=HyperParameters(
            learning_rate=1e-3,
            num_steps=4,
            num_minibatches=4,
            num_epochs=5,
            gamma=0.0,  # an episode is one step
            gae_lambda=1.0,
        ),
        num_envs=1024,
        timesteps=1_000_000,
        evaluation_episodes=1024,
    ),
    "qsched/Cloud-v0": Trainable(
        masked=True,
        policy="qsched.rl.network:CloudActorCritic",
        hyper=HyperParameters(
            learning_rate=1e-3,
            num_steps=64,
            num_minibatches=8,
            num_epochs=6,
            gamma=0.998,  # a job holds its devices for many decisions to come
            gae_lambda=0.97,
            entropy_coefficient=0.01,
        ),
        num_envs=256,
        timesteps=3_000_000,
        evaluation_episodes=128,
        export="qsched.rl.network:export_actor",
    ),
}
"""Environment id to how a policy is trained in it."""


def env_ids() -> list[str]:
    """Return the ids of all environments that a policy can be trained in."""
    return list(TRAINABLES)


def find_trainable(env_id: str) -> tuple[str, Trainable]:
    """Return the full id of an environment, and how a policy is trained in it.

    Args:
        env_id: Id, with or without ``qsched/``.

    Raises:
        UnknownNameError: There is no such environment.
    """
    full = env_id if env_id in TRAINABLES else PREFIX + env_id
    if full not in TRAINABLES:
        raise UnknownNameError(
            f"unknown environment {env_id!r}", remedy=near_names(env_id, list(TRAINABLES))
        )
    return full, TRAINABLES[full]


def export_actor(policy: Any) -> dict[str, np.ndarray[Any, Any]]:
    """Return the actor of stable-baselines3's ``MlpPolicy`` by the names that it gives.

    Args:
        policy: Its ``ActorCriticPolicy``.

    Returns:
        ``mlp_extractor.policy_net.0.weight`` of shape (hidden, inputs), ``...0.bias``, and so on
        for each hidden layer; ``action_net.weight`` and ``.bias``. All float32.
    """
    return {
        name: tensor.detach().cpu().numpy().copy()
        for name, tensor in policy.state_dict().items()
        if name.startswith(("mlp_extractor.policy_net.", "action_net."))
    }
