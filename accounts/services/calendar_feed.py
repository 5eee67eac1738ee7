"""The meetings of a person as a calendar that other programs subscribe to (RFC 5545).

Whoever has the address sees them, so it is as secret as a password, is given out on asking only,
and ends when the person asks for another one or is not active any more.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from accounts.models import Meeting, MeetingPerson, User
from kam.audit.services import record
from kam.lib.periods import start_of_day, today
from kam.lib.scoping import acting_as

BEHIND, AHEAD = dt.timedelta(days=60), dt.timedelta(days=400)
MOST = 1_000
LENGTH = 32


def secret_of(person: User, key: str = "") -> str:
    said = f"calendar:{person.pk}:{person.calendar_serial}".encode()
    return hmac.new((key or settings.SECRET_KEY).encode(), said, hashlib.sha256).hexdigest()[
        :LENGTH
    ]


def address_of(person: User) -> str:
    """Where the calendar is; empty until the person has asked for it."""
    if person.calendar_serial <= 0:
        return ""
    path = reverse("calendar_feed", args=[person.pk, secret_of(person)])
    return settings.SITE_URL.rstrip("/") + path


def renew(person: User) -> None:
    """A first address, or another one: the former shows nothing any more."""
    person.calendar_serial = abs(person.calendar_serial) + 1
    person.save(update_fields=["calendar_serial"])
    record("calendar.renew", object=person)


def withdraw(person: User) -> None:
    """No address shows anything.  Below zero, and it goes on counting from there: no former
    address comes back."""
    person.calendar_serial = -abs(person.calendar_serial)
    person.save(update_fields=["calendar_serial"])
    record("calendar.withdraw", object=person)


def person_of(pk: int, secret: str) -> User | None:
    person = User.objects.filter(pk=pk, is_active=True, calendar_serial__gt=0).first()
    if person is None:
        return None
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    if any(hmac.compare_digest(secret_of(person, key), secret) for key in keys if key):
        return person
    return None


def calendar_of(person: User) -> bytes:
    """Meetings the person leads, comes to or is reviewed in, cancelled ones as such.  The same
    meetings are the same bytes."""
    day = today()
    with acting_as(person), translation.override(person.language):
        comes = MeetingPerson.objects.filter(person=person).values("meeting")
        mine = Q(owner=person) | Q(about=person) | Q(pk__in=comes)
        rows = Meeting.objects.filter(
            mine, starts_at__gte=start_of_day(day - BEHIND), starts_at__lt=start_of_day(day + AHEAD)
        )
        calendar = Calendar()
        calendar.add("prodid", "-//KAM//meetings//")
        calendar.add("version", "2.0")
        calendar.add("method", "PUBLISH")
        calendar.add("x-wr-calname", _("Meetings with key clients"))
        for row in rows.select_related("client").order_by("starts_at", "pk")[:MOST]:
            calendar.add_component(_event(row))
        return calendar.to_ical()


def _event(row: Meeting) -> Event:
    event = Event()
    host = settings.SITE_URL.split("//")[-1].split("/")[0]
    event.add("uid", f"meeting-{row.pk}@{host}")
    event.add("dtstamp", row.created_at.astimezone(dt.UTC))
    event.add("sequence", row.version)
    event.add("dtstart", row.starts_at.astimezone(dt.UTC))
    event.add("duration", dt.timedelta(minutes=row.minutes))
    event.add("summary", f"{row.client.name}: {row.title}" if row.client else row.title)
    if row.place:
        event.add("location", row.place)
    event.add("url", settings.SITE_URL.rstrip("/") + reverse("meeting_detail", args=[row.pk]))
    if row.wanted:
        event.add("description", row.wanted)
    event.add("status", "CANCELLED" if row.state == Meeting.State.CANCELLED else "CONFIRMED")
    return event
