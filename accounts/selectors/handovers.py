"""Handovers and substitutions as pages and the API show them."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet

from accounts.models import Handover, HandoverStep, Substitution, User

State = Handover.State


def rows() -> QuerySet[Handover]:
    return Handover.objects.select_related("client", "giver", "taker", "author")


def listed(when: str, day: dt.date) -> QuerySet[Handover]:
    """Those under way (planned, or in their overlap); with ``when`` "past": all others."""
    under_way = Q(state=State.PLANNED) | Q(state=State.DONE, overlap_until__gte=day)
    found = rows().annotate(
        all_steps=Count("steps"), done_steps=Count("steps", filter=Q(steps__done_at__isnull=False))
    )
    if when == "past":
        return found.exclude(under_way).order_by("-on", "-pk")
    return found.filter(under_way).order_by("on", "pk")


def of_person(person: User, day: dt.date, most: int) -> list[Handover]:
    """Under way, given or taken by the person."""
    mine = Q(giver=person) | Q(taker=person)
    return list(listed("", day).filter(mine)[:most])


def due(day: dt.date) -> QuerySet[Handover]:
    """Planned, and their day has come."""
    return Handover.objects.filter(state=State.PLANNED, on__lte=day).order_by("on", "pk")


def under_way_of_client(client_id: int, day: dt.date) -> Handover | None:
    return listed("", day).filter(client=client_id).first()


def steps_of(handover: Handover) -> QuerySet[HandoverStep]:
    return HandoverStep.objects.filter(handover=handover).select_related("done_by")


def substitutions(when: str, day: dt.date) -> QuerySet[Substitution]:
    """Those of today and to come; with ``when`` "past": those that are over."""
    found = Substitution.objects.select_related("person", "substitute", "author")
    if when == "past":
        return found.filter(until__lt=day).order_by("-until", "-pk")
    return found.filter(until__gte=day).order_by("since", "pk")


def away_today(day: dt.date, substitute: User | None = None) -> list[Substitution]:
    """Who is away today; with ``substitute``: those whom that person stands in for."""
    found = substitutions("", day).filter(since__lte=day)
    if substitute is not None:
        found = found.filter(substitute=substitute)
    return list(found.order_by("person__name", "pk"))
