"""Clients whose order hangs by a thread: on the weights, or on who else is compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import Bools, Floats, Ints, matrix, rounded
from scoring.engine.score import competition_rank, weighted_score
from scoring.engine.weightings import score_bounds, tolerance_box
from scoring.engine.weights import normalise


@dataclass(frozen=True, eq=False)
class Unseparated:
    """line: the last client on the list (of equals the first by position); None for no list.

    undecided: clients that some admissible weights put before that one and others after it, or
        level with it; with itself, in the order of score.
    equal: groups among them that no weights at all can tell apart: rated the same on everything.
    """

    line: int | None
    undecided: Ints
    equal: tuple[Ints, ...]


def unseparated(
    ratings: ArrayLike,
    weights: ArrayLike,
    n_key: int,
    tolerance: float,
    *,
    eligible: ArrayLike | None = None,
) -> Unseparated:
    """Whom weights w_j (1 +- tolerance) cannot tell from the last client on the list.

    Exact for clients that lack the same ratings as that one: the mean difference of ratings has
    both signs, or is zero, over the admissible weights. For others the bounds of the two scores
    overlap, which is necessary, not sufficient.
    """
    w = normalise(weights)
    r = matrix(ratings, len(w))
    box = tolerance_box(w, tolerance)
    rank = competition_rank(weighted_score(r, w).score, _taking_part(r, w, eligible))
    listed = np.flatnonzero(rank <= n_key)
    if not len(listed):
        return Unseparated(None, np.arange(0), ())
    line = int(listed[np.argmax(rank[listed])])
    everybody = np.flatnonzero(~np.isnan(rank))
    rows = r[everybody]
    same_gaps = (np.isfinite(rows) == np.isfinite(r[line])).all(axis=1)
    overlapping = np.zeros(len(rows), dtype=np.bool_)
    below, above = score_bounds(rows[same_gaps] - r[line], box)
    overlapping[same_gaps] = (rounded(below) <= 0) & (rounded(above) >= 0)
    low, high = score_bounds(rows[~same_gaps], box)
    own_low, own_high = score_bounds(r[line : line + 1], box)
    overlapping[~same_gaps] = (rounded(low) <= rounded(own_high)) & (
        rounded(high) >= rounded(own_low)
    )
    undecided = everybody[overlapping]
    undecided = undecided[np.argsort(rank[undecided], kind="stable")]
    return Unseparated(line, undecided, _equal(r[:, w > 0], undecided))


@dataclass(frozen=True, eq=False)
class Reversal:
    """What else changes on the list when one client is removed and all are rated anew.

    entered, left: clients whose seat changes against the same ranking with the client struck out.
    """

    removed: int
    entered: Ints
    left: Ints


def reversals(
    clients: int,
    rate: Callable[[Ints], ArrayLike],
    weights: ArrayLike,
    n_key: int,
    removed: Iterable[int],
    *,
    min_coverage: float = 0.6,
) -> tuple[Reversal, ...]:
    """Whether the list depends on who else is compared (Belton & Gear 1983).

    rate: ratings of the clients at these positions, as they are when only these exist. Absolute
    rules do not look at others, so nothing can change; relative ones may. removed: whom to leave
    out, one at a time; each costs one rating of everybody else. Only those removals that change
    something are returned.
    """
    w = normalise(weights)
    all_of_them = np.arange(clients)

    def score(positions: Ints) -> tuple[Floats, Bools]:
        found = weighted_score(rate(positions), w, min_coverage)
        return found.score, found.eligible

    before, had_place = score(all_of_them)
    result = []
    for one in removed:
        rest = np.delete(all_of_them, one)
        struck_out = competition_rank(before[rest], had_place[rest]) <= n_key
        anew = competition_rank(*score(rest)) <= n_key
        if (struck_out != anew).any():
            result.append(Reversal(int(one), rest[anew & ~struck_out], rest[struck_out & ~anew]))
    return tuple(result)


def _taking_part(r: Floats, w: Floats, eligible: ArrayLike | None) -> Bools:
    part: Bools = np.isfinite(r) @ w > 0
    return part if eligible is None else part & np.asarray(eligible, dtype=np.bool_)


def _equal(rated: Floats, positions: Ints) -> tuple[Ints, ...]:
    """Groups of two and more with the same row, missing ratings alike."""
    rows = np.where(np.isfinite(rated[positions]), rated[positions], 0.0)
    _, group, sizes = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
    group = group.ravel()
    return tuple(positions[group == g] for g in np.flatnonzero(sizes > 1))
