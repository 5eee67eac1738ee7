"""Growth, movers and the split of a change."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.growth import growth, movers, split, year_on_year

nan = float("nan")
cents = st.integers(-(10**12), 10**12).map(float)
pairs = st.lists(st.tuples(st.one_of(st.just(0.0), cents), st.one_of(st.just(0.0), cents)))


def test_growth_has_a_ratio_only_above_zero():
    found = growth([100, 0, -50, 200], [150, 30, 10, 0])
    np.testing.assert_array_equal(found.change, [50, 30, 60, -200])
    np.testing.assert_array_equal(found.ratio, [0.5, nan, nan, -1])
    assert found.total_change == -60
    assert found.total_ratio == pytest.approx(-0.24)


def test_growth_from_nothing_or_a_loss_has_no_ratio():
    assert growth([0, nan], [5, 1]).total_ratio is None
    assert growth([-5], [5]).total_ratio is None
    assert growth([], []).total_change == 0


def test_periods_of_other_clients_are_refused():
    with pytest.raises(ValueError, match="before and after"):
        growth([1, 2], [1])


def test_year_on_year_takes_the_last_two_years():
    months = np.concatenate([np.full(6, 999.0), np.full(12, 10.0), np.full(12, 15.0)])
    found = year_on_year([months, np.full(30, nan)])
    np.testing.assert_array_equal(found.change, [60, 0])
    assert found.total_ratio == 0.5
    with pytest.raises(ValueError, match="24"):
        year_on_year(np.ones((2, 23)))


def test_movers_by_amount():
    found = movers([0, 10, 50, 7, 9], [5, 0, 90, 7, 4], count=2)
    assert found.up.tolist() == [2, 0]
    assert found.down.tolist() == [1, 4]
    assert movers([1, 1], [1, 1]).up.size == 0
    assert movers([0, 0, 0], [1, 1, 1], count=2).up.tolist() == [0, 1]


def test_split_names_where_the_change_came_from():
    found = split([0, 10, 20, 30, 40, 0], [5, 15, 20, 10, 0, 0])
    assert (found.new.clients, found.new.change) == (1, 5)
    assert (found.expanded.clients, found.expanded.change) == (1, 5)
    assert (found.level.clients, found.level.change) == (1, 0)
    assert (found.shrunk.clients, found.shrunk.change) == (1, -20)
    assert (found.lost.clients, found.lost.change) == (1, -40)
    assert found.total == -50


def test_split_by_who_bought_rather_than_by_the_amount():
    """Purchases and returns may cancel out: the client bought all the same."""
    found = split([10, 10], [0, 0], [True, True], [True, False])
    assert (found.shrunk.clients, found.lost.clients) == (1, 1)


@given(pairs, st.data())
def test_the_parts_sum_to_the_change_to_the_cent(both, data):
    before, after = [b for b, _ in both], [a for _, a in both]
    masks = ()
    if data.draw(st.booleans()):
        flags = st.lists(st.booleans(), min_size=len(both), max_size=len(both))
        masks = (data.draw(flags), data.draw(flags))
    assert split(before, after, *masks).total == sum(after) - sum(before)
