"""The Best-Worst Method against published examples and its own definition."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.weights import best_worst
from tests.oracles import oracle


def test_published_cases():
    case = oracle("bwm_rezaei_linear")
    for one in case["cases"]:
        found = best_worst(one["best"], one["worst"], one["best_to_others"], one["others_to_worst"])
        expected = one["expected"]
        np.testing.assert_allclose(
            found.weights, expected["weights"], atol=case["tolerance"]["weights"]
        )
        assert found.xi == pytest.approx(expected["xi"], abs=case["tolerance"]["xi"])


def test_rezaei_buys_a_car():
    """Rezaei, Omega 53 (2015), first example, three criteria: quality (best) to price 2, to style
    8, price to style 5. The ratios' least distance is 0.26 and CR 0.058. In the linear model all
    four distances are equal: w = (17, 9, 2) / 28, xi = 1 / 28."""
    found = best_worst(0, 2, [1, 2, 8], [8, 5, 1])
    assert found.consistency_ratio == pytest.approx(0.058, abs=0.0005)
    np.testing.assert_allclose(found.weights, np.array([17, 9, 2]) / 28, atol=1e-9)
    assert found.xi == pytest.approx(1 / 28, abs=1e-9)
    assert found.input_ratio == pytest.approx(2 / 56), "2 x 5 is 10, not 8, of at most 56"
    assert found.worst == 1


def test_consistency_ratios_are_measured_by_rezaeis_table():
    """The most contradictory judgement (a_BW by way of itself, a_BW^2) has ratio 1; Omega 53
    (2015), table 1, gives the largest distances."""
    table = {2: 0.44, 3: 1.0, 4: 1.63, 5: 2.3, 6: 3.0, 7: 3.73, 8: 4.47, 9: 5.23}
    for whole, largest in table.items():
        found = best_worst(0, 2, [1, whole, whole], [whole, whole, 1])
        assert found.consistency_ratio == pytest.approx(1, abs=1e-9)
        assert found.input_ratio == pytest.approx(1)
        ratios = best_worst(0, 2, [1, 2, whole], [whole, 2, 1])
        # The distance xi solves (2 + xi)^2 = whole - xi or (2 - xi)^2 = whole + xi.
        sign = 1 if whole >= 4 else -1
        xi = sign * (-5 + np.sqrt(9 + 4 * whole)) / 2
        assert ratios.consistency_ratio == pytest.approx(xi / largest, abs=0.004)


def test_the_smallest_cases():
    alone = best_worst(0, 0, [1], [1])
    assert (alone.weights.tolist(), alone.xi, alone.consistency_ratio) == ([1], 0, 0)
    two = best_worst(1, 0, [4, 1], [1, 4])
    np.testing.assert_allclose(two.weights, [0.2, 0.8])
    assert two.xi == pytest.approx(0)
    equal = best_worst(0, 1, [1, 1, 1], [1, 1, 1])
    np.testing.assert_allclose(equal.weights, 1 / 3)
    assert (equal.consistency_ratio, equal.input_ratio, equal.worst) == (0, 0, None)


@st.composite
def consistent(draw):
    """Weights whose ratios are within 1...9, and the judgements they mean."""
    w = np.array(draw(st.lists(st.floats(1, 9), min_size=2, max_size=9)))
    return w / w.sum()


@given(consistent())
def test_consistent_judgements_give_back_their_weights(w):
    best, worst = int(np.argmax(w)), int(np.argmin(w))
    if best == worst:
        best, worst = 0, 1
    ahead, behind = w[best] / w, w / w[worst]
    # Last bits aside, best against worst is the same said from both sides.
    ahead, behind = np.clip(ahead, 1, 9), np.clip(behind, 1, 9)
    ahead[worst] = behind[best] = w[best] / w[worst]
    ahead[best] = behind[worst] = 1.0
    found = best_worst(best, worst, ahead, behind)
    np.testing.assert_allclose(found.weights, w, atol=1e-6)
    assert found.xi == pytest.approx(0, abs=1e-7)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-6)


@st.composite
def judgements(draw):
    size = draw(st.integers(2, 8))
    whole = draw(st.integers(2, 9))
    ahead = [draw(st.integers(1, whole)) for _ in range(size)]
    behind = [draw(st.integers(1, whole)) for _ in range(size)]
    ahead[0] = behind[-1] = 1
    ahead[-1] = behind[0] = whole
    return ahead, behind


@given(judgements())
def test_xi_is_the_largest_distance_and_no_weights_near_have_a_smaller_one(said):
    ahead, behind = (np.array(x, dtype=float) for x in said)
    found = best_worst(0, len(ahead) - 1, ahead, behind)
    assert found.weights.sum() == pytest.approx(1)
    assert (found.weights >= 0).all()

    def distance(w):
        return max(np.abs(w[0] - ahead * w).max(), np.abs(w - behind * w[-1]).max())

    assert distance(found.weights) == pytest.approx(found.xi, abs=1e-7)
    rng = np.random.default_rng(0)
    for scale in (0.001, 0.01, 0.1):
        other = np.abs(found.weights + rng.normal(0, scale, len(ahead)))
        assert distance(other / other.sum()) >= found.xi - 1e-7


@pytest.mark.parametrize(
    "case, message",
    [
        ((0, 1, [1, 2, 3], [2, 1]), "as many"),
        ((0, 1, [], []), "as many"),
        ((0, 3, [1, 2, 3], [3, 2, 1]), "worst: expected a position"),
        ((-1, 2, [1, 2, 3], [3, 2, 1]), "best: expected a position"),
        ((0, 2, [1, 2, 10], [10, 2, 1]), "from 1 to 9"),
        ((0, 2, [1, 0.5, 3], [3, 2, 1]), "from 1 to 9"),
        ((0, 2, [1, float("nan"), 3], [3, 2, 1]), "from 1 to 9"),
        ((0, 2, [2, 2, 3], [3, 2, 1]), "itself"),
        ((0, 2, [1, 2, 3], [4, 2, 1]), "differs"),
        ((0, 0, [1, 2], [1, 2]), "another criterion"),
    ],
)
def test_impossible_judgements_are_refused(case, message):
    with pytest.raises(ValueError, match=message):
        best_worst(*case)


def test_a_solver_that_gives_up_is_told(monkeypatch):
    gave_up = SimpleNamespace(status=4, message="numerical difficulties", x=None)
    monkeypatch.setattr("scipy.optimize.linprog", lambda **_programme: gave_up)
    with pytest.raises(ArithmeticError, match="numerical difficulties"):
        best_worst(0, 1, [1, 3], [3, 1])
