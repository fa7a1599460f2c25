"""The table of what is trained, and the arrays that leave torch."""

import numpy as np
import pytest
import torch
from gymnasium import spaces
from stable_baselines3.common.policies import ActorCriticPolicy

from qsched.policy.learned import LEARNED
from qsched.registry import load_object
from qsched.rl.registration import ENVIRONMENTS
from qsched.rl.trainable import TRAINABLES, export_actor, find_trainable

IDS = sorted(TRAINABLES)


@pytest.mark.parametrize("env_id", IDS)
def test_an_entry_is_registered_can_be_trained_and_has_a_class_that_uses_it(env_id):
    trainable = TRAINABLES[env_id]

    assert env_id in ENVIRONMENTS
    assert env_id in LEARNED
    assert callable(load_object(trainable.export, kind="export"))
    assert callable(load_object(ENVIRONMENTS[env_id][1], kind="environment").describe_policy)
    assert trainable.hyper.batch_size(trainable.num_envs) >= 2
    assert trainable.algorithm == ("MaskablePPO" if trainable.masked else "PPO")
    assert find_trainable(env_id.removeprefix("qsched/")) == (env_id, trainable)


@pytest.mark.parametrize("hidden", [[64, 64], [8], []])
def test_the_actor_in_numpy_answers_as_the_one_in_torch(hidden):
    torch.manual_seed(0)
    policy = ActorCriticPolicy(
        spaces.Box(0.0, 1.0, (16,), np.float32),
        spaces.Box(0.0, 1.0, (5,), np.float32),
        lambda _: 1e-3,
        net_arch=hidden,
    )
    with torch.no_grad():
        for parameter in policy.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape))
    observations = np.random.default_rng(0).random((1000, 16), dtype=np.float32)

    arrays = export_actor(policy)
    values = observations
    for number in range(len(hidden)):
        name = f"mlp_extractor.policy_net.{2 * number}"
        values = np.tanh(values @ arrays[f"{name}.weight"].T + arrays[f"{name}.bias"])
    actions = np.clip(values @ arrays["action_net.weight"].T + arrays["action_net.bias"], 0, 1)

    wanted, _ = policy.predict(observations, deterministic=True)
    assert np.abs(actions - wanted).max() <= 1e-5
    assert len(arrays) == 2 * len(hidden) + 2


def test_exported_arrays_do_not_follow_the_training():
    policy = ActorCriticPolicy(
        spaces.Box(0.0, 1.0, (16,), np.float32),
        spaces.Box(0.0, 1.0, (5,), np.float32),
        lambda _: 1e-3,
    )
    arrays = export_actor(policy)
    kept = arrays["action_net.bias"].copy()

    with torch.no_grad():
        policy.action_net.bias.add_(1.0)

    assert np.array_equal(arrays["action_net.bias"], kept)
