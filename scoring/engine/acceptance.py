"""Counting, over many weightings, how often each client is on the list and where it stands.

The cost is near that of the bare matrix product weightings x ratings. It is done in float32 block
by block; in each draw only the few clients near and above the line are looked at, and scores too
close to the line for float32 are computed again in float64. So the counts are those of float64.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from scoring.engine.arrays import DECIMALS, Bools, Floats, Ints, rounded
from scoring.engine.weightings import Box, score_bounds

Singles: TypeAlias = NDArray[np.float32]

# Scores of one block of draws: stays in the cache of one core.
_CELLS = 1_500_000
# Places are taken from as many draws as fit into so many scores, but from at least this many.
_RANK_CELLS = 5_000_000
_RANK_DRAWS = 400
# With more clients than that, places are kept only for those that are ever on the list.
_TRACKED = 100_000
LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, eq=False)
class Counted:
    """hits: in how many draws the client is on the list. weight_sums: sum of those weightings.

    rank_low, rank_high: percentiles of the place over the first `rank_draws` draws.
    """

    hits: Floats
    weight_sums: Floats
    rank_low: Floats
    rank_high: Floats
    rank_draws: int


def count(
    ratings: Floats,
    weights: Floats,
    drawn: Floats,
    n_key: int,
    prune: bool = True,
    progress: Callable[[float], None] | None = None,
) -> Counted:
    """Ratings with NaN = missing; each client has a rating of positive weight."""
    size, criteria = ratings.shape
    draws = len(drawn)
    tell = progress or (lambda share: None)
    if (drawn == drawn[0]).all():
        return _one_weighting(ratings, drawn, n_key)
    hits, sums = np.zeros(size), np.zeros((size, criteria))
    # All draws lie in the box between the least and the greatest weight drawn.
    least, greatest = score_bounds(ratings, Box(drawn.min(axis=0), drawn.max(axis=0)))
    least, greatest = rounded(least), rounded(greatest)
    candidates = np.arange(size)
    if n_key >= size:
        # As many seats as clients: everybody is on the list.
        hits, sums = np.full(size, float(draws)), np.tile(drawn.sum(axis=0), (size, 1))
    elif n_key == 0:
        candidates = candidates[:0]
    else:
        # Whose greatest score is below the least score of n others is never on the list.
        rivals = np.partition(least, size - n_key)[size - n_key]
        possible = np.flatnonzero(greatest >= rivals)
        candidates = possible if prune else candidates
        counter = _Counter(ratings[candidates], weights, drawn, n_key)
        counter.run(lambda share: tell(0.8 * share))
        hits[candidates], sums[candidates] = counter.hits, counter.sums
    low, high = np.full(size, np.nan), np.full(size, np.nan)
    tracked = np.arange(size)
    if size > _TRACKED:
        tracked = np.flatnonzero(hits)
    # Nobody else can be ahead of one of these: places are counted among them alone.
    rivals = least[tracked].min(initial=np.inf)
    near = np.flatnonzero(greatest >= rivals)
    rank_draws = min(draws, max(_RANK_DRAWS, _RANK_CELLS // max(1, len(near))))
    if len(tracked):
        low[tracked], high[tracked] = _places(
            ratings[near], drawn[:rank_draws], np.searchsorted(near, tracked)
        )
    tell(1.0)
    return Counted(hits, sums, low, high, rank_draws)


def _one_weighting(ratings: Floats, drawn: Floats, n_key: int) -> Counted:
    """All draws are the same: the plain ranking."""
    from scoring.engine.score import competition_rank, weighted_score

    rank = competition_rank(weighted_score(ratings, drawn[0]).score)
    hits = np.where(rank <= n_key, float(len(drawn)), 0.0)
    return Counted(hits, hits[:, None] * drawn[0], rank, rank.copy(), len(drawn))


class _Counter:
    """Hits and sums of weightings for clients more than the seats."""

    def __init__(self, ratings: Floats, weights: Floats, drawn: Floats, n_key: int) -> None:
        rated = np.isfinite(ratings)
        gaps = ~rated.all(axis=1)
        known = np.where(rated, ratings, 0.0)
        middle = _scores(known, rated, weights)
        # Complete clients first, the best first: those who may be at the line lie together.
        self.order = np.lexsort((-middle, gaps))
        self.known, self.rated = known[self.order], rated[self.order]
        self.complete = int((~gaps).sum())
        self.middle = middle[self.order]
        self._take_head(3 * n_key + 50)
        self.drawn, self.n_key = drawn, n_key
        criteria = known.shape[1]
        self.error = np.float32(10 * (2 * criteria + 8) * 2.0**-24)
        self.hits, self.sums = np.zeros(len(known)), np.zeros((len(known), criteria))
        self._pending: list[tuple[Ints, Ints]] = []
        self._waiting = 0

    def _take_head(self, many: int) -> None:
        """Columns of the clients that are best by the middle weighting."""
        if many >= len(self.middle):
            self.head = (self.complete, len(self.middle))
            return
        best = np.argpartition(-self.middle, many)[:many]
        complete = int((best < self.complete).sum())
        self.head = (complete, self.complete + many - complete)

    def run(self, progress: Callable[[float], None]) -> None:
        size = len(self.known)
        singles = self.drawn.astype(np.float32)
        points = np.ascontiguousarray(self.known.T, dtype=np.float32)
        covered = np.ascontiguousarray(self.rated[self.complete :].T, dtype=np.float32)
        positive = bool(singles.min() > 0)
        height = max(1, _CELLS // size)
        scores: Singles = np.empty((height, size), dtype=np.float32)
        for start in range(0, len(self.drawn), height):
            block = singles[start : start + height]
            s = scores[: len(block)]
            np.matmul(block, points, out=s)
            if covered.shape[1]:
                with np.errstate(divide="ignore", invalid="ignore"):
                    s[:, self.complete :] /= block @ covered
                if not positive:
                    # Nothing rated of what this draw gives weight: no score, no seat.
                    np.nan_to_num(s[:, self.complete :], copy=False, nan=-1.0)
            self._block(s, start)
            progress(min(1.0, (start + height) / len(self.drawn)))
        self._flush()
        unsorted = np.empty_like(self.hits)
        unsorted[self.order] = self.hits
        in_order = np.empty_like(self.sums)
        in_order[self.order] = self.sums
        self.hits, self.sums = unsorted, in_order

    def _block(self, s: Singles, start: int) -> None:
        n, margin = self.n_key, 2 * self.error
        first, last = self.head
        head = np.concatenate([s[:, :first], s[:, self.complete : last]], axis=1)
        # The n-th best of some is at most the n-th best of all.
        head.partition(head.shape[1] - n, axis=1)
        floor = head[:, head.shape[1] - n] - margin
        flat = np.flatnonzero(s >= floor[:, None])
        rows, columns = np.divmod(flat, s.shape[1])
        values = s.ravel()[flat]
        sizes = np.bincount(rows, minlength=len(s))
        if len(rows) > 1.2 * n * len(s):
            # So many others pass: the middle weighting says too little about these draws.
            self._take_head(2 * head.shape[1])
        starts = np.cumsum(sizes) - sizes
        table = np.full((len(s), int(sizes.max())), -np.inf, dtype=np.float32)
        table[rows, np.arange(len(rows)) - starts[rows]] = values
        table.partition(table.shape[1] - n, axis=1)
        line = table[:, table.shape[1] - n]
        away = values - line[rows]
        listed = away > margin
        near = np.abs(away) <= margin
        sure = np.bincount(rows[listed], minlength=len(s))
        around = np.bincount(rows[near], minlength=len(s))
        exact = sure + around == n
        # Exactly n at or near the line: all of them are on the list. Otherwise look closer.
        listed |= near & exact[rows]
        for row in np.flatnonzero(~exact):
            part = slice(starts[row], starts[row] + sizes[row])
            at = starts[row] + np.flatnonzero(near[part])
            listed[at] = self._closer(columns[at], start + int(row), n - int(sure[row]))
        self._pending.append((columns[listed], start + rows[listed]))
        self._waiting += int(listed.sum())
        if self._waiting > max(200_000, len(self.hits)):
            self._flush()

    def _closer(self, columns: Ints, row: int, seats: int) -> Bools:
        """Who of these is among the first `seats` in double precision, ties all."""
        s = rounded(_scores(self.known[columns], self.rated[columns], self.drawn[row]))
        s = np.where(np.isnan(s), -1.0, s)
        line = np.partition(s, len(s) - seats)[len(s) - seats]
        listed: Bools = s >= line
        return listed

    def _flush(self) -> None:
        if not self._pending:
            return
        columns = np.concatenate([c for c, _ in self._pending])
        draws = np.concatenate([d for _, d in self._pending])
        size = len(self.hits)
        self.hits += np.bincount(columns, minlength=size)
        for j in range(self.sums.shape[1]):
            self.sums[:, j] += np.bincount(columns, weights=self.drawn[draws, j], minlength=size)
        self._pending, self._waiting = [], 0


def _scores(known: Floats, rated: Bools, weights: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        result: Floats = (known @ weights) / (rated @ weights)
    return result


def _places(ratings: Floats, drawn: Floats, tracked: Ints) -> tuple[Floats, Floats]:
    """Percentiles of the competition rank of some clients, in double precision."""
    size, draws = len(ratings), len(drawn)
    rated = np.isfinite(ratings)
    points = np.ascontiguousarray(np.where(rated, ratings, 0.0).T)
    covered = None if rated.all() else np.ascontiguousarray(rated.T.astype(np.float64))
    ranks = np.empty((len(tracked), draws), dtype=np.int32)
    # A key holds the score, best first, and the client, so that one sort of integers does both.
    shift = max(1, int(size).bit_length())
    top = 10 * 10**DECIMALS + 1
    places = np.arange(size, dtype=np.int32)
    height = max(1, _CELLS // 2 // size)
    rank = np.empty((height, size), dtype=np.int32)
    for start in range(0, draws, height):
        block = drawn[start : min(start + height, draws)]
        s = block @ points
        if covered is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                s /= block @ covered
            np.nan_to_num(s, copy=False, nan=0.0)
        np.multiply(s, 10.0**DECIMALS, out=s)
        keys = top - np.rint(s).astype(np.int64)
        keys <<= shift
        keys |= places
        keys.sort(axis=1)
        clients = keys & ((1 << shift) - 1)
        keys >>= shift
        new = np.empty(keys.shape, dtype=np.int32)
        new[:, 0] = 0
        new[:, 1:] = np.where(keys[:, 1:] != keys[:, :-1], places[1:], 0)
        np.maximum.accumulate(new, axis=1, out=new)
        some = rank[: len(block)]
        np.put_along_axis(some, clients, new, axis=1)
        ranks[:, start : start + len(block)] = some[:, tracked].T
    below, above = int(np.floor(LOW * (draws - 1))), int(np.ceil(HIGH * (draws - 1)))
    ranks.partition([below, above], axis=1)
    return (ranks[:, below] + 1).astype(np.float64), (ranks[:, above] + 1).astype(np.float64)
