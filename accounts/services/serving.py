"""What clients cost us in a window and what they leave: exact, for one client or for many."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.db.models import Value as Constant

from accounts.measures.cost_to_serve import Costs, cents, contribution, late_payment
from accounts.measures.lifetime import Lifetime, lifetime, stays
from accounts.models import Client, EffortRules, EffortWeek, RebateAccrual, ServiceCost, Standing
from accounts.selectors import efforts as found
from accounts.selectors import ledger
from accounts.selectors.facts import revenue_documents
from kam.lib.periods import add_months

from .efforts import estimate

YEAR = 12
NOTHING = Decimal(0)


@dataclass
class Served:
    """A window of one client.  ``said``: hours that people confirmed; ``guessed``: hours by the
    rules of weeks of which nobody has said anything."""

    revenue: Decimal = NOTHING
    margin: Decimal = NOTHING
    costed: Decimal = NOTHING
    said: Decimal = NOTHING
    guessed: Decimal = NOTHING
    hours_cost: Decimal = NOTHING
    rebates: Decimal = NOTHING
    services: dict[str, Decimal] = field(default_factory=dict)
    late: list[tuple[Decimal, int]] = field(default_factory=list)
    late_cost: Decimal = NOTHING
    discounts: Decimal = NOTHING
    margin_before: Decimal = NOTHING

    @property
    def hours(self) -> Decimal:
        return self.said + self.guessed

    @property
    def start(self) -> Decimal:
        """What starting with the client took: off its lifetime value, not off a year."""
        return self.services.get("start", NOTHING)

    @property
    def service(self) -> Decimal:
        return sum((v for kind, v in self.services.items() if kind != "start"), NOTHING)

    @property
    def costs(self) -> Costs:
        return Costs(self.hours_cost, self.rebates, self.service, self.late_cost, self.discounts)

    @property
    def contribution(self) -> Decimal:
        return contribution(self.margin, self.costs)

    @property
    def overdue(self) -> int:
        """How many documents were paid late or are late now."""
        return len(self.late)

    @property
    def cost_share(self) -> float | None:
        """The part of revenue whose cost is known, on which the margin rests."""
        return float(self.costed / self.revenue) if self.revenue > 0 else None


def served(
    entities: Mapping[int, int],
    start: dt.date,
    end: dt.date,
    rules: EffortRules | None = None,
    before: dt.date | None = None,
) -> dict[int, Served]:
    """Legal entity -> the client it counts for; returns each client's window from ``start`` to
    ``end``.  Through the scoped managers, in a handful of queries for any number of clients.

    before: from this day to ``start`` the margin is told as well, as ``margin_before``.
    """
    rules = rules or found.rules()
    told = {client: Served() for client in sorted(set(entities.values()))}
    ids = list(entities)
    known = revenue_documents(end).filter(client__in=ids, date__gte=before or start)
    now = Q(date__gte=start)
    margin = F("costed_net") - F("cost")
    sums = known.order_by().values("client").annotate(
        sold=Sum("net", filter=now), known=Sum("costed_net", filter=now),
        left=Sum(margin, filter=now), given=Sum("discount", filter=now),
        earlier=Sum(margin, filter=~now),
    )  # fmt: skip
    for row in sums:
        one = told[entities[row["client"]]]
        one.revenue += row["sold"] or NOTHING
        one.costed += row["known"] or NOTHING
        one.margin += row["left"] or NOTHING
        one.discounts += row["given"] or NOTHING
        one.margin_before += row["earlier"] or NOTHING
    late = known.filter(now, gross__gt=0, due__isnull=False, due__lt=end).order_by()
    for client, gross, paid, due, settled in late.values_list(
        "client", "gross", "paid", "due", "settled_on"
    ):
        open_ = gross if settled else gross - paid
        days = (min(settled or end, end) - due).days  # what was paid later was open then
        if days > 0 and open_ > 0:
            told[entities[client]].late.append((open_, days))
    for one in told.values():
        one.late_cost = late_payment(one.late, rules.capital)
    _spent(told, entities, start, end)
    _hours(told, entities, start, end, rules)
    return told


REBATE = "rebate"


def _spent(told, entities, start, end) -> None:
    """Rebates, and costs written down by kind."""
    window = {"client__in": list(entities), "date__gte": start, "date__lte": end}
    rebates = RebateAccrual.objects.filter(known_to__isnull=True, **window).order_by()
    costs = ServiceCost.objects.filter(**window).order_by()
    rows = rebates.annotate(of=Constant(REBATE)).values_list("client", "of").annotate(
        total=Sum("amount")
    ).union(
        costs.annotate(of=F("kind")).values_list("client", "of").annotate(total=Sum("amount")),
        all=True,
    )  # fmt: skip
    for client, kind, amount in rows:
        one = told[entities[client]]
        if kind == REBATE:
            one.rebates += amount
        else:
            one.services[kind] = one.services.get(kind, NOTHING) + amount


def _hours(told, entities, start, end, rules) -> None:
    said = EffortWeek.objects.filter(client__in=list(entities), week__gte=start, week__lte=end)
    known = set()
    for client, week, hours, rate in said.order_by().values_list("client", "week", "hours", "rate"):
        one = told[entities[client]]
        known.add((entities[client], week))
        one.said += hours
        one.hours_cost += hours * rate
    for (client, week), counts in found.work(start, end, list(told)).items():
        if (client, week) not in known:
            hours = estimate(counts, rules)
            told[client].guessed += hours
            told[client].hours_cost += hours * rules.rate
    for one in told.values():
        one.hours_cost = cents(one.hours_cost)


@dataclass(frozen=True)
class Value:
    """One client: twelve months, what it may be worth ahead, and on what that rests."""

    start: dt.date
    end: dt.date
    now: Served
    lifetime: Lifetime
    growth: float | None
    stayed: int
    could: int
    discount: Decimal
    capital: Decimal


def year_up_to(day: dt.date) -> dt.date:
    return add_months(day + dt.timedelta(days=1), -YEAR)


def value_of(client: Client, day: dt.date, entities: list[int] | None = None) -> Value:
    """Contribution of the twelve months up to a day, and lifetime value from it.

    Growth is that of the margin against the year before.  Retention is the client's own: of the
    whole years since its first purchase (ten at most), in how many of those that followed a year
    with a purchase it bought again, shrunk towards two thirds.
    """
    start = year_up_to(day)
    entities = entities if entities is not None else ledger.legal_entities(client, day)
    rules = found.rules()
    window = dict.fromkeys(entities, client.pk)
    before = year_up_to(start - dt.timedelta(days=1))
    now = served(window, start, day, rules, before)[client.pk]
    growth = float(now.margin / now.margin_before - 1) if now.margin_before > 0 else None
    stayed, could = _years(list(entities), day)
    ahead = lifetime(
        float(now.contribution), growth, stays(stayed, could),
        discount=float(rules.discount) / 100, start=float(now.start),
    )  # fmt: skip
    return Value(start, day, now, ahead, growth, stayed, could, rules.discount, rules.capital)


def _years(ids: list[int], day: dt.date, most: int = 10) -> tuple[int, int]:
    """In how many years it bought after a year in which it bought, and how many those were."""
    dates = revenue_documents(day).filter(client__in=ids, type="invoice").order_by()
    months = set(dates.values_list("date__year", "date__month").distinct())
    last = day.year * 12 + day.month
    bought = {(last - (year * 12 + month)) // YEAR for year, month in months}
    could = [back for back in range(1, most + 1) if back in bought]
    return sum(back - 1 in bought for back in could), len(could)


def entities_of(clients: list[int]) -> dict[int, int]:
    """Entity -> client for many, by the group each belongs to now."""
    members = Client.objects.filter(group__in=clients).order_by().values_list("pk", "group_id")
    return dict.fromkeys(clients, 0) | {c: c for c in clients} | dict(members)


def key_clients() -> list[int]:
    """Present key clients, under watch or not."""
    rows = Standing.objects.filter(
        value__in=Standing.IS_KEY, until__isnull=True, known_to__isnull=True
    ).order_by()
    return list(rows.values_list("client", flat=True))
