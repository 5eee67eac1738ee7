"""The value of one more rating: against trying every rating out."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.information import ENOUGH_PEERS, next_to_rate, value_of_information
from scoring.engine.score import weighted_score

nan = float("nan")


def by_trying(r, w, n_key, i, j, peers, **kept):
    """How often the seat of client i changes, over the ratings that it might get."""
    listed = weighted_score(r, w, **kept).rank[i] <= n_key
    changed = 0
    for rating in peers:
        tried = r.copy()
        tried[i, j] = rating
        changed += (weighted_score(tried, w, **kept).rank[i] <= n_key) != listed
    return changed / len(peers)


@st.composite
def cases(draw):
    clients, criteria = draw(st.integers(1, 45)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    shape = (clients, criteria)
    r = (
        rng.integers(1, 11, shape).astype(float)
        if draw(st.booleans())
        else rng.uniform(1, 10, shape)
    )
    r[rng.random(shape) < 0.25] = nan
    old = np.isfinite(r) & (rng.random(shape) < 0.2)
    must = rng.random(criteria) < 0.2
    return r, rng.dirichlet(np.ones(criteria) * 3), draw(st.integers(1, clients)), old, must


@settings(max_examples=40)
@given(cases())
def test_it_is_the_share_of_ratings_that_change_the_seat(case):
    r, w, n, old, must = case
    found = value_of_information(r, w, n, old=old, mandatory=must)
    asked = np.isnan(r) | old
    np.testing.assert_array_equal(np.isnan(found.value), ~asked)
    for i, j in np.argwhere(asked)[:25]:
        peers = r[np.isfinite(r[:, j]), j]
        if len(peers) < ENOUGH_PEERS:
            peers = np.arange(1.0, 11)
        expected = by_trying(r, w, n, i, j, peers, mandatory=must)
        assert found.value[i, j] == pytest.approx(expected, abs=1e-12)


@settings(max_examples=20)
@given(cases())
def test_only_who_can_cross_the_line_is_worth_asking_about(case):
    r, w, n, _, _ = case
    found = value_of_information(r, w, n)
    off = ~(weighted_score(r, w).rank <= n)
    worth = (np.nan_to_num(found.value) > 0).any(axis=1)
    assert not (worth & off & ~found.could).any()


def test_by_hand():
    """Weights 1, 1; seats for one. The second client, 6 and missing, passes the first one's 7 from
    (6 + r) / 2 >= 7, so with 8, 9 or 10: three of ten. The others have nothing to gain."""
    found = value_of_information([[7, 7], [6, nan], [1, nan]], [1, 1], 1, min_coverage=0.5)
    assert found.value[1, 1] == pytest.approx(0.3)
    assert found.needed[1, 1] == pytest.approx(8)
    assert found.value[2, 1] == 0
    np.testing.assert_array_equal(found.could, [False, True, False])


def test_a_client_on_the_list_may_lose_its_seat():
    """10 and missing stands first; with at most 5 it falls behind 7.6: five ratings of ten."""
    found = value_of_information([[10, nan], [7.6, 7.6]], [1, 1], 1, min_coverage=0.5)
    assert found.value[0, 1] == pytest.approx(0.5)


def test_lacking_coverage_a_rating_may_give_a_seat_or_not_be_enough():
    r = [[5, 5, 5], [9, nan, 9], [9, nan, nan]]
    found = value_of_information(r, [2, 5, 3], 1, min_coverage=0.6)
    # The second has 50 % and gets 100 %: 5 of 10 weight; with 9s elsewhere any rating is enough.
    assert found.value[1, 1] == 1
    # The third has 20 %: 70 % with the second criterion, 50 % with the last alone.
    assert found.value[2, 1] == pytest.approx(0.7), "(18 + 5 r) / 7 >= 5 from 3.4"
    assert found.value[2, 2] == 0


def test_what_does_not_apply_is_not_asked():
    may = [[True, True], [True, False]]
    found = value_of_information([[7, 7], [6, nan]], [1, 1], 1, applicable=may)
    assert np.isnan(found.value).all()


def test_peers_are_those_of_the_segment_where_there_are_enough():
    small = np.column_stack([np.full(20, 5.0), np.full(20, 2.0)])
    large = np.column_stack([np.full(20, 5.0), np.full(20, 10.0)])
    asked = [[6, nan], [6, nan]]
    r = np.vstack([small, large, asked])
    segments = ["small"] * 20 + ["large"] * 20 + ["small", "large"]
    kept = {"min_coverage": 0.5, "segments": segments}
    found = value_of_information(r, [1, 1], 20, **kept)
    # Both are off the list, whose line is 7.5: a 10 takes one onto it, a 2 does not.
    np.testing.assert_allclose(found.value[40:, 1], [0, 1])
    together = value_of_information(r, [1, 1], 20, min_coverage=0.5)
    np.testing.assert_allclose(together.value[40:, 1], 0.5)
    few = value_of_information(r, [1, 1], 20, **{**kept, "segments": [*segments[:-1], "other"]})
    assert few.value[41, 1] == pytest.approx(0.5), "no peers of its own: all are"


def test_edges():
    assert value_of_information(np.empty((0, 2)), [1, 1], 1).value.shape == (0, 2)
    alone = value_of_information([[nan, nan]], [1, 1], 1, min_coverage=0.5)
    np.testing.assert_allclose(alone.value, [[1, 1]])
    assert np.nan_to_num(value_of_information([[5, nan], [4, 4]], [1, 1], 0).value).sum() == 0
    assert np.isnan(value_of_information([[5, nan]], [1, 0], 1).value).all(), "no weight, no value"
    with pytest.raises(ValueError, match="old"):
        value_of_information([[5, nan]], [1, 1], 1, old=[True])
    with pytest.raises(ValueError, match="n_key"):
        value_of_information([[5, nan]], [1, 1], -1)


def test_the_queue_starts_with_what_is_worth_most():
    value = [[nan, 0.3], [0.5, 0.0], [0.3, nan]]
    assert next_to_rate(value) == [(1, 0, 0.5), (0, 1, 0.3), (2, 0, 0.3)]
    assert next_to_rate(value, 2) == [(1, 0, 0.5), (0, 1, 0.3)]
    assert next_to_rate(value, 0) == []
    assert next_to_rate(np.full((2, 2), nan)) == []
