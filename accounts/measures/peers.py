"""Look-alikes, and what they tell of a client's room to grow: pure arithmetic over columns.

A look-alike is a client of the same kind (segment and country) and of comparable size that buys
from us.  Nothing is said of fewer than five of them, and of a product family only where five of
them buy it: so no figure is one company's figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

PEERS = 20  # how many look-alikes are asked, at most
FEWEST = 5  # fewer than these are not enough
FACTOR = 4.0  # a look-alike is at most so many times larger or smaller
WALLET_QUANTILE = 0.8
_ROWS = 8192
_CELLS = 6_000_000  # numbers held at once while families are compared


def look_alikes(
    kinds: Sequence[ArrayLike], size: ArrayLike, buys: ArrayLike, k: int = PEERS
) -> Ints:
    """The k nearest by size within the same kind: positions (n, k), −1 where there are no more.

    kinds: codes (n,) of the kind, the strictest first: where a stricter one has fewer than FEWEST
    look-alikes the next one is asked.  size: (n,) above zero, NaN or less = not known, and then
    without look-alikes and not one either.  buys: who may be a look-alike.  Sizes are compared as
    ratios; equal distances go by position.  Nobody is a look-alike of itself.
    """
    known = np.asarray(size, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        log = np.log(np.where(known > 0, known, np.nan))
    usable = np.isfinite(log)
    candidates = np.asarray(buys, dtype=np.bool_) & usable
    found = np.full((len(log), k), -1, dtype=np.int64)
    open_ = usable.copy()
    for kind in kinds:
        if not open_.any():
            break
        nearest = _nearest(np.asarray(kind), log, candidates, open_, k)
        rows = np.flatnonzero(open_)
        better = (nearest >= 0).sum(axis=1) > (found[rows] >= 0).sum(axis=1)
        found[rows[better]] = nearest[better]
        open_ &= (found >= 0).sum(axis=1) < FEWEST
    return found


def _nearest(
    kind: NDArray[np.generic], log: Floats, candidates: Bools, asks: Bools, k: int
) -> Ints:
    """Within equal kinds; rows for those who ask.  In order of (kind, size) the k nearest of a
    client are among the k candidates before and the k after it."""
    order = np.lexsort((np.arange(len(log)), log, kind))
    order = order[np.isfinite(log[order])]
    is_candidate = candidates[order]
    pool = order[is_candidate]
    before = np.empty(len(log), dtype=np.int64)
    before[order] = np.cumsum(is_candidate) - is_candidate
    rows = np.flatnonzero(asks)
    result = np.full((len(rows), k), -1, dtype=np.int64)
    if not len(pool):
        return result
    offsets = np.arange(-k, k + 1)
    for start in range(0, len(rows), _ROWS):
        mine = rows[start : start + _ROWS]
        at = before[mine, None] + offsets
        inside = (at >= 0) & (at < len(pool))
        near = pool[np.clip(at, 0, len(pool) - 1)]
        distance = np.abs(log[near] - log[mine, None])
        fits = inside & (kind[near] == kind[mine, None]) & (near != mine[:, None])
        distance[~fits | (distance > np.log(FACTOR) + 1e-12)] = np.inf
        nearest = np.argsort(distance, axis=1, kind="stable")[:, :k]
        chosen = np.take_along_axis(near, nearest, axis=1)
        chosen[~np.isfinite(np.take_along_axis(distance, nearest, axis=1))] = -1
        result[start : start + _ROWS] = chosen
    return result


@dataclass(frozen=True, eq=False)
class Gaps:
    """Room to grow by product family: rows of (client, family) pairs where there is any.

    client, family: positions (m,).  buyers: how many of the look-alikes buy the family; peers: how
    many there are.  own: what the client buys of it.  low, middle, high: what more it might buy in
    a year: the lower quartile, the median and the upper quartile of what buying look-alikes of its
    size buy, less its own, times the chance that it buys at all.
    """

    client: Ints
    family: Ints
    buyers: Ints
    peers: Ints
    own: Floats
    low: Floats
    middle: Floats
    high: Floats


def gaps(spend: ArrayLike, peers: ArrayLike, size: ArrayLike) -> Gaps:
    """What look-alikes buy and the client does not, or buys less of than three in four of them.

    spend: (n, families) of twelve months.  peers: positions (n, k) of `look_alikes`.  size: (n,),
    by which spending is made comparable.  A family that the client does not buy counts with the
    shrunk share (x + 1) / (m + 2) of look-alikes that do; one that it buys below their lower
    quartile counts in full.  Families bought by fewer than FEWEST look-alikes tell nothing.
    """
    money = np.maximum(np.asarray(spend, dtype=np.float64), 0)
    near = np.asarray(peers, dtype=np.int64)
    scale = np.asarray(size, dtype=np.float64)
    families = money.shape[1] if money.ndim == 2 else 0
    there = near >= 0
    count = there.sum(axis=1)
    rows = np.flatnonzero(count >= FEWEST)
    with np.errstate(invalid="ignore", divide="ignore"):
        per_size = money / scale[:, None]
    parts: list[tuple[NDArray[np.generic], ...]] = []
    step = max(64, _CELLS // max(1, near.shape[1] * families))
    for start in range(0, len(rows) if families else 0, step):
        mine = rows[start : start + step]
        bought = per_size[np.maximum(near[mine], 0)]
        bought[~there[mine]] = 0.0
        bought[~(bought > 0)] = np.inf
        buyers = np.isfinite(bought).sum(axis=1)
        bought.sort(axis=1)
        low, middle, high = (
            _quantile(bought, buyers, q) * scale[mine, None] for q in (0.25, 0.5, 0.75)
        )
        own = money[mine]
        m = count[mine, None]
        told = buyers >= FEWEST
        absent = told & (own <= 0)
        under = told & (own > 0) & (own < low)
        chance = np.where(absent, (buyers + 1) / (m + 2), 1.0)
        at, family = np.nonzero(absent | under)
        parts.append(
            (
                mine[at],
                family,
                buyers[at, family],
                count[mine][at],
                own[at, family],
                *((chance * (x - own))[at, family] for x in (low, middle, high)),
            )
        )
    if not parts:
        none, zero = np.zeros(0, dtype=np.int64), np.zeros(0)
        return Gaps(none, none, none, none, zero, zero, zero, zero)
    return Gaps(*(np.concatenate([part[at] for part in parts]) for at in range(8)))


def _quantile(in_order: Floats, counts: Ints, q: float) -> Floats:
    """Type 7 quantile along axis 1 of the first `counts` of ascending values; 0 without any."""
    position = np.maximum(counts - 1, 0) * q
    below = np.floor(position).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(counts - 1, 0))
    a = np.take_along_axis(in_order, below[:, None], axis=1)[:, 0]
    b = np.take_along_axis(in_order, above[:, None], axis=1)[:, 0]
    a, b = np.where(counts > 0, a, 0.0), np.where(counts > 0, b, 0.0)
    found: Floats = a + (b - a) * (position - below)
    return found


@dataclass(frozen=True, eq=False)
class Potential:
    """Extra sales in a year for each client (n,): NaN where there are not enough look-alikes.
    peers: how many there are."""

    low: Floats
    middle: Floats
    high: Floats
    peers: Ints


def potential(found: Gaps, peers: ArrayLike, wallet_left: ArrayLike | None = None) -> Potential:
    """The gaps of each client summed.

    wallet_left: what the client still buys elsewhere in our field, as it has said (NaN = it has
    not): nobody can buy more from us than that.
    """
    count = (np.asarray(peers) >= 0).sum(axis=1)
    told = count >= FEWEST
    sums = [
        np.where(told, np.bincount(found.client, weights=part, minlength=len(count)), np.nan)
        for part in (found.low, found.middle, found.high)
    ]
    if wallet_left is not None:
        left = np.asarray(wallet_left, dtype=np.float64)
        most = np.where(np.isnan(left), np.inf, np.maximum(left, 0))
        sums = [np.minimum(part, most) for part in sums]
    return Potential(sums[0], sums[1], sums[2], count)


def estimated_wallet(
    revenue: ArrayLike, size: ArrayLike, peers: ArrayLike, q: float = WALLET_QUANTILE
) -> Floats:
    """What a client of this size may buy in our field in a year: the quantile q of what its
    look-alikes buy from us per unit of size, and at least what it buys already.  NaN with fewer
    than FEWEST look-alikes.  The best customers among equals show what there is to buy."""
    money, scale = np.asarray(revenue, dtype=np.float64), np.asarray(size, dtype=np.float64)
    near = np.asarray(peers, dtype=np.int64)
    there = near >= 0
    count = there.sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        intensity = np.where(there, (money / scale)[np.maximum(near, 0)], np.inf)
    intensity.sort(axis=1)
    told = count >= FEWEST
    wallet = np.full(len(money), np.nan)
    estimate = _quantile(intensity[told, :, None], count[told, None], q)[:, 0] * scale[told]
    wallet[told] = np.maximum(estimate, money[told])
    return wallet


def share_of_wallet(revenue: ArrayLike, wallet: ArrayLike) -> Floats:
    """Our part of what the client buys in our field, in per cent, at most 100; NaN without a
    wallet above zero."""
    money, whole = np.asarray(revenue, dtype=np.float64), np.asarray(wallet, dtype=np.float64)
    share: Floats = np.divide(
        100 * np.maximum(money, 0), whole, out=np.full(len(money), np.nan), where=whole > 0
    )
    return np.minimum(share, 100.0)
