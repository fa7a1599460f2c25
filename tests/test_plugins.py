"""A plug-in that is broken is told of, and keeps no one from the others."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import qsched
from qsched.cli import main
from qsched.policy import POLICIES
from qsched.testing import make_job

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def broken() -> Iterator[str]:
    POLICIES.plugins()
    POLICIES._found["points"]["broken"] = EntryPoint("broken", "json:Nope", POLICIES.group)
    yield "broken"
    del POLICIES._found["points"]["broken"]


def test_list_shows_the_broken_one_with_its_fault_beside_the_others(broken: str) -> None:
    done = CliRunner().invoke(main, ["policies", "--json"])

    assert done.exit_code == 0
    assert "speed" in done.stdout
    assert f"policy '{broken}' cannot be loaded from json:Nope" in done.stdout


def test_running_with_it_is_one_line(broken: str) -> None:
    with pytest.raises(qsched.InputError, match="cannot be loaded from json:Nope"):
        qsched.schedule([make_job()], devices=["fake_manila"], policy=broken)


def test_recorder_without_its_method_is_refused_before_the_run() -> None:
    with pytest.raises(qsched.InputError, match="has no on_event"):
        qsched.schedule([make_job()], devices=["fake_manila"], recorders=[object()])


def test_results_and_devices_show_themselves_in_a_line() -> None:
    result = qsched.schedule([make_job()], fleet="paper")

    assert len(repr(result)) < 200
    assert len(repr(result.fleet.devices[0])) < 200
    assert "1 of 1 jobs done" in repr(result)


def test_a_copy_in_aer_has_the_speed_of_the_device_it_copies() -> None:
    from qiskit_aer import AerSimulator
    from qiskit_ibm_runtime.fake_provider import FakeTorino

    copy = qsched.profile_backend(AerSimulator.from_backend(FakeTorino()))

    assert (copy.clops, copy.quantum_volume) == (210_000.0, 512)
