"""The window of the next order: hand-computed examples, quartiles by NumPy, and the edges."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from accounts.measures.order_window import DAYS_ASKED, next_order, quantile

START = dt.date(2026, 1, 1)


def days(*gaps):
    found = [START]
    for gap in gaps:
        found.append(found[-1] + dt.timedelta(days=gap))
    return found


def test_the_middle_half_of_the_gaps_is_laid_from_the_last_order_on():
    # Gaps 10, 20, 30, 40: quartiles 17.5, 25, 32.5; the last order on day 100 = 11 April.
    window = next_order(days(40, 10, 30, 20), dt.date(2026, 4, 12))
    assert (window.lower, window.median, window.upper) == (17.5, 25.0, 32.5)
    assert window.last == dt.date(2026, 4, 11)
    assert window.earliest == dt.date(2026, 4, 28)  # 17 days on
    assert window.expected == dt.date(2026, 5, 6)  # 25 days on
    assert window.latest == dt.date(2026, 5, 14)  # 33 days on
    assert window.orders == 5
    for day, state, past in (
        (dt.date(2026, 4, 27), "ahead", 0), (dt.date(2026, 4, 28), "open", 0),
        (dt.date(2026, 5, 14), "open", 0), (dt.date(2026, 5, 15), "past", 1),
    ):  # fmt: skip
        assert (window.state(day), window.days_past(day)) == (state, past)


def test_the_same_gap_makes_a_window_of_one_day():
    window = next_order(days(7, 7, 7, 7), dt.date(2026, 2, 1))
    assert window.earliest == window.expected == window.latest == dt.date(2026, 2, 5)


def test_four_days_of_orders_are_too_few_however_often_a_day_was_repeated():
    four = days(5, 6, 7)
    assert next_order(four * 3, dt.date(2026, 6, 1)) is None
    assert next_order([*four, dt.date(2026, 7, 1)], dt.date(2026, 6, 1)) is None, "not yet"
    assert next_order([*four, dt.date(2026, 5, 1)], dt.date(2026, 6, 1)) is not None
    assert next_order([], START) is None


def test_old_orders_tell_of_another_time():
    old = days(1, 1, 1, 1)
    last = old[0] + dt.timedelta(days=DAYS_ASKED)
    assert next_order(old, last - dt.timedelta(days=1)) is not None
    assert next_order(old, last) is None, "the first of five lies too far back"


def test_half_a_day_goes_up_and_daily_orders_are_expected_tomorrow():
    window = next_order(days(1, 2, 2, 3, 1, 2), dt.date(2026, 1, 20))  # 1 1 2 2 2 3
    assert (window.lower, window.median, window.upper) == (1.25, 2.0, 2.0)
    window = next_order(days(1, 1, 2, 2), dt.date(2026, 1, 20))
    assert window.median == 1.5
    assert (window.expected - window.last).days == 2


@given(
    some.lists(some.integers(1, 400), min_size=1, max_size=40), some.sampled_from([0.25, 0.5, 0.75])
)
def test_quantiles_are_those_of_numpy(gaps, q):
    assert quantile(sorted(gaps), q) == pytest.approx(float(np.quantile(gaps, q)))
