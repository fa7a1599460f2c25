"""One tree of exceptions, each a line."""

import pytest

from qsched import errors
from qsched.errors import BadInputs, ConfigError, InputError, QschedError


def every_class(root=QschedError):
    yield root
    for child in root.__subclasses__():
        yield from every_class(child)


def test_every_exception_of_the_module_is_in_the_tree_and_in_the_drawing():
    drawn = errors.__doc__
    for name, value in vars(errors).items():
        if isinstance(value, type) and issubclass(value, Exception):
            assert issubclass(value, QschedError | errors.QschedWarning)
            assert name in drawn or value is errors.QschedWarning


@pytest.mark.parametrize(
    ("name", "builtin"),
    [
        ("InputError", ValueError),
        ("UnknownNameError", LookupError),
        ("MissingExtraError", ImportError),
        ("PlanError", ValueError),
        ("ScheduleError", AssertionError),
        ("SimulationError", RuntimeError),
    ],
)
def test_exceptions_are_caught_by_those_who_know_only_the_built_in_ones(name, builtin):
    assert issubclass(getattr(errors, name), builtin)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ({}, "no good; do better"),
        ({"source": "f.csv"}, "f.csv: no good; do better"),
        ({"source": "f.csv", "line": 3}, "f.csv:3: no good; do better"),
        ({"source": "f.csv", "line": 3, "column": 7}, "f.csv:3:7: no good; do better"),
    ],
)
def test_error_reads_where_what_and_the_remedy(where, text):
    assert str(InputError("no good", remedy="do better", **where)) == text


def test_error_is_one_line_whatever_it_quotes():
    assert str(ConfigError("value 'a\nb'\t", remedy="one\r\nline")) == "value 'a b' ; one line"


def test_several_errors_are_one_line_each():
    bad = BadInputs([ConfigError("first"), InputError("second", source="f")])

    assert str(bad) == "first\nf: second"
    assert [type(error) for error in bad.errors] == [ConfigError, InputError]
    assert isinstance(bad, InputError)


def test_every_error_has_a_docstring():
    assert all(each.__doc__ for each in every_class())
