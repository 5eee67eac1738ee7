"""A report that somebody builds: what may be chosen, what has no meaning together, and its sums.

A cell is what one query found for a row and a column: ``parts``, sums under names.  Shares and
averages are made of sums at the end, so that those of a total are those of its sums.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal

Key = Any
Parts = dict[str, Decimal | int]
Value = Decimal | int | None


@dataclass(frozen=True)
class Measure:
    """``source``: where its sums come from; ``adds``: whether its parts make up the whole;
    ``by_line``: whether lines of documents tell it, and so product families."""

    key: str
    source: Literal["documents", "payments", "talks"]
    unit: Literal["money", "percent", "count"]
    adds: bool = True
    by_line: bool = False


MEASURES = {
    each.key: each
    for each in (
        Measure("revenue", "documents", "money", by_line=True),
        Measure("profit", "documents", "money", by_line=True),
        Measure("margin", "documents", "percent", adds=False, by_line=True),
        Measure("invoices", "documents", "count"),
        Measure("average_invoice", "documents", "money", adds=False),
        Measure("discount", "documents", "money"),
        Measure("received", "payments", "money"),
        Measure("talks", "talks", "count"),
    )
}
TIMES = ("month", "quarter", "year")
DIMENSIONS = ("client", "kam", "team", "segment", "region", "family", *TIMES)
PERIODS = (
    "last_12", "this_year", "year_before", "this_quarter", "quarter_before", "between",
)  # fmt: skip
CHARTS = ("table", "bars", "lines", "stacked")
FILTERS = ("owner", "team", "segment", "region", "family")
MOST_MEASURES = 4
MOST_YEARS = 10
# Rows on a page, and columns of a split; the rest is summed up and said.
MOST_ROWS = 200
MOST_COLUMNS = 36
REST = "rest"


@dataclass(frozen=True)
class Definition:
    """What was chosen.  ``since``, ``until``: of the period "between"; ``owner``, ``team`` and
    ``family``: ids as text, ``owner`` also "none"; empty means no limit."""

    measures: tuple[str, ...] = ("revenue",)
    rows: str = "client"
    split: str = ""
    period: str = "last_12"
    since: dt.date | None = None
    until: dt.date | None = None
    key_only: bool = False
    owner: str = ""
    team: str = ""
    segment: str = ""
    region: str = ""
    family: str = ""
    chart: str = "bars"

    @property
    def by_line(self) -> bool:
        return "family" in (self.rows, self.split) or bool(self.family)

    def told(self) -> dict[str, Any]:
        """As JSON keeps it: only what was chosen."""
        found: dict[str, Any] = {}
        for name, value in asdict(self).items():
            if isinstance(value, dt.date):
                found[name] = value.isoformat()
            elif value:
                found[name] = list(value) if name == "measures" else value
        return found

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Definition:
        """From what :meth:`told` said; what is not known is left out."""
        known = {name: told[name] for name in cls.__dataclass_fields__ if name in told}
        for name in ("since", "until"):
            if known.get(name):
                known[name] = dt.date.fromisoformat(known[name])
        if "measures" in known:
            known["measures"] = tuple(known["measures"])
        return cls(**known)


def faults(asked: Definition) -> list[tuple[str, str]]:
    """What has no meaning together: (field, why), one for each field at most."""
    found: dict[str, str] = {}

    def fault(name: str, why: str, wrong: bool) -> None:
        if wrong:
            found.setdefault(name, why)

    chosen = [MEASURES[key] for key in asked.measures]
    fault("measures", "count", not 1 <= len(chosen) <= MOST_MEASURES)
    fault("measures", "one_of_split", bool(asked.split) and len(chosen) > 1)
    fault("measures", "by_line", asked.by_line and not all(each.by_line for each in chosen))
    fault("split", "same", asked.split == asked.rows)
    fault("split", "client", asked.split == "client")
    fault("split", "time", asked.split in TIMES and asked.rows in TIMES)
    if asked.period == "between":
        fault("since", "needed", asked.since is None)
        fault("until", "needed", asked.until is None)
        if asked.since and asked.until:
            fault("until", "before", asked.until < asked.since)
            months = (asked.until - asked.since).days / 30.5
            fault("split", "many", asked.split == "month" and months > MOST_COLUMNS)
            fault("until", "long", (asked.until - asked.since).days > 366 * MOST_YEARS)
    fault("chart", "lines", asked.chart == "lines" and asked.rows not in TIMES)
    fault("chart", "stacked", asked.chart == "stacked" and not asked.split)
    fault(
        "chart", "adds", asked.chart == "stacked" and not all(each.adds for each in chosen),
    )  # fmt: skip
    return list(found.items())


# --- Time ---------------------------------------------------------------------------------------


def start_of(unit: str, day: dt.date) -> dt.date:
    """The first day of the month, quarter or year that a day is in."""
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return day.replace(month=month, day=1)


def next_start(unit: str, day: dt.date) -> dt.date:
    """The first day of the month, quarter or year after."""
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    years, month = divmod(start_of(unit, day).month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, 1)


def days_of(asked: Definition, today: dt.date) -> tuple[dt.date, dt.date]:
    """The first and the last day of the period, as of today.

    ``last_12``: the twelve whole months before the present one.
    """
    one = dt.timedelta(days=1)
    month, quarter, year = (start_of(unit, today) for unit in TIMES)
    if asked.period == "between" and asked.since and asked.until:
        return asked.since, asked.until
    return {
        "this_year": (year, today),
        "year_before": (year.replace(year=year.year - 1), year - one),
        "this_quarter": (quarter, today),
        "quarter_before": (start_of("quarter", quarter - one), quarter - one),
    }.get(asked.period, (month.replace(year=month.year - 1), month - one))


def starts(unit: str, since: dt.date, until: dt.date) -> list[dt.date]:
    """First days of all months, quarters or years that the period touches."""
    found, day = [], start_of(unit, since)
    while day <= until:
        found.append(day)
        day = next_start(unit, day)
    return found


# --- Sums ---------------------------------------------------------------------------------------


def added(all_parts: Iterable[Parts]) -> Parts:
    total: Parts = {}
    for parts in all_parts:
        for name, value in parts.items():
            total[name] = total.get(name, 0) + value
    return total


def value_of(measure: str, parts: Parts) -> Value:
    """None where nothing tells it: missing is not zero."""
    if measure == "profit":
        return parts["profit"] if parts.get("costings") else None
    if measure == "margin":
        return _ratio(parts.get("profit"), parts.get("costed"))
    if measure == "average_invoice":
        return _ratio(parts.get("invoiced"), parts.get("invoices"))
    return parts.get(measure)


def _ratio(above: Decimal | int | None, below: Decimal | int | None) -> Decimal | None:
    return Decimal(above) / Decimal(below) if above is not None and below else None


@dataclass(frozen=True)
class Line:
    """``key``: of what, REST for the others together; ``values``: one for each column;
    ``whole``: of all columns of a split, else None."""

    key: Key
    values: list[Value]
    whole: Value = None


@dataclass(frozen=True)
class Figures:
    """``columns``: measures, or keys of the split; ``lines``: all of them, in order."""

    asked: Definition
    columns: list[Key]
    lines: list[Line]
    total: Line
    cells: Mapping[tuple[Key, Key], Parts] = field(default_factory=dict)

    def shown(self, most: int = MOST_ROWS) -> list[Line]:
        """The first lines; the others as one, REST."""
        if len(self.lines) <= most:
            return self.lines
        rest = {line.key for line in self.lines[most:]}
        cells: dict[Key, list[Parts]] = {}
        for (row, column), parts in self.cells.items():
            if row in rest:
                cells.setdefault(column, []).append(parts)
        together = {column: added(found) for column, found in cells.items()}
        return [*self.lines[:most], _line(self.asked, REST, self.columns, together)]

    @property
    def left_out(self) -> int:
        return max(0, len(self.lines) - MOST_ROWS)


def figures(
    asked: Definition,
    cells: Mapping[tuple[Key, Key], Parts],
    since: dt.date,
    until: dt.date,
) -> Figures:
    """``cells``: (row, column of the split or "") -> parts.

    Times stand in their order, without a gap; others by their first measure, the largest first.
    """
    by_row: dict[Key, dict[Key, Parts]] = {}
    for (row, column), parts in cells.items():
        by_row.setdefault(row, {})[column] = parts
    columns: list[Key] = list(asked.measures)
    if asked.split:
        columns = _columns(asked, cells, since, until)
        if len(columns) > MOST_COLUMNS:
            kept = set(columns[: MOST_COLUMNS - 1])
            by_row = {row: _folded(found, kept) for row, found in by_row.items()}
            columns = [*columns[: MOST_COLUMNS - 1], REST]
            cells = {(row, at): p for row, found in by_row.items() for at, p in found.items()}
    if asked.rows in TIMES:
        keys = starts(asked.rows, since, until)
        lines = [_line(asked, key, columns, by_row.get(key, {})) for key in keys]
    else:
        lines = [_line(asked, key, columns, found) for key, found in by_row.items()]
        lines.sort(key=lambda line: _size(line.whole if asked.split else line.values[0]))
    whole: dict[Key, list[Parts]] = {}
    for (_row, column), parts in cells.items():
        whole.setdefault(column, []).append(parts)
    total = {column: added(found) for column, found in whole.items()}
    return Figures(asked, columns, lines, _line(asked, "", columns, total), cells=cells)


def _line(asked: Definition, key: Key, columns: list[Key], found: Mapping[Key, Parts]) -> Line:
    if not asked.split:
        parts = found.get("", {})
        return Line(key, [value_of(each, parts) for each in columns])
    (measure,) = asked.measures
    values = [value_of(measure, found.get(column, {})) for column in columns]
    return Line(key, values, value_of(measure, added(found.values())))


def _columns(
    asked: Definition, cells: Mapping[tuple[Key, Key], Parts], since: dt.date, until: dt.date
) -> list[Key]:
    if asked.split in TIMES:
        return list(starts(asked.split, since, until))
    (measure,) = asked.measures
    by_column: dict[Key, list[Parts]] = {}
    for (_row, column), parts in cells.items():
        by_column.setdefault(column, []).append(parts)
    return sorted(by_column, key=lambda at: _size(value_of(measure, added(by_column[at]))))


def _folded(found: Mapping[Key, Parts], kept: set[Key]) -> dict[Key, Parts]:
    """The columns beyond the first ones as one."""
    folded = {at: parts for at, parts in found.items() if at in kept}
    if rest := [parts for at, parts in found.items() if at not in kept]:
        folded[REST] = added(rest)
    return folded


def _size(value: Value) -> tuple[bool, Decimal | int]:
    return value is None, -(value or 0)
