"""Runs the examples of README.md and the documentation as tests.

Python blocks are executed, in one namespace per page. Console blocks whose lines start with
``$ qsched`` are run, and what the page shows below a command must be what it prints. Both run in a
folder of their own that holds ``circuits`` and ``fake_backends``. A comment above a block,
``<!-- skip: next -->``, leaves it out.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import subprocess
import sys
import tempfile
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sybil import Sybil
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

if TYPE_CHECKING:
    from sybil import Example

ROOT = Path(__file__).resolve().parent
FLAGS = ELLIPSIS | NORMALIZE_WHITESPACE
PROMPT = "$ "
CLI = [sys.executable, "-c", "from qsched.cli import main; main(prog_name='qsched')"]

collect_ignore = ["docs/conf.py"]
collect_ignore_glob = ["docs/_build/*"]


def enter_workplace(namespace: dict[str, Any]) -> None:
    """Go to a new folder with the sample data, for all examples of one page."""
    stack = namespace["_workplace"] = contextlib.ExitStack()
    folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="qsched-docs-"))
    for name in ("circuits", "fake_backends"):
        (Path(folder) / name).symlink_to(ROOT / name)
    stack.enter_context(contextlib.chdir(folder))


def leave_workplace(namespace: dict[str, Any]) -> None:
    """Go back and remove the folder."""
    namespace["_workplace"].close()


def run_console(example: Example) -> None:
    """Run the ``$ qsched`` commands of a console block and compare what they print."""
    shown: dict[str, list[str]] = {}
    command = ""
    for line in str(example.parsed).splitlines():
        if line.startswith(PROMPT):
            command = line.removeprefix(PROMPT)
            shown[command] = []
        elif command:
            shown[command].append(line)
    for text, lines in shown.items():
        words = shlex.split(text)
        if words[0] != "qsched":
            continue
        environment = {
            **os.environ,
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        done = subprocess.run(  # noqa: S603 - our own program with our own pages' words
            [*CLI, *words[1:]],
            capture_output=True,
            text=True,
            encoding="utf-8",
            env=environment,
            check=False,
        )
        got, want = done.stdout + done.stderr, "\n".join([*lines, ""])
        if not OutputChecker().check_output(want, got, FLAGS):
            raise AssertionError(f"{text} (exit status {done.returncode})\n{got}\nnot\n{want}")


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(doctest_optionflags=FLAGS),
        CodeBlockParser(language="console", evaluator=run_console),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/**/*.md"],
    setup=enter_workplace,
    teardown=leave_workplace,
).pytest()
