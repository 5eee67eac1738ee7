"""A built report: from what was chosen to its figures, chart and rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.selectors.facts import default_date
from kam.lib import formatting
from kam.lib.periods import today
from kam.lib.scoping import current
from reports import charts
from reports.charts import built as drawing
from reports.figures.built import ALL, MOST_ROWS, Figures, Key, Line, Value, figures
from reports.figures.built_choices import MEASURES, TIMES, Definition
from reports.figures.built_days import days_of, next_start, starts
from reports.inputs import built as inputs

from . import built_words as words
from .built_behind import Behind
from .portfolio_charts import Chart, currency, language, money, number, percent

# Rows that a chart has room for; the table below has them all.
MOST_BARS = 15
BATCH = 1_000


@dataclass(frozen=True)
class Column:
    """unit: money, percent (a fraction) or count."""

    key: str
    label: str
    unit: str


@dataclass(frozen=True)
class Row:
    """``address``, ``addresses``: where the name and each value lead, empty where nowhere."""

    key: Key
    name: str
    values: list[Value]
    address: str = ""
    addresses: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Built:
    asked: Definition
    since: dt.date
    until: dt.date
    figures: Figures
    # Whether what it leads to is of these days for ever.
    fixed: bool = False

    @property
    def title(self) -> str:
        return words.title_of(self.asked)

    @property
    def period(self) -> str:
        return words.period_of(self.since, self.until)

    @cached_property
    def limits(self) -> list[str]:
        """Which clients are taken, where not all."""
        return words.limits_of(self.asked, current())

    @cached_property
    def columns(self) -> list[Column]:
        """With a split its parts, and the whole at the end."""
        if not self.asked.split:
            return [
                Column(key, str(words.MEASURES[key]), MEASURES[key].unit)
                for key in self.figures.columns
            ]
        unit = MEASURES[self.asked.measures[0]].unit
        names = words.names_of(self.asked.split, self.figures.columns)
        return [
            *(Column(f"part-{n}", names[key], unit) for n, key in enumerate(self.figures.columns)),
            Column("whole", pgettext("report builder", "Together"), unit),
        ]

    def __len__(self) -> int:
        return len(self.figures.lines)

    @cached_property
    def page(self) -> list[Row]:
        """The rows of the page; those that have no room there as one, the last."""
        return self._rows(self.figures.shown(), leading=True)

    def all(self) -> Iterator[Row]:
        """All rows, some thousand at a time."""
        lines = self.figures.lines
        for start in range(0, len(lines), BATCH):
            yield from self._rows(lines[start : start + BATCH])

    def some(self, number: int) -> list[Row]:
        """So many rows as one answer of the API has, from 1."""
        return self._rows(self.figures.lines[(number - 1) * BATCH : number * BATCH])

    @property
    def total(self) -> list[Value]:
        return self._values(self.figures.total)

    @property
    def total_addresses(self) -> list[str]:
        return self._addresses(self.figures.total)

    def _values(self, line: Line) -> list[Value]:
        return [*line.values, line.whole] if self.asked.split else line.values

    def _rows(self, lines: list[Line], *, leading: bool = False) -> list[Row]:
        names = words.names_of(self.asked.rows, [line.key for line in lines])
        return [
            Row(
                line.key, names[line.key], self._values(line),
                *((self._behind.row(line.key), self._addresses(line)) if leading else ()),
            )
            for line in lines
        ]  # fmt: skip

    @cached_property
    def _behind(self) -> Behind:
        return Behind(self.asked, self.since, self.until, fixed=self.fixed)

    def _addresses(self, line: Line) -> list[str]:
        """Of each value; without a split a row leads there by its name."""
        asked, columns = self.asked, self.figures.columns
        if not asked.split and asked.rows != "client" and line.key != ALL:
            return [""] * len(columns)
        places: list[tuple[Key, str]] = (
            [(column, asked.measures[0]) for column in (*columns, ALL)]
            if asked.split
            else [(ALL, measure) for measure in columns]
        )
        return [
            "" if value is None else self._behind.cell(line.key, column, measure)
            for (column, measure), value in zip(places, self._values(line), strict=True)
        ]

    @property
    def left_out(self) -> str:
        """How many rows stand together in the last one; empty where none do."""
        left = len(self) - MOST_ROWS
        if left <= 0:
            return ""
        return ngettext(
            "The page shows the first %(most)s rows; %(left)s more stands as “The others” and is in the files.",
            "The page shows the first %(most)s rows; %(left)s more stand together as “The others” and are in the files.",
            left,
        ) % {"most": number(MOST_ROWS), "left": number(left)}

    @property
    def note(self) -> str:
        said = []
        if self.asked.by_line:
            said.append(_("Told by the lines of documents; a document without lines is not in it."))
        if {"profit", "margin"} & set(self.asked.measures):
            said.append(_("Profit is of what was sold at a known cost."))
        if cut := words.names_of(self._unit, self._cut):
            told = {"parts": ", ".join(cut.values())}
            said.append(_("%(parts)s: only the days within the period.") % told)
        return " ".join(said)

    @property
    def _unit(self) -> str:
        """Month, quarter or year, where rows or columns are times."""
        return next((each for each in (self.asked.rows, self.asked.split) if each in TIMES), "")

    @property
    def _cut(self) -> list[dt.date]:
        """First days of the months, quarters or years that the period does not hold whole."""
        if not self._unit:
            return []
        return [
            start
            for start in starts(self._unit, self.since, self.until)
            if start < self.since or next_start(self._unit, start) > self.until + dt.timedelta(1)
        ]

    @cached_property
    def chart(self) -> Chart | None:
        """None where only the table was asked for, or nothing is there to draw."""
        asked, lines = self.asked, self.figures.lines
        if asked.chart == "table" or not any(v is not None for v in self.figures.total.values):
            return None
        upright = asked.rows in TIMES
        lines = lines if upright else lines[:MOST_BARS]
        named = words.names_of(asked.rows, [line.key for line in lines])
        names = [named[line.key] for line in lines]
        unit = MEASURES[asked.measures[0]].unit
        sub = "; ".join((self.period, *self.limits))
        if len(lines) < len(self):
            sub += "; " + ngettext(
                "the first %(n)s row", "the first %(n)s rows", len(lines)
            ) % {"n": number(len(lines))}  # fmt: skip
        caption = charts.Caption(self.title, sub, language())  # type: ignore[arg-type]
        if not (upright or asked.split):
            bars = [
                charts.Bar(name, float(line.values[0] or 0), (text := shown(line.values[0], unit)),
                           f"{name}: {text}")
                for name, line in zip(names, lines, strict=True)
            ]  # fmt: skip
            figure = charts.lying_bars(caption, bars)
        else:
            # What has another unit than the first measure stands in the table alone.
            series = [
                drawing.Series(
                    column.label, [_scaled(line.values[at], unit) for line in lines]
                )
                for at, column in enumerate(self.columns)
                if column.unit == unit and at < len(self.figures.columns)
            ]  # fmt: skip
            shape: Any = asked.chart
            figure = drawing.drawn(
                caption, names, series, shape, upright=upright, unit=unit_sign(unit)
            )
        # A split has its legend below the bars.
        tall = not upright and len(lines) > (5 if asked.split else 8)
        return Chart(
            "built", self.title, sub, charts.for_page(figure, right=12),
            height="tall" if tall else "normal",
        )  # fmt: skip


def built(asked: Definition, ends: dt.date | None = None, known: dt.date | None = None) -> Built:
    """The figures of the reader, of what is known by now; of a history that ended long ago, as of
    its last invoice.  ``ends``: the last day of a time that is over, as of whose end it is asked,
    by what was known on the day ``known``, today where none is given.
    """
    day = default_date() if ends is None else ends
    known = day if ends is None else known or today()
    since, until = days_of(asked, day, over=ends is not None)
    found = figures(asked, inputs.cells(asked, since, until, known), since, until)
    return Built(asked, since, until, found, fixed=ends is not None)


def unit_sign(unit: str) -> str:
    return {"money": currency(), "percent": "%"}.get(unit, "")


def _scaled(value: Value, unit: str) -> float | None:
    if value is None:
        return None
    return float(value) * (100 if unit == "percent" else 1)


def shown(value: Value, unit: str) -> str:
    """A value with its unit, short."""
    if value is None:
        return formatting.MISSING
    if unit == "money":
        return money(float(value))
    return percent(float(value)) if unit == "percent" else number(float(value))


def examples() -> list[tuple[str, Definition]]:
    """What to begin with."""
    return [
        (
            _("How do revenue and profit move from month to month?"),
            Definition(("revenue", "profit"), "month", chart="lines"),
        ),
        (
            _("What does each KAM's portfolio bring, quarter by quarter?"),
            Definition(("revenue",), "kam", "quarter", chart="stacked"),
        ),
        (
            _("Which product families earn, and at which margin?"),
            Definition(("revenue", "profit", "margin"), "family"),
        ),
        (
            _("Who buys most, how often and for how much at a time?"),
            Definition(("revenue", "profit", "invoices", "average_invoice"), "client"),
        ),
    ]
