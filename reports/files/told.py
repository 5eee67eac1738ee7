"""Sentences that every file of a report says alike, and its tables in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kam.lib import formatting
from kam.lib.company import company
from reports.dashboards import kept


def company_of(report: Any) -> str:
    """The company as it was called then; of the first schema, as it is called now."""
    known = report.content.get("company")
    return company().name if known is None else known


def made_line(report: Any) -> str:
    """When it was made, and for whom where it is for one of us."""
    day = formatting.day(report.made_at.date(), language=report.language)
    reader = report.content.get("reader")
    if reader is None:  # the first schema
        reader = report.person.name
    if not reader:
        return _("Made on %(day)s") % {"day": day}
    return _("Made on %(day)s for %(name)s") % {"day": day, "name": reader}


@dataclass(frozen=True)
class Told:
    """A table in words, or a part of one that is too wide: ``total`` is empty or the last row."""

    title: str
    heads: list[str]
    kinds: list[str]
    rows: list[list[str]]
    total: list[str]
    empty: str


def tables_of(report: Any, most: int) -> list[Told]:
    """The tables of a report, of at most so many columns beside the first, which each part has."""
    currency = report.content["currency"]
    return [part for table in report.content["tables"] for part in _parts(table, currency, most)]


def _parts(table: dict[str, Any], currency: str, most: int) -> Iterator[Told]:
    columns = table["columns"]
    rows = [[cell.text for cell in row] for row in kept.shown_rows(table, currency)]
    total = [cell.text for cell in kept.shown_total(table, currency)]
    total = [pgettext("report", "Total"), *total] if total else []
    parts = max(1, -(-(len(columns) - 1) // most))
    size = max(1, -(-(len(columns) - 1) // parts))  # as many columns in each, or nearly
    for part in range(parts):
        places = [0, *range(1 + part * size, min(1 + (part + 1) * size, len(columns)))]
        title = f"{table['title']} ({part + 1}/{parts})" if parts > 1 else table["title"]
        yield Told(
            title,
            [columns[at]["label"] for at in places],
            [columns[at]["kind"] for at in places],
            [[row[at] for at in places] for row in rows],
            [total[at] for at in places] if total else [],
            table["empty"],
        )


def in_xml(text: str) -> str:
    """On one line, and without what XML cannot hold."""
    plain = " ".join(text.splitlines())
    return "".join(letter for letter in plain if letter >= " " and letter not in "\ufffe\uffff")
