"""The pages' examples really run: a wrong one fails, a skipped one does not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest_plugins = ["pytester"]

USE_DATA = """\
from pathlib import Path
assert Path("circuits/manifest.json").is_file()
Path("made.txt").touch()
"""
PAGES = {
    "right": ("```python\nx = 1\n```\n\n```python\n>>> x + 1\n2\n\n```\n", {"passed": 2}),
    "wrong": ("```python\n>>> 1 + 1\n3\n\n```\n", {"failed": 1}),
    "broken": ("```python\nraise ValueError\n```\n", {"failed": 1}),
    "skipped": ("<!-- skip: next -->\n\n```python\nraise ValueError\n```\n", {"passed": 2}),
    "data": (f"```python\n{USE_DATA}```\n", {"passed": 1}),
    "command": ("```console\n$ qsched --version\nqsched, version ...\n```\n", {"passed": 1}),
    "command that prints something else": (
        "```console\n$ qsched --version\nqsched, version 999\n```\n",
        {"failed": 1},
    ),
    "other program": ("```console\n$ python -m pip install -e .\n```\n", {"passed": 1}),
}


@pytest.fixture
def checkout(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a small checkout with the real conftest and sample data."""
    shutil.copy(ROOT / "conftest.py", pytester.path)
    (pytester.path / "docs").mkdir()
    for name in ("circuits", "fake_backends", "qsched"):
        (pytester.path / name).symlink_to(ROOT / name)
    return pytester


@pytest.mark.parametrize("name", PAGES)
def test_examples_of_a_page_are_run(name: str, checkout: pytest.Pytester) -> None:
    text, outcomes = PAGES[name]
    (checkout.path / "docs" / "page.md").write_text(f"# Page\n\n{text}", encoding="utf-8")
    checkout.runpytest_inprocess("docs", "-p", "no:cacheprovider").assert_outcomes(**outcomes)
    assert not (checkout.path / "made.txt").exists()
