"""Benefits and references of clients, and what clients that came by a recommendation buy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Benefit, Client, Reference, Relation

from .facts import revenue_documents

State, Permission = Benefit.State, Reference.Permission
ZERO = Decimal(0)
MOST_REFERRALS = 500
_MONEY = DecimalField(max_digits=18, decimal_places=2)
_FIRST_DAY = Value(dt.date(1900, 1, 1))
# A permission that ends within so many days is worth asking for again.
SOON = dt.timedelta(days=30)


@dataclass(frozen=True)
class Totals:
    """Sums a year of what runs on a day."""

    confirmed: Decimal = ZERO
    claimed: Decimal = ZERO
    disputed: Decimal = ZERO


def benefits() -> QuerySet[Benefit]:
    return Benefit.objects.select_related("client", "contact", "author")


def benefits_of(entities: Collection[int]) -> QuerySet[Benefit]:
    """Of a client with its members: those that run first, the largest first."""
    return (
        benefits()
        .filter(client__in=entities)
        .order_by(F("until").asc(nulls_first=True), "-amount", "pk")
    )


def totals_of(entities: Collection[int], day: dt.date) -> Totals:
    running = Benefit.objects.filter(client__in=entities, since__lte=day).filter(
        Q(until__isnull=True) | Q(until__gte=day)
    )
    sums = running.aggregate(
        **{state: Sum("amount", filter=Q(state=state), default=ZERO) for state in State.values}
    )
    return Totals(**sums)


def references() -> QuerySet[Reference]:
    return Reference.objects.select_related("client", "contact", "permitted_by", "author")


@dataclass(frozen=True)
class Filters:
    """``kind``: of the reference; ``permission``: "shown" (may be published today), "ending"
    (within SOON), or a state of the permission."""

    kind: str = ""
    permission: str = ""


def filtered(filters: Filters, day: dt.date) -> QuerySet[Reference]:
    found = references()
    if filters.kind in Reference.Kind.values:
        found = found.filter(kind=filters.kind)
    holds = Q(permission=Permission.GIVEN) & (
        Q(permitted_until__isnull=True) | Q(permitted_until__gte=day)
    )
    if filters.permission == "shown":
        found = found.filter(holds)
    elif filters.permission == "ending":
        found = found.filter(holds, permitted_until__lte=day + SOON)
    elif filters.permission in Permission.values:
        found = found.filter(permission=filters.permission)
    return found.order_by("-given_on", "-pk")


def references_of(entities: Collection[int]) -> QuerySet[Reference]:
    return references().filter(client__in=entities).order_by("-given_on", "-pk")


@dataclass(frozen=True)
class Referral:
    """A client who came by a recommendation, and what they have bought since.

    ``referrer``: a client of ours that the reader sees; ``name`` of any other; both empty where it
    is a client that the reader does not see.
    """

    relation: Relation
    referrer: Client | None
    name: str
    revenue: Decimal


@dataclass
class Bringer:
    """Who brought clients, and what all of these have bought since, net of VAT."""

    referrer: Client | None
    name: str
    referrals: list[Referral] = field(default_factory=list)

    @property
    def revenue(self) -> Decimal:
        return sum((each.revenue for each in self.referrals), ZERO)


def referrals(day: dt.date, by: Collection[int] | None = None) -> list[Referral]:
    """By whose recommendation clients came, the most bought first; ``by``: of these referrers only.

    Revenue counts from the day of the recommendation (all of it, where no day is known), for a
    group that of its members.
    """
    rows = Relation.objects.filter(kind=Relation.Kind.REFERRER).select_related("client")
    if by is not None:
        rows = rows.filter(other__in=by)
    sold = (
        revenue_documents(day)
        .filter(Q(client=OuterRef("client_id")) | Q(client__group=OuterRef("client_id")))
        .filter(date__gte=Coalesce(OuterRef("since"), _FIRST_DAY))
        .order_by()
        .values(one=Value(1))
        .annotate(total=Sum("net"))
        .values("total")
    )
    rows = rows.annotate(revenue=Coalesce(Subquery(sold, _MONEY), Value(ZERO, _MONEY)))
    found = list(rows.order_by("-revenue", "pk")[:MOST_REFERRALS])
    seen = Client.objects.only("name").in_bulk({row.other_id for row in found} - {None})
    return [
        Referral(row, seen.get(row.other_id or 0), row.name, row.revenue)  # type: ignore[attr-defined]
        for row in found
    ]


def bringers(rows: Collection[Referral]) -> list[Bringer]:
    """The same by who recommended, whose clients buy most first; those not seen by name last."""
    groups: dict[tuple, Bringer] = {}
    for row in rows:
        key = (row.relation.other_id, row.name)
        groups.setdefault(key, Bringer(row.referrer, row.name)).referrals.append(row)
    return sorted(groups.values(), key=lambda each: -each.revenue)


def brought(rows: Collection[Referral]) -> tuple[int, Decimal]:
    """How many clients came, and their revenue since; a client recommended by two counts once."""
    once: dict[int, Decimal] = {}
    for row in rows:
        pk = row.relation.client_id
        once[pk] = max(once.get(pk, ZERO), row.revenue)
    return len(once), sum(once.values(), ZERO)
