"""Points of fit and the effect on the average invoice, by hand."""

from decimal import Decimal as D

import pytest

from accounts.measures.fit import MOST, Known, fit
from accounts.measures.invoice_effect import effect


@pytest.mark.parametrize(
    "known, points, parts",
    [
        (Known(), 0, []),
        (Known(needs=["noted"]), 25, ["need"]),
        (Known(needs=["noted", "confirmed"]), 40, ["need"]),
        (Known(needs=["noted"], family_needs=True), 25, ["need"]),
        (Known(family_needs=True, gap=True), 40, ["gap", "family_need"]),
        (Known(standing="watch", satisfaction=7.9), 17, ["standing", "content"]),
        (Known(standing="candidate", satisfaction=5.5), 0, []),
        (Known(standing="key", satisfaction=4.9), 20, ["standing", "discontent"]),
        (
            Known(needs=["offered"], gap=True, standing="key", satisfaction=9),
            MOST,
            ["need", "gap", "standing", "content"],
        ),
    ],
)
def test_points_are_the_sum_of_their_parts(known, points, parts):
    found = fit(known)
    assert (found.points, [name for name, _points in found.parts]) == (points, parts)
    assert sum(each for _name, each in found.parts) == points <= MOST == 100


def test_the_average_needs_five_invoices_on_both_sides():
    five = [D(100), D(200), D(300), D(400), D(500)]  # 300
    more = [D(330)] * 5 + [D("330.03")]  # 1980.03 / 6 = 330.005
    found = effect(five, more)
    assert (found.before, found.after) == (D(300), D("330.01"))
    assert found.change == D("30.01") / 300
    short = effect(five, more[:3])
    assert (short.before, short.after, short.change) == (D(300), None, None)
    assert (short.missing_before, short.missing_after) == (0, 2)
    assert effect([D(0)] * 5, five).change is None
