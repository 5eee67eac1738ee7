"""Entry and exit apart: the list is filled, does not flicker, and obeys what people overrode."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.selection import propose_by_place, propose_by_points, turnover


def outcome(*args, **flags) -> list[str]:
    return propose_by_place(*args, **flags).outcome.tolist()


def test_without_a_gap_the_list_is_the_first_n():
    place = [1, 2, 3, 4, 5]
    member = [True, False, False, True, False]
    assert outcome(place, member, 3) == ["stay", "enter", "enter", "leave", "out"]


def test_inside_the_band_nothing_moves():
    """N = 10, g = 1: a member may slip to 11, another has to reach 9 (methods 1.4)."""
    place = np.arange(1, 13)
    member = (place <= 9) | (place == 11)  # 10 has not entered, 11 has not left
    assert outcome(place, member, 10, 1) == ["stay"] * 9 + ["out", "watch", "out"]


def test_far_enough_inside_enters_and_the_last_member_gives_way():
    place = np.arange(1, 13)
    member = (place != 9) & (place <= 11)  # place 9 is new, and comes far enough
    assert outcome(place, member, 10, 1) == ["stay"] * 8 + ["enter", "stay", "leave", "out"]


def test_a_list_that_is_too_short_is_filled_members_first():
    place = [1, 2, 3, 4, 7, 8]
    member = [True, False, False, False, False, True]
    # 2 enters (2 <= 4 - 1); the member at 8 is beyond 5 but fills before 3 and 4 do.
    assert outcome(place, member, 4, 1) == ["stay", "enter", "enter", "out", "out", "watch"]


def test_must_takes_a_seat_never_gives_it_to_the_next():
    place = [1, 2, 3, 4, 0]
    member = [False] * 5
    found = outcome(place, member, 3, must=[False] * 4 + [True], never=[True] + [False] * 4)
    assert found == ["out", "enter", "enter", "out", "enter"]


def test_a_fresh_change_stays():
    place, member = [1, 2, 3], [False, True, True]
    found = outcome(place, member, 2, frozen=[True, False, True])
    assert found[0] == "out"
    assert found[1] == "stay"
    assert found[2] in ("stay", "watch")


def test_a_member_without_a_place_leaves():
    assert outcome([0, 1, 2], [True, True, False], 2) == ["leave", "stay", "enter"]


def test_nobody():
    assert outcome([], [], 5) == []
    assert outcome([1, 2], [True, False], 0) == ["leave", "out"]


def test_by_points():
    score = [8.0, 7.4, 7.0, 6.6, np.nan, 7.6]
    member = [False, False, True, True, True, True]
    found = propose_by_points(score, member, 7.0, 0.5).outcome.tolist()
    assert found == ["enter", "out", "stay", "watch", "leave", "stay"]
    below = propose_by_points([6.4], [True], 7.0, 0.5).outcome.tolist()
    assert below == ["leave"]


def test_turnover():
    assert turnover([1, 2, 3, 4], [1, 2, 3, 5], 4) == 0.25
    assert turnover([1], [1], 1) == 0
    assert np.isnan(turnover([], [], 0))


lists = st.integers(0, 40).flatmap(
    lambda n: st.tuples(
        st.permutations(range(1, n + 1)),
        st.lists(st.booleans(), min_size=n, max_size=n),
        st.integers(0, 15),
        st.integers(0, 5),
        st.lists(st.sampled_from(["", "must", "never"]), min_size=n, max_size=n),
    )
)


@given(lists)
def test_the_same_data_twice_give_the_same_list(case):
    place, member, n, gap, kinds = case
    flags = {kind: np.array(kinds, dtype=object) == kind for kind in ("must", "never")}
    once = propose_by_place(place, member, n, gap, **flags).listed
    twice = propose_by_place(place, once, n, gap, **flags).listed
    assert once.tolist() == twice.tolist()


@given(lists)
def test_the_list_is_as_long_as_it_can_be(case):
    place, member, n, gap, kinds = case
    must, never = (np.array(kinds, dtype=object) == kind for kind in ("must", "never"))
    listed = propose_by_place(place, member, n, gap, must=must, never=never).listed
    assert listed.sum() == max(must.sum(), min(n, len(place) - never.sum()))
    assert listed[must].all()
    assert not listed[never].any()


@given(lists, st.randoms(use_true_random=False))
def test_noise_inside_the_band_changes_nothing(case, random):
    """Places within (n - gap, n + gap] are shuffled: whoever is on the list stays on it."""
    place, _member, n, gap, _kinds = case
    place = np.array(place, dtype=int)
    listed = propose_by_place(place, place <= n, n, gap).listed
    band = np.flatnonzero((place > n - gap) & (place <= n + gap))
    shuffled = place.copy()
    values = place[band].tolist()
    random.shuffle(values)
    shuffled[band] = values
    assert propose_by_place(shuffled, listed, n, gap).listed.tolist() == listed.tolist()


def test_numbers_are_checked():
    with pytest.raises(ValueError):
        propose_by_points([[1.0]], [True], 5)
