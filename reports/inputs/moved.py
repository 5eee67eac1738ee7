"""What lies behind the change of a few clients' revenue: how often they bought, and which product
family moved it most."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Sum, Value, When

from accounts.models import Document, Line
from accounts.selectors.facts import revenue_documents

Days = tuple[dt.date, dt.date]  # both in it
BEFORE, NOW = 0, 1


@dataclass(frozen=True)
class Moved:
    """``invoices``: in the window, and in the same a year before.  ``family``: whose sales changed
    most in the direction of the whole, by ``by``; empty where no line of a product tells."""

    invoices: int
    invoices_before: int
    family: str = ""
    by: float = 0.0


def moved(
    change: Mapping[int, float],
    client_of: Mapping[int, int],
    as_of: dt.date,
    before: Days,
    now: Days,
) -> dict[int, Moved]:
    """For each client with its ``change``; ``client_of``: legal entity -> the client it counts for.
    Two queries."""
    documents = revenue_documents(as_of).filter(client__in=list(client_of)).order_by()
    invoices: dict[tuple[int, int], int] = defaultdict(int)
    is_invoice = Q(type=Document.Type.INVOICE)
    for entity, at, count in (
        _in_windows(documents, before, now)
        .values_list("client", "at")
        .annotate(count=Count("pk", filter=is_invoice))
    ):
        invoices[client_of[entity], at] += count
    families: dict[int, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    lines = Line.objects.filter(client__in=list(client_of), document__in=documents.values("pk"))
    for entity, family, at, net in (
        _in_windows(lines.filter(product__family__isnull=False).order_by(), before, now)
        .values_list("client", "product__family__name", "at")
        .annotate(total=Sum("net"))
    ):
        families[client_of[entity]][family] += float(net) * (1 if at == NOW else -1)
    found = {}
    for client, whole in change.items():
        way = 1 if whole > 0 else -1
        parts = {name: by for name, by in families[client].items() if way * by > 0}
        most = max(sorted(parts), key=lambda name: way * parts[name], default="")
        found[client] = Moved(
            invoices[client, NOW], invoices[client, BEFORE], most, parts.get(most, 0.0)
        )
    return found


def _in_windows(rows: QuerySet, before: Days, now: Days) -> QuerySet:
    at = Case(When(date__range=now, then=Value(NOW)), default=Value(BEFORE),
              output_field=IntegerField())  # fmt: skip
    return rows.filter(Q(date__range=before) | Q(date__range=now)).annotate(at=at)
