"""Where the list ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.selection import share_of_profit, threshold, top_n
from tests.oracles import oracle

nan = float("nan")


def chosen(selection):
    assert selection.size == selection.selected.sum()
    return np.flatnonzero(selection.selected).tolist()


def test_top_n_takes_the_best_and_names_the_line():
    selection = top_n([5, 9, nan, 7, 6], 2)
    assert chosen(selection) == [1, 3]
    assert selection.line == 7
    assert not selection.tie_at_cut


def test_top_n_tells_a_tie_at_the_cut_and_lets_the_order_decide():
    score = [7, 9, 7 + 1e-12, 7]
    assert chosen(top_n(score, 2)) == [0, 1]
    decided = top_n(score, 2, order=[1, 3, 2, 0])
    assert chosen(decided) == [1, 3]
    assert decided.tie_at_cut
    assert not top_n(score, 4).tie_at_cut
    assert not top_n(score, 1).tie_at_cut


def test_top_n_passes_over_those_who_are_not_eligible():
    score, eligible = [9, 8, 7, 7], [False, True, True, False]
    selection = top_n(score, 2, eligible=eligible)
    assert chosen(selection) == [1, 2]
    assert not selection.tie_at_cut, "the equal one could not have been taken"
    assert chosen(top_n(score, 9, eligible=eligible, order=[0, 1, 2, 3])) == [1, 2]


@pytest.mark.parametrize("n", [0, -3])
def test_top_none(n):
    selection = top_n([1, 2], n)
    assert chosen(selection) == []
    assert np.isnan(selection.line)


def test_nobody_to_choose_from():
    for selection in (top_n([], 3), top_n([nan, nan], 3), share_of_profit([]), threshold([], 5)):
        assert chosen(selection) == []


def test_threshold_takes_all_at_the_level():
    selection = threshold([7.9, 8, 8 - 1e-12, 9, nan], 8)
    assert chosen(selection) == [1, 2, 3]
    assert selection.line == 8
    assert chosen(threshold([8, 9], 8, eligible=[True, False])) == [0]


def test_share_of_profit_of_the_oracle():
    for case in oracle("gini_hhi_pareto")["pareto_set"]:
        selection = share_of_profit(case["profit"], case["target"])
        assert selection.size == case["expected_size"], case
        assert selection.tie_at_cut == ("ties_at_cut" in case), case


def test_share_of_profit_leaves_losses_out_of_the_base():
    selection = share_of_profit([60, -10, 20, 30, nan, 0], 0.8)
    assert chosen(selection) == [0, 3]
    assert selection.line == 30
    assert chosen(share_of_profit([60, -10, 20, 30], 1)) == [0, 2, 3]
    assert chosen(share_of_profit([-1, 0], 0.8)) == []


def test_share_of_profit_among_the_eligible_counts_everyones_profit():
    eligible = [False, True, True]
    assert chosen(share_of_profit([50, 30, 20], 0.3, eligible=eligible)) == [1]
    assert chosen(share_of_profit([50, 30, 20], 0.8, eligible=eligible)) == [1, 2]


def test_share_of_profit_settles_equal_profits_by_the_order():
    assert chosen(share_of_profit([10, 10, 10], 0.3)) == [0]
    assert chosen(share_of_profit([10, 10, 10], 0.3, order=[2, 1, 0])) == [2]


@pytest.mark.parametrize("share", [0, -0.1, 1.1, nan])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        share_of_profit([1], share)


@given(
    st.lists(st.one_of(st.floats(-1e308, 1e308), st.integers(-5, 5).map(float)), max_size=15),
    st.floats(0.01, 1),
)
def test_share_of_profit_is_the_smallest_set_that_is_enough(profit, share):
    values = np.array(profit, dtype=float)
    selection = share_of_profit(values, share)
    # Scaled, since the sum of huge profits is beyond a float.
    scaled = np.maximum(values, 0) / max(values.max(initial=0), 1e-300)
    taken = np.sort(scaled[selection.selected])[::-1]
    needed = share * scaled.sum()
    assert (taken > 0).all()
    assert taken.sum() >= needed * (1 - 1e-6)
    assert taken[:-1].sum() <= needed * (1 + 1e-6)
    left = scaled[~selection.selected]
    assert not len(left) or not len(taken) or left.max() <= taken.min()


def test_those_who_bring_nothing_are_not_taken_even_where_the_share_is_not_reached():
    profit = [100.0, 5.0, 0.0, -3.0, 2.0]
    found = share_of_profit(profit, 0.8, eligible=[False, True, True, True, True])
    assert found.selected.tolist() == [False, True, False, False, True]
    assert (found.size, found.line, found.tie_at_cut) == (2, 2.0, False)


def test_there_is_no_tie_where_nobody_is_parted():
    assert not threshold([7.0, 7.0, 6.0], 7.0).tie_at_cut
    assert not share_of_profit([0.0, -1.0, -1.0], 0.8).tie_at_cut
