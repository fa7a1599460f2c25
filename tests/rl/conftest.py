"""Makes the toy environments known to the training, for one test each."""

from types import SimpleNamespace

import pytest

from qsched.rl.hyper_parameters import HyperParameters
from qsched.rl.registration import ENVIRONMENTS
from qsched.rl.train import train
from qsched.rl.trainable import TRAINABLES, Trainable

FAST = HyperParameters(learning_rate=3e-3, num_steps=16, num_minibatches=4, gamma=0.0)


@pytest.fixture
def toys(monkeypatch, tmp_path):
    """Trains in toy environments, quickly; ``toys.out`` is where."""
    for name, masked in {
        "Identity": False,
        "Masked": True,
        "NotFinite": False,
        "NextStep": False,
        "CutOff": False,
        "Constant": False,
    }.items():
        monkeypatch.setitem(ENVIRONMENTS, f"tests/{name}", ("", f"toy_envs:{name}"))
        trainable = Trainable(
            masked=masked,
            policy_kwargs={"net_arch": [16]} | ({} if masked else {"log_std_init": -1.0}),
            hyper=FAST,
            num_envs=32,
            timesteps=7_168,
            evaluation_episodes=32,
        )
        monkeypatch.setitem(TRAINABLES, f"tests/{name}", trainable)

    def run(name="Identity", out=tmp_path / "out", **options):
        return train(f"tests/{name}", out=out, **options)

    return SimpleNamespace(train=run, out=tmp_path / "out", folder=tmp_path)
