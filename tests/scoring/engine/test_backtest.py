"""What an order was worth, and how sure that is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.backtest import (
    Origin,
    _weights,
    chances,
    evaluate,
    gains,
    ranks,
    trial,
)
from tests.oracles import oracle

nan = float("nan")
outcomes = st.lists(
    st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 2)), min_size=1, max_size=40
)


def test_published_rankings():
    """Järvelin & Kekäläinen's NDCG as scikit-learn's documentation works it out, ties included,
    and Spearman's rho of the textbook example."""
    cases = oracle("ranking_metrics")
    for case in cases["cases"]:
        if case["metric"].startswith("ndcg"):
            n = 4 if "@4" in case["metric"] else len(case["true"])
            found = evaluate(case["score"], case["true"], n).ndcg
        elif case["metric"] == "spearman":
            found = evaluate(case["x"], case["y"], 1).spearman
        elif case["metric"].startswith("dcg"):
            rel = case["rel"]
            found = evaluate(range(len(rel), 0, -1), rel, len(rel)).ndcg
            case = case | {"expected": case["ndcg"]}
        else:
            continue
        assert found == pytest.approx(case["expected"], abs=1e-3)


def test_by_hand():
    """Four clients bring 10, −2, 6, 2 (mean 4); the first two by score bring 10 and 2."""
    result = evaluate([9, 1, 2, 8], [10, -2, 6, 2], 2)
    assert result.lift == pytest.approx(6 / 4)
    assert result.difference == pytest.approx(2)
    assert result.precision == pytest.approx(1 / 2)
    assert result.captured == pytest.approx(12 / 16)
    assert result.regret == pytest.approx(4)
    gain = (1 + 0.2 / np.log2(3)) / (1 + 0.6 / np.log2(3))
    assert result.ndcg == pytest.approx(gain)
    assert result.spearman == pytest.approx(0.8)
    assert result.chosen == 2


@given(outcomes, st.integers(1, 50))
def test_a_perfect_score_leaves_nothing_to_regret(y, n):
    result = evaluate(y, y, n)
    scale = max(map(abs, y)) * len(y)
    assert result.regret == pytest.approx(0, abs=1e-9 * scale)
    assert result.precision == pytest.approx(1)
    if max(y) > 0:
        assert result.ndcg == pytest.approx(1)
    if len(set(y)) > 1:
        assert result.spearman == pytest.approx(1)


@given(outcomes, st.integers(1, 50))
def test_equals_are_a_lottery(y, n):
    """A score that tells nobody apart is the random rival, by expectation and not by sampling."""
    result = evaluate([5.0] * len(y), y, n)
    assert result.difference == pytest.approx(0, abs=1e-9 * (1 + max(map(abs, y)) * len(y)))
    assert result.chosen == pytest.approx(min(n, len(y)))
    assert np.isnan(result.spearman)
    if sum(y) > 1e-6 * max(map(abs, y)):
        assert result.lift == pytest.approx(1, abs=1e-6)


@given(outcomes, st.integers(1, 50), st.randoms(use_true_random=False))
def test_the_order_of_clients_in_memory_does_not_matter(y, n, random):
    score = [round(random.uniform(1, 10)) for _ in y]
    order = list(range(len(y)))
    random.shuffle(order)
    one = evaluate(score, y, n)
    other = evaluate([score[i] for i in order], [y[i] for i in order], n)
    for name, value in vars(one).items():
        assert getattr(other, name) == pytest.approx(value, rel=1e-9, abs=1e-6, nan_ok=True)


@given(st.integers(0, 10_000))
def test_shuffled_outcomes_lift_by_one_within_noise(seed):
    """The mean of n drawn without replacement differs from the mean of all by its standard error."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(rng.lognormal(2, 0.5, 400))
    score = rng.normal(size=400)
    n = 100
    error = y.std(ddof=1) / y.mean() * np.sqrt((1 - n / 400) / n)
    assert abs(evaluate(score, y, n).lift - 1) < 6 * error


def test_lift_means_nothing_where_the_mean_is_not_positive():
    result = evaluate([3, 2, 1], [5, -5, 0], 1)
    assert np.isnan(result.lift)
    assert np.isnan(result.captured)
    assert result.difference == 5
    assert np.isnan(evaluate([3, 2, 1], [-1, -2, -3], 1).ndcg), "nobody gained"


def test_who_has_no_score_is_never_chosen():
    result = evaluate([nan, 2, nan], [100, 1, 1], 2)
    assert result.chosen == 1
    assert result.precision == pytest.approx(0.5), "one of two seats, by a client as good as any"
    assert result.regret == 100
    nobody = evaluate([nan, nan], [1, 2], 1)
    assert nobody.chosen == 0
    assert np.isnan(nobody.lift)


def test_none_and_one():
    assert np.isnan(evaluate([], [], 3).lift)
    one = evaluate([7], [12], 3)
    assert (one.lift, one.precision, one.captured, one.regret, one.ndcg) == (1, 1, 1, 0, 1)


def test_huge_values_stay_finite():
    result = evaluate([2, 1, 0], [1e300, 1.0, -1e300], 1)
    assert result.ndcg == 1
    assert result.regret == 0


@pytest.mark.parametrize(
    "score, outcome, n", [([1, 2], [1], 1), ([1, 2], [1, nan], 1), ([1, 2], [1, 2], 0)]
)
def test_impossible_questions_are_refused(score, outcome, n):
    with pytest.raises(ValueError):
        evaluate(score, outcome, n)


def test_equal_outcomes_share_the_last_seats():
    """Two seats, one clear winner and three who tie for the other: choosing two of those fills
    one seat only."""
    assert evaluate([1, 9, 9, 0], [10, 5, 5, 5], 2).precision == pytest.approx(0.5)


def test_chances_and_ranks():
    assert chances([5, 3, 3, nan], 2).tolist() == [1, 0.5, 0.5, 0]
    assert ranks([5, 3, 3, nan, nan]).tolist() == [5, 3.5, 3.5, 1.5, 1.5]


def test_gains_rise_from_nothing_to_all():
    """Order of the score: 6, 4 (a tie, by expectation), −2; best order 8, 4, −2 of a sum of 12."""
    curve = gains([2, 2, 1], [8, 4, -2], points=4)
    assert curve.chosen == pytest.approx([0, 0.5, 1, 10 / 12])
    assert curve.ideal == pytest.approx([0, 8 / 12, 1, 10 / 12])
    assert curve.random == pytest.approx([0, 10 / 36, 20 / 36, 10 / 12])
    assert gains([2, 1], [-1, 0]) is None
    assert gains([], []) is None


# --- Several dates ------------------------------------------------------------------------------


def planted(seed, clients=600, origins=4, strength=1.0):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(origins):
        signal = rng.normal(size=clients)
        y = 10 + strength * signal * 5 + rng.normal(size=clients) * 5
        scores = {"matrix": signal, "noise": rng.normal(size=clients), "lot": np.zeros(clients)}
        found.append(Origin(np.arange(clients), y, scores, 60))
    return found


def test_a_planted_signal_is_found_and_a_shuffled_one_is_not():
    found = trial(planted(1), resamples=800, seed=3)
    assert found.compare("matrix", "lot").verdict == "better"
    assert found.compare("noise", "matrix").verdict == "worse"
    assert found.compare("noise", "lot").verdict == "no_evidence"
    lift = found.overall["matrix"]["lift"]
    assert 1.2 < lift.low < lift.value < lift.high
    shuffled = trial(planted(2, strength=0.0), resamples=800, seed=3)
    assert shuffled.compare("matrix", "lot").verdict == "no_evidence"
    around = shuffled.overall["matrix"]["lift"]
    assert around.low < 1 < around.high


def test_the_interval_covers_as_often_as_it_says():
    """With no signal at all, about one verdict in twenty says there is one: 200 trials."""
    wrong = sum(
        trial(planted(seed, 200, 3, 0.0), resamples=300, seed=seed).compare("matrix", "lot").verdict
        != "no_evidence"
        for seed in range(100, 300)
    )
    assert wrong <= 22, "binomial(200, 0.05) is above 22 once in two thousand"


def test_the_same_seed_gives_the_same_intervals():
    one, same = trial(planted(5), resamples=200, seed=8), trial(planted(5), resamples=200, seed=8)
    assert one.overall == same.overall
    other = trial(planted(5), resamples=200, seed=9)
    assert other.overall["matrix"]["lift"] != one.overall["matrix"]["lift"]


def test_too_few_dates_have_a_figure_and_no_verdict():
    found = trial(planted(1, origins=2), resamples=100)
    verdict = found.compare("matrix", "lot")
    assert verdict.origins == 2
    assert verdict.verdict is None
    assert np.isnan(verdict.difference.low)
    assert np.isfinite(found.figures[0]["matrix"]["lift"].low), "a date of its own has one"


def test_a_rival_that_was_there_at_some_dates_is_compared_at_those():
    origins = planted(1)
    del origins[0].scores["noise"]
    found = trial(origins, resamples=100)
    assert found.compare("matrix", "noise").origins == 3
    assert found.compare("matrix", "absent").verdict is None


def test_resampling_agrees_with_the_plain_figure():
    """Each resampled figure is the plain one with clients repeated: checked for whole weights,
    where the chosen stay the same ones."""
    rng = np.random.default_rng(0)
    y, score = rng.normal(5, 2, 50), rng.normal(size=50)
    found = trial([Origin(np.arange(50), y, {"a": score}, 10)], resamples=40, seed=4)
    weights = _weights(np.random.default_rng(4), 40, 50)
    chosen = chances(score, 10) > 0
    for weight, lift in zip(weights, found.draws[0]["a"]["lift"], strict=True):
        plain = np.repeat(y[chosen], weight[chosen].astype(int)).mean()
        assert lift == pytest.approx(plain / np.repeat(y, weight.astype(int)).mean(), rel=1e-5)


def test_weights_are_poisson():
    drawn = _weights(np.random.default_rng(0), 500, 2000)
    assert drawn.mean() == pytest.approx(1, abs=0.004)
    assert drawn.var() == pytest.approx(1, abs=0.01)
    assert (drawn == 0).mean() == pytest.approx(np.exp(-1), abs=0.002)


def test_clients_of_different_dates_are_drawn_together():
    """The same clients at each date, with the same outcomes: three dates are no more than one."""
    rng = np.random.default_rng(0)
    y, score = rng.normal(5, 2, 300), rng.normal(size=300)
    origins = [Origin(np.arange(300), y, {"a": score, "lot": np.zeros(300)}, 30)] * 3
    found = trial(origins, resamples=400)
    one, all_three = found.figures[0]["a"]["difference"], found.overall["a"]["difference"]
    assert (one.low, one.high) == pytest.approx((all_three.low, all_three.high), rel=1e-5)


def test_light_contenders_get_the_few_figures():
    found = trial(planted(1), resamples=50, light=("noise",))
    assert set(found.overall["noise"]) == {"lift", "captured", "difference"}
    assert set(found.overall["matrix"]) > {"spearman", "ndcg", "regret"}


def test_a_ratio_to_a_mean_that_may_be_negative_is_no_figure():
    """The mean of all is barely above zero: lift would be huge and mean nothing."""
    rng = np.random.default_rng(3)
    y = rng.normal(0, 100, 300)
    y += 0.5 - y.mean()
    origins = [Origin(np.arange(300), y, {"a": rng.normal(size=300)}, 30)] * 3
    found = trial(origins, resamples=200)
    assert abs(evaluate(origins[0].scores["a"], y, 30).lift) > 1
    assert np.isnan(found.figures[0]["a"]["lift"].value)
    assert "lift" not in found.overall["a"]
    assert np.isfinite(found.overall["a"]["difference"].low)
