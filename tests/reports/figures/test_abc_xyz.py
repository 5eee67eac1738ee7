"""Classes of clients by what they bring and how evenly, on cases small enough to count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.abc_xyz import abc, grid, variation, xyz


def test_the_client_that_crosses_a_border_belongs_above_it():
    """Shares 50, 25, 10, 8, 7 %: cumulated 50, 75, 85, 93, 100."""
    assert abc([50, 25, 10, 8, 7]).tolist() == ["A", "A", "A", "B", "B"]
    assert abc([7, 8, 10, 25, 50]).tolist() == ["B", "B", "A", "A", "A"]
    assert abc([50, 30, 10, 5, 3, 2]).tolist() == ["A", "A", "B", "B", "C", "C"]


def test_losses_and_nothing_have_no_class():
    assert abc([10, 0, -5, np.nan]).tolist() == ["A", "", "", ""]
    assert abc([]).tolist() == []
    assert abc([0, 0]).tolist() == ["", ""]


def test_one_client_is_a_and_huge_sums_do_not_overflow():
    assert abc([1e308, 1e308, 1]).tolist() == ["A", "A", "C"]
    assert abc([3.0]).tolist() == ["A"]


@given(st.lists(st.floats(0, 1e9), max_size=40), st.randoms(use_true_random=False))
def test_shuffling_clients_shuffles_classes(amounts, random):
    amounts = list(dict.fromkeys(amounts))  # equal amounts keep the order they come in
    order = list(range(len(amounts)))
    random.shuffle(order)
    plain = abc(amounts)
    assert abc([amounts[i] for i in order]).tolist() == plain[order].tolist()


def test_variation_is_deviation_by_mean():
    """12 equal months: 0.  One month of 12 in a year: sqrt(11) = 3.3166."""
    months = np.zeros((3, 12))
    months[0] = 5
    months[1, 4] = 100
    found = variation(months)
    assert found[0] == 0
    assert found[1] == pytest.approx(np.sqrt(11))
    assert np.isnan(found[2])


def test_xyz_needs_a_whole_year():
    months = np.zeros((4, 12))
    months[0] = 5
    months[1] = [2, 8] * 6  # mean 5, deviation 3: 0.6
    months[2, 0] = 1
    months[3] = 5
    assert xyz(months, [True, True, True, False]).tolist() == ["X", "Y", "Z", ""]
    with pytest.raises(ValueError):
        xyz(months, [True] * 4, x=1.0, y=0.5)


def test_the_grid_counts_everybody_with_a_class():
    amounts = [50, 25, 10, 8, 7, -3]
    letters = abc(amounts)
    cells = grid(letters, np.array(["X", "X", "Y", "", "Z", "X"]), amounts)
    assert (cells["AX"].clients, cells["AX"].amount, cells["AX"].share) == (2, 75, 0.75)
    assert cells["B"].clients == 1
    assert sum(cell.clients for cell in cells.values()) == 5
    assert sum(cell.share for cell in cells.values()) == pytest.approx(1)
