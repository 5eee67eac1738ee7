"""What clients have bought, by day or month and by product family, net of VAT."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum
from django.db.models.functions import TruncMonth

from accounts.models import Line

from .facts import revenue_documents

CENT = Decimal("0.01")
# Sums by day: [(day, net)], days ascending.
Days = list[tuple[dt.date, Decimal]]


def by_day(entities: Collection[int], start: dt.date, end: dt.date, as_of: dt.date) -> Days:
    """All purchases from ``start`` to ``end``, by the headers as of ``as_of``."""
    rows = (
        revenue_documents(as_of)
        .filter(client__in=entities, date__range=(start, end))
        .order_by("date")
        .values_list("date")
        .annotate(Sum("net"))
    )
    return list(rows)


def by_day_and_family(
    entities: Collection[int], start: dt.date, end: dt.date, as_of: dt.date
) -> dict[int | None, Days]:
    """The same from the lines, by product family; None where a line names no family."""
    found: dict[int | None, Days] = defaultdict(list)
    rows = (
        _lines(entities, start, end, as_of)
        .order_by("date")
        .values_list("product__family", "date")
        .annotate(Sum("net"))
    )
    for family, day, net in rows:
        found[family].append((day, net.quantize(CENT, ROUND_HALF_UP)))
    return dict(found)


def by_month_and_family(
    entities: Collection[int], start: dt.date, end: dt.date, as_of: dt.date
) -> dict[tuple[int, int | None, dt.date], Decimal]:
    """(client, family, first day of the month) -> net, from the lines."""
    rows = (
        _lines(entities, start, end, as_of)
        .order_by()
        .values_list("client", "product__family", TruncMonth("date"))
        .annotate(Sum("net"))
    )
    return {
        (client, family, month): net.quantize(CENT, ROUND_HALF_UP)
        for client, family, month, net in rows
    }


def by_month(
    entities: Collection[int], start: dt.date, end: dt.date, as_of: dt.date
) -> dict[tuple[int, dt.date], Decimal]:
    """(client, first day of the month) -> net, from the headers."""
    rows = (
        revenue_documents(as_of)
        .filter(client__in=entities, date__range=(start, end))
        .order_by()
        .values_list("client", TruncMonth("date"))
        .annotate(Sum("net"))
    )
    return {(client, month): net for client, month, net in rows}


def _lines(entities: Collection[int], start: dt.date, end: dt.date, as_of: dt.date):
    documents = revenue_documents(as_of).filter(client__in=entities, date__range=(start, end))
    return Line.objects.filter(
        client__in=entities, date__range=(start, end), document__in=documents.values("pk")
    )


def within(days: Days, start: dt.date, end: dt.date) -> Decimal:
    return sum((net for day, net in days if start <= day <= end), Decimal("0.00"))
