"""What the next KAM has to know of a client, on one sheet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import (
    Contact,
    Interaction,
    Problem,
    Promise,
    Signal,
)

from .blocks import free
from .facts import interactions_as_of
from .problems import shown
from .relationships import people_of

BEHIND = 365  # how far back a sore spot counts
LOW = 4  # satisfaction of 10 that is a sore spot
MOST = 30


@dataclass(frozen=True)
class Sore:
    """Something that went wrong: ``noun`` names it, ``row`` is its id; ``mark`` of 10, if any."""

    noun: str
    row: int
    day: dt.date
    text: str
    mark: int | None = None


def people(entities: list[int], day: dt.date) -> list[Contact]:
    """Who is still there and may be approached, who weighs most first."""
    order = {"decides": 0, "influences": 1, "buys": 2, "pays": 3, "uses": 4}
    found = free(people_of(entities, day).filter(left_on__isnull=True))
    return sorted(found, key=lambda each: (order.get(each.role, 9), each.name))


def promises(entities: Collection[int]) -> list[Promise]:
    """Open ones of both sides, ours first."""
    found = Promise.objects.filter(client__in=entities, state=Promise.State.OPEN)
    return list(found.select_related("contact", "owner").order_by("side", "due", "pk"))


def sore_spots(entities: Collection[int], day: dt.date) -> list[Sore]:
    """What went wrong within a year: complaints and low marks, promises of ours that were broken
    or kept late.  Two queries."""
    since = day - dt.timedelta(days=BEHIND)
    talks = interactions_as_of(day).filter(
        Q(kind=Interaction.Kind.COMPLAINT) | Q(satisfaction__lte=LOW),
        client__in=entities, date__gt=since,
    )  # fmt: skip
    found = [
        Sore("interaction", row.pk, row.date, row.subject or row.text[:200], row.satisfaction)
        for row in talks.order_by("-date", "-pk")[:MOST]
    ]  # fmt: skip
    State = Promise.State
    late = Promise.objects.filter(
        client__in=entities, side=Promise.Side.OURS, state__in=[State.BROKEN, State.LATE],
        settled_on__gt=since,
    )  # fmt: skip
    found += [
        Sore(f"promise_{row.state}", row.pk, row.settled_on, row.what)
        for row in late.order_by("-settled_on", "-pk")[:MOST]
    ]
    return sorted(found, key=lambda each: each.day, reverse=True)[:MOST]


def risks(entities: Collection[int], day: dt.date) -> tuple[list[Problem], list[Signal]]:
    """Open problems, the gravest first, and signals that nobody has answered."""
    problems = Problem.objects.filter(client__in=entities, closed_on__isnull=True)
    return (
        list(problems.select_related("owner").order_by("-severity", "raised_on", "pk")[:MOST]),
        list(shown(day).filter(client__in=entities).order_by("-level", "pk")[:MOST]),
    )


def talks(entities: Collection[int], day: dt.date, most: int = 5) -> list[Interaction]:
    found = interactions_as_of(day).filter(client__in=entities)
    return list(found.select_related("author", "contact").order_by("-date", "-pk")[:most])
