"""A population as relative rules see it: quantiles, mid-ranks, and a summary small enough to keep."""

from __future__ import annotations

from typing import Any

import numpy as np

from scoring.engine.arrays import Floats

# Points kept of a population: exact up to this many distinct values, and within a thousandth of
# the population above.
POINTS = 1000


def quantile(in_order: Floats, part: int, parts: int) -> float:
    """Hyndman & Fan's type 7 quantile part/parts of ascending finite values (at least one).

    The position is worked out in whole numbers, so that a quantile which falls on a value is that
    value to the last bit, and comparing with it parts no ties.
    """
    below, rest = divmod((len(in_order) - 1) * part, parts)
    a = float(in_order[below])
    if rest == 0:
        return a
    b = float(in_order[below + 1])
    if a == b:
        return a
    weight = rest / parts
    # Weighted rather than a + w (b - a), whose difference overflows for huge values.
    return min(max(a * (1 - weight) + b * weight, a), b)


def mid_rank(x: Floats) -> Floats:
    """(below + half of the equal) / all for each value of a finite population."""
    by_value = np.argsort(x)
    starts = _starts(x[by_value])
    sizes = np.diff(np.append(starts, len(x)))
    result = np.empty(len(x))
    result[by_value] = np.repeat((starts + sizes / 2) / len(x), sizes)
    return result


def reference_points(in_order: Floats) -> dict[str, Any]:
    """JSON-ready summary of ascending finite values: distinct values with how many lie below each
    and how many up to it. Values that many share are always among the points."""
    starts = _starts(in_order)
    ends = np.append(starts[1:], len(in_order))
    if len(starts) > POINTS:
        wanted = np.linspace(0, len(in_order) - 1, POINTS)
        kept = np.unique(np.searchsorted(starts, wanted, side="right") - 1)
        starts, ends = starts[kept], ends[kept]
    return {
        "values": in_order[starts].tolist(),
        "below": starts.tolist(),
        "up_to": ends.tolist(),
        "count": len(in_order),
    }


def share_below(x: Floats, points: dict[str, Any]) -> Floats:
    """Mid-rank share of values against a population kept by `reference_points`."""
    values = np.asarray(points["values"], dtype=np.float64)
    below = np.asarray(points["below"], dtype=np.float64)
    up_to = np.asarray(points["up_to"], dtype=np.float64)
    last = len(values) - 1
    left = np.searchsorted(values, x, side="right") - 1
    at = np.clip(left, 0, last)
    after = np.clip(left + 1, 0, last)
    exact = values[at] == x
    # Between two points: as many as up to the left one, plus a share of those that were not kept.
    width = values[after] / 2 - values[at] / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(width > 0, (x / 2 - values[at] / 2) / width, 0.0)
    between = up_to[at] + np.clip(step, 0.0, 1.0) * (below[after] - up_to[at])
    counted = np.where(exact, (below[at] + up_to[at]) / 2, between)
    counted = np.where(left < 0, 0.0, counted)
    counted = np.where((left == last) & ~exact, points["count"], counted)
    result: Floats = counted / points["count"]
    return result


def _starts(in_order: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Where each distinct value begins."""
    changes = np.flatnonzero(in_order[1:] != in_order[:-1]) + 1
    starts = np.empty(len(changes) + min(1, len(in_order)), dtype=np.int64)
    starts[:1] = 0
    starts[1:] = changes
    return starts
