"""The split of growth: by hand, and always exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.growth_split import split


def parts(found):
    return found.price + found.volume + found.assortment + found.new + found.lost + found.rest


def test_by_hand():
    # A: 10 at 100 -> 12 at 110; B: 10 at 50 -> 8 at 50; C is new (300), D given up (200).
    found = split(
        np.array([10.0, 10, 0, 4]), np.array([1000.0, 500, 0, 200]),
        np.array([12.0, 8, 3, 0]), np.array([1320.0, 400, 300, 0]),
    )  # fmt: skip
    assert found.price == pytest.approx(120)
    assert found.volume == pytest.approx(0), "20 pieces then and now"
    assert found.assortment == pytest.approx(100), "two more of the dear one, two less of the cheap"
    assert (found.new, found.lost, found.rest) == (300, -200, 0)
    assert found.change == pytest.approx(parts(found)) == pytest.approx(320)


def test_all_grown_alike_is_volume():
    found = split(
        np.array([1.0, 2]), np.array([10.0, 30]), np.array([2.0, 4]), np.array([20.0, 60])
    )
    assert found.volume == pytest.approx(40)
    assert found.assortment == pytest.approx(0)


def test_nothing():
    none = np.zeros(0)
    found = split(none, none, none, none, 10.0, 25.0)
    assert found.rest == 15 == found.change
    assert found.volume == 0


amounts = st.floats(-1e6, 1e6, allow_nan=False)


@given(st.lists(st.tuples(amounts, amounts, amounts, amounts), max_size=8), amounts, amounts)
def test_it_sums_to_the_whole(rows, before, now):
    columns = np.array(rows, dtype=float).reshape(-1, 4).T
    rounded = np.where(np.abs(columns) < 1, 0, columns)
    found = split(*rounded, before, now)
    assert parts(found) == pytest.approx(found.change, abs=1e-4, rel=1e-9)
