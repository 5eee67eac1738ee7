"""When a client may order next, by its own rhythm.  Pure.

No model of other clients and no season: the middle half of the client's own gaps between days of
orders, laid from its last order on.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

# Fewer days of orders say nothing of a rhythm.
ORDERS_NEEDED = 5
# Older ones tell of another time.
DAYS_ASKED = 730

State = Literal["ahead", "open", "past"]


@dataclass(frozen=True)
class Window:
    """``lower``, ``median``, ``upper``: quartiles of the gaps, in days.  The window opens on
    ``earliest`` and closes on ``latest``; half of the gaps so far fell within it."""

    orders: int
    lower: float
    median: float
    upper: float
    last: dt.date
    earliest: dt.date
    expected: dt.date
    latest: dt.date

    def state(self, day: dt.date) -> State:
        if day < self.earliest:
            return "ahead"
        return "open" if day <= self.latest else "past"

    def days_past(self, day: dt.date) -> int:
        """How long ago the window closed; 0 while it has not."""
        return max(0, (day - self.latest).days)


def next_order(days: Iterable[dt.date], upto: dt.date) -> Window | None:
    """The window of the next order, from days of orders in any order; several on a day are one.

    None where the ``DAYS_ASKED`` days up to ``upto`` hold fewer than ``ORDERS_NEEDED`` of them.
    The window opens at the whole day below the lower quartile and closes at the one above the
    upper quartile, at least a day after the last order.
    """
    first = upto - dt.timedelta(days=DAYS_ASKED)
    known = sorted({day for day in days if first < day <= upto})
    if len(known) < ORDERS_NEEDED:
        return None
    gaps = sorted((b - a).days for a, b in itertools.pairwise(known))
    lower, median, upper = (quantile(gaps, q) for q in (0.25, 0.5, 0.75))
    last = known[-1]
    return Window(
        len(known), lower, median, upper, last,
        last + dt.timedelta(days=max(1, math.floor(lower))),
        last + dt.timedelta(days=max(1, math.floor(median + 0.5))),
        last + dt.timedelta(days=max(1, math.ceil(upper))),
    )  # fmt: skip


def quantile(ascending: Sequence[int], q: float) -> float:
    """Type 7 quantile, as NumPy's default, of at least one ascending value."""
    place = (len(ascending) - 1) * q
    below = math.floor(place)
    above = min(below + 1, len(ascending) - 1)
    return ascending[below] + (ascending[above] - ascending[below]) * (place - below)
