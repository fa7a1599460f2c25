"""Schedule quantum circuits over a cloud of QPUs.

Importing this package imports neither Qiskit nor SimPy nor NumPy: every public
name is loaded when it is first used.

>>> import qsched
>>> jobs = [qsched.Job(job_id="a", num_qubits=5, shots=1000)]
>>> qsched.schedule(jobs, devices=["fake_manila"])
<RunResult: 1 of 1 jobs done, policy speed, fleet devices, makespan 1,773.7 s, mean fidelity 0.9185>
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from qsched._version import __version__ as __version__

if TYPE_CHECKING:
    from qsched.errors import InputError, QschedError
    from qsched.estimate import CostModel, Estimate
    from qsched.experiment import schedule
    from qsched.io.backends import profile_backend
    from qsched.io.devices import load_fleet, resolve_device
    from qsched.io.extract import profile_circuit
    from qsched.model import (
        CircuitProfile,
        DeviceProfile,
        Fleet,
        Job,
        JobRecord,
        MaintenanceWindow,
        Placement,
        Plan,
    )
    from qsched.policy import AllocationPolicy, CloudView, QueueDiscipline
    from qsched.result import RunResult
    from qsched.sim import Broker, Recorder, Simulation

_HOMES = {
    "AllocationPolicy": "qsched.policy",
    "Broker": "qsched.sim",
    "CircuitProfile": "qsched.model",
    "CloudView": "qsched.policy",
    "CostModel": "qsched.estimate",
    "DeviceProfile": "qsched.model",
    "Estimate": "qsched.estimate",
    "Fleet": "qsched.model",
    "InputError": "qsched.errors",
    "Job": "qsched.model",
    "JobRecord": "qsched.model",
    "MaintenanceWindow": "qsched.model",
    "Placement": "qsched.model",
    "Plan": "qsched.model",
    "QschedError": "qsched.errors",
    "QueueDiscipline": "qsched.policy",
    "Recorder": "qsched.sim",
    "RunResult": "qsched.result",
    "Simulation": "qsched.sim",
    "load_fleet": "qsched.io.devices",
    "profile_backend": "qsched.io.backends",
    "profile_circuit": "qsched.io.extract",
    "resolve_device": "qsched.io.devices",
    "schedule": "qsched.experiment",
}

__all__ = [
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


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used."""
    if name not in _HOMES:
        raise AttributeError(f"module 'qsched' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
