"""What is worth asking next: the ratings that may change the list.

Value of information of one rating: how probable it is that the client's seat changes once it is
known, if it is drawn from what the client's peers are rated on that criterion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.engine.arrays import DECIMALS, HIGHEST, LOWEST, Bools, Floats, Ints, matrix, rounded
from scoring.engine.score import Scores, weighted_score
from scoring.engine.weights import normalise

# With fewer rated peers than that in a segment, all clients are the peers; with fewer in all,
# nothing is known of the criterion and every whole rating is as likely as another.
ENOUGH_PEERS = 20
_INDIFFERENT: Floats = np.arange(LOWEST, HIGHEST + 1)


@dataclass(frozen=True, eq=False)
class Information:
    """value: chance that the client's seat changes with this rating, (clients, criteria); NaN for
        ratings that were not asked about.
    needed: the rating from which on the client is on the list; below 1 or above 10 where no rating
        changes anything. NaN likewise.
    could: clients off the list that would be on it, if all that is missing were rated 10.
    """

    value: Floats
    needed: Floats
    could: Bools


def value_of_information(
    ratings: ArrayLike,
    weights: ArrayLike,
    n_key: int,
    *,
    old: ArrayLike | None = None,
    min_coverage: float = 0.6,
    applicable: ArrayLike | None = None,
    mandatory: ArrayLike | None = None,
    segments: ArrayLike | None = None,
) -> Information:
    """The value of each missing rating, and of each one that is marked as old.

    Client i is on the list if its score reaches C, the n-th best score of the other clients with a
    place. With the others' weight c and points p of what is rated beside criterion j, the score is
    (p + w_j r) / (c + w_j), so the seat hangs on r >= (C (c + w_j) - p) / w_j: the value is the
    share of the peers' ratings on that side of it where the seat differs from the present one.
    Nothing is drawn; a rating changes the seat of one client and so of one other at most.

    A client that lacks coverage, or a mandatory rating, has no seat until it has them: a rating
    that leaves it without has value 0. old: boolean (clients, criteria), ratings that may not hold
    any more. segments: a label per client; peers are those of the same segment.
    """
    w = normalise(weights)
    r = matrix(ratings, len(w))
    may = _mask(applicable, r.shape, True, "applicable")
    rated = np.isfinite(r) & may
    dated = _mask(old, r.shape, False, "old") & rated
    scores = weighted_score(r, w, min_coverage, applicable=may, mandatory=mandatory)
    listed, line = _lines(scores, n_key)
    must = np.zeros(len(w), dtype=np.bool_) if mandatory is None else np.asarray(mandatory)
    points, weight = np.where(rated, r, 0.0) * w, rated * w
    total_points, total_weight = points.sum(axis=1), weight.sum(axis=1)
    possible = may @ w
    lacking = (must & may & ~rated).sum(axis=1)

    value, needed = np.full(r.shape, np.nan), np.full(r.shape, np.nan)
    for j, share in enumerate(w):
        rows = np.flatnonzero((dated[:, j] | (may[:, j] & ~rated[:, j])) if share > 0 else [])
        if not len(rows):
            continue
        held = total_weight[rows] - weight[rows, j] + share
        # Scores are compared rounded, so the last half unit counts as reached.
        goal = line[rows] - 0.5 * 10.0**-DECIMALS
        with np.errstate(invalid="ignore"):
            from_here = (goal * held - (total_points[rows] - points[rows, j])) / share
        enters = _reaching(r[:, j], rated[:, j], rows, from_here, segments)
        seated = (held >= min_coverage * possible[rows] - 1e-9) & (
            lacking[rows] - (must[j] & ~rated[rows, j]) == 0
        )
        enters = np.where(seated, enters, 0.0)
        value[rows, j] = np.where(listed[rows], 1 - enters, enters)
        needed[rows, j] = from_here
    could = ~listed & (scores.high >= line - 0.5 * 10.0**-DECIMALS) & (rated < may).any(axis=1)
    return Information(value, needed, could)


def next_to_rate(value: ArrayLike, limit: int = 20) -> list[tuple[int, int, float]]:
    """(client, criterion, value) of the ratings worth most, best first; none of no value.

    Equal values in the order of clients and criteria, so that the same data gives the same queue.
    """
    values = np.nan_to_num(np.asarray(value, dtype=np.float64), nan=0.0)
    flat = values.ravel()
    found = np.flatnonzero(flat > 0)
    if len(found) > limit > 0:
        # Everything that is as good as the last of them, before the order decides.
        least = np.partition(flat[found], len(found) - limit)[len(found) - limit]
        found = found[flat[found] >= least]
    best = found[np.argsort(-flat[found], kind="stable")][: max(0, limit)]
    clients, criteria = np.divmod(best, values.shape[1])
    return [(int(i), int(j), float(values[i, j])) for i, j in zip(clients, criteria, strict=True)]


def _lines(scores: Scores, n_key: int) -> tuple[Bools, Floats]:
    """Who is on the list, and for each client the n-th best score of the others with a place."""
    if n_key < 0:
        raise ValueError("n_key: expected zero or more")
    listed = scores.rank <= n_key
    line = np.full(len(listed), -np.inf)
    points = np.sort(rounded(scores.score[scores.eligible]))[::-1]
    if n_key == 0:
        line[:] = np.inf
        return listed, line
    # Without the client itself the n-th best is one further for those at or above it.
    nth = points[n_key - 1] if len(points) >= n_key else -np.inf
    after = points[n_key] if len(points) > n_key else -np.inf
    line[:] = nth
    line[scores.eligible & (rounded(scores.score) >= nth)] = after
    return listed, line


def _reaching(
    ratings: Floats, rated: Bools, rows: Ints, least: Floats, segments: ArrayLike | None
) -> Floats:
    """Per row the share of its peers' ratings of at least so much."""
    everybody = np.sort(ratings[rated])
    result = _share_from(everybody, least)
    if segments is None:
        return result
    labels: NDArray[np.int64]
    _, labels = np.unique(np.asarray(segments), return_inverse=True)
    order = np.lexsort((ratings[rated], labels[rated]))
    values, owners = ratings[rated][order], labels[rated][order]
    by_segment = np.argsort(labels[rows], kind="stable")
    asked = labels[rows][by_segment]
    for label in np.unique(asked):
        peers = values[slice(*np.searchsorted(owners, [label, label + 1]))]
        if len(peers) >= ENOUGH_PEERS:
            at = by_segment[slice(*np.searchsorted(asked, [label, label + 1]))]
            result[at] = _share_from(peers, least[at])
    return result


def _share_from(in_order: Floats, least: Floats) -> Floats:
    known = in_order if len(in_order) >= ENOUGH_PEERS else _INDIFFERENT
    result: Floats = 1 - np.searchsorted(known, least, side="left") / len(known)
    return result


def _mask(flags: ArrayLike | None, shape: tuple[int, ...], default: bool, name: str) -> Bools:
    if flags is None:
        return np.full(shape, default, dtype=np.bool_)
    mask = np.asarray(flags, dtype=np.bool_)
    if mask.shape != shape:
        raise ValueError(f"{name}: shape {mask.shape} for ratings {shape}")
    return mask
