"""The adapter between Gymnasium's vector environments and stable-baselines3."""

import numpy as np
import pytest
from sb3_contrib.common.maskable.utils import get_action_masks, is_masking_supported
from toy_envs import NUM, CutOff, Identity, Masked, NextStep, NotFinite

from qsched.errors import ConfigError
from qsched.rl.vec_env import GymnasiumVecEnv

SIZE = 6


def begun(kind, **options):
    env = GymnasiumVecEnv(kind(SIZE, **options))
    env.seed(3)
    return env, env.reset()


def zeros():
    return np.zeros((SIZE, NUM), dtype=np.float32)


def test_a_seed_is_for_one_reset_alone():
    env, first = begun(Identity)
    second = env.reset()
    env.seed(3)

    assert np.array_equal(env.reset(), first)
    assert not np.array_equal(second, first)


def test_what_was_observed_stays_when_the_environment_goes_on():
    env, first = begun(Identity)
    kept = first.copy()

    env.step(zeros())

    assert np.array_equal(first, kept)


def test_rewards_are_in_single_precision_and_its_own_to_change():
    env, _ = begun(Identity)

    _, rewards, done, _ = env.step(zeros())

    assert rewards.dtype == np.float32
    assert rewards.tolist() == [-0.25] * SIZE
    assert done.all()
    rewards += 1


def test_returns_and_lengths_of_episodes_are_added_up_and_taken_once():
    env, _ = begun(Identity, length=3)
    for _ in range(7):
        env.step(zeros())

    assert env.take_statistics() == (2 * SIZE, pytest.approx(-0.75), 3.0)
    assert env.take_statistics() == (0, None, None)
    env.step(zeros())
    env.step(zeros())
    assert env.take_statistics() == (SIZE, pytest.approx(-0.75), 3.0)


def test_a_reset_forgets_episodes_that_had_begun():
    env, _ = begun(Identity, length=2)
    env.step(zeros())
    env.reset()

    env.step(zeros())
    env.step(zeros())

    assert env.take_statistics() == (SIZE, pytest.approx(-0.5), 2.0)


def test_episodes_that_end_share_one_empty_dictionary():
    env, _ = begun(Identity)

    infos = env.step(zeros())[3]

    assert infos == [{}] * SIZE
    assert len({id(info) for info in infos}) == 1


def test_an_episode_that_is_cut_off_says_what_was_seen_last():
    env, first = begun(CutOff)

    _, _, done, infos = env.step(zeros())

    assert done.all()
    for info, seen in zip(infos, first, strict=True):
        assert info["TimeLimit.truncated"]
        assert np.array_equal(info["terminal_observation"], seen)


def test_masks_reach_maskable_ppo_all_at_once():
    env, observations = begun(Masked)

    masks = get_action_masks(env)

    assert is_masking_supported(env)
    assert masks.shape == (SIZE, NUM)
    assert np.array_equal(~masks, observations.astype(bool))
    assert not is_masking_supported(begun(Identity)[0])


def test_numbers_that_are_not_finite_are_refused():
    with pytest.raises(ConfigError, match="observations that are not finite"):
        begun(NotFinite)
    env, _ = begun(Identity)
    with pytest.raises(ConfigError, match="rewards that are not finite"):
        env.step(np.full((SIZE, NUM), np.inf))


def test_an_environment_that_resets_one_step_late_is_refused():
    with pytest.raises(ConfigError, match="does not reset in the same step"):
        GymnasiumVecEnv(NextStep(SIZE))


def test_attributes_and_methods_are_those_of_the_environment():
    env, _ = begun(Identity)

    env.set_attr("length", 5)

    assert env.get_attr("length") == [5] * SIZE
    assert env.env_method("describe_policy")["max_devices"] == 5
    assert env.env_is_wrapped(object) == [False] * SIZE
    env.close()
