"""Run all benchmarks in full and print their table, or write the page of the documentation.

    python tests/bench/report.py [--write] [PYTEST ARGUMENTS...]

Nothing else should run on the machine meanwhile.
"""

from __future__ import annotations

import json
import platform
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "docs" / "reference" / "benchmarks.md"

INTRODUCTION = """\
# Benchmarks

Figures of one run of `python tests/bench/report.py` on {machine}. A ratio compares
with a program measured in the same process, turn by turn, so that it means
something on other machines too; times are those of this one. Where there is a
bound, the benchmark fails beyond it: run them with `pytest tests/bench --benchmark-enable`.
In the ordinary run of the tests each benchmark runs once, small, and without its bound.
"""


def run(arguments: list[str]) -> dict[str, Any]:
    """Run the benchmarks in full; return what pytest-benchmark says of them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "benchmarks.json"
        command = [sys.executable, "-m", "pytest", str(HERE), "-q", "--benchmark-enable"]
        done = subprocess.run(
            [*command, f"--benchmark-json={path}", *arguments],
            cwd=HERE.parents[1],
            stdout=sys.stderr,
            check=False,
        )
        if done.returncode:
            sys.exit(done.returncode)
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return document


def rows_of(benchmark: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the figures that a benchmark keeps, or its median time if it keeps none."""
    kept: list[dict[str, Any]] = benchmark["extra_info"].get("figures", [])
    if kept:
        return kept
    name = re.sub(r"^test_|\[.*", "", benchmark["name"]).replace("_", " ")
    details = [str(value) for value in (benchmark["params"] or {}).values()]
    details += [f"{key} {value}" for key, value in benchmark["extra_info"].items()]
    return [
        {
            "name": name[:1].upper() + name[1:],
            "figure": benchmark["stats"]["median"] * 1e3,
            "unit": "ms",
            "at_least": None,
            "at_most": None,
            "context": ", ".join(details),
        }
    ]


def bound_of(row: dict[str, Any]) -> str:
    """Return the bound as the table says it."""
    unit = f" {row['unit']}".rstrip()
    if row["at_least"] is not None:
        return f"≥ {row['at_least']:g}{unit}"
    return f"≤ {row['at_most']:g}{unit}" if row["at_most"] is not None else ""


def table(document: dict[str, Any]) -> str:
    """Return the Markdown tables of all figures, one for each group of benchmarks."""
    groups: dict[str, list[str]] = {}
    for benchmark in document["benchmarks"]:
        module = Path(benchmark["fullname"].partition("::")[0]).stem
        if not module.startswith("test_bench_"):
            continue
        lines = groups.setdefault(module.removeprefix("test_bench_").capitalize(), [])
        for row in rows_of(benchmark):
            figure = f"{row['figure']:.3g}" if abs(row["figure"]) < 1e3 else f"{row['figure']:,.0f}"
            cells = (row["name"], row["context"], f"{figure} {row['unit']}".strip(), bound_of(row))
            lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    head = "| what | circumstances | figure | bound |\n|---|---|---|---|\n"
    return "\n".join(
        f"## {name}\n\n{head}" + "\n".join(lines) + "\n" for name, lines in groups.items()
    )


def machine(document: dict[str, Any]) -> str:
    """Return what it ran on, without the name of the machine."""
    cpu = document["machine_info"]["cpu"]
    brand = cpu.get("brand_raw") or cpu.get("arch") or platform.machine()
    return f"{brand}, {cpu.get('count', '?')} cores, Python {platform.python_version()}"


def main(arguments: list[str]) -> None:
    """Print the tables, or write the page."""
    write = "--write" in arguments
    document = run([argument for argument in arguments if argument != "--write"])
    page = INTRODUCTION.format(machine=machine(document)) + "\n" + table(document)
    if write:
        PAGE.write_text(page, encoding="utf-8")
    else:
        print(page)  # noqa: T201 - a script


if __name__ == "__main__":
    main(sys.argv[1:])
