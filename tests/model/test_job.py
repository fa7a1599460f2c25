"""A job holds whole numbers in their ranges, and says which one is not."""

from __future__ import annotations

import numpy as np
import pytest

from qsched import InputError, Job


@pytest.mark.parametrize(
    ("field", "value"),
    [("shots", 1.5), ("shots", True), ("shots", "100"), ("depth", 2.0), ("num_qubits", None)],
)
def test_what_is_no_whole_number_is_refused_by_field_and_value(field: str, value: object) -> None:
    facts = {"job_id": "a", "num_qubits": 3, field: value}

    with pytest.raises(InputError, match=f"{field} is {value!r}; it must be a whole number"):
        Job(**facts)


def test_whole_numbers_of_numpy_become_plain_ones() -> None:
    job = Job(job_id="a", num_qubits=np.int64(3), shots=np.int32(7))

    assert (type(job.num_qubits), type(job.shots), job.shots) == (int, int, 7)


@pytest.mark.parametrize("job_id", [3, "", None])
def test_job_id_is_a_text(job_id: object) -> None:
    with pytest.raises(InputError, match="job id"):
        Job(job_id=job_id, num_qubits=3)
