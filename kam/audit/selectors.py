"""Reading the trail, as the current actor may see it."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from .models import Event

# What makes another version of a row.
CHANGING = (
    "change", "save", "create", "make", "join", "leave", "settle", "satisfaction", "reopen", "on",
    "off", "step", "stop", "resume", "rotate", "erase",
)  # fmt: skip
KNOWN_FOR = dt.timedelta(days=30)  # nobody has a form open for longer


def events(action: str = "", person: str = "") -> QuerySet[Event]:
    """Latest first; of one action, of people with that in their name."""
    rows = Event.objects.select_related("actor")
    if action:
        rows = rows.filter(action=action[:60])
    if person:
        rows = rows.filter(actor_name__icontains=person[:200])
    return rows


def last_check() -> Event | None:
    """When the trail was last held against its seals, and what was found: ``details["faults"]``."""
    return Event.objects.filter(action="audit.verified").first()


def latest_change(row) -> Event | None:
    """Who changed the row last, and when; None where the trail does not know.

    A load changes many rows and writes one event about all of them.  So where an event tells
    which version it made, it must be the present one.
    """
    verbs = "|".join(CHANGING)
    event = Event.objects.filter(
        object_type=row._meta.label_lower,
        object_id=row.pk,
        action__regex=rf"\.({verbs})$",
        at__gte=timezone.now() - KNOWN_FOR,
    ).first()
    made = event.details.get("version") if event else None
    return event if made in (None, getattr(row, "version", None)) else None
