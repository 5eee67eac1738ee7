"""A kept Plotly figure as the chart of an Office program: its numbers can be read and edited."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from kam.lib import formatting
from reports.charts.amounts import POWERS, power_of
from reports.charts.palette import COLOURS

from .drawing import STACKED, axis_labels, ends, is_share, points, told_apart
from .told import in_xml

OWN = "#17694a"


@dataclass(frozen=True)
class Axis:
    """``shape``: the number format along it, ``exact``: that beside a bar; ``low``, ``high``: its
    ends, where chosen."""

    shape: str
    exact: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Drawn:
    """``kind``: of XL_CHART_TYPE; ``data``: what python-pptx draws it from; ``colours``: one for
    each series; ``value``, ``along``: their axes, the second only where it has numbers; ``told``:
    whether series have names to tell them apart; ``labelled``: bars of a row each, with their value
    beside them."""

    kind: Any
    data: Any
    value: Axis
    along: Axis | None = None
    colours: list[str] = field(default_factory=list)
    told: bool = False
    labelled: bool = False


def data_of(figure: dict[str, Any], language: str) -> Drawn | None:
    """None where the figure holds nothing that can be drawn.

    Bars, and lines over days or names, become charts of categories; curves over numbers charts of points.
    """
    traces = [trace for trace in figure["data"] if points(trace)]
    if not traces:
        return None
    layout = figure.get("layout", {})
    if any(trace.get("orientation") == "h" for trace in traces):
        return _lying(traces, layout, language)
    bars = any(trace.get("type") == "bar" for trace in traces)
    named = any((trace.get("meta") or {}).get("named") for trace in traces)
    if bars or named or all(_day(x) for trace in traces for x, _y in points(trace)):
        return _upright(traces, layout, language, bars=bars)
    return _curves(traces, layout, language)


def _axis(axis: dict[str, Any], values: list[float], language: str) -> Axis:
    """Amounts in thousands, millions, …, by the largest of them; parts of a whole in percent."""
    chosen = ends(axis, values) if axis.get("range") else (None, None)
    if is_share(axis):
        # Programs end an axis above the last value: nothing is above the whole.
        low, high = chosen if axis.get("range") else (None, 1.0 if max(values) == 1 else None)
        return Axis("0%", "0.0%", low, high)
    largest = max(abs(value) for value in values)
    power = power_of(largest, len(POWERS[language]) - 1)
    rest = "," * power + (f'"{word}"' if (word := POWERS[language][power]) else "")
    round_, tenths = f"#,##0{rest}", f"#,##0.0{rest}"
    return Axis(round_ if largest >= 10 * 1000**power else tenths, tenths if power else round_)


def _lying(traces: list[dict[str, Any]], layout: dict[str, Any], language: str) -> Drawn:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    names = dict(axis_labels(layout.get("yaxis") or {}))
    places = sorted({float(y) for trace in traces for _x, y in points(trace)}, reverse=True)
    data = CategoryChartData(number_format="General")
    data.categories = [in_xml(names.get(place, f"{place:g}")) for place in places]
    for number, trace in enumerate(traces, 1):
        at = {float(y): x for x, y in points(trace)}
        data.add_series(_name(trace, number), [at.get(place) for place in places])
    mode = layout.get("barmode")
    return Drawn(
        XL_CHART_TYPE.BAR_STACKED if mode in STACKED else XL_CHART_TYPE.BAR_CLUSTERED, data,
        # Room that pages keep for labels beside the bars is none of a slide.
        _axis({**(layout.get("xaxis") or {}), "range": None}, _numbers(traces, 0), language),
        colours=[_colour(trace) for trace in traces], told=bool(told_apart(traces)),
        labelled=mode not in (*STACKED, "group"),
    )  # fmt: skip


def _upright(
    traces: list[dict[str, Any]], layout: dict[str, Any], language: str, *, bars: bool
) -> Drawn:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    names = dict(axis_labels(layout.get("xaxis") or {}))
    places: list[Any] = []
    for trace in traces:
        if (trace.get("meta") or {}).get("named"):
            names |= dict(zip(trace["x"], trace["customdata"], strict=True))
        places += [x for x, _y in points(trace) if x not in places]
    if all(_day(place) or isinstance(place, int | float) for place in places):
        places.sort(key=lambda place: str(place) if _day(place) else f"{float(place):020.6f}")
    data = CategoryChartData(number_format="General")
    data.categories = [in_xml(_category(place, names, language)) for place in places]
    for number, trace in enumerate(traces, 1):
        at = dict(points(trace))
        data.add_series(_name(trace, number), [at.get(place) for place in places])
    stacked = layout.get("barmode") in STACKED
    columns = XL_CHART_TYPE.COLUMN_STACKED if stacked else XL_CHART_TYPE.COLUMN_CLUSTERED
    return Drawn(
        columns if bars else XL_CHART_TYPE.LINE_MARKERS, data,
        _axis(layout.get("yaxis") or {}, _numbers(traces, 1), language),
        colours=[_colour(trace) for trace in traces], told=bool(told_apart(traces)),
    )  # fmt: skip


def _curves(traces: list[dict[str, Any]], layout: dict[str, Any], language: str) -> Drawn:
    from pptx.chart.data import XyChartData
    from pptx.enum.chart import XL_CHART_TYPE

    data = XyChartData(number_format="General")
    for number, trace in enumerate(traces, 1):
        series = data.add_series(_name(trace, number))
        for x, y in points(trace):
            series.add_data_point(float(x), float(y))
    lines = any("lines" in trace.get("mode", "lines") for trace in traces)
    return Drawn(
        XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS if lines else XL_CHART_TYPE.XY_SCATTER, data,
        _axis(layout.get("yaxis") or {}, _numbers(traces, 1), language),
        _axis(layout.get("xaxis") or {}, _numbers(traces, 0), language),
        [_colour(trace) for trace in traces], bool(told_apart(traces)),
    )  # fmt: skip


def _numbers(traces: list[dict[str, Any]], place: int) -> list[float]:
    return [float(point[place]) for trace in traces for point in points(trace)]


def _day(value: Any) -> dt.date | None:
    if not isinstance(value, str):
        return None
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None


def _category(place: Any, names: dict[float, str], language: str) -> str:
    day = _day(place)
    if day is not None:
        return formatting.month(day, language=language)
    if isinstance(place, int | float):
        return names.get(float(place), f"{place:g}")
    return str(place).replace("<br>", " ")


def _name(trace: dict[str, Any], number: int) -> str:
    return in_xml(str(trace.get("name") or number).replace("<br>", " "))


def _colour(trace: dict[str, Any]) -> str:
    token = (trace.get("meta") or {}).get("token", "")
    return COLOURS.get(token, OWN).lstrip("#").upper()


def dress(chart: Any, drawn: Drawn, font: str, ink: str, line: str) -> None:
    """The look of the house: quiet axes, light lines, a legend only where there is a choice."""
    from pptx.chart.plot import BarPlot
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import (
        XL_LABEL_POSITION,
        XL_LEGEND_POSITION,
        XL_MARKER_STYLE,
        XL_TICK_LABEL_POSITION,
    )
    from pptx.util import Pt

    chart.has_title = False
    chart.font.size, chart.font.name = Pt(11), font
    chart.font.color.rgb = RGBColor.from_string(ink)
    plot = chart.plots[0]
    chart.has_legend = drawn.told
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    value, category = chart.value_axis, chart.category_axis
    value.format.line.fill.background()
    value.has_major_gridlines = True
    value.major_gridlines.format.line.color.rgb = RGBColor.from_string(line)
    for axis, chosen in ((value, drawn.value), (category, drawn.along)):
        if chosen is not None:
            axis.tick_labels.number_format = chosen.shape
            axis.tick_labels.number_format_is_linked = False
            axis.minimum_scale, axis.maximum_scale = chosen.low, chosen.high
    category.format.line.color.rgb = RGBColor.from_string(line)
    category.has_major_gridlines = False
    category.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    bars = isinstance(plot, BarPlot)
    if bars:
        plot.gap_width = 45
    if drawn.labelled:
        plot.overlap = 100  # of several series each has rows of its own
        plot.has_data_labels = True
        labels = plot.data_labels
        labels.number_format, labels.number_format_is_linked = drawn.value.exact, False
        labels.position = XL_LABEL_POSITION.OUTSIDE_END
        labels.font.size = Pt(10)
    for series, colour in zip(plot.series, drawn.colours, strict=True):
        shown = RGBColor.from_string(colour)
        if bars:
            series.format.fill.solid()
            series.format.fill.fore_color.rgb = shown
            series.invert_if_negative = False
        else:
            series.format.line.color.rgb = shown
            series.format.line.width = Pt(2)
            series.smooth = False
            if len(list(series.values)) == 1:  # a point of its own, which no line shows
                series.marker.style, series.marker.size = XL_MARKER_STYLE.CIRCLE, 10
                series.marker.format.fill.solid()
                series.marker.format.fill.fore_color.rgb = shown
