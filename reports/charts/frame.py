"""What every chart shares: caption, template, numbers and text made safe, axes, lines and labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, isfinite
from textwrap import wrap
from typing import Any, Literal, SupportsFloat, TypeAlias

import plotly.graph_objects as go

from reports.charts.amounts import short, ticks
from reports.charts.palette import COLOURS

Values: TypeAlias = Iterable[SupportsFloat | None]

# Labels along an axis of months: as many as stay readable on a phone.
MONTH_LABELS = 8
NAME_LINE = 20
BREAK = "<br>"
HEIGHT = 340
ROW_HEIGHT = 28
# Room beside bars for the amounts at their ends, as a share of the whole width of values.
BESIDE = 0.35

TEMPLATE = go.layout.Template(
    layout={
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "height": HEIGHT,
        "margin": {"l": 8, "r": 32, "t": 72, "b": 8},
        "title": {"x": 0, "xref": "container", "xanchor": "left", "pad": {"l": 8}},
        "bargap": 0.3,
        "hoverlabel": {"align": "left"},
        "xaxis": {
            "showgrid": False,
            "zeroline": False,
            "showline": False,
            "ticks": "",
            "automargin": True,
            "fixedrange": True,
        },
        "yaxis": {
            "showgrid": True,
            "gridwidth": 1,
            "zeroline": True,
            "zerolinewidth": 1,
            "showline": False,
            "ticks": "",
            "automargin": True,
            "fixedrange": True,
        },
    }
)

# Decimal sign and thousands separator.
SEPARATORS = {"ru": ",\N{NO-BREAK SPACE}", "en": ".,"}


@dataclass(frozen=True)
class Caption:
    """What stands above every chart, translated: the answer, the question with its period; and
    the language, by which numbers are written."""

    title: str
    subtitle: str
    language: Literal["ru", "en"] = "ru"


def new_figure(caption: Caption) -> go.Figure:
    return go.Figure(
        layout={
            "template": TEMPLATE,
            "separators": SEPARATORS[caption.language],
            "title": {
                "text": plain(caption.title),
                "subtitle": {"text": plain(caption.subtitle)},
            },
        }
    )


def plain(text: object) -> str:
    """Text that Plotly shows as it stands: its labels understand some tags, which start with <,
    and variables, which start with %{."""
    return str(text).replace("<", "").replace("%{", "{")


def numbers(values: Values) -> list[float | None]:
    """Plain floats; what is not a number becomes a gap."""
    floats = (None if value is None else float(value) for value in values)
    return [v if v is not None and isfinite(v) else None for v in floats]


def in_template(text: str) -> str:
    # Inside a hover template braces would open a variable.
    return plain(text).replace("{", "").replace("}", "")


def money(unit: str) -> str:
    return f"%{{y:,.0f}} {in_template(unit)}"


def month_axis(figure: go.Figure, months: Sequence[date], labels: Sequence[str]) -> None:
    # Counted back from the last month, which people look for first.
    step = max(1, ceil(len(months) / MONTH_LABELS))
    shown = range(len(months) - 1, -1, -step)
    figure.update_xaxes(
        type="date",
        tickmode="array",
        tickvals=[months[i].isoformat() for i in shown],
        # The year below the month: eight labels then fit a phone without being turned.
        ticktext=[BREAK.join(plain(labels[i]).rsplit(" ", 1)) for i in shown],
    )


def name_axis(figure: go.Figure, names: Sequence[str]) -> None:
    """Names by position rather than as categories: two clients may bear one name."""
    short = [BREAK.join(in_lines(plain(name))) for name in names]
    figure.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(short))),
        ticktext=short,
        range=[len(short) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(height=96 + ROW_HEIGHT * max(1, len(short)))


def in_lines(name: str, width: int = NAME_LINE) -> list[str]:
    """A name in two lines at most, cut where they do not suffice."""
    lines = wrap(name, width) or [""]
    if len(lines) <= 2:
        return lines
    return [lines[0], lines[1][: width - 1].rstrip() + "…"]


def shortened(name: str, width: int = NAME_LINE) -> str:
    """A name in one line, cut where it does not fit."""
    return name if len(name) <= width else name[: width - 1].rstrip(" ,") + "…"


def amount_axis_below(figure: go.Figure, values: Sequence[float | None]) -> None:
    """Room for horizontal bars and, to their right, the amounts that make a scale superfluous."""
    lowest, highest = _span(v for v in values if v is not None)
    room = (highest / 2 - lowest / 2) * 2 * BESIDE
    figure.update_xaxes(
        showticklabels=False,
        zeroline=True,
        zerolinewidth=1,
        range=[lowest, highest + room or 1],
    )


def amounts_beside(figure: go.Figure, amounts: Iterable[tuple[float, int, str]]) -> None:
    """Amounts in words, each to the right of a point in a row: (where, row, text)."""
    figure.update_layout(
        annotations=[
            {
                "x": at,
                "y": row,
                "text": text,
                "showarrow": False,
                "xanchor": "left",
                "xshift": 2,
                "name": "token:ink-2",
            }
            for at, row, text in amounts
        ]
    )


def amount_axis(figure: go.Figure, caption: Caption) -> None:
    """Amounts up the side, from what the figure holds."""
    at = ticks(*_span(v for trace in figure.data for v in trace.y or () if v is not None))
    figure.update_yaxes(
        tickmode="array", tickvals=at, ticktext=[short(v, caption.language) for v in at]
    )


def _span(values: Iterable[float]) -> tuple[float, float]:
    present = [0.0, *values]
    return min(present), max(present)


def value_axis_below(figure: go.Figure) -> None:
    figure.update_xaxes(showgrid=True, gridwidth=1, zeroline=True, zerolinewidth=1)


def add_line(
    figure: go.Figure,
    x: Sequence[Any],
    y: Sequence[float | None],
    token: str,
    hover: str,
    **more: Any,
) -> None:
    figure.add_scatter(
        x=list(x),
        y=list(y),
        # A line of one point would not be seen.
        mode="lines" if len(y) > 1 else "markers",
        line={"width": 2.5, "color": COLOURS[token]},
        meta={"token": token},
        hovertemplate=hover,
        **more,
    )


def add_label(
    figure: go.Figure, x: Any, y: float | None, text: str, token: str, *, beside: bool = False
) -> None:
    """A name at a point, in the colour of what it names: above it, or to its right."""
    place = (
        {"xanchor": "left", "yanchor": "middle", "xshift": 14}
        if beside
        else {"xanchor": "right", "yanchor": "bottom", "yshift": 4}
    )
    figure.add_annotation(
        x=x,
        y=y,
        text=plain(text),
        showarrow=False,
        font={"color": COLOURS.get(token)},
        name=f"token:{token}",
        **place,
    )
