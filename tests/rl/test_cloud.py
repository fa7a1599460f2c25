"""Cloud-v0, one and many: the rules of the engine, masks, rewards by hand, seeds."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("gymnasium")

import gymnasium
from gymnasium.utils.env_checker import check_env

import qsched.rl  # noqa: F401 - registers the environments
from qsched.errors import CalibrationError, ConfigError, InputError, SimulationError
from qsched.experiment.paper_workload import JobRanges
from qsched.experiment.published import published_fleet
from qsched.model import MaintenanceWindow
from qsched.policy.learned.cloud import CloudPolicy
from qsched.policy.learned.encoding import LAYOUT
from qsched.policy.learned.network import shapes
from qsched.policy.learned.reward import RewardWeights, job_time
from qsched.policy.learned.weights import PolicyWeights
from qsched.rl.cloud import CloudEnv, jobs_of
from qsched.rl.cloud_vector import CloudVectorEnv
from qsched.rl.episodes import Arrivals, EpisodeSource
from qsched.rl.variants import variants
from qsched.sim import Simulation
from qsched.testing import check_schedule, make_device, make_fleet, make_job

WIDE = JobRanges(num_qubits=(20, 500))
"""Jobs of one part to four on the published fleet."""

CLEAN = make_device("clean", 10, readout_error=(0.0,) * 10)
NOISY = make_device("noisy", 10, readout_error=(0.2,) * 10)


def acting(env, random, num_steps):
    """Yield steps of one environment with random actions that are allowed."""
    for _ in range(num_steps):
        action = int(random.choice(np.flatnonzero(env.action_masks())))
        yield action, *env.step(action)


class Allowed(gymnasium.spaces.Discrete):
    """Actions that are sampled among those that an environment allows."""

    def __init__(self, env):
        super().__init__(int(env.action_space.n))
        self.env = env

    def sample(self, mask=None, probability=None):
        allowed = self.env.action_masks()
        # Before the first reset nothing is; the checker takes no such action.
        return super().sample(mask=allowed.astype(np.int8) if allowed.any() else None)


def test_gymnasium_makes_both_under_the_registered_name():
    env = gymnasium.make("qsched/Cloud-v0", num_jobs=4)
    assert isinstance(env.unwrapped, CloudEnv)
    many = gymnasium.make_vec("qsched/Cloud-v0", num_envs=3, num_jobs=4)
    assert isinstance(many, CloudVectorEnv)
    assert many.reset(seed=0)[0] in many.observation_space


def test_gymnasium_finds_nothing_to_say():
    """All jobs are in two parts, so that every episode begins with the same actions allowed.

    The checker samples an action at the beginning of one episode and takes it in the next.
    """
    env = CloudEnv(num_jobs=4)
    env.action_space = Allowed(env)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(env, skip_render_check=True)


@settings(max_examples=12, deadline=None)
@given(
    st.integers(0, 2**31),
    st.sampled_from([None, WIDE]),
    st.sampled_from(["paper", "icpp2025"]),
    st.sampled_from([5, 8]),
)
def test_many_clouds_follow_the_engine_step_by_step(seed, jobs, model, max_devices):
    """Equal decisions: equal observations, masks and rewards; and equal times to the last bit."""
    options = {
        "fleets": [published_fleet(), make_fleet(*published_fleet().devices[:4])],
        "model": model,
        "jobs": jobs,
        "num_jobs": 12,
        "max_devices": max_devices,
        "reward": RewardWeights(service=0.01),
    }
    one, many = CloudEnv(**options), CloudVectorEnv(1, **options)
    seen, info = one.reset(seed=seed)
    all_seen, infos = many.reset(seed=seed)
    random = np.random.default_rng(seed)
    for _ in range(60):
        np.testing.assert_allclose(seen, all_seen[0], rtol=1e-5, atol=1e-6)
        np.testing.assert_array_equal(info["action_mask"], many.action_masks()[0])
        np.testing.assert_array_equal(info["action_mask"], infos["action_mask"][0])
        assert one._simulation.env.now == many.clouds.now[0]
        action = int(random.choice(np.flatnonzero(info["action_mask"])))
        seen, reward, has_ended, _, info = one.step(action)
        all_seen, rewards, ended, _, infos = many.step(np.array([action]))
        assert reward == pytest.approx(rewards[0], abs=1e-6)
        assert has_ended == ended[0]
        if has_ended:
            mean = infos["final_info"]["mean_fidelity"][0]
            assert info["mean_fidelity"] == pytest.approx(mean, abs=1e-12)
            assert not seen.any()
            assert not infos["final_obs"].any()
            seen, info = one.reset()


@pytest.mark.parametrize("jobs", [None, WIDE])
def test_environment_and_run_give_equal_records_for_equal_decisions(jobs):
    random = np.random.default_rng(1)
    arrays = {
        name: random.normal(0.0, 0.5, shape).astype(np.float32) for name, shape in shapes(8).items()
    }
    metadata = {"layout": LAYOUT, "max_devices": 8}
    policy = CloudPolicy(PolicyWeights(metadata=metadata, arrays=arrays, source="w.npz"))
    options = {"model": "icpp2025", "jobs": jobs, "num_jobs": 40}
    env = CloudEnv(fleets=[published_fleet()], **options)
    source = EpisodeSource([published_fleet()], **options, arrivals=None, variants=0, max_devices=8)
    source.seed(5)
    run_jobs = jobs_of(source.draw(1))
    env.reset(seed=5)
    has_ended = False
    while not has_ended:
        choice = env._choice
        scores = policy._scorer.scores(choice.view)
        scores[:-1][~choice.view.feasible] = -np.inf
        scores[-1] = scores[-1] if choice.may_wait else -np.inf
        action = int(scores.argmax())
        has_ended = env.step(action if action < len(scores) - 1 else env.num_plans)[2]
    result = env.result()

    run = Simulation(published_fleet(), run_jobs, policy=policy, model="icpp2025").run()

    check_schedule(result, run_jobs)
    assert list(result.jobs) == list(run.jobs)


TOY = {
    "fleets": [make_fleet(NOISY, CLEAN)],
    "jobs": [make_job("j", 6)],
    "num_jobs": 2,
    "arrivals": Arrivals(batch=1.0),
}


def toy(**options):
    """Two jobs of 6 qubits at time 0 on two devices of 10 that differ in readout alone."""
    env = CloudEnv(**(TOY | options))
    env.reset(seed=0)
    return env


def test_rewards_worked_out_by_hand():
    """A job runs 50 s, and the fleet does 20 qubits at a time: a job time is 15 s."""
    env = toy(reward=RewardWeights(waiting=0.8, full_queue=8, start=1.0, service=0.1))
    spread = 1.0 - 0.8**95**0.5
    loss = (1.0 - 0.8**6**0.5) * 0.9997**5 * 0.992**4 / (0.9997**12 * 0.992**9.5 * spread)

    _, on_clean, has_ended, _, _ = env.step(0)
    assert not has_ended
    assert on_clean == pytest.approx(1.0 - 0.1 * 50 / 15)
    _, of_waiting, has_ended, _, _ = env.step(env.num_plans)
    assert not has_ended
    assert of_waiting == pytest.approx(-0.8 * 1 / 8 * 50 / 15)  # one waits, of eight
    _, on_noisy, has_ended, _, info = env.step(1)
    assert has_ended
    assert on_noisy == pytest.approx(1.0 - loss - 0.1 * 50 / 15, rel=1e-5)
    assert info["mean_fidelity"] == pytest.approx(0.9997**5 * 0.992**4 * (1.0 + 0.8**6**0.5) / 2)
    assert [record.start_time_s for record in env.result().jobs] == [0.0, 50.0]


def test_a_job_time_is_the_mean_work_over_what_the_fleet_does():
    source = toy().source
    devices = source.fleets.at(0)

    # 10 + 10 qubits, 1,000 shots in 50 s on each: 400 qubit-shots a second.
    assert job_time(np.array([6, 10]), np.array([1_000, 2_000]), devices) == pytest.approx(32.5)


def test_what_cannot_start_is_masked_and_so_is_waiting_for_nothing():
    env = toy()

    assert np.flatnonzero(env.action_masks()).tolist() == [0, 1]
    env.step(0)
    assert np.flatnonzero(env.action_masks()).tolist() == [1, env.num_plans]
    with pytest.raises(InputError, match="action 0 is masked; choose among those of"):
        env.step(0)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (-1, "action -1"),
        (99, "action 99"),
        (2**63, "action 9223372036854775808"),
        (1.0, r"actions are .*1\.0"),
        (True, "actions are .*True"),
        (None, "actions are .*None"),
        ("0", "actions are .*'0'"),
    ],
)
def test_what_is_no_number_of_an_action_is_refused_in_one_line(action, message):
    one, many = toy(), CloudVectorEnv(2, num_jobs=4)
    many.reset(seed=0)

    with pytest.raises(InputError, match=message) as caught:
        one.step(action)
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match=message):
        many.step([action, action])


def test_lists_of_actions_for_one_cloud_and_uneven_ones_for_many_are_refused():
    with pytest.raises(InputError, match=r"actions have shape \(1,\); it must be \(\)"):
        toy().step([1])
    many = CloudVectorEnv(2, num_jobs=4)
    many.reset(seed=0)
    with pytest.raises(InputError, match=r"actions are \[\[0\], \[0, 1\]\]; whole numbers"):
        many.step([[0], [0, 1]])


def test_an_action_is_held_against_the_mask_of_its_own_cloud():
    """A negative number would count from the end, where waiting is."""
    env = CloudVectorEnv(2, fleets=[make_fleet(NOISY, CLEAN)], jobs=[make_job("j", 6)], num_jobs=3)
    env.reset(seed=0)
    mask = env.action_masks()
    mask[0], mask[1] = [True, False, False], [False, True, True]
    env.clouds.mask[:] = mask

    with pytest.raises(InputError, match="action 1 of cloud 0 is masked"):
        env.step([1, 1])
    with pytest.raises(InputError, match="action -1 of cloud 1 is masked"):
        env.step([0, -1])


def test_masks_that_were_returned_do_not_change_with_the_next_step():
    env = CloudVectorEnv(4, num_jobs=6)
    env.reset(seed=0)
    masks = env.action_masks()
    kept = masks.copy()

    env.step(masks.argmax(axis=1))

    assert (masks == kept).all()
    assert (env.action_masks() != kept).any()


def test_masked_actions_of_many_clouds_are_refused_before_anything_happens():
    env = CloudVectorEnv(3, num_jobs=4)
    env.reset(seed=0)
    before = env.clouds.now.copy()

    with pytest.raises(InputError, match="action 20 of cloud 0 is masked"):
        env.step(np.full(3, env.clouds.num_plans))
    with pytest.raises(InputError, match=r"actions have shape \(2,\); it must be \(3,\)"):
        env.step(np.zeros(2, dtype=int))
    assert (env.clouds.now == before).all()


def test_steps_need_an_episode():
    env = toy()
    env.step(0)
    with pytest.raises(SimulationError, match="has not ended"):
        env.result()
    env.step(1)
    with pytest.raises(SimulationError, match="step before reset, or after the end"):
        env.step(0)
    with pytest.raises(SimulationError, match="step before reset"):
        CloudVectorEnv(2).step(np.zeros(2, dtype=int))


def test_equal_seeds_give_equal_episodes_and_others_do_not():
    def observations(seed):
        env = CloudVectorEnv(4, num_jobs=6, variants=3)
        first = env.reset(seed=seed)[0]
        later = [env.step(env.action_masks().argmax(axis=1))[0] for _ in range(30)]
        return np.array([first, *later])

    assert observations(7).tobytes() == observations(7).tobytes()
    assert observations(7).tobytes() != observations(8).tobytes()


def test_a_cloud_alone_in_maintenance_starts_nothing_on_the_closed_device():
    window = MaintenanceWindow(start_s=0.0, duration_s=100.0)
    fleet = make_fleet(NOISY, CLEAN, maintenance={"clean": (window,)})
    env = toy(fleets=[fleet])

    assert np.flatnonzero(env.action_masks()).tolist() == [1]
    with pytest.raises(ConfigError, match="has maintenance, breakdowns or recalibrations; many"):
        CloudVectorEnv(2, fleets=[fleet], jobs=[make_job("j", 6)])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_jobs": 0}, "num_jobs is 0; it must be a whole number, 1 or more"),
        ({"max_devices": 9}, "max_devices is 9; it must be a whole number, 1 to 8"),
        ({"max_devices": 1}, "has 2 devices; max_devices allows 1"),
        ({"jobs": []}, "there is no job to draw"),
        ({"jobs": [make_job("j", 21)]}, "a job has 21 qubits, fleet 'test' has 20"),
        ({"fleets": []}, "no fleet is given"),
        ({"variants": -1}, "variants is -1"),
        ({"arrivals": {"batch": 2.0}}, "share of batches is 2.0"),
        ({"arrivals": {"loads": (0.0, 1.0)}}, "loads from 0.0 to 1.0"),
        ({"arrivals": {"load": 1}}, "Arrivals has no 'load'; did you mean 'loads'"),
        ({"reward": {"waiting": -1.0}}, "reward weight waiting is -1.0"),
        ({"reward": {"waiting": "much"}}, "every value must be a number"),
        ({"reward": {"full_queue": 0}}, "full_queue is 0"),
        ({"reward": {"full_queue": 2.5}}, "full_queue is 2.5; it must be a whole number"),
        ({"reward": 5}, "RewardWeights cannot be 5; give names and values; the names are fid"),
        ({"reward": []}, r"RewardWeights cannot be \[\]"),
        ({"reward": {3: 1.0, "x": 1.0}}, "RewardWeights has no 3"),
        ({"num_jobs": "abc"}, "num_jobs is 'abc'; it must be a whole number, 1 or more"),
        ({"num_jobs": 2.5}, "num_jobs is 2.5"),
        ({"num_jobs": True}, "num_jobs is True"),
        ({"variants": "x"}, "variants is 'x'; it must be a whole number, 0 or more"),
        ({"variants": 1.5}, "variants is 1.5"),
        ({"max_devices": "x"}, "max_devices is 'x'"),
        ({"max_devices": None}, "max_devices is None"),
        ({"arrivals": "batch"}, "Arrivals cannot be 'batch'; .* the names are batch, loads"),
        ({"arrivals": {"loads": [0.1, 0.2, 0.3]}}, "or as many as its default has"),
        ({"arrivals": {"loads": 0.5}}, "Arrivals of {'loads': 0.5}"),
        ({"arrivals": {"batch": "all"}}, "Arrivals of {'batch': 'all'}"),
        ({"reward": {"wating": 1.0}}, "RewardWeights has no 'wating'; did you mean 'waiting'"),
    ],
)
def test_options_that_cannot_be_are_refused(options, message):
    message = message.replace("(", r"\(")
    with pytest.raises(ConfigError, match=message) as caught:
        toy(**options)
    assert "\n" not in str(caught.value)
    with pytest.raises(ConfigError, match=message):
        CloudVectorEnv(2, **(TOY | options))


@pytest.mark.parametrize("num_envs", [0, 1.5, "x", True])
def test_many_clouds_are_a_whole_number(num_envs):
    with pytest.raises(ConfigError, match=r"num_envs is .*; it must be a whole number, 1 or more"):
        CloudVectorEnv(num_envs)


def test_a_device_without_speed_is_refused_by_name():
    fleet = make_fleet(make_device("dark", 10, clops=None))
    with pytest.raises(CalibrationError, match="dark: device states no CLOPS"):
        toy(fleets=[fleet])


def test_variants_differ_in_errors_and_speed_and_in_nothing_else():
    fleet = published_fleet()
    first, second = variants(fleet, 2)

    assert first == variants(fleet, 1)[0]
    assert first.name == "published-1"
    assert first.devices != second.devices
    for was, now in zip(fleet.devices, first.devices, strict=True):
        assert (was.name, was.coupling_map) == (now.name, now.coupling_map)
        ratio = now.readout_error[0] / was.readout_error[0]
        assert now.readout_error[5] == pytest.approx(was.readout_error[5] * ratio)
        assert now.plain_means.readout == pytest.approx(was.plain_means.readout * ratio)
        assert now.clops != was.clops


def test_two_fleets_of_one_name_have_variants_of_their_own():
    fleet = published_fleet()
    options = {"num_jobs": 4, "arrivals": None, "max_devices": 8}
    source = EpisodeSource([fleet, fleet], "paper", None, variants=1, **options)
    one, its_variant, other, its_own = source.fleets.fleets

    assert one == other == fleet
    assert its_variant == variants(fleet, 1)[0]
    assert its_own.devices != its_variant.devices


def test_dead_qubits_stay_dead_in_variants():
    device = make_device("half", 3, readout_error=(0.01, 1.0, None))

    (varied,) = variants(make_fleet(device), 1)

    assert varied.devices[0].readout_error[1:] == (1.0, None)
    assert varied.devices[0].readout_error[0] != 0.01
