"""KAMs side by side: what they carry, keep and reach, against where they started."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db.models import FloatField, Sum
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from accounts.models import PlannedSale
from accounts.selectors.facts import known, revenue_documents
from accounts.selectors.skills import kams as visible_kams
from accounts.services.sales_plans import complete_months
from reports import charts
from reports.charts.frame import in_lines
from reports.dashboards.portfolio_charts import Chart, currency, money, number, percent
from reports.dashboards.portfolio_rows import Column
from reports.figures.portfolio_of import Share, against_opening, by_person, shares
from reports.store import copy_queryset

from .board import Answer, Behind, Board, known_or_none
from .words import caption, known_since, missing, period

MOST, FEW = 15, 7


@dataclass(frozen=True)
class Line:
    """One KAM.  ``opening``: profit of the clients they answer for now in the same months a year
    before, ``change`` against it; ``plan``, ``fact`` of this year's complete months."""

    person: int
    name: str
    clients: int
    keys: int
    hours: float
    promises: Share
    goals: Share
    plan: float
    fact: float
    profit: float
    opening: float | None
    change: float | None

    @property
    def plan_share(self) -> float | None:
        return self.fact / self.plan if self.plan > 0 else None


def lines(board: Board) -> list[Line]:
    """The KAMs that the actor may look at and that answer for a client shown, by name."""
    served, figures = board.served, board.portfolio
    owners = board.owners
    people = [person for person in visible_kams() if person.pk in set(owners.tolist())]
    if not people:
        return []
    ids = np.array([person.pk for person in people], np.int64)
    order = np.argsort(ids)

    def place(of: np.ndarray) -> np.ndarray:
        """Places among the people; −1 of others."""
        at = np.searchsorted(ids[order], of)
        at[at == len(ids)] = 0
        return np.where(ids[order][at] == of, order[at], -1)

    n = len(people)
    mine = place(owners)
    everybody = np.ones(len(served))
    key = board.key_on(board.asked.as_of, served.ids)
    profit, before = (
        board.over_served(figures.ledger.ids, each)
        for each in (figures.profit_now, figures.profit_before)
    )
    said, by_rule = board.work.of("hours"), board.guessed
    client = np.concatenate([said.client, by_rule.client])
    worker = place(np.concatenate([said.person, by_rule.person]))
    amount = np.concatenate([said.amount, by_rule.amount])
    _at, shown = served.position(client)
    plan, fact = _plan_and_fact(board)
    columns = {
        "clients": by_person(mine, everybody, n),
        "keys": by_person(mine, key, n),
        "hours": by_person(worker[shown], amount[shown], n),
        "profit": by_person(mine, profit, n),
        "before": by_person(mine, before, n),
        "plan": by_person(mine, plan, n),
        "fact": by_person(mine, np.where(plan > 0, fact, 0), n),
    }
    promises = _share(board, "kept", "not_kept", place, n)
    goals = _share(board, "reached", "missed", place, n)
    comparable = figures.comparable
    found = []
    for at, one in enumerate(people):
        each = {name: float(column[at]) for name, column in columns.items()}
        opening = each["before"] if comparable else None
        found.append(
            Line(
                one.pk, one.name or one.email, int(each["clients"]), int(each["keys"]),
                each["hours"], promises[at], goals[at], each["plan"], each["fact"],
                each["profit"], opening,
                None if opening is None else against_opening(each["profit"], opening),
            )
        )  # fmt: skip
    return found


def _share(board: Board, done: str, undone: str, place, people: int) -> list[Share]:
    good, bad = board.work.of(done), board.work.of(undone)
    client = np.concatenate([good.client, bad.client])
    _at, shown = board.served.position(client)
    return shares(
        place(np.concatenate([good.person, bad.person]))[shown],
        (np.arange(len(client)) < len(good.client))[shown],
        np.concatenate([good.amount, bad.amount])[shown],
        people,
    )


def _plan_and_fact(board: Board) -> tuple[np.ndarray, np.ndarray]:
    """Plan and sales of this year's complete months, of all served clients; sales of those with a
    plan alone."""
    day, served = board.asked.as_of, board.served
    months = complete_months(day.year, day)
    nothing = np.zeros(len(served))
    if not months:
        return nothing, nothing
    last = dt.date(day.year, months, calendar.monthrange(day.year, months)[1])
    planned = (
        PlannedSale.objects.filter(known(day), month__gte=dt.date(day.year, 1, 1), month__lte=last)
        .order_by()
        .values_list("client_id")
        .annotate(total=Cast(Sum("amount"), FloatField()))
    )
    client, amount = copy_queryset(planned, ("i8", "f8"))
    (plan,) = served.sums(client, amount)
    wanted = served.ids[plan > 0]
    if not len(wanted):
        return plan, nothing
    members = served.member_ids[np.isin(served.group_ids, wanted)]
    sold = (
        revenue_documents(day)
        .filter(
            client_id__in=[*wanted.tolist(), *members.tolist()],
            date__gte=dt.date(day.year, 1, 1), date__lte=last,
        )
        .order_by()
        .values_list("client_id")
        .annotate(total=Cast(Sum("net"), FloatField()))
    )  # fmt: skip
    client, amount = copy_queryset(sold, ("i8", "f8"))
    (fact,) = served.sums(client, amount)
    return plan, fact


def kams(board: Board) -> Answer:
    title = _("KAMs against where they started")
    found = lines(board)
    if not found:
        return missing(
            board, "kams", title, _("None of these clients has a KAM whose work you may look at.")
        )
    told = [line for line in found if line.opening is not None]
    if not told or not any(line.profit or line.opening for line in told):
        return missing(board, "kams", title, known_since(board, board.history.first_month))
    told.sort(key=lambda line: -(line.profit - (line.opening or 0)))
    up = sum(line.profit > (line.opening or 0) for line in told)
    words = caption(
        _("%(up)s of %(all)s KAMs are above their opening position")
        % {"up": number(up), "all": number(len(told))},
        _(
            "Whose clients grow? Profit of the clients each answers for now against the same months "
            "a year before, %(period)s"
        )
        % {"period": period(board)},
    )
    bars = [
        charts.Bar(
            "\n".join(in_lines(line.name)),
            line.profit - (line.opening or 0),
            money(line.profit - (line.opening or 0), signed=True)
            + ("" if line.change is None else f", {percent(line.change, 0, signed=True)}"),
            f"{line.name}: {money(line.profit)}",
            colour="good" if line.profit >= (line.opening or 0) else "bad",
        )
        for line in (told if len(told) <= MOST else [*told[: MOST // 2], *told[-(MOST // 2) :]])
    ]
    unit = {"currency": currency()}
    return Answer(
        Chart(
            "kams",
            words.title,
            words.subtitle,
            charts.for_page(charts.lying_bars(words, bars), right=12),
            {
                "head": [
                    _("KAM"), _("Clients"), _("Key clients"), _("Hours"),
                    _("Promises kept in time, %"), _("Goals reached, %"), _("Plan met, %"),
                    _("Profit, %(currency)s") % unit, _("Opening position, %(currency)s") % unit,
                    _("Change, %"),
                ],
                "rows": [
                    [
                        line.name, line.clients, line.keys, round(line.hours, 1),
                        _cent(line.promises.share), _cent(line.goals.share), _cent(line.plan_share),
                        round(line.profit, 2), round(line.opening or 0, 2), _cent(line.change),
                    ]
                    for line in found
                ],
            },
            note=_(
                "Shares are told from five promises or goals on. The opening position is not rank: "
                "who took over weak clients starts from there."
            ),
            height="large" if len(bars) > FEW else "normal",
        ),
        [
            {
                "person": line.person, "name": line.name, "clients": line.clients,
                "key_clients": line.keys, "hours": line.hours,
                "promises_kept": line.promises.done, "promises_ended": line.promises.all,
                "goals_reached": line.goals.done, "goals_ended": line.goals.all,
                "plan": line.plan, "fact": line.fact, "profit": line.profit,
                "opening": line.opening, "change": known_or_none(line.change),
            }
            for line in found
        ],
        lambda: _behind(found),
        of_people=True,
    )  # fmt: skip


def _cent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 1)


def _behind(found: list[Line]) -> Behind:
    def column(values) -> np.ndarray:
        return np.array([np.nan if value is None else value for value in values], float)

    return Behind(
        [
            Column("clients", _("Clients"), "count"),
            Column("key_clients", _("Key clients"), "count"),
            Column("hours", _("Hours"), "number"),
            Column("promises", _("Promises kept in time"), "percent"),
            Column("goals", _("Goals reached"), "percent"),
            Column("plan", _("Plan met"), "percent"),
            Column("profit", _("Profit"), "money"),
            Column("opening", _("Opening position"), "money"),
            Column("change", _("Change"), "percent"),
        ],
        np.array([line.person for line in found], np.int64),
        [
            column(line.clients for line in found),
            column(line.keys for line in found),
            column(line.hours for line in found),
            column(line.promises.share for line in found),
            column(line.goals.share for line in found),
            column(line.plan_share for line in found),
            column(line.profit for line in found),
            column(line.opening for line in found),
            column(line.change for line in found),
        ],
        of_people=True,
        names={line.person: line.name for line in found},
    )
