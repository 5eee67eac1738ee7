"""A kept Plotly figure as SVG for paper: bars and lines with their axes, in print colours.

It draws what the portfolio's figures are made of: vertical and horizontal bars, lines, dots.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from html import escape
from typing import Any

from reports.charts.palette import COLOURS

WIDTH, HEIGHT = 680, 260
LEFT, RIGHT, TOP, BOTTOM = 60, 16, 12, 34
INK, QUIET, GRID = "#1d2433", "#5b6577", "#dde1e8"
TICKS = 4
_LINES = ("scatter",)


def svg(figure: dict[str, Any]) -> str:
    """The figure drawn; empty where it holds nothing that can be drawn."""
    traces = [trace for trace in figure["data"] if points(trace)]
    if not traces:
        return ""
    layout = figure.get("layout", {})
    lying = any(trace.get("orientation") == "h" for trace in traces)
    return _bars_lying(traces, layout) if lying else _upright(traces, layout)


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


def _short(value: float) -> str:
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.1f}".rstrip("0").rstrip(".") + unit
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"


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


def _upright(traces: list[dict[str, Any]], layout: dict[str, Any]) -> str:
    xs = [_number(x) for trace in traces for x, _y in points(trace)]
    ys = [_number(y) for trace in traces for _x, y in points(trace)]
    low, high = min(0.0, *ys), max(0.0, *ys) if len(ys) > 1 else max(0.0, ys[0])
    bars = [trace for trace in traces if trace.get("type") == "bar"]
    step = (max(xs) - min(xs)) / max(len(set(xs)) - 1, 1) if len(set(xs)) > 1 else 1.0
    margin = step * 0.6 if bars else 0.0
    at_x = _scale(min(xs) - margin, max(xs) + margin, LEFT, WIDTH - RIGHT)
    at_y = _scale(low, high, HEIGHT - BOTTOM, TOP)
    share = (layout.get("yaxis") or {}).get("tickformat", "").endswith("%")
    parts = []
    for number in range(TICKS + 1):
        value = low + (high - low) * number / TICKS
        parts.append(_line(LEFT, at_y(value), WIDTH - RIGHT, at_y(value)))
        text = f"{100 * value:.0f} %" if share else _short(value)
        parts.append(_label(LEFT - 6, at_y(value) + 4, text, "end"))
    width = (at_x(min(xs) + step) - at_x(min(xs))) * 0.7 / max(len(bars), 1)
    for number, trace in enumerate(bars):
        shift = (number - (len(bars) - 1) / 2) * width
        for x, y in points(trace):
            top, base = sorted((at_y(_number(y)), at_y(0.0)))
            parts.append(
                f'<rect x="{at_x(_number(x)) + shift - width / 2:.1f}" y="{top:.1f}" '
                f'width="{width:.1f}" height="{max(base - top, 0.5):.1f}" fill="{_colour(trace)}"/>'
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
    return _frame(parts)


def _bars_lying(traces: list[dict[str, Any]], layout: dict[str, Any]) -> str:
    bars = [(_number(x), _number(y), _colour(trace)) for trace in traces for x, y in points(trace)]
    names = dict(axis_labels(layout.get("yaxis") or {}))
    left, row = 190, 22
    low, high = min(0.0, *(x for x, *_ in bars)), max(0.0, *(x for x, *_ in bars))
    at = _scale(low, high, left, WIDTH - RIGHT - 60)
    places = sorted({y for _x, y, _colour in bars})
    parts = []
    for number, place in enumerate(places):
        y = TOP + number * row
        parts.append(_label(left - 8, y + row * 0.62, names.get(place, ""), "end", INK))
        for x, at_place, colour in bars:
            if at_place != place:
                continue
            start, end = sorted((at(0.0), at(x)))
            parts.append(
                f'<rect x="{start:.1f}" y="{y + 3:.1f}" width="{max(end - start, 0.5):.1f}" '
                f'height="{row - 7}" fill="{colour}"/>'
            )
            parts.append(_label(end + 6, y + row * 0.62, _short(x), "start"))
    return _frame(parts, TOP * 2 + row * len(places))
