"""Facts, frozen: circuits, jobs, devices, fleets, plans and records. Behaviour is elsewhere."""

from qsched.model.circuit import CircuitProfile
from qsched.model.device import DeviceProfile, ErrorMeans
from qsched.model.drift import Drift, FailureRate, Recalibration
from qsched.model.fleet import Fleet, MaintenanceWindow
from qsched.model.job import Job
from qsched.model.partition import Cut, Part, Partition
from qsched.model.plan import Placement, Placements, Plan
from qsched.model.record import Event, EventKind, JobRecord, LostAttempt, Status

__all__ = [
    "CircuitProfile",
    "Cut",
    "DeviceProfile",
    "Drift",
    "ErrorMeans",
    "Event",
    "EventKind",
    "FailureRate",
    "Fleet",
    "Job",
    "JobRecord",
    "LostAttempt",
    "MaintenanceWindow",
    "Part",
    "Partition",
    "Placement",
    "Placements",
    "Plan",
    "Recalibration",
    "Status",
]
