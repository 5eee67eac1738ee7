"""The net promoter score with its interval, against worked examples and by its definition."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.measures.nps import FEWEST, nps, standard_error


def test_the_error_of_a_published_example():
    """W. Huber, "How can I calculate margin of error in a NPS result?", stats.stackexchange.com
    18603: half promoters, a third passive, a sixth detractors has variance 5/9; of 324 answers the
    standard error is √(5/9)/√324, about 4.1 points."""
    error = standard_error(162, 54, 324)
    assert error == pytest.approx(100 * math.sqrt(5 / 9) / math.sqrt(324))
    assert round(error, 1) == 4.1


def test_the_interval_is_that_of_rocks():
    """By hand: 20 promoters, 5 detractors of 40; three more, ¾ at each end: 20.75 and 5.75 of 43,
    so 34.88 ± 1.96 × √((0.6163 − 0.1217) / 43) × 100 = ± 21.02."""
    found = nps(20, 5, 40)
    assert found.score == 37.5
    assert (round(found.low, 1), round(found.high, 1)) == (13.9, 55.9)


def test_everybody_of_one_mind_is_still_not_certain():
    found = nps(10, 0, 10)
    assert found.score == 100
    assert 40 < found.low < 90
    assert found.high == 100


def test_few_answers_have_no_score():
    assert nps(FEWEST - 1, 0, FEWEST - 1) is None
    assert nps(FEWEST, 0, FEWEST) is not None
    with pytest.raises(ValueError, match="more promoters"):
        nps(8, 8, 10)
    with pytest.raises(ValueError, match="no answers"):
        standard_error(0, 0, 0)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_it_is_antisymmetric_and_stays_on_the_scale(up, middle, down):
    answers = up + middle + down
    found, turned = nps(up, down, answers), nps(down, up, answers)
    if answers < FEWEST:
        assert found is turned is None
        return
    assert -100 <= found.low <= found.high <= 100
    assert found.score == pytest.approx(-turned.score)
    assert found.low == pytest.approx(-turned.high)
