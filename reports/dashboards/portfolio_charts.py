"""The charts of the portfolio page: each says its answer in words, or what is missing for one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from babel.dates import format_date
from django.conf import settings
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

from kam.lib import formatting
from kam.lib.company import company
from kam.lib.formatting import THIN
from reports import charts
from reports.charts import Caption
from reports.figures.concentration import lorenz, whale_curve

from .portfolio import (
    FEWEST_CLIENTS,
    LATE_START,
    PARETO_SHARE,
    SHARE_LIMIT,
    Asked,
    Portfolio,
)

# Points of a curve: more than that no screen tells apart.
CURVE_POINTS = 100
TABLE_SHARES = (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


@dataclass(frozen=True)
class Chart:
    """What a page needs of one chart.  ``missing``: why there is none, in words; then ``figure``
    and ``table`` are None."""

    key: str
    title: str
    subtitle: str
    figure: dict[str, Any] | None = None
    table: dict[str, list] | None = None
    note: str = ""
    missing: str = ""
    height: str = "normal"


def portfolio_charts(figures: Portfolio) -> list[Chart]:
    return [draw(figures) for draw in CHARTS.values()]


# --- Words --------------------------------------------------------------------------------------


def language() -> str:
    return get_language() or settings.LANGUAGE_CODE


def money(value: float, *, signed: bool = False) -> str:
    return formatting.money_short(value, company().currency, language=language(), signed=signed)


def percent(share: float | None, decimals: int = 1, *, signed: bool = False) -> str:
    return formatting.percent(share, decimals, language=language(), signed=signed)


def number(value: float | None, decimals: int = 0) -> str:
    return formatting.number(value, decimals, language=language())


def day(value: dt.date) -> str:
    return formatting.day(value, language=language())


def currency() -> str:
    return formatting.currency_sign(company().currency, language=language())


def month_labels(ends: list[dt.date]) -> list[str]:
    """Months by the names of those they end in."""
    return [format_date(end, "LLL y", locale=language()) for end in ends]


def period(figures: Portfolio) -> str:
    return months_up_to(figures.asked)


def months_up_to(asked: Asked) -> str:
    """``12 months up to 16 Mar 2026``."""
    months = asked.months
    return ngettext("%(months)s month up to %(day)s", "%(months)s months up to %(day)s", months) % {
        "months": months,
        "day": day(asked.as_of),
    }


def _missing(figures: Portfolio, key: str, title: str, why: str) -> Chart:
    return Chart(key, title, period(figures), missing=why)


def _no_year_before(figures: Portfolio) -> str:
    first = figures.ledger.first_month
    begun = figures.ledger.edges[first or 0]
    return _(
        "Purchases are known from %(day)s on: there is no whole year before to compare with."
    ) % {"day": day(begun)}


def _too_few(figures: Portfolio) -> str:
    return ngettext(
        "%(count)s client bought in these months; with fewer than %(least)s a share says nothing.",
        "%(count)s clients bought in these months; with fewer than %(least)s a share says nothing.",
        figures.buyers,
    ) % {"count": figures.buyers, "least": FEWEST_CLIENTS}


def _no_profit(figures: Portfolio) -> str:
    if not figures.cost_share:
        return _("The cost of what was sold is not known, so there is no profit to share out.")
    return _("These clients together brought no profit in these months.")


# --- The charts ---------------------------------------------------------------------------------


def share_chart(figures: Portfolio) -> Chart:
    """Of the key clients; of those selected by the ranking where there is no key client."""
    of_key = bool(figures.key.any())
    counted = int((figures.key if of_key else figures.selected).sum())
    title = _("Selected clients' share of regular profit")
    if of_key:
        title = _("Key clients' share of regular profit")
    shares = figures.key_share_by_month if of_key else figures.share_by_month
    if figures.run is None and not of_key:
        return _missing(
            figures, "share", title, _("There is no ranking yet, so no client is selected.")
        )
    if not counted:
        return _missing(
            figures, "share", title, _("The ranking selects none of the clients shown here.")
        )
    if shares[-1] is None:
        return _missing(figures, "share", title, _no_share(figures, len(shares)))
    ends = figures.share_dates
    labels = month_labels(ends)
    caption = Caption(*_share_words(figures, counted, shares[-1], of_key), language())
    figure = charts.key_share(
        caption,
        shares,
        months=ends,
        month_labels=labels,
        selected_label=percent(shares[-1], 0),
        limit_label=percent(SHARE_LIMIT, 0),
        limit=SHARE_LIMIT,
    )
    columns = [(_("Share, %"), shares)]
    if of_key and figures.selected.any():
        columns.append((_("Those selected by the ranking, %"), figures.share_by_month))
    regular = _(
        "Regular profit is that of clients invoiced in at least three of the four quarters."
    )
    looked = _("The clients are those selected now, looked at backwards.")
    if of_key:
        looked = _("The clients are those who are key on the last day, looked at backwards.")
    return Chart(
        "share",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [_("Twelve months up to"), *(head for head, _shares in columns)],
            "rows": [
                [end, *(None if each[at] is None else round(100 * each[at], 2)
                        for _head, each in columns)]
                for at, end in enumerate(ends)
            ],
        },
        note=f"{looked} {regular}",
    )  # fmt: skip


def _share_words(figures: Portfolio, counted: int, share: float, of_key: bool) -> tuple[str, str]:
    """Answer and question of the chart."""
    words = {"count": number(counted), "share": percent(share)}
    if of_key:
        return (
            ngettext(
                "%(count)s key client brings %(share)s of regular profit",
                "%(count)s key clients bring %(share)s of regular profit",
                counted,
            )
            % words,
            _("How near to half? Twelve months up to each date; key on %(day)s")
            % {"day": day(figures.asked.as_of)},
        )
    assert figures.run is not None  # asked before
    return (
        ngettext(
            "%(count)s selected client brings %(share)s of regular profit",
            "%(count)s selected clients bring %(share)s of regular profit",
            counted,
        )
        % words,
        _("How near to half? Twelve months up to each date; selected by the ranking of %(day)s")
        % {"day": day(figures.run.as_of)},
    )


def _no_share(figures: Portfolio, months: int) -> str:
    first = figures.ledger.first_month or 0
    if first > months - 1 + LATE_START:
        return _no_year_before(figures)
    if not figures.cost_share:
        return _no_profit(figures)
    return _(
        "No regular profit: it comes from clients that bought in at least three of the last four "
        "quarters."
    )


def pareto_chart(figures: Portfolio) -> Chart:
    title = _("How few clients bring most of the profit")
    profit = figures.profit_now[figures.active_now]
    if len(profit) < FEWEST_CLIENTS:
        return _missing(figures, "pareto", title, _too_few(figures))
    curve = whale_curve(profit)
    if not figures.cost_share or np.isnan(curve.peak):
        return _missing(figures, "pareto", title, _no_profit(figures))
    count = int(figures.pareto_clients.now or 0)
    words = {"count": number(count), "share": percent(PARETO_SHARE, 0)}
    caption = Caption(
        ngettext(
            "%(count)s client brings %(share)s of profit",
            "%(count)s clients bring %(share)s of profit",
            count,
        )
        % words,
        _("Do a few bring most? Clients from the most profitable on, %(period)s")
        % {"period": period(figures)},
        language(),
    )
    chosen = figures.selected[figures.active_now]
    point = None
    if chosen.any():
        point = (
            float(chosen.mean()),
            float(profit[chosen].sum()) / (curve.gained + curve.lost),
        )
    shown = thinned(len(curve.clients))
    figure = charts.pareto_curve(
        caption,
        _rounded(curve.clients[shown]),
        _rounded(curve.profit[shown]),
        clients_label=_("of clients"),
        profit_label=_("of profit"),
        reference_label=f"20{THIN}/{THIN}80",
        selected=point,
        selected_label=_("selected clients"),
    )
    at = np.ceil(np.array(TABLE_SHARES) * len(profit) - 1e-9).astype(int)
    note = ""
    if curve.lost < 0:
        note = _("Loss-making clients take %(lost)s: without them profit would be %(gained)s.") % {
            "lost": money(-curve.lost),
            "gained": money(curve.gained),
        }
    return Chart(
        "pareto",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [_("Clients, %"), _("Clients"), _("Profit, %")],
            "rows": [
                [100 * share, int(place), round(100 * float(curve.profit[place]), 2)]
                for share, place in zip(TABLE_SHARES, at, strict=True)
            ],
        },
        note=note,
    )


def growth_chart(figures: Portfolio) -> Chart:
    title = _("Revenue by month against the year before")
    ratio = figures.revenue.ratio
    this, previous = figures.revenue_by_month
    if previous is None or ratio is None:
        return _missing(figures, "growth", title, _no_year_before(figures))
    edges = figures.ledger.edges
    starts = edges[figures.now]
    ends = [edge - dt.timedelta(days=1) for edge in edges[figures.now.start + 1 :]]
    if abs(ratio) < 0.0005:
        answer = _("Revenue is the same as a year before")
    elif ratio > 0:
        answer = _("Revenue is %(ratio)s above the year before") % {"ratio": percent(ratio)}
    else:
        answer = _("Revenue is %(ratio)s below the year before") % {"ratio": percent(-ratio)}
    caption = Caption(
        answer,
        _("Does it grow? Month by month, %(period)s") % {"period": period(figures)},
        language(),
    )
    labels = month_labels(ends)
    figure = charts.growth_bars(
        caption,
        starts,
        this,
        previous,
        month_labels=labels,
        this_label=_("now"),
        previous_label=_("year before"),
        unit=currency(),
    )
    return Chart(
        "growth",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [
                _("Month up to"),
                _("Revenue, %(currency)s") % {"currency": currency()},
                _("Year before, %(currency)s") % {"currency": currency()},
                _("Change, %"),
            ],
            "rows": [
                [
                    end,
                    round(a, 2),
                    round(b, 2),
                    round(100 * (a / b - 1), 1) if b > 0 else None,
                ]
                for end, a, b in zip(ends, this, previous, strict=True)
            ],
        },
    )


def movers_chart(figures: Portfolio) -> Chart:
    title = _("Who rose and who fell")
    if not figures.comparable:
        return _missing(figures, "movers", title, _no_year_before(figures))
    found = figures.movers
    # The largest rise on top, the largest fall at the bottom.
    places = [*found.up.tolist(), *found.down[::-1].tolist()]
    if not places:
        return _missing(
            figures, "movers", title, _("No client bought more or less than a year before.")
        )
    caption = Caption(
        _movers_answer(figures),
        _("Whose revenue moved? %(period)s against the same months a year before")
        % {"period": period(figures)},
        language(),
    )
    names = [figures.names[place] for place in places]
    changes = [float(found.change[place]) for place in places]
    figure = charts.movers(caption, names, changes, unit=currency())
    unit = {"currency": currency()}
    return Chart(
        "movers",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [
                _("Client"),
                _("Change, %(currency)s") % unit,
                _("Revenue, %(currency)s") % unit,
                _("Year before, %(currency)s") % unit,
                pgettext("movers", "Why"),
            ],
            "rows": [
                [
                    figures.names[place],
                    round(float(found.change[place]), 2),
                    round(float(figures.revenue_now[place]), 2),
                    round(float(figures.revenue_before[place]), 2),
                    why_moved(figures, place),
                ]
                for place in places
            ],
        },
        height="large",
    )


def why_moved(figures: Portfolio, place: int) -> str:
    """Why a client of the movers rose or fell, as documents tell it."""
    told = figures.moved.get(place)
    if told is None:
        return ""
    if not figures.active_before[place]:
        said = [_("new: nothing was bought in the year before")]
    elif not figures.active_now[place]:
        said = [_("bought nothing any more")]
    else:
        said = [
            ngettext(
                "%(n)s invoice, %(before)s in the year before",
                "%(n)s invoices, %(before)s in the year before",
                told.invoices,
            )
            % {"n": number(told.invoices), "before": number(told.invoices_before)}
        ]
    if told.family:
        said.append(
            _("most in %(family)s: %(by)s")
            % {"family": told.family, "by": money(told.by, signed=True)}
        )
    return "; ".join(said)


def _movers_answer(figures: Portfolio) -> str:
    found = figures.movers
    words = {}
    for way, places in (("up", found.up), ("down", found.down)):
        if len(places):
            words[way] = figures.names[int(places[0])]
            words[f"{way}_by"] = money(abs(float(found.change[places[0]])))
    if len(words) == 4:
        return _("%(up)s rose most, by %(up_by)s; %(down)s fell most, by %(down_by)s") % words
    if "up" in words:
        return _("%(up)s rose most, by %(up_by)s; nobody fell") % words
    return _("%(down)s fell most, by %(down_by)s; nobody rose") % words


def concentration_chart(figures: Portfolio) -> Chart:
    title = _("How much hangs on how few")
    revenue = figures.revenue_now[figures.active_now]
    if len(revenue) < FEWEST_CLIENTS:
        return _missing(figures, "concentration", title, _too_few(figures))
    share = figures.top_share(0.2)
    if share is None or figures.gini is None:
        return _missing(
            figures, "concentration", title, _("These clients together brought no revenue.")
        )
    caption = Caption(
        _("The largest fifth of the clients brings %(share)s of revenue")
        % {"share": percent(share, 0)},
        _("How much hangs on how few? Clients from the smallest on, %(period)s")
        % {"period": period(figures)},
        language(),
    )
    clients, cumulated = lorenz(revenue)
    shown = thinned(len(clients))
    figure = charts.lorenz_curve(
        caption,
        _rounded(clients[shown]),
        _rounded(cumulated[shown]),
        clients_label=_("of clients"),
        share_label=_("of revenue"),
        equality_label=_("if all were alike"),
    )
    at = (np.array(TABLE_SHARES[::-1]) * len(revenue) + 1e-9).astype(int)
    return Chart(
        "concentration",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [_("Smallest clients, %"), _("Clients"), _("Revenue, %")],
            "rows": [
                [100 * part, int(place), round(100 * float(cumulated[place]), 2)]
                for part, place in zip(TABLE_SHARES[::-1], at, strict=True)
            ][::-1],
        },
        note=_(
            "Gini %(gini)s (0: all alike, 1: one has all). Herfindahl–Hirschman index %(hhi)s, as "
            "if there were %(effective)s clients of one size."
        )
        % {
            "gini": number(figures.gini, 2),
            "hhi": number(figures.hhi),
            "effective": number(figures.effective_clients, 1),
        },
    )


def bridge_chart(figures: Portfolio) -> Chart:
    title = _("Where the change of revenue came from")
    if not figures.comparable:
        return _missing(figures, "bridge", title, _no_year_before(figures))
    found = figures.split
    words = {"gained": money(found.new.change), "lost": money(-found.lost.change)}
    caption = Caption(
        _("New clients brought %(gained)s, those who left took %(lost)s") % words,
        _("Where did the change come from? %(period)s against the same months a year before")
        % {"period": period(figures)},
        language(),
    )
    parts = [
        (part_label(key), getattr(found, key)) for key in ("new", "expanded", "shrunk", "lost")
    ]
    before, now = float(figures.revenue_before.sum()), float(figures.revenue_now.sum())
    labels = _("Year before"), _("Now")
    figure = charts.bridge(
        caption,
        (labels[0], before),
        [(label, part.change) for label, part in parts],
        (labels[1], now),
        unit=currency(),
    )
    return Chart(
        "bridge",
        caption.title,
        caption.subtitle,
        charts.for_page(figure),
        {
            "head": [
                _("Part"),
                _("Clients"),
                _("Amount, %(currency)s") % {"currency": currency()},
            ],
            "rows": [
                [labels[0], int(figures.active_before.sum()), round(before, 2)],
                *([label, part.clients, round(part.change, 2)] for label, part in parts),
                [part_label("level"), found.level.clients, 0],
                [labels[1], figures.buyers, round(now, 2)],
            ],
        },
        height="large",
    )


def part_label(part: str) -> str:
    """The name of a part of the change, as figures.growth.Split has it."""
    return {
        "new": _("New clients"),
        "expanded": _("Bought more"),
        "level": _("Bought the same"),
        "shrunk": _("Bought less"),
        "lost": _("Clients lost"),
    }[part]


CHARTS: dict[str, Callable[[Portfolio], Chart]] = {
    "share": share_chart,
    "pareto": pareto_chart,
    "growth": growth_chart,
    "concentration": concentration_chart,
    "movers": movers_chart,
    "bridge": bridge_chart,
}


def thinned(length: int) -> np.ndarray:
    """Which points of a curve to draw: all of a short one, else close together at both ends."""
    if length <= CURVE_POINTS:
        return np.arange(length)
    even = np.linspace(0, length - 1, CURVE_POINTS // 2)
    near = np.geomspace(1, length - 1, CURVE_POINTS // 4)
    return np.unique(np.concatenate([even, near, length - 1 - near]).astype(int))


def _rounded(values: np.ndarray) -> list[float]:
    return [round(float(value), 5) for value in values]
