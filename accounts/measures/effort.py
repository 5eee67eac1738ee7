"""Hours of work, estimated from what was noted: pure arithmetic."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def hours_of(counts: Mapping[str, int], hours: Mapping[str, float]) -> float:
    """Hours that so many calls, meetings and so on take by the rules; a kind without a rule takes
    none.  Raises ValueError for a negative count or rule."""
    total = 0.0
    for kind, count in counts.items():
        each = hours.get(kind, 0.0)
        if count < 0 or each < 0:
            raise ValueError("counts and hours: expected none below zero")
        total += count * each
    return total


def effort_curve(effort: Floats, result: Floats) -> tuple[Floats, Floats]:
    """Cumulated shares of effort and of result, from the client with most result per effort on.

    Both (n + 1,), from 0 to 1.  Clients without effort come first, those with most result among
    them first; a result below zero pulls the curve down at its end.  Raises ValueError where there
    is no effort, or no result above zero in all.
    """
    work = np.asarray(effort, dtype=np.float64)
    gain = np.asarray(result, dtype=np.float64)
    if (work < 0).any() or not work.sum() > 0 or not gain.sum() > 0:
        raise ValueError("effort: expected none below zero and some; result: some above zero")
    rate = np.divide(gain, work, out=np.where(gain >= 0, np.inf, -np.inf), where=work > 0)
    order = np.lexsort((-gain, -rate))
    x = np.concatenate([[0.0], np.cumsum(work[order]) / work.sum()])
    y = np.concatenate([[0.0], np.cumsum(gain[order]) / gain.sum()])
    return x, y


def share_at(x: Floats, y: Floats, at: float) -> float:
    """The share of result that a share ``at`` of effort brings, along a curve."""
    within = int(np.searchsorted(x, at, side="right")) - 1
    if within >= len(x) - 1:
        return float(y[-1])
    width = float(x[within + 1] - x[within])
    part = (at - float(x[within])) / width if width > 0 else 0.0
    return float(y[within] + part * (y[within + 1] - y[within]))
