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
    money, active = np.asarray(profit, dtype=np.float64), np.asarray(bought, dtype=np.bool_)
    if money.ndim != 2 or money.shape[0] != YEAR or money.shape != active.shape:
        raise ValueError(f"expected two tables of 12 months, got {money.shape}, {active.shape}")
    quarters = active.reshape(YEAR // QUARTER, QUARTER, -1).any(axis=1).sum(axis=0)
    total = np.where(np.isfinite(money), money, 0.0).sum(axis=0)
    return np.where(quarters >= QUARTERS_TO_BE_REGULAR, total, 0.0)


def regular_by_month(profit: ArrayLike, bought: ArrayLike) -> Iterator[Floats]:
    """Regular profit (n,) of the twelve months that end with each month from the twelfth on.

    profit, bought: (months, n) with at least twelve months, oldest first; yields months - 11 times.
    """
    money, active = np.asarray(profit, dtype=np.float64), np.asarray(bought, dtype=np.bool_)
    for start in range(len(money) - YEAR + 1):
        window = slice(start, start + YEAR)
        yield regular_profit(money[window], active[window])
