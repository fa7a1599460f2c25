"""Facts, frozen: circuits, jobs, devices, fleets, plans and records. Behaviour is elsewhere."""

from qsched.model.circuit import CircuitProfile
from qsched.model.device import DeviceProfile, ErrorMeans
from qsched.model.fleet import Fleet, MaintenanceWindow
from qsched.model.job import Job
from qsched.model.plan import Placement, Plan
from qsched.model.record import Event, EventKind, JobRecord, Status

__all__ = [
    "CircuitProfile",
    "DeviceProfile",
    "ErrorMeans",
    "Event",
    "EventKind",
    "Fleet",
    "Job",
    "JobRecord",
    "MaintenanceWindow",
    "Placement",
    "Plan",
    "Status",
]
