"""Schedules of periodic reports, the reports as they were made, business reviews of clients, and what
people build for themselves."""

from .built_reports import BuiltReport
from .business_reviews import BusinessReview, ReviewComment, ReviewDecision, ReviewMail
from .periodic import Report, Schedule, ScheduleReader

__all__ = [
    "BuiltReport",
    "BusinessReview",
    "Report",
    "ReviewComment",
    "ReviewDecision",
    "ReviewMail",
    "Schedule",
    "ScheduleReader",
]
