"""Effort against profit: what a fifth of the hours brings."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.measures.effort import effort_curve, share_at
from kam.lib.formatting import THIN
from reports import charts
from reports.dashboards.portfolio import FEWEST_CLIENTS
from reports.dashboards.portfolio_charts import Chart, money, number, percent, thinned
from reports.dashboards.portfolio_rows import Column
from reports.datasets import Floats

from .board import Answer, Behind, Board
from .words import caption, missing, period, too_few

FIFTH, MOST = 0.2, 0.8
TABLE = (0.1, 0.2, 0.3, 0.5, 0.8, 1.0)


def _by_client(board: Board) -> tuple[Floats, Floats, Floats]:
    """(hours, those of them by the rules, profit) of all served clients."""
    done = board.work.of("hours")
    (said,) = board.served.sums(done.client, done.amount)
    (by_rule,) = board.served.sums(board.guessed.client, board.guessed.amount)
    figures = board.portfolio
    return said + by_rule, by_rule, board.over_served(figures.ledger.ids, figures.profit_now)


def effort(board: Board) -> Answer:
    title = _("What effort brings")
    hours, by_rule, profit = _by_client(board)
    worked = hours > 0
    if not worked.any():
        return missing(
            board, "effort", title,
            _("Nobody has noted work or written down hours for these clients in these months."),
        )  # fmt: skip
    if worked.sum() < FEWEST_CLIENTS:
        return missing(board, "effort", title, too_few(int(worked.sum()), FEWEST_CLIENTS))
    if not profit[worked].sum() > 0:
        return missing(
            board, "effort", title,
            _("The clients that hours went to brought no profit in these months, or its cost is not known."),
        )  # fmt: skip
    x, y = effort_curve(hours[worked], profit[worked])
    fifth = share_at(x, y, FIFTH)
    words = caption(
        _("%(effort)s of the hours bring %(share)s of profit")
        % {"effort": percent(FIFTH, 0), "share": percent(fifth, 0)},
        _("Where does effort pay? From the client with most profit an hour on, %(period)s")
        % {"period": period(board)},
    )
    shown = thinned(len(x))
    figure = charts.pareto_curve(
        words,
        [round(float(v), 5) for v in x[shown]],
        [round(float(v), 5) for v in y[shown]],
        clients_label=_("of hours"),
        profit_label=_("of profit"),
        reference_label=f"20{THIN}/{THIN}80",
    )
    idle = float(profit[~worked].sum())
    idlers = int((~worked & (profit != 0)).sum())
    note = ngettext(
        "%(hours)s h for %(n)s client.", "%(hours)s h for %(n)s clients.", int(worked.sum())
    ) % {"hours": number(float(hours.sum())), "n": number(int(worked.sum()))}
    if by_rule.any():
        note += " " + _(
            "%(share)s of them by the rules from noted work, the rest as people said."
        ) % {"share": percent(float(by_rule.sum() / hours.sum()), 0)}
    if idlers:
        note += " " + ngettext(
            "%(n)s client without hours brought %(money)s and is not on the curve.",
            "%(n)s clients without hours brought %(money)s and are not on the curve.",
            idlers,
        ) % {"n": number(idlers), "money": money(idle)}
    return Answer(
        Chart(
            "effort",
            words.title,
            words.subtitle,
            charts.for_page(figure),
            {
                "head": [_("Hours, %"), _("Profit, %")],
                "rows": [[100 * at, round(100 * share_at(x, y, at), 1)] for at in TABLE],
            },
            note=note,
        ),
        [{"hours": at, "profit": share_at(x, y, at)} for at in TABLE],
        lambda: _behind(board, hours, profit),
    )


def _behind(board: Board, hours: Floats, profit: Floats) -> Behind:
    """Those with hours, the least profit an hour first: where to look."""
    places = np.flatnonzero(hours > 0)
    rate = profit[places] / hours[places]
    order = np.argsort(rate, kind="stable")
    places, rate = places[order], rate[order]
    total = float(profit[places].sum())
    share = profit[places] / total if total > 0 else np.full(len(places), np.nan)
    return Behind(
        [
            Column("hours", _("Hours"), "number"),
            Column("hours_share", _("Share of hours"), "percent"),
            Column("profit", _("Profit"), "money"),
            Column("profit_share", _("Share of profit"), "percent"),
            Column("rate", _("Profit an hour"), "money"),
        ],
        board.served.ids[places],
        [hours[places], hours[places] / hours[places].sum(), profit[places], share, rate],
    )
