"""Helpers for those who write policies, disciplines, brokers and recorders.

`check_schedule` proves of any run that it breaks no law of scheduling, and
`check_policy` runs a policy over many small workloads with that proof behind
each. The builders make small devices, fleets and jobs.
"""

from qsched.testing.builders import EventLog, make_device, make_fleet, make_job
from qsched.testing.policies import check_policy
from qsched.testing.schedules import check_schedule

__all__ = [
    "EventLog",
    "check_policy",
    "check_schedule",
    "make_device",
    "make_fleet",
    "make_job",
]
