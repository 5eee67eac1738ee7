"""Ratings of a skill over time as a small drawing.  Pure geometry; lengths leave as strings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import SkillRating
from accounts.selectors.skills import Line
from kam.lib.drawing import length

WIDTH, HEIGHT = 220, 56
_SIDE, _TOP, _BOTTOM = 8, 6, 6


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    row: SkillRating


@dataclass(frozen=True)
class Drawn:
    """``lines``: side -> points of a polyline; ``levels``: heights of 3, 6 and 9."""

    lines: dict[str, str]
    dots: dict[str, list[Dot]]
    levels: list[str]
    width: int = WIDTH
    height: int = HEIGHT


def draw(line: Line, first: dt.date, last: dt.date) -> Drawn:
    """Ratings 1..10 between two days; all skills of a person share the days."""
    days = max((last - first).days, 1)

    def x(day: dt.date) -> str:
        return length(_SIDE + (day - first).days / days * (WIDTH - 2 * _SIDE))

    def y(value: int) -> str:
        return length(HEIGHT - _BOTTOM - (value - 1) / 9 * (HEIGHT - _TOP - _BOTTOM))

    dots = {
        side: [Dot(x(row.day), y(row.value), row) for row in rows]
        for side, rows in line.said.items()
    }
    lines = {side: " ".join(f"{dot.x},{dot.y}" for dot in found) for side, found in dots.items()}
    return Drawn(lines, dots, [y(level) for level in (3, 6, 9)])


def span(lines: Sequence[Line], day: dt.date) -> tuple[dt.date, dt.date]:
    """From the first rating of any skill to today."""
    days = [row.day for line in lines for rows in line.said.values() for row in rows]
    return min(days, default=day), max([day, *days])
