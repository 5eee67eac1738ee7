"""The two-axis portfolio matrix as a figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from reports.charts.frame import BREAK, Caption, in_lines, new_figure, plain
from reports.charts.palette import COLOURS

MIDDLE, LOW, HIGH = 5.5, 0.7, 10.3
SMALLEST, LARGEST = 7.0, 42.0
NAMED = 7
NAME_LENGTH = 20
CORNER_LINE = 14
# Centres of labels closer than this would overlap: in ratings, across and up.
APART = (3.4, 0.7)


@dataclass(frozen=True)
class Bubble:
    """One client.  kind: "key", "selected" or "other"; before: (strength, attractiveness) a year
    ago, None where unknown; hover: what is told of it, translated."""

    name: str
    strength: float
    attractiveness: float
    revenue: float
    kind: str
    hover: str
    before: tuple[float, float] | None = None


TOKENS = {"key": "key", "selected": "series-1", "other": "neutral"}
# What the page puts in place of the colour.
THEMED = TOKENS | {"other": "ink-3"}


def portfolio_map(
    caption: Caption,
    bubbles: Sequence[Bubble],
    axes: tuple[str, str],
    quadrants: Mapping[str, str],
) -> go.Figure:
    """Strength across, attractiveness up; area = revenue; a line leads from a year ago.

    axes: names of the axes (across, up).  quadrants: words for "develop", "invest", "keep",
    "simple", shown in the corners.  The largest are named where names do not overlap; a line shows
    for them and for key clients, since a line for each would hide them all.
    """
    figure = new_figure(caption)
    largest = max((b.revenue for b in bubbles), default=0.0)
    named = _named(bubbles)
    for each in bubbles:
        if each.before is not None and (each.kind == "key" or each in named):
            figure.add_scatter(
                x=[each.before[0], each.strength],
                y=[each.before[1], each.attractiveness],
                mode="lines",
                line={"width": 1.5, "color": COLOURS["neutral"]},
                opacity=0.35,
                hoverinfo="skip",
                meta={"token": "ink-3"},
            )
    for kind, token in TOKENS.items():
        rows = [each for each in bubbles if each.kind == kind]
        if not rows:
            continue
        figure.add_scatter(
            x=[each.strength for each in rows],
            y=[each.attractiveness for each in rows],
            mode="markers",
            marker={
                "size": [_size(each.revenue, largest) for each in rows],
                "color": COLOURS[token],
                "opacity": 0.75 if kind != "other" else 0.4,
                "line": {"width": 1, "color": COLOURS[token]},
            },
            text=[plain(each.hover) for each in rows],
            hovertemplate="%{text}<extra></extra>",
            cliponaxis=False,
            meta={"token": THEMED[kind]},
        )
    for way in ({"x0": MIDDLE, "x1": MIDDLE, "y0": LOW, "y1": HIGH},
                {"x0": LOW, "x1": HIGH, "y0": MIDDLE, "y1": MIDDLE}):  # fmt: skip
        figure.add_shape(
            type="line", line={"width": 1}, name="token:line-strong", layer="below", **way
        )
    corners = {
        "develop": (HIGH, HIGH, "right", "top"),
        "invest": (LOW, HIGH, "left", "top"),
        "keep": (HIGH, LOW, "right", "bottom"),
        "simple": (LOW, LOW, "left", "bottom"),
    }
    for name, (x, y, xanchor, yanchor) in corners.items():
        figure.add_annotation(
            x=x, y=y, xanchor=xanchor, yanchor=yanchor, showarrow=False,
            text=BREAK.join(in_lines(plain(quadrants[name]), CORNER_LINE)), align=xanchor,
            name="token:ink-3",
        )  # fmt: skip
    for each in named:
        figure.add_annotation(
            x=each.strength,
            y=each.attractiveness,
            # Towards the middle, so that no name leaves the plot.
            xanchor="right" if each.strength > 8 else "left" if each.strength < 3 else "center",
            yanchor="bottom",
            yshift=_size(each.revenue, largest) / 2 + 1,
            showarrow=False,
            text=plain(_short(each.name)),
            name="token:ink-2",
        )
    for axis, title in ((figure.update_xaxes, axes[0]), (figure.update_yaxes, axes[1])):
        axis(
            range=[LOW, HIGH],
            title={"text": plain(title)},
            tickmode="array",
            tickvals=[1, 5.5, 10],
            ticktext=["1", "5,5" if caption.language == "ru" else "5.5", "10"],
            zeroline=False,
            showgrid=False,
        )
    # The page leaves out names that would cover others on a phone.
    figure.update_layout(height=560, meta={"spare": True})
    return figure


def _size(revenue: float, largest: float) -> float:
    """Diameter in pixels: the area is in proportion, and the smallest can still be pointed at."""
    share = max(revenue, 0.0) / largest if largest > 0 else 0.0
    return max(SMALLEST, LARGEST * share**0.5)


def _named(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """The largest whose labels stay clear of each other."""
    found: list[Bubble] = []
    for each in sorted(bubbles, key=lambda b: (b.kind != "key", -b.revenue)):
        clear = all(
            abs(each.strength - other.strength) > APART[0]
            or abs(each.attractiveness - other.attractiveness) > APART[1]
            for other in found
        )
        if clear:
            found.append(each)
        if len(found) == NAMED:
            break
    return found


def _short(name: str) -> str:
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1].rstrip() + "…"
