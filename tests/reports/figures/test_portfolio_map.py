"""Positions on the portfolio matrix by calculator."""

import numpy as np
import pytest

from reports.figures.portfolio_map import positions


def test_each_axis_is_the_mean_of_its_criteria_by_weight():
    found = positions(
        [[9, 6, 4], [2, np.nan, 8], [np.nan, np.nan, 8], [5, 5.5, 5.5]],
        [60, 20, 20],
        strong=[False, False, True],
        on=[True, True, True],
    )
    assert found.attractiveness[0] == pytest.approx((60 * 9 + 20 * 6) / 80)
    assert found.attractiveness[1] == 2  # what is not rated leaves its weight to the rest
    assert np.isnan(found.attractiveness[2])
    assert found.strength.tolist() == [4, 8, 8, 5.5]
    assert found.quadrant.tolist() == ["invest", "keep", "", "keep"]


def test_a_criterion_on_neither_axis_counts_nowhere():
    found = positions([[10, 1, 7]], [1, 98, 1], [False, False, True], [True, False, True])
    assert (found.attractiveness[0], found.strength[0]) == (10, 7)
    assert found.quadrant.tolist() == ["develop"]


def test_an_axis_without_criteria_places_nobody():
    found = positions([[10], [1]], [1], [False], [True])
    assert np.isnan(found.strength).all()
    assert found.quadrant.tolist() == ["", ""]
    assert positions(np.empty((0, 2)), [1, 1], [True, False], [True, True]).quadrant.size == 0
