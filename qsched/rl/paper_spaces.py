"""Spaces of the paper's environment, for one of it and for many."""

from __future__ import annotations

import numpy as np
from gymnasium.spaces import Box

from qsched.policy.learned.allocation import MAX_DEVICES, MAX_INPUT, NUM_INPUTS


def observation_space() -> Box:
    """Return the space of observations: 16 numbers from 0 on, the same for all fleets."""
    return Box(0.0, MAX_INPUT, (NUM_INPUTS,), np.float32)


def action_space() -> Box:
    """Return the space of actions: a weight in [0, 1] for each of five devices."""
    return Box(0.0, 1.0, (MAX_DEVICES,), np.float32)
