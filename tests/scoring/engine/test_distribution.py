"""Axes, bars and readable cut points of a measure's distribution."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import nan

from scoring.engine.distribution import Axis, axis_of, even_cuts, histogram, readable
from scoring.engine.ratings import Threshold, rate

numbers = st.lists(
    st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 2)), min_size=2, max_size=60
)


def test_an_even_axis_for_even_values_and_a_logarithmic_one_for_a_long_tail():
    rng = np.random.default_rng(3)
    assert axis_of(rng.normal(100.5, 10, 500)).kind == "linear"
    assert axis_of(rng.lognormal(10, 2, 500)).kind == "log"
    losses = np.concatenate([rng.lognormal(10, 2, 500), -rng.lognormal(8, 2, 50), [0.0]])
    axis = axis_of(losses)
    assert axis.kind == "log"
    assert axis.place([0.0])[0] > 0.1
    assert axis_of([nan, nan]) is None
    alone = axis_of([7.5, 7.5])
    assert alone.low < 7.5 < alone.high


@given(numbers)
def test_an_axis_goes_there_and_back(values):
    axis = axis_of(values)
    places = axis.place(values)
    assert ((places >= 0) & (places <= 1)).all()
    np.testing.assert_allclose(axis.value(places), values, rtol=1e-6, atol=1e-3)


@given(numbers)
def test_bars_count_everybody_once(values):
    bars = histogram([*values, nan], axis_of(values))
    assert bars.counts.sum() == len(values)
    assert (np.diff(bars.edges) > 0).all()


def test_whole_numbers_have_a_bar_each():
    bars = histogram([1, 1, 2, 4, nan], axis_of([1, 1, 2, 4]))
    np.testing.assert_array_equal(bars.counts, [2, 1, 0, 1])


def test_ticks_are_readable():
    assert Axis("linear", 0, 30).ticks() == [0, 5, 10, 15, 20, 25, 30]
    assert Axis("log", -50, 2e6, 100).ticks() == [0, 100, 1000, 10_000, 100_000, 1_000_000]
    assert readable(123_456) == 120_000
    assert readable(0.0123456, 3) == 0.0123


@pytest.mark.parametrize("direction", ["benefit", "cost"])
def test_even_cuts_part_the_clients_into_tenths(direction):
    values = np.arange(1000.0) * 987
    cuts = even_cuts(values, direction)
    assert sorted(cuts) == list(range(2, 11))
    rated = rate(Threshold(tuple(sorted(cuts.values())), direction=direction), values)
    counts = np.bincount(rated.ratings.astype(int), minlength=11)[1:]
    assert counts.min() > 80
    assert counts.max() < 120
    assert all(cut == readable(cut, 2) for cut in cuts.values())


def test_many_equal_values_get_the_lowest_rating_and_one_cut_for_all():
    values = np.concatenate([np.zeros(45), np.arange(1.0, 56.0)])
    cuts = even_cuts(values)
    assert min(cuts) == 6  # four tenths of zeros reach no cut
    assert even_cuts([5.0, 5.0]) == {}
    assert even_cuts([nan]) == {}
