"""How much hangs on how few: shares, Lorenz and Pareto curves, indexes of concentration.

All take one value per client, (n,); NaN counts as nothing. Gini, Lorenz and the indexes are made
for amounts of zero or more: losses are cut to zero there and shown apart by `whale_curve`.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scoring.engine.selection import share_of_profit

Floats: TypeAlias = NDArray[np.float64]
Bools: TypeAlias = NDArray[np.bool_]

# The Herfindahl-Hirschman index is stated in squared per cents.
HHI_SCALE = 10_000


def gini(values: ArrayLike, *, corrected: bool = False) -> float | None:
    """Gini coefficient: 0 = all alike, towards 1 = one has all; None without any positive value.

    G = 2 sum i x_(i) / (n sum x) - (n + 1) / n over ascending values, the population form;
    corrected = times n / (n - 1), as for a sample.
    """
    shares = np.sort(_shares(values))
    n = len(shares)
    if n == 0 or shares[-1] == 0:
        return None
    g = 2 * float(np.arange(1, n + 1) @ shares) / n - (n + 1) / n
    if corrected:
        return g * n / (n - 1) if n > 1 else None
    return max(g, 0.0)


def lorenz(values: ArrayLike) -> tuple[Floats, Floats]:
    """Points of the Lorenz curve from (0, 0) to (1, 1): share of clients from the smallest up, and
    their share of the total. The diagonal alone where there is no positive value."""
    shares = np.sort(_shares(values))
    if len(shares) == 0 or shares[-1] == 0:
        return np.array([0.0, 1.0]), np.array([0.0, 1.0])
    cumulated = np.concatenate(([0.0], np.cumsum(shares)))
    return np.linspace(0, 1, len(cumulated)), cumulated / cumulated[-1]


def hhi(values: ArrayLike) -> float | None:
    """Herfindahl-Hirschman index, 10,000 x sum of squared shares; None without a positive value."""
    shares = _shares(values)
    concentration = float(shares @ shares)
    return HHI_SCALE * concentration if concentration > 0 else None


def effective_clients(values: ArrayLike) -> float | None:
    """How many clients of equal size would be as concentrated: 1 / sum of squared shares."""
    shares = _shares(values)
    concentration = float(shares @ shares)
    return 1 / concentration if concentration > 0 else None


def top_share(values: ArrayLike, share: float = 0.2) -> float | None:
    """What the largest `share` of clients (rounded up to whole ones) brings of the total.

    The total is the plain sum, losses included, so the answer may pass 1; None where the total is
    not above zero.
    """
    x = _amounts(values)
    total = float(x.sum())
    if total <= 0:
        return None
    # The margin keeps 0.1 x 30 = 3.0000000000000004 from becoming 4 clients.
    count = min(len(x), ceil(share * len(x) - 1e-9))
    return float(np.sort(x)[len(x) - count :].sum()) / total


def selected_share(values: ArrayLike, selected: ArrayLike) -> float | None:
    """What the selected clients bring of the total; None where the total is not above zero."""
    x = _amounts(values)
    total = float(x.sum())
    if total <= 0:
        return None
    return float(x[np.asarray(selected, dtype=np.bool_)].sum()) / total


@dataclass(frozen=True, eq=False)
class ParetoSet:
    """selected: boolean (clients,), the smallest set that brings the share that was asked for.
    size: how many; share: what they bring of all positive profit, None without any.
    tie_at_cut: one left out has the same profit as the last one taken.
    """

    selected: Bools
    size: int
    share: float | None
    tie_at_cut: bool


def pareto_set(profit: ArrayLike, share: float = 0.8) -> ParetoSet:
    """The smallest set of clients that brings `share` of the sum of positive profits."""
    values = np.asarray(profit, dtype=np.float64)
    chosen = share_of_profit(values, share)
    brings = selected_share(np.maximum(_amounts(values), 0.0), chosen.selected)
    return ParetoSet(chosen.selected, chosen.size, brings, chosen.tie_at_cut)


@dataclass(frozen=True, eq=False)
class Curve:
    """Clients in descending order of profit, and what they bring together.

    clients: share of clients, 0..1; profit: share of the total, both from (0, 0), n + 1 points.
    peak: largest profit share, above 1 where clients at the end lose money; peak_clients: the share
    of clients that reach it. gained, lost: sums of positive and of negative profit, in money.
    The total, gained + lost, is the base; profit is empty shares (NaN) when it is not above zero.
    """

    clients: Floats
    profit: Floats
    peak: float
    peak_clients: float
    gained: float
    lost: float


def whale_curve(profit: ArrayLike) -> Curve:
    """Cumulated profit from the best client to the worst: rises above 1 where some lose money."""
    x = np.sort(_amounts(profit))[::-1]
    gained, lost = float(x[x > 0].sum()), float(x[x < 0].sum())
    cumulated = np.concatenate(([0.0], np.cumsum(x)))
    clients = np.linspace(0, 1, len(cumulated))
    if gained + lost <= 0:
        return Curve(clients, np.full(len(cumulated), np.nan), np.nan, np.nan, gained, lost)
    cumulated /= gained + lost
    top = int(np.argmax(cumulated))
    return Curve(clients, cumulated, float(cumulated[top]), float(clients[top]), gained, lost)


def _amounts(values: ArrayLike) -> Floats:
    x = np.asarray(values, dtype=np.float64)
    return np.where(np.isfinite(x), x, 0.0)


def _shares(values: ArrayLike) -> Floats:
    """Shares of the positive total; all zero where there is none."""
    x = np.maximum(_amounts(values), 0.0)
    largest = x.max(initial=0.0)
    if largest == 0:
        return x
    # By the largest first: the sum of huge amounts stays a number.
    x = x / largest
    shares: Floats = x / x.sum()
    return shares
