"""The figure of the map: areas in proportion, gold for key clients alone, names apart."""

import json

from reports.charts import COLOURS, Caption
from reports.charts.portfolio_map import Bubble, portfolio_map

WORDS = {"develop": "Develop", "invest": "Invest", "keep": "Keep", "simple": "Simple"}


def bubble(name, x, y, revenue, kind="other", before=None):
    return Bubble(name, x, y, revenue, kind, f"{name} <b>bold</b>", before)


def drawn(*bubbles):
    return portfolio_map(Caption("t", "s", "en"), bubbles, ("us", "them"), WORDS)


def test_area_is_revenue_and_gold_is_key():
    figure = drawn(bubble("A", 8, 8, 400, "key"), bubble("B", 3, 3, 100), bubble("C", 2, 2, -5))
    traces = {trace.marker.color: trace for trace in figure.data if trace.mode == "markers"}
    assert set(traces) == {COLOURS["key"], COLOURS["neutral"]}
    large = traces[COLOURS["key"]].marker.size[0]
    small, negative = traces[COLOURS["neutral"]].marker.size
    assert (large / small) ** 2 == 4
    assert negative > 0
    assert "<" not in traces[COLOURS["key"]].text[0]
    json.dumps(figure.to_plotly_json())


def test_names_stay_apart_and_trails_belong_to_key_clients_and_the_named():
    figure = drawn(
        bubble("Near one", 7, 7, 300, "key", (5, 5)),
        bubble("Near two", 7.1, 7.1, 200, "other", (4, 4)),
        bubble("Far", 2, 2, 100, "other", (1, 1)),
    )
    names = {note.text for note in figure.layout.annotations} - set(WORDS.values())
    assert names == {"Near one", "Far"}
    trails = [list(trace.x) for trace in figure.data if trace.mode == "lines"]
    assert trails == [[5, 7], [1, 2]]


def test_nobody_is_a_figure_too():
    assert len(drawn().layout.annotations) == 4
