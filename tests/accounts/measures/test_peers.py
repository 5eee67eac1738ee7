"""Look-alikes and what they tell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.measures.peers import (
    estimated_wallet,
    gaps,
    look_alikes,
    potential,
    share_of_wallet,
)

nan = float("nan")


def alike(n, size=1.0, k=20):
    return look_alikes([np.zeros(n, int)], np.full(n, size), np.ones(n, bool), k)


def test_the_nearest_by_ratio_of_sizes():
    found = look_alikes([np.zeros(5, int)], [10, 20, 39, 11, 1000], np.ones(5, bool), k=2)
    assert found[0].tolist() == [3, 1]
    assert found[2].tolist() == [1, 3]
    assert found[4].tolist() == [-1, -1], "nobody within a factor of four"


def test_the_kind_is_asked_before_a_wider_one():
    """Six of the first country, two of the second in the same segment: those two ask the segment."""
    country = np.array([0] * 6 + [1] * 2)
    segment = np.zeros(8, int)
    found = look_alikes([country, segment], np.ones(8), np.ones(8, bool))
    assert set(found[0]) == {1, 2, 3, 4, 5, -1}
    assert set(found[6]) == {0, 1, 2, 3, 4, 5, 7, -1}


def test_only_buyers_of_known_size_are_look_alikes():
    size = [1.0, 1.0, nan, 0.0, 1.0]
    found = look_alikes([np.zeros(5, int)], size, [True, False, True, True, True])
    assert set(found[1]) == {0, 4, -1}, "one that does not buy has look-alikes of its own"
    assert set(found[2]) == {-1}
    assert set(found[3]) == {-1}


@given(st.lists(st.floats(0.1, 1e6), min_size=1, max_size=40), st.integers(1, 8))
def test_look_alikes_agree_with_a_plain_search(sizes, k):
    found = look_alikes([np.zeros(len(sizes), int)], sizes, np.ones(len(sizes), bool), k)
    log = np.log(sizes)
    for i, row in enumerate(found):
        distance = np.abs(log - log[i])
        distance[i] = np.inf
        within = np.sort(distance[distance <= np.log(4) + 1e-12])[:k]
        assert i not in row
        mine = np.sort(distance[row[row >= 0]])
        assert mine == pytest.approx(within)


def test_a_gap_by_hand():
    """Nine look-alikes, seven of which buy a family for 10, 20 … 70: the quartiles are 25, 40 and
    55, and the chance to buy at all is (7 + 1) / (9 + 2)."""
    spend = np.zeros((10, 1))
    spend[1:8, 0] = [10, 20, 30, 40, 50, 60, 70]
    found = gaps(spend, alike(10), np.ones(10))
    mine = np.flatnonzero(found.client == 0)[0]
    assert (found.buyers[mine], found.peers[mine], found.own[mine]) == (7, 9, 0)
    chance = 8 / 11
    assert [found.low[mine], found.middle[mine], found.high[mine]] == pytest.approx(
        [25 * chance, 40 * chance, 55 * chance]
    )
    room = potential(found, alike(10))
    assert room.middle[0] == pytest.approx(40 * chance)
    assert room.peers[0] == 9


def test_bought_little_of():
    """The client buys for 5 what three in four of its look-alikes buy for 10 and more."""
    spend = np.array([[5.0], [10], [10], [20], [20], [30]])
    found = gaps(spend, alike(6), np.ones(6))
    mine = np.flatnonzero(found.client == 0)[0]
    assert [found.low[mine], found.middle[mine], found.high[mine]] == pytest.approx([5, 15, 15])
    assert 5 not in found.client, "the largest has no room"


def test_spending_is_compared_by_size():
    size = np.array([2.0, 1, 1, 1, 1, 1])
    spend = np.array([[0.0], [10], [10], [10], [10], [10]])
    peers = look_alikes([np.zeros(6, int)], size, np.ones(6, bool))
    found = gaps(spend, peers, size)
    assert found.middle[found.client == 0] == pytest.approx(20 * 6 / 7)


@pytest.mark.parametrize("clients", [1, 2, 5])
def test_four_look_alikes_are_not_enough(clients):
    spend = np.ones((clients, 2))
    room = potential(gaps(spend, alike(clients), np.ones(clients)), alike(clients))
    assert np.isnan(room.middle).all()
    assert np.isnan(estimated_wallet(spend[:, 0], np.ones(clients), alike(clients))).all()


def test_a_family_bought_by_four_tells_nothing():
    spend = np.zeros((12, 1))
    spend[:4] = 100
    assert not len(gaps(spend, alike(12), np.ones(12)).client)
    assert potential(gaps(spend, alike(12), np.ones(12)), alike(12)).middle.tolist() == [0] * 12


def test_nobody_and_no_families():
    assert look_alikes([np.zeros(0, int)], [], []).shape == (0, 20)
    assert not len(gaps(np.zeros((0, 3)), np.zeros((0, 20), int), []).client)
    assert not len(gaps(np.zeros((9, 0)), alike(9), np.ones(9)).client)


def test_what_is_said_of_the_wallet_bounds_the_range():
    spend = np.zeros((8, 1))
    spend[1:] = 100
    peers = alike(8)
    room = potential(gaps(spend, peers, np.ones(8)), peers, [30, *[nan] * 7])
    assert (room.low[0], room.high[0]) == (30, 30)
    none_left = potential(gaps(spend, peers, np.ones(8)), peers, [-5, *[nan] * 7])
    assert none_left.high[0] == 0


def test_wallet_of_the_best_among_equals():
    """Eleven equal in size buy for 0, 10 … 100: the quantile 0.8 of the ten others of the first
    is 82 (type 7), and who buys more already has what it buys."""
    revenue = np.arange(0, 110, 10.0)
    wallet = estimated_wallet(revenue, np.ones(11), alike(11))
    assert wallet[0] == pytest.approx(82)
    assert wallet[10] == 100
    assert share_of_wallet(revenue, wallet)[[0, 10]].tolist() == [0, 100]
    assert share_of_wallet([50, 5, -5, 10], [25, 0, 10, nan]).tolist()[:1] == [100]
    assert np.isnan(share_of_wallet([5], [0]))[0]


def test_a_hidden_purchase_is_recommended_oftener_than_the_popular_one():
    """Two kinds of clients buy two different baskets.  One purchase of each client is hidden: the
    widest gap has to name it more often than the family that most clients buy."""
    rng = np.random.default_rng(6)
    n, families = 400, 8
    kind = rng.integers(0, 2, n)
    likes = np.where(kind[:, None] == 0, np.arange(families) < 4, np.arange(families) >= 4)
    size = rng.lognormal(0, 0.6, n)
    spend = np.where(
        likes & (rng.random((n, families)) < 0.85), rng.lognormal(2, 0.4, (n, families)), 0
    )
    spend *= size[:, None]
    spend[kind == 0] *= 3  # the popular families are those of the first kind
    hidden = np.array([rng.choice(np.flatnonzero(row)) if row.any() else -1 for row in spend])
    shown = spend.copy()
    shown[np.arange(n)[hidden >= 0], hidden[hidden >= 0]] = 0
    peers = look_alikes([kind], size, np.ones(n, bool))
    found = gaps(shown, peers, size)
    best = np.full(n, -1)
    for row in np.argsort(found.middle):
        best[found.client[row]] = found.family[row]
    popular = np.array([np.argmax(np.where(row > 0, 0, shown.sum(axis=0))) for row in shown])
    tried = hidden >= 0
    assert (best == hidden)[tried].mean() > 0.45
    assert (best == hidden)[tried].mean() > 1.5 * (popular == hidden)[tried].mean()


def test_huge_and_negative_amounts():
    spend = np.full((8, 2), 1e15)
    spend[0] = [-50, 0]
    found = gaps(spend, alike(8), np.ones(8))
    assert np.isfinite(found.middle).all()
    assert (found.own >= 0).all()
