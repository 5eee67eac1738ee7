"""Revenue that falls: a level that broke (CUSUM) or a slope that lasts (Theil–Sen), where ranks say
that chance does not make it.

Months are whole ones, the oldest first.  The slope and its interval are those of P. K. Sen (1968);
the chance is the one-sided one of Kendall's S with ties, by the normal approximation.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean, median

from .finding import ALARM, WATCH, Finding

BASE_MONTHS, WATCHED_MONTHS, SLOPE_MONTHS = 12, 6, 12
SLACK, LIMIT = 0.5, 4.0
SEASONAL = 0.3
# A spread of nothing would make a rouble an alarm.
LEAST_SPREAD = 0.1
# A fall by less in half a year against the level before is nobody's problem.
LEAST_FALL = 0.15
# What chance brings more often than this is not told.
MOST_CHANCE = 0.05
_MAD = 1.4826
_NORMAL = NormalDist()
Z_90 = 1.6448536269514722


@dataclass(frozen=True)
class Slope:
    """A month's change with its interval of 90 %; ``chance`` of a fall like this without any."""

    value: float
    low: float
    high: float
    chance: float


def robust(values: Sequence[float]) -> tuple[float, float]:
    """(median, spread as 1.4826 × the median distance from it)."""
    middle = median(values)
    return middle, _MAD * median(abs(value - middle) for value in values)


def cusum(values: Sequence[float], middle: float, spread: float) -> float:
    """The sum of falls at the end; it forgets as the level comes back."""
    total = 0.0
    for value in values:
        total = max(0.0, total - (value - middle) / spread - SLACK)
    return total


def theil_sen(values: Sequence[float]) -> Slope:
    """Of at least three equally spaced values."""
    many = len(values)
    if many < 3:
        raise ValueError("a slope needs three values")
    slopes = sorted(
        (values[j] - values[i]) / (j - i) for i, j in itertools.combinations(range(many), 2)
    )
    s = sum(
        (values[j] > values[i]) - (values[j] < values[i])
        for i, j in itertools.combinations(range(many), 2)
    )
    tied = sum(t * (t - 1) * (2 * t + 5) for t in Counter(values).values())
    variance = (many * (many - 1) * (2 * many + 5) - tied) / 18
    if variance <= 0:
        return Slope(0.0, 0.0, 0.0, 0.5)
    half = Z_90 * math.sqrt(variance)
    low = max(0, math.floor((len(slopes) - half) / 2) - 1)
    high = min(len(slopes) - 1, math.ceil((len(slopes) + half) / 2))
    step = (s > 0) - (s < 0)
    chance = _NORMAL.cdf((s - step) / math.sqrt(variance))
    return Slope(median(slopes), slopes[low], slopes[high], chance)


def lower_by_chance(recent: Sequence[float], before: Sequence[float]) -> float:
    """How likely chance alone puts ``recent`` as low among ``before``: the rank sum of Mann and
    Whitney, one-sided, by the normal approximation with ties and continuity."""
    m, n = len(recent), len(before)
    u = sum((a > b) + 0.5 * (a == b) for a in recent for b in before)
    many = m + n
    ties = sum(t**3 - t for t in Counter([*recent, *before]).values())
    variance = m * n / 12 * (many + 1 - ties / (many * (many - 1)))
    if variance <= 0:
        return 1.0
    return _NORMAL.cdf((u - m * n / 2 + 0.5) / math.sqrt(variance))


def is_seasonal(values: Sequence[float]) -> bool:
    """Whether a year ago tells of now: the correlation of two years and more with themselves a year
    later is above 0.3."""
    if len(values) < 24:
        return False
    before, after = values[:-12], values[12:]
    a, b = fmean(before), fmean(after)
    up = sum((x - a) * (y - b) for x, y in zip(before, after, strict=True))
    down = math.sqrt(sum((x - a) ** 2 for x in before) * sum((y - b) ** 2 for y in after))
    return down > 0 and up / down > SEASONAL


def falling_revenue(months: Sequence[float]) -> tuple[float | None, Finding | None]:
    """(chance that the last half-year is as low among the year before, finding).  18 whole months
    at least, or nothing is said.

    Where years are alike each month is compared with the same month of the year before, which
    needs 30 of them.
    """
    if len(months) < BASE_MONTHS + WATCHED_MONTHS:
        return None, None
    seasonal = is_seasonal(months) and len(months) >= BASE_MONTHS + WATCHED_MONTHS + 12
    series = (
        [now - then for now, then in zip(months[12:], months[:-12], strict=True)]
        if seasonal
        else list(months)
    )
    watched = series[-WATCHED_MONTHS:]
    middle, spread = robust(series[-WATCHED_MONTHS - BASE_MONTHS : -WATCHED_MONTHS])
    level = fmean(months[-WATCHED_MONTHS - BASE_MONTHS : -WATCHED_MONTHS])
    spread = max(spread, LEAST_SPREAD * abs(level))
    if level <= 0 or spread <= 0:
        return None, None
    broken = cusum(watched, middle, spread)
    slope = theil_sen(series[-SLOPE_MONTHS:])
    base = series[-WATCHED_MONTHS - BASE_MONTHS : -WATCHED_MONTHS]
    chance = lower_by_chance(watched, base)
    recent, before = fmean(watched), fmean(base)
    fall = (before - recent) / level
    by_level, by_slope = broken > LIMIT, slope.high < 0
    if not (by_level or by_slope) or fall < LEAST_FALL or chance >= MOST_CHANCE:
        return chance, None
    return chance, Finding(
        "revenue",
        ALARM if by_level and (by_slope or fall >= 0.3) else WATCH,
        chance,
        {
            "before": round(level, 2), "now": round(fmean(months[-WATCHED_MONTHS:]), 2),
            "fall": round(100 * fall, 1), "cusum": round(broken, 2),
            "slope": round(slope.value, 2), "low": round(slope.low, 2),
            "high": round(slope.high, 2), "seasonal": seasonal,
        },
    )  # fmt: skip


def narrower(families: Sequence[int]) -> Finding | None:
    """Product families bought in quarters, the oldest first: fewer twice in a row, from three."""
    if len(families) < 3:
        return None
    first, second, third = families[-3:]
    if first < 3 or not first > second > third:
        return None
    level = ALARM if third * 2 <= first else WATCH
    return Finding("assortment", level, None, {"quarters": [first, second, third]})
