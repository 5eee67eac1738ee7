"""Figures say what they were given, are plain JSON, and are drawn in colours that all can tell."""

import json
from datetime import date
from decimal import Decimal
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports import charts
from reports.charts import COLOURS, Caption
from reports.charts.amounts import short, ticks

CAPTION = Caption("12 клиентов приносят 61 % прибыли", "Сколько приносят немногие? 2026 год")
MONTHS = [date(2025 + m // 12, m % 12 + 1, 1) for m in range(14)]
LABELS = [f"{m:%m.%Y}" for m in MONTHS]
TWO = MONTHS[:2]
TWO_LABELS = LABELS[:2]
HOSTILE = "<b onclick=x>Рога</b> %{y} & копыта"


def every_chart(text="Имя", numbers=(Decimal("10.50"), float("nan"))):
    """One figure of each kind, with the same text and numbers wherever they can stand."""
    caption = Caption(text, text, "en")
    share = [0, 0.5, 1]
    return {
        "revenue_and_profit_by_month": charts.revenue_and_profit_by_month(
            caption,
            TWO,
            numbers,
            numbers,
            month_labels=[text, text],
            revenue_label=text,
            profit_label=text,
            unit=text,
        ),
        "growth_bars": charts.growth_bars(
            caption,
            TWO,
            numbers,
            numbers,
            month_labels=[text, text],
            this_label=text,
            previous_label=text,
            unit=text,
        ),
        "pareto_curve": charts.pareto_curve(
            caption,
            share,
            share,
            clients_label=text,
            profit_label=text,
            reference_label=text,
            selected=(0.1, 0.4),
            selected_label=text,
        ),
        "lorenz_curve": charts.lorenz_curve(
            caption, share, share, clients_label=text, share_label=text, equality_label=text
        ),
        "key_share": charts.key_share(caption, [0.4], selected_label=text, limit_label=text),
        "key_share_by_month": charts.key_share(
            caption,
            numbers,
            months=TWO,
            month_labels=[text, text],
            selected_label=text,
            limit_label=text,
        ),
        "movers": charts.movers(caption, [text, text], numbers, unit=text),
        "gains_curves": charts.gains_curves(
            caption,
            share,
            {text: [0, 0.8, 1], f"{text} 2": [0, None, 1]},
            ideal=[0, 1.2, 1],
            lot=share,
            ideal_label=text,
            lot_label=text,
            clients_label=text,
            gained_label=text,
            list_share=0.1,
            list_label=text,
        ),
        "dots_by_date": charts.dots_by_date(
            caption,
            TWO,
            [text, text],
            {text: [(1.5, 1, 2), (None, None, None)], f"{text} 2": [(2, None, None), (1, 0, 3)]},
            even=1,
            even_label=text,
            in_money=True,
        ),
        "score_parts": charts.score_parts(
            caption,
            [text, text],
            [text, text],
            [numbers, numbers],
            line=5,
            line_label=text,
            low=[1, 1],
            high=[10, 10],
            unit=text,
        ),
    }


def strings(value):
    if isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("name", every_chart())
def test_a_figure_is_plain_json_without_frames_legends_or_forbidden_kinds(name):
    figure = every_chart()[name]
    content = json.loads(json.dumps(figure.to_plotly_json(), allow_nan=False))
    assert json.loads(figure.to_json())["layout"]["title"] == content["layout"]["title"]
    layout = content["layout"]["template"]["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert layout["showlegend"] is False
    assert {trace["type"] for trace in content["data"]} <= {"bar", "scatter"}
    assert content["layout"]["title"]["text"] == "Имя"
    assert content["layout"]["title"]["subtitle"]["text"] == "Имя"


@pytest.mark.parametrize("name", every_chart())
def test_every_colour_carries_the_name_of_its_token(name):
    figure = every_chart()[name]
    for trace in figure.data:
        token = trace.meta["token"]
        colour = trace.marker.color or trace.line.color
        assert colour is None or colour in COLOURS.values()
        assert token
    for drawn in (*figure.layout.shapes, *figure.layout.annotations):
        assert drawn.name.startswith("token:")


@pytest.mark.parametrize("name", every_chart())
def test_names_of_clients_cannot_become_markup_or_variables(name):
    content = every_chart(HOSTILE)[name].to_plotly_json()
    texts = list(strings(content))
    ours = [text for text in texts if "копыта" in text]
    assert ours, "the name is shown"
    assert all("%{y} &" not in text for text in ours)
    for text in ours:
        rest = text.replace("<br>", "").replace("<extra>", "").replace("</extra>", "")
        assert "<" not in rest


@pytest.mark.parametrize("name", every_chart())
def test_nothing_to_show_is_a_figure_all_the_same(name):
    none = every_chart(numbers=(None, None))[name]
    assert "NaN" not in none.to_json()


def test_empty_columns_draw():
    assert charts.movers(CAPTION, [], []).to_json()
    assert charts.score_parts(CAPTION, [], ["A"], []).to_json()
    assert charts.key_share(CAPTION, [], selected_label="", limit_label="").to_json()
    empty = {"month_labels": [], "revenue_label": "", "profit_label": ""}
    assert charts.revenue_and_profit_by_month(CAPTION, [], [], [], **empty).to_json()


def test_numbers_are_written_by_language():
    assert charts.movers(CAPTION, ["A"], [1]).layout.separators == ",\N{NO-BREAK SPACE}"
    english = charts.movers(Caption("", "", "en"), ["A"], [1])
    assert english.layout.separators == ".,"


def test_revenue_and_profit_share_a_zero_and_are_labelled_where_they_are():
    revenue = np.arange(14) * 100.0
    figure = charts.revenue_and_profit_by_month(
        CAPTION,
        MONTHS,
        revenue,
        revenue / 4,
        month_labels=LABELS,
        revenue_label="Выручка",
        profit_label="Прибыль",
        unit="₽",
    )
    bars, line = figure.data
    assert (bars.type, line.type) == ("bar", "scatter")
    assert list(bars.y) == revenue.tolist()
    assert bars.x[0] == "2025-01-01"
    labels = {note.text: (note.x, note.y) for note in figure.layout.annotations}
    assert labels == {
        "Выручка": ("2026-02-01", 1300),
        "Прибыль": ("2026-02-13", 325),
    }  # off the bar
    shown = figure.layout.xaxis.ticktext
    assert "02.2026" in shown
    assert len(shown) <= 8


def test_movers_are_parted_by_sign_and_equal_names_keep_their_rows():
    figure = charts.movers(CAPTION, ["Альфа", "Бета", "Альфа"], [50, -20, 10], unit="₽")
    up, down = figure.data
    assert (list(up.x), list(up.y), up.meta["token"]) == ([50, 10], [0, 2], "good")
    assert (list(down.x), list(down.y), down.meta["token"]) == ([-20], [1], "bad")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the first is on top"


def test_a_long_name_is_cut_on_the_axis_and_whole_on_hover():
    name = "Общество с ограниченной ответственностью «Северный ветер»"
    figure = charts.movers(CAPTION, [name], [1])
    assert figure.layout.yaxis.ticktext[0].endswith("…")
    assert len(figure.layout.yaxis.ticktext[0]) <= 32
    assert figure.data[0].customdata[0] == name


def test_score_parts_stack_to_the_score_with_line_and_whisker():
    parts = np.array([[4.0, 2.5], [1.0, 3.0]])
    figure = charts.score_parts(
        CAPTION, ["А", "Б"], ["Прибыль", "Стаж"], parts, line=5.5, line_label="граница",
        low=[6, 4], high=[8, 4],
    )  # fmt: skip
    first, second, whisker = figure.data
    assert figure.layout.barmode == "stack"
    assert [first.x[0] + second.x[0], first.x[1] + second.x[1]] == list(whisker.x) == [6.5, 4]
    assert list(whisker.error_x.array) == [1.5, 0]
    assert list(whisker.error_x.arrayminus) == [0.5, 0]
    (line,) = figure.layout.shapes
    assert (line.x0, line.x1, line.line.color) == (5.5, 5.5, COLOURS["key"])


def test_ten_criteria_can_be_told_apart():
    names = [f"К{j}" for j in range(10)]
    figure = charts.score_parts(CAPTION, ["А"], names, [[1.0] * 10])
    looks = {(trace.marker.color, trace.marker.pattern.shape) for trace in figure.data}
    assert len(looks) == 10


def test_a_criterion_keeps_its_colour_in_another_company():
    parts = [[1.0, 2.0]]
    figure = charts.score_parts(CAPTION, ["А"], ["К3", "К10"], parts, positions=[2, 9])
    assert [trace.meta["token"] for trace in figure.data] == ["criterion-3", "criterion-10"]
    ten = charts.score_parts(CAPTION, ["А"], [f"К{j}" for j in range(10)], [[1.0] * 10])
    assert figure.data[0].marker.color == ten.data[2].marker.color


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [
        (12_345_678, "12,3 млн", "12.3M"),
        (-1_900_000, "−1,9 млн", "−1.9M"),
        (400_000, "400 тыс.", "400K"),
        (9500, "9500", "9500"),
        (0, "0", "0"),
        (0.25, "0,25", "0.25"),
        (100, "100", "100"),
        (3e15, "3000 трлн", "3000T"),
    ],
)
def test_amounts_are_short_and_in_the_language(value, russian, english):
    assert short(value, "ru") == russian
    assert short(value, "en") == english


def test_a_rise_has_its_sign():
    assert short(2_300_000, "ru", signed=True) == "+2,3 млн"
    assert short(0, "ru", signed=True) == "0"


@given(st.floats(-1e12, 1e12), st.floats(-1e12, 1e12))
def test_ticks_are_few_and_span_the_values_and_zero(a, b):
    low, high = min(a, b, 0), max(a, b, 0)
    found = ticks(low, high)
    assert 0 in found
    assert len(found) <= 8
    assert len(found) > 1 or high - low < 1e-6
    assert found[0] <= low + 1e-6
    assert found[-1] >= high - 1e-6


def test_gold_marks_the_selected_and_the_key_line_only():
    golden = {
        name: {trace.meta["token"] for trace in figure.data if COLOURS["key"] in str(trace)}
        for name, figure in every_chart().items()
    }
    assert golden.pop("pareto_curve") == {"key"}
    assert golden.pop("key_share") == golden.pop("key_share_by_month") == {"key"}
    assert set().union(*golden.values()) == set()


def test_pareto_curve_marks_twenty_eighty_and_the_selected():
    figure = every_chart()["pareto_curve"]
    assert {(s.x1, s.y1) for s in figure.layout.shapes} == {(0.2, 0.8)}
    assert (figure.data[1].x, figure.data[1].y) == ((0.1,), (0.4,))


def test_the_limit_is_always_in_sight():
    figure = charts.key_share(CAPTION, [0.1], selected_label="", limit_label="50 %")
    low, high = figure.layout.xaxis.range
    assert low == 0
    assert high >= 0.5
    assert figure.layout.shapes[0].x0 == 0.5
    above = charts.key_share(CAPTION, [1.4], selected_label="", limit_label="")
    assert above.layout.xaxis.range[1] >= 1.4


# --- colours ------------------------------------------------------------------------------------

# Papers of the two themes.
LIGHT, DARK = "#FBFAF7", "#141B23"
# How colours look to people without one kind of cone, in linear RGB: Machado, Oliveira &
# Fernandes, IEEE TVCG 15(6), 2009, severity 1.0.
VISION = {
    "full": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(a, b):
    """WCAG 2.2 contrast ratio."""
    weights = [0.2126, 0.7152, 0.0722]
    light, dark = sorted((linear(c) @ weights + 0.05 for c in (a, b)), reverse=True)
    return light / dark


def oklab(rgb):
    """Ottosson's perceptual coordinates of linear RGB."""
    to_cones = [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
    to_lab = [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ np.clip(rgb, 0, 1))


@pytest.mark.parametrize("token", COLOURS)
@pytest.mark.parametrize("paper", [LIGHT, DARK])
def test_colours_stand_out_from_both_papers(token, paper):
    assert contrast(COLOURS[token], paper) >= 3


@pytest.mark.parametrize("vision", VISION)
def test_colours_stay_apart_for_every_kind_of_sight(vision):
    """0.02 in OKLab is about what a careful eye just tells; we ask for more than twice that."""
    tokens = [token for token in COLOURS if token not in ("good", "bad", "neutral")]
    seen = {t: oklab(np.array(VISION[vision]) @ linear(COLOURS[t])) for t in tokens}
    for a, b in combinations(tokens, 2):
        assert np.linalg.norm(seen[a] - seen[b]) > 0.045, f"{a} and {b}"


def test_a_bridge_leads_from_one_amount_to_the_other():
    figure = charts.bridge(
        CAPTION, ("Было", 100), [("Новые", 30), ("Ушли", -50)], ("Стало", 80), unit="₽"
    )
    bars = {
        row: (base, width, trace.meta["token"])
        for trace in figure.data
        for row, base, width in zip(trace.y, trace.base, trace.x, strict=True)
    }
    assert bars == {
        0: (0, 100, "series-8"),
        1: (100, 30, "good"),
        2: (130, -50, "bad"),
        3: (0, 80, "series-1"),
    }
    assert [note.text for note in figure.layout.annotations] == ["100", "+30", "−50", "80"]


def test_amounts_stand_right_of_bars_where_no_name_is():
    figure = charts.movers(CAPTION, ["Альфа", "Бета"], [50, -20])
    assert [(note.x, note.y, note.text) for note in figure.layout.annotations] == [
        (50, 0, "+50"),
        (0, 1, "−20"),
    ]
    low, high = figure.layout.xaxis.range
    assert low == -20
    assert high > 50, "room for the amount"


@pytest.mark.parametrize("name", every_chart())
def test_for_a_page_every_colour_is_a_token_and_the_caption_is_left_to_it(name):
    content = charts.for_page(every_chart()[name])
    assert not [text for text in strings(content) if text.startswith("#")]
    assert not {"title", "template", "height"} & content["layout"].keys()
    assert json.dumps(content)


def test_no_curve_is_drawn_of_thousands_of_points():
    from reports.dashboards.portfolio_charts import CURVE_POINTS, thinned

    shown = thinned(1_000_001)
    assert len(shown) <= 2 * CURVE_POINTS
    assert (shown[0], shown[-1]) == (0, 1_000_000)
    assert thinned(5).tolist() == [0, 1, 2, 3, 4]


def test_names_of_bars_beside_one_another_stand_apart_where_both_are_tallest_in_one_month():
    high = [1.0, 9.0, *[1.0] * 9, 5.0]
    figure = charts.growth_bars(
        CAPTION, MONTHS[:12], high, high,
        month_labels=LABELS[:12], this_label="сейчас", previous_label="год назад",
    )  # fmt: skip
    before, now = (
        note.x for note in figure.layout.annotations if note.text in ("сейчас", "год назад")
    )
    assert (before, now) == (MONTHS[1].isoformat(), MONTHS[11].isoformat())
