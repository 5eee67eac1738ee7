"""How far a goal is, how far it should be by now, and where it leads.  Pure.

Values are Decimals in the unit of the goal; days are dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

State = Literal["unknown", "reached", "on_track", "at_risk", "off"]

# Behind the path by more than this part of the whole way.
AT_RISK, OFF = Decimal("0.10"), Decimal("0.25")
# A forecast that falls short of the target by more than this part of the way is a risk.
SHORT = Decimal("0.10")
# A line through the readings says something from so many of them, over so many days.
FEWEST_READINGS, FEWEST_DAYS = 3, 28
_PLACES = Decimal("0.0001")
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Reading:
    day: dt.date
    value: Decimal


@dataclass(frozen=True)
class Progress:
    """``done`` and ``expected``: parts of the way from start to target, 0..1 and beyond.

    value: the latest reading, None without one. forecast: where the readings lead by the due day,
    None where they are too few or too close together.
    """

    state: State
    value: Decimal | None = None
    day: dt.date | None = None
    done: Decimal | None = None
    expected: Decimal | None = None
    forecast: Decimal | None = None


def progress(
    readings: Sequence[Reading],
    *,
    start: Decimal,
    target: Decimal,
    begun: dt.date,
    due: dt.date,
    today: dt.date,
) -> Progress:
    """How a goal stands on ``today`` by its readings, oldest first; later ones do not count.

    The path is even in days from ``begun`` to ``due``; it may lead up or down.  Raises ValueError
    where start and target are equal.
    """
    if start == target:
        raise ValueError("a goal goes somewhere")
    expected = _part_of_time(begun, due, today)
    known = [reading for reading in readings if reading.day <= today]
    if not known:
        return Progress("unknown", expected=expected)
    last = known[-1]
    done = _part(last.value, start, target)
    forecast = forecast_at(known, due) if today < due else None
    return Progress(
        _state(done, expected, forecast, start, target, today > due),
        last.value,
        last.day,
        done,
        expected,
        forecast,
    )


def _state(
    done: Decimal,
    expected: Decimal,
    forecast: Decimal | None,
    start: Decimal,
    target: Decimal,
    over: bool,
) -> State:
    if done >= 1:
        return "reached"
    if over or expected - done > OFF:
        return "off"
    leads_short = forecast is not None and 1 - _part(forecast, start, target) > SHORT
    if expected - done > AT_RISK or leads_short:
        return "at_risk"
    return "on_track"


def _part(value: Decimal, start: Decimal, target: Decimal) -> Decimal:
    return ((value - start) / (target - start)).quantize(_PLACES, ROUND_HALF_UP)


def _part_of_time(begun: dt.date, due: dt.date, day: dt.date) -> Decimal:
    if day >= due:
        return Decimal(1)
    if day <= begun:
        return Decimal(0)
    return (Decimal((day - begun).days) / (due - begun).days).quantize(_PLACES, ROUND_HALF_UP)


def forecast_at(readings: Sequence[Reading], day: dt.date) -> Decimal | None:
    """Least-squares line through the readings, at ``day``; None where they are fewer than
    FEWEST_READINGS or lie within FEWEST_DAYS."""
    if len(readings) < FEWEST_READINGS:
        return None
    first = readings[0].day
    if (readings[-1].day - first).days < FEWEST_DAYS:
        return None
    times = [Decimal((reading.day - first).days) for reading in readings]
    values = [reading.value for reading in readings]
    middle, mean = _mean(times), _mean(values)
    pairs = [(time - middle, value - mean) for time, value in zip(times, values, strict=True)]
    spread = sum((time * time for time, _value in pairs), Decimal(0))
    slope = sum((time * value for time, value in pairs), Decimal(0)) / spread
    return (mean + slope * ((day - first).days - middle)).quantize(_CENT, ROUND_HALF_UP)


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(values, Decimal(0)) / len(values)
