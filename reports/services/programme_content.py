"""The report on what the programme of key clients brought: the page's figures, as they were told."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.lib.company import company
from reports.dashboards.portfolio_charts import day
from reports.dashboards.programme import Programme, answer, programme, programme_charts, words_of
from reports.figures.calendar import Period

from .shapes import SCHEMA, Figure, Table, figure, new_table


def title() -> str:
    return _("Does the programme pay?")


def build(period: Period) -> dict[str, Any]:
    """Up to the last whole month of the period; for somebody who reads all clients.  What cannot
    be said yet is said so in ``headline``, and has no figure."""
    told = programme(period.ends + dt.timedelta(days=1))
    words = answer(told)
    return {
        "schema": SCHEMA,
        "title": title(),
        "sub": _("%(first)s – %(last)s; profit of key clients against look-alikes since the start")
        % {"first": day(period.starts), "last": day(told.as_of)},
        "as_of": period.ends,
        "headline": words,
        "ranking": None,
        "currency": company().currency,
        "texts": [{"key": "care", "title": _("How this is told"), "text": _care()}],
        "figures": _figures(told, period.ends),
        "tables": [_lines(told, words), _spent(told)],
        "charts": [vars(chart) for chart in programme_charts(told)],
    }


def _care() -> str:
    return _(
        "Each key client is set beside look-alikes that were never key; what counts is how much "
        "more its profit changed than theirs. All hours, rebates and service of key clients count "
        "as the programme's cost, so the verdict is on the careful side."
    )


def _figures(told: Programme, ends: dt.date) -> list[Figure]:
    source = f"/api/v1/programme/?as_of={ends}"
    found = told.verdict.found
    rows = [("key_clients", _("Key clients"), "number", told.keys, "key_clients")]
    if found is not None:
        rows += [
            ("effect", _("Effect on profit"), "percent", found.share, "effect.share"),
            ("effect_low", _("Effect, at least"), "percent", found.low, "effect.low"),
            ("effect_high", _("Effect, at most"), "percent", found.high, "effect.high"),
            ("gained", _("Profit gained"), "money", told.gained, "gained"),
            ("cost", _("It took"), "money", told.cost, "cost"),
            ("left", pgettext("programme", "Left after its cost"), "money", told.left, "left"),
            (
                "return", _("Return: (effect − cost) ÷ cost"), "percent", told.returned,
                "programme_return",
            ),
        ]  # fmt: skip
    return [figure(key, label, kind, value, source, path) for key, label, kind, value, path in rows]


def _lines(told: Programme, words: str) -> Table:
    table = new_table(
        "clients", _("Client by client"), words,
        [
            (_("Client"), "text"), (_("Key since"), "day"), (_("Profit a month before"), "money"),
            (pgettext("programme", "Since then"), "percent"), (_("Look-alikes"), "percent"),
            (pgettext("programme", "Gained"), "money", "sum", "share"),
        ],
    )  # fmt: skip
    for line in told.lines:
        table["rows"].append(
            [line.name, line.since, line.before, line.ratio, line.expected, line.money]
        )
        table["links"].append(reverse("client_detail", args=[line.client]))
    return table


def _spent(told: Programme) -> Table:
    table = new_table(
        "spent", _("What the programme took"), _("Nothing is counted as its cost yet."),
        [(_("What for"), "text"), (pgettext("programme", "Sum"), "money", "sum", "share")],
    )  # fmt: skip
    table["rows"] = [[words_of(key), amount] for key, amount in told.spent]
    return table
