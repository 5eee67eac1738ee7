"""The least change that makes one client pass another, or a line."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.explain import contributions, difference, flip, lift
from scoring.engine.score import weighted_score

nan = float("nan")


def points(row, weights) -> float:
    return float(np.round(weighted_score([row], weights, 0).score[0], 9))


def ahead(a, b, weights) -> int:
    """1 where a is ahead or level, -1 where b is."""
    return 1 if points(a, weights) >= points(b, weights) else -1


@st.composite
def rows(draw, gaps=True):
    """Two rows of ratings, each rated on something, and weights."""
    size = draw(st.integers(1, 6))
    rating = st.integers(1, 10).map(float) if draw(st.booleans()) else st.floats(1, 10)
    cell = st.one_of(st.just(nan), rating) if gaps else rating
    two = [
        np.array(
            draw(
                st.lists(cell, min_size=size, max_size=size).filter(
                    lambda x: x == x or any(y == y for y in x)
                )
            )
        )
        for _ in range(2)
    ]
    w = np.array(draw(st.lists(st.floats(0.05, 10), min_size=size, max_size=size)))
    return (*two, w)


def rated(row) -> bool:
    return bool(np.isfinite(row).any())


@settings(max_examples=60)
@given(rows())
def test_new_weights_do_swap_the_two(case):
    a, b, w = case
    if not rated(a) or not rated(b):
        return
    found = flip(a, b, w).weights
    if found is not None:
        assert found.sum() == pytest.approx(1)
        assert (found >= 0).all()
        assert ahead(a, b, found) == -ahead(a, b, w)


@given(rows(gaps=False))
def test_no_smaller_change_of_weights_does(case):
    """Against the linear programme itself: min sum |v - w|, v (b - a) >= 0, v on the simplex."""
    from scipy.optimize import linprog

    a, b, w = case
    w = w / w.sum()
    found = flip(a, b, w).weights
    gain, size = (b - a) * ahead(a, b, w), len(w)
    programme = linprog(
        np.ones(2 * size),
        A_ub=[np.append(-gain, gain)],
        b_ub=[w @ gain],
        A_eq=[np.append(np.ones(size), -np.ones(size))],
        b_eq=[0],
        bounds=[(0, 1)] * size + [(0, share) for share in w],
    )
    if found is None:
        assert (gain <= 1e-8).all()
    else:
        assert programme.status == 0
        assert np.abs(found - w).sum() == pytest.approx(programme.fun, abs=1e-5)


@given(rows())
def test_the_new_rating_does_swap_them_and_no_smaller_change_does(case):
    a, b, w = case
    if not rated(a) or not rated(b):
        return
    found = flip(a, b, w).rating
    changes = np.inf
    if found is not None:
        criterion, value = found
        assert 1 <= value <= 10
        changed = b.copy()
        changed[criterion] = value
        assert ahead(a, changed, w) == -ahead(a, b, w)
        changes = abs(value - b[criterion])
    for j in np.flatnonzero(np.isfinite(b)):
        for value in np.arange(1.0, 11):
            if abs(value - b[j]) < changes - 1e-6:
                changed = b.copy()
                changed[j] = value
                gap = points(changed, w) - points(a, w)
                assert gap <= 0 if ahead(a, b, w) == 1 else gap >= 0


def test_weights_by_hand():
    """a 7.1 against b 6.7 with .5, .3, .2: b does best on the second, worst on the first. A share m
    moved from the first to the second gains 8 m of 0.4: m = 0.05, a change of 0.1 in all."""
    found = flip([9, 4, 7], [6, 9, 5], [0.5, 0.3, 0.2])
    np.testing.assert_allclose(found.weights, [0.45, 0.35, 0.2], atol=1e-8)
    assert found.rating == (0, 7.0), "0.5 more is level, another half is needed for a whole rating"


def test_who_is_ahead_does_not_matter_for_the_weights():
    there = flip([9, 4, 7], [6, 9, 5], [0.5, 0.3, 0.2])
    back = flip([6, 9, 5], [9, 4, 7], [0.5, 0.3, 0.2])
    np.testing.assert_allclose(there.weights, back.weights)
    assert back.rating == (0, 8.0), "b is ahead, so its rating falls"


def test_a_client_behind_on_everything_cannot_pass_by_weights():
    found = flip([5, 5], [4, 5], [1, 1])
    assert found.weights is None
    assert found.rating == (0, 6.0)
    assert flip([10, 10], [4, 4], [1, 1]).rating is None, "one 10 is not enough"
    nothing = flip([10, 10], [10, 10], [1, 1])
    assert (nothing.weights, nothing.rating) == (None, None)


def test_level_clients_count_as_the_first_ahead():
    found = flip([6, 4], [4, 6], [1, 1])
    assert found.rating == (0, 5.0)
    assert ahead([6, 4], [4, 6], found.weights) == -1
    np.testing.assert_allclose(found.weights, 0.5, atol=1e-8)


def test_fractions_are_answered_in_fractions():
    found = flip([9, 4.5, 7], [6, 9, 5], [0.5, 0.3, 0.2])
    assert found.rating[0] == 0
    assert found.rating[1] == pytest.approx(7.1, abs=1e-7)
    assert flip([9, 4.5, 7], [6, 9, 5], [0.5, 0.3, 0.2], whole=True).rating == (0, 8.0)


def test_different_gaps():
    """b lacks the criterion on which a is weak: with weight on it a falls and b does not."""
    a, b, w = [9, 1], [6, nan], [8, 2]
    found = flip(a, b, w)
    # 9 - 8 v = 6 at v = 3/8; b keeps 62.5 % of the weight rated.
    np.testing.assert_allclose(found.weights, [5 / 8, 3 / 8], atol=1e-6)
    assert points(b, found.weights) > points(a, found.weights)
    assert flip(a, b, w, min_coverage=0.7).weights is None


@pytest.mark.parametrize(
    "a, b, weights, message",
    [
        ([1, 2], [1], [1, 1], "b: 1 ratings for 2"),
        ([nan, 2], [1, 2], [1, 0], "a: expected at least one"),
        ([1, 2], [1, 2], [0, 0], "weights"),
    ],
)
def test_impossible_questions_are_refused(a, b, weights, message):
    with pytest.raises(ValueError, match=message):
        flip(a, b, weights)


def test_what_would_lift_a_client():
    """6.7 with .5, .3, .2; the line at 7.1: 0.4 more, so 0.8, 1.34 or 2 on one criterion, upwards
    to the next whole one, and past the line rather than on it."""
    np.testing.assert_allclose(lift([6, 9, 5], [5, 3, 2], 7.1), [7, nan, 8])
    np.testing.assert_allclose(lift([6, 9, 5], [5, 3, 2], 7.0), [7, nan, 7])
    np.testing.assert_allclose(
        lift([6, 8, 5], [5, 3, 2], 6.8, whole=False), [6.8, 9.3333333, 7], atol=1e-6
    )


def test_what_would_drop_it():
    np.testing.assert_allclose(lift([9, 4, 7], [5, 3, 2], 6.7), [8, 2, 4])


def test_a_missing_rating_has_an_answer_too():
    """(5 x 6 + 2 r) / 7 above 6.5 takes r above 7.75; with 5.9 any rating above 5.65 keeps it up,
    so it is asked from the other side: which one drops it below."""
    np.testing.assert_allclose(lift([6, nan], [5, 2], 6.5), [7, 8])
    np.testing.assert_allclose(lift([6, nan], [5, 2], 5.9), [5, 5])


@given(rows(), st.floats(1, 10))
def test_lifted_it_is_on_the_other_side(case, line):
    row, _, w = case
    if not rated(row):
        return
    above = points(row, w) > np.round(line, 9)
    for j, value in enumerate(lift(row, w, line)):
        if np.isnan(value):
            continue
        changed = row.copy()
        changed[j] = value
        now = points(changed, w)
        assert now < np.round(line, 9) if above else now > np.round(line, 9)


@given(rows())
def test_the_difference_of_two_clients_is_the_sum_of_its_parts(case):
    a, b, w = case
    if not rated(a) or not rated(b):
        return
    parts = difference(a, b, w)
    gap = weighted_score([a], w).score[0] - weighted_score([b], w).score[0]
    assert (parts.from_ratings + parts.from_weights).sum() == pytest.approx(gap, abs=1e-9)
    if (np.isfinite(a) == np.isfinite(b)).all():
        np.testing.assert_allclose(parts.from_weights, 0, atol=1e-12)
        each = contributions([a], w)[0] - contributions([b], w)[0]
        np.testing.assert_allclose(parts.from_ratings, each, atol=1e-9)


def test_where_no_coverage_is_asked_for_weights_still_leave_both_a_score():
    """The nearest corner of the weights would leave one of them without any."""
    a, b, w = (6, 9, nan), (nan, 9, 2), (0.01, 0.34, 0.65)
    found = flip(a, b, w, min_coverage=0).weights
    assert found is not None
    assert ahead(a, b, w) == 1
    assert ahead(a, b, found) == -1
    assert flip((7, 8), (nan, 5), (0.8, 0.2), min_coverage=0).weights is None


def test_an_answer_of_the_solver_that_does_not_hold_is_not_handed_on(monkeypatch):
    stopped = SimpleNamespace(status=0, x=np.zeros(6), fun=0.0)
    monkeypatch.setattr("scipy.optimize.linprog", lambda **_programme: stopped)
    assert flip((9, 9, nan), (nan, 2, 8), (0.4, 0.4, 0.2)).weights is None
