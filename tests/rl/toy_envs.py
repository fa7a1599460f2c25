"""Vector environments whose best policies are known, to see whether anything is learned."""

from types import MappingProxyType

import numpy as np
from gymnasium import spaces
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

NUM = 4


class Toy(VectorEnv):
    """What both have in common: one-hot observations, episodes of ``length`` steps."""

    metadata = MappingProxyType({"autoreset_mode": AutoresetMode.SAME_STEP})

    def __init__(self, num_envs, *, fleets=None, model="paper", jobs=None, length=1):
        self.num_envs = num_envs
        self.length = length
        self.single_observation_space = spaces.Box(0.0, 1.0, (NUM,), np.float32)
        self.observation_space = batch_space(self.single_observation_space, num_envs)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.numbers = np.random.default_rng(0)
        self.asked = np.zeros(num_envs, dtype=np.int64)
        self.steps = np.zeros(num_envs, dtype=np.int64)
        self.observations = np.zeros((num_envs, NUM), dtype=np.float32)

    def describe_policy(self):
        return {"layout": {"observation": NUM}, "max_devices": 5, "weights": {}}

    def reset(self, *, seed=None, options=None):
        if seed is not None:
            self.numbers = np.random.default_rng(seed)
        self.steps[:] = 0
        return self.observe(), {}

    def observe(self):
        self.asked = self.numbers.integers(NUM, size=self.num_envs)
        self.observations[:] = np.eye(NUM, dtype=np.float32)[self.asked]
        return self.observations

    def step(self, actions):
        rewards = self.rewards(actions)
        self.steps += 1
        done = self.steps == self.length
        self.steps[done] = 0
        return self.observe(), rewards, done, np.zeros_like(done), {}


class Identity(Toy):
    """The action is to be what is observed; the best reward is 0, that of nothing done -0.25."""

    single_action_space = spaces.Box(0.0, 1.0, (NUM,), np.float32)

    def rewards(self, actions):
        return -np.mean((actions - np.eye(NUM)[self.asked]) ** 2, axis=1)


class Masked(Toy):
    """The neighbour above is to be named; to name what is observed is masked. The best is 1."""

    single_action_space = spaces.Discrete(NUM)

    @staticmethod
    def masks_of(asked):
        masks = np.ones((len(asked), NUM), dtype=bool)
        masks[np.arange(len(asked)), asked] = False
        return masks

    def action_masks(self):
        return self.masks_of(self.asked)

    def rewards(self, actions):
        if (actions == self.asked).any():
            raise AssertionError("a masked action was chosen")
        return (actions == (self.asked + 1) % NUM).astype(np.float64)


class NotFinite(Identity):
    """One observation is not a number."""

    def observe(self):
        super().observe()[0, 0] = np.nan
        return self.observations


class NextStep(Identity):
    """Resets one step late."""

    metadata = MappingProxyType({"autoreset_mode": AutoresetMode.NEXT_STEP})


class CutOff(Identity):
    """Episodes are cut off, not ended."""

    def step(self, actions):
        observations = self.observations.copy()
        new, rewards, done, none, _ = super().step(actions)
        return new, rewards, none, done, {"final_obs": observations, "_final_obs": done}


class Constant(Identity):
    """All actions are worth the same."""

    def rewards(self, actions):
        return np.ones(self.num_envs)
