"""Score, coverage, bounds, rank and order."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.engine.score import competition_rank, order, weighted_score
from tests.oracles import oracle

nan = float("nan")
cells = st.one_of(st.just(nan), st.integers(1, 10).map(float), st.floats(1, 10))
weight = st.floats(0.01, 100)


@st.composite
def cases(draw, most_clients=12):
    clients, criteria = draw(st.integers(0, most_clients)), draw(st.integers(1, 6))
    ratings = draw(arrays(np.float64, (clients, criteria), elements=cells))
    return ratings, draw(arrays(np.float64, criteria, elements=weight))


def test_missing_ratings_and_ties_of_the_oracle():
    case = oracle("missing_and_ties")
    ratings = np.array(case["ratings"], dtype=float)
    expected = {key: np.array(value, dtype=float) for key, value in case["expected"].items()}
    scores = weighted_score(ratings, case["weights"])
    np.testing.assert_allclose(scores.score, expected["score_renormalised"], atol=1e-12)
    np.testing.assert_allclose(scores.coverage, expected["coverage"], atol=1e-12)
    np.testing.assert_allclose(scores.low, expected["bounds_low"], atol=1e-12)
    np.testing.assert_allclose(scores.high, expected["bounds_high"], atol=1e-12)
    np.testing.assert_array_equal(scores.rank, expected["rank_min_coverage_0_6"])


def test_a_score_that_a_calculator_confirms():
    """0.5 x 10 + 0.2 x 4 over the 0.7 that is rated; the missing 0.3 as 1 and as 10."""
    scores = weighted_score([[10, np.nan, 4], [8, 8, 8]], [5, 3, 2])
    np.testing.assert_allclose(scores.score, [5.8 / 0.7, 8], rtol=1e-14)
    np.testing.assert_allclose(scores.coverage, [0.7, 1], rtol=1e-14)
    np.testing.assert_allclose(scores.low, [6.1, 8], rtol=1e-14)
    np.testing.assert_allclose(scores.high, [8.8, 8], rtol=1e-14)


def test_belton_and_gear_add_a_copy_and_nobody_moves():
    """Belton & Gear, Omega 11(3):228-230, 1983: under AHP's sum-normalised priorities a copy of B
    lets A pass B. The published priorities are reproduced to show that the case is the right one;
    ratings on a fixed scale keep the order."""
    case = oracle("rank_reversal_belton_gear")
    values = np.array(list(case["local_ratio_values"].values()), dtype=float).T
    four = np.vstack([values, values[1]])

    def relative(rows):
        return (rows / rows.sum(axis=0)) @ np.array(case["weights"])

    expected = case["expected"]
    np.testing.assert_allclose(relative(values), expected["three"], atol=case["tolerance"])
    np.testing.assert_allclose(
        relative(four), expected["four_with_copy_of_B"], atol=case["tolerance"]
    )
    assert relative(four).argmax() != relative(values).argmax()

    before = weighted_score(values, case["weights"])
    after = weighted_score(four, case["weights"])
    np.testing.assert_array_equal(after.score[:3], before.score)
    assert after.score[3] == after.score[1]
    assert np.argsort(after.score[:3]).tolist() == np.argsort(before.score).tolist()


@given(cases(), st.integers(0, 2**32 - 1))
def test_permuting_clients_permutes_the_results(case, seed):
    ratings, weights = case
    shuffle = np.random.default_rng(seed).permutation(len(ratings))
    plain, shuffled = weighted_score(ratings, weights), weighted_score(ratings[shuffle], weights)
    for name in ("score", "coverage", "low", "high", "rank"):
        np.testing.assert_array_equal(getattr(plain, name)[shuffle], getattr(shuffled, name))


@given(cases(), st.floats(1e-6, 1e6))
def test_the_scale_of_weights_does_not_matter(case, factor):
    ratings, weights = case
    plain, scaled = weighted_score(ratings, weights), weighted_score(ratings, weights * factor)
    np.testing.assert_allclose(plain.score, scaled.score, rtol=1e-12)
    np.testing.assert_allclose(plain.coverage, scaled.coverage, rtol=1e-12)


@given(cases(most_clients=4))
def test_bounds_hold_every_completion_and_are_reached(case):
    ratings, weights = case
    scores = weighted_score(ratings, weights)
    for row in range(len(ratings)):
        gaps = np.flatnonzero(np.isnan(ratings[row]))
        fillings = list(product((1, 4.5, 10), repeat=len(gaps)))
        whole = np.tile(ratings[row], (len(fillings), 1))
        whole[:, gaps] = fillings
        completed = weighted_score(whole, weights).score
        assert completed.min() == pytest.approx(scores.low[row], rel=1e-12)
        assert completed.max() == pytest.approx(scores.high[row], rel=1e-12)


@given(cases())
def test_score_lies_on_the_scale_and_the_rank_counts_the_better(case):
    ratings, weights = case
    scores = weighted_score(ratings, weights)
    rated = ~np.isnan(scores.score)
    assert (rated == np.isfinite(ratings).any(axis=1)).all()
    assert ((scores.score[rated] > 1 - 1e-9) & (scores.score[rated] < 10 + 1e-9)).all()
    compared = np.round(scores.score, 9)
    for i in np.flatnonzero(scores.eligible):
        better = (compared[scores.eligible] > compared[i]).sum()
        assert scores.rank[i] == 1 + better
    assert (scores.coverage[~scores.eligible] < 0.6).all()


def test_results_do_not_depend_on_the_size_of_blocks():
    """Twenty thousand clients run over several blocks; a plain sum over rows says the same."""
    rng = np.random.default_rng(7)
    ratings = rng.integers(1, 11, (20_000, 4)).astype(float)
    ratings[rng.random(ratings.shape) < 0.2] = np.nan
    ratings[:, 0] = 6
    weights = np.array([4, 3, 2, 1.0])
    rated = np.isfinite(ratings)
    expected = np.nansum(ratings * weights, axis=1) / (rated @ weights)
    np.testing.assert_allclose(weighted_score(ratings, weights).score, expected, rtol=1e-12)
    np.testing.assert_array_equal(
        weighted_score(np.asfortranarray(ratings), weights).score,
        weighted_score(ratings, weights).score,
    )


def test_not_applicable_leaves_coverage_alone():
    ratings = [[8, np.nan, 6], [8, np.nan, 6]]
    applicable = [[True, False, True], [True, True, True]]
    scores = weighted_score(ratings, [0.4, 0.4, 0.2], applicable=applicable)
    np.testing.assert_allclose(scores.coverage, [1, 0.6])
    np.testing.assert_allclose(scores.score, [22 / 3, 22 / 3])
    np.testing.assert_allclose(scores.low[0], scores.high[0])
    np.testing.assert_allclose([scores.low[1], scores.high[1]], [4.8, 8.4])


def test_a_rating_where_the_criterion_does_not_apply_is_not_read():
    with_rating = weighted_score([[8, 1]], [1, 1], applicable=[[True, False]])
    assert with_rating.score[0] == 8
    assert with_rating.coverage[0] == 1


def test_where_nothing_applies_there_is_no_score():
    scores = weighted_score([[5, 5]], [1, 1], applicable=[[False, False]])
    assert np.isnan([scores.score[0], scores.rank[0]]).all()
    assert (scores.coverage[0], scores.low[0], scores.high[0]) == (0, 1, 10)


def test_a_mandatory_rating_that_lacks_takes_the_rank_but_not_the_score():
    ratings = [[9, np.nan], [5, 5], [9, np.nan]]
    applicable = [[True, True], [True, True], [True, False]]
    scores = weighted_score(ratings, [9, 1], applicable=applicable, mandatory=[False, True])
    np.testing.assert_array_equal(scores.rank, [np.nan, 2, 1])
    assert scores.score[0] == 9


@pytest.mark.parametrize("mandatory", [[1], [True], [0, 1], "both"])
def test_mandatory_is_one_boolean_per_criterion(mandatory):
    with pytest.raises(ValueError, match="mandatory"):
        weighted_score([[5, 5]], [1, 1], mandatory=mandatory)


def test_prudent_score_draws_towards_what_is_assumed():
    ratings = [[10, np.nan], [8, 8], [np.nan, np.nan]]
    prudent = weighted_score(ratings, [1, 1], 0.5, prudent=5.5)
    np.testing.assert_allclose(prudent.score, [7.75, 8, np.nan])
    np.testing.assert_array_equal(prudent.rank, [2, 1, np.nan])
    by_median = weighted_score(ratings, [1, 1], 0.5, prudent=[9, 8])
    np.testing.assert_allclose(by_median.score, [9, 8, np.nan])
    usual = weighted_score(ratings, [1, 1], 0.5)
    np.testing.assert_array_equal(usual.rank, [1, 2, np.nan])


def test_prudence_needs_a_number_for_every_criterion():
    with pytest.raises(ValueError, match="prudent"):
        weighted_score([[5, 5]], [1, 1], prudent=[5.5, nan])


def test_coverage_at_the_least_coverage_is_enough_whatever_the_last_bits():
    scores = weighted_score([[5, 5, 5, np.nan]], [0.1, 0.2, 0.3, 0.4])
    assert scores.rank[0] == 1


@pytest.mark.parametrize("weights", [[-1, 2], [0, 0], [np.nan, 1], [np.inf, 1], [1], [1, 1, 1]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match=r"weights|columns"):
        weighted_score([[5, 5]], weights)


def test_nobody_one_and_all_missing():
    assert len(weighted_score(np.empty((0, 3)), [1, 1, 1]).rank) == 0
    assert len(weighted_score([], [1, 1, 1]).rank) == 0
    one = weighted_score([[3.0]], [7])
    assert (one.score[0], one.rank[0], one.coverage[0]) == (3, 1, 1)
    none = weighted_score(np.full((3, 2), np.nan), [1, 1])
    assert np.isnan([none.score, none.rank]).all()
    assert none.low.tolist() == [1, 1, 1]
    assert none.high.tolist() == [10, 10, 10]


@given(cases())
def test_the_ratings_of_the_caller_stay_as_they_were(case):
    ratings, weights = case
    before = ratings.copy()
    weighted_score(ratings, weights)
    np.testing.assert_array_equal(ratings, before)


def test_huge_weights_do_not_overflow():
    assert weighted_score([[4, 8]], [1e308, 1e308]).score[0] == pytest.approx(6)


def test_scores_apart_in_the_tenth_decimal_share_a_rank():
    np.testing.assert_array_equal(
        competition_rank([7.0, 7.0 + 1e-11, 7.0 + 1e-8, np.nan]), [2, 2, 1, np.nan]
    )


def test_order_breaks_ties_openly():
    """Each pair of neighbours differs first in the next key: score, coverage, main rating,
    profit, id."""
    score = [9, 8, 8, 8, 8, 8, np.nan]
    coverage = [0.6, 1, 0.9, 0.9, 0.9, 0.9, 0]
    main = [1, 1, 7, 6, 6, 6, np.nan]
    profit = [0, 0, 0, 50, 40, 40, 900]
    ids = [70, 60, 50, 40, 20, 30, 10]
    ratings = np.column_stack([np.full(7, 5.0), main])
    expected = [70, 60, 50, 40, 20, 30, 10]
    shuffle = np.random.default_rng(3).permutation(7)
    columns = [np.array(c, dtype=float)[shuffle] for c in (score, coverage)]
    result = order(
        *columns, ratings[shuffle], [1, 2], np.array(profit)[shuffle], np.array(ids)[shuffle]
    )
    assert np.array(ids)[shuffle][result].tolist() == expected


def test_order_puts_those_without_a_rank_last_and_missing_keys_after_present_ones():
    result = order(
        [9, 5, 5, 7],
        [0.5, 1, 1, 1],
        [[9], [5], [5], [7]],
        [1],
        [0, np.nan, -3, 0],
        ["d", "a", "b", "c"],
        eligible=[False, True, True, True],
    )
    assert result.tolist() == [3, 2, 1, 0]


@given(cases())
def test_order_agrees_with_rank(case):
    ratings, weights = case
    scores = weighted_score(ratings, weights)
    ids = np.arange(len(ratings))
    places = order(
        scores.score,
        scores.coverage,
        ratings,
        weights,
        np.zeros(len(ratings)),
        ids,
        eligible=scores.eligible,
    )
    ranks = scores.rank[places]
    ranked = ranks[: scores.eligible.sum()]
    assert sorted(places) == ids.tolist()
    assert (np.diff(ranked) >= 0).all()
    assert np.isnan(ranks[len(ranked) :]).all()


@pytest.mark.parametrize(
    ("ratings", "options", "message"),
    [
        ([1.0, 2.0], {}, "ratings: expected"),
        ([[1.0, 2.0, 3.0]], {}, "ratings: 3 columns for 2 weights"),
        ([[1.0, 2.0]], {"applicable": [True, False]}, "applicable: shape"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(ratings, options, message):
    with pytest.raises(ValueError, match=message):
        weighted_score(ratings, [1, 1], **options)
