"""Figures for people: numbers in, Plotly figures out; no queries, no Django.

The title is the answer, the subtitle the question and period; both come translated. Lines and
bars are labelled where they are (only `score_parts` has a legend); nothing is framed, and paper,
ink and grid are left to the page's theme. Everything in a figure is plain JSON:
`json.dumps(figure.to_plotly_json())` works.

Colours. Each has a fixed value that keeps 3 : 1 against both papers, and the name of the token
that a page may put in its place: a trace carries it in `meta.token`, a shape or an annotation in
its `name` as "token:<name>". Gold ("key") marks the key line and what is selected, nothing else.
"""

from reports.charts.backtests import dots_by_date, gains_curves
from reports.charts.bars import Bar, lying_bars
from reports.charts.bridge import bridge
from reports.charts.clients import movers, score_parts
from reports.charts.confidence import Interval, SeatDot, seat_map, stability
from reports.charts.frame import Caption, plain
from reports.charts.growth import path_with_band
from reports.charts.kept import Line, grid, kept_lines
from reports.charts.months import growth_bars, revenue_and_profit_by_month
from reports.charts.page import for_page
from reports.charts.palette import COLOURS
from reports.charts.shares import key_share, lorenz_curve, pareto_curve

__all__ = [
    "COLOURS",
    "Bar",
    "Caption",
    "Interval",
    "Line",
    "SeatDot",
    "bridge",
    "dots_by_date",
    "for_page",
    "gains_curves",
    "grid",
    "growth_bars",
    "kept_lines",
    "key_share",
    "lorenz_curve",
    "lying_bars",
    "movers",
    "pareto_curve",
    "path_with_band",
    "plain",
    "revenue_and_profit_by_month",
    "score_parts",
    "seat_map",
    "stability",
]
