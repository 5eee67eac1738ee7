"""Funnels, whitespace and people's portfolios by hand."""

import pytest

from reports.figures.funnel import funnel, narrowest
from reports.figures.portfolio_of import Share, against_opening, by_person, shares
from reports.figures.whitespace import Gap, whitespace


def test_funnel_by_hand():
    found = funnel([0, 1, 3, 3, 2], [10, 20, 30, 40, float("nan")], 4)
    assert [each.count for each in found] == [5, 4, 3, 2]
    assert [each.amount for each in found] == [100, 90, 70, 70]
    assert [each.passed for each in found] == [None, 0.8, 0.75, pytest.approx(2 / 3)]
    assert [each.whole for each in found] == [1, 0.8, 0.6, 0.4]
    assert narrowest(found) == 3
    assert [each.count for each in funnel([], [], 2)] == [0, 0]
    assert narrowest(funnel([], [], 2)) is None


def test_whitespace_puts_most_room_first():
    gaps = [
        Gap(1, 7, 6, 20, 10, 20), Gap(2, 7, 6, 20, 30, 50), Gap(3, 8, 5, 9, 20, 20),
        Gap(1, 9, 5, 9, 1, 3),
    ]  # fmt: skip
    found = whitespace(gaps, most_clients=2, most_families=2)
    assert found.families == [7, 8]
    assert found.totals == {7: (2, 55), 8: (1, 20), 9: (1, 2)}
    assert found.clients == [2, 3]
    assert set(found.cells) == {(2, 7), (3, 8)}
    assert whitespace([], 2, 2).clients == []


def test_portfolios_by_hand():
    found = shares([0, 0, 1, -1], [True, False, True, True], [4, 1, 4, 9], 2)
    assert found == [Share(4, 5), Share(4, 4)]
    assert [each.share for each in found] == [0.8, None], "four say nothing in per cent"
    assert by_person([0, 1, 1, -1], [1, 2, 3, 99], 3).tolist() == [1, 5, 0]
    assert (against_opening(120, 100), against_opening(5, 0), against_opening(5, -1)) == (
        pytest.approx(0.2), None, None,
    )  # fmt: skip
