"""Small devices, fleets and jobs, and a recorder that keeps what it hears."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qsched.model import DeviceProfile, Fleet, Job

if TYPE_CHECKING:
    from qsched.model import Event


def make_device(name: str = "device", num_qubits: int = 5, **changes: Any) -> DeviceProfile:
    """Return a small device: a line of qubits, 100,000 CLOPS, quantum volume 32, errors around 1 %.

    Args:
        name: Name of the device.
        num_qubits: Physical qubits.
        **changes: Attributes of `DeviceProfile` that shall be otherwise.
    """
    couplings = tuple((i, i + 1) for i in range(num_qubits - 1))
    facts: dict[str, Any] = {
        "coupling_map": couplings,
        "clops": 100_000.0,
        "quantum_volume": 32,
        "readout_error": (0.01,) * num_qubits,
        "single_qubit_error": (0.0003,) * num_qubits,
        "two_qubit_error": dict.fromkeys(couplings, 0.008),
    }
    return DeviceProfile(name=name, num_qubits=num_qubits, **(facts | changes))


def make_fleet(*devices: DeviceProfile, name: str = "test", **changes: Any) -> Fleet:
    """Return a fleet of these devices; of one `make_device` if none is given.

    Args:
        *devices: The devices.
        name: Name of the fleet.
        **changes: Attributes of `Fleet` that shall be otherwise.
    """
    return Fleet(name=name, devices=devices or (make_device(),), **changes)


def make_job(job_id: str = "job", num_qubits: int = 3, **changes: Any) -> Job:
    """Return a small job: depth 5, four two-qubit gates, 1,000 shots, submitted at time 0.

    On `make_device` it runs for 50 seconds.

    Args:
        job_id: Id of the job.
        num_qubits: Qubits that it needs.
        **changes: Attributes of `Job` that shall be otherwise.
    """
    facts: dict[str, Any] = {"depth": 5, "num_two_qubit_gates": 4, "shots": 1_000}
    return Job(job_id=job_id, num_qubits=num_qubits, **(facts | changes))


@dataclass(slots=True)
class EventLog:
    """A recorder that keeps what it hears.

    Attributes:
        events: Every event so far.
    """

    events: list[Event] = field(default_factory=list)

    def on_event(self, event: Event) -> None:
        """See `qsched.sim.Recorder`."""
        self.events.append(event)
