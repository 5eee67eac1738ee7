"""Regular profit: the profit of clients that keep buying, at the end of each month.

Regular = bought in at least three of the four quarters (three months each) of the twelve months;
what others bring may never come again and is counted as zero (GLOSSARY: regular profit).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]

YEAR = 12
QUARTER = 3
QUARTERS_TO_BE_REGULAR = 3


def regular_profit(profit: ArrayLike, bought: ArrayLike) -> Floats:
    """Regular profit of each client over twelve months, (n,).

    profit: (12, n) in money, oldest month first; NaN counts as nothing.  bought: boolean (12, n).
    Raises ValueError for another number of months.
    """
    (result,) = regular_by_month(profit, bought)
    return result


def regular_by_month(profit: ArrayLike, bought: ArrayLike) -> Iterator[Floats]:
    """Regular profit (n,) of the twelve months that end with each month from the twelfth on.

    profit, bought: (months, n), oldest first; yields months - 11 times.  Raises ValueError where
    they differ in shape or have fewer than twelve months.
    """
    money, active = np.asarray(profit, dtype=np.float64), np.asarray(bought, dtype=np.bool_)
    if money.ndim != 2 or len(money) < YEAR or money.shape != active.shape:
        raise ValueError(f"expected two tables of 12 months, got {money.shape}, {active.shape}")
    if not np.isfinite(money).all():
        money = np.where(np.isfinite(money), money, 0.0)
    # Whether the client bought in the three months from each month on.
    quarters = active[:-2] | active[1:-1] | active[2:]
    for start in range(len(money) - YEAR + 1):
        count = quarters[start : start + YEAR : QUARTER].sum(axis=0, dtype=np.int8)
        total = money[start : start + YEAR].sum(axis=0)
        total[count < QUARTERS_TO_BE_REGULAR] = 0.0
        yield total
