"""Months as whole numbers."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.lib.series import (
    add_months,
    align,
    fill_gaps,
    first_day,
    is_month_end,
    last_day,
    last_window,
    month_of,
    months_between,
    months_of,
    trailing,
    whole_months,
)

days = st.dates(date(1900, 1, 1), date(2100, 12, 31))


@given(days)
def test_a_date_lies_in_its_month(day):
    month = month_of(day)
    assert first_day(month) <= day <= last_day(month)
    assert first_day(month + 1) == last_day(month) + timedelta(days=1)
    assert is_month_end(day) == ((day + timedelta(days=1)).day == 1)


@given(st.lists(days, max_size=20))
def test_many_dates_as_one_by_one(many):
    assert months_of(many).tolist() == [month_of(day) for day in many]


def test_months_between_counts_both_ends():
    assert months_between(date(2025, 11, 30), date(2026, 2, 1)) == [
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]
    assert months_between(date(2026, 2, 1), date(2026, 1, 31)) == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 2, 29), -12, date(2023, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
    ],
)
def test_add_months_stays_in_the_month(day, months, expected):
    assert add_months(day, months) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 1, 15), date(2026, 2, 14), 0),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2020, 6, 1), date(2026, 6, 1), 72),
        (date(2026, 2, 15), date(2026, 1, 15), -1),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_whole_months(start, end, expected):
    assert whole_months(start, end) == expected


def test_gaps_are_zero_and_equal_months_add_up():
    np.testing.assert_array_equal(fill_gaps([10, 12, 12, 99], [5, 1, 2, 7], 9, 13), [0, 5, 0, 3, 0])
    assert fill_gaps([], [], 1, 3).tolist() == [0, 0, 0]
    assert fill_gaps([1], [1], 3, 2).tolist() == []


def test_align_puts_each_value_in_its_row_and_month():
    found = align([0, 2, 2, 0], [5, 6, 6, 4], [1.5, 2, 3, 9], 3, 5, 6)
    np.testing.assert_array_equal(found, [[1.5, 0], [0, 0], [0, 5]])
    assert align([], [], [], 0, 1, 2).shape == (0, 2)
    with pytest.raises(ValueError, match="rows"):
        align([3], [5], [1], 3, 5, 6)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 7), st.integers(-99, 99))))
def test_align_loses_nothing_inside(cells):
    rows, months, values = (list(c) for c in zip(*cells, strict=True)) if cells else ([], [], [])
    inside = sum(v for _, m, v in cells if 0 <= m <= 5)
    assert align(rows, months, values, 4, 0, 5).sum() == inside


def test_trailing_sums_are_full_or_missing():
    x = np.arange(1.0, 6.0)
    np.testing.assert_array_equal(trailing(x, 3), [np.nan, np.nan, 6, 9, 12])
    np.testing.assert_array_equal(trailing([x, 2 * x], 5)[:, -1], [15, 30])
    assert np.isnan(trailing(x, 6)).all()
    with pytest.raises(ValueError, match="window"):
        trailing(x, 0)


def test_a_large_month_leaves_no_trace_in_later_windows():
    assert trailing([1e16, 0.1, 0.1, 0.1], 2)[-1] == 0.2


def test_last_window_and_the_one_before():
    x = np.arange(1.0, 25.0)
    assert last_window(x, 12) == sum(range(13, 25))
    assert last_window(x, 12, ago=12) == sum(range(1, 13))
    assert last_window(x, 12, ago=18) == sum(range(1, 7)), "months before the first are zero"
    assert last_window(x, 12, ago=99) == 0
    np.testing.assert_array_equal(last_window([x, -x], 1), [24, -24])
    with pytest.raises(ValueError, match="window"):
        last_window(x, 12, ago=-1)
