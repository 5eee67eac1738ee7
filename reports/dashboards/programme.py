"""Does the programme of key clients pay: the effect against look-alikes, and what it took."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.measures.monthly import by_month
from accounts.models import Client, ProgrammeCost, Standing
from accounts.selectors import efforts
from accounts.selectors.facts import known
from accounts.services import serving
from kam.lib.periods import add_months, month_start, today
from reports import charts
from reports.charts import Caption
from reports.figures import programme_effect as figures

from .portfolio_charts import Chart, currency, day, language, money, month_labels, percent

MONTHS = 60


@dataclass(frozen=True)
class Line:
    """One key client that was compared: its profit a month before and since, and its look-alikes'
    change.  ``left``: it is off the list again."""

    client: int
    name: str
    since: dt.date
    before: float
    ratio: float
    expected: float
    money: float
    left: bool = False


@dataclass(frozen=True)
class Programme:
    """``keys``: key clients at the date.  ``spent``: what it took by kind, in the order shown;
    ``paid_back``: the month in which what was gained had covered that."""

    as_of: dt.date
    begun: dt.date | None
    keys: int
    ripe: int
    verdict: figures.Verdict
    lines: list[Line] = field(default_factory=list)
    spent: list[tuple[str, float]] = field(default_factory=list)
    months: list[dt.date] = field(default_factory=list)
    gained_by_month: list[float] = field(default_factory=list)
    spent_by_month: list[float] = field(default_factory=list)
    payback: int | None = None

    @property
    def gained(self) -> float | None:
        return self.verdict.found.money if self.verdict.found else None

    @property
    def cost(self) -> float:
        return sum(amount for _key, amount in self.spent)

    @property
    def left(self) -> float | None:
        return None if self.gained is None else self.gained - self.cost

    @property
    def returned(self) -> float | None:
        if self.gained is None:
            return None
        return figures.programme_return(self.gained, self.cost)

    @property
    def paid_back(self) -> dt.date | None:
        return self.months[self.payback - 1] if self.payback else None


def last_whole_month(day_: dt.date) -> dt.date:
    return month_start(day_) - dt.timedelta(days=1)


def programme(day_: dt.date | None = None) -> Programme:
    """Over whole months up to the last one that is over on ``day_``, today where none is given; of
    all clients: for those who read all of them.  Whoever became key counts, off the list again or
    not: those that went badly are the first to leave it."""
    as_of = last_whole_month(day_ or today())
    # As it was known then: who became key since does not change what was told before.
    rows = Standing.objects.filter(known(as_of), since__lte=as_of).order_by("client", "since")
    since: dict[int, dt.date] = {}
    ever, present = set(), set()
    for client, value, begun, until in rows.values_list("client", "value", "since", "until"):
        if value in (*Standing.ON_LIST, Standing.Value.FORMER):
            ever.add(client)
        if value in Standing.IS_KEY:
            since.setdefault(client, begun)
            if until is None or until > as_of:
                present.add(client)
    starts, ids, _revenue, profit = by_month(as_of, MONTHS, _everybody())
    place = {int(pk): at for at, pk in enumerate(ids.tolist())}
    keys = [pk for pk in sorted(since) if pk in place]
    if not keys:
        return Programme(as_of, None, 0, 0, figures.Verdict(figures.TOO_FEW))
    number = {month: at for at, month in enumerate(starts)}
    # The first whole month as a key client.
    first = [
        number.get(add_months(month_start(since[pk]), since[pk].day > 1), MONTHS)
        if since[pk] >= starts[0] else 0
        for pk in keys
    ]  # fmt: skip
    segments = dict(Client.objects.order_by().values_list("pk", "segment"))
    _words, kind = np.unique([segments.get(pk, "") for pk in ids.tolist()], return_inverse=True)
    never = np.array([pk not in ever for pk in ids.tolist()], dtype=bool)
    treated, start = np.array([place[pk] for pk in keys]), np.array(first)
    verdict = figures.judge(profit, kind, treated, start, never)
    begun = min(since[pk] for pk in keys)
    now = sum(pk in present for pk in keys)
    told = Programme(
        as_of, begun, now, int((MONTHS - start >= figures.FEWEST_MONTHS).sum()), verdict
    )
    if verdict.rows is None:
        return told
    ripe = np.flatnonzero(MONTHS - start >= figures.FEWEST_MONTHS)[verdict.rows.row]
    counted = [keys[at] for at in ripe.tolist()]
    names = dict(Client.objects.filter(pk__in=counted).order_by().values_list("pk", "name"))
    found = verdict.rows
    lines = [
        Line(
            pk, names[pk], since[pk], float(found.before[at]), float(found.own[at]) - 1,
            float(found.peers[at].mean()) - 1,
            float(found.before[at] * found.months[at]
                  * (found.own[at] - found.peers[at].mean())),
            pk not in present,
        )
        for at, pk in enumerate(counted)
    ]  # fmt: skip
    lines.sort(key=lambda line: -line.money)
    opened = max(0, int(start.min()))
    gained = figures.increments(profit, found, treated[ripe], start[ripe])[opened:]
    spent, by = _spent(keys, begun, as_of, starts[opened:])
    rules = efforts.rules()
    return Programme(
        as_of, begun, now, told.ripe, verdict, lines, spent, starts[opened:],
        gained.tolist(), by.tolist(),
        figures.payback(gained, by, float(rules.discount) / 100),
    )  # fmt: skip


def _everybody() -> list[int]:
    """Of whom those in a group at the date count with it."""
    return list(Client.objects.order_by().values_list("pk", flat=True))


def _spent(
    keys: list[int], begun: dt.date, as_of: dt.date, months: list[dt.date]
) -> tuple[list[tuple[str, float]], np.ndarray]:
    """What the programme took since it began, by kind, and by month: its own costs in their month,
    the cost of serving key clients spread evenly.  Costs from before the first month count in it."""
    served = serving.served(serving.entities_of(keys), begun, as_of).values()
    total = {
        "hours": sum(float(each.hours_cost) for each in served),
        "rebates": sum(float(each.rebates) for each in served),
        "service": sum(float(each.service + each.start) for each in served),
    }
    by = np.full(len(months), sum(total.values()) / max(1, len(months)))
    for kind, date, amount in ProgrammeCost.objects.filter(date__lte=as_of).values_list(
        "kind", "date", "amount"
    ):
        total[kind] = total.get(kind, 0.0) + float(amount)
        by[max(0, sum(month <= date for month in months) - 1)] += float(amount)
    return [(key, amount) for key, amount in total.items() if amount], by


def words_of(key: str) -> str:
    kinds = dict(ProgrammeCost.Kind.choices)
    own = {"hours": _("Hours of our people"), "rebates": _("Rebates"),
           "service": _("Service and special processes")}  # fmt: skip
    return str(own.get(key) or kinds[key])


def answer(told: Programme) -> str:
    """One sentence that answers the page's question."""
    word, found = told.verdict.word, told.verdict.found
    if told.begun is None:
        return _("There are no key clients yet, so there is nothing to repay.")
    if word == figures.TOO_EARLY:
        return _(
            "Too early to say: at least %(clients)s clients have to be key for %(months)s whole "
            "months."
        ) % {"clients": figures.FEWEST_CLIENTS, "months": figures.FEWEST_MONTHS}
    if word == figures.UNLIKE:
        return _(
            "No figure: key clients and their look-alikes went different ways already before the "
            "programme, so the look-alikes do not tell what would have been."
        )
    if word == figures.TOO_FEW or found is None:
        return _(
            "Nothing to compare with: fewer than %(clients)s key clients have %(peers)s "
            "look-alikes that were never key."
        ) % {"clients": figures.FEWEST_CLIENTS, "peers": figures.PEERS}
    words = {
        "share": percent(found.share, signed=True), "low": percent(found.low, signed=True),
        "high": percent(found.high, signed=True),
    }  # fmt: skip
    if word == figures.OPEN:
        return _("It cannot be told yet: profit is %(share)s, from %(low)s to %(high)s.") % words
    if word == figures.HARMS:
        return (
            _(
                "Key clients do worse than their look-alikes: %(share)s of profit, from %(low)s to "
                "%(high)s."
            )
            % words
        )
    if told.left is not None and told.left > 0:
        return (
            _(
                "It pays: profit is %(share)s against look-alikes, from %(low)s to %(high)s, and "
                "that is more than it took."
            )
            % words
        )
    return (
        _(
            "It works and has not repaid yet: profit is %(share)s against look-alikes, from %(low)s "
            "to %(high)s."
        )
        % words
    )


def programme_charts(told: Programme) -> list[Chart]:
    if told.gained is None or told.left is None:
        return []
    return [_waterfall(told), _payback(told)]


def _waterfall(told: Programme) -> Chart:
    caption = Caption(
        _("After all it took, %(left)s is left") % {"left": money(told.left or 0)},
        _("Does the programme pay? From %(begun)s to %(day)s, against look-alikes")
        % {"begun": day(told.begun), "day": day(told.as_of)},
        language(),
    )
    first = (_("Profit gained"), float(told.gained or 0))
    parts = [(words_of(key), -amount) for key, amount in told.spent]
    last = (_("Left"), float(told.left or 0))
    figure = charts.bridge(caption, first, parts, last, unit=currency())
    return Chart(
        "programme-waterfall", caption.title, caption.subtitle, charts.for_page(figure),
        {
            "head": [_("Part"), _("Sum, %(currency)s") % {"currency": currency()}],
            "rows": [[name, round(value, 2)] for name, value in (first, *parts, last)],
        },
        height="large",
    )  # fmt: skip


def _payback(told: Programme) -> Chart:
    ends = [add_months(month, 1) - dt.timedelta(days=1) for month in told.months]
    gained, spent = np.cumsum(told.gained_by_month), np.cumsum(told.spent_by_month)
    title = _("What was gained has not covered what was spent yet")
    if told.paid_back:
        title = ngettext(
            "Repaid after %(n)s month", "Repaid after %(n)s months", told.payback or 0
        ) % {"n": told.payback}
    caption = Caption(
        title,
        _("When did it repay? Sums since %(begun)s; the month counts by discounted sums")
        % {"begun": day(told.begun)},
        language(),
    )
    figure = charts.revenue_and_profit_by_month(
        caption, told.months, spent.tolist(), gained.tolist(), month_labels=month_labels(ends),
        revenue_label=_("spent"), profit_label=_("gained"), unit=currency(),
    )  # fmt: skip
    return Chart(
        "programme-payback", caption.title, caption.subtitle, charts.for_page(figure, right=72),
        {
            "head": [
                _("Month up to"), _("Spent, %(currency)s") % {"currency": currency()},
                _("Gained, %(currency)s") % {"currency": currency()},
            ],
            "rows": [
                [end, round(float(a), 2), round(float(b), 2)]
                for end, a, b in zip(ends, spent, gained, strict=True)
            ],
        },
    )  # fmt: skip
