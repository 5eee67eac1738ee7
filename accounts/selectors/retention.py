"""Whose time of keeping is over, by kind, on a day."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import (
    Agreement,
    Client,
    Contact,
    ContactChange,
    Document,
    Goal,
    Interaction,
    Payment,
    Problem,
    Promise,
    Standing,
)
from kam.lib.periods import add_months, start_of_day, today


def cutoff(day: dt.date, months: int) -> dt.date:
    """What happened before this day has been kept for so many months."""
    return add_months(day, -months)


def days_of(day: dt.date, months: int) -> int:
    """The same in days, for what is kept by days."""
    return (day - cutoff(day, months)).days


def _people(before: dt.date) -> QuerySet[Contact]:
    """Cards that nobody made or corrected since; the blocked are kept until the block ends."""
    since = start_of_day(before)
    corrected = ContactChange.objects.filter(contact=OuterRef("pk"), at__gte=since)
    return (
        Contact.objects.filter(anonymised_at__isnull=True, added_at__lt=since)
        .filter(~Exists(corrected.order_by()))
        .select_related("client")
    )


def _not_blocked() -> Q:
    return Q(blocked_since__isnull=True) | Q(blocked_until__lte=today())


def left_contacts(before: dt.date) -> QuerySet[Contact]:
    """People who left their company before that day and with whom nothing was noted since."""
    talks = Interaction.objects.filter(contact=OuterRef("pk"), date__gte=before)
    promised = Promise.objects.filter(contact=OuterRef("pk"), state=Promise.State.OPEN)
    return (
        Contact.objects.filter(anonymised_at__isnull=True, left_on__lt=before)
        .filter(_not_blocked(), ~Exists(talks.order_by()), ~Exists(promised.order_by()))
        .select_related("client")
        .order_by("left_on", "pk")
    )


def gone_clients(before: dt.date) -> QuerySet[Contact]:
    """People at clients with whom nothing has happened since that day and nothing is under way.

    A member of a group is silent when the whole group is.  Prospects count from when they were
    written down.
    """
    busy = Q(pk__in=_busy(before))
    groups = Client.objects.filter(busy, group__isnull=False).order_by().values("group_id")
    loud = busy | Q(pk__in=groups) | Q(group__in=groups) | Q(group__in=_busy(before))
    silent = Client.objects.filter(created_at__lt=start_of_day(before)).exclude(loud).order_by()
    return (
        _people(before)
        .filter(_not_blocked(), client__in=silent.values("pk"))
        .order_by("client__sort_name", "client_id", "pk")
    )


def _busy(before: dt.date) -> QuerySet:
    """Ids of clients with a fact since that day, or with something agreed, owed or aimed at."""
    facts = [
        rows.filter(date__gte=before).order_by().values_list("client_id")
        for rows in (Document.objects, Payment.objects, Interaction.objects)
    ]
    under_way = [
        Agreement.objects.filter(
            Q(ended_on__gte=before)
            | Q(ended_on__isnull=True) & (Q(ends__gte=before) | Q(ends=None))
        ),
        Promise.objects.filter(state=Promise.State.OPEN),
        Problem.objects.filter(closed_on__isnull=True),
        Goal.objects.filter(status=Goal.Status.OPEN),
        Standing.objects.filter(
            until__isnull=True, known_to__isnull=True, value__in=Standing.IS_KEY
        ),
    ]
    found = Q(pk__in=[])
    for ids in (*facts, *(rows.order_by().values_list("client_id") for rows in under_way)):
        found |= Q(pk__in=ids)
    return Client.objects.filter(found).order_by().values("pk")


def notes(before: dt.date) -> QuerySet[Interaction]:
    """Notes and letters of earlier days that still have a text, all versions, the oldest first."""
    return (
        Interaction.objects.filter(date__lt=before)
        .exclude(subject="", text="")
        .select_related("client")
        .order_by("date", "pk")
    )
