"""How sure a list is: against geometry, grids, enumeration, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.engine.ratings import DecileBand, Threshold, rate
from scoring.engine.robustness import (
    acceptability,
    contested_seats,
    entropy,
    most_fragile,
    reversals,
    seat_bounds,
    stability_intervals,
    unseparated,
)
from scoring.engine.score import weighted_score
from scoring.engine.weightings import draw, score_bounds, tolerance_box
from scoring.engine.weights import normalise
from tests.oracles import oracle

nan = float("nan")


@st.composite
def cases(draw, least=1, most=12, gaps=True):
    """Ratings (whole or not, some missing, each client rated on something), weights and seats."""
    clients, criteria = draw(st.integers(least, most)), draw(st.integers(1, 5))
    whole, seed = draw(st.booleans()), draw(st.integers(0, 10_000))
    rng = np.random.default_rng(seed)
    shape = (clients, criteria)
    r = rng.integers(1, 11, shape).astype(float) if whole else rng.uniform(1, 10, shape)
    if gaps and draw(st.booleans()):
        holes = rng.random(shape) < 0.3
        holes[np.arange(clients), rng.integers(0, criteria, clients)] = False
        r[holes] = nan
    w = rng.dirichlet(np.ones(criteria) * 3)
    return r, w, draw(st.integers(1, clients + 1))


def plain(ratings, drawn, n_key):
    """Hits, sums of weightings and places, draw by draw with the ordinary score."""
    hits, sums = np.zeros(len(ratings)), np.zeros(ratings.shape)
    places = np.empty((len(ratings), len(drawn)))
    for d, weights in enumerate(drawn):
        places[:, d] = weighted_score(ratings, weights, 0).rank
        listed = places[:, d] <= n_key
        hits[listed] += 1
        sums[listed] += weights
    return hits, sums, places


# --- chances ----------------------------------------------------------------------------------


def test_two_clients_by_geometry():
    """The share of the triangle of all weightings on each side of a line through it, exactly."""
    case = oracle("smaa_exact_two_accounts")
    for one in case["cases"]:
        found = acceptability([one["a"], one["b"]], [1, 1, 1], 1, concentration="uniform")
        assert found.p_key[0] == pytest.approx(
            one["p_a_first"], abs=case["tolerance_for_10k_samples"]
        )
        assert found.p_key.sum() == pytest.approx(1)


def test_two_criteria_by_length():
    """With two criteria all weightings are the segment 0...1, and a is ahead on a part of it:
    10 v + 2 (1 - v) >= 4 v + 5 (1 - v) from v = 1/3 on."""
    r = [[10, 2], [4, 5]]
    whole = acceptability(r, [1, 1], 1, draws=40_000, concentration="uniform")
    assert whole.p_key[0] == pytest.approx(2 / 3, abs=0.01)
    # Evenly over them: the mean weighting of a is (1/3 + 1) / 2.
    np.testing.assert_allclose(whole.central_weights[0], [2 / 3, 1 / 3], atol=0.01)
    np.testing.assert_allclose(whole.central_weights[1], [1 / 6, 5 / 6], atol=0.01)
    # 0.4 (1 +- 0.5) is 0.2...0.6, of which 4/15 / 0.4 lies above 1/3.
    boxed = acceptability(r, [2, 3], 1, draws=40_000, tolerance=0.5)
    assert boxed.p_key[0] == pytest.approx(2 / 3, abs=0.01)


def test_the_leading_alternative_of_three_by_area():
    """Lahdelma, Hokkanen & Salminen (1998): acceptability is the share of the simplex in which an
    alternative is best. Three clients, each best on one of three criteria and alike otherwise: one
    third each by symmetry; a fourth that is middling on all (6) wins where the largest weight is
    below 5/9, as 1 + 9 max(w) < 6 there: all of the triangle but three corners of side 4/9."""
    r = [[10, 1, 1], [1, 10, 1], [1, 1, 10], [6, 6, 6]]
    found = acceptability(r, [1, 1, 1], 1, draws=40_000, concentration="uniform")
    np.testing.assert_allclose(found.p_key[:3], (4 / 9) ** 2, atol=0.01)
    assert found.p_key[3] == pytest.approx(1 - 3 * (4 / 9) ** 2, abs=0.01)


@settings(max_examples=40)
@given(cases(), st.sampled_from([{"tolerance": 0.3}, {}, {"concentration": "uniform"}]))
def test_counts_are_those_of_ranking_draw_by_draw(case, spread):
    """Both with and without leaving out hopeless clients, to the last count and place."""
    r, w, n = case
    drawn = draw(normalise(w), 60, 7, spread.get("tolerance"), spread.get("concentration"))
    hits, sums, places = plain(r, drawn, n)
    for prune in (True, False):
        found = acceptability(r, w, n, 60, 7, prune=prune, **spread)
        np.testing.assert_allclose(found.p_key * 60, hits, rtol=1e-12)
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(found.central_weights, sums / hits[:, None], rtol=1e-12)
        for side, q, method in (("rank_low", 2.5, "lower"), ("rank_high", 97.5, "higher")):
            expected = np.percentile(places, q, axis=1, method=method)
            np.testing.assert_array_equal(getattr(found, side), expected)


def test_counts_of_many_clients_are_those_of_double_precision():
    """Scores equal or nearly so at the line: float32 alone would tell them apart at random."""
    rng = np.random.default_rng(4)
    r = np.repeat(rng.integers(4, 8, (300, 4)).astype(float), 5, axis=0)
    r[::5] += rng.choice([0, 1e-7, -1e-7, 1e-10], (300, 4))
    r[rng.random(r.shape) < 0.05] = nan
    drawn = draw(np.full(4, 0.25), 300, 1, 0.2, None)
    hits, _, _ = plain(r, drawn, 100)
    found = acceptability(r, np.ones(4), 100, 300, 1, tolerance=0.2)
    scored = np.isfinite(r).any(axis=1)
    np.testing.assert_allclose(found.p_key[scored] * 300, hits[scored], rtol=1e-12)
    assert np.isnan(found.p_key[~scored]).all()


@given(cases())
def test_no_tolerance_is_the_plain_ranking(case):
    r, w, n = case
    rank = weighted_score(r, w, 0).rank
    found = acceptability(r, w, n, draws=50, tolerance=0)
    np.testing.assert_array_equal(found.p_key, rank <= n)
    np.testing.assert_array_equal(found.rank_low, rank)
    np.testing.assert_array_equal(found.rank_high, rank)
    np.testing.assert_allclose(found.central_weights[rank <= n], np.tile(w, ((rank <= n).sum(), 1)))
    assert np.isnan(found.central_weights[rank > n]).all()
    bounds = seat_bounds(r, w, n, 0)
    np.testing.assert_array_equal(bounds.always, rank <= n)
    np.testing.assert_array_equal(bounds.never, rank > n)


@settings(max_examples=30)
@given(cases(), st.integers(0, 1000))
def test_permuting_clients_permutes_results(case, seed):
    r, w, n = case
    order = np.random.default_rng(seed).permutation(len(r))
    one, other = acceptability(r, w, n, 80), acceptability(r[order], w, n, 80)
    for name in ("p_key", "rank_low", "rank_high"):
        np.testing.assert_array_equal(getattr(other, name), getattr(one, name)[order])
    np.testing.assert_allclose(other.central_weights, one.central_weights[order], rtol=1e-12)
    np.testing.assert_array_equal(
        seat_bounds(r[order], w, n, 0.3).always, seat_bounds(r, w, n, 0.3).always[order]
    )
    np.testing.assert_allclose(
        stability_intervals(r[order], w, n), stability_intervals(r, w, n), atol=1e-9
    )


def test_the_seed_makes_it_repeatable():
    r = np.random.default_rng(0).uniform(1, 10, (50, 4))
    one, same, other = (acceptability(r, [4, 3, 2, 1], 10, 500, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one.p_key, same.p_key)
    assert (one.p_key != other.p_key).any()


def test_seats_are_all_taken():
    """Without ties as many clients are on the list in each draw as there are seats."""
    r = np.random.default_rng(0).uniform(1, 10, (200, 4))
    assert acceptability(r, [4, 3, 2, 1], 25, 400).p_key.sum() == pytest.approx(25)


def test_closer_weights_leave_less_open():
    r = np.random.default_rng(0).uniform(1, 10, (300, 4))
    found = [
        acceptability(r, [4, 3, 2, 1], 30, 2000, concentration=c) for c in (5, 50, 500, 500_000)
    ]
    bits = [one.entropy for one in found]
    assert bits == sorted(bits, reverse=True)
    assert found[0].contested_seats > found[2].contested_seats


def test_who_is_not_eligible_takes_no_seat():
    r = [[10, 10], [8, 8], [6, 6], [nan, nan]]
    found = acceptability(r, [1, 1], 1, 100, eligible=[False, True, True, True])
    np.testing.assert_array_equal(found.p_key, [nan, 1, 0, nan])
    np.testing.assert_array_equal(found.rank_low, [nan, 1, 2, nan])
    bounds = seat_bounds(r, [1, 1], 1, 0.5, eligible=[False, True, True, True])
    np.testing.assert_array_equal(bounds.always, [False, True, False, False])
    np.testing.assert_array_equal(bounds.never, [False, False, True, False])
    assert not bounds.contested.any()


def test_edges_of_size():
    nobody = acceptability(np.empty((0, 2)), [1, 1], 3)
    assert nobody.p_key.shape == (0,)
    assert nobody.central_weights.shape == (0, 2)
    assert acceptability([[5, 5]], [1, 1], 1, 10).p_key.tolist() == [1]
    assert acceptability([[5, 5], [6, 6]], [1, 1], 0, 10).p_key.tolist() == [0, 0]
    assert acceptability([[5, 5], [6, 6]], [1, 1], 5, 10).p_key.tolist() == [1, 1]
    assert acceptability([[5, 5], [5, 5]], [1, 1], 1, 10).p_key.tolist() == [1, 1], "ties count"
    np.testing.assert_array_equal(acceptability([[nan, nan]], [1, 1], 1, 10).p_key, [nan])
    with pytest.raises(ValueError, match="n_key"):
        acceptability([[5, 5]], [1, 1], -1)
    with pytest.raises(ValueError, match="draws"):
        acceptability([[5, 5]], [1, 1], 1, 0)
    with pytest.raises(ValueError, match="either"):
        acceptability([[5, 5]], [1, 1], 1, tolerance=0.1, concentration=5)
    for tolerance in (-0.1, 1.1, nan):
        with pytest.raises(ValueError, match="tolerance"):
            acceptability([[5, 5]], [1, 1], 1, tolerance=tolerance)
    for concentration in (0, -1, nan):
        with pytest.raises(ValueError, match="concentration"):
            acceptability([[5, 5]], [1, 1], 1, concentration=concentration)


def test_so_many_seats_that_counts_are_put_together_on_the_way():
    """Also where nothing is left to add at the end."""
    r = np.random.default_rng(8).uniform(1, 10, (60, 3))
    w = normalise([5, 3, 2])
    found = acceptability(r, w, 30, draws=8_000, seed=1)
    hits, sums, _places = plain(r, draw(w, 8_000, 1, None, None), 30)
    np.testing.assert_array_equal(found.p_key, hits / 8_000)
    some = hits > 0
    np.testing.assert_allclose(found.central_weights[some], sums[some] / hits[some, None])


def test_a_criterion_without_weight_decides_nothing_also_where_ratings_are_missing():
    rng = np.random.default_rng(4)
    r = rng.uniform(1, 10, (30, 3))
    r[::3, 0], r[1::3, 2] = nan, nan
    with_it = acceptability(r, [3, 2, 0], 5, draws=400, seed=2, tolerance=0.5)
    without = acceptability(r[:, :2], [3, 2], 5, draws=400, seed=2, tolerance=0.5)
    assert without.contested_seats > 0
    assert abs(with_it.p_key - without.p_key).max() < 0.1
    hits, _sums, _places = plain(r, draw(normalise([3, 2, 0]), 400, 2, 0.5, None), 5)
    np.testing.assert_array_equal(with_it.p_key, hits / 400)


def test_of_very_many_clients_places_are_told_of_those_that_are_ever_on_the_list(monkeypatch):
    r = np.random.default_rng(5).uniform(1, 10, (80, 3))
    whole = acceptability(r, [5, 3, 2], 5, draws=500)
    monkeypatch.setattr("scoring.engine.acceptance._TRACKED", 79)
    found = acceptability(r, [5, 3, 2], 5, draws=500)
    listed = whole.p_key > 0
    assert 5 < listed.sum() < 80
    for some, all_of_them in (
        (found.rank_low, whole.rank_low), (found.rank_high, whole.rank_high),
    ):  # fmt: skip
        np.testing.assert_array_equal(some[listed], all_of_them[listed])
        assert np.isnan(some[~listed]).all()


def test_infinite_ratings_are_missing_and_flags_are_one_a_client():
    r = [[9, np.inf], [8, 7], [-np.inf, np.inf]]
    missing = [[9, nan], [8, 7], [nan, nan]]
    infinite, plain_ = (acceptability(rows, [1, 1], 1, draws=50).p_key for rows in (r, missing))
    np.testing.assert_array_equal(infinite, plain_)
    with pytest.raises(ValueError, match=r"eligible: shape \(2,\) for 3 clients"):
        acceptability(r, [1, 1], 1, eligible=[True, False])


def test_progress_is_told():
    shares = []
    acceptability(
        np.random.default_rng(0).uniform(1, 10, (3000, 4)),
        [1] * 4,
        30,
        5000,
        progress=shares.append,
    )
    assert len(shares) > 2
    assert shares == sorted(shares)
    assert shares[-1] == 1


# --- weightings -------------------------------------------------------------------------------


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=12), st.floats(0, 1))
def test_drawn_weights_are_admissible(weights, tolerance):
    w = normalise(weights)
    box, drawn = tolerance_box(w, tolerance), draw(w, 50, 0, tolerance, None)
    np.testing.assert_allclose(drawn.sum(axis=1), 1)
    assert (drawn >= box.low - 1e-12).all()
    assert (drawn <= box.high + 1e-12).all()


def test_draws_are_even_over_the_box():
    """Against plain rejection: points of the whole simplex that happen to lie in the box."""
    w, d = np.array([0.5, 0.3, 0.2]), 0.5
    box = tolerance_box(w, d)
    everywhere = np.random.default_rng(0).dirichlet(np.ones(3), 400_000)
    inside = everywhere[((everywhere >= box.low) & (everywhere <= box.high)).all(axis=1)]
    drawn = draw(w, 40_000, 1, d, None)
    np.testing.assert_allclose(drawn.mean(axis=0), inside.mean(axis=0), atol=0.002)
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(inside.T), atol=0.0003)


def test_dirichlet_draws_have_its_moments():
    """Mean w, variance w (1 - w) / (concentration + 1); a criterion of no weight gets none."""
    w = np.array([0.6, 0.4, 0.0])
    drawn = draw(w, 40_000, 1, None, None)
    np.testing.assert_allclose(drawn.mean(axis=0), w, atol=0.002)
    np.testing.assert_allclose(drawn.var(axis=0), w * (1 - w) / 51, atol=0.0003)


@settings(max_examples=30)
@given(cases(most=6), st.floats(0, 1))
def test_bounds_of_scores_are_those_of_linear_programmes(case, tolerance):
    """Charnes & Cooper (1962): a ratio of linear forms over a polytope is a linear programme."""
    from scipy.optimize import linprog

    r, w, _ = case
    box, size = tolerance_box(w, tolerance), r.shape[1]
    least, greatest = score_bounds(r, box)
    for row, low, high in zip(r, least, greatest, strict=True):
        rated = np.isfinite(row)
        programme = {
            "A_ub": np.vstack(
                [
                    np.column_stack([np.eye(size), -box.high]),
                    np.column_stack([-np.eye(size), box.low]),
                ]
            ),
            "b_ub": np.zeros(2 * size),
            "A_eq": [np.append(np.ones(size), -1), np.append(rated * 1.0, 0)],
            "b_eq": [0, 1],
        }
        points = np.append(np.where(rated, row, 0), 0)
        assert low == pytest.approx(linprog(points, **programme).fun, abs=1e-7)
        assert high == pytest.approx(-linprog(-points, **programme).fun, abs=1e-7)


# --- seats without drawing --------------------------------------------------------------------


def never_violated(ratings, weights, n_key, tolerance, draws):
    bounds = seat_bounds(ratings, weights, n_key, tolerance)
    rated = np.isfinite(ratings)
    scored = rated.any(axis=1)
    assert ((bounds.always * 1 + bounds.contested + bounds.never) == scored).all()
    known, seats = np.where(rated, ratings, 0.0)[scored].T, min(n_key, int(scored.sum()))
    always, never = bounds.always[scored], bounds.never[scored]
    for seed in range(0, draws, 10_000):
        drawn = draw(normalise(weights), min(draws, 10_000), seed, tolerance, None)
        scores = np.round(drawn @ known / (drawn @ rated[scored].T), 9)
        line = np.partition(scores, -seats, axis=1)[:, [-seats]]
        assert (scores[:, always] >= line).all()
        assert (scores[:, never] < line).all()
    return bounds


@settings(max_examples=60)
@given(cases(), st.floats(0, 1))
def test_no_admissible_weights_change_a_sure_seat(case, tolerance):
    never_violated(*case, tolerance, 200)


@pytest.mark.full
@pytest.mark.parametrize("tolerance, gaps", [(0.1, 0), (0.2, 0.1), (0.5, 0.1)])
def test_no_seat_that_is_sure_changes_in_a_million_draws(tolerance, gaps):
    rng = np.random.default_rng(9)
    r = rng.integers(1, 11, (400, 6)).astype(float)
    r[rng.random(r.shape) < gaps] = nan
    bounds = never_violated(r, rng.dirichlet(np.ones(6) * 4), 40, tolerance, 1_000_000)
    assert bounds.always.any() or tolerance > 0.1
    assert bounds.never.sum() > 100


def test_of_no_seats_none_is_open():
    bounds = seat_bounds([[9, 1], [1, 9], [nan, nan]], [1, 1], 0, 0.5)
    assert bounds.never.tolist() == [True, True, False]
    assert not bounds.always.any()
    assert not bounds.contested.any()


def test_seats_by_hand():
    """Weights .5 +- .1: a 9.2...9.6... alone at the top, c alone at the bottom, b and d cross."""
    r = [[10, 9], [8, 4], [1, 2], [4, 8]]
    found = seat_bounds(r, [1, 1], 2, 0.2)
    np.testing.assert_array_equal(found.always, [True, False, False, False])
    np.testing.assert_array_equal(found.contested, [False, True, False, True])
    np.testing.assert_array_equal(found.never, [False, False, True, False])
    np.testing.assert_allclose(found.low, [9.4, 5.6, 1.4, 5.6])
    np.testing.assert_allclose(found.high, [9.6, 6.4, 1.6, 6.4])


# --- one weight alone -------------------------------------------------------------------------


def test_published_stability_interval():
    case = oracle("weight_stability_interval")
    for one in case["cases"]:
        found = stability_intervals(case["ratings"], case["weights"], one["N"])
        np.testing.assert_allclose(found, one["intervals"], atol=case["tolerance"])


@settings(max_examples=40, deadline=None)
@given(cases(least=2))
def test_within_the_interval_the_list_holds_and_beyond_it_does_not(case):
    """On a grid of weights, the others in proportion: nobody from outside is ahead of a member."""
    r, w, n = case
    found = stability_intervals(r, w, n)
    listed = weighted_score(r, w, 0).rank <= n
    for j in range(len(w)):
        if len(w) == 1:
            assert found[j].tolist() == [0, 1]
            continue
        low, high = found[j]
        assert low <= w[j] + 1e-12
        assert high >= w[j] - 1e-12
        grid = np.linspace(0.003, 0.997, 143)
        near = np.array([low - 1e-6, low + 1e-6, high - 1e-6, high + 1e-6])
        for t in np.concatenate([grid, near[(near > 1e-5) & (near < 1 - 1e-5)]]):
            moved = w * (1 - t) / (1 - w[j])
            moved[j] = t
            score = np.round(weighted_score(r, moved, 0).score, 9)
            holds = not listed.any() or listed.all() or score[listed].min() >= score[~listed].max()
            if low + 1e-7 < t < high - 1e-7:
                assert holds
        # Just beyond an end somebody outside is ahead; where curves only touch, it takes longer.
        for end, step in ((low, -1e-4), (high, 1e-4)):
            t = end + step
            if 1e-3 < t < 1 - 1e-3 and 1e-9 < end < 1 - 1e-9:
                moved = w * (1 - t) / (1 - w[j])
                moved[j] = t
                score = weighted_score(r, moved, 0).score
                assert score[listed].min() < score[~listed].max()


def test_a_weight_of_all_shares_evenly_when_it_moves():
    """(10, 1, 1) against (5, 5, 9) at weights 1, 0, 0: 10 t + (1 - t) = 5 t + 7 (1 - t) at 6/11."""
    found = stability_intervals([[10, 1, 1], [5, 5, 9]], [1, 0, 0], 1)
    np.testing.assert_allclose(found[0], [6 / 11, 1])
    # The second from 0: 10 (1 - t) + t = 5 at 5/9.
    np.testing.assert_allclose(found[1], [0, 5 / 9])


def test_the_most_fragile_criterion_is_the_nearest_to_its_end():
    ends = [[0.42, 1], [0, 0.35], [0.04, 0.58]]
    assert most_fragile(ends, [5, 3, 2]) == (1, 0.35)
    assert most_fragile([[0, 1], [0, 1]], [1, 1]) is None


def test_many_clients_take_the_same_way():
    """More pairs than are solved at once: intervals are halved, and the answer is the same as of
    those near the line alone."""
    rng = np.random.default_rng(3)
    r = rng.uniform(1, 10, (4000, 3))
    r[rng.random(r.shape) < 0.1] = nan
    r = r[np.isfinite(r).any(axis=1)]
    w = np.array([0.5, 0.3, 0.2])
    found = stability_intervals(r, w, 400)
    near = np.argsort(-weighted_score(r, w, 0).score)[300:520]
    np.testing.assert_allclose(found, stability_intervals(r[near], w, 100), atol=1e-9)


# --- summaries --------------------------------------------------------------------------------


def test_entropy_and_contested_seats():
    assert entropy([1, 0, nan]) == 0
    assert entropy([0.5, 0.5, 1]) == pytest.approx(2)
    assert contested_seats([0, 0.05, 0.06, 0.5, 0.94, 0.96, 1, nan]) == 3


def test_whom_nothing_separates():
    r = [[10, 10], [8, 4], [1, 1], [4, 8], [8, 4], [6, nan]]
    found = unseparated(r, [1, 1], 3, 0.2)
    assert found.line == 1
    # Whatever the weights, 0 is ahead and 2 behind; 3, 4 and 5 are level with 1.
    assert sorted(found.undecided.tolist()) == [1, 3, 4, 5]
    assert [group.tolist() for group in found.equal] == [[1, 4]]
    nothing = unseparated(r, [1, 1], 0, 0.2)
    assert (nothing.line, nothing.undecided.tolist(), nothing.equal) == (None, [], ())
    sure = unseparated([[9, 9], [5, 5], [4, 5]], [1, 1], 1, 0.5)
    assert sure.undecided.tolist() == [0]


def test_two_rated_alike_but_with_other_gaps_are_not_the_same():
    found = unseparated([[5, 5], [5, nan], [5, 5]], [1, 1], 2, 0.2)
    assert sorted(found.undecided.tolist()) == [0, 1, 2]
    assert [sorted(group.tolist()) for group in found.equal] == [[0, 2]]


def test_relative_priorities_reverse_when_a_copy_goes():
    """Belton & Gear (1983): beside a copy of B, A is first; without the copy B is."""
    case = oracle("rank_reversal_belton_gear")
    local = np.array([*case["local_ratio_values"].values()]).T  # criteria as columns
    ratios = np.array([[1, 9, 8], [9, 1, 9], [1, 1, 1]], dtype=float)
    assert local.shape == ratios.shape
    with_copy = np.array([[1, 9, 8], [9, 1, 9], [1, 1, 1], [9, 1, 9]], dtype=float)

    def priorities(positions):
        rows = with_copy[positions]
        return rows / rows.sum(axis=0)

    (found,) = reversals(4, priorities, case["weights"], 1, [3])
    assert (found.removed, found.entered.tolist(), found.left.tolist()) == (3, [1], [0])


def test_absolute_rules_never_reverse_and_relative_ones_may():
    rng = np.random.default_rng(0)
    values = rng.lognormal(3, 1, (40, 3))

    def by(rule):
        def rated(positions):
            return np.column_stack([rate(rule, values[positions, j]).ratings for j in range(3)])

        return rated

    absolute = by(Threshold(cuts=(5, 10, 20, 40, 80)))
    assert reversals(40, absolute, [3, 2, 1], 8, range(40)) == ()
    relative = reversals(40, by(DecileBand(rounding="none")), [3, 2, 1], 8, range(40))
    assert relative, "some removal shifts a decile past somebody at the line"
    for found in relative:
        assert found.removed not in found.entered
        assert len(found.entered) + len(found.left) > 0
