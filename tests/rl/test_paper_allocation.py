"""The paper's environment: observation, shares, reward, episodes, and what it refuses."""

import warnings
from dataclasses import replace
from math import sqrt

import gymnasium
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from hypothesis import given
from hypothesis import strategies as st
from stable_baselines3.common.env_checker import check_env as sb3_check_env

from qsched.errors import ConfigError, InputError, SimulationError
from qsched.estimate import Constants, load_model
from qsched.experiment.paper_workload import PAPER_JOBS, JobRanges, paper_workload
from qsched.policy.learned.allocation import LAYOUT
from qsched.policy.learned.paper import PaperPolicy, act, actor_layers
from qsched.policy.learned.weights import PolicyWeights
from qsched.rl.paper_allocation import PaperAllocationEnv
from qsched.sim import Simulation
from qsched.testing import make_device, make_fleet, make_job


def device(name, readout, two_qubit=0.0, single_qubit=0.0, num_qubits=16):
    """A device with these mean errors."""
    couplings = [(i, i + 1) for i in range(num_qubits - 1)]
    return make_device(
        name,
        num_qubits,
        readout_error=(readout,) * num_qubits,
        single_qubit_error=(single_qubit,) * num_qubits,
        two_qubit_error=dict.fromkeys(couplings, two_qubit),
    )


PAIR = make_fleet(device("a", 0.1, 0.02, 0.001), device("b", 0.2, 0.03, 0.002))
JOB = make_job(num_qubits=13, depth=10, num_two_qubit_gates=26)


def outcome(weights, model="paper", fleet=PAIR, job=JOB):
    """Reward and info of one episode."""
    env = PaperAllocationEnv(fleets=[fleet], model=model, jobs=[job])
    env.reset(seed=0)
    _, reward, terminated, truncated, info = env.step(np.float32(weights))
    assert terminated
    assert not truncated
    return reward, info


def test_the_reward_is_the_mean_of_equation_7_over_the_devices_each_with_its_own_share():
    reward, info = outcome([0.9, 0.4, 0.0, 0.0, 0.0])

    assert info["shares"].tolist() == [9, 4, 0, 0, 0]
    # Of the 26 two-qubit gates, 18 are on the first and 8 on the second.
    first = 0.999**10 * 0.98**18 * 0.9**3
    second = 0.998**10 * 0.97**8 * 0.8**2
    assert reward == pytest.approx((first + second) / 2)


def test_info_has_equation_8_over_even_parts_and_equation_9_over_the_shares():
    _, info = outcome([0.9, 0.4, 0.0, 0.0, 0.0])

    first = 0.999**10 * 0.98**13 * 0.9 ** sqrt(6.5)
    second = 0.998**10 * 0.97**13 * 0.8 ** sqrt(6.5)
    assert info["fidelity"] == pytest.approx((first + second) / 2 * 0.94)
    assert info["comm_time_s"] == pytest.approx((9 + 4) * 0.02)


def test_a_job_on_one_device_communicates_nothing_and_both_fidelities_agree():
    reward, info = outcome([0.0, 1.0, 0.0, 0.0, 0.0])

    assert info["shares"].tolist() == [0, 13, 0, 0, 0]
    assert info["comm_time_s"] == 0.0
    assert reward == pytest.approx(0.998**10 * 0.97**26 * 0.8 ** sqrt(13))
    assert info["fidelity"] == pytest.approx(reward)


@pytest.mark.parametrize("model", ["paper", "icpp2025"])
def test_other_shares_on_the_same_devices_give_another_reward_but_the_same_equation_8(model):
    even, info = outcome([0.5, 0.5, 0.0, 0.0, 0.0], model)
    uneven, other = outcome([0.9, 0.4, 0.0, 0.0, 0.0], model)

    assert (info["shares"] > 0).tolist() == (other["shares"] > 0).tolist()
    assert abs(uneven - even) > 0.001
    assert other["fidelity"] == info["fidelity"]


def test_icpp2025_leaves_two_qubit_gates_out_and_rounds_what_info_says():
    reward, info = outcome([0.9, 0.4, 0.0, 0.0, 0.0], "icpp2025")

    singles = 0.999**10, 0.998**10
    assert reward == pytest.approx((singles[0] * 0.9**3 + singles[1] * 0.8**2) / 2)
    even = (singles[0] * 0.9 ** sqrt(6) + singles[1] * 0.8 ** sqrt(6)) / 2
    assert info["fidelity"] == round(even * 0.94, 4)


def test_the_observation_has_the_job_and_the_devices_with_all_qubits_free():
    env = PaperAllocationEnv(fleets=[PAIR], jobs=[JOB])
    seen, info = env.reset(seed=0)
    rates = [load_model("paper").rates(one) for one in PAIR.devices]

    assert info == {}
    assert seen.tolist() == pytest.approx(
        [13 / 50, 16 / 150, rates[0].error_score, 0.1, 16 / 150, rates[1].error_score, 0.1]
        + [0.0] * 9
    )


def test_in_use_the_policy_sees_and_does_what_it_does_in_training():
    # A linear actor that answers with the first five numbers of what it sees.
    echo = {"action_net.weight": np.eye(16)[:5], "action_net.bias": np.zeros(5)}
    weights = PolicyWeights(metadata={"layout": LAYOUT}, arrays=echo, source="policy.npz")
    record = Simulation(PAIR, [JOB], policy=PaperPolicy(weights)).run().jobs[0]

    env = PaperAllocationEnv(fleets=[PAIR], jobs=[JOB])
    observation, _ = env.reset(seed=0)
    info = env.step(observation[:5])[4]
    assert [(part.device, part.num_qubits) for part in record.placements] == [
        ("a", info["shares"][0]),
        ("b", info["shares"][1]),
    ]
    assert record.fidelity == pytest.approx(info["fidelity"], rel=1e-12)
    assert record.comm_time_s == pytest.approx(info["comm_time_s"], rel=1e-12)


@given(
    weights=st.lists(st.floats(0.0, 1.0, width=32), min_size=5, max_size=5),
    seed=st.integers(0, 2**31),
    model=st.sampled_from(["paper", "icpp2025"]),
    busy=st.booleans(),
)
def test_info_agrees_with_the_estimate_of_the_plan(weights, seed, model, busy):
    env = ENVS[model, busy]
    env.reset(seed=seed)
    _, reward, _, _, info = env.step(np.float32(weights))
    episode = env._episode
    columns = {name: int(column[0]) for name, column in episode.jobs._asdict().items()}
    rates = [env.source.model.rates(one) for one in env.source.fleets[0].devices]
    parts = [(int(share), rates[i]) for i, share in enumerate(info["shares"]) if share]
    estimate = env.source.model.estimate(
        make_job(**columns), [share for share, _ in parts], [rate for _, rate in parts]
    )

    assert sum(share for share, _ in parts) == columns["num_qubits"]
    assert (info["shares"] <= episode.free[:, 0]).all()
    assert 0.0 < reward < 1.0
    # NumPy and Python may round the last of four decimals to different sides.
    tolerance = 1e-12 if model == "paper" else 1.01e-4
    assert info["fidelity"] == pytest.approx(estimate.fidelity, abs=tolerance)
    assert info["comm_time_s"] == pytest.approx(estimate.comm_time_s)


ENVS = {
    (model, busy): PaperAllocationEnv(model=model, busy=busy)
    for model in ("paper", "icpp2025")
    for busy in (False, True)
}


def test_gymnasium_finds_nothing_to_say():
    env = gymnasium.make("qsched/PaperAllocation-v0")

    check_env(env.unwrapped)


def test_stable_baselines3_says_only_that_it_prefers_actions_from_minus_1_to_1():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        sb3_check_env(PaperAllocationEnv())

    assert ["symmetric and normalized Box action space" in str(w.message) for w in caught] == [True]


def episodes(env, seed, num=20):
    """What several episodes show."""
    seen = [env.reset(seed=seed)[0]]
    rewards = []
    for _ in range(num):
        rewards.append(env.step(np.float32([0.1, 0.5, 0.3, 0.9, 0.2]))[1])
        seen.append(env.reset()[0])
    return np.array(seen).tobytes(), rewards


@pytest.mark.parametrize("busy", [False, True])
def test_equal_seeds_give_equal_episodes_and_other_seeds_others(busy):
    env = PaperAllocationEnv(busy=busy)

    first = episodes(env, 5)
    assert episodes(env, 5) == first
    assert episodes(PaperAllocationEnv(busy=busy), 5) == first
    assert episodes(env, 6) != first


def test_without_a_seed_two_environments_differ():
    seen = [[env.reset()[0][0] for _ in range(10)] for env in (PaperAllocationEnv(),) * 2]

    assert seen[0] != seen[1]


def test_jobs_are_those_of_the_ranges():
    ranges = JobRanges(num_qubits=(130, 132), depth=(7, 7))
    env = PaperAllocationEnv(jobs=ranges)
    env.reset(seed=0)
    drawn = set()
    for _ in range(50):
        env.reset()
        jobs = env._episode.jobs
        drawn.add(int(jobs.num_qubits[0]))
        assert jobs.depth[0] == 7
        assert jobs.num_two_qubit_gates[0] == 13
    assert drawn == {130, 131, 132}


def test_given_jobs_are_drawn_with_replacement():
    jobs = paper_workload(0, 3)
    env = PaperAllocationEnv(jobs=jobs)
    env.reset(seed=0)
    sizes = {round(float(env.reset()[0][0]) * 50) for _ in range(50)}
    assert sizes == {job.num_qubits for job in jobs}


def test_each_episode_has_one_of_the_fleets():
    worse = replace(PAIR, devices=(device("a", 0.4), device("b", 0.2, 0.03, 0.002)))
    env = PaperAllocationEnv(fleets=[PAIR, worse], jobs=[JOB])
    env.reset(seed=0)
    scores = {round(float(env.reset()[0][2]), 4) for _ in range(50)}

    rates = [load_model("paper").rates(fleet.devices[0]) for fleet in (PAIR, worse)]
    assert scores == {round(rate.error_score, 4) for rate in rates}


def test_on_a_busy_cloud_the_job_always_fits_into_what_is_free():
    env = PaperAllocationEnv(fleets=[PAIR], jobs=[replace(JOB, num_qubits=30)], busy=True)
    env.reset(seed=0)
    rooms = set()
    for _ in range(200):
        env.reset()
        free = env._episode.free[:, 0]
        assert 30 <= free.sum() <= 32
        assert (free <= [16, 16, 0, 0, 0]).all()
        rooms.add(tuple(free.tolist()))
        assert env.step(np.ones(5, dtype=np.float32))[4]["shares"].sum() == 30
    assert len(rooms) > 2


def test_an_episode_can_be_given():
    env = PaperAllocationEnv(fleets=[PAIR, PAIR], jobs=[replace(JOB, num_qubits=30)])
    seen, _ = env.reset(seed=0, options={"fleet": 1, "job": JOB, "free": [4, 16]})

    assert seen[0] == pytest.approx(13 / 50)
    assert seen[1] == pytest.approx(4 / 150)
    shares = env.step(np.float32([1.0, 0.1, 0.0, 0.0, 0.0]))[4]["shares"]
    assert shares.tolist() == [4, 9, 0, 0, 0]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"jobs": JOB}, "unknown option 'jobs' of reset; did you mean 'job'"),
        ({"fleet": 1}, "fleet is 1; it must be a whole number, 0 to 0"),
        (
            {"job": JOB, "free": [17, 1]},
            r"free qubits are \[17, 1\]; give whole numbers, 0 to \[16, 16, 0, 0, 0\]",
        ),
        ({"job": JOB, "free": [1] * 6}, r"free qubits are \[1, 1, 1, 1, 1, 1\]"),
        ({"job": JOB, "free": [6, 6]}, "a job of 13 qubits, 12 are free"),
        ({"job": make_job(num_qubits=33)}, "a job of 33 qubits, 32 are free"),
        ({"fleet": "x"}, "fleet is 'x'"),
        ({"fleet": None}, "fleet is None"),
        ({"job": "big"}, "job is 'big'; give a qsched.Job"),
        ({"free": 5}, "free qubits are 5"),
        ({"free": [5.5, 1]}, r"free qubits are \[5.5, 1\]"),
        ({"free": ["a", "b"]}, r"free qubits are \['a', 'b'\]"),
        ({"free": [[1], [1, 2]]}, "free qubits are"),
        ({"free": [-1, 16]}, r"free qubits are \[-1, 16\]"),
        ({3: 1, "x": 2}, "unknown option 3 of reset"),
        (["job"], r"options of reset are \['job'\]; give names and values"),
    ],
)
def test_episodes_that_cannot_be_are_refused(options, told):
    with pytest.raises(ConfigError, match=told):
        PaperAllocationEnv(fleets=[PAIR], jobs=[JOB]).reset(seed=0, options=options)


NOT_A_NUMBER = replace(
    load_model("paper"), constants=Constants(error_weights=(float("nan"), 0.3, 0.2))
)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"fleets": []}, "no fleet is given"),
        ({"jobs": []}, "no job is given"),
        ({"fleets": [make_fleet(*(make_device(str(i), 99) for i in range(6)))]}, "has 6 devices"),
        ({"fleets": [PAIR]}, "jobs have up to 250 qubits, fleet 'test' has 32"),
        ({"model": "papers"}, "unknown model 'papers'"),
        ({"busy": "no"}, "busy is 'no'; it must be true or false"),
        ({"busy": 1}, "busy is 1"),
        ({"model": NOT_A_NUMBER}, "observation 0, 2 is nan; every number must be finite"),
        ({"fleets": [make_fleet(make_device("a", 250, clops=2e8))]}, "an observation would be 200"),
    ],
)
def test_arguments_that_cannot_be_are_refused(arguments, told):
    with pytest.raises(InputError, match=told):
        PaperAllocationEnv(**arguments)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_actions_that_are_not_finite_are_refused(value):
    env = PaperAllocationEnv()
    env.reset(seed=0)

    with pytest.raises(InputError, match=rf"weight 2 is {value}; every number must be finite"):
        env.step(np.float32([0.0, 0.0, value, 0.0, 0.0]))


def test_actions_of_another_shape_and_steps_before_reset_are_refused():
    env = PaperAllocationEnv()
    with pytest.raises(SimulationError, match="step before reset"):
        env.step(np.ones(5, dtype=np.float32))
    with pytest.raises(ConfigError, match="seed is -1; it must be 0 or more"):
        env.reset(seed=-1)
    env.reset(seed=0)
    with pytest.raises(InputError, match=r"action has shape \(4,\); it must be \(5,\)"):
        env.step(np.ones(4, dtype=np.float32))


def test_an_episode_has_one_step():
    env = PaperAllocationEnv()
    env.reset(seed=0)
    env.step(np.ones(5, dtype=np.float32))

    with pytest.raises(SimulationError, match="after the end of an episode"):
        env.step(np.ones(5, dtype=np.float32))
    env.reset()
    env.step(np.ones(5, dtype=np.float32))


def test_the_trained_network_answers_as_stable_baselines3_does():
    from stable_baselines3 import PPO

    env = PaperAllocationEnv(busy=True)
    model = PPO("MlpPolicy", env, seed=1, n_steps=64, batch_size=32, n_epochs=2, device="cpu")
    model.learn(128)
    arrays = {name: value.numpy() for name, value in model.policy.state_dict().items()}
    layers = actor_layers(arrays, "policy.npz")

    for _ in range(50):
        seen, _ = env.reset()
        assert act(layers, seen) == pytest.approx(
            model.predict(seen, deterministic=True)[0], abs=1e-5
        )


def test_the_default_jobs_are_the_papers():
    env = PaperAllocationEnv()

    assert env.source._jobs == PAPER_JOBS
