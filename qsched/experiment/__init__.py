"""Runs made easy: schedule circuits, compare policies, reproduce the paper."""

from qsched.experiment.schedule import schedule

__all__ = ["schedule"]
