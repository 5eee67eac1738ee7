"""Geometry of the small drawings in tables: score bar and sparkline.  Pure.

The strict CSP admits no style attributes, so every length is an SVG attribute; lengths leave
here as strings with a decimal point, whatever language the page speaks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

SCALE = 10.0  # points run from 0 to 10
BAR_WIDTH = 200.0  # of the view box; the page stretches it


@dataclass(frozen=True)
class Part:
    """A part of a score bar: where it lies and in which criterion's colour (1..10)."""

    label: str
    points: float
    colour: int
    x: str
    width: str


@dataclass(frozen=True)
class ScoreBar:
    """Parts one after another, where the total ends, and the whisker (None: not known)."""

    parts: list[Part]
    total: float
    end: str
    low: str | None
    high: str | None


def length(value: float) -> str:
    """A length for an SVG attribute: at most two decimals, never a comma."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def along(points: float) -> str:
    """Points 0..10 -> position along the bar."""
    return length(min(max(points, 0.0), SCALE) / SCALE * BAR_WIDTH)


def score_bar(
    parts: Sequence[tuple[str, float, int]],
    total: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> ScoreBar:
    """``parts`` are (label, points, colour 1..10); ``total`` defaults to their sum; ``low`` and
    ``high`` are the interval in points."""
    drawn, start = [], 0.0
    for label, points, colour in parts:
        reach = min(start + points, SCALE)
        if reach > start:
            width = length((reach - start) / SCALE * BAR_WIDTH)
            drawn.append(Part(label, points, (colour - 1) % 10 + 1, along(start), width))
        start = reach
    total = sum(points for _label, points, _colour in parts) if total is None else total
    known = low is not None and high is not None
    return ScoreBar(
        parts=drawn,
        total=total,
        end=along(total),
        low=along(low) if known and low is not None else None,
        high=along(high) if known and high is not None else None,
    )


@dataclass(frozen=True)
class Sparkline:
    """Runs of points for <polyline> (a gap starts a new run), the last point, the zero line."""

    runs: list[str]
    last_x: str
    last_y: str
    zero: str | None
    width: int
    height: int


def sparkline(values: Sequence[float | None], width: int, height: int) -> Sparkline | None:
    """A line through the values, oldest first; None or NaN leaves a gap; None without values."""
    clean = [
        None if value is None or math.isnan(float(value)) else float(value) for value in values
    ]
    known = [value for value in clean if value is not None]
    if not known:
        return None
    low, high = min(0.0, *known), max(0.0, *known)
    spread = (high - low) or 1.0
    margin = 3.0  # room for the mark of the last point
    step = (width - 2 * margin) / max(len(clean) - 1, 1)

    def place(index: int, value: float) -> tuple[str, str]:
        y = height - margin - (value - low) / spread * (height - 2 * margin)
        return length(margin + index * step), length(y)

    runs: list[list[str]] = [[]]
    last = ("", "")
    for index, value in enumerate(clean):
        if value is None:
            runs.append([])
            continue
        last = place(index, value)
        runs[-1].append(",".join(last))
    return Sparkline(
        runs=[" ".join(run) for run in runs if run],
        last_x=last[0],
        last_y=last[1],
        zero=place(0, 0.0)[1] if low < 0 else None,
        width=width,
        height=height,
    )


@dataclass(frozen=True)
class Balance:
    """A bar to the left or right of the middle: where it begins and how long it is."""

    x: str
    width: str
    right: bool


def balance(value: float, most: float) -> Balance:
    """``value`` on a scale from -most to +most; above zero leans to the left, to the first of two
    that are compared."""
    half = BAR_WIDTH / 2
    reach = min(abs(value) / most, 1.0) * half if most > 0 else 0.0
    return Balance(length(half - reach if value > 0 else half), length(reach), value <= 0)
