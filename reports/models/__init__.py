"""Schedules of periodic reports, the reports as they were made, and business reviews of clients."""

from .business_reviews import BusinessReview, ReviewComment, ReviewDecision, ReviewMail
from .periodic import Report, Schedule, ScheduleReader

__all__ = [
    "BusinessReview",
    "Report",
    "ReviewComment",
    "ReviewDecision",
    "ReviewMail",
    "Schedule",
    "ScheduleReader",
]
