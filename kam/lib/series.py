"""Months as whole numbers, and columns of figures by month: pure arithmetic, no business.

A month is counted from the year 0: year * 12 + month - 1. Whole numbers make gaps, windows and
joins plain additions; `first_day` and `month_of` lead to dates and back.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Months: TypeAlias = NDArray[np.int64]

YEAR = 12


def month_of(day: date) -> int:
    """The month that a date lies in."""
    return day.year * YEAR + day.month - 1


def first_day(month: int) -> date:
    """The first date of a month."""
    return date(month // YEAR, month % YEAR + 1, 1)


def last_day(month: int) -> date:
    """The last date of a month."""
    year, zero_based = divmod(month, YEAR)
    return date(year, zero_based + 1, monthrange(year, zero_based + 1)[1])


def is_month_end(day: date) -> bool:
    """Whether a date closes its month."""
    return day == last_day(month_of(day))


def add_months(day: date, months: int) -> date:
    """The same day some months later (or earlier); the month's last where it has no such day."""
    end = last_day(month_of(day) + months)
    return end.replace(day=min(day.day, end.day))


def months_between(first: date, last: date) -> list[date]:
    """First days of all months from the one of `first` to the one of `last`, both included;
    empty when last is in an earlier month."""
    return [first_day(m) for m in range(month_of(first), month_of(last) + 1)]


def whole_months(start: date, end: date) -> int:
    """Completed months from start to end; negative when end is earlier.

    A month is complete on the same day of the next one, or on its last where it has no such day.
    """
    if end < start:
        return -whole_months(end, start)
    months = month_of(end) - month_of(start)
    return months if add_months(start, months) <= end else months - 1


def months_of(days: Sequence[date] | NDArray[np.datetime64]) -> Months:
    """Months of many dates at once: int64 (n,)."""
    in_months = np.asarray(days, dtype="datetime64[M]").astype(np.int64)
    epoch: int = 1970 * YEAR
    return in_months + epoch


def fill_gaps(months: ArrayLike, values: ArrayLike, first: int, last: int) -> Floats:
    """One figure for each month first..last: (last - first + 1,), zero where there is none.

    Several values of one month add up; months outside are left out.
    """
    grid = align(np.zeros(np.size(months), dtype=np.int64), months, values, 1, first, last)
    row: Floats = grid[0]
    return row


def align(
    rows: ArrayLike, months: ArrayLike, values: ArrayLike, n_rows: int, first: int, last: int
) -> Floats:
    """Scattered (row, month, value) triples -> (n_rows, months first..last), zero in the gaps.

    rows: 0..n_rows - 1, say the position of a client. Several values of one cell add up; months
    outside are left out. Raises ValueError on a row that is not there.
    """
    r = np.asarray(rows, dtype=np.int64)
    m = np.asarray(months, dtype=np.int64)
    v = np.asarray(values, dtype=np.float64)
    if len(r) and (r.min() < 0 or r.max() >= n_rows):
        raise ValueError(f"rows: expected 0..{n_rows - 1}")
    width = max(0, last - first + 1)
    inside = (m >= first) & (m <= last)
    cells = r[inside] * width + (m[inside] - first)
    flat = np.bincount(cells, weights=v[inside], minlength=n_rows * width)
    return flat.astype(np.float64, copy=False).reshape(n_rows, width)


def trailing(values: ArrayLike, window: int) -> Floats:
    """Sums over the last `window` months at each month, along the last axis; same shape.

    NaN for the first months, whose window is not full: a short sum looks like a fall.
    Raises ValueError when the window is not positive.
    """
    if window < 1:
        raise ValueError("window: expected at least one month")
    x = np.asarray(values, dtype=np.float64)
    result = np.full(x.shape, np.nan)
    if x.shape[-1] >= window:
        # Summed window by window: differences of running totals would carry the rounding of large
        # months into small ones.
        windows = np.lib.stride_tricks.sliding_window_view(x, window, axis=-1)
        result[..., window - 1 :] = windows.sum(axis=-1)
    return result


def last_window(values: ArrayLike, window: int, ago: int = 0) -> Floats:
    """Sum of `window` months that end `ago` months before the last one, along the last axis.

    last_window(x, 12) is the trailing year, last_window(x, 12, ago=12) the one before. Months that
    lie before the first are taken as zero.
    """
    if window < 1 or ago < 0:
        raise ValueError("window: expected at least one month, ago: none or more")
    x = np.asarray(values, dtype=np.float64)
    stop = max(0, x.shape[-1] - ago)
    total: Floats = x[..., max(0, stop - window) : stop].sum(axis=-1)
    return total
