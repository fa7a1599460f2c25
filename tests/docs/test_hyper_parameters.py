"""The table of the how-to has what is trained with, in every environment."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest.importorskip("gymnasium")

from qsched.rl.trainable import PREFIX, TRAINABLES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "train-a-policy.md"
TABLE = [
    [cell.strip(" `") for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").partition("## Hyper-parameters")[2].splitlines()
    if line.startswith("|") and "---" not in line
]


def value_of(text):
    """Return what a cell stands for."""
    if re.fullmatch(r"[\d.,e-]+", text):
        return float(text.replace(",", ""))
    return None if text == "none" else text


@pytest.mark.parametrize("env_id", TRAINABLES)
def test_table_has_every_default_of_an_environment_and_no_other(env_id):
    trainable = TRAINABLES[env_id]
    column = TABLE[0].index(env_id.removeprefix(PREFIX))

    assert {row[0]: value_of(row[column]) for row in TABLE[1:]} == {
        "algorithm": trainable.algorithm,
        "network": trainable.policy.rpartition(":")[2],
        "timesteps": trainable.timesteps,
        "num_envs": trainable.num_envs,
        "evaluation_episodes": trainable.evaluation_episodes,
        **trainable.hyper.to_dict(),
    }
