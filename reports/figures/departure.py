"""What would be left if the largest clients went: pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .concentration import effective_clients, hhi


@dataclass(frozen=True)
class Left:
    """Without the ``count`` largest: money that is left; ``largest``: share of the largest of
    those who stay; ``hhi``, ``effective``: concentration among them.  None where none is left."""

    count: int
    clients: int
    revenue: float
    profit: float
    largest: float | None
    hhi: float | None
    effective: float | None


def without_largest(
    revenue: ArrayLike, profit: ArrayLike, counts: Sequence[int] = (0, 1, 3, 5)
) -> list[Left]:
    """What is left without so many clients with most revenue; of fewer clients than that, nothing
    is told.  Equal ones go in the order they came in.

    The others buy as they did: what the loss would do to prices and costs is not guessed.
    """
    r = np.nan_to_num(np.asarray(revenue, dtype=np.float64))
    p = np.nan_to_num(np.asarray(profit, dtype=np.float64))
    order = np.argsort(-r, kind="stable")
    r, p = r[order], p[order]
    found = []
    for count in counts:
        if count and count >= len(r):
            break
        rest = r[count:]
        total = float(np.maximum(rest, 0).sum())
        found.append(
            Left(
                count,
                len(rest),
                float(rest.sum()),
                float(p[count:].sum()),
                float(rest[0]) / total if total > 0 else None,
                hhi(rest),
                effective_clients(rest),
            )
        )
    return found
