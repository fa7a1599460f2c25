"""Writes jobs.csv: 320 jobs from 20 to 380 qubits, so that they take one to three QPUs."""

from __future__ import annotations

from pathlib import Path
from random import Random

NUM_JOBS = 320


def table() -> str:
    """Return the job table, the same each time."""
    draw = Random(2025)  # noqa: S311 - no secret
    rows = ["job_id,num_qubits,depth,two_qubits,num_shots"]
    for number in range(NUM_JOBS):
        qubits, depth = draw.randint(20, 380), draw.randint(5, 20)
        gates, shots = draw.randint(5, 40), 100 * draw.randint(100, 600)
        rows.append(f"{number},{qubits},{depth},{gates},{shots}")
    return "\n".join([*rows, ""])


if __name__ == "__main__":
    Path(__file__).with_name("jobs.csv").write_text(table(), encoding="utf-8")
