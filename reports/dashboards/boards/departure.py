"""What if the largest leaves: share, concentration and profit without the 1, 3, 5 largest."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from reports import charts
from reports.dashboards.portfolio import FEWEST_CLIENTS
from reports.dashboards.portfolio_charts import Chart, currency, money, number, percent
from reports.dashboards.portfolio_rows import Column
from reports.figures.departure import Left, without_largest

from .board import Answer, Behind, Board
from .words import caption, missing, period, too_few

COUNTS = (0, 1, 3, 5)
# By the reference: one client above this share of revenue is a dependence.
DEPENDENCE = 0.2


def departure(board: Board) -> Answer:
    title = _("What is left without the largest clients")
    figures = board.portfolio
    active = figures.active_now
    if figures.buyers < FEWEST_CLIENTS:
        return missing(board, "departure", title, too_few(figures.buyers, FEWEST_CLIENTS))
    revenue, profit = figures.revenue_now[active], figures.profit_now[active]
    found = without_largest(revenue, profit, COUNTS)
    whole = found[0]
    if not figures.cost_share or whole.profit <= 0:
        return missing(
            board, "departure", title,
            _("These clients together brought no profit in these months, or its cost is not known."),
        )  # fmt: skip
    words = caption(
        _answer(found),
        _("What if the largest leave? %(period)s, all others buying as they did")
        % {"period": period(board)},
    )
    bars = [
        charts.Bar(
            f"{_name(each.count)}\n" + _("HHI %(hhi)s") % {"hhi": number(each.hhi)},
            each.profit,
            money(each.profit)
            + ("" if not each.count else f", {percent(_lost(each, whole), 0, signed=True)}"),
            f"{_name(each.count)}: "
            + _("profit %(profit)s, revenue %(revenue)s, the largest brings %(share)s of it")
            % {
                "profit": money(each.profit),
                "revenue": money(each.revenue),
                "share": percent(each.largest, 0),
            },
            faint=bool(each.count),
        )
        for each in found
    ]
    unit = {"currency": currency()}
    return Answer(
        Chart(
            "departure",
            words.title,
            words.subtitle,
            charts.for_page(charts.lying_bars(words, bars), right=12),
            {
                "head": [
                    _("What is left"), _("Clients"), _("Revenue, %(currency)s") % unit,
                    _("Profit, %(currency)s") % unit, _("Profit, change, %"),
                    _("Share of the largest, %"), _("HHI"), _("As if so many of one size"),
                ],
                "rows": [
                    [
                        _name(each.count), each.clients, round(each.revenue, 2),
                        round(each.profit, 2), round(100 * _lost(each, whole), 1),
                        None if each.largest is None else round(100 * each.largest, 1),
                        None if each.hhi is None else round(each.hhi),
                        None if each.effective is None else round(each.effective, 1),
                    ]
                    for each in found
                ],
            },
            note=_(
                "Profit is before costs that stay whoever buys, so the fall that is felt is deeper. "
                "Above %(limit)s of revenue from one client the company depends on it."
            )
            % {"limit": percent(DEPENDENCE, 0)},
        ),
        [{**vars(each), "profit_change": _lost(each, whole)} for each in found],
        lambda: _behind(board),
    )  # fmt: skip


def _lost(each: Left, whole: Left) -> float:
    return each.profit / whole.profit - 1


def _name(count: int) -> str:
    if not count:
        return _("All clients")
    if count == 1:
        return _("Without the largest")
    return ngettext(
        "Without the %(n)s largest", "Without the %(n)s largest", count
    ) % {"n": number(count)}  # fmt: skip


def _answer(found: list[Left]) -> str:
    one, last = found[1], found[-1]
    words = {"one": percent(abs(_lost(one, found[0])), 0), "n": number(last.count)}
    if _lost(one, found[0]) >= 0:
        return _("Without the largest client profit would not fall: it brings none")
    if last.count == 1:
        return _("Without the largest client profit falls by %(one)s") % words
    words["many"] = percent(abs(_lost(last, found[0])), 0)
    if _lost(last, found[0]) >= 0:
        return _("Without the largest client profit falls by %(one)s") % words
    return (
        _("Without the largest client profit falls by %(one)s, without %(n)s by %(many)s") % words
    )


def _behind(board: Board) -> Behind:
    figures = board.portfolio
    places = np.flatnonzero(figures.active_now)
    places = places[np.argsort(-figures.revenue_now[places], kind="stable")]
    revenue, profit = figures.revenue_now[places], figures.profit_now[places]
    share = np.maximum(revenue, 0) / max(float(np.maximum(revenue, 0).sum()), 1e-9)
    left = profit.sum() - np.cumsum(profit)
    return Behind(
        [
            Column("revenue", _("Revenue"), "money"),
            Column("share", _("Share of revenue"), "percent"),
            Column("profit", _("Profit"), "money"),
            Column("left", _("Profit left without it and all above"), "money"),
        ],
        figures.ledger.ids[places],
        [revenue, share, profit, left],
    )
