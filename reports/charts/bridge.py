"""From one amount to another: where the difference came from."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from reports.charts.amounts import short
from reports.charts.frame import (
    Caption,
    amount_axis_below,
    amounts_beside,
    in_template,
    name_axis,
    new_figure,
    plain,
)
from reports.charts.palette import COLOURS

BEFORE, RISE, FALL, NOW = "series-8", "good", "bad", "series-1"


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
    bases, widths, tokens = [0.0], [start[1]], [BEFORE]
    level = start[1]
    for _, change in parts:
        bases.append(level)
        widths.append(change)
        tokens.append(FALL if change < 0 else RISE)
        level += change
    bases.append(0.0)
    widths.append(end[1])
    tokens.append(FALL if end[1] < 0 else NOW)
    amounts: list[tuple[float, int, str]] = []
    for token in (BEFORE, RISE, FALL, NOW):
        rows = [row for row, kind in enumerate(tokens) if kind == token]
        texts = [short(widths[row], caption.language, signed=token in (RISE, FALL)) for row in rows]
        figure.add_bar(
            orientation="h",
            base=[bases[row] for row in rows],
            x=[widths[row] for row in rows],
            y=rows,
            # Otherwise as wide as the nearest bar of the same kind leaves room for.
            width=0.7,
            customdata=[[plain(names[row]), text] for row, text in zip(rows, texts, strict=True)],
            marker={"color": COLOURS[token], "opacity": 0.55 if token == BEFORE else 1.0},
            meta={"token": token},
            hovertemplate=f"%{{customdata[0]}}<br>%{{customdata[1]}} {in_template(unit)}"
            "<extra></extra>",
        )
        amounts += [
            (max(bases[row], bases[row] + widths[row]), row, text)
            for row, text in zip(rows, texts, strict=True)
        ]
    amounts_beside(figure, amounts)
    name_axis(figure, names)
    ends = [base + width for base, width in zip(bases, widths, strict=True)]
    amount_axis_below(figure, [*bases, *ends])
    figure.update_layout(barmode="overlay")
    return figure
