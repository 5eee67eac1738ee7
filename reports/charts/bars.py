"""Bars that lie, one under another, with what they mean in words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from reports.charts.frame import (
    BESIDE,
    BREAK,
    ROW_HEIGHT,
    Caption,
    amount_axis_below,
    amounts_beside,
    new_figure,
    numbers,
    plain,
)
from reports.charts.palette import COLOURS


@dataclass(frozen=True)
class Bar:
    """name: may have two lines; text: beside its end; faint: of less weight than the others."""

    name: str
    value: float
    text: str
    hover: str
    colour: str = "series-1"
    faint: bool = False


def lying_bars(caption: Caption, bars: Sequence[Bar]) -> go.Figure:
    """The first on top; losses to the left of zero."""
    figure = new_figure(caption)
    values = numbers(bar.value for bar in bars)
    for row, (bar, value) in enumerate(zip(bars, values, strict=True)):
        figure.add_bar(
            orientation="h",
            x=[value],
            y=[row],
            width=0.62,
            customdata=[plain(bar.hover)],
            marker={"color": COLOURS[bar.colour], "opacity": 0.5 if bar.faint else 1},
            meta={"token": bar.colour},
            hovertemplate="%{customdata}<extra></extra>",
        )
    amounts_beside(
        figure,
        [(max(value or 0.0, 0.0), row, plain(bars[row].text)) for row, value in enumerate(values)],
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(bars))),
        ticktext=[BREAK.join(plain(bar.name).split("\n")) for bar in bars],
        range=[len(bars) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    amount_axis_below(figure, values)
    # Words beside the bars are longer than an amount alone.
    low, high = figure.layout.xaxis.range
    figure.update_xaxes(range=[low, high + (high - low) * BESIDE * 0.6])
    figure.update_layout(barmode="overlay", height=96 + ROW_HEIGHT * max(1, len(bars)))
    return figure
