"""Where the list ends: three rules that turn a ranking into a selection."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import Bools, Floats, Ints, column, rounded


@dataclass(frozen=True, eq=False)
class Selection:
    """selected: boolean (clients,).
    line: the value at the cut, in what was cut: points for `top_n` and `threshold`, profit for
        `share_of_profit`; NaN when nobody is selected by place or by share.
    tie_at_cut: the best one left out has the same value as the last one taken, so that only the
        tie-breakers decided between them.
    size: how many are selected.
    """

    selected: Bools
    line: float
    tie_at_cut: bool
    size: int


def top_n(
    score: ArrayLike,
    n: int,
    *,
    eligible: ArrayLike | None = None,
    order: ArrayLike | None = None,
) -> Selection:
    """The n best eligible clients.

    order: permutation of all positions, best first, as `scoring.engine.score.order` gives it; by
    default by score, first come first served among equals. With fewer eligible clients than n all
    of them are selected.
    """
    points = rounded(column(score, "score"))
    places = _places(-points, order)
    places = places[_allowed(points, eligible)[places]]
    return _cut(column(score, "score"), points, places, max(0, min(int(n), len(places))))


def threshold(score: ArrayLike, level: float, *, eligible: ArrayLike | None = None) -> Selection:
    """Everyone eligible with at least `level` points; equal scores are never parted."""
    points = rounded(column(score, "score"))
    selected = _allowed(points, eligible) & (points >= round(level, 9))
    return Selection(selected, float(level), False, int(selected.sum()))


def share_of_profit(
    profit: ArrayLike,
    share: float = 0.8,
    *,
    eligible: ArrayLike | None = None,
    order: ArrayLike | None = None,
) -> Selection:
    """The smallest set of clients that brings `share` of the profit of those who bring any.

    The base is the sum of positive profits of all clients: losses are shown apart, since with
    them a cumulated share would pass 100 %. Only eligible clients with a positive profit are
    taken; if they do not reach the share, all of them are. `order` settles equal profits.

    Raises ValueError unless 0 < share <= 1.
    """
    if not 0 < share <= 1:
        raise ValueError("share: expected a number above 0 and up to 1")
    values = column(profit, "profit")
    finite = np.isfinite(values)
    # On the scale of the largest, so that huge values cannot overflow in the sums.
    scale = np.max(values, where=finite, initial=0.0)
    if scale <= 0:
        return Selection(np.zeros(len(values), dtype=np.bool_), np.nan, False, 0)
    parts = np.where(finite & (values > 0), values, 0.0) / scale
    total = float(parts.sum())
    places = _places(np.where(finite, -values, np.nan), None, then=order)
    places = places[(_allowed(values, eligible) & (parts > 0))[places]]
    cumulated = np.cumsum(parts[places])
    needed = (share - 1e-9) * total
    size = min(int(np.searchsorted(cumulated, needed)) + 1, len(places))
    return _cut(values, values, places, size)


def _allowed(values: Floats, eligible: ArrayLike | None) -> Bools:
    allowed = np.isfinite(values)
    if eligible is not None:
        allowed &= np.asarray(eligible, dtype=np.bool_)
    return allowed


def _places(key: Floats, order: ArrayLike | None, then: ArrayLike | None = None) -> Ints:
    """Positions by ascending key, or in the given order; `then` orders equal keys."""
    if order is not None:
        return np.asarray(order, dtype=np.int64)
    if then is None:
        return np.argsort(key, kind="stable")
    among_equals = np.asarray(then, dtype=np.int64)
    return among_equals[np.argsort(key[among_equals], kind="stable")]


def _cut(values: Floats, compared: Floats, places: Ints, size: int) -> Selection:
    selected = np.zeros(len(values), dtype=np.bool_)
    selected[places[:size]] = True
    if size == 0:
        return Selection(selected, np.nan, False, 0)
    tie = size < len(places) and bool(compared[places[size]] == compared[places[size - 1]])
    return Selection(selected, float(values[places[size - 1]]), tie, size)
