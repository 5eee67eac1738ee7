"""A business review for the client.

It is built by itself, from what stands in :data:`.client_allowed.ALLOWED` and nothing else: no row
of ours is ever loaded whole here, and nothing is taken over from the edition for ourselves.

It tells what is dated in the quarter as it is known on the day it is made: an invoice of March that
came in April counts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import (
    Benefit,
    Document,
    Goal,
    GoalReading,
    Meeting,
    MeetingResult,
    MinutesVersion,
    Promise,
)
from accounts.selectors.facts import documents_as_of, revenue_documents
from accounts.services.meetings import for_client
from kam.lib import formatting
from kam.lib.company import company
from kam.lib.periods import add_months, company_zone, month_start, today
from reports import charts
from reports.charts import Caption
from reports.dashboards.portfolio_charts import Chart, currency, day, language, month_labels
from reports.figures.calendar import Period

from . import client_coming
from .client_allowed import MOST, read
from .shapes import SCHEMA, Figure, Table, figure, new_table, told_in_part

# Goals may be shown to the client where they are counted by people or by one of these measures: the
# others tell of our profit, our costs, or what we think of the client.
SHOWABLE = ("", "revenue", "invoices", "growth", "product_breadth", "on_time_in_full")
YEAR = 12
# Their words of the form -> the heading they stand under.
WORDS = {
    "lessons": lambda: _("What did not go well, and what we changed"),
    "asks": lambda: _("What we ask you to decide"),
}


def may_be_shown(entities: Iterable[int]) -> QuerySet[Goal]:
    """Open, complete goals of which some can be chosen as agreed with the client."""
    known = Goal.objects.filter(
        client__in=entities, status=Goal.Status.OPEN, measure__in=SHOWABLE,
        target__isnull=False, start__isnull=False,
    )  # fmt: skip
    return known.exclude(what_for="").order_by("due", "pk")


def build(
    client: int, client_name: str, entities: list[int], period: Period, goals: Iterable[int],
    words: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """The content, in the language that is active.

    goals: ids of those that were agreed with the client.  words: "headline", and keys of WORDS, as
    somebody wrote them for the client.
    """
    bought = _bought(entities, period, today())
    settled, pending = _promises(entities, period)
    query = urlencode({"edition": "client", "ends": period.ends, "known": today()})
    source = f"/api/v1/clients/{client}/quarter/?{query}"
    return {
        "schema": SCHEMA,
        "title": _("Business review with %(client)s") % {"client": client_name},
        "sub": _("%(first)s – %(last)s; money net of VAT")
        % {"first": day(period.starts), "last": day(period.ends)},
        "as_of": period.ends,
        "ranking": None,
        "currency": company().currency,
        "headline": words.get("headline", ""),
        "figures": _figures(entities, period, bought, settled, today(), source),
        "tables": [
            _goal_table(goals, entities, period), _settled_table(settled), _next_table(pending),
            client_coming.table(entities), _decision_table(entities, period),
            _benefit_table(entities, period), _month_table(bought),
        ],
        "texts": [
            {"key": key, "title": title(), "text": words[key]}
            for key, title in WORDS.items() if words.get(key)
        ],
        "charts": [vars(_chart(bought, period))],
    }  # fmt: skip


# --- What was bought ----------------------------------------------------------------------------


Month = tuple[dt.date, Decimal, int]


def figures_of(entities: list[int], period: Period, known: dt.date) -> list[Figure]:
    """The figures again, by the documents that were known on the day when they were told."""
    settled, _pending = _promises(entities, period)
    return _figures(entities, period, _bought(entities, period, known), settled, known)


def _bought(entities: list[int], period: Period, known: dt.date) -> list[Month]:
    """Start, sum and number of invoices of the 24 months up to the end of the period."""
    first = add_months(month_start(period.ends), 1 - 2 * YEAR)
    rows = (
        revenue_documents(known).order_by()
        .filter(client__in=entities, date__gte=first, date__lte=period.ends)
        .annotate(month=TruncMonth("date")).values("month")
        .annotate(sum=Sum("net"), n=Count("pk", filter=Q(type=Document.Type.INVOICE)))
    )  # fmt: skip
    known = {row["month"]: (row["sum"], row["n"]) for row in rows}
    starts = [add_months(first, number) for number in range(2 * YEAR)]
    return [(start, *known.get(start, (Decimal(0), 0))) for start in starts]


def _quarter(bought: list[Month], period: Period, back: int = 0) -> list[Month]:
    first, last = add_months(period.starts, -back), add_months(month_start(period.ends), -back)
    return [row for row in bought if first <= row[0] <= last]


def _figures(
    entities: list[int], period: Period, bought: list[Month], settled: list[dict], known: dt.date,
    source: str = "",
) -> list[Figure]:  # fmt: skip
    now = sum((row[1] for row in _quarter(bought, period)), Decimal(0))
    before = sum((row[1] for row in _quarter(bought, period, YEAR)), Decimal(0))
    told = [
        figure("bought", _("Bought from us in the quarter"), "money", float(now)),
        figure(
            "growth", _("Against the same quarter a year before"), "percent",
            float(now / before - 1) if before > 0 else None,
        ),
        figure(
            "invoices", _("Invoices in the quarter"), "number",
            sum(row[2] for row in _quarter(bought, period)),
        ),
        figure("on_time", _("Orders shipped by the agreed day"), "percent", _on_time(entities, period, known)),
    ]  # fmt: skip
    State, Side = Promise.State, Promise.Side
    for key, label, side, states in (
        ("ours_kept", _("Our promises kept in time"), Side.OURS, (State.KEPT,)),
        ("ours_missed", _("Our promises kept late or not"), Side.OURS, (State.LATE, State.BROKEN)),
        ("theirs_kept", _("Your promises kept"), Side.THEIRS, (State.KEPT, State.LATE)),
    ):
        found = sum(row["side"] == side and row["state"] in states for row in settled)
        told.append(figure(key, label, "number", found))
    if source:
        told = [each | {"source": source, "path": f"figures.{each['key']}"} for each in told]
    return [each for each in told if each["value"] is not None]


def _on_time(entities: list[int], period: Period, known: dt.date) -> float | None:
    """Of the orders agreed for a day of the quarter, the part shipped by that day; None without
    such orders."""
    orders = documents_as_of(known).filter(
        client__in=entities, type=Document.Type.ORDER,
        promised__gte=period.starts, promised__lte=period.ends,
    )  # fmt: skip
    counted = orders.order_by().aggregate(
        all=Count("pk"), kept=Count("pk", filter=Q(shipped__lte=F("promised")))
    )
    return counted["kept"] / counted["all"] if counted["all"] else None


def _month_table(bought: list[Month]) -> Table:
    table = new_table(
        "months", _("Purchases by month"), _("Nothing was invoiced in these months."),
        [
            (_("Month"), "text"), (_("Purchases"), "money", "sum", "share"),
            (_("Invoices"), "number", "sum"),
        ],
    )  # fmt: skip
    if any(row[2] for row in bought[YEAR:]):
        table["rows"] = [
            [formatting.month(start, language=language()), float(amount), invoices]
            for start, amount, invoices in bought[YEAR:]
        ]
    return table


def _end(start: dt.date) -> dt.date:
    return add_months(start, 1) - dt.timedelta(days=1)


def _chart(bought: list[Month], period: Period) -> Chart:
    this, last = bought[YEAR:], bought[:YEAR]
    title = _("Purchases by month")
    question = _("Each month beside that of the year before, up to %(day)s") % {
        "day": day(period.ends)
    }
    if not any(row[2] for row in bought):
        return Chart("months", title, question, missing=_("Nothing was invoiced in these months."))
    caption = Caption(title, question, language())
    ends = [_end(row[0]) for row in this]
    drawn = charts.growth_bars(
        caption, [row[0] for row in this], [row[1] for row in this], [row[1] for row in last],
        month_labels=month_labels(ends), this_label=_("these 12 months"),
        previous_label=_("a year before"), unit=currency(),
    )  # fmt: skip
    head = [
        _("Month up to"), _("Purchases, %(currency)s") % {"currency": currency()},
        _("A year before, %(currency)s") % {"currency": currency()},
    ]  # fmt: skip
    rows = [
        [end, float(now[1]), float(was[1])] for end, now, was in zip(ends, this, last, strict=True)
    ]
    return Chart("months", title, question, charts.for_page(drawn), {"head": head, "rows": rows})


# --- What was agreed ----------------------------------------------------------------------------


def _promises(entities: list[int], period: Period) -> tuple[list[dict], list[dict]]:
    """Those settled in the quarter, and those open now.  What was said among ourselves is not told:
    a result of minutes that is for ourselves only."""
    own = MeetingResult.objects.filter(promise=OuterRef("pk")).filter(
        Q(internal=True) | Q(meeting__kind=Meeting.Kind.INTERNAL)
    )
    State = Promise.State
    rows = Promise.objects.filter(~Exists(own), client__in=entities)
    settled = rows.filter(
        state__in=[State.KEPT, State.LATE, State.BROKEN],
        settled_on__gte=period.starts, settled_on__lte=period.ends,
    ).order_by("side", "settled_on", "pk")  # fmt: skip
    pending = rows.filter(state=State.OPEN).order_by("due", "pk")
    return list(read(settled)), list(read(pending))


def _whose(row: Mapping[str, Any]) -> str:
    ours = row["side"] == Promise.Side.OURS
    return pgettext("review", "We") if ours else pgettext("review", "You")


def _settled_table(settled: list[dict]) -> Table:
    table = new_table(
        "settled", _("Promises settled in the quarter"), _("No promise was due in the quarter."),
        [
            (_("What was promised"), "text"), (pgettext("review", "Who"), "text"),
            (pgettext("promise", "Due"), "day"), (_("How it ended"), "text"),
            (pgettext("review", "When"), "day"),
        ],
    )  # fmt: skip
    labels = dict(Promise.State.choices)
    for row in settled[:MOST]:
        ended = str(labels[row["state"]])
        table["rows"].append([row["what"], _whose(row), row["due"], ended, row["settled_on"]])
    return told_in_part(table, len(settled))


def _next_table(pending: list[dict]) -> Table:
    table = new_table(
        "next", _("Next steps"), _("No next steps have been agreed."),
        [
            (_("What is promised"), "text"), (pgettext("review", "Who"), "text"),
            (_("Who answers for it"), "text"), (_("By when"), "day"),
        ],
    )  # fmt: skip
    for row in pending[:MOST]:
        ours = row["side"] == Promise.Side.OURS
        answers = (row["owner__name"] or "") if ours else ""
        table["rows"].append([row["what"], _whose(row), answers, row["due"]])
    return told_in_part(table, len(pending))


def _goal_table(goals: Iterable[int], entities: list[int], period: Period) -> Table:
    table = new_table(
        "goals", _("Goals we agreed on"), _("No goals with a measure have been agreed."),
        [
            (_("Goal"), "text"), (pgettext("review", "Unit"), "text"),
            (pgettext("review", "Start"), "number"), (pgettext("review", "Target"), "number"),
            (pgettext("review", "Fact"), "number"), (pgettext("goal", "Way gone"), "percent"),
            (_("By when"), "day"),
        ],
    )  # fmt: skip
    chosen = list(read(may_be_shown(entities).filter(pk__in=list(goals)))[:MOST])
    facts: dict[int, Decimal] = {}
    readings = GoalReading.objects.filter(
        goal__in=[row["pk"] for row in chosen], day__lte=period.ends
    )
    for row in read(readings.order_by("day", "pk")):
        facts[row["goal"]] = row["value"]
    for row in chosen:
        start, target, fact = row["start"], row["target"], facts.get(row["pk"])
        gone = None if fact is None else float((fact - start) / (target - start))
        table["rows"].append([
            row["what_for"], row["unit"], float(start), float(target),
            None if fact is None else float(fact), gone, row["due"],
        ])  # fmt: skip
    return table


def _decision_table(entities: list[int], period: Period) -> Table:
    """Decisions of the last approved minutes of each meeting with the client in the quarter."""
    table = new_table(
        "decisions", _("What we decided together"), _("No decisions stand in approved minutes."),
        [(_("Decision"), "text"), (_("By when"), "day"), (_("Meeting of"), "day")],
    )  # fmt: skip
    zone = company_zone()
    until = period.ends + dt.timedelta(days=1)
    begins, ends = (dt.datetime.combine(each, dt.time(), zone) for each in (period.starts, until))
    versions = MinutesVersion.objects.filter(
        meeting__client__in=entities, meeting__starts_at__gte=begins, meeting__starts_at__lt=ends,
        meeting__kind__in=[Meeting.Kind.CLIENT, Meeting.Kind.QBR],
    )  # fmt: skip
    rows = list(read(versions.order_by("meeting__starts_at", "meeting", "number")))
    latest = [row for row, after in pairwise([*rows, {"meeting": None}])
              if row["meeting"] != after["meeting"]]  # fmt: skip
    for row in latest:
        told = for_client(row["content"])
        held = dt.datetime.fromisoformat(told["starts_at"]).astimezone(zone).date()
        for each in told["results"]:
            if each["kind"] == MeetingResult.Kind.DECISION:
                table["rows"].append([each["what"], each["due"], held])
    return table


def _benefit_table(entities: list[int], period: Period) -> Table:
    """What the client has confirmed; what we merely claim is not told as theirs."""
    table = new_table(
        "benefits", _("What it brought you, as you confirmed"), _("Nothing has been confirmed yet."),
        [(_("What you gain"), "text"), (_("Sum a year"), "money", "sum")],
    )  # fmt: skip
    rows = Benefit.objects.filter(
        Q(until__isnull=True) | Q(until__gte=period.ends), client__in=entities,
        state=Benefit.State.CONFIRMED, since__lte=period.ends,
    )  # fmt: skip
    found = list(read(rows.order_by("-amount", "pk")))
    table["rows"] = [[row["what"], float(row["amount"])] for row in found[:MOST]]
    return told_in_part(table, len(found))
