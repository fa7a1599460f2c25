"""Training in Cloud-v0: on two devices whose best policy is known, and carried out with NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sb3_contrib import MaskablePPO

from qsched.policy import load_policy
from qsched.policy.learned.candidates import candidates
from qsched.policy.learned.encoding import NUM_CONTEXT, NUM_FEATURES, View
from qsched.policy.learned.network import PlanScorer
from qsched.rl.checkpoints import load_checkpoint
from qsched.rl.cloud_spaces import finished, observation_size, parts_of
from qsched.rl.cloud_vector import CloudVectorEnv
from qsched.rl.network import CloudActorCritic, CloudNet, export_actor
from qsched.rl.outcome import TrainingInterrupted
from qsched.rl.train import train
from qsched.rl.trainable import TRAINABLES
from qsched.sim import Simulation
from qsched.testing import make_device, make_fleet, make_job

CLEAN = make_device("clean", 10, readout_error=(0.001,) * 10)
NOISY = make_device("noisy", 10, readout_error=(0.1,) * 10)
FLEET = make_fleet(NOISY, CLEAN)
JOBS = [make_job("j", 6)]
"""Each device runs one of these at a time, for 50 s."""


def trained(out, waiting, *, seed=0, timesteps=24_576, **options):
    return train(
        "Cloud-v0",
        out=out,
        fleets=[FLEET],
        jobs=JOBS,
        timesteps=timesteps,
        seed=seed,
        num_envs=32,
        env_options={
            "num_jobs": 8,
            "max_devices": 2,
            "arrivals": {"batch": 1.0},
            "reward": {"waiting": waiting},
        },
        hyper=TRAINABLES["qsched/Cloud-v0"].hyper.with_changes(
            {"num_steps": 32, "learning_rate": 5e-3}
        ),
        **options,
    )


def devices_of(folder, num_jobs=8):
    jobs = [make_job(f"j{i}", 6) for i in range(num_jobs)]
    run = Simulation(FLEET, jobs, policy=load_policy(f"rl:{folder}")).run()
    return [record.placements[0].device for record in run.jobs], run.summary.makespan_s


def test_where_time_costs_nothing_all_jobs_learn_to_wait_for_the_clean_device(tmp_path):
    """The best that can be is the reward of eight starts."""
    result = trained(tmp_path / "out", 0.0)

    assert result.best_reward >= 0.99 * 8 * 0.6
    assert devices_of(tmp_path / "out") == (["clean"] * 8, 400.0)


def test_where_time_is_dear_the_noisy_device_is_used_as_well(tmp_path):
    trained(tmp_path / "out", 5.0)

    devices, makespan_s = devices_of(tmp_path / "out")

    assert sorted(devices) == ["clean"] * 4 + ["noisy"] * 4
    assert makespan_s == 200.0


def test_equal_seeds_give_equal_weights(tmp_path):
    for name, seed in {"a": 3, "b": 3, "c": 4}.items():
        trained(tmp_path / name, 0.1, seed=seed, timesteps=2_048)
    a, b, c = ((tmp_path / name / "policy.npz").read_bytes() for name in "abc")

    assert a == b
    assert a != c


def test_an_interrupted_training_comes_to_what_an_uninterrupted_one_does(tmp_path):
    def stop(done, total, rate, reward):
        if done >= 2_500:
            raise KeyboardInterrupt

    options = {"timesteps": 4_096, "evaluate_every": 1_024}
    trained(tmp_path / "whole", 0.1, **options)
    with pytest.raises(TrainingInterrupted) as caught:
        trained(tmp_path / "out", 0.1, progress=stop, **options)
    assert caught.value.checkpoint == 2_048
    trained(tmp_path / "out", 0.1, resume=True, **options)

    for name in ("policy.npz", "policy.json"):
        assert (tmp_path / "out" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_one_update_moves_actor_and_critic(tmp_path):
    trained(tmp_path / "out", 0.1, timesteps=1_024)
    first, last = (load_checkpoint(tmp_path / "out", until=n).policy for n in (0, 1_024))

    assert first.keys() == last.keys()
    for name in first:
        assert np.isfinite(last[name]).all()
    moved = {name.split(".")[1] for name in first if (first[name] != last[name]).any()}
    assert moved == {"actor", "score", "critic"}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_numpy_scores_plans_as_the_network_that_was_trained(data):
    hidden = data.draw(st.integers(1, 40))
    num_devices = data.draw(st.integers(1, 8))
    num_plans = len(candidates(num_devices, min(2, num_devices)).members)
    torch.manual_seed(data.draw(st.integers(0, 2**31)))
    random = np.random.default_rng(data.draw(st.integers(0, 2**31)))
    net = CloudNet(num_plans, hidden)
    possible = random.random((1, num_plans)) < data.draw(st.floats(0.0, 1.0))
    seen = random.normal(0.0, 2.0, (1, observation_size(num_plans))).astype(np.float32)
    view = parts_of(seen, possible, possible)
    view.features[:] *= possible[:, None]
    seen = finished(seen, possible)
    arrays = {
        **{name: value.numpy() for name, value in net.actor.state_dict().items()},
        "score.weight": net.score.weight.detach().numpy(),
    }

    ours = PlanScorer(arrays, "w.npz").scores(
        View(view.context[0], view.features[0], possible[0], possible[0])
    )

    with torch.no_grad():
        theirs = net.forward_actor(torch.as_tensor(seen))[0].numpy()
    np.testing.assert_allclose(ours[:-1][possible[0]], theirs[:-1][possible[0]], atol=1e-5)
    assert ours[-1] == pytest.approx(theirs[-1], abs=1e-5)


def test_sb3_predicts_the_plan_that_numpy_scores_best():
    env = CloudVectorEnv(64, num_jobs=8, variants=3)
    seen, _ = env.reset(seed=0)
    policy = CloudActorCritic(env.single_observation_space, env.single_action_space, lambda _: 1e-3)
    scorer = PlanScorer(export_actor(policy), "w.npz")
    for _ in range(20):
        masks = env.action_masks().copy()
        chosen, _ = policy.predict(seen, deterministic=True, action_masks=masks)
        for row, mask in enumerate(masks):
            one = seen[row : row + 1].copy()
            possible = one[:, -env.clouds.num_plans :] > 0
            view = parts_of(one, possible, possible)
            scores = scorer.scores(View(*(part[0] for part in view)))
            scores[~mask] = -np.inf
            assert scores[chosen[row]] >= scores.max() - 1e-5
        seen, *_ = env.step(chosen)


def test_observations_have_the_size_that_the_network_takes():
    assert observation_size(56) == NUM_CONTEXT + 56 * NUM_FEATURES + 56
    assert TRAINABLES["qsched/Cloud-v0"].algorithm == MaskablePPO.__name__
