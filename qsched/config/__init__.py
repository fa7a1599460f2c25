"""Scenario files (TOML) <-> a frozen description of one run.

A scenario says everything that ``qsched run`` takes on the command line, and
what does not fit there: maintenance windows, cancellations, drift, breakdowns::

    sources = ["circuits", "jobs.csv"]
    fleet = "paper"
    policy = "fair"
    arrivals = "poisson:0.01"

    [[maintenance.ibm_kyiv]]
    start_s = 3600
    duration_s = 1800
    period_s = 86400

    [cancellations]
    ghz_250 = 120.0

    [drift]                      # of a fleet whose devices have timelines of snapshots
    time_scale = 1.0             # simulated seconds for each second between captures
    refresh_period_s = 86400.0   # policies look at the calibrations once a day

    [failures.ibm_kyiv]
    mtbf_s = 200000.0
    mttr_s = 7200.0

Paths are relative to the file. What a name stands for, and whether there is
such a job or device, is known to the parts that read them.
"""

from qsched.config.file import read_scenario, write_scenario
from qsched.config.scenario import Scenario

__all__ = ["Scenario", "read_scenario", "write_scenario"]
