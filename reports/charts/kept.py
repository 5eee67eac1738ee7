"""Charts of what is kept: retention by month, and cohorts as a grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import plotly.graph_objects as go

from reports.charts.frame import (
    BREAK,
    Caption,
    Values,
    add_line,
    in_template,
    month_axis,
    new_figure,
    numbers,
    plain,
)
from reports.charts.palette import COLOURS


@dataclass(frozen=True)
class Line:
    """label: stands at its end; ink: the token of the label, where the line's own is too faint."""

    label: str
    values: Values
    token: str
    ink: str
    dash: str = "solid"


def kept_lines(
    caption: Caption, months: Sequence[date], month_labels: Sequence[str], lines: Sequence[Line]
) -> go.Figure:
    """Shares kept at month ends, a line each, against the level of one hundred per cent."""
    figure = new_figure(caption)
    columns = [numbers(line.values) for line in lines]
    # What cannot be told yet takes no room.
    begin = min((i for y in columns for i, v in enumerate(y) if v is not None), default=0)
    months, month_labels = months[begin:], month_labels[begin:]
    x = [month.isoformat() for month in months]
    _few_months(figure, months, month_labels)
    known: list[float] = [1.0]
    ends = []
    for line, column in zip(lines, columns, strict=True):
        y = column[begin:]
        known += [v for v in y if v is not None]
        add_line(
            figure,
            x,
            y,
            line.token,
            f"%{{customdata}}<br>%{{y:.1%}}<extra>{in_template(line.label)}</extra>",
            name=plain(line.label),
            customdata=[plain(text) for text in month_labels],
        )
        figure.data[-1].line.dash = line.dash
        if sum(v is not None for v in y) == 1:
            figure.data[-1].mode = "markers"
        if y and y[-1] is not None:
            ends.append((y[-1], line))
    low, high = min(known), max(known)
    room = max(0.02, (high - low) * 0.08)
    heights = spread([end for end, _line in ends], (high - low + 2 * room) / 14)
    for height, (_end, line) in zip(heights, ends, strict=True):
        figure.add_annotation(
            x=x[-1],
            y=height,
            text=plain(line.label),
            showarrow=False,
            xanchor="left",
            xshift=8,
            name=f"token:{line.ink}",
        )
    figure.add_shape(
        type="line",
        x0=0,
        x1=1,
        xref="paper",
        y0=1,
        y1=1,
        line={"width": 1, "color": COLOURS["neutral"], "dash": "dash"},
        name="token:ink-3",
    )
    figure.update_yaxes(tickformat=".0%", range=[low - room, high + room], zeroline=False)
    return figure


# Fewer labels than elsewhere: the names of the lines take a part of the width.
LABELS = 4


def _few_months(figure: go.Figure, months: Sequence[date], labels: Sequence[str]) -> None:
    month_axis(figure, months, labels)
    shown = range(len(months) - 1, -1, -max(1, -(-len(months) // LABELS)))
    figure.update_xaxes(
        tickvals=[months[i].isoformat() for i in shown],
        ticktext=[BREAK.join(plain(labels[i]).rsplit(" ", 1)) for i in shown],
        tickangle=0,
    )
    if len(months) > 1:
        # To the end and no further: beyond it stand the names.
        figure.update_xaxes(range=[months[0].isoformat(), months[-1].isoformat()])


def spread(values: Sequence[float], apart: float) -> list[float]:
    """Heights for labels at these values: in their order, at least ``apart`` from each other, as
    near to the values as a pass upwards allows, and centred on them."""
    order = sorted(range(len(values)), key=lambda i: values[i])
    heights = [0.0] * len(values)
    groups: list[list[int]] = []
    for i in order:
        groups.append([i])
        while len(groups) > 1 and _bottom(groups[-1], values, apart) < (
            _bottom(groups[-2], values, apart) + apart * len(groups[-2])
        ):
            groups[-2:] = [groups[-2] + groups[-1]]
    for group in groups:
        bottom = _bottom(group, values, apart)
        for step, i in enumerate(group):
            heights[i] = bottom + apart * step
    return heights


def _bottom(group: Sequence[int], values: Sequence[float], apart: float) -> float:
    middle = sum(values[i] for i in group) / len(group)
    return middle - apart * (len(group) - 1) / 2


# What the page puts in place of a colour.
THEMED = {"neutral": "ink-3"}


def grid(
    caption: Caption,
    columns: Sequence[str],
    rows: Sequence[str],
    values: Sequence[Values],
    texts: Sequence[Sequence[str]],
    hovers: Sequence[Sequence[str]],
    *,
    colours: Sequence[str],
    top: float,
    columns_label: str = "",
    upright: bool = False,
) -> go.Figure:
    """A field for each row and column, the fuller the higher its value, the first row on top; a
    value that is not known leaves its field empty.  colours: a token for each column; top: the value
    of the fullest colour; upright: names of columns too long to lie."""
    figure = new_figure(caption)
    fields = [numbers(row) for row in values]
    said = [[plain(text).replace("\n", ", ") for text in row] for row in hovers]
    for token in dict.fromkeys(colours):
        here = [column for column, each in enumerate(colours) if each == token]
        figure.add_heatmap(
            z=[[row[column] for column in here] for row in fields],
            x=here,
            y=list(range(len(rows))),
            zmin=0,
            zmax=top,
            xgap=2,
            ygap=2,
            showscale=False,
            colorscale=[[0, "#f4f4f0"], [1, COLOURS[token]]],
            customdata=[[row[column] for column in here] for row in said],
            hovertemplate="%{customdata}<extra></extra>",
            hoverongaps=False,
            meta={"token": THEMED.get(token, token)},
        )
    figure.update_layout(
        annotations=[
            {
                "x": column,
                "y": row,
                "text": BREAK.join(plain(text).split("\n")),
                "showarrow": False,
                "font": {"size": 11},
                "name": "token:ink",
            }
            for row, line in enumerate(texts)
            for column, text in enumerate(line)
            if text
        ]
    )
    figure.update_xaxes(
        tickmode="array",
        tickvals=list(range(len(columns))),
        ticktext=[BREAK.join(plain(name).split("\n")) for name in columns],
        side="top",
        tickangle=-90 if upright else 0,
        range=[-0.5, len(columns) - 0.5],
        title={"text": plain(columns_label), "font": {"size": 12}},
    )
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(rows))),
        ticktext=[BREAK.join(plain(name).split("\n")) for name in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    return figure
