"""How it stands with backups, for the page, the API and the health check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from .models import Backup

SHOWN = 60


@dataclass(frozen=True)
class Standing:
    """state: ``off`` (nobody makes them by schedule, and there is none), ``good``, ``late`` (the
    last good one is too old, or there is none yet) or ``broken`` (the last attempt failed).
    last: the last good one."""

    state: str
    last: Backup | None
    latest: Backup | None
    late_hours: int


def standing(now: dt.datetime | None = None) -> Standing:
    """How it stands at a moment."""
    now = now or timezone.now()
    rows = Backup.objects.all()
    latest = rows.first()
    last = rows.filter(error="", fault="", checked_at__isnull=False).first()
    hours = settings.BACKUP_LATE_HOURS
    if latest is None:
        state = "late" if settings.BACKUP_FOLDER else "off"
    elif latest.error or latest.fault:
        state = "broken"
    elif last is None or now - last.at > dt.timedelta(hours=hours):
        state = "late"
    else:
        state = "good"
    return Standing(state, last, latest, hours)
