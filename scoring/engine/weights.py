"""Weights of criteria: one scale, and what a manager ought to be told about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import BLOCK, HIGHEST, LOWEST, Floats, column, matrix, rounded
from scoring.engine.best_worst import BestWorst, best_worst
from scoring.engine.pairwise import GroupPriorities, NotLinked, Priorities, ahp, group

__all__ = [
    "BestWorst",
    "GroupPriorities",
    "NotLinked",
    "Notice",
    "Priorities",
    "ahp",
    "best_worst",
    "correlations",
    "effective_count",
    "group",
    "most_common_share",
    "normalise",
    "notices",
]

DOMINANT = 0.5
FEWEST, MOST = 2, 5
CORRELATED = 0.8
ALIKE = 0.95
# Below this many clients rated on both criteria a correlation says little.
ENOUGH_PAIRS = 20


def normalise(weights: ArrayLike) -> Floats:
    """Weights on any positive scale -> shares that sum to 1.

    Raises ValueError when one is negative or not a number, or when none is above zero.
    """
    w = column(weights, "weights")
    if not np.isfinite(w).all() or (w < 0).any():
        raise ValueError("weights: each must be a number of zero or more")
    # Divided by the largest first, so that neither huge nor tiny scales overflow in the sum.
    largest = w.max(initial=0.0)
    if largest <= 0:
        raise ValueError("weights: at least one must be above zero")
    w = w / largest
    shares: Floats = w / w.sum()
    return shares


def effective_count(weights: ArrayLike) -> float:
    """How many equally weighted criteria would spread importance as these do: 1 / sum w^2."""
    w = normalise(weights)
    return float(1 / (w @ w))


@dataclass(frozen=True)
class Notice:
    """One thing to tell about a set of weights.

    code: "too_few_criteria", "too_many_criteria" (value = how many have weight), "dominant_weight"
    (value = its share), "correlated" (value = Pearson's r of the two criteria),
    "indiscriminate" (value = the share of rated clients that have the same rating).
    criteria: indexes of the columns it is about.
    """

    code: str
    criteria: tuple[int, ...]
    value: float


def notices(weights: ArrayLike, ratings: ArrayLike | None = None) -> tuple[Notice, ...]:
    """Warnings about weights and, where ratings are given, about criteria that say the same twice.

    The method asks for two or three main criteria: under 2 or above 5, a weight above one half and
    pairs correlated above 0.8 in either direction are worth a word. So is a criterion on which at
    least 95 % of the rated clients (of 20 or more) have the same rating: it does not discriminate.
    Criteria of zero weight do not take part.
    """
    w = normalise(weights)
    weighted = tuple(int(j) for j in np.flatnonzero(w > 0))
    found = []
    if len(weighted) < FEWEST:
        found.append(Notice("too_few_criteria", weighted, len(weighted)))
    if len(weighted) > MOST:
        found.append(Notice("too_many_criteria", weighted, len(weighted)))
    found += [
        # The margin keeps an exact half, however it was typed, on the quiet side.
        Notice("dominant_weight", (j,), float(w[j]))
        for j in weighted
        if w[j] > DOMINANT + 1e-12
    ]
    if ratings is not None:
        rows = matrix(ratings, len(w))
        r = correlations(rows)
        found += [
            Notice("correlated", (i, j), float(r[i, j]))
            for i in weighted
            for j in weighted
            if i < j and abs(r[i, j]) > CORRELATED
        ]
        shares = [(j, most_common_share(rows[:, j])) for j in weighted]
        # The margin keeps 19 of 20 on the side of the rule, whatever the last bits.
        found += [
            Notice("indiscriminate", (j,), share) for j, share in shares if share >= ALIKE - 1e-12
        ]
    return tuple(found)


def most_common_share(ratings: ArrayLike) -> float:
    """Share of rated clients that have the most common rating of a criterion (to 9 decimals).

    NaN where fewer than ENOUGH_PAIRS clients are rated.
    """
    values = rounded(column(ratings, "ratings"))
    values = values[np.isfinite(values)]
    if len(values) < ENOUGH_PAIRS:
        return float("nan")
    if (values % 1 == 0).all() and values.min() >= LOWEST and values.max() <= HIGHEST:
        counts = np.bincount(values.astype(np.int64))
    else:
        counts = np.unique(values, return_counts=True)[1]
    return float(counts.max() / len(values))


def correlations(ratings: ArrayLike) -> Floats:
    """Pearson's r of each two criteria over the clients rated on both: (criteria, criteria).

    NaN where fewer than ENOUGH_PAIRS clients are rated on both, or where one of them is constant.
    """
    r = matrix(ratings)
    k = r.shape[1]
    pairs, sums, squares, products = (np.zeros((k, k)) for _ in range(4))
    for start in range(0, len(r), BLOCK):
        block = r[start : start + BLOCK]
        rated = np.isfinite(block)
        # Centred on the middle of the scale: the sums of squares stay small and exact for integers.
        x = np.where(rated, block - 5.5, 0.0)
        m = rated.astype(np.float64)
        pairs += m.T @ m
        sums += x.T @ m
        squares += (x * x).T @ m
        products += x.T @ x
    with np.errstate(divide="ignore", invalid="ignore"):
        covariance = products - sums * sums.T / pairs
        spread = squares - sums * sums / pairs
        # A spread this small against the sum of squares is rounding, not variation.
        spread[spread <= 1e-12 * squares] = np.nan
        result: Floats = covariance / np.sqrt(spread * spread.T)
    result[pairs < ENOUGH_PAIRS] = np.nan
    return result
