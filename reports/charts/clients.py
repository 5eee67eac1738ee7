"""Charts with one row per client."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import plotly.graph_objects as go

from reports.charts.amounts import short
from reports.charts.frame import (
    ROW_HEIGHT,
    Caption,
    Values,
    amount_axis_below,
    amounts_beside,
    in_template,
    name_axis,
    new_figure,
    numbers,
    plain,
    value_axis_below,
)
from reports.charts.palette import COLOURS, SERIES, criterion_colour


def movers(
    caption: Caption,
    names: Sequence[str],
    changes: Values,
    *,
    unit: str = "",
) -> go.Figure:
    """Who rose and who fell: bars to both sides of zero, in the order given, first on top."""
    figure = new_figure(caption)
    values = numbers(changes)
    amounts: list[tuple[float, int, str]] = []
    sides: dict[str, list[int]] = {"good": [], "bad": []}
    for row, value in enumerate(values):
        if value is not None:
            sides["bad" if value < 0 else "good"].append(row)
    for token, rows in sides.items():
        figure.add_bar(
            orientation="h",
            x=[values[i] for i in rows],
            y=rows,
            width=0.7,
            customdata=[plain(names[i]) for i in rows],
            marker={"color": COLOURS[token]},
            meta={"token": token},
            hovertemplate=f"%{{customdata}}<br>%{{x:+,.0f}} {in_template(unit)}<extra></extra>",
        )
        # Always to the right, where no name stands: of the bar's end, or of zero under it.
        amounts += [
            (max(values[i] or 0.0, 0.0), i, short(values[i] or 0.0, caption.language, signed=True))
            for i in rows
        ]
    amounts_beside(figure, amounts)
    name_axis(figure, names)
    amount_axis_below(figure, values)
    figure.update_layout(barmode="overlay")
    return figure


def score_parts(
    caption: Caption,
    names: Sequence[str],
    criteria: Sequence[str],
    parts: Iterable[Values],
    *,
    line: float | None = None,
    line_label: str = "",
    low: Values | None = None,
    high: Values | None = None,
    unit: str = "",
    positions: Sequence[int] | None = None,
) -> go.Figure:
    """Scores as bars stacked from what each criterion brings; first client on top.

    parts: (clients, criteria) in points, as `scoring.engine.explain.contributions` gives them.
    positions: place of each criterion among all criteria, from 0, which fixes its colour wherever
    it is drawn; by default the order given. line: points of the key line. low, high: bounds of each score, drawn as a whisker.
    """
    figure = new_figure(caption)
    rows = [numbers(row) for row in parts]
    totals = [sum(v for v in row if v is not None) for row in rows]
    for j, (criterion, place) in enumerate(
        zip(criteria, positions or range(len(criteria)), strict=True)
    ):
        figure.add_bar(
            orientation="h",
            x=[row[j] for row in rows],
            y=list(range(len(rows))),
            name=plain(criterion),
            customdata=[plain(name) for name in names],
            marker={
                "color": criterion_colour(place),
                # Beyond the eight colours a hatch tells them from their first round.
                "pattern": {"shape": "/" if place >= SERIES else ""},
            },
            meta={"token": f"criterion-{place + 1}"},
            hovertemplate="%{customdata}<br>%{fullData.name}: %{x:.2f} "
            f"{in_template(unit)}<extra></extra>",
        )
    if low is not None and high is not None:
        _whiskers(figure, totals, numbers(low), numbers(high))
    if line is not None:
        figure.add_shape(
            type="line",
            x0=line,
            x1=line,
            y0=0,
            y1=1,
            yref="paper",
            line={"width": 2, "color": COLOURS["key"]},
            name="token:key",
        )
        figure.add_annotation(
            x=line,
            y=1,
            yref="paper",
            yanchor="bottom",
            text=plain(line_label),
            showarrow=False,
            name="token:key-ink",
        )
    name_axis(figure, names)
    value_axis_below(figure)
    # The one chart with a legend: ten names have no room beside parts of a bar.
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={
            "orientation": "h",
            "traceorder": "normal",
            "x": 0,
            "y": -0.15,
            "yanchor": "top",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        height=figure.layout.height + 2 * ROW_HEIGHT,
    )
    return figure


def _whiskers(
    figure: go.Figure,
    totals: Sequence[float],
    low: Sequence[float | None],
    high: Sequence[float | None],
) -> None:
    up = [0.0 if h is None else max(0.0, h - t) for t, h in zip(totals, high, strict=True)]
    down = [0.0 if b is None else max(0.0, t - b) for t, b in zip(totals, low, strict=True)]
    figure.add_scatter(
        x=list(totals),
        y=list(range(len(totals))),
        mode="markers",
        marker={"size": 1, "opacity": 0},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": up,
            "arrayminus": down,
            "thickness": 1.5,
            "color": COLOURS["neutral"],
            "width": 4,
        },
        meta={"token": "ink-2"},
        hoverinfo="skip",
        showlegend=False,
    )
