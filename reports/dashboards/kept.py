"""A kept report as pages, mails and files show it: its values in words, and what changed since."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kam.lib import formatting

Content = dict[str, Any]
# Names told of one table; the others are counted.
MOST_NAMES = 5


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


def before_of(report: Any) -> dict[str, Any]:
    """Key -> value of the figures in the report before, as that report was kept.

    Reports of the first schema hold no copy of them: there the report before is asked itself.
    """
    content = report.content
    if "before" in content:
        return content["before"]["figures"] if content["before"] else {}
    told = report.previous.content["figures"] if report.previous else []
    return {each["key"]: each["value"] for each in told}


def shown_figures(report: Any) -> list[Shown]:
    """The figures of a report, or of a business review, beside those of the one before."""
    earlier, currency = before_of(report), report.content["currency"]
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


def shown_total(table: dict[str, Any], currency: str) -> list[Cell]:
    """The last row of a table that has one: its totals, without the first cell."""
    kinds = [column["kind"] for column in table["columns"]]
    pairs = list(zip(table.get("total") or [], kinds, strict=False))
    return [Cell(text_of(value, kind, currency), kind) for value, kind in pairs[1:]]


# --- What changed since the report before, in words ---------------------------------------------


def changes(now: Content, before: Content) -> list[str]:
    """Sentences: figures that moved, rows of tables that came and went or stand otherwise, and
    what stayed."""
    told, same = [], []
    earlier = {each["key"]: each["value"] for each in before["figures"]}
    for each in now["figures"]:
        was, value = earlier.get(each["key"]), each["value"]
        if was is None or value is None:
            continue
        if was == value:
            same.append(each["label"])
            continue
        told.append(_moved(each, was, now["currency"]))
    then = {table["key"]: table for table in before["tables"]}
    for table in now["tables"]:
        if table["key"] in then:
            told += _rows_moved(table, then[table["key"]])
    if same:
        told.append(_("Unchanged: %(names)s.") % {"names": "; ".join(same)})
    return told


def _moved(figure: dict[str, Any], was: float, currency: str) -> str:
    kind, value = figure["kind"], figure["value"]
    words = {
        "label": figure["label"],
        "before": text_of(was, kind, currency, exact=False),
        "now": text_of(value, kind, currency, exact=False),
        "by": delta_text(
            delta_of(value, was, kind),
            {"money": "percent", "percent": "points"}.get(kind, "number"),
        ),
    }
    if not words["by"]:
        return _("%(label)s: was %(before)s, is %(now)s.") % words
    return _("%(label)s: was %(before)s, is %(now)s (%(by)s).") % words


def _rows_moved(table: dict[str, Any], before: dict[str, Any]) -> list[str]:
    """Rows are told apart by their keys, by where they lead to, or by their first cell."""
    now, then = _by_row(table), _by_row(before)
    told = []
    # Rows that are times, or some of many, are others each time and say nothing by that.
    times = table["columns"][0]["kind"] != "text"
    rolls = times or table.get("rolls") or before.get("rolls")
    for format_, names in (
        (_("%(table)s: new — %(names)s."), [row for key, row in now.items() if key not in then]),
        (
            _("%(table)s: no longer there — %(names)s."),
            [row for key, row in then.items() if key not in now],
        ),
    ):
        if names and not rolls:
            named = [_named(row, table) for row in names]
            told.append(format_ % {"table": table["title"], "names": _listed(named)})
    column = table.get("state")
    if column is not None:
        for key, row in now.items():
            if key in then and then[key][column] != row[column]:
                words = {
                    "name": _named(row, table), "before": then[key][column], "now": row[column]
                }  # fmt: skip
                told.append(_("%(name)s: was %(before)s, is %(now)s.") % words)
    return told


def _by_row(table: dict[str, Any]) -> dict[str, list[Any]]:
    keys = table.get("keys") or table["links"]
    return {
        keys[number] if number < len(keys) else str(row[0]): row
        for number, row in enumerate(table["rows"])
    }


def _named(row: list[Any], table: dict[str, Any]) -> str:
    """A row by its first cell, and whose it is where rows of one name belong to several."""
    name = _("“%(name)s”") % {"name": str(row[0]).rstrip(".")}
    whose = table.get("whose")
    return name if whose is None else f"{name} ({row[whose]})"


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    more = len(names) - MOST_NAMES
    return _("%(names)s and %(n)s more") % {"names": shown, "n": more} if more > 0 else shown


def delta_text(delta: float | None, kind: str) -> str:
    """A change, signed, in its own unit: "percent", "points" or "number"."""
    language = get_language() or "en"
    if delta is None:
        return ""
    if kind == "percent":
        return formatting.percent(delta, language=language, signed=True)
    if kind == "points":
        points = formatting.number(100 * delta, 1, language=language, signed=True)
        return _("%(points)s points") % {"points": points}
    return formatting.number(delta, language=language, signed=True)


def changes_of(report: Any) -> list[str]:
    """What changed, as it was told when the report was made; of the first schema, told now."""
    if "changes" in report.content:
        return report.content["changes"]
    return changes(report.content, report.previous.content) if report.previous else []
