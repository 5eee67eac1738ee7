"""Where the list ends: rules that turn a ranking into a selection, and a selection into a
proposal that does not flicker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

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


ENTER, STAY, WATCH, LEAVE, OUT = "enter", "stay", "watch", "leave", "out"


@dataclass(frozen=True, eq=False)
class Proposal:
    """outcome: for each client one of "enter", "stay", "watch" (stays inside the exit level
    alone), "leave" and "out". listed: boolean, who is on the proposed list."""

    outcome: NDArray[np.str_]

    @property
    def listed(self) -> Bools:
        result: Bools = np.isin(self.outcome, (ENTER, STAY, WATCH))
        return result


def propose_by_place(
    place: ArrayLike,
    member: ArrayLike,
    n: int,
    gap: float = 0,
    *,
    must: ArrayLike | None = None,
    never: ArrayLike | None = None,
    frozen: ArrayLike | None = None,
) -> Proposal:
    """Entry and exit levels apart, by place.

    place: 1-based places, 0 = no place (not enough ratings). member: on the list now. A member
    stays up to place n + gap, another enters from place n - gap on; then the list is filled to n
    in the order of places, members first, and where it is longer than n those with the worst
    places give way, the ones that enter first. With gap 0 the list is the n best.

    must: on the list in any case, taking one of the n seats; never: off it in any case. frozen:
    changed a short while ago, so stays on or off the list (dwell time). A member without a place
    leaves, unless frozen or a must.
    """
    at, now = np.asarray(place, dtype=np.int64), np.asarray(member, dtype=np.bool_)
    held, barred, still = (_flag(flags, len(at)) for flags in (must, never, frozen))
    placed = at > 0
    open_ = placed & ~barred & ~held & ~still
    fixed = (held | (still & now)) & ~barred
    seats = max(0, n - int(fixed.sum()))
    wanted = (open_ & now & (at <= n + gap)) | (open_ & ~now & (at <= n - gap))
    # Keys of one order: members within the exit level, then entrants, then whoever fills up.
    class_ = np.select([wanted & now, wanted, open_ & now, open_], [0, 1, 2, 3], default=4)
    excess = int(wanted.sum()) - seats
    chosen = fixed.copy()
    order = np.lexsort((at, class_))
    if excess >= 0:
        # Too many: the worst places give way, entrants before members at the same place.
        ranked = np.flatnonzero(wanted)[np.lexsort((~now[wanted], at[wanted]))]
        chosen[ranked[:seats]] = True
    else:
        fillers = order[class_[order] < 4]
        chosen[fillers[:seats]] = True
    return Proposal(_outcome(now, chosen, beyond=placed & (at > n) & ~held & ~still))


def propose_by_points(
    score: ArrayLike,
    member: ArrayLike,
    level: float,
    gap: float = 0,
    *,
    must: ArrayLike | None = None,
    never: ArrayLike | None = None,
    frozen: ArrayLike | None = None,
) -> Proposal:
    """Entry and exit levels apart, by points: enter from level + gap, leave below level - gap.

    score: NaN = not enough ratings. The other arguments as for :func:`propose_by_place`.
    """
    points, now = rounded(column(score, "score")), np.asarray(member, dtype=np.bool_)
    held, barred, still = (_flag(flags, len(points)) for flags in (must, never, frozen))
    with np.errstate(invalid="ignore"):
        keeps = points >= round(level - gap, 9)
        enters = points >= round(level + gap, 9)
        below = points < round(level, 9)
    chosen = np.where(now, keeps, enters)
    chosen = (np.where(still, now, chosen) | held) & ~barred
    return Proposal(_outcome(now, chosen, beyond=below & ~held & ~still))


def turnover(before: ArrayLike, after: ArrayLike, n: int) -> float:
    """Share of a list of n that changed between two lists: |symmetric difference| / (2 n).

    before, after: ids on the lists. NaN for n = 0.
    """
    changed = np.setxor1d(np.asarray(before), np.asarray(after))
    return len(changed) / (2 * n) if n else float("nan")


def _outcome(now: Bools, chosen: Bools, beyond: Bools) -> NDArray[np.str_]:
    return np.select(
        [chosen & ~now, chosen & beyond, chosen, now],
        [ENTER, WATCH, STAY, LEAVE],
        default=OUT,
    )


def _flag(flags: ArrayLike | None, n: int) -> Bools:
    return np.zeros(n, dtype=np.bool_) if flags is None else np.asarray(flags, dtype=np.bool_)


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
