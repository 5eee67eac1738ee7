"""A kept report as pages, mails and files show it: its values in words, and what changed since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from kam.lib import formatting
from reports.models import Report


@dataclass(frozen=True)
class Shown:
    """A figure: ``value`` in words, ``delta`` against the report before (of money a fraction of
    it, of per cent and numbers the difference), None where there is none."""

    key: str
    label: str
    value: str
    exact: str
    delta: float | None
    kind: str
    source: str
    note: str


@dataclass(frozen=True)
class Cell:
    text: str
    kind: str
    link: str = ""


def text_of(value: Any, kind: str, currency: str, *, exact: bool = True) -> str:
    """A value of a report in the reader's language."""
    language = get_language() or "en"
    if value is None or value == "":
        return formatting.MISSING
    if kind == "money":
        write = formatting.money if exact else formatting.money_short
        return write(value, currency, language=language)
    if kind == "percent":
        return formatting.percent(value, language=language)
    if kind == "number":
        return formatting.number(value, language=language)
    if kind == "day":
        return formatting.day(dt.date.fromisoformat(value), language=language)
    return str(value)


def shown_figures(report: Report) -> list[Shown]:
    """The figures of a report beside those of the one before."""
    before = report.previous.content["figures"] if report.previous else []
    earlier = {each["key"]: each["value"] for each in before}
    currency = report.content["currency"]
    return [
        Shown(
            each["key"],
            each["label"],
            text_of(each["value"], each["kind"], currency, exact=False),
            text_of(each["value"], each["kind"], currency),
            delta_of(each["value"], earlier.get(each["key"]), each["kind"]),
            {"money": "percent", "percent": "points"}.get(each["kind"], "number"),
            each["source"],
            each["note"],
        )
        for each in report.content["figures"]
    ]


def delta_of(now: float | None, before: float | None, kind: str) -> float | None:
    """Change since the report before; None where either is missing or nothing can be divided."""
    if now is None or before is None:
        return None
    if kind != "money":
        return now - before
    return now / before - 1 if before > 0 else None


def shown_rows(table: dict[str, Any], currency: str) -> list[list[Cell]]:
    """The rows of a table in words; the first cell leads to the row's page."""
    rows = []
    for number, row in enumerate(table["rows"]):
        link = table["links"][number] if number < len(table["links"]) else ""
        kinds = [column["kind"] for column in table["columns"]]
        cells = [
            Cell(text_of(value, kind, currency), kind, link if place == 0 else "")
            for place, (value, kind) in enumerate(zip(row, kinds, strict=True))
        ]
        rows.append(cells)
    return rows


@dataclass(frozen=True)
class Moves:
    """Clients that came into the table of clients since the report before, and that left it."""

    came: list[str]
    left: list[str]


def moves(report: Report) -> Moves | None:
    if report.previous is None:
        return None

    def clients(content: dict[str, Any]) -> dict[str, str]:
        table = next(each for each in content["tables"] if each["key"] == "clients")
        return {link: row[0] for link, row in zip(table["links"], table["rows"], strict=True)}

    now, before = clients(report.content), clients(report.previous.content)
    return Moves(
        [name for link, name in now.items() if link not in before],
        [name for link, name in before.items() if link not in now],
    )
