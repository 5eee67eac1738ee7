"""Planned changes as pages and the API show them, and whom they touch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from accounts.models import Line, PlannedChange, TouchedClient
from kam.lib.periods import add_months

from .facts import revenue_documents

State = TouchedClient.State


@dataclass(frozen=True)
class Told:
    """How far the clients that one may see are told; ``bought``: what they bought of it in twelve
    months, ``at_stake``: that of those who object or leave."""

    touched: int = 0
    untold: int = 0
    told: int = 0
    accepts: int = 0
    objects: int = 0
    leaves: int = 0
    bought: Decimal | None = None
    at_stake: Decimal | None = None


def rows() -> QuerySet[PlannedChange]:
    return PlannedChange.objects.select_related("family", "product", "owner", "author")


def filtered(state: str) -> QuerySet[PlannedChange]:
    """``state``: a state or "all"; empty: those still planned."""
    if state == "all":
        return rows()
    known = state if state in PlannedChange.State.values else PlannedChange.State.PLANNED
    return rows().filter(state=known)


def touched() -> QuerySet[TouchedClient]:
    return TouchedClient.objects.select_related("change", "client__owner", "contact", "informer")


def told(changes: Collection[int]) -> dict[int, Told]:
    """Change -> how far clients are told."""
    counts = {f"n_{state}": Count("pk", Q(state=state)) for state in State.values}
    summed = (
        TouchedClient.objects.filter(change__in=changes)
        .order_by()
        .values("change")
        .annotate(
            n=Count("pk"),
            sum=Sum("bought"),
            stake=Sum("bought", filter=Q(state__in=[State.OBJECTS, State.LEAVES])),
            **counts,
        )
    )
    return {
        row["change"]: Told(
            row["n"], *(row[f"n_{state}"] for state in State.values), row["sum"], row["stake"]
        )
        for row in summed
    }


def bought_of(
    change: PlannedChange, members: Mapping[int, int], day: dt.date
) -> dict[int, Decimal]:
    """Client as served -> net of what it bought of the product or family in twelve months."""
    start = add_months(day + dt.timedelta(days=1), -12)
    documents = revenue_documents(day).filter(client__in=members, date__gte=start)
    lines = Line.objects.filter(
        client__in=members, date__gte=start, document__in=documents.values("pk")
    )
    if change.product_id:
        lines = lines.filter(product=change.product_id)
    elif change.family_id:
        lines = lines.filter(product__family=change.family_id)
    else:
        return {}
    found: dict[int, Decimal] = {}
    for client, net in lines.order_by().values_list("client").annotate(Sum("net")):
        found[members[client]] = found.get(members[client], Decimal(0)) + net
    return {unit: net.quantize(Decimal("0.01")) for unit, net in found.items() if net > 0}
