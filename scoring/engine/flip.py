"""The least that has to change for one client to get ahead of another, or over a line.

"Ahead" is strict on scores rounded to 9 decimals, since among equal scores tie-breakers decide: so
each answer goes past equality by a margin that no page shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import HIGHEST, LOWEST, Bools, Floats, column
from scoring.engine.weights import normalise

# Scores that differ by this much differ when rounded to 9 decimals.
_MARGIN = 2e-9
# What a solver of linear programmes needs to be past equality after its own tolerance.
_SOLVER = 1e-6
# Rated weight without which a score hangs on next to nothing.
_RATED = 0.01
# Scores between which the common value of two clients with different gaps is looked for.
_STEPS = 37


@dataclass(frozen=True, eq=False)
class Flip:
    """weights: the weights nearest to the present ones (sum of absolute changes) with which the
        client behind is ahead; None where no weights do that.
    rating: (criterion, new value): the one rating of client b whose change is the least that swaps
        the two, among those that are rated; None where no single one does.
    """

    weights: Floats | None
    rating: tuple[int, float] | None


def flip(
    a: ArrayLike,
    b: ArrayLike,
    weights: ArrayLike,
    *,
    whole: bool | None = None,
    min_coverage: float = 0.6,
) -> Flip:
    """What makes b pass a; or a pass b, where b is ahead already.

    a, b: one row of ratings each, NaN = missing; equal scores count as a ahead. The rating is b's:
    it rises, or, where b is ahead, falls. whole: look for a whole rating (default: where all
    ratings of both are whole). Where the two are not rated on the same criteria, new weights leave
    each of them a rated weight of at least `min_coverage` (and of a hundredth, as without any there
    is no score), or what it has if that is less.

    Raises ValueError where one of them has no rating of positive weight.
    """
    w = normalise(weights)
    rows = [_row(a, w, "a"), _row(b, w, "b")]
    (ra, rb), (ma, mb) = rows, [np.isfinite(row) for row in rows]
    sa, sb = (_score(row, w) for row in rows)
    b_ahead = bool(np.round(sb, 9) > np.round(sa, 9))
    if whole is None:
        whole = bool((ra[ma] % 1 == 0).all() and (rb[mb] % 1 == 0).all())
    ahead, behind = (rb, ra) if b_ahead else (ra, rb)
    if (ma == mb).all():
        nearest = _exchange(ahead, behind, w)
    else:
        nearest = _programme(ahead, behind, w, min_coverage)

    needed = np.where(mb, _needed(rb, w, sa, falls=b_ahead, whole=whole), np.nan)
    change = np.abs(needed - rb)
    rating = None
    if np.isfinite(change).any():
        # Of equal changes the one on the heavier criterion: it goes further.
        at = int(np.lexsort((-w, np.where(np.isfinite(change), change, np.inf)))[0])
        rating = at, float(needed[at])
    return Flip(nearest, rating)


def lift(
    ratings: ArrayLike, weights: ArrayLike, line: float, *, whole: bool | None = None
) -> Floats:
    """Per criterion the rating that alone would bring a client to the other side of a line.

    ratings: one row. Up to the line: the smallest rating with which the score is above it; above
    it: the greatest with which the score is below. NaN where no rating from 1 to 10 does that. A
    criterion that is not rated yet has an answer too: what it would have to be rated.
    """
    w = normalise(weights)
    row = _row(ratings, w, "ratings")
    rated = np.isfinite(row)
    if whole is None:
        whole = bool((row[rated] % 1 == 0).all())
    falls = bool(np.round(_score(row, w), 9) > np.round(line, 9))
    return _needed(row, w, float(line), falls=falls, whole=whole)


def _row(ratings: ArrayLike, w: Floats, name: str) -> Floats:
    row = column(ratings, name)
    if len(row) != len(w):
        raise ValueError(f"{name}: {len(row)} ratings for {len(w)} weights")
    row = np.where(np.isfinite(row), row, np.nan)
    if not (np.isfinite(row) @ w > 0):
        raise ValueError(f"{name}: expected at least one rating of positive weight")
    return row


def _score(row: Floats, w: Floats) -> float:
    rated = np.isfinite(row)
    return float(w[rated] @ row[rated] / w[rated].sum())


def _needed(row: Floats, w: Floats, line: float, falls: bool, whole: bool) -> Floats:
    """Per criterion the rating x with (others' points + w x) / (others' weight + w) past the line.

    Solved for x; NaN outside 1...10 and for criteria without weight.
    """
    rated = np.isfinite(row)
    points = np.where(rated, row, 0.0) * w
    goal = line - _MARGIN if falls else line + _MARGIN
    weight = w + (w * rated).sum() - w * rated
    with np.errstate(divide="ignore", invalid="ignore"):
        x = np.where(w > 0, (goal * weight - (points.sum() - points)) / w, np.nan)
    if whole:
        x = np.floor(x) if falls else np.ceil(x)
    # Where the worst (or best) rating is still enough, it is the answer.
    x = np.minimum(x, HIGHEST) if falls else np.maximum(x, LOWEST)
    return np.where((x >= LOWEST) & (x <= HIGHEST), x, np.nan)


def _exchange(ahead: Floats, behind: Floats, w: Floats) -> Floats | None:
    """Least change of weights for two clients rated on the same criteria, in closed form.

    min sum |v - w| with v (behind - ahead) >= 0 on the simplex: weight is moved to the criterion
    on which the client behind does best, from those on which it does worst, one after another, as
    each moved share gains most there.
    """
    rated = np.isfinite(ahead)
    lead = np.where(rated, behind - ahead - _MARGIN, 0.0)
    to = int(np.argmax(lead))
    if lead[to] <= 0:
        return None
    v, lacking = w.copy(), -float(w @ lead)
    for j in np.argsort(lead, kind="stable"):
        if lacking <= 0 or lead[j] >= lead[to]:
            break
        moved = min(float(v[j]), lacking / float(lead[to] - lead[j]))
        v[j] -= moved
        v[to] += moved
        lacking -= moved * float(lead[to] - lead[j])
    return v


def _programme(ahead: Floats, behind: Floats, w: Floats, min_coverage: float) -> Floats | None:
    """The same for two clients with different gaps.

    Scores are means over what is rated, so the condition is not linear in the weights; but for a
    given value c between the two scores it is: points of the client behind over c, points of the
    client ahead under c. So a linear programme is solved for values of c, evenly from 1 to 10 and
    between the two scores, then around the best by golden section.
    """
    tried: dict[float, tuple[float, Floats | None]] = {}

    def distance(c: float) -> float:
        if c not in tried:
            tried[c] = _at_level(ahead, behind, w, min_coverage, c)
        return tried[c][0]

    between = np.linspace(_score(behind, w), _score(ahead, w), _STEPS // 4)
    levels = np.unique(np.append(np.linspace(LOWEST, HIGHEST, _STEPS), between)).tolist()
    best = min(range(len(levels)), key=lambda i: distance(levels[i]))
    if tried[levels[best]][1] is None:
        return None
    low, high = levels[max(best - 1, 0)], levels[min(best + 1, len(levels) - 1)]
    golden = (5**0.5 - 1) / 2
    left, right = high - golden * (high - low), low + golden * (high - low)
    while high - low > 1e-7:
        if distance(left) <= distance(right):
            high, right = right, left
            left = high - golden * (high - low)
        else:
            low, left = left, right
            right = low + golden * (high - low)
    found = min(tried.values(), key=lambda one: one[0])[1]
    return None if found is None else _shortened(ahead, behind, w, found)


def _shortened(ahead: Floats, behind: Floats, w: Floats, v: Floats) -> Floats | None:
    """The first point on the way from w to v at which the client behind is ahead."""

    def passed(share: float) -> bool:
        at = w + share * (v - w)
        return _score(behind, at) - _score(ahead, at) >= _MARGIN

    if not passed(1.0):
        return None
    short, enough = 0.0, 1.0
    for _ in range(50):
        middle = (short + enough) / 2
        short, enough = (short, middle) if passed(middle) else (middle, enough)
    result: Floats = w + enough * (v - w)
    return result


def _at_level(
    ahead: Floats, behind: Floats, w: Floats, min_coverage: float, level: float
) -> tuple[float, Floats | None]:
    from scipy.optimize import linprog

    size = len(w)
    rated: list[Bools] = [np.isfinite(row) for row in (ahead, behind)]
    over = np.where(rated[1], behind - level, 0.0)
    under = np.where(rated[0], level - _SOLVER - ahead, 0.0)
    conditions = np.vstack([over, under, *rated]).astype(np.float64)
    enough = max(min_coverage, _RATED)
    least = [0.0, 0.0, *(min(enough, float(w @ known)) - 1e-12 for known in rated)]
    # v = w + more - less, with more, less >= 0 and less <= w.
    found = linprog(
        c=np.ones(2 * size),
        A_ub=np.hstack([-conditions, conditions]),
        b_ub=conditions @ w - np.array(least),
        A_eq=np.hstack([np.ones(size), -np.ones(size)])[None],
        b_eq=[0.0],
        bounds=[(0, 1)] * size + [(0, share) for share in w.tolist()],
        method="highs",
    )
    if found.status != 0:
        return float("inf"), None
    v = np.maximum(w + found.x[:size] - found.x[size:], 0.0)
    return float(found.fun), v / v.sum()
