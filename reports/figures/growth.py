"""How clients develop between two periods: change, movers, and where the change came from.

before, after: one amount per client, (n,), the same clients in the same order; NaN counts as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Bools: TypeAlias = NDArray[np.bool_]

YEAR = 12


@dataclass(frozen=True, eq=False)
class Growth:
    """change: after - before per client; ratio: change / before, NaN where before is not above
    zero, since growth from nothing or from a loss has no per cent. total_*: of all together, the
    ratio None in the same case."""

    change: Floats
    ratio: Floats
    total_change: float
    total_ratio: float | None


def growth(before: ArrayLike, after: ArrayLike) -> Growth:
    """Growth per client and in total."""
    b, a = _pair(before, after)
    change = a - b
    ratio = np.full(len(b), np.nan)
    np.divide(change, b, out=ratio, where=b > 0)
    total_before, total_change = float(b.sum()), float(change.sum())
    return Growth(
        change, ratio, total_change, total_change / total_before if total_before > 0 else None
    )


def year_on_year(monthly: ArrayLike) -> Growth:
    """The last twelve months against the twelve before them.

    monthly: (clients, months) in time order, at least 24 months, else ValueError.
    """
    x = np.asarray(monthly, dtype=np.float64)
    if x.ndim != 2 or x.shape[1] < 2 * YEAR:
        raise ValueError("monthly: expected (clients, months) with at least 24 months")
    x = np.where(np.isfinite(x), x, 0.0)
    return growth(x[:, -2 * YEAR : -YEAR].sum(axis=1), x[:, -YEAR:].sum(axis=1))


@dataclass(frozen=True, eq=False)
class Movers:
    """up, down: positions of clients with the largest rise and fall, the largest first;
    change: after - before of every client."""

    up: Ints
    down: Ints
    change: Floats


def movers(before: ArrayLike, after: ArrayLike, count: int = 5) -> Movers:
    """Up to `count` clients that rose most and as many that fell most, by amount.

    Clients that did not move are in neither; equal changes keep the order they came in.
    """
    b, a = _pair(before, after)
    change = a - b
    rising = np.argsort(-change, kind="stable")
    falling = np.argsort(change, kind="stable")
    return Movers(
        rising[change[rising] > 0][: max(count, 0)],
        falling[change[falling] < 0][: max(count, 0)],
        change,
    )


@dataclass(frozen=True)
class Part:
    """One part of a change: how many clients, and by how much in money."""

    clients: int
    change: float


@dataclass(frozen=True)
class Split:
    """Where a change between two periods came from; the parts' changes sum to `total`.

    new: bought only in the later period; expanded, shrunk: bought in both, more or less; level:
    bought the same in both (change 0); lost: bought only in the earlier one.
    """

    new: Part
    expanded: Part
    level: Part
    shrunk: Part
    lost: Part

    @property
    def total(self) -> float:
        """The whole change, as the sum of the parts."""
        parts = (self.new, self.expanded, self.shrunk, self.lost)
        return sum(part.change for part in parts)


def split(
    before: ArrayLike,
    after: ArrayLike,
    active_before: ArrayLike | None = None,
    active_after: ArrayLike | None = None,
) -> Split:
    """Split a change into new, expanded, level, shrunk and lost clients.

    active_*: boolean (n,), who bought in the period; by default whose amount is not zero. Give it
    where purchases may cancel out, or where profit is split. Clients that were active in neither
    period and yet changed (a late credit note) count as expanded or shrunk, so that nothing is
    left over.
    """
    b, a = _pair(before, after)
    was = b != 0 if active_before is None else np.asarray(active_before, dtype=np.bool_)
    now = a != 0 if active_after is None else np.asarray(active_after, dtype=np.bool_)
    change = a - b
    stayed = was == now
    return Split(
        new=_part(change, ~was & now),
        expanded=_part(change, stayed & (change > 0)),
        level=_part(change, was & now & (change == 0)),
        shrunk=_part(change, stayed & (change < 0)),
        lost=_part(change, was & ~now),
    )


def _part(change: Floats, members: Bools) -> Part:
    return Part(int(members.sum()), float(change[members].sum()))


def _pair(before: ArrayLike, after: ArrayLike) -> tuple[Floats, Floats]:
    b, a = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    if b.shape != a.shape or b.ndim != 1:
        raise ValueError(f"before and after: expected one column each, got {b.shape}, {a.shape}")
    return np.where(np.isfinite(b), b, 0.0), np.where(np.isfinite(a), a, 0.0)
