"""Payment that drifts: an exponentially weighted mean of days late against the first year."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

from .finding import ALARM, WATCH, Finding
from .trend import robust

WEIGHT, REACH = 0.2, 2.7
BASE_NEEDED, AFTER_NEEDED = 8, 5
LEAST_SPREAD = 1.0  # day
# A drift by less, or one that ends within the agreed days, costs nobody a thought.
LEAST_DRIFT, LEAST_LATE = 5.0, 3.0


@dataclass(frozen=True)
class Paid:
    """A document paid on ``day`` (or still owed on it), so many days after it was due."""

    day: dt.date
    late: int


def ewma(values: Sequence[float], start: float, weight: float = WEIGHT) -> float:
    """The weighted mean, begun at ``start``."""
    mean = start
    for value in values:
        mean = weight * value + (1 - weight) * mean
    return mean


def slower(paid: Sequence[Paid]) -> Finding | None:
    """``paid`` in any order; the first year of it is the yardstick."""
    rows = sorted(paid, key=lambda each: each.day)
    if not rows:
        return None
    end = rows[0].day + dt.timedelta(days=365)
    base = [float(each.late) for each in rows if each.day < end]
    after = [float(each.late) for each in rows if each.day >= end]
    if len(base) < BASE_NEEDED or len(after) < AFTER_NEEDED:
        return None
    usual, spread = robust(base)
    spread = max(spread, LEAST_SPREAD)
    now = ewma(after, usual)
    limit = usual + REACH * spread * math.sqrt(WEIGHT / (2 - WEIGHT))
    if now <= limit or now - usual < LEAST_DRIFT or now < LEAST_LATE:
        return None
    return Finding(
        "payments",
        ALARM if now - usual > 2 * (limit - usual) and now > 14 else WATCH,
        None,
        {
            "usual": round(usual, 1), "now": round(now, 1), "limit": round(limit, 1),
            "payments": len(after),
        },
    )  # fmt: skip
