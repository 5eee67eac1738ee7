"""Late against one's own rhythm: orders and talks.

Gaps between days, in logarithms, are taken as normal; mean and spread are drawn towards those of
the segment by ``PRIOR`` gaps' worth, so that a short history does not shout.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, pstdev

from .finding import ALARM, WATCH, Finding

GAPS_NEEDED = 4
PRIOR = 4.0
LEAST_SPREAD = 0.15
AMBER, RED = 0.10, 0.025
# A client that is silent for less is not silent, whatever its rhythm.
LEAST_SILENCE = 30
_NORMAL = NormalDist()
_Z_80 = 1.2815515655446004


@dataclass(frozen=True)
class Rhythm:
    """Mean and spread of the logarithms of gaps in days; ``gaps``: how many of one's own."""

    mean: float
    spread: float
    gaps: int = 0

    def overdue(self, open_days: int) -> float:
        """How likely a gap lasts longer than that; 1 on the day itself."""
        if open_days <= 0:
            return 1.0
        return 1.0 - _NORMAL.cdf((math.log(open_days) - self.mean) / self.spread)

    @property
    def usual(self) -> float:
        """Days of the middle gap."""
        return math.exp(self.mean)

    @property
    def window(self) -> tuple[float, float]:
        """Days within which four gaps of five end."""
        return math.exp(self.mean - _Z_80 * self.spread), math.exp(self.mean + _Z_80 * self.spread)


def log_gaps(days: Iterable[dt.date]) -> list[float]:
    """Logarithms of the gaps between different days, in days."""
    known = sorted(set(days))
    return [math.log((after - before).days) for before, after in itertools.pairwise(known)]


def segment_rhythm(gaps_of_clients: Iterable[Sequence[float]]) -> Rhythm | None:
    """The mean of the clients' own means and spreads; of those with enough gaps, None without any."""
    own = [gaps for gaps in gaps_of_clients if len(gaps) >= GAPS_NEEDED]
    if not own:
        return None
    spread = fmean(pstdev(gaps) for gaps in own)
    return Rhythm(fmean(fmean(gaps) for gaps in own), max(LEAST_SPREAD, spread))


def rhythm_of(gaps: Sequence[float], segment: Rhythm | None) -> Rhythm | None:
    """One's own, drawn to the segment's; the segment's where one's own gaps are too few."""
    many = len(gaps)
    if many < GAPS_NEEDED:
        return None if segment is None else Rhythm(segment.mean, segment.spread, many)
    mean, spread = fmean(gaps), pstdev(gaps)
    if segment is not None:
        mean = (many * mean + PRIOR * segment.mean) / (many + PRIOR)
        spread = (many * spread + PRIOR * segment.spread) / (many + PRIOR)
    return Rhythm(mean, max(LEAST_SPREAD, spread), many)


def late_order(
    days: Sequence[dt.date], segment: Rhythm | None, day: dt.date
) -> tuple[float | None, Finding | None]:
    """(chance that an order in rhythm is out this long, the finding if it is unlikely enough)."""
    return _late("late_order", days, segment, day, 1)


def silence(
    days: Sequence[dt.date], segment: Rhythm | None, day: dt.date
) -> tuple[float | None, Finding | None]:
    """The same of days of talks."""
    return _late("silence", days, segment, day, LEAST_SILENCE)


def _late(
    key: str, days: Sequence[dt.date], segment: Rhythm | None, day: dt.date, least: int
) -> tuple[float | None, Finding | None]:
    known = sorted({each for each in days if each <= day})
    if not known:
        return None, None
    rhythm = rhythm_of(log_gaps(known), segment)
    if rhythm is None:
        return None, None
    out = (day - known[-1]).days
    chance = rhythm.overdue(out)
    if chance >= AMBER or out < least:
        return chance, None
    low, high = rhythm.window
    return chance, Finding(
        key,
        ALARM if chance < RED else WATCH,
        chance,
        {
            "last": known[-1].isoformat(), "days": out, "usual": round(rhythm.usual, 1),
            "from": round(low, 1), "to": round(high, 1), "gaps": rhythm.gaps,
        },
    )  # fmt: skip
