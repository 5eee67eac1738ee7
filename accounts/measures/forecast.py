"""Forecasts of monthly sales with a band and their error: pure arithmetic over columns.

Rows are clients (n, months), oldest first.  Intermittent rows (more than 40 % zeros) or those of
less than a year go by Croston's method with the correction of Syntetos and Boylan (SBA, 2005); the
others by the median of Theta (Assimakopoulos & Nikolopoulos 2000), SES and seasonal naive.  The
error is MASE (Hyndman & Koehler 2006) on a rolling origin: the mean absolute error against that of
the naive forecast on the same months, so 1 or more is no better than naive.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SEASON = 12
ORIGINS = 6
ZEROS = 0.4
BAND = 0.8
ALPHA = 0.2
_ALPHAS = (0.1, 0.2, 0.3, 0.5, 0.8)


def naive(sales: Floats, ahead: int) -> Floats:
    """The same month a year before; with less than a year known, the last month.  (n, ahead)."""
    y = np.asarray(sales, dtype=np.float64)
    months = y.shape[1]
    if months < SEASON:
        return np.repeat(y[:, -1:], ahead, axis=1)
    return y[:, months - SEASON + np.arange(ahead) % SEASON]


def ses(sales: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Simple exponential smoothing: the level after the last month (n,), and the sum of squared
    one-step errors (n,).  The level starts at the first month."""
    y = np.asarray(sales, dtype=np.float64)
    level = y[:, 0].copy()
    squares = np.zeros(len(y))
    for at in range(1, y.shape[1]):
        error = y[:, at] - level
        squares += error**2
        level = level + alpha * error
    return level, squares


def best_ses(sales: Floats) -> Floats:
    """Level by the smoothing, of five, with the least squared error; for each row its own."""
    tried = [ses(sales, alpha) for alpha in _ALPHAS]
    best = np.argmin([squares for _level, squares in tried], axis=0)
    levels = np.array([level for level, _squares in tried])
    found: Floats = levels[best, np.arange(levels.shape[1])]
    return found


def theta(sales: Floats, ahead: int) -> Floats:
    """SES with drift of half the slope of the line of least squares: (n, ahead)."""
    y = np.asarray(sales, dtype=np.float64)
    t = np.arange(y.shape[1], dtype=np.float64)
    t -= t.mean()
    below = float((t**2).sum())
    slope = y @ t / below if below > 0 else np.zeros(len(y))
    told: Floats = best_ses(y)[:, None] + slope[:, None] / 2 * np.arange(1, ahead + 1)
    return told


def sba(sales: Floats, alpha: float = ALPHA) -> Floats:
    """Croston's size over interval, times 1 − alpha / 2: a level a month (n,); 0 without sales."""
    y = np.asarray(sales, dtype=np.float64)
    size = np.zeros(len(y))
    interval = np.ones(len(y))
    since = np.ones(len(y))
    seen = np.zeros(len(y), dtype=bool)
    for at in range(y.shape[1]):
        now = y[:, at]
        sold = now != 0
        first = sold & ~seen
        later = sold & seen
        size = np.where(first, now, np.where(later, size + alpha * (now - size), size))
        interval = np.where(
            first, since, np.where(later, interval + alpha * (since - interval), interval)
        )
        seen |= sold
        since = np.where(sold, 1.0, since + 1)
    level: Floats = np.where(seen, (1 - alpha / 2) * size / interval, 0.0)
    return level


def combined(sales: Floats, ahead: int) -> Floats:
    """The forecast of each row (n, ahead) by the rule of this module."""
    y = np.asarray(sales, dtype=np.float64)
    flat = np.repeat(sba(y)[:, None], ahead, axis=1)
    if y.shape[1] < SEASON:
        return flat
    three = [theta(y, ahead), np.repeat(best_ses(y)[:, None], ahead, axis=1), naive(y, ahead)]
    median: Floats = np.median(three, axis=0)
    patchy = (y == 0).mean(axis=1) > ZEROS
    return np.where(patchy[:, None], flat, median)


@dataclass(frozen=True, eq=False)
class Forecast:
    """Months ahead (n, ahead) with the band.  ``mase``: against naive, NaN where there is too
    little to tell.  ``beats``: whether it is better than naive; where not, ``middle`` is naive."""

    low: Floats
    middle: Floats
    high: Floats
    mase: Floats
    beats: NDArray[np.bool_]


def forecast(sales: Floats, ahead: int = 6) -> Forecast:
    """Forecast with an 80 % band from the errors on a rolling origin of six.

    The band of month h is the type 7 quantiles of the errors seen so far ahead, h and less pooled
    where there are few.  With fewer than 18 months no error can be told, and there is no band.
    Where sales were never below zero no bound goes below zero.
    """
    y = np.asarray(sales, dtype=np.float64)
    n, months = y.shape
    none = np.full((n, ahead), np.nan)
    if months < SEASON + ORIGINS:
        return Forecast(none, naive(y, ahead), none, np.full(n, np.nan), np.zeros(n, dtype=bool))
    own: list[Floats] = []
    rival: list[Floats] = []
    for origin in range(months - ORIGINS, months):
        known, actual = y[:, :origin], y[:, origin : origin + ahead]
        steps = actual.shape[1]
        own.append(actual - combined(known, steps))
        rival.append(actual - naive(known, steps))
    error = np.concatenate([np.abs(each) for each in own], axis=1).mean(axis=1)
    against = np.concatenate([np.abs(each) for each in rival], axis=1).mean(axis=1)
    mase = np.divide(error, against, out=np.full(n, np.nan), where=against > 0)
    beats = mase < 1
    middle = np.where(beats[:, None], combined(y, ahead), naive(y, ahead))
    residuals = np.where(beats[:, None], np.concatenate(own, axis=1), np.concatenate(rival, axis=1))
    low = middle + np.quantile(residuals, (1 - BAND) / 2, axis=1)[:, None]
    high = middle + np.quantile(residuals, (1 + BAND) / 2, axis=1)[:, None]
    low, high = np.minimum(low, middle), np.maximum(high, middle)
    floor = np.where((y >= 0).all(axis=1), 0.0, -np.inf)[:, None]
    low, middle, high = (np.maximum(each, floor) for each in (low, middle, high))
    return Forecast(low, middle, high, mase, beats)
