"""Hyper-parameters: which are refused, and how minibatches come about."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qsched.errors import BadInputs, ConfigError
from qsched.rl.hyper_parameters import HyperParameters


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("final_learning_rate", -1e-9),
        ("num_steps", 0),
        ("num_steps", 2.0),
        ("num_epochs", True),
        ("gamma", 1.01),
        ("gae_lambda", -0.1),
        ("clip_range", "0.2"),
        ("entropy_coefficient", float("inf")),
        ("target_kl", 0.0),
        ("max_grad_norm", None),
    ],
)
def test_values_out_of_range_are_refused(name, value):
    with pytest.raises(ConfigError, match=rf"^{name} is .*; it must be"):
        HyperParameters(**{name: value})


def test_all_wrong_values_are_named():
    with pytest.raises(BadInputs) as caught:
        HyperParameters(gamma=2, num_epochs=0)

    assert len(caught.value.errors) == 2


def test_changes_by_name_leave_the_others():
    changed = HyperParameters().with_changes({"gamma": 1, "target_kl": 0.02})

    assert changed == HyperParameters(gamma=1, target_kl=0.02)
    with pytest.raises(ConfigError, match="unknown hyper-parameter 'gama'; did you mean 'gamma'"):
        HyperParameters().with_changes({"gama": 1})


@given(
    num_envs=st.integers(1, 64), num_steps=st.integers(1, 64), num_minibatches=st.integers(1, 64)
)
def test_minibatches_hold_every_step_once_or_are_refused(num_envs, num_steps, num_minibatches):
    hyper = HyperParameters(num_steps=num_steps, num_minibatches=num_minibatches)

    try:
        size = hyper.batch_size(num_envs)
    except ConfigError:
        total = num_envs * num_steps
        assert total % num_minibatches or total // num_minibatches < 2
    else:
        assert size * num_minibatches == num_envs * num_steps
