"""Paths, forecasts and rebates, by hand."""

import datetime as dt
from decimal import Decimal as D

import pytest

from accounts.measures.planning import expected_share, forecast, pattern_of, rebate

SCALE = [(D(100), D(1)), (D(200), D(2)), (D(400), D(5))]


@pytest.mark.parametrize(
    ("volume", "whole", "above"),
    [("99.99", "0", "0"), ("100", "1", "0"), ("250", "5", "2"), ("500", "25", "10"), ("-5", 0, 0)],
)
def test_only_steps_reached_pay(volume, whole, above):
    assert rebate(D(volume), SCALE) == D(whole)
    assert rebate(D(volume), SCALE, above=True) == D(above)


def test_the_path_is_even_by_days_or_as_the_months_of_the_year_before():
    start, end = dt.date(2026, 1, 1), dt.date(2026, 12, 31)
    assert expected_share(dt.date(2026, 3, 31), start, end) == D(90) / 365
    assert expected_share(dt.date(2025, 12, 31), start, end) == 0
    assert expected_share(end, start, end) == 1
    months = {(2025, month): D(1) for month in range(1, 13)} | {(2025, 12): D(9)}
    pattern = pattern_of(months)
    assert pattern[12] == D(9) / 20
    assert round(expected_share(dt.date(2026, 11, 30), start, end, pattern), 6) == D("0.55")


def test_no_pattern_from_too_little():
    assert pattern_of({(2025, month): D(month > 7) for month in range(1, 13)}) is None
    assert pattern_of({(2025, 1): D(5)}) is None


def test_no_forecast_before_a_quarter_of_the_path():
    assert forecast(D(10), D("0.24")) is None
    assert forecast(D(10), D("0.5")) == D(20)
