"""From a training to a policy that runs without torch and answers the same."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from qsched import load_fleet, schedule
from qsched.errors import ConfigError, InputError
from qsched.experiment.paper_workload import paper_workload
from qsched.policy import load_policy
from qsched.policy.learned.paper import act, actor_layers
from qsched.policy.learned.weights import load_weights
from qsched.rl.checkpoints import load_checkpoint, restore
from qsched.rl.session import make_model
from qsched.rl.train import train
from qsched.rl.trainable import TRAINABLES
from qsched.rl.vec_env import GymnasiumVecEnv
from qsched.testing import check_schedule

ENV = "qsched/PaperAllocation-v0"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder of a short training, all of one segment."""
    folder = tmp_path_factory.mktemp("trained")
    train(ENV, out=folder, timesteps=8192, evaluate_every=8192, num_envs=256, seed=2)
    return folder


def test_the_exported_policy_answers_as_the_trained_network_does(out):
    from qsched.rl.paper_vector import PaperAllocationVectorEnv

    env = GymnasiumVecEnv(PaperAllocationVectorEnv(256))
    model = make_model(TRAINABLES[ENV], TRAINABLES[ENV].hyper, env, 1_000)
    restore(model, load_checkpoint(out))
    weights = load_weights(out)
    layers = actor_layers(weights.arrays, weights.source)
    env.seed(9)
    observations = env.reset()

    wanted, _ = model.predict(observations, deterministic=True)
    got = np.array([act(layers, seen) for seen in observations])
    assert np.abs(got - wanted).max() <= 1e-5


def test_a_trained_policy_schedules_jobs_by_its_path(out):
    jobs = paper_workload(3, 20)

    result = schedule(jobs, policy=f"rl:{out}")

    check_schedule(result)
    assert result.summary.num_done == 20


def test_it_needs_nothing_of_the_extra(out):
    code = f"""
import sys
for name in ("torch", "gymnasium", "stable_baselines3", "sb3_contrib", "tensorboard"):
    sys.modules[name] = None
from qsched import schedule
from qsched.experiment.paper_workload import paper_workload
assert schedule(paper_workload(3, 5), policy="rl:{out}").summary.num_done == 5
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_more_devices_than_it_was_trained_for_are_refused_in_one_line(out):
    fleet = load_fleet()
    more = replace(fleet, devices=(*fleet.devices, replace(fleet.devices[0], name="sixth")))

    with pytest.raises(ConfigError, match="trained for at most 5 devices, the fleet has 6"):
        schedule(paper_workload(3, 5), fleet=more, policy=f"rl:{out}")


def test_another_layout_is_refused(out, tmp_path):
    from qsched.policy.learned.weights import save_weights

    weights = load_weights(out)
    save_weights(tmp_path, weights.arrays, {**weights.metadata, "layout": {"of": "others"}})

    with pytest.raises(InputError, match="layout has observation 'missing', here it is"):
        load_policy(f"rl:{tmp_path}")
