"""How goals stand: hand-computed ways, a line by NumPy, and the edges."""

import datetime as dt
from decimal import Decimal as D

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from accounts.measures.progress import Reading, forecast_at, progress

BEGUN, DUE = dt.date(2026, 1, 1), dt.date(2026, 12, 31)  # 364 days apart


def day(number: int) -> dt.date:
    return BEGUN + dt.timedelta(days=number)


def at(number, *readings, start=100, target=200):
    return progress(
        [Reading(day(on), D(str(value))) for on, value in readings],
        start=D(start), target=D(target), begun=BEGUN, due=DUE, today=day(number),
    )  # fmt: skip


@pytest.mark.parametrize(
    "number, value, state",
    [
        (182, 150, "on_track"),  # half of the time, half of the way
        (182, 140, "on_track"),  # exactly 10 % behind is still on track
        (182, 139.9, "at_risk"),
        (182, 125, "at_risk"),  # exactly 25 % behind
        (182, 124.9, "off"),
        (182, 200, "reached"),
        (0, 100, "on_track"),
        (365, 199, "off"),  # the day is over
        (365, 201, "reached"),
        (182, 90, "off"),  # further away than it began
    ],
)
def test_states_by_the_way_behind(number, value, state):
    assert at(number, (number, value)).state == state


def test_parts_of_the_way_and_of_time():
    found = at(91, (91, 130))
    assert (found.done, found.expected, found.value, found.day) == (
        D("0.3000"), D("0.2500"), D(130), day(91)
    )  # fmt: skip


def test_a_goal_may_lead_down():
    found = at(182, (182, 20), start=30, target=10)
    assert (found.state, found.done) == ("on_track", D("0.5000"))
    assert at(182, (182, 35), start=30, target=10).done == D("-0.2500")


def test_without_readings_nothing_is_told_but_the_path():
    found = at(182)
    assert (found.state, found.value, found.done, found.forecast) == ("unknown", None, None, None)
    assert found.expected == D("0.5000")
    assert at(10, (20, 150)).state == "unknown", "later readings do not count"


def test_a_forecast_needs_three_readings_over_four_weeks_and_time_ahead():
    assert at(60, (0, 100), (30, 110)).forecast is None
    assert at(60, (0, 100), (10, 104), (27, 110)).forecast is None
    assert at(60, (0, 100), (14, 105), (28, 110)).forecast == D("230.00")
    assert at(365, (0, 100), (100, 130), (200, 170)).forecast is None, "the day is over"


def test_a_goal_that_leads_short_is_at_risk_before_it_is_behind():
    slow = at(60, (0, 110), (30, 113), (60, 116))
    assert slow.forecast == D("146.40")
    assert slow.state == "at_risk"


def test_start_and_target_differ():
    with pytest.raises(ValueError):
        at(1, (1, 1), start=1, target=1)


@given(
    some.lists(
        some.tuples(some.integers(0, 300), some.integers(-10_000, 10_000)),
        min_size=3, max_size=20, unique_by=lambda pair: pair[0],
    )
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_line_is_that_of_numpy(pairs):
    pairs.sort()
    readings = [Reading(day(on), D(value)) for on, value in pairs]
    found = forecast_at(readings, DUE)
    if pairs[-1][0] - pairs[0][0] < 28:
        assert found is None
        return
    slope, begin = np.polyfit([on for on, _ in pairs], [value for _, value in pairs], 1)
    assert float(found) == pytest.approx(begin + slope * 364, abs=0.02, rel=1e-6)
