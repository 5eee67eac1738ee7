"""Celery beat with our scheduler: a due entry inserts a job, unique by schedule and period.

Beat never publishes, so two beats do no harm and a broker that is down loses nothing.  After a
pause the last missed period is caught up, earlier ones are not: the schedules we have compute
from the facts as they are, and once is enough.
"""

from __future__ import annotations

import datetime as dt
import logging

from celery.beat import Scheduler
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from kam import alive

from .crons import last_due
from .models import Job
from .services import enqueue

log = logging.getLogger(__name__)


def insert_due(since: dt.datetime) -> int:
    """Insert a job for each schedule whose last due moment has no job yet.

    A schedule that has never run starts with its first moment after ``since``.
    """
    inserted = 0
    now = timezone.now()
    for name, (kind, expression, payload) in settings.JOB_SCHEDULES.items():
        due = last_due(expression, now)
        past = Job.unscoped.filter(schedule=name).order_by("-period").first()
        if due is None or (due <= past.period if past else due < since):
            continue
        enqueue(kind, payload, schedule=name, period=due)
        inserted += 1
    return inserted


class JobScheduler(Scheduler):
    """Looks every ten seconds; what is due becomes a row."""

    def __init__(self, *args, **kwargs):
        self.since = timezone.now()
        super().__init__(*args, **kwargs)

    def setup_schedule(self):
        """No entries of Celery's own: the schedules stand in settings."""

    def tick(self, *args, **kwargs) -> float:
        alive.sign("beat")
        try:
            insert_due(self.since)
        except DatabaseError as error:
            log.warning("database does not answer: %s", error)
        finally:
            close_old_connections()
        return 10.0
