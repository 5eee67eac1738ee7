"""Periods of reports: whole weeks, months and quarters, and when they are due."""

import datetime as dt
import itertools

import pytest

from reports.figures.calendar import Period, due_day, due_period, last_whole


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize("rhythm,today,starts,ends", [
    ("week", "2026-11-23", "2026-11-16", "2026-11-22"),  # a Monday
    ("week", "2026-11-29", "2026-11-16", "2026-11-22"),  # the Sunday of the same week
    ("week", "2027-01-01", "2026-12-21", "2026-12-27"),  # ISO week 53 has not ended
    ("month", "2026-03-01", "2026-02-01", "2026-02-28"),
    ("month", "2024-03-31", "2024-02-01", "2024-02-29"),
    ("month", "2026-01-31", "2025-12-01", "2025-12-31"),
    ("quarter", "2026-01-01", "2025-10-01", "2025-12-31"),
    ("quarter", "2026-03-31", "2025-10-01", "2025-12-31"),
    ("quarter", "2026-04-01", "2026-01-01", "2026-03-31"),
])  # fmt: skip
def test_the_last_whole_period(rhythm, today, starts, ends):
    assert last_whole(rhythm, day(today)) == Period(day(starts), day(ends))


@pytest.mark.parametrize("rhythm", ["week", "month", "quarter"])
def test_periods_follow_each_other_without_a_gap(rhythm):
    """Over six years every day belongs to one period, and each ends before it is told."""
    seen = {last_whole(rhythm, day("2021-01-01") + dt.timedelta(days=n)) for n in range(2200)}
    ordered = sorted(seen)
    for before, after in itertools.pairwise(ordered):
        assert before.ends + dt.timedelta(days=1) == after.starts
    for n in range(2200):
        today = day("2021-01-01") + dt.timedelta(days=n)
        assert last_whole(rhythm, today).ends < today


def test_a_report_is_due_on_its_day_and_hour():
    october = Period(day("2026-10-01"), day("2026-10-31"))
    september = Period(day("2026-09-01"), day("2026-09-30"))
    assert due_day("month", october, 3) == day("2026-11-03")
    assert due_day("week", Period(day("2026-11-16"), day("2026-11-22")), 1) == day("2026-11-23")
    assert due_day("week", Period(day("2026-11-16"), day("2026-11-22")), 28) == day("2026-11-29")
    assert due_period("month", 3, day("2026-11-02"), True) == september
    assert due_period("month", 3, day("2026-11-03"), False) == september
    assert due_period("month", 3, day("2026-11-03"), True) == october
    assert due_period("month", 3, day("2026-11-30"), False) == october
