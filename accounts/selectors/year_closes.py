"""Closed years: what was frozen, beside what would be told today."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import FrozenSale, Membership, PlannedSale, YearClose

from .volumes import by_month_and_family

NOTHING = Decimal("0.00")
Key = tuple[int, int | None, dt.date]  # client, family, first day of the month


def plans_of(year: int) -> dict[Key, Decimal]:
    """The plan in force of all clients that the actor sees."""
    rows = PlannedSale.objects.filter(month__year=year, known_to__isnull=True)
    return {
        (client, family, month): amount
        for client, family, month, amount in rows.values_list("client", "family", "month", "amount")
    }


def sold_of(clients: Collection[int], year: int, day: dt.date) -> dict[Key, Decimal]:
    """What was sold in the year by what is known on ``day``; members count with their group."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    served = {pk: pk for pk in clients}
    served |= dict(
        Membership.objects.filter(group__in=clients, since__lte=last, known_to__isnull=True)
        .exclude(until__lte=last)
        .values_list("member", "group")
    )
    sold: dict[Key, Decimal] = defaultdict(Decimal)
    if served:
        months = by_month_and_family(list(served), first, last, day)
        for (entity, family, month), net in months.items():
            sold[served[entity], family, month] += net
    return dict(sold)


def closings() -> QuerySet[YearClose]:
    return YearClose.objects.select_related("author", "undone_by")


@dataclass
class Compared:
    """A client's closed year: as frozen, and as it would be told today."""

    client: int
    name: str
    planned: Decimal = NOTHING
    sold: Decimal = NOTHING
    planned_now: Decimal = NOTHING
    sold_now: Decimal = NOTHING

    @property
    def share(self) -> Decimal | None:
        return self.sold / self.planned if self.planned else None

    @property
    def moved(self) -> Decimal:
        """What corrections after the closing have added to the sales."""
        return self.sold_now - self.sold

    @property
    def plan_moved(self) -> Decimal:
        return self.planned_now - self.planned


def compared(close: YearClose, day: dt.date) -> list[Compared]:
    """The clients of a closing that the actor sees, the largest plan first, in four queries."""
    found: dict[int, Compared] = {}
    rows = FrozenSale.objects.filter(close=close).order_by()
    for client, name, planned, sold in rows.values_list(
        "client", "client__name", "planned", "sold"
    ).iterator(chunk_size=2_000):
        line = found.setdefault(client, Compared(client, name))
        line.planned += planned or NOTHING
        line.sold += sold
    for (client, _family, _month), amount in plans_of(close.year).items():
        if client in found:
            found[client].planned_now += amount
    for (client, _family, _month), net in sold_of(found.keys(), close.year, day).items():
        found[client].sold_now += net
    return sorted(found.values(), key=lambda line: (-line.planned, line.name))


def total_of(lines: Iterable[Compared]) -> Compared:
    whole = Compared(0, str(_("Everything")))
    for line in lines:
        whole.planned += line.planned
        whole.sold += line.sold
        whole.planned_now += line.planned_now
        whole.sold_now += line.sold_now
    return whole
