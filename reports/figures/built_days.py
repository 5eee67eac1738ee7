"""Which days a built report is about, and the months, quarters and years that they touch."""

from __future__ import annotations

import datetime as dt

from .built_choices import TIMES, Definition


def start_of(unit: str, day: dt.date) -> dt.date:
    """The first day of the month, quarter or year that a day is in."""
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[unit]
    return day.replace(month=month, day=1)


def next_start(unit: str, day: dt.date) -> dt.date:
    """The first day of the month, quarter or year after."""
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    years, month = divmod(start_of(unit, day).month - 1 + months, 12)
    return dt.date(day.year + years, month + 1, 1)


def days_of(asked: Definition, day: dt.date, *, over: bool = False) -> tuple[dt.date, dt.date]:
    """The first and the last day of the period, as of ``day``; ``over``: as of its end.

    ``last_12``: the last twelve whole months; the one of ``day`` is whole where that is its last
    day and over.
    """
    one = dt.timedelta(days=1)
    month, quarter, year = (start_of(unit, day) for unit in TIMES)
    if asked.period == "between" and asked.since and asked.until:
        return asked.since, asked.until
    begun = start_of("month", day + one) if over else month
    return {
        "this_year": (year, day),
        "year_before": (year.replace(year=year.year - 1), year - one),
        "this_quarter": (quarter, day),
        "quarter_before": (start_of("quarter", quarter - one), quarter - one),
        "this_month": (month, day),
        "month_before": (start_of("month", month - one), month - one),
    }.get(asked.period, (begun.replace(year=begun.year - 1), begun - one))


def starts(unit: str, since: dt.date, until: dt.date) -> list[dt.date]:
    """First days of all months, quarters or years that the period touches."""
    found, day = [], start_of(unit, since)
    while day <= until:
        found.append(day)
        day = next_start(unit, day)
    return found
