"""A business review for ourselves: how the client fares, what it costs and leaves, what is at risk."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Client, Contact, Goal, Need, Promise
from accounts.selectors import standings
from accounts.selectors.handover_pack import promises as open_promises
from accounts.selectors.handover_pack import risks
from accounts.selectors.health import health_of
from accounts.selectors.needs import needs_of
from accounts.selectors.potential import potential_of
from accounts.selectors.promises import promises_of
from accounts.selectors.relationships import people_of
from accounts.services import debts, serving
from accounts.services.goal_tracking import tracked
from kam.lib.company import company
from reports.dashboards.client_months import ClientMonths, client_months, months_chart
from reports.dashboards.portfolio_charts import day
from reports.figures.calendar import Period
from scoring.selectors.matrices import main_run

from .shapes import SCHEMA, Figure, Table, figure, new_table

YEAR_DAYS = 365
ROLES = ("decides", "influences", "buys", "pays", "uses")
STATES = {
    "off": lambda: _("off its path"), "at_risk": lambda: _("at risk"),
    "on_track": lambda: _("on its path"), "reached": lambda: pgettext("review", "reached"),
}  # fmt: skip


def build(client: Client, entities: list[int], period: Period, notes: str) -> dict[str, Any]:
    """The content, as the current actor may see the client, in the language that is active."""
    months = client_months(client, period.ends)
    run = main_run()
    served = serving.served(
        dict.fromkeys(entities, client.pk), serving.year_up_to(period.ends), period.ends
    )[client.pk]
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
        "figures": _figures(client, entities, period, months, served),
        "tables": [
            _risk_table(problems, signals), _promise_table(entities, period),
            _goal_table(entities, period), _cost_table(served), _people_table(entities, period),
            _need_table(entities),
        ],
        "texts": [{"key": "notes", "title": _("Notes for ourselves"), "text": notes}]
        if notes else [],
        "charts": [vars(months_chart(months))],
    }  # fmt: skip


def _figures(
    client: Client,
    entities: list[int],
    period: Period,
    months: ClientMonths,
    served: serving.Served,
) -> list[Figure]:
    place = getattr(client, "place", None)
    fares = health_of([client.pk], period.ends).get(client.pk)
    room = potential_of(client)
    address = f"/api/v1/clients/{client.pk}"
    told = f"{address}/months/?as_of={period.ends}"

    def real(value: Any) -> float | None:
        return None if value is None else float(value)

    return [
        figure("revenue", _("Revenue, 12 months"), "money", real(months.revenue), told),
        figure("growth", _("Over a year"), "percent", real(months.growth), told),
        figure("profit", _("Profit, 12 months"), "money", real(months.profit), told),
        figure("margin", _("Margin"), "percent", real(months.margin), told),
        figure("cost", _("Cost to serve, 12 months"), "money", real(served.costs.total)),
        figure("contribution", _("Left after the cost to serve"), "money", real(served.contribution)),
        figure("rank", _("Place in the ranking"), "number", place.rank if place else None),
        figure("score", _("Points"), "number", real(place.score) if place else None),
        figure("health", _("Health, 0–100"), "number", fares.score if fares else None),
        figure(
            "overdue", _("Overdue"), "money",
            real(debts.owed_by(entities, period.ends).overdue),
        ),
        figure("room_low", _("Room to grow a year, from"), "money", real(room.low) if room else None),
        figure("room_high", _("Room to grow a year, to"), "money", real(room.high) if room else None),
    ]  # fmt: skip


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
