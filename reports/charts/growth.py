"""A client's way beside a yardstick with its band: look-alikes, or a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import plotly.graph_objects as go

from reports.charts.frame import (
    Caption,
    Values,
    amount_axis,
    in_template,
    money,
    month_axis,
    new_figure,
    numbers,
)
from reports.charts.months import add_line_by_month
from reports.charts.palette import COLOURS


def path_with_band(
    caption: Caption,
    months: Sequence[date],
    own: Values,
    low: Values,
    middle: Values,
    high: Values,
    *,
    month_labels: Sequence[str],
    own_label: str,
    middle_label: str,
    since: date | None = None,
    unit: str = "",
    share: bool = False,
) -> go.Figure:
    """Own values as a line, the yardstick as another with a band from low to high; gaps are None.

    since: a month from which on something holds, marked by a dotted line.  share: values are
    fractions rather than amounts.
    """
    figure = new_figure(caption)
    month_axis(figure, months, month_labels)
    x = [month.isoformat() for month in months]
    for bound, fill in ((numbers(low), None), (numbers(high), "tonexty")):
        figure.add_scatter(
            x=x,
            y=bound,
            mode="lines",
            line={"width": 0, "color": COLOURS["series-8"]},
            fill=fill,
            opacity=0.35,
            meta={"token": "series-8"},
            hoverinfo="skip",
        )
    hover = "%{y:.0%}" if share else money(in_template(unit))
    add_line_by_month(figure, months, month_labels, middle, middle_label, "series-2", hover)
    add_line_by_month(figure, months, month_labels, own, own_label, "series-1", hover)
    if share:
        figure.update_yaxes(tickformat=".0%", rangemode="tozero")
    else:
        amount_axis(figure, caption)
    if since is not None:
        figure.add_shape(
            type="line",
            x0=since.isoformat(),
            x1=since.isoformat(),
            y0=0,
            y1=1,
            yref="paper",
            line={"width": 1, "color": COLOURS["key"], "dash": "dot"},
            name="token:key",
        )
    return figure
