"""Schedules of periodic reports, and the reports as they were made."""

from .periodic import Report, Schedule

__all__ = ["Report", "Schedule"]
