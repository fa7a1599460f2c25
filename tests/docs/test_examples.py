"""The pages' examples really run: a wrong one fails, a skipped one does not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[2]
pytest_plugins = ["pytester"]

USE_DATA = """\
from pathlib import Path
assert Path("circuits/manifest.json").is_file()
Path("made.txt").touch()
"""
PAGES = {
    "right": ("```python\nx = 1\n```\n\n```python\n>>> x + 1\n2\n\n```\n", ["passed"] * 2),
    "wrong": ("```python\n>>> 1 + 1\n3\n\n```\n", ["failed"]),
    "broken": ("```python\nraise ValueError\n```\n", ["failed"]),
    "skipped": ("<!-- skip: next -->\n\n```python\nraise ValueError\n```\n", ["passed"] * 2),
    "data": (f"```python\n{USE_DATA}```\n", ["passed"]),
    "command": ("```console\n$ qsched --version\nqsched, version ...\n```\n", ["passed"]),
    "surprise": ("```console\n$ qsched --version\nqsched, version 999\n```\n", ["failed"]),
    "other": ("```console\n$ python -m pip install -e .\n```\n", ["passed"]),
}


def test_examples_of_all_pages_are_run(pytester: pytest.Pytester) -> None:
    """One run over a small checkout with the real conftest and sample data."""
    shutil.copy(ROOT / "conftest.py", pytester.path)
    (pytester.path / "docs").mkdir()
    for name in ("circuits", "fake_backends", "qsched"):
        (pytester.path / name).symlink_to(ROOT / name)
    for name, (text, _) in PAGES.items():
        (pytester.path / "docs" / f"{name}.md").write_text(f"# Page\n\n{text}", encoding="utf-8")

    run = pytester.inline_run("docs", "-p", "no:cacheprovider")

    outcomes: dict[str, list[str]] = {}
    for report in run.getreports("pytest_runtest_logreport"):
        if report.when == "call":
            outcomes.setdefault(Path(report.nodeid.split("::")[0]).stem, []).append(report.outcome)
    assert outcomes == {name: wanted for name, (_, wanted) in PAGES.items()}
    assert not (pytester.path / "made.txt").exists()
