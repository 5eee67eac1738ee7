"""From ratings and weights to a score, its bounds, a rank and an order.

Simple additive weighting over what is rated (Hwang & Yoon 1981), with the missing weight shown as
coverage and as bounds instead of being guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import (
    BLOCK,
    HIGHEST,
    LOWEST,
    Bools,
    Floats,
    Ints,
    column,
    matrix,
    rounded,
)
from scoring.engine.weights import normalise


@dataclass(frozen=True, eq=False)
class Scores:
    """One entry per client, in the order of the ratings.

    score: 1..10, NaN when nothing is rated.
    coverage: share of the applicable weight that is rated, 0..1.
    low, high: the score if all that is missing were rated 1, or 10.
    rank: 1 for the best, ties share the lower number (1, 2, 2, 4); NaN for clients below
        min_coverage or without a mandatory rating.
    """

    score: Floats
    coverage: Floats
    low: Floats
    high: Floats
    rank: Floats

    @property
    def eligible(self) -> Bools:
        """Who has a rank."""
        return ~np.isnan(self.rank)


def weighted_score(
    ratings: ArrayLike,
    weights: ArrayLike,
    min_coverage: float = 0.6,
    *,
    applicable: ArrayLike | None = None,
    mandatory: ArrayLike | None = None,
    prudent: ArrayLike | None = None,
) -> Scores:
    """Score and rank clients.

    ratings: (clients, criteria) in 1..10, NaN = missing.
    weights: (criteria,), any positive scale.
    min_coverage: least coverage that earns a rank.
    applicable: boolean (clients, criteria); where False the criterion cannot be rated for that
        client, and its weight leaves both sides of coverage. A rating there is not read.
    mandatory: boolean (criteria,); a client that lacks one of these (and to whom it applies) gets
        no rank.
    prudent: None, or what is assumed of missing ratings: one number or one per criterion, say the
        medians. The score is then drawn towards it in proportion to what is missing.

    Raises ValueError on shapes that do not fit and on impossible weights.
    """
    w = normalise(weights)
    r = matrix(ratings, len(w))
    clients, criteria = r.shape
    may = None if applicable is None else np.asarray(applicable, dtype=np.bool_)
    if may is not None and may.shape != r.shape:
        raise ValueError(f"applicable: shape {may.shape} for ratings {r.shape}")
    must = _flags(mandatory, criteria)
    assumed = None
    if prudent is not None:
        assumed = np.broadcast_to(np.asarray(prudent, dtype=np.float64), (criteria,))
        if not np.isfinite(assumed).all():
            raise ValueError("prudent: expected a number for every criterion")

    score, coverage, low, high = (np.empty(clients) for _ in range(4))
    barred = np.zeros(clients, dtype=np.bool_)
    whole = _weigh(w, np.ones((criteria, 1)))
    for start in range(0, clients, BLOCK):
        rows = slice(start, start + BLOCK)
        # One criterion per line, so that every step runs along memory, and so that a client's
        # result does not depend on where in the block the client stands.
        x = r[rows].T.copy(order="C")
        applies = None if may is None else may[rows].T
        rated = np.isfinite(x)
        if applies is not None:
            rated &= applies
        complete = bool(rated.all())
        if not complete:
            np.copyto(x, 0.0, where=~rated)
        earned = _weigh(w, x)
        total = whole if applies is None else _weigh(w, applies)
        covered = total if complete else _weigh(w, rated)
        missing = total - covered
        unknown = ~rated if applies is None else ~rated & applies
        barred[rows] = unknown[must].any(axis=0)
        points, base = earned, covered
        if assumed is not None:
            points, base = earned + _weigh(w * assumed, unknown), total
        with np.errstate(divide="ignore", invalid="ignore"):
            coverage[rows] = np.where(total > 0, covered / total, 0.0)
            low[rows] = np.where(total > 0, (earned + LOWEST * missing) / total, LOWEST)
            high[rows] = np.where(total > 0, (earned + HIGHEST * missing) / total, HIGHEST)
            score[rows] = np.where(covered > 0, points / base, np.nan)

    # The margin forgives the last bits of a sum of weights such as 0.1 + 0.2 + 0.3.
    eligible = (coverage >= min_coverage - 1e-9) & ~barred & ~np.isnan(score)
    return Scores(score, coverage, low, high, competition_rank(score, eligible))


def competition_rank(score: ArrayLike, eligible: ArrayLike | None = None) -> Floats:
    """1 + how many are better, on scores rounded to 9 decimals; NaN where not eligible."""
    values = column(score, "score")
    counted = ~np.isnan(values)
    if eligible is not None:
        counted &= np.asarray(eligible, dtype=np.bool_)
    everyone = bool(counted.all())
    key = -rounded(values if everyone else values[counted])
    by_key = np.argsort(key)
    in_order = key[by_key]
    starts = np.flatnonzero(np.concatenate(([True], in_order[1:] != in_order[:-1])))
    sizes = np.diff(np.append(starts, len(in_order)))
    among = np.empty(len(key))
    if len(key):
        among[by_key] = np.repeat(starts + 1.0, sizes)
    if everyone:
        return among
    rank = np.full(len(values), np.nan)
    rank[counted] = among
    return rank


def order(
    score: ArrayLike,
    coverage: ArrayLike,
    ratings: ArrayLike,
    weights: ArrayLike,
    profit: ArrayLike,
    ids: ArrayLike,
    *,
    eligible: ArrayLike | None = None,
) -> Ints:
    """Who stands where, ties broken openly: a permutation of client positions, best first.

    Score (rounded to 9 decimals), then coverage, then the rating on the criterion of highest
    weight, then profit, all descending with missing values last; then id ascending, so that the
    same data always gives the same list. Clients that are not eligible (default: without a score)
    come after all others, by the same keys.
    """
    points = column(score, "score")
    heaviest = int(np.argmax(normalise(weights)))
    main = matrix(ratings, len(np.asarray(weights)))[:, heaviest]
    ranked = ~np.isnan(points)
    if eligible is not None:
        ranked &= np.asarray(eligible, dtype=np.bool_)
    keys = (
        np.asarray(ids),
        -column(profit, "profit"),
        -main,
        -rounded(column(coverage, "coverage")),
        -rounded(points),
    )
    # A client's place is decided by the score alone far more often than not, but with whole
    # ratings ties are common: so one lexical sort over all keys rather than repairs afterwards.
    permutation: Ints = np.lexsort((*keys, ~ranked))
    return permutation


def _weigh(w: Floats, lines: Floats | Bools) -> Floats:
    """Sum of w_j times line j, added in the order of criteria for every client alike."""
    total = np.zeros(lines.shape[1])
    term = np.empty_like(total)
    for weight, line in zip(w, lines, strict=True):
        total += np.multiply(line, weight, out=term)
    return total


def _flags(mandatory: ArrayLike | None, criteria: int) -> Bools:
    if mandatory is None:
        return np.zeros(criteria, dtype=np.bool_)
    flags = np.asarray(mandatory)
    if flags.dtype != np.bool_ or flags.shape != (criteria,):
        raise ValueError(f"mandatory: expected {criteria} booleans, one per criterion")
    return flags
