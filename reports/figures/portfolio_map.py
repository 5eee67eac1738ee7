"""Where clients stand on the two axes of the portfolio matrix: pure figures.

Attractiveness × our strength (McDonald, Rogers & Woodburn 2000; the directional policy matrix).
Each axis is the weighted mean of a client's ratings on the criteria that belong to it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

MIDDLE = 5.5
# (attractive, strong) -> the quadrant's name.
QUADRANTS = {
    (True, True): "develop",
    (True, False): "invest",
    (False, True): "keep",
    (False, False): "simple",
}


@dataclass(frozen=True, eq=False)
class Positions:
    """attractiveness, strength: 1..10 (n,), NaN where nothing on the axis is rated.  quadrant:
    one of QUADRANTS' names, "" where a side is missing."""

    attractiveness: NDArray[np.float64]
    strength: NDArray[np.float64]
    quadrant: NDArray[np.str_]


def positions(
    ratings: ArrayLike, weights: ArrayLike, strong: ArrayLike, on: ArrayLike
) -> Positions:
    """Positions of clients.

    ratings: (n, k) in 1..10, NaN = missing; weights: (k,) on any positive scale; strong: bool (k,),
    the criterion counts for strength rather than attractiveness; on: bool (k,), it counts at all.
    Missing ratings leave their weight to the others of the axis, as in the score.
    """
    r = np.asarray(ratings, dtype=np.float64)
    w = np.asarray(weights, dtype=np.float64)
    is_strong, counts = np.asarray(strong, dtype=np.bool_), np.asarray(on, dtype=np.bool_)
    attractive = _mean(r, np.where(counts & ~is_strong, w, 0.0))
    strength = _mean(r, np.where(counts & is_strong, w, 0.0))
    names = np.array(
        [
            "" if np.isnan(a) or np.isnan(s) else QUADRANTS[bool(a >= MIDDLE), bool(s >= MIDDLE)]
            for a, s in zip(attractive, strength, strict=True)
        ],
        dtype="<U10",
    )
    return Positions(attractive, strength, names)


def _mean(ratings: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    rated = np.isfinite(ratings)
    covered = rated @ weights
    earned = np.where(rated, ratings, 0.0) @ weights
    with np.errstate(divide="ignore", invalid="ignore"):
        result: NDArray[np.float64] = np.where(covered > 0, earned / covered, np.nan)
    return result
