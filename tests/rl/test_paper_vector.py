"""Many of the paper's environments at once are that one environment, many times."""

import gymnasium
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode
from hypothesis import given, settings
from hypothesis import strategies as st

import qsched.rl
from qsched.errors import ConfigError, InputError, SimulationError
from qsched.experiment.paper_workload import paper_workload
from qsched.rl.paper_allocation import PaperAllocationEnv
from qsched.rl.paper_vector import PaperAllocationVectorEnv
from qsched.testing import make_device, make_fleet

FLEETS = [
    make_fleet(make_device("a", 127), make_device("b", 127, clops=2e5)),
    make_fleet(*(make_device(str(i), 60, readout_error=(0.01 * i,) * 60) for i in range(1, 6))),
]
JOBS = paper_workload(3, 10)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 2**31),
    num_envs=st.integers(1, 7),
    options=st.fixed_dictionaries(
        {
            "model": st.sampled_from(["paper", "icpp2025"]),
            "busy": st.booleans(),
            "fleets": st.sampled_from([FLEETS[:1], FLEETS]),
            "jobs": st.sampled_from([None, JOBS]),
        }
    ),
)
def test_many_environments_have_the_episodes_of_one_and_the_same_outcomes(seed, num_envs, options):
    one = PaperAllocationEnv(**options)
    many = PaperAllocationVectorEnv(num_envs, **options)
    noise = np.random.default_rng(seed)
    seen, _ = many.reset(seed=seed)
    ones = [one.reset(seed=seed)[0]] if num_envs else []
    for _ in range(3):
        actions = np.float32(np.round(noise.normal(0.3, 0.5, size=(num_envs, 5)), 1))
        then, rewards, terminated, truncated, infos = many.step(actions)
        assert terminated.all()
        assert not truncated.any()
        for i, action in enumerate(actions):
            before = ones.pop()
            assert np.array_equal(seen[i], before)
            final, reward, _, _, info = one.step(action)
            assert np.array_equal(infos["final_obs"][i], final)
            assert infos["final_info"]["shares"][i].tolist() == info["shares"].tolist()
            assert rewards[i] == pytest.approx(reward, rel=1e-12)
            for name in ("fidelity", "comm_time_s"):
                assert infos["final_info"][name][i] == pytest.approx(info[name], rel=1e-12)
            ones.append(one.reset()[0])
        seen = then


def test_gymnasium_makes_it_and_it_resets_in_the_same_step():
    env = gymnasium.make_vec("qsched/PaperAllocation-v0", num_envs=3, busy=True)

    assert type(env).__name__ in qsched.rl.ENVIRONMENTS["qsched/PaperAllocation-v0"][1]
    assert env.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
    seen, info = env.reset(seed=0)
    assert seen in env.observation_space
    assert info == {}
    seen, _, _, _, infos = env.step(env.action_space.sample())
    assert seen in env.observation_space
    for name in ("final_obs", "final_info"):
        assert infos[f"_{name}"].all()


def test_what_a_step_returned_stays_when_the_next_is_taken():
    env = PaperAllocationVectorEnv(4)
    env.reset(seed=0)
    returned = env.step(np.full((4, 5), 0.5))
    kept = [np.copy(returned[0]), np.copy(returned[1]), np.copy(returned[4]["final_obs"])]
    returned[0][:] = 0.0  # nor does writing into it change what comes
    following = env.step(np.full((4, 5), 0.5))

    assert np.array_equal(following[4]["final_obs"], kept[0])
    assert np.array_equal(returned[1], kept[1])
    assert np.array_equal(returned[4]["final_obs"], kept[2])


def test_equal_seeds_give_equal_bytes_and_without_a_seed_it_goes_on():
    def run(*seeds):
        env = PaperAllocationVectorEnv(5, busy=True)
        return [env.reset(seed=seed)[0].tobytes() for seed in seeds]

    assert run(1, None, 1, None) == run(1, None) * 2
    assert run(1)[0] != run(2)[0]
    assert run(np.int64(1)) == run(1)
    assert run(None) != run(None)


def test_what_cannot_be_is_refused():
    for num_envs in (0, 1.5, "x"):
        with pytest.raises(ConfigError, match=r"num_envs is .*; it must be a whole number, 1 or"):
            PaperAllocationVectorEnv(num_envs)
    env = PaperAllocationVectorEnv(2)
    with pytest.raises(SimulationError, match="step before reset"):
        env.step(np.zeros((2, 5)))
    with pytest.raises(ConfigError, match=r"seed is \[1, 2\]; give one for all environments"):
        env.reset(seed=[1, 2])
    with pytest.raises(ConfigError, match=r"unknown options of reset \['job'\]"):
        env.reset(options={"job": JOBS[0]})
    env.reset(seed=0)
    with pytest.raises(InputError, match=r"actions have shape \(5,\); it must be \(2, 5\)"):
        env.step(np.zeros(5))
    with pytest.raises(InputError, match="weight 3, 1 is nan; every number must be finite"):
        env.step(np.float32([[0.0] * 5, [0.0, 0.0, 0.0, np.nan, 0.0]]))
