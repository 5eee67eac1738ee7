"""Charts of a backtest: how fast an order gathers what there was to gain, and lift by date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import plotly.graph_objects as go

from reports.charts.amounts import short, ticks
from reports.charts.frame import (
    BREAK,
    Caption,
    add_label,
    add_line,
    in_template,
    new_figure,
    numbers,
    plain,
)
from reports.charts.palette import COLOURS

# Names of lines: at a place where they are furthest apart, one after the other.
_LABEL_AT = 0.3


def gains_curves(
    caption: Caption,
    clients: Sequence[float],
    curves: Mapping[str, Sequence[float | None]],
    *,
    ideal: Sequence[float | None],
    lot: Sequence[float | None],
    ideal_label: str,
    lot_label: str,
    clients_label: str,
    gained_label: str,
    list_share: float | None = None,
    list_label: str = "",
) -> go.Figure:
    """Share of clients taken in an order against the share of all gains that they brought.

    clients: 0…1.  curves: label -> values, at most eight, in the order of the series colours.
    ideal: the best order there could be; lot: any order.  list_share: where the list ended.
    """
    figure = new_figure(caption)
    hover = (
        f"%{{fullData.name}}<br>%{{x:.0%}} {in_template(clients_label)}<br>"
        f"%{{y:.0%}} {in_template(gained_label)}<extra></extra>"
    )
    for values, label, dash in ((ideal, ideal_label, "dash"), (lot, lot_label, "dot")):
        figure.add_scatter(
            x=numbers(clients),
            y=numbers(values),
            mode="lines",
            name=plain(label),
            line={"width": 1.5, "color": COLOURS["neutral"], "dash": dash},
            meta={"token": "ink-3"},
            hovertemplate=hover,
            showlegend=False,
        )
    _name_at(figure, clients, ideal, ideal_label, "ink-3", 0.5)
    _name_at(figure, clients, lot, lot_label, "ink-3", 0.6, below=True)
    for number, (label, values) in enumerate(curves.items(), 1):
        token = f"series-{number}"
        add_line(figure, numbers(clients), numbers(values), token, hover, name=plain(label))
    figure.update_layout(showlegend=len(curves) > 1, legend=_BELOW | {"y": -0.3}, margin={"t": 92})
    if len(curves) == 1:
        label, values = next(iter(curves.items()))
        _name_at(figure, clients, values, label, "series-1", _LABEL_AT)
    if list_share is not None:
        figure.add_shape(
            type="line",
            x0=list_share,
            x1=list_share,
            y0=0,
            y1=1,
            yref="paper",
            line={"width": 1.5, "color": COLOURS["key"]},
            name="token:key",
        )
        figure.add_annotation(
            x=list_share,
            y=0,
            yref="paper",
            text=plain(list_label),
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            xshift=6,
            name="token:key-ink",
        )
    figure.update_xaxes(tickformat=".0%", title={"text": plain(clients_label)}, range=[0, 1])
    figure.update_yaxes(tickformat=".0%")
    figure.add_annotation(
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        text=plain(gained_label),
        showarrow=False,
        name="token:ink-2",
    )
    return figure


def dots_by_date(
    caption: Caption,
    dates: Sequence[date],
    date_labels: Sequence[str],
    series: Mapping[str, Sequence[tuple[float | None, float | None, float | None]]],
    *,
    even: float,
    even_label: str,
    in_money: bool = False,
) -> go.Figure:
    """A figure at each date with its interval: label -> (value, low, high) by date.

    even: where the chosen would be like all others.  in_money: amounts, rather than ratios.
    """
    figure = new_figure(caption)
    count = max(len(series), 1)
    for number, (label, triples) in enumerate(series.items()):
        token = f"series-{number + 1}"
        value = numbers(each[0] for each in triples)
        low = numbers(each[1] for each in triples)
        high = numbers(each[2] for each in triples)
        beside = (number - (count - 1) / 2) * 0.16
        up = [None if v is None or h is None else h - v for v, h in zip(value, high, strict=True)]
        down = [None if v is None or d is None else v - d for v, d in zip(value, low, strict=True)]
        figure.add_scatter(
            x=[at + beside for at in range(len(dates))],
            y=value,
            mode="markers",
            name=plain(label),
            marker={"size": 9, "color": COLOURS[token]},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [each or 0 for each in up],
                "arrayminus": [each or 0 for each in down],
                "color": COLOURS[token],
                "thickness": 1.5,
                "width": 0,
            },
            meta={"token": token},
            customdata=[[plain(text)] for text in date_labels],
            hovertemplate=f"%{{fullData.name}}<br>%{{customdata[0]}}: %{{y:,.{0 if in_money else 2}f}}<extra></extra>",
        )
    figure.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="paper",
        y0=even,
        y1=even,
        line={"width": 1, "color": COLOURS["neutral"], "dash": "dash"},
        name="token:ink-2",
    )
    # Over the plot: at the line it would lie on the points of some date.
    figure.add_annotation(
        x=0,
        xref="paper",
        xanchor="left",
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"– – {plain(even_label)}",
        showarrow=False,
        name="token:ink-2",
    )
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(dates))),
        ticktext=[BREAK.join(plain(text).rsplit(" ", 1)) for text in date_labels],
        range=[-0.5, len(dates) - 0.5],
    )
    figure.update_layout(showlegend=len(series) > 1, legend=_BELOW)
    if in_money:
        ends = [x for triples in series.values() for each in triples for x in numbers(each) if x]
        at = ticks(min(ends, default=0.0), max(ends, default=0.0))
        figure.update_yaxes(
            tickmode="array", tickvals=at, ticktext=[short(v, caption.language) for v in at]
        )
    return figure


_BELOW = {"orientation": "h", "x": 0, "y": -0.22, "yanchor": "top"}


def _name_at(
    figure: go.Figure,
    x: Sequence[float],
    y: Sequence[float | None],
    label: str,
    token: str,
    share: float,
    *,
    below: bool = False,
) -> None:
    at = min(int(share * len(x)), len(x) - 1) if x else 0
    if at < len(y) and y[at] is not None:
        add_label(figure, x[at], y[at], label, token)
        if below:
            figure.layout.annotations[-1].update(xanchor="left", yanchor="top", yshift=-2)
