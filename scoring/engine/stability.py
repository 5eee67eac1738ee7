"""The exact interval of one weight within which a list stays the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.engine.arrays import DECIMALS, Bools, Floats, Ints
from scoring.engine.score import competition_rank, weighted_score

# Scores this close are equal, as they are when compared rounded.
_EQUAL = 0.5 * 10.0**-DECIMALS
# Pairs that are solved at once; more are first narrowed by halving the interval.
_PAIRS = 200_000
# An interval this short is not halved further.
_SHORT = 1e-12


@dataclass(frozen=True, eq=False)
class _Curves:
    """Scores as the weight t of one criterion moves: (a + t (p - a)) / (c + t (m - c)).

    a, c: points and weight of what is rated of the other criteria; p, m: of this one. Every curve
    is monotone in t, so on an interval it lies between its values at the ends.
    """

    a: Floats
    c: Floats
    p: Floats
    m: Floats

    def at(self, t: float, rows: Ints) -> Floats:
        value: Floats = (self.a[rows] * (1 - t) + self.p[rows] * t) / (
            self.c[rows] * (1 - t) + self.m[rows] * t
        )
        return value


def stable_share(ratings: Floats, weights: Floats, n_key: int) -> Floats:
    """(criteria, 2); ratings with NaN = missing, each client with at least one of positive weight."""
    rank = competition_rank(weighted_score(ratings, weights).score)
    listed = rank <= n_key
    inside, outside = np.flatnonzero(listed), np.flatnonzero(~listed)
    result = np.tile([0.0, 1.0], (len(weights), 1))
    if len(weights) == 1 or not len(inside) or not len(outside):
        return result
    rated = np.isfinite(ratings)
    for j, present in enumerate(weights):
        curves = _curves(ratings, rated, weights, j)
        for side, end in enumerate((0.0, 1.0)):
            crossing = _first_crossing(curves, inside, outside, float(present), end)
            if crossing is not None:
                result[j, side] = crossing
    return result


def _curves(ratings: Floats, rated: Bools, weights: Floats, j: int) -> _Curves:
    others = weights.copy()
    others[j] = 0.0
    rest = others.sum()
    # A criterion with all the weight leaves the others nothing to share by: then evenly.
    others = others / rest if rest > 0 else np.where(np.arange(len(weights)) == j, 0.0, 1.0)
    others = others / others.sum()
    known = np.where(rated, ratings, 0.0)
    a, c = known @ others, rated @ others
    p, m = known[:, j], rated[:, j].astype(np.float64)
    # With nothing rated on one of the two sides the score is that of the other side for all t.
    only_this, only_others = c <= 0, m == 0
    a, c = np.where(only_this, p, a), np.where(only_this, m, c)
    p, m = np.where(only_others, a, p), np.where(only_others, c, m)
    # Without any weight beside it, and none of its own: any value but 0 / 0.
    return _Curves(a, np.where(c > 0, c, 1.0), p, np.where(m > 0, m, 1.0))


def _first_crossing(
    curves: _Curves, inside: Ints, outside: Ints, start: float, end: float
) -> float | None:
    """The first t from `start` towards `end` beyond which someone outside is ahead of one inside.

    Branch and bound: an interval is clear where the lowest that anyone inside can be is above the
    highest of anyone outside; else it is halved with those that remain, or, once these are few,
    solved pair by pair.
    """
    waiting = [(start, end, inside, outside)]
    while waiting:
        near, far, members, others = waiting.pop()
        lowest = np.minimum(curves.at(near, members), curves.at(far, members))
        highest = np.maximum(curves.at(near, others), curves.at(far, others))
        members = members[lowest < highest.max() - _EQUAL]
        others = others[highest > lowest.min() + _EQUAL]
        if not len(members) or not len(others):
            continue
        if len(members) * len(others) <= _PAIRS or abs(far - near) < _SHORT:
            found = _solve_pairs(curves, members, others, near, far)
            if found is not None:
                return found
            continue
        middle = (near + far) / 2
        waiting.append((middle, far, members, others))
        waiting.append((near, middle, members, others))
    return None


def _solve_pairs(
    curves: _Curves, members: Ints, others: Ints, near: float, far: float
) -> float | None:
    """Where the first outside curve of these passes an inside one between near and far."""
    nearest: float | None = None
    # Too many pairs only where hundreds of curves meet in one point: then row by row.
    height = max(1, _PAIRS // len(others))
    for first in range(0, len(members), height):
        some = members[first : first + height]
        found = _crossings(curves, some, others, near, far)
        if found is not None and (nearest is None or abs(found - near) < abs(nearest - near)):
            nearest = found
    return nearest


def _crossings(
    curves: _Curves, members: Ints, others: Ints, near: float, far: float
) -> float | None:
    """The difference of two scores has the sign of q(t) = c0 + c1 t + c2 t^2, t from near."""
    width = far - near

    def line(at_zero: Floats, at_one: Floats, rows: Ints) -> tuple[Floats, Floats]:
        """Value at `near`, and its change on the way to `far`."""
        zero, one = at_zero[rows], at_one[rows]
        return zero * (1 - near) + one * near, (one - zero) * width

    na, ga = (x[:, None] for x in line(curves.a, curves.p, members))
    da, ha = (x[:, None] for x in line(curves.c, curves.m, members))
    nb, gb = (x[None] for x in line(curves.a, curves.p, others))
    db, hb = (x[None] for x in line(curves.c, curves.m, others))
    c0 = na * db - nb * da
    c1 = na * hb + ga * db - nb * ha - gb * da
    c2 = ga * hb - gb * ha
    c0 = np.where(np.abs(c0) <= _EQUAL * da * db, 0.0, c0)
    c2 = np.where(np.abs(c2) <= 1e-14 * (np.abs(c0) + np.abs(c1)), 0.0, c2)
    with np.errstate(divide="ignore", invalid="ignore"):
        straight = -c0 / c1
        root = np.sqrt(c1 * c1 - 4 * c0 * c2)
        q = -(c1 + np.where(c1 < 0, -root, root)) / 2
        candidates = np.stack(
            [
                np.where(c2 == 0, straight, q / c2),
                np.where(c2 == 0, straight, np.where(q == 0, np.inf, c0 / q)),
            ]
        )
        ahead = (candidates >= 0) & (candidates <= 1)
        # At a root the outsider must be gaining, at a touch from below it is not (double root).
        slope = c1 + 2 * c2 * candidates
        gaining = (slope < 0) | ((slope == 0) & (c2 < 0))
        steps = np.where(ahead & gaining, candidates, np.inf)
    step = float(steps.min(initial=np.inf))
    return near + step * width if np.isfinite(step) else None
