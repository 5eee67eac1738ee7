"""Rating rules and their edges."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

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
    rule_from_dict,
)
from scoring.engine.reference import POINTS, mid_rank, quantile
from tests.oracles import oracle

NINE = tuple(float(c) for c in range(1, 10))
nan = float("nan")

directions = st.sampled_from(["benefit", "cost"])
roundings = st.sampled_from(["integer", "none"])
numbers = st.floats(allow_nan=False, allow_infinity=False)
columns = arrays(
    np.float64,
    st.integers(0, 60),
    elements=st.one_of(st.floats(), st.integers(-3, 3).map(float)),
)


@st.composite
def numeric_rules(draw):
    how = {"direction": draw(directions), "rounding": draw(roundings)}
    kind = draw(st.sampled_from(["threshold", "piecewise", "min_max", "percentile", "decile_band"]))
    if kind == "threshold":
        return Threshold(tuple(sorted(draw(st.lists(numbers, min_size=1, max_size=9)))), **how)
    if kind == "piecewise":
        some = st.floats(-1e9, 1e9)
        values = sorted(draw(st.sets(some, min_size=2, max_size=6)))
        ratings = sorted(draw(st.floats(1, 10)) for _ in values)
        return Piecewise(tuple(zip(values, ratings, strict=True)), **how)
    if kind == "min_max":
        return MinMax(log=draw(st.booleans()), **how)
    return Percentile(**how) if kind == "percentile" else DecileBand(**how)


# --- every rule ---------------------------------------------------------------------------------


@given(numeric_rules(), columns)
def test_a_rating_is_on_the_scale_or_missing_and_only_numbers_are_rated(rule, values):
    rated = rate(rule, values)
    present = ~np.isnan(rated.ratings)
    assert ((rated.ratings[present] >= 1) & (rated.ratings[present] <= 10)).all()
    assert not present[~np.isfinite(values)].any()
    if "population_too_small" not in rated.warnings:
        assert present[np.isfinite(values)].all()
    if rule.rounding == "integer":
        assert (rated.ratings[present] % 1 == 0).all()


@given(numeric_rules(), columns)
def test_better_values_never_rate_lower_and_equal_ones_rate_the_same(rule, values):
    ratings = rate(rule, values).ratings
    present = ~np.isnan(ratings)
    x, r = values[present], ratings[present]
    if rule.direction == "cost":
        x = -x
    in_order = np.argsort(x, kind="stable")
    # Rounding off in the tenth decimal is no preference.
    assert (np.diff(r[in_order]) >= -1e-9).all()
    for value in np.unique(x):
        assert len(np.unique(r[x == value])) == 1


@given(numeric_rules(), columns, st.integers(0, 2**32 - 1))
def test_permuting_clients_permutes_ratings(rule, values, seed):
    shuffle = np.random.default_rng(seed).permutation(len(values))
    np.testing.assert_array_equal(
        rate(rule, values).ratings[shuffle], rate(rule, values[shuffle]).ratings
    )


@given(numeric_rules(), columns)
def test_what_was_fitted_rates_the_same_clients_the_same_after_json(rule, values):
    rated = rate(rule, values)
    fitted = json.loads(json.dumps(rated.fitted))
    restored = rule_from_dict(json.loads(json.dumps(rule.to_dict())))
    assert restored == rule
    if "no_values" not in rated.warnings:
        np.testing.assert_allclose(
            apply_fitted(restored, fitted, values).ratings, rated.ratings, rtol=1e-12
        )


@given(numeric_rules(), columns, numbers)
def test_adding_a_client_changes_no_other_rating_under_absolute_rules(rule, values, newcomer):
    if rule.relative:
        return
    np.testing.assert_array_equal(
        rate(rule, np.append(values, newcomer)).ratings[:-1], rate(rule, values).ratings
    )


def test_relative_rules_say_so_and_do_move_others():
    values = np.arange(20.0)
    for rule in (Percentile(rounding="none"), MinMax(rounding="none")):
        assert rule.relative
        alone, crowded = rate(rule, values), rate(rule, np.append(values, 1000))
        assert not np.allclose(alone.ratings, crowded.ratings[:-1])
    for rule in (Threshold((1,)), MinMax(0, 1), Piecewise(((0, 1), (1, 2))), Manual()):
        assert not rule.relative
    assert MinMax(lo=0).relative
    assert DecileBand().relative
    assert not Category({"a": 1}).relative


def test_none_nan_and_infinities_are_missing_and_zero_is_a_value():
    rated = rate(Threshold((0.0, 1.0)), [None, nan, np.inf, -np.inf, 0])
    np.testing.assert_array_equal(rated.ratings, [nan, nan, nan, nan, 2])


def test_a_constant_column_is_told():
    for rule in (MinMax(), DecileBand(), Percentile()):
        rated = rate(rule, [4.0] * 20)
        assert rated.warnings == ("constant",)
        np.testing.assert_array_equal(rated.ratings, [6.0] * 20)
        half = rate(rule_from_dict({**rule.to_dict(), "rounding": "none"}), [4.0] * 20)
        np.testing.assert_array_equal(half.ratings, [5.5] * 20)
    assert rate(Threshold((1,)), [4, 4, nan]).warnings == ("constant",)


def test_nobody_rated():
    for rule in (MinMax(), DecileBand(), Percentile(), Threshold((1,)), Category({"a": 1})):
        assert rate(rule, [None, None]).warnings == ("no_values",)
        assert np.isnan(rate(rule, [None, None]).ratings).all()
        assert rate(rule, []).ratings.shape == (0,)
    later = apply_fitted(MinMax(), rate(MinMax(), [nan]).fitted, [5.0])
    assert np.isnan(later.ratings).all()


def test_half_rounds_up():
    ratings = rate(Piecewise(((0, 1), (9, 10))), [0.5, 1.49, 8.5, 7.5]).ratings
    np.testing.assert_array_equal(ratings, [2, 2, 10, 9])


# --- threshold ----------------------------------------------------------------------------------


def test_threshold_counts_the_cuts_that_are_reached():
    ratings = rate(Threshold(NINE), [0, 0.99, 1, 5.5, 9, 100]).ratings
    np.testing.assert_array_equal(ratings, [1, 1, 2, 6, 10, 10])


def test_threshold_for_a_cost_counts_from_the_other_side_with_the_same_cuts():
    """Days late: on time (0) is best, and a value at a cut has the better rating."""
    ratings = rate(Threshold((0, 5, 10, 15, 20, 25, 30, 45, 60), direction="cost"), [0, 5, 6, 61])
    np.testing.assert_array_equal(ratings.ratings, [10, 9, 8, 1])


def test_equal_cuts_skip_ratings():
    ratings = rate(Threshold((10,) * 4 + (20,) * 5), [9, 10, 20]).ratings
    np.testing.assert_array_equal(ratings, [1, 5, 10])


# --- piecewise ----------------------------------------------------------------------------------


def test_piecewise_is_straight_between_knots_and_level_outside():
    rule = Piecewise(((0, 1), (2, 5), (10, 10)), rounding="none")
    np.testing.assert_allclose(rate(rule, [-1, 0, 1, 2, 6, 99]).ratings, [1, 1, 3, 5, 7.5, 10])


def test_piecewise_cost_is_written_one_way_or_the_other():
    values = [0, 15, 30]
    falling = Piecewise(((0, 10), (30, 1)), rounding="none")
    mirrored = Piecewise(((0, 1), (30, 10)), direction="cost", rounding="none")
    np.testing.assert_allclose(rate(falling, values).ratings, rate(mirrored, values).ratings)
    with pytest.raises(ValueError, match="direction"):
        Piecewise(((0, 10), (30, 1)), direction="cost")


# --- min-max ------------------------------------------------------------------------------------


def test_min_max_between_typed_bounds():
    rule = MinMax(100, 1000, rounding="none")
    np.testing.assert_allclose(rate(rule, [0, 100, 550, 1000, 5000]).ratings, [1, 1, 5.5, 10, 10])
    cost = MinMax(100, 1000, direction="cost", rounding="none")
    np.testing.assert_allclose(rate(cost, [0, 325, 5000]).ratings, [10, 7.75, 1])


def test_min_max_learns_the_first_and_last_percentile():
    values = np.arange(101.0)
    values[0], values[100] = -1e9, 1e9
    rated = rate(MinMax(rounding="none"), values)
    assert rated.fitted == {"lo": 1.0, "hi": 99.0, "count": 101}
    np.testing.assert_allclose(rated.ratings[[0, 1, 50, 99, 100]], [1, 1, 5.5, 10, 10])


def test_log_min_max_grows_by_orders_of_magnitude_and_zero_or_loss_is_lowest():
    rule = MinMax(10, 10_000, log=True, rounding="none")
    np.testing.assert_allclose(rate(rule, [-5, 0, 10, 100, 10_000]).ratings, [1, 1, 1, 4, 10])


def test_log_min_max_learns_from_positive_values_only():
    rated = rate(MinMax(log=True, rounding="none"), [-7.0, 0.0, *[1.0] * 50, *[100.0] * 50])
    assert (rated.fitted["lo"], rated.fitted["hi"]) == (1, 100)
    np.testing.assert_allclose(rated.ratings[[0, 1, 2, -1]], [1, 1, 1, 10])


def test_log_min_max_without_anything_positive():
    rated = rate(MinMax(log=True), [-1.0, -2.0, 0.0])
    np.testing.assert_array_equal(rated.ratings, [1, 1, 1])
    assert rated.warnings == ("constant",)


def test_a_typed_bound_beyond_the_population_leaves_nothing_between():
    rated = rate(MinMax(lo=50, rounding="none"), [1.0, 2.0, 3.0])
    np.testing.assert_array_equal(rated.ratings, [5.5, 5.5, 5.5])
    assert rated.warnings == ("constant",)


# --- percentile and deciles ---------------------------------------------------------------------


def test_mid_rank_of_the_oracle():
    """SciPy's percentileofscore(kind="mean") and its docstring's example."""
    case = next(c for c in oracle("ranking_metrics")["cases"] if c["metric"] == "percentileofscore")
    values = np.array(case["a"], dtype=float)
    at = case["a"].index(case["score"])
    assert 100 * mid_rank(values)[at] == pytest.approx(case["mean"])
    many = rate(Percentile(rounding="none"), np.repeat(values, 4))
    assert many.ratings[4 * at] == pytest.approx(1 + 9 * case["mean"] / 100)


def test_quantiles_of_the_oracle():
    """Hyndman & Fan, The American Statistician 50 (1996), type 7."""
    case = next(c for c in oracle("ranking_metrics")["cases"] if c["metric"] == "quantile type 7")
    found = [quantile(np.array(case["x"], dtype=float), round(p * 10), 10) for p in case["p"]]
    np.testing.assert_allclose(found, case["expected"], rtol=1e-14)


@given(arrays(np.float64, st.integers(1, 50), elements=st.floats(-1e6, 1e6)), st.integers(1, 9))
def test_quantiles_agree_with_numpy(values, tenth):
    found = quantile(np.sort(values), tenth, 10)
    assert found == pytest.approx(np.quantile(values, tenth / 10), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rule", [Percentile(), DecileBand()])
def test_a_place_among_nineteen_is_refused(rule):
    rated = rate(rule, np.arange(19.0))
    assert rated.warnings == ("population_too_small",)
    assert np.isnan(rated.ratings).all()
    assert np.isfinite(rate(rule, np.arange(20.0)).ratings).all()


def test_deciles_of_a_hundred():
    ratings = rate(DecileBand(), np.arange(1.0, 101.0)).ratings
    assert np.bincount(ratings.astype(int)).tolist() == [0, *[10] * 10]
    assert ratings[[0, -1]].tolist() == [1, 10]
    cost = rate(DecileBand(direction="cost"), np.arange(1.0, 101.0)).ratings
    np.testing.assert_array_equal(cost, ratings[::-1])


def test_zero_inflation_skips_bands_and_keeps_the_best_at_ten():
    """Fifty zeros and 1..50: renumbered bands would rate the best client 6."""
    rated = rate(DecileBand(), np.concatenate([np.zeros(50), np.arange(1.0, 51.0)]))
    assert rated.warnings == ("bands_skipped",)
    assert len(set(rated.ratings[:50])) == 1
    assert rated.ratings[-1] == 10
    assert set(rated.ratings[50:]) == {6, 7, 8, 9, 10}


def test_percentile_of_a_latecomer():
    frozen = rate(Percentile(rounding="none"), np.repeat([10.0, 20.0, 30.0], 10)).fitted
    late = apply_fitted(Percentile(rounding="none"), frozen, [5, 10, 15, 30, 99, nan])
    p = np.array([0, 5, 10, 25, 30, nan]) / 30
    np.testing.assert_allclose(late.ratings, 1 + 9 * p)


def test_a_large_population_is_summarised_closely_and_heavy_ties_exactly():
    rng = np.random.default_rng(5)
    values = np.concatenate([np.zeros(3000), rng.lognormal(8, 2, 17_000)])
    rule = Percentile(rounding="none")
    rated = rate(rule, values)
    assert len(rated.fitted["values"]) <= POINTS
    later = apply_fitted(rule, rated.fitted, values)
    assert np.abs(later.ratings - rated.ratings).max() < 0.01
    assert later.ratings[0] == rated.ratings[0]
    assert rated.ratings[0] == pytest.approx(1 + 9 * 1500 / 20_000)


# --- segments -----------------------------------------------------------------------------------


def test_segments_compare_with_their_own_and_small_ones_are_not_rated():
    values = np.concatenate([np.arange(20.0), 1000 + np.arange(20.0), [5.0]])
    segments = ["small"] * 20 + ["large"] * 20 + ["lonely"]
    rated = rate(Percentile(rounding="none"), values, segments)
    np.testing.assert_array_equal(rated.ratings[:20], rated.ratings[20:40])
    assert np.isnan(rated.ratings[40])
    assert rated.warnings == ("population_too_small",)
    assert rated.segment_warnings == {"lonely": ("population_too_small",)}
    fitted = json.loads(json.dumps(rated.fitted))
    late = apply_fitted(Percentile(rounding="none"), fitted, [3, 1003, 3], ["small", "large", "?"])
    np.testing.assert_array_equal(late.ratings, [rated.ratings[3], rated.ratings[3], nan])
    assert late.warnings == ("unknown_segment",)
    with pytest.raises(ValueError, match="segments"):
        apply_fitted(Percentile(), fitted, [3])
    with pytest.raises(ValueError, match="segments"):
        rate(Percentile(), values, ["one label"])


def test_small_segments_and_unknown_ones_are_compared_with_everybody():
    values = np.concatenate([np.arange(20.0), 1000 + np.arange(20.0), [5.0, 1005.0]])
    segments = ["small"] * 20 + ["large"] * 20 + ["lonely", ""]
    rule = Percentile(rounding="none", within="segment")
    rated = rate(rule, values, segments, smallest=20)
    in_all = rate(Percentile(rounding="none"), values)
    np.testing.assert_array_equal(rated.ratings[:20], rated.ratings[20:40])
    np.testing.assert_array_equal(rated.ratings[40:], in_all.ratings[40:])
    assert rated.warnings == ("segment_too_small",)
    assert set(rated.segment_warnings) == {"lonely", ""}
    fitted = json.loads(json.dumps(rated.fitted))
    late = apply_fitted(rule, fitted, [3, 1003, 5, 5], ["small", "large", "lonely", "new"])
    expected = [rated.ratings[3], rated.ratings[23], rated.ratings[40], rated.ratings[40]]
    np.testing.assert_allclose(late.ratings, expected)
    assert late.warnings == ()


def test_a_rule_within_segments_is_written_and_read_back():
    rule = Percentile(within="segment")
    assert rule.to_dict()["within"] == "segment"
    assert rule_from_dict(rule.to_dict()) == rule
    assert "within" not in Percentile().to_dict()
    for absolute in ({"kind": "threshold", "cuts": [1]}, {"kind": "min_max", "lo": 1, "hi": 2}):
        with pytest.raises(ValueError, match="within"):
            rule_from_dict({**absolute, "within": "segment"})


def test_segments_do_not_touch_absolute_rules():
    rated = rate(Threshold((1.0,)), [0, 2], ["a", "b"])
    np.testing.assert_array_equal(rated.ratings, [1, 2])
    assert rated.fitted == {}


# --- category and manual ------------------------------------------------------------------------


def test_category_looks_up_codes_as_text():
    rule = Category({"RU": 10, "77": 8, "far": 1})
    rated = rate(rule, ["RU", 77, "far", None, "", "Mars"])
    np.testing.assert_array_equal(rated.ratings, [10, 8, 1, nan, nan, nan])
    assert rated.warnings == ("unknown_category",)
    assert rate(rule, np.array(["RU", None, "far"], dtype=object)).warnings == ()


def test_manual_ratings_pass_and_impossible_ones_are_missing():
    rated = rate(Manual(), [1, 10, 0, 11, None])
    np.testing.assert_array_equal(rated.ratings, [1, 10, nan, nan, nan])
    assert rated.warnings == ("out_of_range",)


# --- rules as data ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rule",
    [
        Threshold((1, 2, 2), direction="cost"),
        Piecewise(((0, 1), (5, 10)), rounding="none"),
        MinMax(),
        MinMax(1, 5, log=True),
        Percentile(direction="cost"),
        DecileBand(),
        Category({"a": 3}),
        Manual(),
    ],
)
def test_a_rule_survives_json(rule):
    assert rule_from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ("percentile", "rule"),
        ({}, "kind"),
        ({"kind": "magic"}, "kind"),
        ({"kind": ["percentile"]}, "kind"),
        ({"kind": "percentile", "cuts": [1]}, "cuts"),
        ({"kind": "percentile", "direction": "up"}, "direction"),
        ({"kind": "percentile", "rounding": "half"}, "rounding"),
        ({"kind": "threshold"}, "cuts"),
        ({"kind": "threshold", "cuts": []}, "cuts"),
        ({"kind": "threshold", "cuts": "123"}, "cuts"),
        ({"kind": "threshold", "cuts": [3, 1]}, "cuts"),
        ({"kind": "threshold", "cuts": [1, None]}, "cuts"),
        ({"kind": "threshold", "cuts": [float("inf")]}, "cuts"),
        ({"kind": "threshold", "cuts": list(range(10))}, "cuts"),
        ({"kind": "piecewise"}, "knots"),
        ({"kind": "piecewise", "knots": [[0, 1]]}, "knots"),
        ({"kind": "piecewise", "knots": [[0, 1], [0, 2]]}, "knots"),
        ({"kind": "piecewise", "knots": [[0, 1], [1, 11]]}, "knots"),
        ({"kind": "piecewise", "knots": [[0, 1], [1]]}, "knots"),
        ({"kind": "piecewise", "knots": [[0, 1], [float("nan"), 5], [2, 6]]}, "knots"),
        ({"kind": "min_max", "lo": 5, "hi": 5}, "hi"),
        ({"kind": "min_max", "lo": "5"}, "lo"),
        ({"kind": "min_max", "lo": 0, "log": True}, "lo"),
        ({"kind": "min_max", "log": "yes"}, "log"),
        ({"kind": "category"}, "table"),
        ({"kind": "category", "table": {}}, "table"),
        ({"kind": "category", "table": {"a": 0}}, "table"),
        ({"kind": "category", "table": {"a": True}}, "table"),
        ({"kind": "category", "table": {"a": 1}, "direction": "cost"}, "direction"),
        ({"kind": "manual", "direction": "cost"}, "direction"),
    ],
)
def test_a_wrong_rule_is_refused_by_the_name_of_its_field(data, field):
    with pytest.raises(ValueError, match=rf"^{field}: "):
        rule_from_dict(data)


def test_a_table_is_no_column():
    with pytest.raises(ValueError, match=r"values: expected one column, got shape \(1, 2\)"):
        rate(Threshold((1.0,)), [[1.0, 2.0]])


@pytest.mark.parametrize("rule", [Percentile(), DecileBand(), MinMax()])
def test_who_comes_later_to_a_population_too_small_is_not_rated_either(rule):
    few = [] if isinstance(rule, MinMax) else [1.0, 2.0, 3.0]
    frozen = json.loads(json.dumps(rate(rule, few).fitted))
    assert np.isnan(apply_fitted(rule, frozen, [2.0]).ratings).all()


def test_a_single_client_is_not_called_constant():
    assert rate(Threshold((1.0,)), [5.0, np.nan]).warnings == ()
    assert rate(Threshold((1.0,)), [5.0, 5.0]).warnings == ("constant",)
