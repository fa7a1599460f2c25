"""What click refuses is one line, too."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from qsched.cli import main


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["run", "x.qasm", "--shots", "0"], "'--shots'"),
        (["run"], "SOURCE"),
        (["rum"], "'run'"),
        (["run", "x.qasm", "--bogus"], "'--bogus'"),
        (["devices", "shw"], "shw"),
    ],
)
def test_a_wrong_call_is_told_in_one_line_that_names_the_help(words: list[str], told: str) -> None:
    done = CliRunner().invoke(main, words)

    assert done.exit_code == 2
    assert not done.stdout
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    assert told in line
    assert "--help" in line
