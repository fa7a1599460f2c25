"""The table of the documentation, from what the benchmarks keep."""

import importlib.util
from pathlib import Path

SPEC = importlib.util.spec_from_file_location(
    "report", Path(__file__).resolve().parent / "report.py"
)
report = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(report)

FIGURE = {
    "name": "Speed",
    "figure": 0.4321,
    "unit": "",
    "at_least": 0.35,
    "at_most": None,
    "context": "a|b",
}
DOCUMENT = {
    "machine_info": {"node": "secret-host", "cpu": {"brand_raw": "Some CPU", "count": 2}},
    "benchmarks": [
        {
            "name": "test_x[1]",
            "fullname": "tests/bench/test_bench_engine.py::test_x[1]",
            "params": None,
            "extra_info": {
                "figures": [
                    FIGURE,
                    FIGURE
                    | {"name": "Memory", "figure": 12_345.6, "unit": "MB", "at_least": None}
                    | {"at_most": 20_000},
                ]
            },
            "stats": {"median": 1.0},
        },
        {
            "name": "test_loading_a_profile[fez]",
            "fullname": "tests/bench/test_bench_devices.py::test_loading_a_profile[fez]",
            "params": {"name": "fez"},
            "extra_info": {"num_qubits": 156},
            "stats": {"median": 0.00125},
        },
        {"name": "test_own", "fullname": "tests/bench/test_report.py::test_own"},
    ],
}


def test_figures_that_were_kept_are_rows_with_their_bounds():
    assert report.table(DOCUMENT).splitlines()[:6] == [
        "## Engine",
        "",
        "| what | circumstances | figure | bound |",
        "|---|---|---|---|",
        "| Speed | a\\|b | 0.432 | ≥ 0.35 |",
        "| Memory | a\\|b | 12,346 MB | ≤ 20000 MB |",
    ]


def test_benchmark_that_keeps_no_figure_is_a_row_with_its_median_time():
    assert report.table(DOCUMENT).splitlines()[-1] == (
        "| Loading a profile | fez, num_qubits 156 | 1.25 ms |  |"
    )


def test_machine_is_described_without_its_name():
    text = report.machine(DOCUMENT)

    assert text.startswith("Some CPU, 2 cores, Python 3.")
    assert "secret" not in text


def test_figure_beyond_its_bound_fails_only_at_full_size(benchmark, figure):
    benchmark(lambda: None)

    if benchmark.disabled:
        figure("Slow", 2.0, "s", at_most=1.0)
    else:
        figure("Fast", 0.5, "s", at_most=1.0)
    assert benchmark.extra_info["figures"][0]["unit"] == "s"
