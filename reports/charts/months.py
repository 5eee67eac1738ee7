"""Charts along months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import plotly.graph_objects as go

from reports.charts.frame import (
    Caption,
    Values,
    add_label,
    add_line,
    amount_axis,
    in_template,
    money,
    month_axis,
    new_figure,
    numbers,
    plain,
)
from reports.charts.palette import COLOURS

HALF_A_BAR = timedelta(days=12)  # of one month, with the gap that Plotly leaves
NAME_MONTHS = 2  # so many months does a name to the left of its bar reach back


def revenue_and_profit_by_month(
    caption: Caption,
    months: Sequence[date],
    revenue: Values,
    profit: Values,
    *,
    month_labels: Sequence[str],
    revenue_label: str,
    profit_label: str,
    unit: str = "",
) -> go.Figure:
    """Revenue as bars, profit as a line over them; months in order, one value each."""
    figure = new_figure(caption)
    month_axis(figure, months, month_labels)
    add_bars_by_month(figure, months, month_labels, revenue, revenue_label, "series-1", unit)
    add_line_by_month(
        figure, months, month_labels, profit, profit_label, "series-2", money(unit), over_bars=True
    )
    amount_axis(figure, caption)
    return figure


def growth_bars(
    caption: Caption,
    months: Sequence[date],
    this_year: Values,
    previous_year: Values,
    *,
    month_labels: Sequence[str],
    this_label: str,
    previous_label: str,
    unit: str = "",
) -> go.Figure:
    """Each month beside the same month of the year before."""
    figure = new_figure(caption)
    month_axis(figure, months, month_labels)
    # The year before is faint; in its colour its name could not be read on a dark page.
    higher = [
        max((v for v in pair if v is not None), default=None)
        for pair in zip(numbers(previous_year), numbers(this_year), strict=True)
    ]
    named = None
    for values, label, token, strength, ink in (
        (previous_year, previous_label, "series-8", 0.55, "ink-2"),
        (this_year, this_label, "series-1", 1.0, "series-1"),
    ):
        named = add_bars_by_month(
            figure, months, month_labels, values, label, token, unit,
            label_ink=ink, beside=higher, apart_from=named,
        )  # fmt: skip
        figure.data[-1].marker.opacity = strength
    figure.update_layout(barmode="group")
    amount_axis(figure, caption)
    return figure


def add_line_by_month(
    figure: go.Figure,
    months: Sequence[date],
    month_labels: Sequence[str],
    values: Values,
    label: str,
    token: str,
    shown: str,
    label_ink: str | None = None,
    over_bars: bool = False,
) -> None:
    y = numbers(values)
    x = [month.isoformat() for month in months]
    add_line(
        figure,
        x,
        y,
        token,
        f"%{{customdata}}<br>{shown}<extra>{in_template(label)}</extra>",
        name=plain(label),
        customdata=[plain(text) for text in month_labels],
    )
    last = max((i for i, v in enumerate(y) if v is not None), default=None)
    if last is not None:
        # Beside the end of the line: over bars it could not be read, and the last one may be wide.
        at = months[last] + HALF_A_BAR if over_bars else months[last]
        add_label(figure, at.isoformat(), y[last], label, label_ink or token, beside=True)


def add_bars_by_month(
    figure: go.Figure,
    months: Sequence[date],
    month_labels: Sequence[str],
    values: Values,
    label: str,
    token: str,
    unit: str,
    label_ink: str | None = None,
    beside: Values | None = None,
    apart_from: int | None = None,
) -> int | None:
    """``beside``: how high it gets in each month, with the bars of others: the name of these stands
    on what is below it.  ``apart_from``: where another name stands already, as a place among the
    months; returned is where this one does."""
    y = numbers(values)
    figure.add_bar(
        x=[month.isoformat() for month in months],
        y=y,
        name=plain(label),
        customdata=[plain(text) for text in month_labels],
        marker={"color": COLOURS[token]},
        meta={"token": token},
        hovertemplate=f"%{{customdata}}<br>{money(unit)}<extra>{in_template(label)}</extra>",
    )
    there = [i for i, v in enumerate(y) if v is not None]
    free = [i for i in there if apart_from is None or abs(i - apart_from) > NAME_MONTHS]
    if not there:
        return None
    at = max(free or there, key=lambda i: (y[i], i))
    under = numbers(beside)[max(0, at - NAME_MONTHS) : at + 1] if beside is not None else y
    top = max(v for v in under if v is not None)
    add_label(figure, months[at].isoformat(), top, label, label_ink or token)
    return at
