"""What is public is what ``__all__`` says, and importing it costs nothing."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import qsched

REPOSITORY = Path(__file__).resolve().parents[1]
PUBLIC = [
    "AllocationPolicy",
    "Broker",
    "CircuitProfile",
    "CloudView",
    "CostModel",
    "DeviceProfile",
    "Estimate",
    "Fleet",
    "InputError",
    "Job",
    "JobRecord",
    "MaintenanceWindow",
    "Placement",
    "Plan",
    "QschedError",
    "QueueDiscipline",
    "Recorder",
    "RunResult",
    "Simulation",
    "load_fleet",
    "profile_backend",
    "profile_circuit",
    "resolve_device",
    "schedule",
]
HEAVY = ["qiskit", "numpy", "simpy", "networkx", "torch", "rich", "click", "pandas", "matplotlib"]


def test_public_names_are_these_and_no_others():
    assert sorted(qsched.__all__) == PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_public_name_is_loaded_and_documented(name):
    value = getattr(qsched, name)

    assert value is getattr(importlib.import_module(qsched._HOMES[name]), name)
    assert name == "Plan" or value.__doc__


def test_star_import_gives_all_public_names():
    names = {}
    exec("from qsched import *", names)  # noqa: S102 - a star import stands in no function

    assert set(PUBLIC) <= set(names)


def test_completion_offers_the_public_names():
    assert set(PUBLIC) <= set(dir(qsched))


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="module 'qsched' has no attribute 'nosuch'"):
        qsched.nosuch  # noqa: B018 - the access is the test


def loaded_by(code):
    """Return which heavy packages a fresh Python has loaded after some code."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return set(done.stdout.split()).intersection(HEAVY)


def test_import_loads_nothing_heavy():
    assert loaded_by("import qsched; qsched.__version__; dir(qsched)") == set()


def test_facts_policies_and_models_load_nothing_heavy():
    code = "import qsched; qsched.Job, qsched.AllocationPolicy, qsched.CostModel, qsched.RunResult"
    assert loaded_by(code) == set()


def test_run_over_a_batch_of_jobs_loads_simpy_alone():
    code = (
        "from qsched.testing import make_fleet, make_job\n"
        "import qsched\n"
        "qsched.schedule([make_job('j')], fleet=make_fleet()).to_json()"
    )
    assert loaded_by(code) == {"simpy"}


@pytest.mark.parametrize("package", ["estimate", "model", "policy", "sim", "testing"])
def test_packages_offer_what_their_all_says(package):
    module = importlib.import_module(f"qsched.{package}")

    assert list(module.__all__) == sorted(module.__all__, key=lambda n: (n.upper() != n, n))
    assert all(hasattr(module, name) for name in module.__all__)
