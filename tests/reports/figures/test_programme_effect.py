"""The programme's effect on simulated clients: nothing where there is none, 10 % where it is 10."""

import numpy as np
import pytest

from reports.figures.programme_effect import (
    HARMS,
    OPEN,
    PAYS,
    PEERS,
    TOO_EARLY,
    TOO_FEW,
    UNLIKE,
    compared,
    effect,
    increments,
    judge,
    nearest,
    payback,
    programme_return,
)

MONTHS = 36


def simulated(rng, *, share=0.0, treated=40, others=240, trend=0.0):
    """Monthly profit: sizes, a market that grows, an own way of each client, and noise."""
    n = treated + others
    size = np.exp(rng.normal(10, 0.5, n))
    market = 1 + 0.004 * np.arange(MONTHS) + 0.05 * np.sin(np.arange(MONTHS) / 2)
    steps = rng.normal(0, 0.02, (n, MONTHS)).cumsum(axis=1)
    noise = np.exp(rng.normal(0, 0.1, (n, MONTHS)) + steps)
    profit = size[:, None] * market * noise
    who = np.arange(treated)
    start = rng.choice([24, 26, 28], treated)
    for row, first in zip(who, start, strict=True):
        profit[row, first:] *= 1 + share
        profit[row, first - 12 :] *= 1 + trend
    never = np.arange(n) >= treated
    return profit, np.zeros(n, dtype=np.int64), who, start, never


def covered(runs: int, seed: int) -> float:
    rng = np.random.default_rng(seed)
    hits = 0
    for run in range(runs):
        found = judge(*simulated(rng), seed=run, draws=400).measured
        hits += found.low <= 0 <= found.high
    return hits / runs


def test_without_an_effect_the_interval_covers_nothing_as_often_as_it_says():
    assert 0.93 <= covered(500, 11) <= 0.97


def test_an_effect_of_a_tenth_is_recovered():
    rng = np.random.default_rng(5)
    found = [judge(*simulated(rng, share=0.1), seed=run, draws=200).measured for run in range(30)]
    assert np.mean([each.share for each in found]) == pytest.approx(0.1, abs=0.01)
    assert np.mean([each.low <= 0.1 <= each.high for each in found]) >= 0.8


def test_verdicts():
    rng = np.random.default_rng(7)
    assert judge(*simulated(rng, share=0.3)).word == PAYS
    assert judge(*simulated(rng, share=-0.3)).word == HARMS
    apart = judge(*simulated(rng, trend=0.5))
    assert apart.word == UNLIKE, "they went apart before"
    assert (apart.found, apart.rows) == (None, None), "no figure with a failed placebo"
    assert apart.placebo.low > 0
    profit, kind, who, start, never = simulated(rng)
    assert judge(profit, kind, who, np.full(40, MONTHS - 3), never).word == TOO_EARLY
    assert judge(profit, kind, who[:3], start[:3], never).word == TOO_FEW
    few = never.copy()
    few[45:] = False
    assert judge(profit, kind, who, start, few).word == TOO_FEW, "nobody to compare with"
    assert judge(*simulated(np.random.default_rng(1))).word in (OPEN, PAYS, HARMS, UNLIKE)


def test_look_alikes_are_never_key_of_the_same_kind_within_the_caliper():
    rng = np.random.default_rng(9)
    before = np.exp(rng.normal(8, 1, (80, 1))) * np.ones((80, 12))
    kind = np.arange(80) % 2
    treated, never = np.array([0, 1, 2]), np.arange(80) > 2
    found = nearest(before, kind, treated, never)
    score = np.log(before[:, 0])
    for row, who in enumerate(treated):
        near = found[row][found[row] >= 0]
        assert never[near].all()
        assert (kind[near] == kind[who]).all()
        assert (np.abs(score[near] - score[who]) <= 0.25 * score.std() + 1e-9).all()
        assert who not in near
        assert len(set(near.tolist())) == len(near)
    assert (nearest(np.zeros((9, 12)), np.zeros(9), np.array([0]), np.arange(9) > 0) == -1).all()


def test_the_effect_by_hand():
    own, peers = np.array([1.2, 1.0]), np.full((2, PEERS), 1.0)
    ids = np.arange(10).reshape(2, PEERS)
    found = effect(
        own, peers, ids, np.ones(2), np.array([100.0, 300.0]), np.full(2, 10.0),
        np.random.default_rng(1),
    )  # fmt: skip
    # (1.2 × 1000 + 1.0 × 3000) ÷ 4000 − 1 = 5 %; 0.2 × 1000 in money.
    assert found.share == pytest.approx(0.05)
    assert found.money == pytest.approx(200)
    assert found.low < 0.05 < found.high
    assert found.clients == 2
    assert effect(own[:1], peers[:1], ids[:1], own[:1], own[:1], own[:1], None) is None


def test_windows():
    profit = np.full((8, 30), 100.0)
    profit[0, 20:] = 150
    rows, match = compared(profit, np.zeros(8), np.array([0]), np.array([20]), np.arange(8) > 0)
    assert rows.own.tolist() == [1.5]
    assert rows.before.tolist() == [100]
    assert rows.months.tolist() == [10]
    assert (match[0] > 0).all()
    none, _match = compared(profit, np.zeros(8), np.array([0]), np.array([5]), np.arange(8) > 0)
    assert len(none.row) == 0, "no whole year before"


def test_what_was_gained_by_month_sums_to_the_money():
    profit, kind, who, start, never = simulated(np.random.default_rng(3), share=0.1)
    found = judge(profit, kind, who, start, never)
    gained = increments(profit, found.rows, who[found.rows.row], start[found.rows.row])
    assert gained.sum() == pytest.approx(found.found.money)
    assert (gained[:24] == 0).all()


def test_payback():
    gained, spent = np.array([0.0, 50, 60, 10]), np.array([100.0, 0, 0, 0])
    assert payback(gained, spent, 0.0) == 3
    assert payback(gained, spent, 5.0) is None, "a dear year"
    assert payback(gained, np.zeros(4), 0.1) is None
    assert payback(np.zeros(0), np.zeros(0), 0.1) is None
    assert programme_return(150, 100) == 0.5
    assert programme_return(5, 0) is None
