"""Forecasts against examples worked out by hand, and never sold as better than naive."""

import numpy as np
import pytest

from accounts.measures.forecast import best_ses, combined, forecast, naive, sba, ses, theta


def rows(*values):
    return np.array(values, dtype=float)


def test_naive_is_the_same_month_a_year_before():
    assert naive(rows(range(1, 15)), 3).tolist() == [[3, 4, 5]]
    assert naive(rows([5, 7]), 2).tolist() == [[7, 7]]
    assert naive(rows(range(12)), 13)[0, -1] == 0, "a year later it begins anew"


def test_ses_by_hand():
    level, squares = ses(rows([10, 12, 11]), 0.5)
    # 10; error 2 -> 11; error 0 -> 11
    assert level.tolist() == [11]
    assert squares.tolist() == [4]
    assert best_ses(rows([3] * 8)).tolist() == [3]


def test_theta_follows_half_of_a_straight_line():
    line = theta(rows(np.arange(24.0)), 2)[0]
    assert line[1] - line[0] == pytest.approx(0.5)
    assert theta(rows([4.0]), 2).tolist() == [[4, 4]]


def test_sba_by_hand():
    # Sales of 4 in month 2 and 6 in month 5: size 4 + .2 * 2 = 4.4, interval 2 + .2 * 1 = 2.2.
    assert sba(rows([0, 4, 0, 0, 6]))[0] == pytest.approx(0.9 * 4.4 / 2.2)
    assert sba(rows([0, 0, 0])).tolist() == [0]


def test_a_patchy_row_goes_by_croston_and_a_full_one_by_the_median():
    patchy = [0, 9] * 12
    full = [10.0] * 24
    told = combined(rows(patchy, full), 2)
    assert told[0].tolist() == pytest.approx([sba(rows(patchy))[0]] * 2)
    assert told[1].tolist() == [10, 10]


def test_what_is_no_better_than_naive_is_not_shown_as_better():
    season = np.tile([10.0, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120], 3)
    found = forecast(season[None], 3)
    assert np.isnan(found.mase[0])
    assert not found.beats[0]
    assert found.middle.tolist() == [[10, 20, 30]]
    noisy = np.random.default_rng(2).gamma(20, 5, (50, 36))
    found = forecast(noisy, 3)
    assert (found.beats == (found.mase < 1)).all()
    worse = ~found.beats
    assert found.beats.mean() > 0.5, "a mean beats last year's noise"
    assert np.array_equal(found.middle[worse], naive(noisy, 3)[worse])
    assert (found.low <= found.middle).all()
    assert (found.middle <= found.high).all()


def test_too_little_is_said():
    found = forecast(rows([1, 2, 3]), 2)
    assert np.isnan(found.low).all()
    assert np.isnan(found.mase).all()
    assert not found.beats.any()
    assert forecast(np.zeros((0, 24))).middle.shape == (0, 6)
    gone = forecast(np.zeros((1, 24)))
    assert gone.middle.tolist() == [[0] * 6]
    assert gone.low.tolist() == [[0] * 6]


def test_mase_by_hand():
    # Twelve months of 10, then 20s: naive errs by 10 in each of the six origins.
    y = rows([10.0] * 12 + [20.0] * 6)
    found = forecast(y, 1)
    own = [abs(20 - combined(y[:, :at], 1)[0, 0]) for at in range(12, 18)]
    assert found.mase[0] == pytest.approx(np.mean(own) / 10)
