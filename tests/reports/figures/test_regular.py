"""Regular profit counts clients that bought in three of four quarters, whole or not at all."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.figures.regular import regular_by_month, regular_profit


def months(*bought: int, length: int = 12) -> list[bool]:
    return [month in bought for month in range(length)]


def table(*columns) -> np.ndarray:
    return np.array(columns).T


def test_three_quarters_are_enough_two_are_not():
    bought = table(months(0, 3, 6), months(0, 1, 2, 3, 4, 5), months(2, 5, 11), months())
    profit = np.ones((12, 4)) * [1, 2, 3, 4]
    assert regular_profit(profit, bought).tolist() == [12, 0, 36, 0]


def test_losses_count_and_gaps_do_not():
    bought = table(months(0, 4, 8), months(0, 4, 8))
    profit = np.zeros((12, 2))
    profit[0], profit[4] = [-5, np.nan], [2, 7]
    assert regular_profit(profit, bought).tolist() == [-3, 7]


def test_each_month_end_has_its_own_window():
    bought = table(months(0, 3, 6, length=15))
    profit = np.zeros((15, 1))
    profit[0], profit[3], profit[6] = 100, 10, 1
    # From the second window on the first purchase is outside: two quarters are left.
    assert [amount.item() for amount in regular_by_month(profit, bought)] == [111, 0, 0, 0]


@pytest.mark.parametrize("shape, other", [((11, 2), (11, 2)), ((12,), (12,)), ((12, 2), (12, 3))])
def test_other_shapes_are_refused(shape, other):
    with pytest.raises(ValueError):
        list(regular_by_month(np.zeros(shape), np.zeros(other, bool)))


@given(st.integers(12, 24), st.integers(0, 5), st.randoms(use_true_random=False))
def test_against_a_plain_recomputation(length, clients, random):
    profit = np.array([[random.randint(-9, 9) for _ in range(clients)] for _ in range(length)])
    bought = np.array([[random.random() < 0.3 for _ in range(clients)] for _ in range(length)])
    profit, bought = profit.reshape(length, clients), bought.reshape(length, clients)
    found = [amounts.tolist() for amounts in regular_by_month(profit, bought)]
    for end, amounts in enumerate(found, 12):
        for client in range(clients):
            window = range(end - 12, end)
            quarters = {(m - end + 12) // 3 for m in window if bought[m][client]}
            plain = sum(profit[m][client] for m in window) if len(quarters) >= 3 else 0
            assert amounts[client] == plain
