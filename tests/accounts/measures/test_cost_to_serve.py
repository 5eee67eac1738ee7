"""Hours, cost to serve and lifetime value against examples worked out by hand."""

from decimal import Decimal as D

import numpy as np
import pytest

from accounts.measures.cost_to_serve import Costs, contribution, late_payment, worked
from accounts.measures.effort import effort_curve, hours_of, share_at
from accounts.measures.lifetime import lifetime, stays
from accounts.measures.value import lifetime_value


def test_hours_of_work():
    assert hours_of({"call": 3, "visit": 1}, {"call": 0.5, "visit": 4}) == 5.5
    assert hours_of({"dance": 3}, {"call": 0.5}) == 0
    assert hours_of({}, {"call": 0.5}) == 0
    with pytest.raises(ValueError):
        hours_of({"call": -1}, {"call": 0.5})


def test_late_payment_costs_what_the_money_would_have():
    # 365,000 a year late at 18 % costs 65,700; ten days of it 1,800.
    assert late_payment([(D(365000), 365)], D(18)) == D("65700.00")
    assert late_payment([(D(365000), 10)], D(18)) == D("1800.00")
    assert late_payment([(D(365000), 0), (D(100), -3), (D(-500), 40)], D(18)) == 0
    assert late_payment([], D(18)) == 0


def test_contribution_takes_discounts_off_once():
    costs = Costs(D(100), D(50), D(30), D(20), discounts=D(400))
    assert costs.total == 200
    assert costs.with_discounts == 600
    assert contribution(D(1000), costs) == 800
    assert worked([(D("1.25"), D(1500)), (D(2), D(1000))]) == D("3875.00")


def test_effort_curve_by_hand():
    x, y = effort_curve(np.array([10.0, 80.0, 10.0]), np.array([40.0, 20.0, 40.0]))
    assert x.tolist() == pytest.approx([0, 0.1, 0.2, 1])
    assert y.tolist() == pytest.approx([0, 0.4, 0.8, 1])
    assert share_at(x, y, 0.2) == pytest.approx(0.8), "20 % of effort, 80 % of result"
    assert share_at(x, y, 0.6) == pytest.approx(0.9)
    assert share_at(x, y, 1.0) == 1
    assert share_at(x, y, 0.0) == 0


def test_effort_curve_at_its_edges():
    x, y = effort_curve(np.array([0.0, 5.0, 0.0]), np.array([3.0, 9.0, -2.0]))
    assert x.tolist() == [0, 0, 1, 1], "who takes no effort and loses comes last"
    assert y.tolist() == pytest.approx([0, 0.3, 1.2, 1.0])
    for effort, result in (([0.0], [1.0]), ([1.0], [0.0]), ([-1.0], [1.0]), ([], [])):
        with pytest.raises(ValueError):
            effort_curve(np.array(effort), np.array(result))


def test_lifetime_value_by_hand_and_as_the_column():
    told = lifetime(100, 0.1, 0.9, discount=0.15, start=20)
    by_hand = 100 * 0.9 / 1.15 + 110 * 0.81 / 1.15**2 + 121 * 0.729 / 1.15**3 - 20
    assert told.value == pytest.approx(by_hand)
    column = lifetime_value([100.0], [0.1], [0.9], discount=0.15)[0]
    assert told.value == pytest.approx(column - 20)
    assert lifetime(100, 9, 1, discount=0).years[1].contribution == pytest.approx(130)
    assert lifetime(100, None, 1, discount=0).value == pytest.approx(300)
    assert lifetime(-50, 0, 1, discount=0).value == pytest.approx(-150)
    with pytest.raises(ValueError):
        lifetime(1, 0, 1.2, discount=0.1)


def test_three_who_all_stayed_are_no_certainty():
    assert stays(3, 3) == pytest.approx(5 / 6)
    assert stays(0, 0) == pytest.approx(2 / 3)
    with pytest.raises(ValueError):
        stays(4, 3)
