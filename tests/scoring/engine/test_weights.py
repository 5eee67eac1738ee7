"""Weights: one scale, and what is told about them."""

import numpy as np
import pytest

from scoring.engine.weights import (
    Notice,
    correlations,
    effective_count,
    most_common_share,
    normalise,
    notices,
)

nan = float("nan")


def test_weights_come_to_one_scale():
    np.testing.assert_allclose(normalise([5, 3, 2]), [0.5, 0.3, 0.2])
    np.testing.assert_allclose(normalise([0, 4]), [0, 1])
    np.testing.assert_allclose(normalise([1e-300, 1e-300]), [0.5, 0.5])
    np.testing.assert_allclose(normalise([1e308, 1e308]), [0.5, 0.5])


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 3], [nan, 1], [np.inf, 1], [[1, 2]]])
def test_impossible_weights_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        normalise(weights)


def test_effective_count_is_the_number_of_equal_weights_that_spread_alike():
    assert effective_count([1] * 10) == pytest.approx(10)
    assert effective_count([1, 0, 0]) == pytest.approx(1)
    assert effective_count([50, 30, 20]) == pytest.approx(1 / 0.38)


def codes(found):
    return [notice.code for notice in found]


def test_two_to_five_criteria_without_a_dominant_one_are_quiet():
    assert notices([40, 30, 30]) == ()
    assert notices([1, 1]) == (), "one half each is not above one half"
    assert notices([0.1, 0.2, 0.3]) == (), "0.3 of 0.6 is one half, whatever the last bits"
    assert notices([1] * 5 + [0] * 5) == ()


def test_too_few_too_many_and_dominant():
    assert codes(notices([1])) == ["too_few_criteria", "dominant_weight"]
    assert codes(notices([0, 7])) == ["too_few_criteria", "dominant_weight"]
    assert notices([1] * 6)[0] == Notice("too_many_criteria", (0, 1, 2, 3, 4, 5), 6)
    (dominant,) = notices([51, 30, 19])
    assert (dominant.code, dominant.criteria) == ("dominant_weight", (0,))
    assert dominant.value == pytest.approx(0.51)


def test_two_criteria_that_say_the_same_are_told():
    rng = np.random.default_rng(1)
    a = rng.integers(1, 11, 100).astype(float)
    ratings = np.column_stack([a, 11 - a, rng.integers(1, 11, 100), a])
    ratings[::7, 0] = nan
    found = notices([1, 1, 1, 0], ratings)
    assert [(n.code, n.criteria) for n in found] == [("correlated", (0, 1))]
    assert found[0].value == pytest.approx(-1)


def test_correlations_are_those_of_the_clients_rated_on_both():
    rng = np.random.default_rng(2)
    ratings = rng.normal(5, 2, (20_000, 3))
    ratings[:, 1] += ratings[:, 0]
    ratings[rng.random(ratings.shape) < 0.3] = nan
    both = np.isfinite(ratings[:, :2]).all(axis=1)
    expected = np.corrcoef(ratings[both, 0], ratings[both, 1])[0, 1]
    found = correlations(ratings)
    assert found[0, 1] == pytest.approx(expected, rel=1e-9)
    np.testing.assert_allclose(np.diag(found), 1)


def test_few_pairs_or_a_constant_criterion_have_no_correlation():
    line = np.arange(1.0, 20.0)
    assert np.isnan(correlations(np.column_stack([line, line]))[0, 1])
    longer = np.linspace(1, 10, 30)
    assert np.isnan(correlations(np.column_stack([longer, np.full(30, 7.3)]))[0, 1])
    assert codes(notices([1, 1], np.column_stack([longer, longer[::2].repeat(2)]))) == [
        "correlated"
    ]


def test_a_criterion_that_does_not_discriminate_is_told():
    varied = np.tile(np.arange(1.0, 11), 2)
    alike = np.full(20, 7.0)
    alike[0] = 3
    (told,) = notices([1, 1], np.column_stack([varied, alike]))
    assert (told.code, told.criteria, told.value) == ("indiscriminate", (1,), 0.95)
    alike[1] = 3
    assert notices([1, 1], np.column_stack([varied, alike])) == ()
    (told,) = notices([1, 1], np.column_stack([varied, np.full(20, 7.3)]))
    assert told.value == 1
    assert notices([1, 1], np.column_stack([varied, np.where(varied > 9, nan, 7)])) == (), (
        "18 rated clients are too few to tell"
    )
    assert codes(notices([1, 0], np.column_stack([varied, alike * 0 + 7]))) == [
        "too_few_criteria",
        "dominant_weight",
    ]


def test_ratings_between_whole_ones_are_told_apart():
    assert most_common_share([1.2] * 15 + [1.7] * 10) == 0.6
    assert most_common_share([3.0] * 15 + [3.5] * 10) == 0.6
