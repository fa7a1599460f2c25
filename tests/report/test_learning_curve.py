"""The learning curve: what is drawn, and that equal data give equal files."""

import sys

import pytest

from qsched.errors import MissingExtraError
from qsched.report.figures import save_figure
from qsched.report.learning_curve import CurvePoint, learning_curve

pytest.importorskip("matplotlib")

POINTS = [
    CurvePoint(100, 0.2, -1.0),
    CurvePoint(200, None, -0.5, 0.4),
    CurvePoint(300, 0.5, None, 0.6),
    CurvePoint(400, 0.55, 0.1, 0.6),
]


def test_rewards_are_above_and_the_entropy_loss_below_over_the_same_timesteps():
    rewards, entropies = learning_curve(POINTS).axes

    learning, evaluations, best = rewards.lines
    assert learning.get_xydata().tolist() == [[100, 0.2], [300, 0.5], [400, 0.55]]
    assert evaluations.get_xydata().tolist() == [[200, 0.4], [300, 0.6], [400, 0.6]]
    assert best.get_xydata().tolist() == [[300, 0.6]]
    assert entropies.lines[0].get_xydata().tolist() == [[100, -1.0], [200, -0.5], [400, 0.1]]
    assert rewards.get_xlim() == entropies.get_xlim()
    assert [rewards.get_ylabel(), entropies.get_ylabel(), entropies.get_xlabel()] == [
        "mean reward",
        "entropy loss (nats)",
        "timesteps",
    ]


def test_the_legend_names_the_best_evaluation():
    rewards, _ = learning_curve(POINTS).axes

    assert [text.get_text() for text in rewards.get_legend().get_texts()] == [
        "while learning",
        "held-out, without exploring",
        "best: 0.6 after 300",
    ]


def test_what_is_not_known_is_said_so():
    rewards, entropies = learning_curve([CurvePoint(10, None, None)]).axes

    assert [text.get_text() for text in rewards.texts] == ["not known"]
    assert [text.get_text() for text in entropies.texts] == ["not known"]


def test_title_and_note_are_drawn():
    figure = learning_curve(POINTS, title="of this", note="from there")

    assert (figure.get_suptitle(), figure.get_supxlabel()) == ("of this", "from there")


@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_equal_data_give_equal_files(tmp_path, suffix):
    for name in "ab":
        save_figure(learning_curve(POINTS), tmp_path / f"{name}.{suffix}")

    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_without_matplotlib_the_message_holds_the_install_command(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)

    with pytest.raises(MissingExtraError, match=r"pip install 'qsched\[report\]'"):
        learning_curve(POINTS)
