"""``qsched train``: streams, files, status, interrupts, and what bad input gets."""

import json
import shlex
import sys

import pytest
from click.testing import CliRunner

from qsched.cli import main
from qsched.rl import session

SHORT = ("--timesteps", "1024", "--evaluate-every", "512")
HEADER = "job_id,num_qubits,depth,two_qubits,shots,arrival_time\n"


@pytest.fixture
def train(toys, monkeypatch):
    """Call ``qsched train`` in the folder of the test, in the toy environment."""
    monkeypatch.chdir(toys.folder)

    def call(*args, env="tests/Identity", out="out"):
        words = ["train", "--env", env, "--out", out, *map(str, args)]
        return CliRunner().invoke(main, words, prog_name="qsched")

    return call


def test_json_is_one_document_on_stdout_and_the_files_are_there(train, toys):
    done = train(*SHORT, "--seed", 2, "--json")

    document = json.loads(done.stdout)
    assert (done.exit_code, done.stderr) == (0, "")
    assert set(document) == {
        "version", "env_id", "out", "timesteps", "best_reward", "best_timesteps", "resumed_from",
        "steps_per_second", "curve", "figures",
    }  # fmt: skip
    assert (document["env_id"], document["timesteps"]) == ("tests/Identity", 1024)
    assert [row["timesteps"] for row in document["curve"]] == [512, 1024]
    assert document["figures"] == ["curve.png", "curve.svg"]
    assert {path.name for path in toys.out.iterdir()} == {
        "policy.npz", "policy.json", "curve.csv", "curve.png", "curve.svg", "checkpoints",
        "tensorboard",
    }  # fmt: skip


def test_the_text_says_how_good_the_policy_is_and_how_to_use_it(train):
    done = train(*SHORT)

    assert done.exit_code == 0
    first, best, use, watch = done.stdout.splitlines()
    assert first.startswith("trained in tests/Identity for 1,024 timesteps, ")
    assert best.startswith("best policy: mean reward -0.")
    assert use == "use it:   qsched run jobs.csv --policy rl:out"
    assert watch == "watch it: tensorboard --logdir out/tensorboard"
    again = train(*SHORT, "--resume")
    assert again.stdout.startswith("out holds a finished training of 1,024 timesteps\nbest policy")


def test_options_reach_the_training(train, toys):
    (toys.folder / "jobs.csv").write_text(f"{HEADER}a,20,5,10,1000,0\n")

    done = train(
        *SHORT, "--fleet", "paper", "--fleet", "paper", "--model", "icpp2025", "--jobs", "jobs.csv",
        "--num-envs", 64, "--env-option", "length=2", "--hyper", "gamma=0.5", "--hyper",
        "num_steps=8", "--threads", 1,
    )  # fmt: skip

    metadata = json.loads((toys.out / "policy.json").read_text())
    assert (done.exit_code, done.stderr) == (0, "")
    assert (len(metadata["fleets"]), metadata["model"]) == (2, "icpp2025")
    assert metadata["jobs"]["num_jobs"] == 1
    assert metadata["env_options"] == {"length": 2}
    hyper = metadata["hyper_parameters"]
    assert (hyper["gamma"], hyper["num_steps"], hyper["num_envs"]) == (0.5, 8, 64)


def test_ctrl_c_prints_the_command_that_goes_on_and_that_command_does(train, toys, monkeypatch):
    steps = []

    class Impatient(session.GymnasiumVecEnv):
        def step_wait(self):
            steps.append(None)
            if len(steps) == 25:  # behind the first update, an evaluation, half of the second
                raise KeyboardInterrupt
            return super().step_wait()

    whole = train(*SHORT, out="whole")
    monkeypatch.setattr(session, "GymnasiumVecEnv", Impatient)
    options = ("--env-option", "length=1", "--hyper", "gamma=0.0")
    stopped = train(*SHORT, *options, "--json")

    error, note = stopped.stderr.splitlines()
    assert (whole.exit_code, stopped.exit_code, stopped.stdout) == (0, 130, "")
    assert error == "error: interrupted after 736 timesteps; what was learned until 512 is kept"
    command = note.removeprefix("note: go on with: ")
    begin = "qsched train --env tests/Identity --model paper --timesteps 1024 --seed 0 --out out "
    assert command.startswith(begin)
    assert command.endswith(" --json --resume")
    done = CliRunner().invoke(main, shlex.split(command)[1:], prog_name="qsched")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["resumed_from"] == 512
    kept, wanted = toys.out / "policy.npz", toys.folder / "whole" / "policy.npz"
    assert kept.read_bytes() == wanted.read_bytes()


def refusal(done):
    """The one line on standard error."""
    assert done.exit_code == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    return line


def test_a_finished_training_is_refused_with_both_ways_out(train):
    train(*SHORT)

    assert refusal(train(*SHORT)) == (
        "error: out: holds a training; go on with it (--resume), remove it (--force), "
        "or give another folder"
    )
    assert train(*SHORT, "--force").exit_code == 0


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--resume",), "out: holds no training to go on with"),
        (("--env-option", "length"), "--env-option 'length' is no setting; the form is NAME="),
        (("--env-option", "a=1", "--env-option", "a=2"), "--env-option names a twice"),
        (("--env-option", "a=1"), "tests/Identity has no option 'a'"),
        (("--hyper", "gamma=x"), "gamma is 'x'"),
        (("--hyper", "lr=1"), "unknown hyper-parameter 'lr'"),
        (("--fleet", "papr"), "unknown fleet 'papr'"),
        (("--model", "papr"), "unknown model 'papr'"),
        (("--jobs", "none.csv"), "none.csv"),
        (("--num-envs", "7", "--hyper", "num_steps=3"), "do not make 4 minibatches"),
    ],
)
def test_bad_options_get_one_line_and_nothing_is_written(train, toys, args, problem):
    assert problem in refusal(train(*SHORT, *args))
    assert not toys.out.exists()


def test_all_bad_options_are_listed(train):
    done = train("--fleet", "papr", "--hyper", "lr=1", "--env-option", "x")

    assert done.exit_code == 2
    assert len(done.stderr.splitlines()) == 3


def test_an_unknown_environment_is_refused(train):
    assert "unknown environment 'Clowd-v0'" in refusal(train(env="Clowd-v0"))


def test_observations_that_are_not_finite_are_refused(train):
    assert "observations that are not finite" in refusal(train(*SHORT, env="tests/NotFinite"))


@pytest.mark.parametrize("missing", ["torch", "sb3_contrib", "tensorboard"])
def test_without_the_extra_there_is_one_line_with_the_install_command(train, monkeypatch, missing):
    monkeypatch.setitem(sys.modules, missing, None)

    line = refusal(train(*SHORT))

    assert line == f"error: training needs {missing}: python -m pip install 'qsched[rl]'"


def test_without_matplotlib_there_is_a_note_instead_of_a_figure(train, toys, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    done = train(*SHORT)

    assert done.exit_code == 0
    assert done.stderr.startswith("note: no figure: figures need matplotlib")
    assert not (toys.out / "curve.png").exists()


def test_help_needs_no_extra(train, monkeypatch):
    for name in ("torch", "gymnasium", "stable_baselines3", "sb3_contrib"):
        monkeypatch.setitem(sys.modules, name, None)

    done = train("--help")

    assert done.exit_code == 0
    assert "--hyper NAME=VALUE" in done.stdout
