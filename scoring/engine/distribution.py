"""The distribution of a measure: an axis on which it can be read, bars, and readable cut points.

Everywhere: values are float (n,), NaN and infinities are missing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from scoring.engine.arrays import HIGHEST, LOWEST, Floats, column
from scoring.engine.reference import quantile
from scoring.engine.rules import Direction

MOST_BARS = 48
# A tail this many times as long as the middle half is wide leaves the middle unreadable; of a few
# values far outside one forgives more.
SKEWED, FAR = 6.0, 15.0
RATINGS = range(int(LOWEST) + 1, int(HIGHEST) + 1)


@dataclass(frozen=True)
class Axis:
    """A scale from ``low`` to ``high``, in the unit of the values.

    kind: "linear"; or "log": logarithmic away from zero on both sides and straight within
    ``unit`` of it, so that zero and losses have a place too.
    """

    kind: Literal["linear", "log"]
    low: float
    high: float
    unit: float = 1.0

    def _bend(self, x: Floats) -> Floats:
        if self.kind == "linear":
            return x
        bent: Floats = np.sign(x) * np.log1p(np.abs(x) / self.unit)
        return bent

    @property
    def _ends(self) -> tuple[float, float]:
        low, high = self._bend(np.array([self.low, self.high]))
        return float(low), float(high)

    def place(self, values: ArrayLike) -> Floats:
        """0 at ``low``, 1 at ``high``; what lies outside is put at the end."""
        low, high = self._ends
        x = self._bend(np.asarray(values, dtype=np.float64))
        placed: Floats = np.clip((x - low) / (high - low), 0.0, 1.0)
        return placed

    def value(self, places: ArrayLike) -> Floats:
        """The value at a place from 0 to 1."""
        low, high = self._ends
        x = low + np.asarray(places, dtype=np.float64) * (high - low)
        if self.kind == "linear":
            return x
        found: Floats = np.sign(x) * np.expm1(np.abs(x)) * self.unit
        return found

    def ticks(self, about: int = 6) -> list[float]:
        """Readable values along the axis, ascending: at most ``about`` and a few more."""
        if self.kind == "linear":
            step = _nice((self.high - self.low) / about)
            first = math.ceil(self.low / step - 1e-9)
            last = math.floor(self.high / step + 1e-9)
            return [at * step for at in range(first, last + 1)]
        found = [0.0] if self.low <= 0 <= self.high else []
        start = math.ceil(math.log10(self.unit) - 1e-9)
        tops = [abs(end) for end in (self.low, self.high) if end]
        end = math.floor(math.log10(max(tops)) + 1e-9)
        step_of_powers = max(1, math.ceil((end - start + 1) / about))
        for power in range(start, end + 1, step_of_powers):
            found += [v for v in (10.0**power, -(10.0**power)) if self.low <= v <= self.high]
        return sorted(found)


@dataclass(frozen=True, eq=False)
class Histogram:
    """edges (bars + 1,) ascending values; counts (bars,)."""

    axis: Axis
    edges: Floats
    counts: Floats


def axis_of(values: ArrayLike) -> Axis | None:
    """An axis on which these values can be told apart; None where there is none."""
    x = np.sort(_finite(values))
    if not len(x):
        return None
    low, high = float(x[0]), float(x[-1])
    if low == high:
        around = abs(low) * 0.1 or 1.0
        return Axis("linear", low - around, high + around)
    if _whole(x):
        return Axis("linear", low - 0.5, high + 0.5)
    if _skewed(x):
        sizes = np.sort(np.abs(x[x != 0]))
        smallest = quantile(sizes, 5, 100)
        return Axis("log", low, high, 10.0 ** math.floor(math.log10(smallest)))
    return Axis("linear", low, high)


def histogram(values: ArrayLike, axis: Axis) -> Histogram:
    """Bars of equal width along the axis; of few whole numbers one bar each."""
    x = _finite(values)
    bars = MOST_BARS
    if len(x) and axis.kind == "linear" and _whole(x):
        bars = max(1, round(axis.high - axis.low))
    elif len(x) < 200:
        bars = 24
    places = np.minimum((axis.place(x) * bars).astype(np.int64), bars - 1)
    counts = np.bincount(places, minlength=bars).astype(np.float64)
    return Histogram(axis, axis.value(np.linspace(0, 1, bars + 1)), counts)


def even_cuts(values: ArrayLike, direction: Direction = "benefit") -> dict[int, float]:
    """Cut points by rating (2..10) that part the clients into tenths, rounded to as few digits as
    keep them apart.

    A cut that everybody reaches is left out, and of equal ones the last stands for all: many
    clients with one value get one rating.  Empty where all have the same value, or none has any.
    """
    sign = 1 if direction == "benefit" else -1
    x = np.sort(sign * _finite(values))
    if not len(x) or x[0] == x[-1]:
        return {}
    exact = {rating: quantile(x, rating - 1, 10) for rating in RATINGS}
    distinct = len(set(exact.values()))
    rounded = exact
    for digits in range(2, 8):
        rounded = {rating: readable(cut, digits) for rating, cut in exact.items()}
        if len(set(rounded.values())) == distinct:
            break
    return {
        rating: sign * cut + 0.0  # no minus zero
        for rating, cut in rounded.items()
        if cut > x[0] and cut != rounded.get(rating + 1)
    }


def readable(value: float, digits: int = 2) -> float:
    """The value with so many significant digits."""
    return float(f"{value:.{digits - 1}e}")


def _finite(values: ArrayLike) -> Floats:
    x = column(values, "values")
    return x[np.isfinite(x)]


def _whole(x: Floats) -> bool:
    return bool((x % 1 == 0).all() and x.max() - x.min() < MOST_BARS)


def _skewed(x: Floats) -> bool:
    """Of ascending values: whether either tail dwarfs the middle half."""
    first, quarter, middle, three, last = (quantile(x, part, 100) for part in (1, 25, 50, 75, 99))
    spread = (three - quarter) or float(x.std())
    tail = max(last - middle, middle - first)
    farthest = max(float(x[-1]) - middle, middle - float(x[0]))
    return tail > SKEWED * spread or farthest > FAR * spread


def _nice(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power: float = 10.0 ** math.floor(math.log10(step))
    return next(m * power for m in (1.0, 2.0, 5.0, 10.0) if m * power >= step * (1 - 1e-9))
