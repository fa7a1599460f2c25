"""Importing `qsched.rl` is all that `gymnasium.make` needs."""

import subprocess
import sys

import gymnasium
import pytest

from qsched.errors import MissingExtraError
from qsched.rl import ENVIRONMENTS, register_environments


def test_every_environment_is_registered_with_both_of_its_classes():
    for name, classes in ENVIRONMENTS.items():
        spec = gymnasium.spec(name)
        assert (spec.entry_point, spec.vector_entry_point) == classes


def test_registering_twice_warns_of_nothing_and_changes_nothing():
    before = dict(gymnasium.registry)
    register_environments()
    assert gymnasium.registry == before


def test_importing_the_package_imports_no_torch():
    code = (
        "import sys, qsched.rl; print('torch' in sys.modules, 'stable_baselines3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_without_gymnasium_the_install_command_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "gymnasium", None)
    with pytest.raises(MissingExtraError, match=r"python -m pip install 'qsched\[rl\]'"):
        register_environments()
