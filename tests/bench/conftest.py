"""Benchmarks run once and small as tests; ``--benchmark-enable`` runs them in full, with bounds.

``python tests/bench/report.py`` runs them in full and writes the table of the documentation.
"""

import pytest


@pytest.fixture
def full(benchmark):
    """Whether figures shall be taken at full size."""
    return benchmark.enabled


@pytest.fixture
def figure(benchmark):
    """A function that keeps one figure for the table, and holds it to its bound at full size."""

    def keep(name, value, unit, *, at_least=None, at_most=None, context=""):
        """Keep a figure.

        Args:
            name: What was measured, as the table shall say it.
            value: How much it was.
            unit: Unit of the value; empty for a ratio.
            at_least: Least value allowed, if there is such a bound.
            at_most: Greatest value allowed, if there is such a bound.
            context: Sizes and circumstances.
        """
        row = {
            "name": name,
            "figure": value,
            "unit": unit,
            "at_least": at_least,
            "at_most": at_most,
            "context": context,
        }
        benchmark.extra_info.setdefault("figures", []).append(row)
        if benchmark.enabled:
            assert at_least is None or value >= at_least, row
            assert at_most is None or value <= at_most, row

    return keep
