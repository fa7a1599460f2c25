"""Training: it learns, it repeats itself byte for byte, and it can be interrupted."""

import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
import torch
from toy_envs import NUM, Masked

from qsched import load_fleet
from qsched.errors import BadInputs, ConfigError, InputError, MissingExtraError, UnknownNameError
from qsched.policy.learned.weights import load_weights
from qsched.rl import course
from qsched.rl import settings as settings_module
from qsched.rl.checkpoints import load_checkpoint
from qsched.rl.curve import CurveRow, read_curve
from qsched.rl.outcome import TrainingInterrupted
from qsched.rl.train import train

SHORT = {"timesteps": 2048, "evaluate_every": 512}
"""Four updates, each with an evaluation and a checkpoint."""


class Stop:
    """Presses Ctrl-C after so many timesteps."""

    def __init__(self, timesteps):
        self.timesteps = timesteps

    def __call__(self, done, total, rate, reward):
        if done >= self.timesteps:
            raise KeyboardInterrupt


def policy_bytes(folder):
    return [(folder / name).read_bytes() for name in ("policy.npz", "policy.json")]


def without_speed(rows):
    return [row._replace(steps_per_second=None) for row in rows]


def forward(arrays, observations):
    """The actor as NumPy computes it."""
    values = observations
    layers = sorted({name.rsplit(".", 1)[0] for name in arrays if "policy_net" in name})
    for layer in layers:
        values = np.tanh(values @ arrays[f"{layer}.weight"].T + arrays[f"{layer}.bias"])
    return values @ arrays["action_net.weight"].T + arrays["action_net.bias"]


def test_ppo_learns_to_repeat_what_it_sees(toys):
    result = toys.train("Identity")

    # Nothing at all gives -0.25, the best is 0.
    assert result.best_reward >= 0.05 * -0.25
    actions = np.clip(forward(load_weights(toys.out).arrays, np.eye(NUM)), 0, 1)
    assert np.mean((actions - np.eye(NUM)) ** 2) <= 0.05 * 0.25


def test_maskable_ppo_learns_what_to_name_and_never_names_what_is_masked(toys):
    result = toys.train("Masked")

    assert result.best_reward >= 0.95
    chosen = forward(load_weights(toys.out).arrays, np.eye(NUM))
    chosen[~Masked.masks_of(np.arange(NUM))] = -np.inf
    assert chosen.argmax(axis=1).tolist() == [1, 2, 3, 0]


@pytest.mark.parametrize("name", ["Identity", "Masked"])
def test_equal_seeds_give_equal_weights_byte_for_byte_and_others_do_not(toys, name):
    for folder, seed in {"a": 1, "b": 1, "c": 2}.items():
        np.random.default_rng().random()
        torch.rand(3)  # what others drew does not matter
        toys.train(name, toys.folder / folder, seed=seed, **SHORT)

    a, b, c = (policy_bytes(toys.folder / folder) for folder in "abc")
    assert a == b
    assert a[0] != c[0]


@pytest.mark.parametrize(
    ("name", "stop"), [("Identity", 32), ("Masked", 700), ("Masked", 1536), ("Identity", 2000)]
)
def test_an_interrupted_training_comes_to_what_an_uninterrupted_one_does(toys, name, stop):
    whole = toys.train(name, toys.folder / "whole", **SHORT)

    with pytest.raises(TrainingInterrupted) as caught:
        toys.train(name, progress=Stop(stop), **SHORT)
    assert caught.value.timesteps >= stop
    assert caught.value.checkpoint == (stop - 1) // 512 * 512
    resumed = toys.train(name, resume=True, **SHORT)

    assert policy_bytes(toys.out) == policy_bytes(toys.folder / "whole")
    assert without_speed(read_curve(toys.out / "curve.csv")) == without_speed(
        read_curve(toys.folder / "whole" / "curve.csv")
    )
    assert (resumed.best_reward, resumed.best_timesteps) == (
        whole.best_reward,
        whole.best_timesteps,
    )
    assert resumed.resumed_from == caught.value.checkpoint


def test_a_training_that_was_killed_while_it_wrote_goes_on_from_the_checkpoint_before(toys):
    toys.train("Identity", toys.folder / "whole", **SHORT)
    toys.train("Identity", **SHORT)
    last = sorted((toys.out / "checkpoints").iterdir())[-2:]
    for path in last:
        path.unlink()  # the policy and the curve are of later than the checkpoint
    with (toys.out / "curve.csv").open("a") as file:
        file.write("2560,0.1,")

    result = toys.train("Identity", resume=True, **SHORT)

    assert result.resumed_from == 1024
    assert policy_bytes(toys.out) == policy_bytes(toys.folder / "whole")
    assert [row.timesteps for row in result.curve] == [512, 1024, 1536, 2048]


@pytest.mark.parametrize("at", [1, 2])
def test_files_of_two_policies_are_replaced_by_those_of_the_best_one(toys, at):
    """A crash between two moves leaves arrays of one policy beside the JSON of another."""
    toys.train("Identity", toys.folder / "whole", **SHORT)
    toys.train("Identity", toys.folder / "other", seed=1, timesteps=512)
    if at == 1:  # a training that goes on
        with pytest.raises(TrainingInterrupted):
            toys.train("Identity", progress=Stop(1700), **SHORT)
    else:  # a finished one
        toys.train("Identity", **SHORT)
    (toys.out / "policy.npz").write_bytes((toys.folder / "other" / "policy.npz").read_bytes())

    toys.train("Identity", resume=True, **SHORT)

    assert policy_bytes(toys.out) == policy_bytes(toys.folder / "whole")


def test_a_policy_that_no_checkpoint_leads_to_is_said_to_be_lost(toys):
    result = toys.train(**SHORT)
    (toys.out / "policy.npz").unlink()
    *earlier, _ = sorted((toys.out / "checkpoints").iterdir())
    for path in earlier:
        if int(path.stem) < result.best_timesteps:
            path.unlink()

    with pytest.raises(ConfigError, match=r"its policy cannot read: No such .*anew \(--force\)"):
        toys.train(resume=True, **SHORT)


@pytest.mark.parametrize("content", [None, ""])
def test_a_training_without_its_curve_goes_on_with_a_new_one(toys, content):
    toys.train("Identity", toys.folder / "whole", **SHORT)
    with pytest.raises(TrainingInterrupted):
        toys.train("Identity", progress=Stop(1200), **SHORT)
    (toys.out / "curve.csv").unlink()
    if content is not None:
        (toys.out / "curve.csv").write_text(content)

    result = toys.train("Identity", resume=True, **SHORT)

    assert policy_bytes(toys.out) == policy_bytes(toys.folder / "whole")
    assert [row.timesteps for row in read_curve(toys.out / "curve.csv")] == [1536, 2048]
    assert result.best_reward == toys.train(resume=True, **SHORT).best_reward


def test_an_interrupt_within_a_checkpoint_says_what_is_kept(toys, monkeypatch):
    real = course.save_checkpoint

    def save(folder, checkpoint):
        if checkpoint.standing.timesteps == 1024:
            raise KeyboardInterrupt
        real(folder, checkpoint)

    monkeypatch.setattr(course, "save_checkpoint", save)
    with pytest.raises(TrainingInterrupted) as caught:
        toys.train(**SHORT)

    assert (caught.value.timesteps, caught.value.checkpoint) == (1024, 512)


def test_one_update_moves_every_weight_of_the_actor(toys):
    toys.train("Identity", timesteps=512)
    first, last = (load_checkpoint(toys.out, until=timesteps).policy for timesteps in (0, 512))

    assert first.keys() == last.keys()
    for name in first:
        assert np.isfinite(last[name]).all()
        assert (first[name] != last[name]).any(), name


def test_a_finished_training_is_not_done_again(toys):
    first = toys.train(**SHORT)
    before = policy_bytes(toys.out)

    again = toys.train(resume=True, progress=Stop(0), **SHORT)

    assert policy_bytes(toys.out) == before
    assert again.resumed_from == again.timesteps == first.timesteps == 2048
    assert again.best_reward == first.best_reward
    assert without_speed(again.curve) == without_speed(
        [CurveRow(*row) for row in read_curve(toys.out / "curve.csv")]
    )


def test_a_training_is_not_overwritten_unless_that_is_asked_for(toys):
    toys.train(seed=1, **SHORT)
    (toys.out / "notes.txt").write_text("mine")
    before = policy_bytes(toys.out)

    with pytest.raises(ConfigError, match=r"holds a training; go on with it \(--resume\)"):
        toys.train(seed=2, **SHORT)
    assert policy_bytes(toys.out) == before
    with pytest.raises(ConfigError, match="num_jobs is 'all'"):  # what the environment refuses
        train("Cloud-v0", out=toys.out, force=True, env_options={"num_jobs": "all"})
    assert policy_bytes(toys.out) == before
    toys.train(seed=2, force=True, **SHORT)

    assert policy_bytes(toys.out) != before
    assert len(read_curve(toys.out / "curve.csv")) == 4
    assert (toys.out / "notes.txt").read_text() == "mine"


def test_a_folder_without_a_training_has_none_to_go_on_with(toys):
    with pytest.raises(ConfigError, match="holds no training to go on with"):
        toys.train(resume=True, **SHORT)
    with pytest.raises(ConfigError, match="both resume and force"):
        toys.train(resume=True, force=True, **SHORT)
    assert not toys.out.exists()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seed": 1}, r"seed \(there 0, here 1\)"),
        ({"timesteps": 4096}, "timesteps"),
        ({"num_envs": 64}, "num_envs"),
        ({"model": "icpp2025"}, "fleets, model"),
        ({"env_options": {"length": 2}}, "env_options"),
    ],
)
def test_a_training_goes_on_only_with_its_own_settings(toys, change, named):
    toys.train(**SHORT)

    with pytest.raises(ConfigError, match=f"other settings: {named}"):
        toys.train(resume=True, **{**SHORT, **change})


def test_the_files_say_what_was_trained(toys):
    fleet = load_fleet("paper")
    fleets = [fleet, replace(fleet, name="small", devices=fleet.devices[:2])]

    result = toys.train(fleets=fleets, env_options={"length": 3}, seed=4, **SHORT)

    weights = load_weights(toys.out)
    metadata = weights.metadata
    assert metadata["env_id"] == "tests/Identity"
    assert metadata["layout"] == {"observation": NUM}
    assert [(f["name"], len(f["devices"])) for f in metadata["fleets"]] == [
        ("paper", 5),
        ("small", 2),
    ]
    assert (metadata["seed"], metadata["timesteps"], metadata["model"]) == (4, 2048, "paper")
    assert metadata["env_options"] == {"length": 3}
    assert metadata["hyper_parameters"]["algorithm"] == "PPO"
    assert metadata["hyper_parameters"]["learning_rate"] == 3e-3
    assert metadata["figures"]["evaluation_reward"] == result.best_reward
    assert metadata["figures"]["timesteps"] == result.best_timesteps
    assert {path.name for path in toys.out.iterdir()} == {
        "policy.npz", "policy.json", "curve.csv", "checkpoints", "tensorboard",
    }  # fmt: skip
    assert json.dumps(result.to_dict(), allow_nan=False)


def test_the_curve_has_a_row_for_each_update_and_the_evaluations(toys):
    result = toys.train(timesteps=2048, evaluate_every=1024)

    rows = read_curve(toys.out / "curve.csv")
    assert [row.timesteps for row in rows] == [512, 1024, 1536, 2048]
    assert [row.num_episodes for row in rows] == [512] * 4
    assert [row.evaluation_reward is None for row in rows] == [True, False, True, False]
    assert all(row.steps_per_second > 0 and row.entropy_loss is not None for row in rows)
    assert rows[0].learning_rate > rows[-1].learning_rate >= 0.0
    best = max(row.evaluation_reward for row in result.curve if row.evaluation_reward is not None)
    assert result.best_reward == best


def test_of_equal_evaluations_the_first_is_kept(toys):
    result = toys.train("Constant", **SHORT)

    assert (result.best_reward, result.best_timesteps) == (1.0, 512)


def test_episodes_that_are_cut_off_are_learned_from_as_if_they_went_on(toys):
    result = toys.train("CutOff", timesteps=512)

    assert result.curve[0].num_episodes == 512


def test_tensorboard_can_show_the_curve_of_a_resumed_training(toys):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    with pytest.raises(TrainingInterrupted):
        toys.train(progress=Stop(1700), **SHORT)
    result = toys.train(resume=True, **SHORT)

    events = EventAccumulator(str(toys.out / "tensorboard")).Reload()
    shown = events.Scalars("qsched/mean_reward")
    assert [event.step for event in shown] == [512, 1024, 1536, 2048]
    assert [event.value for event in shown] == pytest.approx(
        [row.mean_reward for row in result.curve], rel=1e-4
    )


def test_the_global_random_states_are_afterwards_what_they_were(toys):
    np.random.seed(5)  # noqa: NPY002 - the state that must be kept
    torch.manual_seed(5)
    wanted = (np.random.random(), torch.rand(1).item())  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    torch.manual_seed(5)
    threads = torch.get_num_threads()

    toys.train(timesteps=512)

    assert (np.random.random(), torch.rand(1).item()) == wanted  # noqa: NPY002
    assert torch.get_num_threads() == threads


def test_nothing_in_a_checkpoint_is_pickled(toys):
    toys.train(timesteps=512)

    for path in (toys.out / "checkpoints").iterdir():
        with np.load(path, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype.kind in "fu" for name in arrays)


def test_a_damaged_checkpoint_is_refused_with_the_way_out(toys):
    toys.train(**SHORT)
    last = max((toys.out / "checkpoints").iterdir())
    last.write_bytes(last.read_bytes()[:-100])

    with pytest.raises(InputError, match="damaged; remove it to go on from the checkpoint before"):
        toys.train(resume=True, **SHORT)
    last.unlink()
    assert toys.train(resume=True, **SHORT).resumed_from == 1536


def test_a_checkpoint_of_another_network_is_refused(toys, monkeypatch):
    from qsched.rl.trainable import TRAINABLES

    with pytest.raises(TrainingInterrupted):
        toys.train(progress=Stop(700), **SHORT)
    other = replace(TRAINABLES["tests/Identity"], policy_kwargs={"net_arch": [8]})
    monkeypatch.setitem(TRAINABLES, "tests/Identity", other)

    with pytest.raises(InputError, match="of another network"):
        toys.train(resume=True, **SHORT)


@pytest.mark.parametrize("key", ["x|exp_avg", "0|exp_avg", "policy"])
def test_a_checkpoint_whose_content_is_amiss_is_refused(toys, key):
    with pytest.raises(TrainingInterrupted):
        toys.train(progress=Stop(700), **SHORT)
    last = max((toys.out / "checkpoints").iterdir())
    with np.load(last) as file:
        arrays = dict(file)
    if key == "policy":
        arrays["policy|action_net.bias"] = np.array(["text"])  # torch takes no texts
    else:
        del arrays["optimiser|0|exp_avg"]
        arrays[f"optimiser|{key}"] = np.array(["text"])
    np.savez(last, **arrays)

    with pytest.raises(InputError, match="of another network; remove it"):
        toys.train(resume=True, **SHORT)


def test_an_archive_that_is_no_checkpoint_is_refused(toys):
    toys.train(**SHORT)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w"):
        pass
    (toys.out / "checkpoints" / "999999999999.npz").write_bytes(packed.getvalue())

    with pytest.raises(InputError, match="is no checkpoint"):
        toys.train(resume=True, **SHORT)


def test_a_diverging_training_is_stopped_with_a_remedy(toys):
    from qsched.rl.trainable import TRAINABLES

    hyper = TRAINABLES["tests/Identity"].hyper
    wild = hyper.with_changes({"learning_rate": 1e30, "max_grad_norm": 1e30})

    with pytest.raises(ConfigError, match=r"training diverged .* smaller learning_rate"):
        toys.train(hyper=wild, **SHORT)


def test_observations_that_are_not_finite_are_refused(toys):
    with pytest.raises(ConfigError, match="observations that are not finite"):
        toys.train("NotFinite", **SHORT)


def test_an_environment_that_resets_late_is_refused(toys):
    with pytest.raises(ConfigError, match="NextStep does not reset in the same step"):
        toys.train("NextStep", **SHORT)


def test_an_unknown_environment_is_refused_with_the_near_ones(toys):
    with pytest.raises(UnknownNameError, match="did you mean 'tests/Identity'"):
        toys.train("Identty")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"timesteps": 0}, "timesteps is 0"),
        ({"num_envs": 0}, "num_envs is 0"),
        ({"evaluate_every": -1}, "evaluate_every is -1"),
        ({"num_threads": 1.5}, r"num_threads is 1\.5"),
        ({"seed": -1}, "seed is -1"),
        ({"env_options": {"lenght": 1}}, "no option 'lenght'; did you mean 'length'"),
        ({"env_options": {"fleets": []}}, "no option 'fleets'"),
        ({"model": "papre"}, "did you mean 'paper'"),
    ],
)
def test_arguments_that_cannot_be_are_refused_before_anything_is_written(toys, options, problem):
    with pytest.raises(InputError, match=problem):
        toys.train(**options)
    assert not toys.out.exists()


def test_all_wrong_arguments_are_named_at_once(toys):
    with pytest.raises(BadInputs) as caught:
        toys.train(timesteps=0, num_envs=0, env_options={"x": 1})

    assert len(caught.value.errors) == 3


def test_without_the_extra_the_message_holds_the_install_command(toys, monkeypatch):
    real = settings_module.find_spec
    monkeypatch.setattr(
        settings_module, "find_spec", lambda name: None if name == "torch" else real(name)
    )

    with pytest.raises(MissingExtraError, match=r"needs torch: .* pip install 'qsched\[rl\]'"):
        toys.train()
    assert not toys.out.exists()
