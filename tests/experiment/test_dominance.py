"""Who dominates whom: the truth table, and which figures count."""

import pytest

from qsched.errors import ConfigError, UnknownNameError
from qsched.experiment.dominance import FIGURES, Dominance, dominance, figures_named, gains

SAME = {
    "makespan_s": [100.0, 200.0, 300.0],
    "mean_fidelity": [0.5, 0.6, 0.7],
    "mean_wait_time_s": [10.0, 20.0, 30.0],
    "comm_time_s": [5.0, 5.0, 5.0],
}
BETTER, WORSE = 1.0, -1.0
BY_CHANCE = (4.0, -1.0, 0.0)
"""Better in the mean, by 1, and its interval reaches far below zero."""
CANCELLING = (1.0, -1.0, 0.0)
"""Equal in the mean, and not in the replications."""


def changed(**figures):
    """Return the figures with gains: more fidelity, less of the others."""
    series = dict(SAME)
    for name, gain in figures.items():
        step = gain if isinstance(gain, tuple) else (gain,) * 3
        sign = 1.0 if name == "mean_fidelity" else -1.0
        series[name] = [x + sign * d for x, d in zip(SAME[name], step, strict=True)]
    return series


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({}, None),
        ({"makespan_s": BETTER}, "significant"),
        ({"mean_fidelity": BETTER}, "significant"),
        ({"mean_wait_time_s": BETTER}, "significant"),
        ({"comm_time_s": BETTER}, "significant"),
        (dict.fromkeys(FIGURES, BETTER), "significant"),
        (dict.fromkeys(FIGURES, WORSE), None),
        ({"makespan_s": BETTER, "mean_fidelity": WORSE}, None),
        ({"makespan_s": BETTER, "mean_wait_time_s": WORSE}, None),
        ({"makespan_s": BETTER, "comm_time_s": WORSE}, None),
        ({"mean_fidelity": BETTER, "makespan_s": WORSE}, None),
        ({"makespan_s": BY_CHANCE}, "means"),
        ({"makespan_s": BETTER, "mean_fidelity": BY_CHANCE}, "means"),
        ({"makespan_s": CANCELLING}, None),
        ({"makespan_s": CANCELLING, "comm_time_s": BETTER}, "means"),
        ({"makespan_s": tuple(-x for x in BY_CHANCE), "comm_time_s": BETTER}, None),
    ],
)
def test_truth_table(other, verdict):
    found = dominance("a", SAME, "b", changed(**other))

    expected = None if verdict is None else Dominance("a", "b", verdict == "significant")
    assert found == expected
    if found is not None:
        assert dominance("b", changed(**other), "a", SAME) is None


def test_only_the_figures_asked_for_count():
    longer_wait = changed(makespan_s=BETTER, mean_wait_time_s=WORSE)

    assert dominance("a", SAME, "b", longer_wait) is None
    assert dominance("a", SAME, "b", longer_wait, ["makespan_s", "mean_fidelity"]) is not None


def test_one_replication_is_never_significant():
    one = {name: values[:1] for name, values in SAME.items()}
    faster = {**one, "makespan_s": [1.0]}

    assert dominance("a", one, "b", faster) == Dominance("a", "b", is_significant=False)


def test_a_gain_is_more_fidelity_and_less_of_the_others():
    found = gains(changed(**dict.fromkeys(FIGURES, 0.25)), SAME)

    assert {name: round(gain.mean, 12) for name, gain in found.items()} == dict.fromkeys(
        FIGURES, 0.25
    )


def test_figures_go_by_short_and_full_names():
    assert figures_named(["wait", "makespan_s", "wait"]) == ("makespan_s", "mean_wait_time_s")
    with pytest.raises(UnknownNameError, match="did you mean 'fidelity'"):
        figures_named(["fidelty"])
    with pytest.raises(ConfigError, match="no figure"):
        figures_named([])
