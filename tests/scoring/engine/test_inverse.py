"""From a rating back to a value: rated again, the value gives the rating and a worse one does not."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.inverse import shown_value, value_for
from scoring.engine.ratings import (
    Category,
    DecileBand,
    Manual,
    MinMax,
    Percentile,
    Piecewise,
    Threshold,
    apply_fitted,
    rate,
)

POPULATION = [float(n * n) for n in range(1, 60)]
RULES = [
    Threshold((10.0, 20.0, 30.5)),
    Threshold((10.0, 20.0, 30.5), direction="cost"),
    Piecewise(((0.0, 1.0), (100.0, 10.0))),
    Piecewise(((0.0, 10.0), (100.0, 1.0)), rounding="none"),
    MinMax(lo=1.0, hi=1000.0, log=True),
    MinMax(lo=-5.0, hi=5.0, direction="cost", rounding="none"),
    MinMax(),
    Percentile(),
    Percentile(direction="cost"),
    DecileBand(),
    DecileBand(direction="cost"),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.kind}-{rule.direction}")
@given(rating=st.integers(2, 10))
def test_the_value_is_enough_and_the_next_worse_is_not(rule, rating):
    fitted = rate(rule, POPULATION).fitted
    value = value_for(rule, fitted, rating)
    if value is None:
        best = max(apply_fitted(rule, fitted, [-1e15, 1e15]).ratings)
        assert best < rating
        return
    falling = rule.direction == "cost" or (rule.kind == "piecewise" and rule.knots[0][1] == 10)
    worse = math.nextafter(value, math.inf if falling else -math.inf)
    assert apply_fitted(rule, fitted, [value]).ratings[0] >= rating
    assert apply_fitted(rule, fitted, [worse]).ratings[0] < rating


@pytest.mark.parametrize("rule", [Category({"A": 9.0}), Manual()])
def test_codes_and_people_have_no_value_to_ask_for(rule):
    assert value_for(rule, {}, 5) is None


def test_nothing_is_asked_where_everything_is_enough_or_nothing_is():
    assert value_for(Threshold((10.0,)), {}, 1) is None
    assert value_for(Threshold((10.0,)), {}, 3) is None
    assert value_for(Threshold((10.0,)), {}, 2) == 10


@pytest.mark.parametrize(
    ("rule", "rating", "shown"),
    [
        (Threshold((10.4, 20.0)), 2, 11),  # 10 would not be enough
        (Threshold((10.6, 20.0)), 2, 11),
        (Threshold((10.4, 20.0), direction="cost"), 3, 10),
        (Threshold((10.6, 20.0), direction="cost"), 3, 10),  # 11 would not
    ],
)
def test_a_value_is_shown_rounded_to_where_it_is_still_enough(rule, rating, shown):
    exact = value_for(rule, {}, rating)
    assert shown_value(rule, {}, rating, exact, 0) == shown
