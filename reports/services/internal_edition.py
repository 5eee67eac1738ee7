"""A business review for ourselves: how the client fares, what it costs and leaves, what is at risk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, DecimalField, F, Q, Sum, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Client, Contact, Goal, Need, Promise
from accounts.selectors import standings
from accounts.selectors.facts import revenue_documents
from accounts.selectors.handover_pack import promises as open_promises
from accounts.selectors.handover_pack import risks
from accounts.selectors.health import health_of
from accounts.selectors.needs import needs_of
from accounts.selectors.potential import potential_of
from accounts.selectors.promises import promises_of
from accounts.selectors.relationships import people_of
from accounts.services import serving
from accounts.services.goal_tracking import tracked
from kam.lib.company import company
from reports.dashboards.client_months import ClientMonths, client_months, months_chart
from reports.dashboards.portfolio_charts import day
from reports.figures.calendar import Period
from scoring.models import RankingRun
from scoring.selectors.clients import client_row
from scoring.selectors.matrices import main_run

from .shapes import SCHEMA, Figure, Table, figure, new_table

YEAR_DAYS = 365
MONEY = DecimalField(max_digits=30, decimal_places=2)
ROLES = ("decides", "influences", "buys", "pays", "uses")
STATES = {
    "off": lambda: _("off its path"), "at_risk": lambda: _("at risk"),
    "on_track": lambda: _("on its path"), "reached": lambda: pgettext("review", "reached"),
}  # fmt: skip


def build(client: Client, entities: list[int], period: Period, notes: str) -> dict[str, Any]:
    """The content, as the current actor may see the client, in the language that is active."""
    months = client_months(client, period.ends, entities)
    run = main_run()
    served = _served(client, entities, period)
    standing = standings.standing_of(client.pk)
    problems, signals = risks(entities, period.ends)
    return {
        "schema": SCHEMA,
        "title": _("Business review of %(client)s, for ourselves") % {"client": client.name},
        "sub": _("%(first)s – %(last)s; money over twelve months up to the last day")
        % {"first": day(period.starts), "last": day(period.ends)},
        "as_of": period.ends,
        "ranking": run.as_of if run else None,
        "currency": company().currency,
        "headline": f"{standing.get_value_display()}. {standing.reason}".strip() if standing else "",
        "figures": [*figures_of(client, entities, period, run, months, served), *_room(client)],
        "tables": [
            _risk_table(problems, signals), _promise_table(entities, period),
            _goal_table(entities, period), _cost_table(served), _people_table(entities, period),
            _need_table(entities),
        ],
        "texts": [{"key": "notes", "title": _("Notes for ourselves"), "text": notes}]
        if notes else [],
        "charts": [vars(months_chart(months))],
    }  # fmt: skip


def _served(client: Client, entities: list[int], period: Period) -> serving.Served:
    """The twelve months up to the end of the quarter."""
    window = dict.fromkeys(entities, client.pk)
    return serving.served(window, serving.year_up_to(period.ends), period.ends)[client.pk]


def figures_of(
    client: Client, entities: list[int], period: Period, run: RankingRun | None,
    months: ClientMonths | None = None, served: serving.Served | None = None,
) -> list[Figure]:  # fmt: skip
    """The figures at the end of the quarter; place and points by ``run``.  ``months``, ``served``:
    where they have been read already."""
    months = months or client_months(client, period.ends, entities)
    served = served or _served(client, entities, period)
    row = client_row(run, client.group_id or client.pk) if run else None
    fares = health_of([client.pk], period.ends).get(client.pk)
    query = {"edition": "internal", "ends": period.ends} | ({"ranking": run.pk} if run else {})
    quarter = f"/api/v1/clients/{client.pk}/quarter/?{urlencode(query)}"

    def told(key: str, label: str, kind: str, value: Any) -> Figure:
        plain = None if value is None or value != value else float(value)  # NaN: not enough known
        return figure(key, label, kind, plain, quarter, f"figures.{key}")

    return [
        told("revenue", _("Revenue, 12 months"), "money", months.revenue),
        told("growth", _("Over a year"), "percent", months.growth),
        told("profit", _("Profit, 12 months"), "money", months.profit),
        told("margin", _("Margin"), "percent", months.margin),
        told("cost", _("Cost to serve, 12 months"), "money", served.costs.total),
        told("contribution", _("Left after the cost to serve"), "money", served.contribution),
        told("rank", _("Place in the ranking"), "number", (row.rank or None) if row else None),
        told("score", _("Points"), "number", row.score if row else None),
        told("health", _("Health, 0–100"), "number", fares.score if fares else None),
        told("overdue", _("Overdue"), "money", _overdue(entities, period.ends)),
    ]


def _room(client: Client) -> list[Figure]:
    """Room to grow as it was estimated last; told again by its own address."""
    room = potential_of(client)
    address = f"/api/v1/clients/{client.pk}/potential/"
    note = _("as estimated on %(day)s") % {"day": day(room.as_of)} if room else ""
    amounts = (None, None) if room is None else (room.low, room.high)
    return [
        figure(
            f"room_{key}", label, "money", None if amount is None else float(amount), address, key,
            note,
        )
        for key, label, amount in zip(
            ("low", "high"),
            (_("Room to grow a year, from"), _("Room to grow a year, to")),
            amounts,
            strict=True,
        )
    ]  # fmt: skip


def _overdue(entities: list[int], day_: dt.date) -> Decimal:
    """What was past its day at the end of ``day_``, of documents known then: whole where it was
    paid in full only later, else what is open still."""
    late = revenue_documents(day_).filter(client__in=entities, gross__gt=0, due__lt=day_)
    late = late.filter(Q(settled_on__isnull=True) | Q(settled_on__gt=day_)).order_by()
    open_ = Case(When(settled_on__isnull=True, then=F("gross") - F("paid")), default=F("gross"))
    found: Decimal | None = late.aggregate(total=Sum(open_, output_field=MONEY))["total"]
    return found or Decimal(0)


def _risk_table(problems, signals) -> Table:
    table = new_table(
        "risks", _("Problems and signals"), _("No problem is open, no signal unanswered."),
        [
            (_("What is wrong"), "text"), (pgettext("problem", "kind"), "text"),
            (_("how grave it is"), "text"), (_("Who answers"), "text"), (_("Since"), "day"),
        ],
    )  # fmt: skip
    table["state"] = 2
    for each in problems:
        owner = each.owner.name if each.owner else ""
        table["rows"].append([
            each.what, each.get_kind_display(), each.get_severity_display(), owner, each.raised_on,
        ])  # fmt: skip
        table["links"].append(reverse("problem_detail", args=[each.pk]))
    for signal in signals:
        table["rows"].append([
            signal.get_kind_display(), pgettext("review", "signal"), signal.get_level_display(), "", signal.since,
        ])  # fmt: skip
        table["links"].append(reverse("signal_detail", args=[signal.pk]))
    return table


def _promise_table(entities: list[int], period: Period) -> Table:
    """Settled in the quarter, and open ones of both sides."""
    table = new_table(
        "promises", _("Promises of both sides"), _("No promises of this quarter."),
        [
            (_("What is promised"), "text"), (_("whose promise"), "text"),
            (_("Who answers"), "text"), (pgettext("promise", "Due"), "day"),
            (_("Where it stands"), "text"),
        ],
    )  # fmt: skip
    table["state"] = 4
    settled = promises_of(entities).filter(
        settled_on__gte=period.starts, settled_on__lte=period.ends
    )
    for each in [*settled.order_by("settled_on", "pk"), *open_promises(entities)]:
        stands = str(each.get_state_display())
        if each.state == Promise.State.OPEN and each.due < period.ends:
            stands = _("overdue")
        owner = each.owner.name if each.owner else ""
        table["rows"].append([each.what, each.get_side_display(), owner, each.due, stands])
        table["links"].append(reverse("promise_detail", args=[each.pk]))
    return table


def _goal_table(entities: list[int], period: Period) -> Table:
    table = new_table(
        "goals", _("Goals"), _("No open goals."),
        [
            (_("Goal"), "text"), (_("Why?"), "text"), (pgettext("review", "Target"), "number"),
            (pgettext("review", "Fact"), "number"), (pgettext("goal", "Way gone"), "percent"),
            (_("Where it stands"), "text"), (_("By when"), "day"),
        ],
    )  # fmt: skip
    table["state"] = 5
    goals = Goal.objects.filter(client__in=entities, status=Goal.Status.OPEN).order_by("due", "pk")
    for each in tracked(goals, period.ends):
        goal, way = each.goal, each.progress
        stands = STATES[way.state]() if way and way.state in STATES else _("not known")
        table["rows"].append([
            goal.what_for or goal.why, goal.why, _float(goal.target),
            _float(way.value) if way else None, _float(way.done) if way else None, stands, goal.due,
        ])  # fmt: skip
        table["links"].append(reverse("goal_detail", args=[goal.pk]))
    return table


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _cost_table(served: serving.Served) -> Table:
    table = new_table(
        "costs", _("What serving the client took, 12 months"), _("No costs are known."),
        [(_("What for"), "text"), (pgettext("programme", "Sum"), "money", "sum", "share")],
    )  # fmt: skip
    costs = served.costs
    for label, amount in (
        (_("Hours of our people"), costs.hours), (_("Rebates"), costs.rebates),
        (_("Service and special processes"), costs.service), (_("Late payment"), costs.late),
    ):  # fmt: skip
        if amount:
            table["rows"].append([label, float(amount)])
    return table


def _people_table(entities: list[int], period: Period) -> Table:
    """How well we know those who matter, without names: a name would outlive its own deletion."""
    table = new_table(
        "people", _("Whom we know there"), _("Nobody is written down."),
        [
            (_("Part in decisions"), "text"), (_("People"), "number"),
            (_("Talked to within a year"), "number"), (_("Last talk"), "day"),
        ],
    )  # fmt: skip
    labels = dict(Contact.Role.choices)
    known: dict[str, list[dt.date | None]] = defaultdict(list)
    people = people_of(entities, period.ends).filter(left_on__isnull=True)
    for role, touched in people.order_by().values_list("role", "last_touch"):
        known[role].append(touched)
    for role in ROLES:
        touches = [touched for touched in known[role] if touched]
        recent = sum((period.ends - touched).days <= YEAR_DAYS for touched in touches)
        last = max(touches) if touches else None
        table["rows"].append([str(labels[role]), len(known[role]), recent, last])
    return table


def _need_table(entities: list[int]) -> Table:
    table = new_table(
        "needs", _("What they will want"), _("No needs are noted."),
        [
            (_("What they will want"), "text"), (pgettext("need", "State"), "text"),
            (_("A year, from"), "money", "sum"), (_("A year, to"), "money", "sum"),
            (_("Likelihood"), "percent"), (_("By when"), "day"),
        ],
    )  # fmt: skip
    table["state"] = 1
    for each in needs_of(entities).filter(state__in=Need.OPEN).order_by("by_when", "pk"):
        chance = None if each.likelihood is None else each.likelihood / 100
        table["rows"].append([
            each.what, each.get_state_display(), _float(each.low), _float(each.high), chance,
            each.by_when,
        ])  # fmt: skip
        table["links"].append(reverse("need_detail", args=[each.pk]))
    return table
