"""Concentration figures against published and hand-made cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reports.figures.concentration import (
    effective_clients,
    gini,
    hhi,
    lorenz,
    pareto_set,
    selected_share,
    top_share,
    whale_curve,
)
from tests.oracles import oracle

nan = float("nan")
amounts = arrays(np.float64, st.integers(0, 30), elements=st.floats(-1e6, 1e6))


def test_gini_and_hhi_of_the_oracle():
    """R package ineq, manual of Gini(); United States Department of Justice, page on the HHI."""
    found = oracle("gini_hhi_pareto")
    for case in found["cases"]:
        if "values" in case:
            assert gini(case["values"]) == pytest.approx(case["gini"], abs=found["tolerance"])
        if "shares_percent" in case:
            assert hhi(case["shares_percent"]) == pytest.approx(case["hhi"])


def test_a_pareto_distribution_has_its_gini_and_its_eighty_per_cent():
    """For the Pareto law with alpha = log 5 / log 4 the top 20 % hold 80 % exactly, and the Gini
    coefficient is 1 / (2 alpha - 1). A thousand clients that hold the law's own Lorenz steps,
    L(p) = 1 - (1 - p)^(1 - 1/alpha), show both."""
    case = next(c for c in oracle("gini_hhi_pareto")["cases"] if "pareto_alpha" in c)
    p = np.linspace(0, 1, 1001)
    values = np.diff(1 - (1 - p) ** (1 - 1 / case["pareto_alpha"]))
    assert top_share(values) == pytest.approx(case["top20_share"], abs=1e-9)
    # Straight lines between the steps take a little off the area.
    assert gini(values) == pytest.approx(case["gini"], abs=1e-3)


def test_gini_of_few():
    assert gini([5]) == 0
    assert gini([0, 0, 0, 1]) == 0.75
    assert gini([0, 0, 0, 1], corrected=True) == pytest.approx(1)
    assert gini([5], corrected=True) is None
    assert gini([]) is None
    assert gini([0, 0]) is None
    assert gini([-5, nan]) is None
    assert gini([-5, 1, nan]) == gini([0, 1, 0]), "losses and gaps count as nothing"


def test_pareto_sets_of_the_oracle():
    for case in oracle("gini_hhi_pareto")["pareto_set"]:
        found = pareto_set(case["profit"], case["target"])
        assert found.size == case["expected_size"]
        if "share" in case:
            assert found.share == pytest.approx(case["share"])


def test_pareto_set_of_nothing():
    assert pareto_set([]).size == 0
    assert pareto_set([-1, 0]).share is None


def test_lorenz_is_the_curve_that_gini_measures():
    p, share = lorenz([1, 2, 3, 4, -7])
    np.testing.assert_allclose(p, [0, 0.2, 0.4, 0.6, 0.8, 1])
    np.testing.assert_allclose(share, [0, 0, 0.1, 0.3, 0.6, 1])
    under = np.sum((share[1:] + share[:-1]) / 2 * np.diff(p))
    assert 1 - 2 * under == pytest.approx(gini([1, 2, 3, 4, -7]))
    assert lorenz([])[1].tolist() == [0, 1]


def test_as_many_equal_clients():
    assert effective_clients([10, 10, 10, 0]) == pytest.approx(3)
    assert effective_clients([0]) is None
    assert hhi([]) is None
    assert hhi([1e308, 1e308]) == pytest.approx(5000)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([10, 20, 30, 40, 0], 0.2, 0.4),
        ([10, 20, 30, 40, 0, 0], 0.2, 0.7),
        ([1] * 30, 0.1, 0.1),
        ([10, -5], 0.5, 2.0),
        ([5, nan], 0.5, 1.0),
        ([10, -20], 0.5, None),
        ([], 0.2, None),
    ],
)
def test_top_share_rounds_up_to_whole_clients(values, share, expected):
    assert top_share(values, share) == pytest.approx(expected)


def test_share_of_the_selected():
    assert selected_share([10, 30, 60], [True, False, True]) == pytest.approx(0.7)
    assert selected_share([10, nan], [False, True]) == 0
    assert selected_share([-10, 5], [True, False]) is None


def test_whale_curve_passes_one_and_comes_back():
    """Profit 60, 50, 10, -20: three quarters of clients make 120 % of the profit."""
    curve = whale_curve([10, 60, -20, 50])
    np.testing.assert_allclose(curve.clients, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.profit, [0, 0.6, 1.1, 1.2, 1])
    assert (curve.peak, curve.peak_clients) == pytest.approx((1.2, 0.75))
    assert (curve.gained, curve.lost) == (120, -20)
    losing = whale_curve([5, -10])
    assert np.isnan(losing.profit).all()
    assert (losing.gained, losing.lost) == (5, -10)


@given(amounts, st.floats(0.001, 1000))
def test_indexes_do_not_depend_on_the_unit_or_the_order(values, unit):
    values = np.round(np.abs(values), 2)
    for figure in (gini, hhi, top_share, effective_clients):
        found = figure(values)
        for other in (figure(values * unit), figure(values[::-1])):
            assert (other is None) == (found is None)
            assert found is None or other == pytest.approx(found, rel=1e-6, abs=1e-9)


@given(amounts)
def test_indexes_keep_their_bounds(values):
    found = gini(values)
    if found is None:
        assert not (values > 0).any()
        return
    n = len(values)
    assert 0 <= found <= 1 - 1 / n + 1e-9
    assert 1 - 1e-9 <= effective_clients(values) <= n + 1e-9
    assert 10_000 / n - 1e-6 <= hhi(values) <= 10_000 + 1e-6
    p, share = lorenz(values)
    assert (share <= p + 1e-9).all()
