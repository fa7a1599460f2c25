"""Names are strings, resolved late; plug-ins add to them and never take one away."""

from importlib.metadata import EntryPoint

import pytest

from qsched.errors import ConfigError, UnknownNameError
from qsched.estimate import MODELS, CostModel, load_model
from qsched.policy import DISCIPLINES, POLICIES
from qsched.registry import Registry, load_object, near_names
from qsched.sim import BROKERS


def registry(group="qsched.none"):
    return Registry(
        kind="thing",
        group=group,
        builtins={
            "decoder": ("json:JSONDecoder", "reads"),
            "encoder": ("json:JSONEncoder", "writes"),
        },
    )


@pytest.fixture
def plug_ins(monkeypatch):
    """Pretend that installed packages have these entry points."""

    def install(*points):
        found = [EntryPoint(name, value, "qsched.none") for name, value in points]
        monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: found)

    return install


def test_built_in_is_imported_when_it_is_asked_for():
    assert registry().load("decoder").__name__ == "JSONDecoder"


def test_object_is_found_by_its_path():
    assert registry().load("json:JSONDecodeError").__name__ == "JSONDecodeError"


def test_plug_in_adds_a_name(plug_ins):
    plug_ins(("zip", "zipfile:ZipFile"), ("abc", "abc:ABC"))
    things = registry()

    assert things.names() == ["decoder", "encoder", "abc", "zip"]
    assert things.load("zip").__name__ == "ZipFile"
    assert [row[0] for row in things.describe()] == things.names()
    assert things.describe()[0] == ("decoder", "reads", "built in")
    assert things.describe()[2][2] == "abc:ABC"


@pytest.mark.parametrize("name", ["decoder", "twice"])
def test_name_that_is_claimed_twice_is_refused(plug_ins, name):
    plug_ins((name, "abc:ABC"), ("twice", "zipfile:ZipFile"))

    with pytest.raises(ConfigError, match=f"thing name '{name}' is claimed twice"):
        registry().names()


def test_unknown_name_is_answered_with_the_near_ones():
    with pytest.raises(UnknownNameError, match="unknown thing 'decodr'; did you mean 'decoder'"):
        registry().load("decodr")


def test_name_like_no_other_is_answered_with_all():
    assert near_names("zzz", ["b", "a"]) == "known: a, b"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nosuch.module:Name", "No module named 'nosuch'"),
        ("json:NoSuch", "module json has no 'NoSuch'"),
        ("json:JSONDecodr", "did you mean 'JSONDecoder'"),
        ("json:", "'json:' names no object"),
        (":Name", "':Name' names no object"),
        (".relative:Name", "names no object"),
        ("json:JSON Decoder", "names no object"),
    ],
)
def test_path_that_leads_nowhere_is_an_error_of_one_line(path, message):
    with pytest.raises(ConfigError, match=message) as caught:
        load_object(path, kind="thing")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", ["functools:partial", "math:pi", "qsched.model:Placement"])
def test_what_cannot_be_made_without_arguments_is_refused(path):
    with pytest.raises(ConfigError, match="cannot be made"):
        registry().make(path)


@pytest.mark.parametrize("names", [POLICIES, DISCIPLINES, BROKERS, MODELS], ids=lambda r: r.kind)
def test_every_built_in_can_be_loaded_and_is_described(names):
    for name, (_, text) in names.builtins.items():
        assert names.load(name) is not None
        assert text
        assert "\n" not in text


def test_models_are_found_by_name_path_and_object():
    paper = load_model("paper")

    assert isinstance(paper, CostModel)
    assert load_model("qsched.estimate.models:PAPER") is paper
    assert load_model(paper) is paper
    with pytest.raises(ConfigError, match="is not a CostModel"):
        load_model("math:pi")
