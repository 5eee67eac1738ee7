"""The client's own purchase rhythm: pure arithmetic over (owner, day) pairs.

Every gap matters here, so the pairs come out of the database and are sorted as whole numbers,
which is faster than a window function over the ledger.
"""

import numpy as np

GAPS_NEEDED = 4
_DAY_BITS = 21  # days since 1970 reach the year 5881
_DAY_MASK = (1 << _DAY_BITS) - 1


def median_gaps(
    owners: np.ndarray, days: np.ndarray, count: int, needed: int = GAPS_NEEDED
) -> np.ndarray:
    """Median gap in days between the different days of each owner.

    ``owners``: positions 0..count-1, ``days``: days since 1970, both (m,), in any order and with
    repetitions.  Returns float64 (count,), NaN where an owner has fewer than ``needed`` gaps.
    The median of an even number of gaps is the mean of the middle two.
    """
    result = np.full(count, np.nan)
    keys = np.unique((owners.astype(np.int64) << _DAY_BITS) | days.astype(np.int64))
    owner = keys >> _DAY_BITS
    same = owner[1:] == owner[:-1]
    gaps = ((keys[1:] - keys[:-1])[same] & _DAY_MASK) | (owner[1:][same] << _DAY_BITS)
    gaps.sort()
    owner = gaps >> _DAY_BITS
    length = np.bincount(owner, minlength=count)
    enough = length >= needed
    start = np.cumsum(length) - length
    low = start[enough] + (length[enough] - 1) // 2
    high = start[enough] + length[enough] // 2
    result[enough] = ((gaps[low] & _DAY_MASK) + (gaps[high] & _DAY_MASK)) / 2
    return result
