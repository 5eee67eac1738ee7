"""What stands in a built report that came by itself: the builder's figures, as of the period."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.lib.company import company
from kam.lib.periods import today
from reports.dashboards import built_words as words
from reports.dashboards.built import Built, built
from reports.dashboards.built_behind import query_of
from reports.figures.built import Value
from reports.figures.built_choices import MEASURES, TIMES, Definition
from reports.figures.calendar import Period
from reports.models import BuiltReport

from .shapes import SCHEMA, Figure, Table, figure, new_table

KINDS = {"money": "money", "percent": "percent", "count": "number"}


def build(report: BuiltReport, period: Period) -> dict[str, Any]:
    """As of the end of the period, of what is known when it is made: what the builder's page
    would show then.  ``chosen`` keeps the choices."""
    asked = Definition.of(report.definition)
    found = built(asked, period.ends)
    texts = [
        {"key": key, "title": title, "text": text}
        for key, title, text in (
            ("limits", pgettext("report builder", "Which clients"), "\n".join(found.limits)),
            ("care", _("How this is told"), "\n".join(filter(None, (found.note, found.left_out)))),
        )
        if text
    ]
    chart = found.chart
    return {
        "schema": SCHEMA,
        "title": report.name,
        "sub": f"{found.period}; {found.title[:1].lower()}{found.title[1:]}",
        "as_of": period.ends,
        "headline": "",
        "ranking": None,
        "currency": company().currency,
        "texts": texts,
        "figures": _figures(found, period),
        "tables": [_table(found)],
        "charts": [vars(chart)] if chart else [],
        "chosen": asked.told(),
    }


def alike(now: dict[str, Any], before: dict[str, Any]) -> bool:
    """Whether two reports ask the same, and so can be compared; how it is drawn does not count."""

    def asked(content: dict[str, Any]) -> dict[str, Any]:
        return {**content.get("chosen", {}), "chart": ""}

    return asked(now) == asked(before)


def _figures(found: Built, period: Period) -> list[Figure]:
    """The whole of each measure.  Their address says the choices, which may change meanwhile."""
    days = urlencode({"as_of": period.ends, "known": today()})
    source = f"/api/v1/built-figures/?{query_of(found.asked)}&{days}"
    places = [len(found.total) - 1] if found.asked.split else range(len(found.total))
    return [
        figure(
            measure, str(words.MEASURES[measure]), KINDS[MEASURES[measure].unit],
            _plain(found.total[place]), source, f"total.{place}",
        )
        for measure, place in zip(found.asked.measures, places, strict=True)
    ]  # fmt: skip


def _table(found: Built) -> Table:
    """The rows as the builder's page has them; each leads to what is behind it, in these days."""
    asked = found.asked
    adds = all(MEASURES[each].adds for each in asked.measures)
    heads: list[tuple[str, ...]] = [(str(words.DIMENSIONS[asked.rows]), "text")]
    for column in found.columns:
        summed = adds if asked.split else MEASURES[column.key].adds
        heads.append((column.label, KINDS[column.unit], *(("sum",) if summed else ())))
    table = new_table("built", found.title, _("Nothing in this period"), heads)
    table["rows"] = [[row.name, *map(_plain, row.values)] for row in found.page]
    table["links"] = [row.address for row in found.page]
    table["keys"] = [str(row.key) for row in found.page]
    # Of more rows than there is room for, those shown say nothing by coming and going.
    table["rolls"] = asked.rows in TIMES or bool(found.left_out)
    if table["rows"]:
        table["total"] = [None, *map(_plain, found.total)]
    return table


def _plain(value: Value) -> float | None:
    return None if value is None else float(value)
