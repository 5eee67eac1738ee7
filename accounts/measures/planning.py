"""How far one should be by now, and where it leads: paths, forecasts and rebates.  Pure.

Amounts are Decimals in the company's currency, net of VAT.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
# A forecast needs this part of the expected path behind it, else it says little.
ENOUGH_OF_PATH = Decimal("0.25")
# A pattern of the year is one's own only with purchases in at least so many of its months.
MONTHS_FOR_PATTERN = 6


def days_between(start: dt.date, end: dt.date) -> int:
    """Days from ``start`` to ``end``, both included; none where the end lies before."""
    return max((end - start).days + 1, 0)


def pattern_of(history: Mapping[tuple[int, int], Decimal]) -> dict[int, Decimal] | None:
    """What part of a year each calendar month brings: {1..12: share}, from twelve months of sales
    {(year, month): amount}.  None where fewer than six of them have sales."""
    months = {month: max(amount, Decimal(0)) for (_, month), amount in history.items()}
    total = sum(months.values(), Decimal(0))
    if len(history) != 12 or len(months) != 12 or total <= 0:
        return None
    if sum(amount > 0 for amount in months.values()) < MONTHS_FOR_PATTERN:
        return None
    return {month: amount / total for month, amount in months.items()}


def expected_share(
    day: dt.date, start: dt.date, end: dt.date, pattern: Mapping[int, Decimal] | None = None
) -> Decimal:
    """The part of a period's whole that is expected by the end of ``day``, 0..1.

    Evenly by days; with a pattern of the year each day weighs as its month does.
    """
    if day < start:
        return Decimal(0)
    if day >= end:
        return Decimal(1)
    whole = _weight(start, end, pattern)
    if whole <= 0:
        return Decimal(days_between(start, day)) / days_between(start, end)
    return _weight(start, day, pattern) / whole


def _weight(start: dt.date, end: dt.date, pattern: Mapping[int, Decimal] | None) -> Decimal:
    if pattern is None:
        return Decimal(days_between(start, end))
    total, first = Decimal(0), start
    while first <= end:
        following = (first.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        last = min(end, following - dt.timedelta(days=1))
        in_month = (following - first.replace(day=1)).days
        total += pattern[first.month] * days_between(first, last) / in_month
        first = following
    return total


def forecast(taken: Decimal, share: Decimal) -> Decimal | None:
    """Where ``taken`` leads if the rest follows the path as the beginning did; None before a
    quarter of the path is behind."""
    if share < ENOUGH_OF_PATH:
        return None
    return (taken / share).quantize(CENT, ROUND_HALF_UP)


def rebate(
    volume: Decimal, steps: Sequence[tuple[Decimal, Decimal]], *, above: bool = False
) -> Decimal:
    """What a volume has earned by a scale of (from volume, per cent): on the whole volume at the
    highest step reached, or, with ``above``, each part at its own step.  Only steps reached count.
    """
    reached = sorted(step for step in steps if volume >= step[0])
    if volume <= 0 or not reached:
        return Decimal("0.00")
    if not above:
        return (volume * reached[-1][1] / 100).quantize(CENT, ROUND_HALF_UP)
    earned = Decimal(0)
    for place, (start, percent) in enumerate(reached):
        end = reached[place + 1][0] if place + 1 < len(reached) else volume
        earned += (end - start) * percent / 100
    return earned.quantize(CENT, ROUND_HALF_UP)
