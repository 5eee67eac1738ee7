"""Does being a key client pay?  Difference in differences against look-alikes never key.

For each client i that became key the change of monthly profit from the year before to the months
since is compared with that of its 5 nearest look-alikes over the same months: of the same kind,
within a caliper of 0.25 standard deviations of the logarithm of profit before, the nearest by the
path of the year before.  Changes are relative to each one's own year before, so that sizes do not
matter; clients weigh by their profit before, so that the share and the money agree.

The interval is a bootstrap with accounts as blocks: every account, key or look-alike, is drawn
with all its months by a weight of mean and variance one (a multiplier bootstrap), so a look-alike
that serves several clients is drawn once for all.  The placebo asks the same of the year before
against the year before that, when there was no programme yet: it should be nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

PEERS = 5
CALIPER = 0.25
BEFORE = 12  # months
FEWEST_CLIENTS = 5
FEWEST_MONTHS = 6
DRAWS = 2_000
LEVEL = 0.95

TOO_FEW = "too_few"
TOO_EARLY = "too_early"
UNLIKE = "unlike"  # the placebo is not nothing: look-alikes went another way already before
PAYS = "pays"
HARMS = "harms"
OPEN = "open"


def nearest(before: Floats, kind: Ints, treated: Ints, never: Bools) -> Ints:
    """Positions (n, 5) of look-alikes of each treated client; −1 where there are fewer.

    before: (clients, months) of the year before.  kind: codes (clients,).  treated: positions (n,).
    never: (clients,) who may be a look-alike.  Distance is the root mean square between paths, each
    divided by the mean of the treated client's.
    """
    level = before.mean(axis=1)
    usable = level > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        score = np.log(np.where(usable, level, np.nan))
    found = np.full((len(treated), PEERS), -1, dtype=np.int64)
    of_interest = usable & never
    of_interest[treated] |= usable[treated]
    if of_interest.sum() < 2:
        return found
    reach = CALIPER * float(score[of_interest].std())
    for row, who in enumerate(treated.tolist()):
        if not usable[who]:
            continue
        pool = np.flatnonzero(
            never & usable & (kind == kind[who]) & (np.abs(score - score[who]) <= reach + 1e-12)
        )
        pool = pool[pool != who]
        distance = np.sqrt((((before[pool] - before[who]) / level[who]) ** 2).mean(axis=1))
        order = pool[np.lexsort((pool, distance))][:PEERS]
        found[row, : len(order)] = order
    return found


@dataclass(frozen=True)
class Effect:
    """``share`` of what profit would have been; ``low``, ``high`` of the interval; ``money`` over
    the months since; ``clients`` that had 5 look-alikes."""

    share: float
    low: float
    high: float
    money: float
    clients: int


def effect(
    own: Floats, peers: Floats, ids: Ints, market: Floats, before: Floats, months: Floats,
    rng: np.random.Generator, draws: int = DRAWS,
) -> Effect | None:  # fmt: skip
    """Estimate with interval; None with fewer than two clients.

    own: (n,) profit a month since ÷ profit a month before, of each key client.  peers: (n, 5) the
    same of its look-alikes over the same months, ids: (n, 5) who they are.  market: (n,) the same
    of everybody never key, by which residuals are centred.  before: (n,) profit a month before,
    above zero.  months: (n,) since.
    """
    n = len(own)
    if n < 2:
        return None
    weight = before * months
    u = weight / weight.sum()
    expected = peers.mean(axis=1)
    above, below = float(u @ own), float(u @ expected)
    if below <= 0:
        return None
    share = above / below - 1
    # Influence of each account on the share.
    r = own - market
    r = u * (r - u @ r)
    spread = peers - market[:, None]
    spread = u[:, None] / peers.shape[1] * (spread - u @ spread.mean(axis=1))
    who, at = np.unique(ids, return_inverse=True)
    s = np.bincount(at.ravel(), weights=spread.ravel(), minlength=len(who))
    effective = 1 / float(u @ u)
    r *= np.sqrt(effective / max(effective - 1, 1e-9))
    # Rademacher weights: mean 0, variance 1, and no skew of their own.
    drawn = (rng.integers(0, 2, (draws, n)) * 2 - 1) @ r / below
    drawn -= (rng.integers(0, 2, (draws, len(who))) * 2 - 1) @ s * above / below**2
    from scipy.stats import t

    half = float(drawn.std()) * float(t.ppf((1 + LEVEL) / 2, max(effective - 1, 1.0)))
    return Effect(share, share - half, share + half, float(weight @ (own - expected)), n)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Ratios of the windows of each key client: what `effect` takes.  ``row``: which of the
    treated had everything."""

    row: Ints
    own: Floats
    peers: Floats
    ids: Ints
    market: Floats
    before: Floats
    months: Floats


def compared(
    profit: Floats, kind: Ints, treated: Ints, start: Ints, never: Bools, *, shift: int = 0,
    match: Ints | None = None,
) -> tuple[Comparison, Ints]:  # fmt: skip
    """Windows of each treated client, and its look-alikes (n, 5).

    profit: (clients, months), oldest first.  start: (n,) the first month of each as a key client.
    shift: months back for a placebo, whose "since" is then the ``BEFORE`` months up to the start.
    match: look-alikes found already.
    """
    n, months = len(treated), profit.shape[1]
    match = np.full((n, PEERS), -1, dtype=np.int64) if match is None else match.copy()
    rows: list[int] = []
    own, peers, market, before, since = [], [], [], [], []
    for first in np.unique(start).tolist():
        a, b = first - shift - BEFORE, first - shift
        end = first if shift else months
        if a < 0 or end <= b:
            continue
        mine = np.flatnonzero(start == first)
        if not shift:
            match[mine] = nearest(profit[:, a:b], kind, treated[mine], never)
        level = profit[:, a:b].mean(axis=1)
        after = profit[:, b:end].mean(axis=1)
        ratio = np.divide(after, level, out=np.full(len(level), np.nan), where=level > 0)
        pool = never & np.isfinite(ratio)
        # Weighted by size and so not thrown by one that was next to nothing before.
        common = float(after[pool].sum() / level[pool].sum()) if pool.any() else np.nan
        for row in mine.tolist():
            near = match[row]
            if (near < 0).any() or not np.isfinite(ratio[treated[row]]):
                continue
            if not np.isfinite(ratio[near]).all():
                continue
            rows.append(row)
            own.append(float(ratio[treated[row]]))
            peers.append(ratio[near])
            market.append(common)
            before.append(float(level[treated[row]]))
            since.append(float(end - b))
    at = np.array(rows, dtype=np.int64)
    return (
        Comparison(
            at,
            np.array(own),
            np.array(peers).reshape(len(rows), PEERS),
            match[at].reshape(len(rows), PEERS),
            np.array(market),
            np.array(before),
            np.array(since),
        ),
        match,
    )


@dataclass(frozen=True, eq=False)
class Verdict:
    """``found``: what may be told; ``measured``: the same, and where the placebo forbids to tell it
    what came out, by which the method is checked."""

    word: str
    found: Effect | None = None
    placebo: Effect | None = None
    rows: Comparison | None = None
    measured: Effect | None = None


def judge(
    profit: Floats, kind: Ints, treated: Ints, start: Ints, never: Bools, *, seed: int = 1,
    draws: int = DRAWS,
) -> Verdict:  # fmt: skip
    """The verdict over all key clients.

    Those that have been key for fewer than 6 months are too early to count.  No figure with fewer
    than 5 clients that each have 5 look-alikes, and none where the placebo is not nothing.
    """
    months = profit.shape[1]
    ripe = months - start >= FEWEST_MONTHS
    if ripe.sum() < FEWEST_CLIENTS:
        return Verdict(TOO_EARLY if len(start) >= FEWEST_CLIENTS else TOO_FEW)
    treated, start = treated[ripe], start[ripe]
    rng = np.random.default_rng(seed)
    rows, match = compared(profit, kind, treated, start, never)
    if len(rows.row) < FEWEST_CLIENTS:
        return Verdict(TOO_FEW)
    found = effect(
        rows.own, rows.peers, rows.ids, rows.market, rows.before, rows.months, rng, draws
    )
    if found is None:
        return Verdict(TOO_FEW)
    then, _match = compared(profit, kind, treated, start, never, shift=BEFORE, match=match)
    placebo = None
    if len(then.row) >= FEWEST_CLIENTS:
        placebo = effect(
            then.own, then.peers, then.ids, then.market, then.before, then.months, rng, draws
        )
    if placebo is not None and not placebo.low <= 0 <= placebo.high:
        # What is measured against look-alikes of another way says nothing of the programme.
        return Verdict(UNLIKE, placebo=placebo, measured=found)
    word = OPEN
    if found.low > 0:
        word = PAYS
    elif found.high < 0:
        word = HARMS
    return Verdict(word, found, placebo, rows, found)


def increments(profit: Floats, rows: Comparison, treated: Ints, start: Ints) -> Floats:
    """What was gained in each month (months,), summed over the clients of ``rows``: own profit less
    what it would have been had it gone as the look-alikes did.  Its sum is the effect in money.

    treated, start: of the rows, in their order.
    """
    gained = np.zeros(profit.shape[1])
    for at, (who, first) in enumerate(zip(treated.tolist(), start.tolist(), strict=True)):
        near = rows.ids[at]
        level = profit[near, first - BEFORE : first].mean(axis=1)
        expected = (profit[near, first:] / level[:, None]).mean(axis=0) * rows.before[at]
        gained[first:] += profit[who, first:] - expected
    return gained


def payback(gained: Floats, spent: Floats, discount: float) -> int | None:
    """The first month, from 1, by which what was gained covers what was spent, both summed up and
    discounted by ``discount`` a year; None where it has not yet.  A programme that has cost nothing
    has nothing to pay back: None too."""
    g, c = np.asarray(gained, dtype=np.float64), np.asarray(spent, dtype=np.float64)
    factor = (1 + discount) ** (-np.arange(1, len(g) + 1) / 12)
    total = np.cumsum(c * factor)
    reached = np.flatnonzero((np.cumsum(g * factor) >= total) & (total > 0))
    return int(reached[0]) + 1 if len(reached) else None


def programme_return(gained: float, spent: float) -> float | None:
    """(effect − cost) ÷ cost; None without a cost."""
    return (gained - spent) / spent if spent > 0 else None
