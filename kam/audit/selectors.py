"""Reading the trail, as the current actor may see it."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Event


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
