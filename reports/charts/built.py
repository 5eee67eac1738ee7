"""Charts of reports that people build: bars, lines and stacked bars of one unit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from reports.charts.amounts import short, ticks
from reports.charts.frame import (
    BREAK,
    ROW_HEIGHT,
    Caption,
    Values,
    in_template,
    name_axis,
    new_figure,
    numbers,
    plain,
)
from reports.charts.palette import COLOURS

COLOURED = 8
NAMES = 8  # along the bottom: as many as a phone has room for


@dataclass(frozen=True)
class Series:
    label: str
    values: Values


def drawn(
    caption: Caption,
    names: Sequence[str],
    series: Sequence[Series],
    shape: Literal["bars", "lines", "stacked"],
    *,
    upright: bool,
    unit: str,
) -> go.Figure:
    """``names`` along the bottom where ``upright``, else one under another; one colour a series."""
    figure = new_figure(caption)
    columns = [numbers(each.values) for each in series]
    places = list(range(len(names)))
    for number, (each, values) in enumerate(zip(series, columns, strict=True)):
        token = f"series-{number % COLOURED + 1}"
        amount = "y" if upright else "x"
        more = {
            "name": plain(each.label),
            "customdata": [plain(name) for name in names],
            # The names of all places: an axis has room for some of them only.
            "meta": {"token": token, "named": True},
            "hovertemplate": f"%{{customdata}}<br>%{{{amount}:,.1f}} {in_template(unit)}"
            f"<extra>{in_template(each.label)}</extra>",
        }
        if shape == "lines":
            figure.add_scatter(
                x=places, y=values, mode="lines+markers", marker={"size": 5},
                line={"width": 2.5, "color": COLOURS[token]}, **more,
            )  # fmt: skip
        elif upright:
            figure.add_bar(x=places, y=values, marker={"color": COLOURS[token]}, **more)
        else:
            figure.add_bar(
                x=values, y=places, orientation="h", marker={"color": COLOURS[token]}, **more
            )
    low, high = _span(columns, stacked=shape == "stacked")
    at = ticks(low, high)
    scale = {
        "tickmode": "array", "tickvals": at, "showgrid": True, "zeroline": True,
        "ticktext": [short(value, caption.language) for value in at],
    }  # fmt: skip
    if upright:
        step = max(1, -(-len(names) // NAMES))
        shown = range(len(names) - 1, -1, -step)
        figure.update_xaxes(
            tickmode="array", tickvals=list(shown), tickangle=0,
            ticktext=[BREAK.join(plain(names[i]).rsplit(" ", 1)) for i in shown],
        )  # fmt: skip
        figure.update_yaxes(**scale)
    else:
        name_axis(figure, names)
        figure.update_xaxes(**scale)
        figure.update_layout(height=figure.layout.height + 2 * ROW_HEIGHT)
    figure.update_layout(
        barmode="relative" if shape == "stacked" else "group",
        showlegend=len(series) > 1,
        legend={
            "orientation": "h", "traceorder": "normal", "x": 0, "y": -0.2, "yanchor": "top",
            "itemclick": False, "itemdoubleclick": False,
        },
    )  # fmt: skip
    return figure


def _span(columns: Sequence[Sequence[float | None]], *, stacked: bool) -> tuple[float, float]:
    rows = list(zip(*columns, strict=True))
    if stacked:
        lows = [sum(min(value or 0, 0) for value in row) for row in rows]
        highs = [sum(max(value or 0, 0) for value in row) for row in rows]
        return min(lows, default=0), max(highs, default=0)
    values = [value for row in rows for value in row if value is not None]
    return min(values, default=0), max(values, default=0)
