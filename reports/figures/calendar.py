"""Periods of reports: the last whole week, month, quarter or year, and when its report is due."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple

Rhythm = Literal["week", "month", "quarter", "year"]
MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """First and last day, both in it."""

    starts: dt.date
    ends: dt.date


def last_whole(rhythm: Rhythm, day: dt.date) -> Period:
    """The last period of that kind that is over on ``day``: it ends the day before or earlier.

    Weeks begin on Monday (ISO 8601), quarters in January, April, July and October.
    """
    if rhythm == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Period(monday - dt.timedelta(days=7), monday - dt.timedelta(days=1))
    months = MONTHS[rhythm]
    first = day.replace(day=1)
    first = first.replace(month=(first.month - 1) // months * months + 1)
    last = first - dt.timedelta(days=1)
    begin = last.replace(day=1)
    return Period(begin.replace(month=(begin.month - 1) // months * months + 1), last)


def due_day(rhythm: Rhythm, period: Period, day: int) -> dt.date:
    """When the report of a period is due: that day of the week or month after its end.

    day: 1..7 of the week, 1..28 of the month; larger ones count as the largest.
    """
    most = 7 if rhythm == "week" else 28
    return period.ends + dt.timedelta(days=min(max(day, 1), most))


def due_period(rhythm: Rhythm, day: int, today: dt.date, hour_has_come: bool) -> Period:
    """The latest period whose report is due by now.  hour_has_come: today's hour is over."""
    period = last_whole(rhythm, today)
    due = due_day(rhythm, period, day)
    if due > today or (due == today and not hour_has_come):
        return last_whole(rhythm, period.starts)
    return period
