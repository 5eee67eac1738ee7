"""A kept Plotly figure as SVG for paper: bars and lines with their axes, in print colours.

It draws what figures of reports are made of: vertical and horizontal bars, beside or on one
another, lines, dots, and a legend where there is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor
from typing import Any

from django.utils.translation import get_language

from kam.lib import formatting
from reports.charts.amounts import short, ticks
from reports.charts.palette import COLOURS

WIDTH, HEIGHT = 680, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 12, 34
INK, QUIET, GRID = "#1d2433", "#5b6577", "#dde1e8"
TICKS = 4
_LINES = ("scatter",)
STACKED = ("stack", "relative")
# Of lying bars: as high as one is, all of them at most, and what a label beside one takes.
BAR, MOST_HIGH, LABELLED = 15, 900, 11
LETTER = 5.8  # of a line of labels


def svg(figure: dict[str, Any]) -> str:
    """The figure drawn; empty where it holds nothing that can be drawn."""
    traces = [trace for trace in figure["data"] if points(trace)]
    if not traces:
        return ""
    layout = figure.get("layout", {})
    lying = any(trace.get("orientation") == "h" for trace in traces)
    draw = _bars_lying if lying else _upright
    parts, height = draw(traces, layout)
    parts, height = _with_legend(parts, height, traces)
    return _frame(parts, height)


def points(trace: dict[str, Any]) -> list[tuple[Any, Any]]:
    xs, ys = _values(trace.get("x")), _values(trace.get("y"))
    return [(x, y) for x, y in zip(xs, ys, strict=False) if x is not None and y is not None]


def _values(given: Any) -> Sequence[Any]:
    return given if isinstance(given, list | tuple) else []


def _number(value: Any) -> float:
    """A place on an axis: numbers as they are, days by their ordinal."""
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(dt.date.fromisoformat(str(value)[:10]).toordinal())
    except ValueError:
        return 0.0


def _colour(trace: dict[str, Any]) -> str:
    token = (trace.get("meta") or {}).get("token", "")
    return COLOURS.get(token, "#17694a")


def _scale(low: float, high: float, start: float, end: float):
    span = (high - low) or 1.0
    return lambda value: start + (value - low) / span * (end - start)


def _amount(value: float, *, share: bool) -> str:
    language = get_language() or "en"
    return formatting.percent(value, 0, language=language) if share else short(value, language)


def axis_labels(axis: dict[str, Any]) -> list[tuple[float, str]]:
    places, texts = _values(axis.get("tickvals")), _values(axis.get("ticktext"))
    return [
        (_number(place), str(text).replace("<br>", " "))
        for place, text in zip(places, texts, strict=False)
    ]


def _frame(parts: Iterable[str], height: float = HEIGHT) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" '
        f'font-family="Libertinus Serif" font-size="11">{"".join(parts)}</svg>'
    )


def _label(x: float, y: float, text: str, anchor: str = "middle", colour: str = QUIET) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = GRID) -> str:
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
        'stroke-width="1"/>'
    )


@dataclass(frozen=True)
class Bar:
    """``place``: on the axis of names; from ``base`` to ``top``; ``slot``: which of the bars that
    stand beside one another at a place; ``last``: nothing stands on it."""

    place: float
    base: float
    top: float
    slot: int
    colour: str
    last: bool = True


def _bars(traces: list[dict[str, Any]], layout: dict[str, Any], *, lying: bool) -> list[Bar]:
    """All bars where they stand; what is stacked stands on what came before it."""
    mode = layout.get("barmode", "")
    found: list[Bar] = []
    ends: dict[tuple[float, bool], float] = {}
    for number, trace in enumerate(traces):
        # Upright bars of several kinds always stand beside one another, unless they are stacked.
        slot = number if mode == "group" or not lying else 0
        for x, y in points(trace):
            place, value = (_number(y), _number(x)) if lying else (_number(x), _number(y))
            base = 0.0
            if mode in STACKED:
                slot, side = 0, (place, value < 0)
                base = ends.get(side, 0.0)
                ends[side] = base + value
            found.append(Bar(place, base, base + value, slot, _colour(trace)))
    if mode not in STACKED:
        return found
    return [
        Bar(each.place, each.base, each.top, 0, each.colour, last=ends.get((each.place, False), 0.0) == each.top)
        for each in found
    ]  # fmt: skip


def told_apart(traces: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Traces whose names have to be seen: those with a name, where there are two."""
    found = [trace for trace in traces if trace.get("name")]
    return found if len(found) > 1 else []


def _with_legend(
    parts: list[str], height: float, traces: list[dict[str, Any]]
) -> tuple[list[str], float]:
    """The parts with the names of the traces below, as many lines as they take."""
    told = told_apart(traces)
    if not told:
        return parts, height
    x, y = float(LEFT), height + 12
    for trace in told:
        name = str(trace["name"]).replace("<br>", " ")
        wide = 26 + LETTER * len(name)
        if x > LEFT and x + wide > WIDTH:
            x, y = float(LEFT), y + 16
        parts.append(
            f'<rect x="{x:.1f}" y="{y - 8:.1f}" width="9" height="9" fill="{_colour(trace)}"/>'
        )
        parts.append(_label(x + 14, y, name, "start", INK))
        x += wide
    return parts, y + 10


def _ticks(axis: dict[str, Any], low: float, high: float) -> list[tuple[float, str]]:
    """Values of an axis with their words: those that the figure says, or evenly spread ones."""
    told = [(at, text) for at, text in axis_labels(axis) if low <= at <= high]
    if len(told) > 1:
        return told
    share = is_share(axis)
    return [(each, _amount(each, share=share)) for each in _round_values(low, high)]


def _round_values(low: float, high: float) -> list[float]:
    between = ticks(0.0, high - low, TICKS)
    step = between[1] if len(between) > 1 else (high - low) or 1.0
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [number * step for number in range(first, last + 1)]


def is_share(axis: dict[str, Any]) -> bool:
    """Whether values along it are parts of a whole, which people read as percent."""
    return (axis.get("tickformat") or "").endswith("%")


def ends(axis: dict[str, Any], values: Sequence[float]) -> tuple[float, float]:
    """What is drawn of an axis: the range that was chosen for it, or from zero to the last value,
    and to a round one where it is an amount."""
    chosen = axis.get("range")
    if chosen and all(isinstance(each, int | float) for each in chosen):
        return min(chosen), max(chosen)
    low, high = min(0.0, *values), max(0.0, *values)
    if is_share(axis):
        return low, high
    found = ticks(low, high, TICKS)
    return found[0], found[-1] or 1.0


def _upright(traces: list[dict[str, Any]], layout: dict[str, Any]) -> tuple[list[str], float]:
    xs = [_number(x) for trace in traces for x, _y in points(trace)]
    ys = [_number(y) for trace in traces for _x, y in points(trace)]
    bars = _bars([each for each in traces if each.get("type") == "bar"], layout, lying=False)
    ys += [each.top for each in bars]
    low, high = ends(layout.get("yaxis") or {}, [0.0, *ys])
    step = (max(xs) - min(xs)) / max(len(set(xs)) - 1, 1) if len(set(xs)) > 1 else 1.0
    margin = step * 0.6 if bars else 0.0
    at_x = _scale(min(xs) - margin, max(xs) + margin, LEFT, WIDTH - RIGHT)
    at_y = _scale(low, high, HEIGHT - BOTTOM, TOP)
    parts = []
    for value, text in _ticks(layout.get("yaxis") or {}, low, high):
        parts.append(_line(LEFT, at_y(value), WIDTH - RIGHT, at_y(value)))
        parts.append(_label(LEFT - 6, at_y(value) + 4, text, "end"))
    slots = 1 + max((each.slot for each in bars), default=0)
    width = (at_x(min(xs) + step) - at_x(min(xs))) * 0.7 / slots
    for each in bars:
        shift = (each.slot - (slots - 1) / 2) * width
        top, base = sorted(at_y(max(low, min(end, high))) for end in (each.top, each.base))
        parts.append(
            f'<rect x="{at_x(each.place) + shift - width / 2:.1f}" y="{top:.1f}" '
            f'width="{width:.1f}" height="{max(base - top, 0.5):.1f}" fill="{each.colour}"/>'
        )
    for trace in traces:
        if trace.get("type", "scatter") not in _LINES:
            continue
        places = [(at_x(_number(x)), at_y(_number(y))) for x, y in points(trace)]
        if "lines" in trace.get("mode", "lines"):
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            parts.append(
                f'<polyline points="{path}" fill="none" stroke="{_colour(trace)}" '
                'stroke-width="1.6"/>'
            )
        else:
            parts += [
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_colour(trace)}"/>'
                for x, y in places
            ]
    for place, text in axis_labels(layout.get("xaxis") or {}):
        if min(xs) - margin <= place <= max(xs) + margin:
            parts.append(_label(at_x(place), HEIGHT - BOTTOM + 18, text))
    return parts, HEIGHT


def _bars_lying(traces: list[dict[str, Any]], layout: dict[str, Any]) -> tuple[list[str], float]:
    bars = _bars(traces, layout, lying=True)
    names = dict(axis_labels(layout.get("yaxis") or {}))
    longest = max((len(name) for name in names.values()), default=0)
    left = min(max(LEFT, LETTER * longest + 16), WIDTH / 2)
    reached = [end for each in bars for end in (each.base, each.top)]
    low, high = min(0.0, *reached), max(0.0, *reached)
    share = is_share(layout.get("xaxis") or {})
    at = _scale(low, high, left, WIDTH - RIGHT - 60)
    places = sorted({each.place for each in bars})
    slots = 1 + max(each.slot for each in bars)
    thick = min(float(BAR), MOST_HIGH / (len(places) * slots))
    row = thick * slots + 7
    parts = []
    for number, place in enumerate(places):
        y = TOP + number * row
        parts.append(_label(left - 8, y + row / 2 + 3, names.get(place, ""), "end", INK))
        for each in bars:
            if each.place != place:
                continue
            start, end = sorted((at(each.base), at(each.top)))
            top = y + 3 + each.slot * thick
            parts.append(
                f'<rect x="{start:.1f}" y="{top:.1f}" width="{max(end - start, 0.5):.1f}" '
                f'height="{thick:.1f}" fill="{each.colour}"/>'
            )
            if each.last and thick >= LABELLED:
                text = _amount(each.top, share=share)
                parts.append(_label(end + 6, top + thick / 2 + 4, text, "start"))
    return parts, TOP * 2 + row * len(places)
