"""Charts of confidence: how far each weight may move, and how sure each seat is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from reports.charts.frame import Caption, name_axis, new_figure, plain
from reports.charts.palette import COLOURS


@dataclass(frozen=True)
class Interval:
    """A criterion: where its weight is, and between which shares the list stays as it is."""

    name: str
    share: float
    low: float
    high: float
    fragile: bool
    hover: str


@dataclass(frozen=True)
class SeatDot:
    """A client: its place, its chance of being on the list, whether the ranking has it there."""

    name: str
    place: int
    chance: float
    low: int | None
    high: int | None
    selected: bool
    hover: str


def stability(caption: Caption, rows: Sequence[Interval], *, weight_label: str) -> go.Figure:
    """A tornado: bars from the least to the greatest weight that changes nothing, a dot at the
    present one; the most fragile criterion on top."""
    figure = new_figure(caption)
    order = sorted(rows, key=lambda r: min(r.share - r.low, r.high - r.share))
    for token, fragile in (("series-3", True), ("series-1", False)):
        at = [i for i, row in enumerate(order) if row.fragile is fragile]
        figure.add_bar(
            orientation="h",
            x=[order[i].high - order[i].low for i in at],
            base=[order[i].low for i in at],
            y=at,
            width=0.42,
            marker={"color": COLOURS[token]},
            meta={"token": token},
            customdata=[plain(order[i].hover) for i in at],
            hovertemplate="%{customdata}<extra></extra>",
        )
    figure.add_scatter(
        x=[row.share for row in order],
        y=list(range(len(order))),
        mode="markers",
        marker={"size": 9, "symbol": "diamond", "color": COLOURS["neutral"]},
        meta={"token": "ink"},
        hoverinfo="skip",
    )
    name_axis(figure, [row.name for row in order])
    figure.update_xaxes(
        tickformat=".0%",
        range=[0, min(1.0, max((row.high for row in order), default=1.0) + 0.02)],
        showgrid=True,
        title={"text": plain(weight_label)},
    )
    figure.update_layout(barmode="overlay")
    return figure


def seat_map(
    caption: Caption,
    seats: Sequence[SeatDot],
    *,
    size: int,
    line_label: str,
    place_label: str,
    chance_label: str,
) -> go.Figure:
    """Chance of a seat against the place; a gold line where the list ends."""
    figure = new_figure(caption)
    for token, chosen in (("key", True), ("ink-3", False)):
        some = [s for s in seats if s.selected is chosen]
        figure.add_scatter(
            x=[s.place for s in some],
            y=[s.chance for s in some],
            mode="markers",
            marker={"size": 9, "color": COLOURS[token if chosen else "neutral"]},
            meta={"token": token},
            customdata=[[plain(s.hover)] for s in some],
            hovertemplate="%{customdata[0]}<extra></extra>",
        )
    figure.add_shape(
        type="line",
        x0=size + 0.5,
        x1=size + 0.5,
        y0=0,
        y1=1,
        yref="paper",
        line={"width": 1.5, "color": COLOURS["key"]},
        name="token:key",
    )
    figure.add_annotation(
        x=size + 0.5,
        y=1,
        yref="paper",
        text=plain(line_label),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=6,
        name="token:key-ink",
    )
    figure.update_xaxes(title={"text": plain(place_label)}, rangemode="tozero", tickformat="d")
    figure.update_yaxes(tickformat=".0%", range=[-0.03, 1.05], title={"text": plain(chance_label)})
    return figure
