"""Who the clients of a demo workspace are, as arrays: sizes, stories, habits.

Pure NumPy, deterministic by seed and date, and made in blocks of clients, so that a workspace of
any size needs the memory of one block.  Money is int64 in cents, days are int64 from 1970-01-01.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from .calendar import month_starts

ORGANISATION, SOLE_TRADER, PERSON = range(3)
KIND_SHARES = (0.86, 0.11, 0.03)

STORIES = (
    "steady",
    "growing",
    "fading",
    "new",
    "returned",
    "irregular",
    "dormant",
    "lost",
    "prospect",
)
STEADY, GROWING, FADING, NEW, RETURNED, IRREGULAR, DORMANT, LOST, PROSPECT = range(9)
STORY_SHARES = (0.33, 0.14, 0.11, 0.08, 0.05, 0.08, 0.06, 0.07, 0.08)
# Large clients are steadier than small ones: by so many standard deviations.
STEADINESS = np.array([2.4, 0.8, 0.8, -0.6, -1.2, -2.0, -1.2, -1.2, 0.0])

# Spread of sizes, as logarithms over normal quantiles: many small places, and chains and producers
# that are further from them than from each other.  The top fifth holds three quarters of sales, as in
# most distribution.
SIZES = ((-4, 0.5, 0.7, 4), (-4.8, 0.6, 2.1, 4.1))
MEDIAN_MONTH = 4_200_000  # median sales of a client a month, in kopecks
USUAL_HISTORY = 34  # the months for which the lengths of the stories are meant

PAYMENT_HABITS = np.array([[-4, 2], [-1, 3], [13, 7], [35, 14]])  # days late: mean, spread
PAYMENT_SHARES = (0.45, 0.30, 0.17, 0.08)
TERMS = np.array([0, 7, 14, 21, 30, 45])
TERMS_SHARES = (0.12, 0.12, 0.24, 0.2, 0.24, 0.08)
DISCOUNTS = np.array([0, 20, 30, 50, 70, 100])  # thousandths
LATE_DELIVERY = np.array([0.03, 0.10, 0.30])
LATE_DELIVERY_SHARES = (0.6, 0.3, 0.1)

LINES_PER_DOCUMENT = (2, 6, 0.36)  # at least, at most as many more, chance of each
MEAN_LINES = LINES_PER_DOCUMENT[0] + LINES_PER_DOCUMENT[1] * LINES_PER_DOCUMENT[2]
LINES_PER_BLOCK = 250_000
BLOCK_LIMITS = (400, 25_000)  # clients
CLIENTS_PER_GROUP = 42


@dataclass(frozen=True)
class Size:
    """How large a workspace is asked for.  ``lines`` thins the purchases to about that many
    document lines; None leaves the natural rhythm."""

    clients: int
    months: int
    seed: int
    as_of: dt.date
    lines: int | None = None


@dataclass(frozen=True)
class Trade:
    """What is traded: P products in F families, S segments of clients, C cities."""

    family: np.ndarray  # (P,) of each product, ascending
    price: np.ndarray  # (P,) cents
    margin: np.ndarray  # (P,) share of the price
    cost_known: np.ndarray  # (P,) bool
    season: np.ndarray  # (S, 12)
    segment_shares: np.ndarray  # (S,)
    larger: np.ndarray  # (S,) standard deviations by which the clients of a segment are larger
    city_shares: np.ndarray  # (C,)
    vat_per_cent: int
    price_factor: float  # cents of the company's currency to a kopeck


@dataclass(frozen=True)
class Clients:
    """n clients; every array has the shape (n,) unless it says otherwise."""

    size: np.ndarray  # 0..1, place among all by size
    month: np.ndarray  # usual sales a month, cents
    story: np.ndarray
    kind: np.ndarray
    segment: np.ndarray
    city: np.ndarray
    group: np.ndarray  # number of the group within the block, −1 none
    frequency: np.ndarray  # purchases a month
    unrest: np.ndarray  # how far a purchase strays from the rhythm, in intervals
    terms: np.ndarray  # days to pay
    late: np.ndarray  # (n, 2) mean and spread of days late
    drift: np.ndarray  # days later by the end of the history
    pays_at_once: np.ndarray  # bool: one payment for all of a fortnight
    names_document: np.ndarray  # share of payments that name their document
    leaves_debt: np.ndarray  # bool: the last invoices stay unpaid
    discount: np.ndarray  # thousandths
    price_level: np.ndarray  # around 1
    orders: np.ndarray  # bool: places orders beforehand
    late_delivery: np.ndarray  # share of orders that we deliver late
    families: np.ndarray  # (n, F) families in order of liking
    breadth: np.ndarray  # how many of them are bought
    intensity: np.ndarray  # (n, months + 1) share of the usual purchases in each month
    employees: np.ndarray  # 0 = not known
    turnover: np.ndarray  # cents a year, 0 = not known
    since: np.ndarray  # month of the first purchase
    more: np.ndarray | None = None  # (n, months + 1) a purchase is worth so many usual ones

    def __len__(self) -> int:
        return len(self.size)


def quota(rng: np.random.Generator, shares: tuple[float, ...] | np.ndarray, n: int) -> np.ndarray:
    """n codes 0..k−1 in exactly these shares (to rounding), in random order."""
    bounds = np.cumsum(shares) / np.sum(shares)
    return rng.permutation(np.searchsorted(bounds, (np.arange(n) + 0.5) / n, side="right"))


def normal_quantile(share: np.ndarray) -> np.ndarray:
    """The rational approximation of Abramowitz & Stegun 26.2.23 (error < 4.5e-4)."""
    tail = np.minimum(share, 1 - share)
    t = np.sqrt(-2 * np.log(tail))
    z = t - (2.515517 + 0.802853 * t + 0.010328 * t * t) / (
        1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t
    )
    return np.where(share < 0.5, -z, z)


def _intensity(
    rng: np.random.Generator, story: np.ndarray, since: np.ndarray, months: int
) -> np.ndarray:
    """Share of the usual purchases in each month: (n, months + 1), the last one after today."""
    n = len(story)
    month = np.arange(months + 1)[None, :]
    share = month / max(months - 1, 1)
    stretch = months / USUAL_HISTORY
    level = np.ones((n, months + 1))

    def stories(*codes: int) -> np.ndarray:
        return np.isin(story, codes)[:, None]

    def random(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, n)[:, None]

    level = np.where(stories(GROWING), 0.5 + random(0.7, 1.6) * share, level)
    level = np.where(stories(FADING), 1.5 - random(0.9, 1.3) * share, level)
    stop = months - stretch * np.where(stories(LOST), random(9, 18), random(4, 8))
    level = np.where(stories(DORMANT, LOST) & (month >= np.maximum(stop, 1)), 0, level)
    slowing = stories(LOST) & (month >= stop - 3 * stretch)
    level = np.where(slowing, level * 0.5, level)
    back = months - stretch * random(3, 8)
    away = (month >= back - stretch * random(6, 9)) & (month < back)
    level = np.where(stories(RETURNED) & away, 0, level)
    level = np.where(month < since[:, None], 0, level)
    level = np.where(stories(PROSPECT), 0, level)
    return np.maximum(level, 0) * rng.lognormal(0, 0.12, (n, months + 1))


def make_clients(
    rng: np.random.Generator, trade: Trade, size: Size, n: int, thinning: float
) -> Clients:
    """n clients of a block; their sizes cover the whole range, whatever the block."""
    segment = quota(rng, trade.segment_shares, n)
    in_order = np.argsort(rng.normal(trade.larger[segment], 1), kind="stable")
    rank = np.empty(n)
    rank[in_order] = (np.arange(n) + 0.5) / n
    stories = quota(rng, STORY_SHARES, n)
    story = np.empty(n, dtype=np.int64)
    story[in_order] = stories[np.argsort(rng.normal(STEADINESS[stories], 1), kind="stable")]
    kind = quota(rng, KIND_SHARES, n)
    # People and sole traders are small: they change places with small organisations.
    small_first = np.argsort(rank, kind="stable")
    small = small_first[: max(int(n * 0.5), (kind != ORGANISATION).sum())]
    private = kind[kind != ORGANISATION]
    kind = np.zeros(n, dtype=np.int64)
    kind[rng.choice(small, len(private), replace=False)] = private

    relative = np.exp(np.interp(normal_quantile(rank), *SIZES))
    month = MEDIAN_MONTH * trade.price_factor * relative
    frequency = np.clip(0.75 * relative**0.22 * rng.lognormal(0, 0.25, n), 0.25, 6)
    frequency = np.where(story == IRREGULAR, frequency * 0.6, frequency)

    # Most of the large ones have bought since before the history begins.
    old = rng.random(n) < 0.4 + 0.55 * rank
    since = np.where(old, 0, rng.uniform(0, 0.55, n) * size.months).astype(int)
    newcomer = size.months - size.months / USUAL_HISTORY * rng.uniform(2, 9, n)
    since = np.where(story == NEW, newcomer, np.where(story >= RETURNED, 0, since))
    since = np.clip(since, 0, size.months - 1).astype(np.int64)

    starts = month_starts(size.as_of, size.months)[:-1]
    calendar_month = starts.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    intensity = _intensity(rng, story, since, size.months)
    intensity *= trade.season[segment][:, calendar_month]

    families = int(trade.family.max()) + 1
    # What a segment likes is the same in every block.
    taste = np.random.default_rng(size.seed).gumbel(size=(len(trade.segment_shares), families))
    likes = rng.gumbel(size=(n, families)) + taste[segment]
    breadth = np.clip(np.round(1 + 5 * rank + rng.normal(0, 1.3, n)), 1, families)

    late = PAYMENT_HABITS[quota(rng, PAYMENT_SHARES, n)]
    wanted = rng.lognormal(0, 0.6, n) * month / (1_500_000 * trade.price_factor)
    unknown = rng.random(n) < 0.12
    discount = DISCOUNTS[np.clip(np.round(rank * 4.4 + rng.normal(0, 0.8, n)), 0, 5).astype(int)]
    return Clients(
        size=rank,
        month=month,
        story=story,
        kind=kind,
        segment=segment,
        city=quota(rng, trade.city_shares, n),
        group=_groups(rng, kind, story, n),
        frequency=frequency * thinning,
        unrest=np.where(story == IRREGULAR, 0.6, rng.uniform(0.06, 0.25, n)),
        terms=TERMS[quota(rng, TERMS_SHARES, n)],
        late=late,
        drift=np.where(story == FADING, rng.uniform(5, 30, n), rng.normal(0, 3, n)),
        pays_at_once=rng.random(n) < 0.15,
        names_document=np.where(rng.random(n) < 0.7, 0.95, 0.3),
        leaves_debt=(story == LOST) & (rng.random(n) < 0.4),
        discount=discount,
        price_level=rng.normal(1, 0.02, n),
        orders=rng.random(n) < 0.7,
        late_delivery=LATE_DELIVERY[quota(rng, LATE_DELIVERY_SHARES, n)],
        families=np.argsort(-likes, axis=1),
        breadth=breadth.astype(np.int64),
        intensity=intensity,
        employees=np.where(unknown, 0, np.clip(np.round(wanted * 6), 1, 12_000)).astype(np.int64),
        turnover=np.where(
            unknown | (kind == PERSON),
            0,
            np.round(month * 12 * rng.lognormal(3.0, 0.6, n) / 100_000) * 100_000,
        ).astype(np.int64),
        since=since,
    )


def _groups(rng: np.random.Generator, kind: np.ndarray, story: np.ndarray, n: int) -> np.ndarray:
    """Which group of companies each client belongs to, −1 for none."""
    group = np.full(n, -1)
    able = rng.permutation(np.flatnonzero((kind == ORGANISATION) & (story != PROSPECT)))
    members = rng.integers(2, 5, max(1, n // CLIENTS_PER_GROUP)) if n >= 12 else np.array([2])
    members = members[np.cumsum(members) <= len(able)]
    group[able[: members.sum()]] = np.repeat(np.arange(len(members)), members)
    return group


def _lines_per_client(clients: Clients) -> float:
    """Document lines that a client brings on average, orders included."""
    purchases = clients.intensity[:, :-1].sum(1) * clients.frequency
    return float((purchases * MEAN_LINES * (1 + clients.orders)).mean())


@dataclass(frozen=True)
class Blocks:
    """How a workspace is cut: clients per block, and how much purchases are thinned."""

    sizes: tuple[int, ...]
    thinning: float


def plan(size: Size, trade: Trade) -> Blocks:
    """Blocks of bounded memory, and the thinning that gives about ``size.lines`` lines."""
    sample = make_clients(
        np.random.default_rng([size.seed, 0]), trade, size, min(size.clients, 2_000), 1.0
    )
    natural = _lines_per_client(sample)
    thinning = 1.0 if size.lines is None else size.lines / (natural * size.clients)
    block = int(np.clip(LINES_PER_BLOCK / max(natural * thinning, 1), *BLOCK_LIMITS))
    count = -(-size.clients // block)
    base, extra = divmod(size.clients, count)
    return Blocks(tuple(base + (number < extra) for number in range(count)), thinning)
