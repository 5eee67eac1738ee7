"""Initiatives as pages and the API show them, and how their invitations were answered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet, Sum

from accounts.models import (
    Client,
    Document,
    Initiative,
    InitiativeStep,
    Interaction,
    Invitation,
    Need,
    Potential,
    SurveyInvitation,
)
from kam.lib.periods import company_zone, end_of_day

from .facts import documents_as_of, interactions_as_of, memberships_as_of

State = Invitation.State
GAPS_ASKED = 500


@dataclass(frozen=True)
class Answers:
    """How many were invited and how they answered, of the clients that the actor may see; sums
    only of those that say one."""

    invited: int = 0
    waiting: int = 0
    agreed: int = 0
    declined: int = 0
    took_part: int = 0
    expected: Decimal | None = None
    realised: Decimal | None = None


def rows() -> QuerySet[Initiative]:
    return Initiative.objects.select_related("theme", "family", "owner", "author")


def filtered(stage: str, kind: str) -> QuerySet[Initiative]:
    """``stage``: a stage, "ended" or "all"; empty: open ones."""
    found = rows()
    if kind in Initiative.Kind.values:
        found = found.filter(kind=kind)
    if stage == "ended":
        return found.filter(stage__in=Initiative.ENDED)
    if stage in Initiative.Stage.values:
        return found.filter(stage=stage)
    return found if stage == "all" else found.exclude(stage__in=Initiative.ENDED)


def invitations() -> QuerySet[Invitation]:
    return Invitation.objects.select_related("initiative", "client__owner", "contact", "person")


def answers(initiatives: Collection[int]) -> dict[int, Answers]:
    """Initiative -> how its invitations were answered."""
    summed = (
        Invitation.objects.filter(initiative__in=initiatives)
        .order_by()
        .values("initiative")
        .annotate(
            n=Count("pk"),
            waiting=Count("pk", Q(state=State.INVITED)),
            agreed=Count("pk", Q(state=State.AGREED)),
            declined=Count("pk", Q(state=State.DECLINED)),
            took_part=Count("pk", Q(state=State.TOOK_PART)),
            worth=Sum("expected", filter=~Q(state=State.DECLINED)),
            brought=Sum("realised"),
        )
    )
    return {
        row["initiative"]: Answers(
            row["n"], row["waiting"], row["agreed"], row["declined"], row["took_part"],
            row["worth"], row["brought"],
        )
        for row in summed
    }  # fmt: skip


def steps_of(initiative: Initiative) -> QuerySet[InitiativeStep]:
    return InitiativeStep.objects.filter(initiative=initiative).select_related("person")


# What is known of those who may be invited.


def members_of(units: Collection[int], day: dt.date) -> dict[int, int]:
    """Client -> the one it is served as: itself, or the group it belongs to."""
    members = memberships_as_of(day).filter(group__in=units).values_list("member", "group")
    return {pk: pk for pk in units} | dict(members)


def wanting(initiative: Initiative) -> list[Need]:
    """Open needs of its theme, or that name its product family."""
    asked = Q(pk__in=[])
    if initiative.theme_id:
        asked |= Q(theme=initiative.theme_id)
    if initiative.family_id:
        asked |= Q(family=initiative.family_id)
    needs = Need.objects.filter(asked, state__in=Need.OPEN).select_related("client")
    return list(needs.order_by("pk"))


def gaps_in(family_id: int | None) -> dict[int, dict]:
    """Client -> the gap of this family as it was estimated last, the widest room first."""
    if not family_id:
        return {}
    found = Potential.objects.filter(reasons__contains=[{"family": family_id}]).order_by("-high")
    return {
        row.client_id: next(each for each in row.reasons if each["family"] == family_id)
        for row in found[:GAPS_ASKED]
    }


def satisfaction(members: Mapping[int, int], day: dt.date) -> dict[int, float]:
    """Client as served -> mean answer 1–10 of the year up to the day, from talks and surveys."""
    found: dict[int, tuple[float, int]] = {}
    rows = (
        interactions_as_of(day)
        .filter(
            client__in=members,
            satisfaction__isnull=False,
            date__gt=day - dt.timedelta(days=365),
        )
        .order_by()
        .values_list("client")
        .annotate(Avg("satisfaction"), Count("pk"))
    )
    for client, mean, count in rows:
        total, number = found.get(members[client], (0.0, 0))
        found[members[client]] = (total + float(mean) * count, number + count)
    return {unit: total / number for unit, (total, number) in found.items()}


@dataclass(frozen=True)
class Asked:
    """The last time a client was asked for something: invited or surveyed, and who of them."""

    on: dt.date
    survey: bool
    what: str
    contact: str
    client: int = 0  # as served


def last_asked(
    members: Mapping[int, int], since: dt.date, day: dt.date, but: int | None = None
) -> dict[int, Asked]:
    """Client as served -> when it was asked last after ``since``; ``but``: an initiative that does
    not count."""
    found: dict[int, Asked] = {}
    surveys = interactions_as_of(day).filter(
        client__in=members, kind=Interaction.Kind.SURVEY, date__gt=since
    )
    for client, on, what, contact in surveys.order_by("date", "pk").values_list(
        "client", "date", "subject", "contact__name"
    ):
        found[members[client]] = Asked(on, True, what, contact or "", members[client])
    links = SurveyInvitation.objects.filter(
        client__in=members, withdrawn_at__isnull=True, created_at__gte=end_of_day(since),
        created_at__lt=end_of_day(day),
    )  # fmt: skip
    for client, at, what, contact in links.order_by("created_at", "pk").values_list(
        "client", "created_at", "survey__name", "contact__name"
    ):
        on = at.astimezone(company_zone()).date()
        before = found.get(members[client])
        if before is None or before.on <= on:
            found[members[client]] = Asked(on, True, what, contact or "", members[client])
    invited = Invitation.objects.filter(
        client__in=members, invited_on__gt=since, invited_on__lte=day
    ).exclude(initiative=but)
    for client, on, what, contact in invited.order_by("invited_on", "pk").values_list(
        "client", "invited_on", "initiative__name", "contact__name"
    ):
        before = found.get(members[client])
        if before is None or before.on <= on:
            found[members[client]] = Asked(on, False, what, contact or "", members[client])
    return found


def invoices(
    members: Mapping[int, int], start: dt.date, end: dt.date, day: dt.date
) -> list[tuple[int, dt.date, Decimal]]:
    """(client as served, date, net) of invoices from ``start`` to before ``end``."""
    found = documents_as_of(day).filter(
        client__in=members, type=Document.Type.INVOICE, date__gte=start, date__lt=end
    )
    listed = found.order_by("date", "pk").values_list("client", "date", "net")
    return [(members[client], on, net) for client, on, net in listed]


def clients(ids: Collection[int]) -> dict[int, Client]:
    return Client.objects.select_related("owner").in_bulk(list(ids))
