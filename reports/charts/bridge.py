"""From one amount to another: where the difference came from."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.charts.amounts import short
from reports.charts.frame import (
    Caption,
    amount_axis_below,
    in_template,
    name_axis,
    new_figure,
    plain,
)
from reports.charts.palette import COLOURS

TOTAL, RISE, FALL = "neutral", "good", "bad"


def bridge(
    caption: Caption,
    start: tuple[str, float],
    parts: Sequence[tuple[str, float]],
    end: tuple[str, float],
    *,
    unit: str = "",
) -> go.Figure:
    """The first amount, each part from where the one before it ended, and the last amount.

    start, end: name and amount; parts: names and changes, which sum to end - start.
    """
    figure = new_figure(caption)
    names = [start[0], *(name for name, _ in parts), end[0]]
    bases, widths, tokens = [0.0], [start[1]], [TOTAL]
    level = start[1]
    for _, change in parts:
        bases.append(level)
        widths.append(change)
        tokens.append(FALL if change < 0 else RISE)
        level += change
    bases.append(0.0)
    widths.append(end[1])
    tokens.append(TOTAL)
    for token in (TOTAL, RISE, FALL):
        rows = [row for row, kind in enumerate(tokens) if kind == token]
        figure.add_bar(
            orientation="h",
            base=[bases[row] for row in rows],
            x=[widths[row] for row in rows],
            y=rows,
            customdata=[
                [plain(names[row]), short(widths[row], caption.language, signed=token != TOTAL)]
                for row in rows
            ],
            text=[short(widths[row], caption.language, signed=token != TOTAL) for row in rows],
            textposition="outside",
            cliponaxis=False,
            marker={"color": COLOURS[token]},
            meta={"token": "series-8" if token == TOTAL else token},
            hovertemplate=f"%{{customdata[0]}}<br>%{{customdata[1]}} {in_template(unit)}"
            "<extra></extra>",
        )
    name_axis(figure, names)
    ends = [base + width for base, width in zip(bases, widths, strict=True)]
    amount_axis_below(figure, [*bases, *ends], caption)
    figure.update_layout(barmode="overlay")
    return figure
