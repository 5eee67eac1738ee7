"""When a schedule is due, and which schedules there cannot be."""

import datetime as dt

import pytest

from kam.jobs import crons


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("0 0 * *", "five fields"),
        ("60 * * * *", "60 is not within 0 and 59"),
        ("* 20-24 * * *", "20-24 is not within 0 and 23"),
        ("* * 0 * *", "0 is not within 1 and 31"),
        ("* * * 5-2 *", "5-2 is not within 1 and 12"),
        ("* * * * 7", "7 is not within 0 and 6"),
        ("*/0 * * * *", "zero"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(text, told):
    with pytest.raises(ValueError, match=told):
        crons.parse(text)


def test_a_schedule_names_single_ones_spans_and_steps():
    assert crons.parse("1,15 8-10 */10 2-12/5 0") == [
        {1, 15}, {8, 9, 10}, {1, 11, 21, 31}, {2, 7, 12}, {0},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "now", "expected"),
    [
        ("0 9 * * 0", "2026-11-25T12:00", "2026-11-22T09:00"),  # Sundays
        ("15 2 * * *", "2026-03-10T02:15", "2026-03-10T02:15"),  # this very minute
        ("5,50 8,20 * * *", "2026-03-10T19:00", "2026-03-10T08:50"),
        ("5,50 8,20 * * *", "2026-03-10T20:10", "2026-03-10T20:05"),
        ("0 6 * 3 *", "2026-05-10T12:00", "2026-03-31T06:00"),
        ("0 6 31 12 *", "2026-12-31T05:59", "2025-12-31T06:00"),
    ],
)
def test_the_last_moment_that_was_due(settings, expression, now, expected):
    settings.COMPANY_TIME_ZONE = "Europe/Moscow"
    now, expected = (dt.datetime.fromisoformat(f"{text}+03:00") for text in (now, expected))
    assert crons.last_due(expression, now) == expected
