"""The trial of the detectors: the same seed tells the same, planted troubles are found, and the
hindsight counts what it says it counts."""

import datetime as dt

from accounts.radar import trial

DAY = dt.date(2026, 1, 5)


def test_planted_troubles_are_found_and_the_seed_decides():
    first = trial.run(1, 40, begin=dt.date(2025, 12, 1))
    again = trial.run(1, 40, begin=dt.date(2025, 12, 1))
    assert {k: vars(v) for k, v in first.items()} == {k: vars(v) for k, v in again.items()}
    late = first["late_order"]
    assert late.planted >= 1
    assert late.found == late.planted
    assert trial.made(1, 40) != trial.made(2, 40)


def every(gap, many, start=dt.date(2025, 1, 6)):
    return [start + dt.timedelta(days=gap * at) for at in range(many)]


def test_a_client_that_stopped_is_told_and_lost_and_a_steady_one_neither():
    steady, stopped = every(10, 60), every(10, 30)
    begin, end = dt.date(2025, 9, 1), dt.date(2026, 3, 30)
    found = trial.late_orders([steady, stopped], begin, end)
    assert (found.lost, found.said, found.both) == (1, 1, 1)
    assert (found.precision, found.recall) == (1.0, 1.0)


def test_a_client_that_comes_back_late_was_told_for_nothing():
    days = [*every(10, 30), every(10, 30)[-1] + dt.timedelta(days=25)]
    end = days[-1] + dt.timedelta(days=5)
    found = trial.late_orders([days], dt.date(2025, 9, 1), end)
    assert (found.lost, found.said, found.both) == (0, 1, 0)
    assert found.precision == 0.0
    assert found.recall is None


def test_without_orders_nothing_is_counted():
    assert trial.late_orders([[]], DAY, DAY) == trial.Hindsight(0, 0, 0, 0)
    assert trial.Hindsight(0, 0, 0, 0).precision is None
