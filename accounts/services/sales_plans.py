"""The sales plan: plan against actual of a year, where it leads, and roll-ups."""

from __future__ import annotations

import calendar
import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.measures.planning import expected_share, forecast, pattern_of
from accounts.models import Client, Membership, PlannedSale, ProductFamily, User
from accounts.selectors.facts import revenue_documents
from accounts.selectors.volumes import by_month_and_family
from kam.audit.services import record
from kam.lib.periods import add_months

MONTHS = 12
# A forecast of the year needs so many complete months of it.
MONTHS_FOR_FORECAST = 3
CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 15
NOTHING = Decimal("0.00")
# The row of what belongs to no family.
NO_FAMILY = 0

Cells = dict[tuple[int, int], Decimal]  # (family or 0, month 1..12) -> amount


@dataclass
class Row:
    """A year of one family, or of everything: plan and actual by month; None = not planned.

    ``due``: the plan of the complete months; ``done``: their actual; ``forecast``: of the year.
    """

    key: int
    name: str
    plan: list[Decimal | None]
    actual: list[Decimal]
    due: Decimal = NOTHING
    done: Decimal = NOTHING
    forecast: Decimal | None = None

    @property
    def planned(self) -> Decimal:
        return sum((each for each in self.plan if each is not None), NOTHING)

    @property
    def sold(self) -> Decimal:
        return sum(self.actual, NOTHING)

    @property
    def gap(self) -> Decimal:
        """Actual less plan, of complete months."""
        return self.done - self.due

    @property
    def share(self) -> Decimal | None:
        return self.done / self.due if self.due else None

    @property
    def has_plan(self) -> bool:
        return any(each is not None for each in self.plan)


@dataclass
class Year:
    """``complete``: months of the year that are over."""

    year: int
    rows: list[Row]
    total: Row
    complete: int
    digest: str = ""


@dataclass
class Paste:
    """What a pasted block would change: (family, month) -> (before, after), and what it cannot."""

    changes: dict[tuple[int, int], tuple[Decimal | None, Decimal]] = field(default_factory=dict)
    refused: list[tuple[int, str, str]] = field(default_factory=list)  # line, text, reason
    same: int = 0


def plan_of(client_ids: Collection[int], year: int) -> Cells:
    """The plan in force, summed over these clients."""
    cells: Cells = defaultdict(Decimal)
    for family, month, amount in _in_force(client_ids, year).values_list(
        "family", "month", "amount"
    ):
        cells[family or NO_FAMILY, month.month] += amount
    return dict(cells)


def _in_force(client_ids: Collection[int], year: int):
    return PlannedSale.objects.filter(
        client__in=client_ids, month__year=year, known_to__isnull=True
    )


def digest_of(cells: Cells) -> str:
    said = "\n".join(f"{key} {cells[key]:.2f}" for key in sorted(cells))
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def complete_months(year: int, day: dt.date) -> int:
    if day.year != year:
        return MONTHS if day.year > year else 0
    over = (day + dt.timedelta(days=1)).day == 1
    return day.month if over else day.month - 1


def year_of(
    client: Client, entities: Collection[int], year: int, day: dt.date, more: int | None = None
) -> Year:
    """A client's year by family; ``more`` adds a family that has neither plan nor sales yet."""
    plan = plan_of([client.pk], year)
    sold = _sold(entities, year, day)
    names = dict(ProductFamily.objects.values_list("pk", "name"))
    keys = {key for key, _month in plan} | {key for key, _y, _m in sold}
    if more in names:
        keys.add(more)
    complete = complete_months(year, day)
    rows = [
        _row(key, names.get(key) or _("Without a family"), plan, sold, year, day, complete)
        for key in keys
    ]
    rows.sort(key=lambda row: (row.key == NO_FAMILY, -max(row.planned, row.sold), row.name))
    return Year(year, rows, total_of(rows, year, day, sold), complete, digest_of(plan))


def _sold(entities, year: int, day: dt.date) -> dict[tuple[int, int, int], Decimal]:
    """(family or 0, year, month) -> net, of the year and the one before."""
    start, end = dt.date(year - 1, 1, 1), min(dt.date(year, 12, 31), day)
    sold: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    if end < start:
        return {}
    months = by_month_and_family(entities, start, end, day)
    for (_client, family, month), net in months.items():
        sold[family or NO_FAMILY, month.year, month.month] += net
    return dict(sold)


def _row(key, name, plan: Cells, sold, year: int, day: dt.date, complete: int) -> Row:
    row = Row(
        key,
        str(name),
        [plan.get((key, month)) for month in range(1, MONTHS + 1)],
        [sold.get((key, year, month), NOTHING) for month in range(1, MONTHS + 1)],
    )
    before = {
        (year - 1, month): sold.get((key, year - 1, month), NOTHING)
        for month in range(1, MONTHS + 1)
    }
    return settle(row, before, year, complete)


def settle(row: Row, before: Mapping[tuple[int, int], Decimal], year: int, complete: int) -> Row:
    """Fill in what complete months say.  The forecast follows the months of the year before, or
    else days; it needs three complete months and a quarter of the path."""
    row.due = sum((each or NOTHING for each in row.plan[:complete]), NOTHING)
    row.done = sum(row.actual[:complete], NOTHING)
    if complete == MONTHS:
        row.forecast = row.done
    elif complete >= MONTHS_FOR_FORECAST and row.done > 0:
        last = add_months(dt.date(year, 1, 1), complete) - dt.timedelta(days=1)
        share = expected_share(last, dt.date(year, 1, 1), dt.date(year, 12, 31), pattern_of(before))
        row.forecast = forecast(row.done, share)
    return row


def total_of(rows: list[Row], year: int, day: dt.date, sold) -> Row:
    plan = [
        sum((row.plan[at] or NOTHING for row in rows), NOTHING)
        if any(row.plan[at] is not None for row in rows)
        else None
        for at in range(MONTHS)
    ]
    actual = [sum((row.actual[at] for row in rows), NOTHING) for at in range(MONTHS)]
    before: dict[tuple[int, int], Decimal] = {
        (year - 1, month): NOTHING for month in range(1, MONTHS + 1)
    }
    for (_key, told, month), net in sold.items():
        if told == year - 1:
            before[told, month] += net
    total = Row(-1, str(_("Everything")), plan, actual)
    return settle(total, before, year, complete_months(year, day))


@transaction.atomic
def save(client: Client, year: int, cells: Mapping[tuple[int, int], Decimal | None], author) -> int:
    """Write cells of a year; None takes the plan of a month back.  Returns how many changed."""
    now = timezone.now()
    present = {
        (row.family_id or NO_FAMILY, row.month.month): row
        for row in _in_force([client.pk], year).select_for_update()
    }
    changed = {
        key: amount
        for key, amount in cells.items()
        if (present[key].amount if key in present else None) != amount
    }
    closed = [present[key].pk for key in changed if key in present]
    PlannedSale.objects.filter(pk__in=closed).update(known_to=now)
    PlannedSale.objects.bulk_create(
        PlannedSale(
            client=client,
            family_id=family or None,
            month=dt.date(year, month, 1),
            amount=amount,
            author=author,
            known_from=now,
        )
        for (family, month), amount in changed.items()
        if amount is not None
    )
    if changed:
        record(
            "sales_plan.change",
            object=client,
            client_id=client.pk,
            details={"year": year, "cells": len(changed)},
        )
    return len(changed)


def amount_of(text: str) -> Decimal | None:
    """An amount as people write it; None for nothing.  Raises ValueError."""
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace("\u2009", "").replace(" ", "")
    if not plain or plain in "-–—":
        return None
    if "," in plain and "." in plain:
        thousands = "," if plain.rindex(".") > plain.rindex(",") else "."
        plain = plain.replace(thousands, "")
    try:
        value = Decimal(plain.replace(",", "."))
    except InvalidOperation as error:
        raise ValueError(_("not a number")) from error
    if not value.is_finite() or value < 0 or value > LARGEST:
        raise ValueError(_("not an amount from zero"))
    return value.quantize(CENT, ROUND_HALF_UP)


def read_paste(client: Client, year: int, text: str) -> Paste:
    """A block of a spreadsheet: a line for each family, its name first, then months from January
    on.  A first line without a known family is a head.  An empty cell changes nothing."""
    paste = Paste()
    families = {name.casefold(): pk for pk, name in ProductFamily.objects.values_list("pk", "name")}
    families |= {str(_("Without a family")).casefold(): NO_FAMILY}
    present = plan_of([client.pk], year)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")[:500]
    mark = "\t" if "\t" in text else ";"
    for number, line in enumerate(lines, start=1):
        name, *cells = [cell.strip().strip('"') for cell in line.split(mark)]
        if not name and not any(cells):
            continue
        family = families.get(name.casefold())
        if family is None:
            if number > 1:
                paste.refused.append((number, name, _("there is no such product family")))
            continue
        for month, cell in enumerate(cells[:MONTHS], start=1):
            try:
                amount = amount_of(cell)
            except ValueError as error:
                paste.refused.append((number, cell, str(error)))
                continue
            if amount is None:
                continue
            if present.get((family, month)) == amount:
                paste.same += 1
            else:
                paste.changes[family, month] = present.get((family, month)), amount
    return paste


def against_plan(counts_for: Mapping[int, int], day: dt.date) -> dict[int, tuple[Decimal, Decimal]]:
    """Client -> (plan, actual) of the complete months of this year, for those that have a plan.

    ``counts_for``: legal entity -> the client that it counts for.  Two queries.
    """
    months = complete_months(day.year, day)
    if not months:
        return {}
    clients = set(counts_for.values())
    planned: dict[int, Decimal] = defaultdict(Decimal)
    rows = _in_force(clients, day.year).filter(month__month__lte=months)
    for client, amount in rows.order_by().values_list("client").annotate(plan=Sum("amount")):
        planned[client] += amount
    if not planned:
        return {}
    last = dt.date(day.year, months, calendar.monthrange(day.year, months)[1])
    entities = [entity for entity, client in counts_for.items() if client in planned]
    sold: dict[int, Decimal] = defaultdict(Decimal)
    found = revenue_documents(day).filter(
        client__in=entities, date__gte=dt.date(day.year, 1, 1), date__lte=last
    )
    for entity, net in found.order_by().values_list("client").annotate(net=Sum("net")):
        sold[counts_for[entity]] += net
    return {client: (plan, sold[client]) for client, plan in planned.items()}


def roll_up(by: str, year: int, day: dt.date) -> Year:
    """Plan against actual by KAM or by family, over clients of the actor that have a plan."""
    plans = list(
        PlannedSale.objects.filter(month__year=year, known_to__isnull=True).values_list(
            "client", "family", "month", "amount"
        )
    )
    planned = {client for client, *_rest in plans}
    owners = dict(Client.objects.filter(pk__in=planned).values_list("pk", "owner"))
    served = {pk: pk for pk in planned}
    served |= dict(
        Membership.objects.filter(group__in=planned, since__lte=day, known_to__isnull=True)
        .exclude(until__lte=day)
        .values_list("member", "group")
    )
    if by == "kam":
        people = set(owners.values()) - {None}
        names = dict(User.objects.filter(pk__in=people).values_list("pk", "name"))
        nobody = _("Nobody")
    else:
        names = dict(ProductFamily.objects.values_list("pk", "name"))
        nobody = _("Without a family")

    def key(client: int, family: int | None) -> int:
        return (owners.get(client) if by == "kam" else family) or NO_FAMILY

    cells: Cells = defaultdict(Decimal)
    for client, family, month, amount in plans:
        cells[key(client, family), month.month] += amount
    sold: dict[tuple[int, int, int], Decimal] = defaultdict(Decimal)
    end = min(dt.date(year, 12, 31), day)
    if served and end >= dt.date(year - 1, 1, 1):
        months = by_month_and_family(list(served), dt.date(year - 1, 1, 1), end, day)
        for (entity, family, month), net in months.items():
            sold[key(served[entity], family), month.year, month.month] += net
    complete = complete_months(year, day)
    rows = [
        _row(each, names.get(each) or nobody, cells, sold, year, day, complete)
        for each in {k for k, _month in cells} | {k for k, *_when in sold}
    ]
    rows.sort(key=lambda row: (row.key == NO_FAMILY, -row.planned, row.name))
    return Year(year, rows, total_of(rows, year, day, sold), complete)
