"""How sure a list is, when the weights are not quite sure.

Stochastic multicriteria acceptability analysis: Lahdelma, Hokkanen & Salminen, Eur. J. Oper. Res.
106 (1998) 137-143; Lahdelma & Salminen, Oper. Res. 49 (2001) 444-454; Tervonen & Lahdelma, Eur. J.
Oper. Res. 178 (2007) 500-513. A client is on the list in a draw if fewer than `n_key` clients have
a better score there (scores rounded to 9 decimals, as everywhere), so ties at the line are all on
it. A client's score is the mean over what is rated, in every draw as in `weighted_score`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.acceptance import count
from scoring.engine.arrays import Bools, Floats, Ints, matrix, rounded
from scoring.engine.separation import Reversal, Unseparated, reversals, unseparated
from scoring.engine.stability import stable_share
from scoring.engine.weightings import Concentration, draw, score_bounds, tolerance_box
from scoring.engine.weights import normalise

__all__ = [
    "Acceptability",
    "Reversal",
    "SeatBounds",
    "Unseparated",
    "acceptability",
    "contested_seats",
    "entropy",
    "most_fragile",
    "reversals",
    "seat_bounds",
    "stability_intervals",
    "unseparated",
]

# A seat is contested in a sample when its chance is not within this of 0 or 1.
NEARLY = 0.05


@dataclass(frozen=True, eq=False)
class Acceptability:
    """What a sample of weightings does to a list.

    p_key: share of draws in which the client is on the list; standard error sqrt(p (1 - p) / draws).
        NaN for clients that are not eligible or have no rating.
    rank_low, rank_high: the places between which the client stands in 95 % of the draws (2.5 and
        97.5 percentile; the best place is the low number). NaN where not eligible, and, among very
        many clients, for those far below the line.
    central_weights: mean weights of the draws in which the client is on the list (clients,
        criteria): what one has to value for this client. NaN for clients never on it.
    draws: how many. rank_draws: how many of them the places are taken from.
    """

    p_key: Floats
    rank_low: Floats
    rank_high: Floats
    central_weights: Floats
    draws: int
    rank_draws: int

    @property
    def entropy(self) -> float:
        return entropy(self.p_key)

    @property
    def contested_seats(self) -> int:
        return contested_seats(self.p_key)


def acceptability(
    ratings: ArrayLike,
    weights: ArrayLike,
    n_key: int,
    draws: int = 10_000,
    seed: int = 0,
    tolerance: float | None = None,
    concentration: Concentration = None,
    *,
    eligible: ArrayLike | None = None,
    prune: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Acceptability:
    """Chance of each client to be on the list, over weightings that people could have meant.

    tolerance: weights evenly over the box w_j (1 +- tolerance) cut with "sums to 1"; 0 is the
        plain ranking. concentration: Dirichlet around the weights, the higher the closer;
        "uniform": all weightings alike. Neither: concentration 50.
    eligible: clients that may be on the list at all; the others do not take places.
    prune: leave out clients that cannot be on the list in any of the draws; changes no result.
    progress: called with the share that is done, 0...1.

    Scores within 1e-5 of the line are compared in double precision, so results are those of
    double precision throughout.
    """
    w, r, who = _prepare(ratings, weights, eligible)
    drawn = draw(w, draws, seed, tolerance, concentration)
    size, criteria = r.shape
    p_key, low, high = (np.full(size, np.nan) for _ in range(3))
    central = np.full((size, criteria), np.nan)
    counted = count(r[who], w, drawn, _seats(n_key), prune, progress)
    p_key[who] = counted.hits / len(drawn)
    low[who], high[who] = counted.rank_low, counted.rank_high
    with np.errstate(divide="ignore", invalid="ignore"):
        central[who] = counted.weight_sums / counted.hits[:, None]
    return Acceptability(p_key, low, high, central, len(drawn), counted.rank_draws)


@dataclass(frozen=True, eq=False)
class SeatBounds:
    """always, never: on the list, or off it, for every admissible weighting; contested: neither.

    low, high: the least and the greatest score with admissible weights (NaN without a score).
    Clients that are not eligible are none of the three.
    """

    always: Bools
    contested: Bools
    never: Bools
    low: Floats
    high: Floats


def seat_bounds(
    ratings: ArrayLike,
    weights: ArrayLike,
    n_key: int,
    tolerance: float,
    *,
    eligible: ArrayLike | None = None,
) -> SeatBounds:
    """Whose seat no admissible weighting can change: w_j (1 +- tolerance), summing to 1.

    Without sampling. "Never" if at least n_key clients' least score is above the client's greatest
    one; "always" if fewer than n_key other clients' greatest score is above its least one. Both
    are certain. "Contested" says that score bounds do not settle it. With tolerance 0: always is
    the list, never the rest.
    """
    w, r, who = _prepare(ratings, weights, eligible)
    least, greatest = score_bounds(r[who], tolerance_box(w, tolerance))
    sure, out = settled(least, greatest, _seats(n_key))
    always, contested, never = (np.zeros(len(r), dtype=np.bool_) for _ in range(3))
    always[who], never[who] = sure, out
    contested[who] = ~sure & ~out
    low, high = np.full(len(r), np.nan), np.full(len(r), np.nan)
    low[who], high[who] = least, greatest
    return SeatBounds(always, contested, never, low, high)


def settled(least: Floats, greatest: Floats, n_key: int) -> tuple[Bools, Bools]:
    """(always, never) from bounds of scores."""
    lo, hi = rounded(least), rounded(greatest)
    if n_key >= len(lo):
        return np.ones(len(lo), dtype=np.bool_), np.zeros(len(lo), dtype=np.bool_)
    if n_key == 0:
        return np.zeros(len(lo), dtype=np.bool_), np.ones(len(lo), dtype=np.bool_)
    line = np.partition(lo, len(lo) - n_key)[len(lo) - n_key]
    never = hi < line
    always = np.zeros(len(lo), dtype=np.bool_)
    # Nobody whose least score is below the (n + 1)-th greatest has fewer than n rivals.
    rival = np.partition(hi, len(hi) - n_key - 1)[len(hi) - n_key - 1]
    asked = np.flatnonzero(lo >= rival)
    above = np.sort(hi[hi >= rival])
    better = len(above) - np.searchsorted(above, lo[asked], side="right")
    always[asked] = better - (hi[asked] > lo[asked]) < n_key
    return always, never


def stability_intervals(
    ratings: ArrayLike,
    weights: ArrayLike,
    n_key: int,
    *,
    eligible: ArrayLike | None = None,
) -> Floats:
    """How far each weight alone may move without changing the list: (criteria, 2), within 0...1.

    The weight of one criterion becomes t, the others share 1 - t as they shared before (evenly, if
    they had nothing). The interval around the present weight in which no client from outside gets
    ahead of one on the list is exact (Mareschal 1988; Triantaphyllou & Sanchez 1997): its ends are
    points where two scores meet. A client that only that criterion is, or is not, rated on keeps
    the same score for all t. With ties at the line all of the tied count as on the list.
    """
    w, r, who = _prepare(ratings, weights, eligible)
    return stable_share(r[who], w, _seats(n_key))


def most_fragile(intervals: ArrayLike, weights: ArrayLike) -> tuple[int, float] | None:
    """(criterion, the weight at which the list changes) nearest to its present weight.

    None where no single weight changes the list.
    """
    w, ends = normalise(weights), np.asarray(intervals, dtype=np.float64)
    # At 0 and 1 weights end; the list does not change there.
    changing = (ends > 1e-12) & (ends < 1 - 1e-12)
    away = np.where(changing, np.abs(ends - w[:, None]), np.inf)
    if not np.isfinite(away).any():
        return None
    criterion, side = (int(n) for n in np.unravel_index(int(np.argmin(away)), away.shape))
    return criterion, float(ends[criterion, side])


def entropy(p_key: ArrayLike) -> float:
    """Uncertainty of a list in bits: sum of -p log2 p - (1 - p) log2 (1 - p); 0 when all is sure."""
    p = np.asarray(p_key, dtype=np.float64)
    p = p[(p > 0) & (p < 1)]
    return float(-(p * np.log2(p) + (1 - p) * np.log2(1 - p)).sum())


def contested_seats(p_key: ArrayLike) -> int:
    """How many clients are neither nearly surely on the list nor nearly surely off it."""
    p = np.asarray(p_key, dtype=np.float64)
    return int(((p > NEARLY) & (p < 1 - NEARLY)).sum())


def _seats(n_key: int) -> int:
    if n_key < 0:
        raise ValueError("n_key: expected zero or more")
    return int(n_key)


def _prepare(
    ratings: ArrayLike, weights: ArrayLike, eligible: ArrayLike | None
) -> tuple[Floats, Floats, Ints]:
    """Weights as shares, ratings with NaN for all that is missing, positions of who takes part."""
    w = normalise(weights)
    r = matrix(ratings, len(w))
    if np.isinf(r).any():
        r = np.where(np.isinf(r), np.nan, r)
    # As in `weighted_score`: without a rating of positive weight there is no score.
    taking_part = np.isfinite(r) @ w > 0
    if eligible is not None:
        allowed = np.asarray(eligible, dtype=np.bool_)
        if allowed.shape != taking_part.shape:
            raise ValueError(f"eligible: shape {allowed.shape} for {len(r)} clients")
        taking_part &= allowed
    return w, r, np.flatnonzero(taking_part)
