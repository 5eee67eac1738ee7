"""Charts of shares: how much hangs on how few, and on the selected clients."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from reports.charts.frame import (
    ROW_HEIGHT,
    Caption,
    Values,
    add_line,
    in_template,
    month_axis,
    new_figure,
    numbers,
    plain,
)
from reports.charts.months import add_line_by_month
from reports.charts.palette import COLOURS


def pareto_curve(
    caption: Caption,
    clients: Values,
    profit: Values,
    *,
    clients_label: str,
    profit_label: str,
    reference_label: str,
    selected: tuple[float, float] | None = None,
    selected_label: str = "",
) -> go.Figure:
    """Share of clients, best first, against the share of profit that they bring.

    clients, profit: shares 0..1 from (0, 0), as `figures.concentration.whale_curve` gives them.
    The 20 % / 80 % point is drawn for reference. selected: the point of the selected clients,
    their share of all clients and of profit; it lies below the curve where profit alone would have
    chosen others.
    """
    figure = new_figure(caption)
    add_line(
        figure,
        numbers(clients),
        numbers(profit),
        "series-1",
        f"%{{x:.1%}} {in_template(clients_label)}<br>"
        f"%{{y:.1%}} {in_template(profit_label)}<extra></extra>",
    )
    _reference_point(figure, 0.2, 0.8, reference_label)
    if selected is not None:
        _mark_selected(figure, *selected, selected_label)
    _share_axes(figure, clients_label, profit_label)
    return figure


def lorenz_curve(
    caption: Caption,
    clients: Values,
    share: Values,
    *,
    clients_label: str,
    share_label: str,
    equality_label: str,
) -> go.Figure:
    """Share of clients from the smallest up, against their share of the total; the diagonal is
    what it would be if all were alike."""
    figure = new_figure(caption)
    figure.add_shape(
        type="line",
        x0=0,
        y0=0,
        x1=1,
        y1=1,
        line={"width": 1, "color": COLOURS["neutral"], "dash": "dot"},
        name="token:ink-3",
    )
    figure.add_annotation(
        x=0.5,
        y=0.5,
        text=plain(equality_label),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        name="token:ink-3",
    )
    add_line(
        figure,
        numbers(clients),
        numbers(share),
        "series-1",
        f"%{{x:.1%}} {in_template(clients_label)}<br>"
        f"%{{y:.1%}} {in_template(share_label)}<extra></extra>",
        fill="tozeroy",
    )
    _share_axes(figure, clients_label, share_label)
    return figure


def key_share(
    caption: Caption,
    shares: Values,
    *,
    selected_label: str,
    limit_label: str,
    limit: float = 0.5,
    months: Sequence[date] | None = None,
    month_labels: Sequence[str] = (),
) -> go.Figure:
    """The selected clients' share of profit against the limit that the method names.

    With months a line over them, one share each; without, the first share as one bar.
    """
    figure = new_figure(caption)
    values = numbers(shares)
    if months is None:
        _one_bar(figure, values[0] if values else None, selected_label)
        line = {"x0": limit, "x1": limit, "y0": 0, "y1": 1, "yref": "paper"}
        label = {"x": limit, "y": 1, "yref": "paper", "yanchor": "bottom"}
        figure.update_xaxes(range=_share_range(values, limit), tickformat=".0%")
    else:
        month_axis(figure, months, month_labels)
        add_line_by_month(
            figure,
            months,
            month_labels,
            values,
            selected_label,
            "key",
            "%{y:.1%}",
            label_ink="key-ink",
        )
        line = {"x0": 0, "x1": 1, "xref": "paper", "y0": limit, "y1": limit}
        label = {"x": 0, "xref": "paper", "xanchor": "left", "y": limit, "yanchor": "bottom"}
        figure.update_yaxes(range=_share_range(values, limit), tickformat=".0%")
    figure.add_shape(
        type="line",
        line={"width": 1, "color": COLOURS["neutral"], "dash": "dash"},
        name="token:ink-2",
        **line,
    )
    figure.add_annotation(text=plain(limit_label), showarrow=False, name="token:ink-2", **label)
    return figure


def _reference_point(figure: go.Figure, x: float, y: float, label: str) -> None:
    """Dotted lines from both axes to a point."""
    for x0, y0 in ((x, 0.0), (0.0, y)):
        figure.add_shape(
            type="line",
            x0=x0,
            y0=y0,
            x1=x,
            y1=y,
            line={"width": 1, "color": COLOURS["neutral"], "dash": "dot"},
            name="token:ink-3",
        )
    figure.add_annotation(
        x=x,
        y=y,
        text=plain(label),
        showarrow=False,
        # Over the curve, wherever it runs.
        xanchor="right",
        yanchor="bottom",
        name="token:ink-3",
    )


def _mark_selected(figure: go.Figure, x: float, y: float, label: str) -> None:
    """The point of the selected clients, in gold."""
    figure.add_scatter(
        x=[float(x)],
        y=[float(y)],
        mode="markers",
        marker={"size": 11, "color": COLOURS["key"], "symbol": "diamond"},
        meta={"token": "key"},
        hovertemplate=f"{in_template(label)}<br>%{{x:.1%}} · %{{y:.1%}}<extra></extra>",
    )
    figure.add_annotation(
        x=x,
        y=y,
        text=plain(label),
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=10,
        name="token:key-ink",
    )


def _share_axes(figure: go.Figure, x_label: str, y_label: str) -> None:
    # What stands up the side is named on top: text that runs upwards is hard to read.
    figure.update_xaxes(tickformat=".0%", title={"text": plain(x_label)}, rangemode="tozero")
    figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    figure.update_layout(margin={"t": 92})
    figure.add_annotation(
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        text=plain(y_label),
        showarrow=False,
        name="token:ink-2",
    )


def _share_range(values: Sequence[float | None], limit: float) -> list[float]:
    """From zero (or the lowest loss) past the limit, so that it is always in sight."""
    present = [v for v in values if v is not None]
    return [min([0.0, *present]), max([1.0, limit, *present])]


def _one_bar(figure: go.Figure, value: float | None, label: str) -> None:
    figure.add_bar(
        orientation="h",
        x=[value],
        y=[plain(label)],
        marker={"color": COLOURS["key"]},
        meta={"token": "key"},
        texttemplate="%{x:.1%}",
        textposition="auto",
        hovertemplate="%{y}: %{x:.1%}<extra></extra>",
    )
    figure.update_layout(height=72 + 3 * ROW_HEIGHT)
