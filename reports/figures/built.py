"""The sums of a built report.

A cell is what one query found for a row and a column: ``parts``, sums under names.  Shares and
averages are made of sums at the end, so that those of a total are those of its sums.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from typing import Any

from .built_choices import MOST_COLUMNS, TIMES, Definition
from .built_days import starts

Key = Any
Parts = dict[str, Decimal | int]
Value = Decimal | int | None
# Rows on a page; the rest is summed up and said.
MOST_ROWS = 200


class Together(Enum):
    """Keys of what stands for several rows or columns: no text that somebody wrote is one."""

    REST = "rest"
    ALL = "all"


REST, ALL = Together.REST, Together.ALL


def added(all_parts: Iterable[Parts]) -> Parts:
    total: Parts = {}
    for parts in all_parts:
        for name, value in parts.items():
            total[name] = total.get(name, 0) + value
    return total


# What each measure is made of; missing parts make a missing value.
PARTS: dict[str, tuple[str, ...]] = {
    "profit": ("profit", "costings"),
    "margin": ("profit", "costed"),
    "average_invoice": ("invoiced", "invoices"),
}


def parts_of(measures: Iterable[str]) -> set[str]:
    """The sums that these measures are made of."""
    return {part for measure in measures for part in PARTS.get(measure, (measure,))}


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
    """``key``: of what, REST for the others together, ALL for all of them; ``values``: one for each column;
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
    return Figures(asked, columns, lines, _line(asked, ALL, columns, total), cells=cells)


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
