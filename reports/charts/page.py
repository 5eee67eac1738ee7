"""A figure as the pages of the product draw it: in the theme's colours, without its caption."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

TOKEN = "token:"  # noqa: S105  # the prefix by which shapes and annotations name their colour
# Room over the plot for a label above the tallest bar.
MARGIN = {"t": 28, "b": 36, "l": 12}


def for_page(figure: go.Figure, *, right: int = 36) -> dict[str, Any]:
    """``data`` and ``layout`` as plain JSON.

    The page shows title and subtitle as text of its own and sets the height; every colour becomes
    the token that the figure names for it, so that it follows the theme.  right: pixels beside the
    plot, for the name of a line at its end.
    """
    parts = figure.to_plotly_json()
    layout = {
        name: value
        for name, value in parts["layout"].items()
        if name not in ("template", "title", "height", "separators")
    }
    layout["margin"] = {**MARGIN, "r": right}
    for axis in (layout.setdefault("xaxis", {}), layout.setdefault("yaxis", {})):
        axis |= {"gridcolor": "var(--line)", "zerolinecolor": "var(--line-strong)"}
    for item in (*layout.get("shapes", ()), *layout.get("annotations", ())):
        name = item.get("name") or ""
        if name.startswith(TOKEN):
            part = "line" if "type" in item else "font"
            item.setdefault(part, {})["color"] = f"var(--{name.removeprefix(TOKEN)})"
    return {"data": [_themed(trace) for trace in parts["data"]], "layout": layout}


def _themed(trace: dict[str, Any]) -> dict[str, Any]:
    token = (trace.get("meta") or {}).get("token")
    if token is None:
        return trace
    colour = f"var(--{token})"
    for part in ("line", "marker", "error_x", "error_y"):
        if "color" in trace.get(part, {}):
            trace[part]["color"] = colour
    if "colorscale" in trace:
        # From hardly anything to a strength that ink can still be read on.
        ends = (f"color-mix(in oklab, {colour} {part}%, var(--paper))" for part in (4, 46))
        trace["colorscale"] = [[at, end] for at, end in enumerate(ends)]
    if trace.get("fill", "none") != "none":
        trace["fillcolor"] = f"color-mix(in oklch, {colour} 14%, transparent)"
    return trace
