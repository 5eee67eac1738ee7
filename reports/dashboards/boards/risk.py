"""Which profit is at risk: how relationships fare against what clients bring a year."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db.models import FloatField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.measures.health import FAIR, GOOD
from accounts.models import HealthWeek
from reports import charts
from reports.dashboards.portfolio_charts import Chart, currency, day, money, number, percent
from reports.dashboards.portfolio_rows import Column
from reports.datasets import Floats
from reports.figures.abc_xyz import A_SHARE, B_SHARE, NONE
from reports.figures.risk_value import BANDS, VALUES, Field, risk_value
from reports.store import YEAR, copy_queryset

from .board import Answer, Behind, Board
from .words import caption, missing

# A score older than this says nothing of now.
WEEKS = 4


def scores(board: Board) -> Floats:
    """(n,) health 0–100 in the order of the portfolio's ledger as it was last computed; NaN where
    too little is known."""
    day_ = board.asked.as_of
    rows = (
        HealthWeek.objects.filter(
            week__lte=day_, week__gt=day_ - dt.timedelta(weeks=WEEKS), score__isnull=False
        )
        .order_by("client_id", "-week")
        .distinct("client_id")
    )
    ids, score = copy_queryset(
        rows.values_list("client_id", Cast("score", FloatField())), ("i8", "f8")
    )
    known = board.portfolio.ledger.ids
    found = np.full(len(known), np.nan)
    at = np.searchsorted(known, ids)
    at[at == len(known)] = 0
    here = known[at] == ids if len(known) else np.zeros(len(ids), bool)
    found[at[here]] = score[here]
    return found


def risk(board: Board) -> Answer:
    title = _("How the most valuable clients fare")
    figures = board.portfolio
    score, profit = scores(board), board.year_profit
    if not np.isfinite(score).any():
        return missing(
            board, "risk", title,
            _("Health has not been computed for these clients in the four weeks up to this date."),
        )  # fmt: skip
    if not figures.ledger.costed[-YEAR:].any() or not (profit > 0).any():
        return missing(
            board, "risk", title,
            _("These clients together brought no profit in a year, or its cost is not known."),
        )  # fmt: skip
    band, value, fields = risk_value(score, profit, fair=FAIR, good=GOOD)
    at_risk = fields["A"]["bad"]
    words = caption(
        _answer(at_risk, fields["A"]["watch"]),
        _("Which profit is at risk? Health on %(day)s against the profit of 12 months")
        % {"day": day(board.asked.as_of)},
    )
    shown = [letter for letter in VALUES if any(f.clients for f in fields[letter].values())]
    names, rows = band_words(), value_words()
    most = max(f.profit for row in fields.values() for f in row.values())
    figure = charts.grid(
        words,
        [names[each].replace(" ", "\n") for each in BANDS],
        [rows[letter] for letter in shown],
        [[max(fields[letter][each].profit, 0) for each in BANDS] for letter in shown],
        [[_text(fields[letter][each]) for each in BANDS] for letter in shown],
        [
            [
                f"{rows[letter].splitlines()[0]}, {names[each]}: {_text(fields[letter][each])}"
                for each in BANDS
            ]
            for letter in shown
        ],
        colours=["bad", "series-3", "good", "neutral"],
        top=most or 1.0,
    )
    unit = {"currency": currency()}
    return Answer(
        Chart(
            "risk",
            words.title,
            words.subtitle,
            charts.for_page(figure, right=12),
            {
                "head": [
                    _("Value"), pgettext("relationship", "Health"), _("Clients"), _("Profit, %(currency)s") % unit
                ],
                "rows": [
                    [rows[letter].replace("\n", ", "), names[each],
                     fields[letter][each].clients, round(fields[letter][each].profit, 2)]
                    for letter in shown for each in BANDS
                ],
            },
            note=_(
                "Bad is below %(fair)s of 100, good from %(good)s on. A makes the first %(a)s of "
                "profit, B up to %(b)s, C the rest."
            )
            % {"fair": FAIR, "good": GOOD, "a": percent(A_SHARE, 0), "b": percent(B_SHARE, 0)},
        ),
        [
            {"value": letter or "none", "health": each, **vars(fields[letter][each])}
            for letter in VALUES
            for each in BANDS
        ],
        lambda: _behind(board, score, profit, band, value),
    )  # fmt: skip


def _text(found: Field) -> str:
    return f"{number(found.clients)}\n{money(found.profit)}" if found.clients else ""


def _answer(bad: Field, watch: Field) -> str:
    if bad.clients:
        return ngettext(
            "%(money)s of profit hangs on %(n)s valuable client that fares badly",
            "%(money)s of profit hangs on %(n)s valuable clients that fare badly",
            bad.clients,
        ) % {"money": money(bad.profit), "n": number(bad.clients)}
    if watch.clients:
        return ngettext(
            "No valuable client fares badly; %(n)s needs an eye on it",
            "No valuable client fares badly; %(n)s need an eye on them",
            watch.clients,
        ) % {"n": number(watch.clients)}
    return _("No valuable client whose health is known fares badly")


def band_words() -> dict[str, str]:
    return {
        "bad": _("fares badly"),
        "watch": _("needs watching"),
        "good": _("fares well"),
        "unknown": _("not known"),
    }


def value_words() -> dict[str, str]:
    a, b = percent(A_SHARE, 0), percent(B_SHARE, 0)
    return {
        "A": "A\n" + _("first %(share)s") % {"share": a},
        "B": "B\n" + _("up to %(share)s") % {"share": b},
        "C": "C\n" + _("the rest"),
        NONE: _("no profit"),
    }


def _behind(
    board: Board, score: Floats, profit: Floats, band: np.ndarray, value: np.ndarray
) -> Behind:
    """The most profit at the worst health first."""
    figures = board.portfolio
    places = np.flatnonzero(figures.ledger.bought[-YEAR:].any(axis=0) | (profit != 0))
    rank = np.array([BANDS.index(each) for each in band[places]])
    places = places[np.lexsort((-profit[places], rank))]
    names = band_words()
    return Behind(
        [
            Column("health", pgettext("relationship", "Health"), "count"),
            Column("band", _("How it fares"), "text"),
            Column("value", _("Value"), "text"),
            Column("profit", _("Profit, 12 months"), "money"),
            Column("revenue", _("Revenue, 12 months"), "money"),
        ],
        figures.ledger.ids[places],
        [
            score[places],
            np.array([names[each] for each in band[places]], dtype=object),
            np.array([each or None for each in value[places].tolist()], dtype=object),
            profit[places],
            figures.ledger.revenue[-YEAR:].sum(axis=0)[places],
        ],
    )
