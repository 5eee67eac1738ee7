"""Parts of a score and of its change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from scoring.engine.explain import change, contributions
from scoring.engine.score import weighted_score

nan = float("nan")
cells = st.one_of(st.just(nan), st.integers(1, 10).map(float), st.floats(1, 10))


@st.composite
def two_runs(draw):
    shape = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    ratings = [draw(arrays(np.float64, shape, elements=cells)) for _ in range(2)]
    # Weights of either zero (a criterion that one version lacks) or an ordinary size.
    one = st.one_of(st.just(0.0), st.floats(0.01, 100))
    weights = [
        draw(arrays(np.float64, shape[1], elements=one).filter(lambda w: w.sum() > 0))
        for _ in range(2)
    ]
    return ratings[0], weights[0], ratings[1], weights[1]


@given(two_runs())
def test_contributions_sum_to_the_score(runs):
    ratings, weights, _, _ = runs
    parts = contributions(ratings, weights)
    assert parts.shape == ratings.shape
    np.testing.assert_allclose(
        parts.sum(axis=1), weighted_score(ratings, weights).score, rtol=1e-12
    )


@given(two_runs())
def test_a_change_splits_into_weights_and_ratings_without_rest(runs):
    parts = change(*runs)
    moved = weighted_score(*runs[2:]).score - weighted_score(*runs[:2]).score
    np.testing.assert_allclose(
        (parts.from_weights + parts.from_ratings).sum(axis=1), moved, atol=1e-12
    )


@given(two_runs())
def test_the_change_back_is_the_opposite(runs):
    r0, w0, r1, w1 = runs
    there, back = change(r0, w0, r1, w1), change(r1, w1, r0, w0)
    np.testing.assert_allclose(there.from_weights, -back.from_weights, atol=1e-12)
    np.testing.assert_allclose(there.from_ratings, -back.from_ratings, atol=1e-12)


def test_contributions_by_hand():
    parts = contributions([[10, nan, 4], [8, 8, 8], [nan, nan, nan]], [5, 3, 2])
    np.testing.assert_allclose(parts[0], [5 / 0.7, 0, 0.8 / 0.7])
    np.testing.assert_allclose(parts[1], [4, 2.4, 1.6])
    assert np.isnan(parts[2]).all()


def test_only_ratings_moved():
    parts = change([[4, 6]], [1, 1], [[6, 6]], [2, 2])
    np.testing.assert_allclose(parts.from_weights, [[0, 0]], atol=1e-15)
    np.testing.assert_allclose(parts.from_ratings, [[1, 0]])


def test_only_weights_moved():
    parts = change([[4, 8]], [3, 1], [[4, 8]], [1, 1])
    np.testing.assert_allclose(parts.from_weights, [[-1, 2]])
    np.testing.assert_allclose(parts.from_ratings, [[0, 0]], atol=1e-15)


def test_both_moved_share_what_they_did_together():
    """Alone the weights would move 8 x 0.25 and the ratings 0.25 x 1; together they add 0.25,
    one half to each."""
    parts = change([[0.0 + 4, 8]], [3, 1], [[4, 9]], [1, 1])
    np.testing.assert_allclose(parts.from_weights, [[-1, 2.125]])
    np.testing.assert_allclose(parts.from_ratings, [[0, 0.375]])


def test_a_rating_that_appeared_counts_as_weight():
    parts = change([[4, nan]], [1, 1], [[4, 10]], [1, 1])
    np.testing.assert_allclose(parts.from_weights, [[-2, 5]])
    np.testing.assert_allclose(parts.from_ratings, [[0, 0]])


def test_without_a_score_on_one_side_there_is_no_change_to_explain():
    parts = change([[nan, nan]], [1, 1], [[4, 10]], [1, 1])
    assert np.isnan(parts.from_weights).all()
    assert np.isnan(parts.from_ratings).all()


def test_runs_of_other_shapes_are_refused():
    with pytest.raises(ValueError, match="shape"):
        change([[1, 2]], [1, 1], [[1, 2], [3, 4]], [1, 1])
