"""What stands in a periodic report; made as the reader, in the reader's language."""

from __future__ import annotations

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Client, Goal, Problem, Promise, PromiseMove, Standing, User
from accounts.selectors import clients as lists
from accounts.selectors import standings
from accounts.selectors.timeline import last_contacts
from accounts.services.goal_tracking import tracked
from kam.lib import formatting
from kam.lib.company import company
from kam.lib.periods import end_of_day
from reports.dashboards.portfolio import Asked, Portfolio, portfolio
from reports.dashboards.portfolio_charts import CHARTS, language
from reports.datasets import Filters
from reports.figures.calendar import Period
from reports.models import BuiltReport
from reports.models.periodic import Kind
from scoring.selectors.matrices import main_run

from . import built_content, programme_content, reviews_content
from .acts_content import acts_table, help_table
from .shapes import SCHEMA, Figure, Table, figure, new_table, plain, told_in_part

MOST_ROWS = 100
AHEAD = dt.timedelta(days=30)


def build(
    kind: str, person: User, period: Period, built: BuiltReport | None = None
) -> dict[str, Any]:
    """The content for ``person``, whose rights have to be in force.  ``built``: of that kind."""
    if built is not None:
        return plain(built_content.build(built, period))
    if kind == Kind.PROGRAMME:
        return plain(programme_content.build(period))
    if kind == Kind.REVIEWS:
        return plain(reviews_content.build(person, period))
    filters = filters_of(kind, person)
    asked = Asked(period.ends, filters=filters)
    figures = portfolio(asked, main_run())
    clients = clients_of(filters)
    content = {
        "schema": SCHEMA,
        "title": title_of(kind, person),
        "sub": _("%(first)s – %(last)s; money over twelve months up to the last day")
        % {"first": _day(period.starts), "last": _day(period.ends)},
        "as_of": period.ends,
        "headline": "",
        "ranking": figures.run.as_of if figures.run else None,
        "currency": company().currency,
        "texts": [],
        "figures": [*_portfolio_figures(figures), *_promise_figures(filters, period)],
        "tables": [
            _client_table(clients, period.ends),
            _promise_table(filters, period.ends),
            _goal_table(clients, period.ends),
            _problem_table(filters, period),
            *(
                [acts_table(person, period.ends + AHEAD), help_table(person)]
                if kind == Kind.KAM
                else []
            ),
        ],
        "charts": [vars(chart(figures)) for chart in CHARTS.values()],
    }
    return plain(content)


def filters_of(kind: str, person: User) -> Filters:
    """Whose clients a report is about."""
    if kind == Kind.KAM:
        return Filters(owner=str(person.pk))
    if kind == Kind.TEAM and person.team_id:
        return Filters(team=str(person.team_id))
    return Filters()


def title_of(kind: str, person: User) -> str:
    if kind == Kind.KAM:
        return _("Key clients of %(name)s") % {"name": person.name}
    if kind == Kind.PROGRAMME:
        return programme_content.title()
    if kind == Kind.TEAM and person.team:
        return _("Portfolio of the team %(team)s") % {"team": person.team.name}
    return _("Portfolio of the company")


def _day(day: dt.date) -> str:
    return formatting.day(day, language=language())


def _query(filters: Filters) -> dict[str, str]:
    return {name: value for name in Filters.names() if (value := getattr(filters, name))}


# --- Figures ------------------------------------------------------------------------------------


def _portfolio_figures(figures: Portfolio) -> list[Figure]:
    query = {"as_of": figures.asked.as_of, "months": figures.asked.months}
    if figures.run is not None:
        query["ranking"] = figures.run.pk
    source = f"/api/v1/portfolio/?{urlencode(query | _query(figures.asked.filters))}"

    def told(key, label, kind, value, path) -> Figure:
        return figure(key, label, kind, value, source, path)

    return [
        told("revenue", _("Revenue, 12 months"), "money", figures.revenue.now, "revenue.now"),
        told("profit", _("Profit, 12 months"), "money", figures.profit.now, "profit.now"),
        told(
            "key_share", _("Key clients' share of regular profit"), "percent",
            figures.key_share.now, "key_share.now",
        ),
        told(
            "selected_share", _("Selected clients' share of regular profit"), "percent",
            figures.selected_share.now, "selected_share.now",
        ),
        told(
            "growth_selected", _("Growth of selected clients"), "percent",
            figures.growth_selected, "growth_selected",
        ),
        told(
            "growth_others", _("Growth of all others"), "percent", figures.growth_others,
            "growth_others",
        ),
        told(
            "largest_share", _("Share of the largest client in revenue"), "percent",
            figures.largest_share.now, "largest_share.now",
        ),
        told("clients", _("Clients that bought"), "number", figures.buyers, "buying_clients"),
    ]  # fmt: skip


def _promises(filters: Filters) -> QuerySet[Promise]:
    return _of(Promise.objects.filter(side=Promise.Side.OURS), filters)


def _of(found: QuerySet, filters: Filters) -> QuerySet:
    """The rows of the clients a report is about."""
    if filters.owner:
        found = found.filter(client__owner=filters.owner)
    if filters.team:
        found = found.filter(client__team=filters.team)
    return found


def promise_counts(filters: Filters, period: Period) -> dict[str, int]:
    """Our promises settled in the period by how they ended, and those overdue at its end: still
    open then, by the day for which they were due then, whatever became of them later."""
    State = Promise.State
    settled = Q(settled_on__gte=period.starts, settled_on__lte=period.ends)
    still_open = Q(state=State.OPEN) | Q(settled_on__gt=period.ends)
    moves = PromiseMove.objects.filter(promise=OuterRef("pk"), at__gte=end_of_day(period.ends))
    due_then = Coalesce(Subquery(moves.order_by("at", "pk").values("due")[:1]), F("due"))
    return _promises(filters).annotate(due_then=due_then).aggregate(
        kept=Count("pk", settled & Q(state=State.KEPT)),
        late=Count("pk", settled & Q(state=State.LATE)),
        broken=Count("pk", settled & Q(state=State.BROKEN)),
        overdue=Count("pk", still_open & Q(due_then__lt=period.ends)),
    )  # fmt: skip


def _promise_figures(filters: Filters, period: Period) -> list[Figure]:
    counted = promise_counts(filters, period)
    query = {"since": period.starts, "until": period.ends} | _query(filters)
    source = f"/api/v1/portfolio/promises/?{urlencode(query)}"
    labels = {
        "kept": _("Promises kept in time in this period"),
        "late": _("Promises kept late in this period"),
        "broken": _("Promises broken in this period"),
        "overdue": _("Our promises overdue"),
    }
    return [
        figure(f"promises_{key}", label, "number", counted[key], source, key)
        for key, label in labels.items()
    ]


# --- Tables -------------------------------------------------------------------------------------


def clients_of(filters: Filters) -> QuerySet[Client]:
    """Those on the key list or selected by the ranking; of a KAM all of their own."""
    found = Client.objects.filter(group__isnull=True)
    if filters.owner:
        found = found.filter(owner=filters.owner)
    else:
        if filters.team:
            found = found.filter(team=filters.team)
        values = (Standing.Value.KEY, Standing.Value.TRIAL, Standing.Value.WATCH)
        listed = standings.present().filter(value__in=values).values("client_id")
        found = found.filter(Q(place__selected=True) | Q(pk__in=listed))
    return found.order_by("place__rank", "pk")


def _client_table(found: QuerySet[Client], day: dt.date) -> Table:
    table = new_table(
        "clients", _("The clients"), _("No clients yet."),
        [
            (_("Client"), "text"), (_("Standing"), "text"), (_("Place"), "number"),
            (_("Revenue, 12 months"), "money", "sum", "share"), (_("Over a year"), "percent"),
            (_("Overdue"), "money", "sum"), (_("Last purchase"), "day"), (_("Last talk"), "day"),
        ],
    )  # fmt: skip
    clients = lists.shown(list(found.values_list("pk", flat=True)[:MOST_ROWS]))
    sales = lists.sales(clients, day)
    talks = last_contacts(lists.entities_of(clients, day), day)
    present = standings.present_of(client.pk for client in clients)
    table["state"] = 1
    for client in clients:
        sold, standing = sales[client.pk], present.get(client.pk)
        place = getattr(client, "place", None)
        table["rows"].append([
            client.name, standing.get_value_display() if standing else "",
            place.rank if place else None, float(sold.revenue),
            None if sold.change is None else float(sold.change), float(sold.overdue),
            sold.last, talks.get(client.pk),
        ])  # fmt: skip
        table["links"].append(reverse("client_detail", args=[client.pk]))
    return told_in_part(table, found.count())


def _promise_table(filters: Filters, day: dt.date) -> Table:
    table = new_table(
        "promises", _("Our promises due within 30 days, and overdue ones"),
        _("Nothing is due: no promise of ours is open for these days."),
        [
            (_("What is promised"), "text"), (_("Client"), "text"), (_("Who answers"), "text"),
            (pgettext("promise", "Due"), "day"),
        ],
    )  # fmt: skip
    table["whose"] = 1
    open_ones = _promises(filters).filter(state=Promise.State.OPEN, due__lte=day + AHEAD)
    rows = open_ones.select_related("client", "owner").order_by("due", "pk")[:MOST_ROWS]
    for each in rows:
        owner = each.owner.name if each.owner else ""
        table["rows"].append([each.what, each.client.name, owner, each.due])
        table["links"].append(reverse("promise_detail", args=[each.pk]))
    return told_in_part(table, open_ones.count())


def _goal_table(clients: QuerySet[Client], day: dt.date) -> Table:
    table = new_table(
        "goals", _("Goals that are off their path or at risk"),
        _("No goal is off its path."),
        [
            (_("Goal"), "text"), (_("Client"), "text"), (_("Where it stands"), "text"),
            (pgettext("goal", "Way gone"), "percent"), (_("By when"), "day"),
        ],
    )  # fmt: skip
    table["state"], table["whose"] = 2, 1
    mine = clients.order_by().values("pk")
    goals = Goal.objects.filter(client__in=mine, status=Goal.Status.OPEN).select_related("client")
    goals = goals.order_by("due", "pk")
    for each in tracked(goals, day):
        if each.progress is None or each.progress.state not in ("off", "at_risk"):
            continue
        goal = each.goal
        table["rows"].append([
            goal.what_for or goal.why, goal.client.name, STATES[each.progress.state](),
            each.progress.done, goal.due,
        ])  # fmt: skip
        table["links"].append(reverse("goal_detail", args=[goal.pk]))
    return table


def _problem_table(filters: Filters, period: Period) -> Table:
    table = new_table(
        "problems", _("Problems that are open, and those closed in this period"),
        _("No problem is open, and none was closed."),
        [
            (_("What is wrong"), "text"), (_("Client"), "text"), (_("how grave it is"), "text"),
            (_("Who answers"), "text"), (_("Since"), "day"), (_("Where it stands"), "text"),
        ],
    )  # fmt: skip
    table["state"], table["whose"] = 5, 1
    found = _of(Problem.objects.filter(raised_on__lte=period.ends), filters)
    found = found.filter(Q(closed_on__isnull=True) | Q(closed_on__gte=period.starts))
    rows = found.select_related("client", "owner").order_by("-severity", "raised_on", "pk")
    for each in rows[:MOST_ROWS]:
        ended = each.closed_on is not None and each.closed_on <= period.ends
        table["rows"].append([
            each.what, each.client.name, each.get_severity_display(),
            each.owner.name if each.owner else "", each.raised_on,
            each.get_outcome_display() if ended else pgettext("problem", "Open"),
        ])  # fmt: skip
        table["links"].append(reverse("problem_detail", args=[each.pk]))
    return told_in_part(table, found.count())


STATES = {"off": lambda: _("off its path"), "at_risk": lambda: _("at risk")}
