"""Days as int64 counted from 1970-01-01, and the months and working days among them."""

from __future__ import annotations

import datetime as dt

import numpy as np

_FIRST_WORKING_DAY_OF_JANUARY = 9


def day_number(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def as_dates(days: np.ndarray) -> np.ndarray:
    return days.astype("datetime64[D]")


def years(days: np.ndarray) -> np.ndarray:
    return as_dates(days).astype("datetime64[Y]").astype(np.int64) + 1970


def month_starts(as_of: dt.date, months: int) -> np.ndarray:
    """First days of the ``months`` months that end with the month of ``as_of``, of the month
    after it, and of the one after that: shape (months + 2,)."""
    last = np.datetime64(as_of, "M")
    return np.arange(last - (months - 1), last + 3).astype("datetime64[D]").astype(np.int64)


def working(days: np.ndarray) -> np.ndarray:
    """The days, or the next working day: no weekends, and nothing on 1–8 January."""
    january = as_dates(days).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    opened = january + _FIRST_WORKING_DAY_OF_JANUARY - 1
    days = np.maximum(days, np.where(days < opened, opened, days))
    weekday = (days + 3) % 7  # 1 January 1970 was a Thursday; Monday is 0
    return days + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0))
