"""When the present people can carry no more key clients: pure arithmetic on monthly counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kam.lib.periods import add_months

# The list must have been there so long before its growth says anything.
FEWEST_MONTHS = 6
# Growth is read from the last year alone.
MOST_MONTHS = 12
# Slower growth than this many clients a month is no growth: one client in two years.
SLOWEST = 1 / 24
# Further ahead a straight line is a guess.
HORIZON_MONTHS = 36
# From the decision to hire until somebody begins; then comes the onboarding.
HIRING_WEEKS = 8


@dataclass(frozen=True)
class Growth:
    """Key clients a month: the straight line through the counts, and its standard error."""

    a_month: float
    error: float

    @property
    def low(self) -> float:
        return self.a_month - self.error

    @property
    def high(self) -> float:
        return self.a_month + self.error


def growth(counts: Sequence[int]) -> Growth | None:
    """Least squares over monthly counts, oldest first; None with fewer than FEWEST_MONTHS steps."""
    values = np.asarray(counts[-(MOST_MONTHS + 1) :], dtype=float)
    if len(values) < FEWEST_MONTHS + 1:
        return None
    months = np.arange(len(values), dtype=float)
    months -= months.mean()
    spread = float((months**2).sum())
    slope = float((months * values).sum() / spread)
    rest = values - values.mean() - slope * months
    error = float(np.sqrt((rest**2).sum() / (len(values) - 2) / spread))
    return Growth(slope, error)


def reached_on(day: dt.date, present: int, capacity: int, a_month: float) -> dt.date | None:
    """When ``present`` has grown to ``capacity``; None within HORIZON_MONTHS not, or not at all."""
    if present >= capacity:
        return day
    if a_month < SLOWEST:
        return None
    months = (capacity - present) / a_month
    if months > HORIZON_MONTHS:
        return None
    whole = int(months)
    return add_months(day, whole) + dt.timedelta(days=round((months - whole) * 30))
