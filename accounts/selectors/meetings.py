"""Meetings as pages and the API show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import (
    AgendaItem,
    Meeting,
    MeetingPerson,
    MeetingResult,
    MinutesMail,
    MinutesVersion,
    User,
)
from kam.lib.periods import start_of_day

State = Meeting.State


@dataclass(frozen=True)
class Filters:
    """``when``: "past"; empty: still to come.  ``kind``: a kind."""

    when: str = ""
    kind: str = ""


def rows() -> QuerySet[Meeting]:
    return Meeting.objects.select_related("client", "owner", "about", "author", "previous")


def filtered(filters: Filters) -> QuerySet[Meeting]:
    found = rows()
    if filters.kind in Meeting.Kind.values:
        found = found.filter(kind=filters.kind)
    if filters.when == "past":
        return found.exclude(state=State.PLANNED).order_by("-starts_at", "-pk")
    return found.filter(state=State.PLANNED).order_by("starts_at", "pk")


def meetings_of(entities: Collection[int]) -> QuerySet[Meeting]:
    return rows().filter(client__in=entities)


def coming_of_person(person: User, until: dt.date, most: int) -> list[Meeting]:
    """Planned meetings that the person leads or comes to, until the end of that day."""
    mine = Q(owner=person) | Q(about=person)
    mine |= Q(pk__in=MeetingPerson.objects.filter(person=person).values("meeting"))
    before = start_of_day(until + dt.timedelta(days=1))
    found = rows().filter(mine, state=State.PLANNED, starts_at__lt=before)
    return list(found.order_by("starts_at", "pk")[:most])


def last_before(meeting: Meeting) -> Meeting | None:
    """The meeting held before this one: with the same client, or about the same person."""
    if meeting.previous_id:
        return rows().filter(pk=meeting.previous_id).first()
    alike = rows().filter(state=State.HELD, starts_at__lt=meeting.starts_at)
    if meeting.client_id:
        alike = alike.filter(client=meeting.client_id)
        if not meeting.is_internal:  # what we said among ourselves is not for the client
            alike = alike.exclude(kind=Meeting.Kind.INTERNAL)
    else:
        alike = alike.filter(client__isnull=True, about=meeting.about_id)
    return alike.exclude(pk=meeting.pk).order_by("-starts_at", "-pk").first()


def last_decisions_of(person: User) -> list[MeetingResult]:
    """What was decided in the last review held of the clients that the person looks after, or led
    by the person.  One query."""
    found = Meeting.objects.filter(
        Q(about=person) | Q(owner=person), state=State.HELD, client__isnull=True,
        starts_at__lte=timezone.now(),
    )  # fmt: skip
    last = found.order_by("-starts_at", "-pk").values("pk")[:1]
    decided = MeetingResult.objects.filter(kind=MeetingResult.Kind.DECISION, meeting=Subquery(last))
    return list(decided.select_related("person").order_by("pk"))


def people_of(meeting: Meeting) -> QuerySet[MeetingPerson]:
    return MeetingPerson.objects.filter(meeting=meeting).select_related("contact", "person")


def items_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    return AgendaItem.objects.filter(meeting=meeting).order_by("position", "pk")


def results_of(meeting: Meeting) -> QuerySet[MeetingResult]:
    return MeetingResult.objects.filter(meeting=meeting).select_related("person")


def decisions_of(meeting: Meeting | None) -> list[MeetingResult]:
    if meeting is None:
        return []
    return list(results_of(meeting).filter(kind=MeetingResult.Kind.DECISION))


def mails_of(meeting: Meeting) -> QuerySet[MinutesMail]:
    rows = MinutesMail.objects.filter(version__meeting=meeting)
    return rows.select_related("contact", "version").order_by("-version__number", "pk")


def versions_of(meeting: Meeting) -> QuerySet[MinutesVersion]:
    return MinutesVersion.objects.filter(meeting=meeting).select_related("approved_by")
