"""When connected systems are asked by themselves."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from accounts.models import Connection
from kam.lib.periods import company_zone

from .connections import Busy, Disabled, request_run

NIGHT = dt.time(3, 30)
# The schedule looks every quarter of an hour: what is nearly due is due.
NEARLY = dt.timedelta(minutes=5)


def request_due() -> int:
    """Jobs for all connections whose time has come; how many."""
    asked = 0
    for row in Connection.objects.filter(is_active=True).exclude(every=Connection.Every.BY_HAND):
        if is_due(row, timezone.now()):
            try:
                request_run(row, None, whole=wants_whole(row, timezone.now()))
            except (Busy, Disabled):
                continue
            asked += 1
    return asked


def is_due(row: Connection, now: dt.datetime) -> bool:
    if row.every == Connection.Every.NIGHT:
        return (row.started_at or row.created_at) < last_night(now)
    if row.started_at is None:
        return True
    return row.started_at + dt.timedelta(hours=row.every) - NEARLY <= now


def wants_whole(row: Connection, now: dt.datetime) -> bool:
    """Whether this run is the first since night of a connection that is checked as a whole."""
    return row.whole_at_night and (row.whole_at or row.created_at) < last_night(now)


def last_night(now: dt.datetime) -> dt.datetime:
    """The latest moment at which nightly runs begin."""
    local = now.astimezone(company_zone())
    moment = dt.datetime.combine(local.date(), NIGHT, company_zone())
    return moment if moment <= now else moment - dt.timedelta(days=1)
