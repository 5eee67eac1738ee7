"""The agenda that makes itself: what is open with a client, or with the clients of a KAM."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.db.models import Max, Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import AgendaItem, Goal, Meeting, Need, Problem, Promise
from accounts.selectors import clients as lists
from accounts.selectors import ledger
from accounts.selectors import meetings as found
from kam.lib import formatting
from kam.lib.company import company
from kam.lib.formatting import money, percent
from kam.lib.periods import today

from . import debts

Source = AgendaItem.Source
MOST = 8  # points of one kind


class Point(NamedTuple):
    source: str
    row: int | None
    text: str
    internal: bool = False


def build(meeting: Meeting) -> int:
    """Add what is open and not on the agenda yet, dropped points included; how many were added."""
    items = list(found.items_of(meeting))
    there = {(item.source, item.row) for item in items}
    last = found.items_of(meeting).aggregate(last=Max("position"))["last"] or 0
    points = _of_client(meeting) if meeting.client else _of_person(meeting)
    new = [point for point in points if (point.source, point.row) not in there]
    AgendaItem.objects.bulk_create(
        AgendaItem(
            meeting=meeting, position=last + number, source=point.source, row=point.row,
            text=point.text[:500], internal=point.internal,
        )
        for number, point in enumerate(new, 1)
    )  # fmt: skip
    return len(new)


def _decisions(meeting: Meeting) -> Iterator[Point]:
    for each in found.decisions_of(found.last_before(meeting)):
        yield Point(Source.DECISION, each.pk, each.what, each.internal)


def _of_client(meeting: Meeting) -> Iterator[Point]:
    client, day = meeting.client, today()
    entities = ledger.legal_entities(client, day)
    yield from _decisions(meeting)
    open_ = Promise.objects.filter(client__in=entities, state=Promise.State.OPEN)
    for side, source in (("ours", Source.OURS), ("theirs", Source.THEIRS)):
        for each in open_.filter(side=side).order_by("due", "pk")[:MOST]:
            yield Point(source, each.pk, f"{each.what} — {_day(each.due)}")
    owed = debts.account(client, entities, day).ageing
    if owed.overdue > 0:
        said = _("%(sum)s overdue, the oldest for %(days)s days")
        yield Point(Source.DEBT, client.pk, said % {"sum": _sum(owed.overdue), "days": owed.oldest})
    sales = lists.sales([client], day)[client.pk]
    if sales.change is not None:
        said = _("%(sum)s in twelve months, %(change)s on the year before") % {
            "sum": _sum(sales.revenue), "change": percent(sales.change, 0, language=_language()),
        }  # fmt: skip
        yield Point(Source.SALES, client.pk, said)
    problems = Problem.objects.filter(client__in=entities, closed_on__isnull=True)
    for each in problems.order_by("-severity", "pk")[:MOST]:
        yield Point(Source.PROBLEM, each.pk, each.what, True)
    wants = Need.objects.filter(client__in=entities, state__in=Need.OPEN)
    for each in wants.order_by("by_when", "pk")[:MOST]:
        yield Point(Source.NEED, each.pk, each.what)
    goals = Goal.objects.filter(client__in=entities, status=Goal.Status.OPEN)
    for each in goals.order_by("pk")[:MOST]:
        yield Point(Source.GOAL, each.pk, each.what_for or each.how, True)


def _of_person(meeting: Meeting) -> Iterator[Point]:
    """Of a review: what that person's clients have open, worst first; the client does not see it."""
    day, person = today(), meeting.about
    yield from _decisions(meeting)
    late = Promise.objects.filter(owner=person, state=Promise.State.OPEN, due__lt=day)
    for each in late.select_related("client").order_by("due", "pk")[:MOST]:
        text = f"{each.client.name}: {each.what} — {_day(each.due)}"
        yield Point(each.side, each.pk, text, True)
    filters = debts.Filters(owner=str(person.pk), only="overdue")
    for line in debts.page(filters, day, size=MOST).lines:
        said = _("%(client)s: %(sum)s overdue") % {
            "client": line.client.name, "sum": _sum(line.overdue)
        }  # fmt: skip
        yield Point(Source.DEBT, line.client.pk, said, True)
    problems = Problem.objects.filter(
        Q(owner=person) | Q(client__owner=person), closed_on__isnull=True
    )
    for each in problems.select_related("client").order_by("-severity", "pk")[:MOST]:
        yield Point(Source.PROBLEM, each.pk, f"{each.client.name}: {each.what}", True)


def _language() -> str:
    return get_language() or "en"


def _sum(amount) -> str:
    return money(amount, company().currency, 0, language=_language())


def _day(day: dt.date) -> str:
    return formatting.day(day, language=_language())
