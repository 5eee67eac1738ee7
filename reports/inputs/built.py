"""The sums of a built report, one grouped query for each source, under the reader's own rights.

Documents, payments and talks as they are known today; whose they are is said by the client's card
of today, and a company of a group counts by the group where the reader may see it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import Case, Count, DateField, F, Q, QuerySet, Sum, When
from django.db.models.functions import TruncMonth, TruncQuarter, TruncYear

from accounts.models import Client, Document, Interaction, Line, Standing
from accounts.selectors.facts import interactions_as_of, known, payments_as_of, revenue_documents
from reports.figures.built import Key, Parts, parts_of
from reports.figures.built_choices import MEASURES, Definition

INVOICE = Q(type=Document.Type.INVOICE)
TALKS = (
    Interaction.Kind.CALL, Interaction.Kind.MEETING, Interaction.Kind.EMAIL, Interaction.Kind.VISIT,
)  # fmt: skip
TRUNCATED = {"month": TruncMonth, "quarter": TruncQuarter, "year": TruncYear}
CARD = {"kam": "owner_id", "team": "team_id", "segment": "segment", "region": "region"}


def cells(
    asked: Definition, since: dt.date, until: dt.date, today: dt.date
) -> dict[tuple[Key, Key], Parts]:
    """(row, column of the split or "") -> sums by name; only what was found."""
    found: dict[tuple[Key, Key], Parts] = {}
    sources = dict.fromkeys(MEASURES[key].source for key in asked.measures)
    needed = parts_of(asked.measures)
    for source in sources:
        name = "lines" if source == "documents" and asked.by_line else source
        rows, known_sums = SOURCES[name](today)
        sums = {part: each for part, each in known_sums.items() if part in needed}
        rows = _narrowed(rows.filter(date__gte=since, date__lte=until), asked, today)
        keys = {"row": _by(asked.rows)} | ({"column": _by(asked.split)} if asked.split else {})
        grouped = rows.order_by().annotate(**keys).values_list(*keys).annotate(**sums)
        for row, *values in grouped.iterator(chunk_size=5_000):
            at = row, values.pop(0) if asked.split else ""
            told = dict(zip(sums, values, strict=True))
            found.setdefault(at, {}).update({k: v for k, v in told.items() if v is not None})
    return found


def _of_client(field: str) -> Case:
    """A field of the client, or of its group where the reader may see that."""
    groups = Client.objects.filter(kind=Client.Kind.GROUP).order_by().values("pk")
    return Case(
        When(client__group__in=groups, then=F(f"client__group__{field}")),
        default=F(f"client__{field}"),
    )


def _by(dimension: str) -> Any:
    if dimension in TRUNCATED:
        return TRUNCATED[dimension]("date", output_field=DateField())
    if dimension == "family":
        return F("product__family_id")
    return _of_client("id" if dimension == "client" else CARD[dimension])


def _narrowed(rows: QuerySet, asked: Definition, today: dt.date) -> QuerySet:
    wanted = Q()
    if asked.key_only:
        standings = Standing.objects.filter(
            known(today), value__in=Standing.IS_KEY, since__lte=today
        ).filter(Q(until__isnull=True) | Q(until__gt=today))
        wanted &= Q(pk__in=standings.order_by().values("client_id"))
    if asked.owner == "none":
        wanted &= Q(owner__isnull=True)
    elif asked.owner:
        wanted &= Q(owner=int(asked.owner))
    if asked.team:
        wanted &= Q(team=int(asked.team))
    for name in ("segment", "region"):
        if value := getattr(asked, name):
            wanted &= Q(**{name: value})
    if wanted:
        clients = Client.objects.filter(wanted).order_by().values("pk")
        rows = rows.annotate(whose=_of_client("id")).filter(whose__in=clients)
    if asked.family:
        rows = rows.filter(product__family=int(asked.family))
    return rows


# --- Sources ------------------------------------------------------------------------------------


def _documents(today: dt.date) -> tuple[QuerySet, dict[str, Any]]:
    return revenue_documents(today), {
        "revenue": Sum("net"),
        "profit": Sum(F("costed_net") - F("cost")),
        "costed": Sum("costed_net"),
        "costings": Count("pk", filter=~Q(costed_net=0)),
        "invoices": Count("pk", filter=INVOICE),
        "invoiced": Sum("net", filter=INVOICE),
        "discount": Sum("discount"),
    }


def _lines(today: dt.date) -> tuple[QuerySet, dict[str, Any]]:
    documents = revenue_documents(today).order_by().values("pk")
    priced = Q(cost__isnull=False)
    return Line.objects.filter(document__in=documents), {
        "revenue": Sum("net"),
        "profit": Sum(F("net") - F("cost"), filter=priced),
        "costed": Sum("net", filter=priced),
        "costings": Count("pk", filter=priced),
    }


def _payments(today: dt.date) -> tuple[QuerySet, dict[str, Any]]:
    return payments_as_of(today), {"received": Sum("amount")}


def _talks(today: dt.date) -> tuple[QuerySet, dict[str, Any]]:
    return interactions_as_of(today).filter(kind__in=TALKS), {"talks": Count("pk")}


SOURCES: dict[str, Callable[[dt.date], tuple[QuerySet, dict[str, Any]]]] = {
    "documents": _documents, "lines": _lines, "payments": _payments, "talks": _talks,
}  # fmt: skip
