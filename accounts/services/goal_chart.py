"""The way of a goal as a drawing: where it began, what was read, where it should be, and where it
leads.  Pure geometry; lengths leave as strings with a decimal point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.measures.progress import Progress, Reading
from kam.lib.drawing import length

WIDTH, HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 8, 8, 14, 24


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    day: dt.date
    value: Decimal


@dataclass(frozen=True)
class Way:
    """Points of polylines, in units of the drawing."""

    path: str
    line: str
    forecast: str
    dots: list[Dot]
    target_y: str
    start_y: str
    today_x: str
    width: int = WIDTH
    height: int = HEIGHT


def draw(
    readings: Sequence[Reading],
    found: Progress,
    *,
    start: Decimal,
    target: Decimal,
    begun: dt.date,
    due: dt.date,
    today: dt.date,
) -> Way:
    values = [start, target, *(reading.value for reading in readings)]
    if found.forecast is not None:
        values.append(found.forecast)
    low, high = min(values), max(values)
    first = min([begun, *(reading.day for reading in readings)])
    last = max(due, today, first + dt.timedelta(days=1))

    def x(day: dt.date) -> float:
        return _LEFT + (day - first).days / (last - first).days * (WIDTH - _LEFT - _RIGHT)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)

    def points(*pairs: tuple[dt.date, Decimal]) -> str:
        return " ".join(f"{length(x(day))},{length(y(value))}" for day, value in pairs)

    read = [(reading.day, reading.value) for reading in readings]
    leads = ""
    if found.forecast is not None and read:
        leads = points(read[-1], (due, found.forecast))
    return Way(
        path=points((begun, start), (due, target)),
        line=points(*read),
        forecast=leads,
        dots=[Dot(length(x(day)), length(y(value)), day, value) for day, value in read],
        target_y=length(y(target)),
        start_y=length(y(start)),
        today_x=length(x(today)),
    )
