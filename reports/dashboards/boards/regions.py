"""Where profit comes from: clients by region."""

from __future__ import annotations

import numpy as np
from django.db.models import F, IntegerField, Value
from django.db.models.expressions import Func
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Client
from reports import charts
from reports.charts.frame import in_lines
from reports.dashboards.portfolio_charts import (
    Chart,
    currency,
    money,
    number,
    percent,
)
from reports.dashboards.portfolio_rows import Column
from reports.figures.regions import Part, parts
from reports.store import copy_queryset

from .board import Answer, Behind, Board
from .words import caption, missing, period

MOST, FEW = 10, 6


def codes(board: Board) -> tuple[list[str], np.ndarray]:
    """(names of the regions, "" first for none; the code of each client's region (n,))."""
    names = Client.objects.order_by().values_list("region", flat=True).distinct()
    regions = ["", *sorted(set(names) - {""})]
    place = Func(
        Value(regions), F("region"), function="array_position", output_field=IntegerField()
    )
    ids, at = copy_queryset(Client.objects.order_by().values_list("pk", place), ("i8", "i4"))
    known = board.portfolio.ledger.ids
    found = np.zeros(len(known), np.int64)
    order = np.argsort(ids)
    found[:] = at[order][np.searchsorted(ids[order], known)] - 1
    return regions, found


def regions(board: Board) -> Answer:
    title = _("Profit by region")
    figures = board.portfolio
    names, code = codes(board)
    active = figures.active_now
    if not (code[active] > 0).any():
        return missing(
            board, "regions", title,
            _("None of the clients that bought in these months has a region written down."),
        )  # fmt: skip
    if not figures.cost_share or figures.profit_now.sum() <= 0:
        return missing(
            board, "regions", title,
            _("These clients together brought no profit in these months, or its cost is not known."),
        )  # fmt: skip
    before = figures.profit_before if figures.comparable else np.zeros(len(code))
    found = parts(code, figures.profit_now, before, active, MOST)
    first = next(part for part in found if part.code > 0)
    words = caption(
        _("%(region)s brings %(share)s of profit")
        % {"region": names[first.code], "share": percent(first.share, 0)},
        _("Where does profit come from? Clients by region, %(period)s") % {"period": period(board)},
    )
    bars = [
        charts.Bar(
            "\n".join(in_lines(_name(part, names))),
            part.amount,
            money(part.amount) + _growth(part),
            f"{_name(part, names)}: {money(part.amount)}{_growth(part)}, "
            + ngettext("%(n)s client", "%(n)s clients", part.clients) % {"n": number(part.clients)},
            faint=part.code <= 0,
        )
        for part in found
    ]
    unit = {"currency": currency()}
    return Answer(
        Chart(
            "regions",
            words.title,
            words.subtitle,
            charts.for_page(charts.lying_bars(words, bars), right=12),
            {
                "head": [
                    _("Region"), _("Clients"), _("Profit, %(currency)s") % unit, _("Share, %"),
                    _("Year before, %(currency)s") % unit, _("Change, %"),
                ],
                "rows": [
                    [
                        _name(part, names), part.clients, round(part.amount, 2),
                        None if part.share is None else round(100 * part.share, 1),
                        round(part.before, 2) if figures.comparable else None,
                        None if part.growth is None else round(100 * part.growth, 1),
                    ]
                    for part in found
                ],
            },
            note=_("Per cent: against the same months a year before.")
            if figures.comparable else "",
            height="tall" if len(found) > FEW else "normal",
        ),
        [{"region": names[p.code] if p.code > 0 else "", **vars(p)} for p in found],
        lambda: _behind(board, names, code),
    )  # fmt: skip


def _growth(part: Part) -> str:
    return "" if part.growth is None else f", {percent(part.growth, 0, signed=True)}"


def _name(part: Part, names: list[str]) -> str:
    if part.code < 0:
        return ngettext("%(n)s more region", "%(n)s more regions", part.groups) % {
            "n": number(part.groups)
        }
    return names[part.code] or _("Not written down")


def _behind(board: Board, names: list[str], code: np.ndarray) -> Behind:
    """By region, the one with most profit first, and within it by profit."""
    figures = board.portfolio
    places = np.flatnonzero(figures.active_now | figures.active_before)
    now, before = figures.profit_now, figures.profit_before
    total = np.bincount(code, now, minlength=len(names))
    places = places[np.lexsort((-now[places], code[places], -total[code[places]]))]
    words = np.array([name or None for name in names], dtype=object)
    was = before[places] if figures.comparable else np.full(len(places), np.nan)
    ratio = np.full(len(places), np.nan)
    np.divide(now[places] - was, was, out=ratio, where=was > 0)
    return Behind(
        [
            Column("region", _("Region"), "text"),
            Column("profit", _("Profit"), "money"),
            Column("before", _("Year before"), "money"),
            Column("ratio", _("Change"), "percent"),
        ],
        figures.ledger.ids[places],
        [words[code[places]], now[places], was, ratio],
    )
