"""What clients owe, as pages and the API show it; everything by the present state of payments.

A company of a group counts for its group.  Everything goes through the scoped managers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import DecimalField, Exists, F, IntegerField, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce, Greatest, Now

from accounts.measures.receivables import (
    AGES,
    DSO_DAYS,
    Ageing,
    Calendar,
    Owed,
    ageing,
    calendar,
    days_of_sales,
    due_between,
    usual_days,
)
from accounts.models import Agreement, Client, Document, PaymentPromise, Promise, ShipmentStop, User
from accounts.selectors.facts import REVENUE_TYPES
from kam.lib.periods import add_months

ZERO = Decimal(0)
SERVED = Coalesce("client__group_id", "client_id")
OPEN = F("gross") - F("paid")
MONEY = DecimalField(max_digits=30, decimal_places=2)
DAYS_LATE = Greatest(
    Func(
        F("settled_on"),
        F("due"),
        template="(%(expressions)s)",
        arg_joiner=" - ",
        output_field=IntegerField(),
    ),
    0,
)
PAGE = 50


@dataclass(frozen=True)
class Filters:
    """``only``: "overdue" or "stopped"; empty: all who owe."""

    owner: str = ""
    only: str = ""


@dataclass
class Line:
    """A client that owes, or a KAM whose clients do."""

    key: int | None
    by_age: dict[str, Decimal]
    oldest: int = 0
    client: Client | None = None
    owner: User | None = None
    stop: ShipmentStop | None = None
    limit: Decimal | None = None
    promised: PaymentPromise | None = None

    @property
    def total(self) -> Decimal:
        return sum(self.by_age.values(), ZERO)

    @property
    def overdue(self) -> Decimal:
        return self.total - self.by_age["not_due"]

    @property
    def over_limit(self) -> bool:
        return self.limit is not None and self.total > self.limit


@dataclass(frozen=True)
class Slice:
    lines: list[Line]
    number: int
    more: bool


def owed(day: dt.date) -> QuerySet[Document]:
    """Documents with something still to be paid."""
    return Document.objects.filter(
        type__in=REVENUE_TYPES, gross__gt=0, settled_on__isnull=True, known_to__isnull=True,
        date__lte=day, known_from__lte=Now(),
    ).order_by()  # fmt: skip


def filtered(filters: Filters, day: dt.date) -> QuerySet[Document]:
    found = owed(day)
    if filters.owner.isdecimal():
        pk = int(filters.owner[:18])
        found = found.filter(
            Q(client__group__owner=pk) | Q(client__group__isnull=True, client__owner=pk)
        )
    if filters.only == "stopped":
        stops = stops_on().filter(
            Q(client=OuterRef("client_id")) | Q(client=OuterRef("client__group_id"))
        )
        found = found.filter(Exists(stops))
    return found


def _sums(day: dt.date) -> dict:
    sums = {}
    for name in AGES:
        first, last = due_between(name, day)
        within = Q()
        if first is not None:
            within &= Q(due__gte=first)
        if last is not None:
            within &= Q(due__lte=last)
        if name == "not_due":
            within |= Q(due__isnull=True)
        sums[name] = Coalesce(Sum(OPEN, filter=within), ZERO)
    return sums


def _line(key, row: dict, day: dt.date) -> Line:
    oldest = max(0, (day - row["first_due"]).days) if row["first_due"] else 0
    return Line(key, {name: row[name] for name in AGES}, oldest)


def by_client(filters: Filters, day: dt.date) -> QuerySet:
    """One row of sums for each client that owes, who is most past due first."""
    rows = (
        filtered(filters, day)
        .annotate(served=SERVED)
        .values("served")
        .annotate(
            **_sums(day),
            first_due=Min("due"),
            total=Sum(OPEN),
            late=Coalesce(Sum(OPEN, filter=Q(due__lt=day)), ZERO),
        )
        .order_by("-late", "-total", "served")
    )
    return rows.filter(late__gt=0) if filters.only == "overdue" else rows


def page(filters: Filters, day: dt.date, number: int = 1, size: int = PAGE) -> Slice:
    start = (number - 1) * size
    rows = list(by_client(filters, day)[start : start + size + 1])
    return Slice(told(rows[:size], day), number, len(rows) > size)


def told(rows: Sequence[dict], day: dt.date) -> list[Line]:
    """Rows of :func:`by_client` with the client, its stop, limit and next promised payment."""
    keys = [row["served"] for row in rows]
    clients = Client.objects.select_related("owner").in_bulk(keys)
    stops = {stop.client_id: stop for stop in stops_on().filter(client__in=keys)}
    limits, promised = limits_of(keys, day), next_promised(keys)
    lines = []
    for row in rows:
        # Whoever sees a company but not its group does not learn of the group here either.
        if client := clients.get(row["served"]):
            line = _line(row["served"], row, day)
            line.client, line.owner = client, client.owner
            line.stop, line.limit = stops.get(client.pk), limits.get(client.pk)
            line.promised = promised.get(client.pk)
            lines.append(line)
    return lines


def by_owner(filters: Filters, day: dt.date) -> list[Line]:
    """One line for each KAM whose clients owe, most past due first; without a KAM: key None."""
    rows = (
        filtered(filters, day)
        .annotate(answers=Coalesce("client__group__owner_id", "client__owner_id"))
        .values("answers")
        .annotate(**_sums(day), first_due=Min("due"))
    )
    lines = [_line(row["answers"], row, day) for row in rows]
    people = User.objects.in_bulk([line.key for line in lines if line.key])
    for line in lines:
        line.owner = people.get(line.key)
    return sorted(lines, key=lambda line: (-line.overdue, -line.total))


def total_of(lines: Sequence[Line]) -> Line:
    sums = {name: sum((line.by_age[name] for line in lines), ZERO) for name in AGES}
    return Line(None, sums, max((line.oldest for line in lines), default=0))


def limits_of(clients: Collection[int], day: dt.date) -> dict[int, Decimal]:
    """Credit limits by the agreements that hold, of a client with the companies of its group."""
    rows = (
        Agreement.objects.filter(
            Q(client__in=clients) | Q(client__group__in=clients),
            Q(ends__isnull=True) | Q(ends__gte=day),
            Q(ended_on__isnull=True) | Q(ended_on__gte=day),
            starts__lte=day,
            credit_limit__isnull=False,
        )
        .order_by()
        .annotate(served=SERVED)
        .values_list("served")
        .annotate(limit=Sum("credit_limit"))
    )
    return dict(rows)


def next_promised(clients: Collection[int]) -> dict[int, PaymentPromise]:
    """The payment each has promised next."""
    rows = payments_promised(clients).order_by("-promise__due", "-pk")
    return {row.promise.client_id: row for row in rows}


def payments_promised(clients: Collection[int] | None = None) -> QuerySet[PaymentPromise]:
    """Payments that are promised and have not come yet."""
    rows = PaymentPromise.objects.filter(promise__state=Promise.State.OPEN).select_related(
        "promise", "promise__contact"
    )
    return rows if clients is None else rows.filter(promise__client__in=clients)


def stops_on() -> QuerySet[ShipmentStop]:
    return ShipmentStop.objects.filter(released_on__isnull=True).order_by()


def stop_on(client: Client) -> ShipmentStop | None:
    """What keeps shipments to the client, or to the group it belongs to."""
    return stops_on().filter(client__in=[client.pk, client.group_id or client.pk]).first()


def stops_of(client: Client) -> QuerySet[ShipmentStop]:
    return ShipmentStop.objects.filter(client=client).select_related("author", "released_by")


# --- When money may come ------------------------------------------------------------------------


def usual_lateness(day: dt.date, clients: Collection[int] | None = None) -> dict[int, Decimal]:
    """By client served: days late, weighted by amount, of documents paid within twelve months."""
    rows = Document.objects.filter(
        type__in=REVENUE_TYPES, gross__gt=0, due__isnull=False, known_to__isnull=True,
        settled_on__gt=add_months(day, -12), settled_on__lte=day, date__gt=add_months(day, -36),
    )  # fmt: skip
    if clients is not None:
        rows = rows.filter(client__in=clients)
    # Added up where the rows are: a company has hundreds of thousands of paid documents.
    sums = (
        rows.order_by()
        .annotate(served=SERVED)
        .values_list("served")
        .annotate(weight=Sum("gross"), days=Sum(F("gross") * DAYS_LATE, output_field=MONEY))
    )
    late = {served: usual_days(weight, days) for served, weight, days in sums}
    return {pk: days for pk, days in late.items() if days is not None}


def calendar_of(filters: Filters, day: dt.date, weeks: int = 13) -> Calendar:
    """The calendar of all who owe; those whose lateness nothing tells are taken at their word."""
    rows = list(
        filtered(filters, day)
        .annotate(served=SERVED)
        .values_list("served", "due")
        .annotate(amount=Sum(OPEN))
    )
    late = usual_lateness(day)
    owing = {served for served, _due, _amount in rows}
    promised = payments_promised(owing).values_list("promise__due", "amount")
    return calendar(
        ((due, late.get(served), amount) for served, due, amount in rows), promised, day, weeks
    )


@dataclass(frozen=True)
class Account:
    """What one client owes.  ``sold``: with VAT in the DSO_DAYS up to the day."""

    ageing: Ageing
    dso: Decimal | None
    sold: Decimal
    late: Decimal | None
    limit: Decimal | None
    calendar: Calendar
    promised: list[PaymentPromise] = field(default_factory=list)


def _open_rows(entities: Collection[int], day: dt.date) -> list[tuple]:
    return list(owed(day).filter(client__in=entities).values_list("due", "gross", "paid"))


def owed_by(entities: Collection[int], day: dt.date) -> Ageing:
    """What these legal entities owe, by age.  One query."""
    return ageing((Owed(due, gross - paid) for due, gross, paid in _open_rows(entities, day)), day)


def account(client: Client, entities: Collection[int], day: dt.date) -> Account:
    rows = _open_rows(entities, day)
    sold = Document.objects.filter(
        client__in=entities, type__in=REVENUE_TYPES, known_to__isnull=True,
        date__gt=day - dt.timedelta(days=DSO_DAYS), date__lte=day,
    ).aggregate(sold=Coalesce(Sum("gross"), ZERO))["sold"]  # fmt: skip
    found = ageing((Owed(due, gross - paid) for due, gross, paid in rows), day)
    usual = usual_lateness(day, entities)
    late = usual.get(client.group_id or client.pk)
    promised = list(payments_promised([client.pk]).order_by("promise__due", "pk"))
    return Account(
        found,
        days_of_sales(found.total, sold),
        sold,
        late,
        limits_of([client.pk], day).get(client.pk),
        calendar(
            ((due, late, gross - paid) for due, gross, paid in rows),
            ((row.promise.due, row.amount) for row in promised),
            day,
            8,
        ),
        promised,
    )
