"""AHP against published examples, and what it does with what is missing or contradictory."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scoring.engine.pairwise import SCALE, NotLinked, random_index
from scoring.engine.weights import ahp, group
from tests.oracles import oracle

nan = float("nan")


def full(size: int, *rows: list[float]) -> np.ndarray:
    """A reciprocal matrix from what stands right of the diagonal."""
    result = np.eye(size)
    for i, row in enumerate(rows):
        for j, value in enumerate(row, start=i + 1):
            result[i, j], result[j, i] = value, 1 / value
    return result


def test_saaty_buys_a_house():
    """Saaty, EJOR 48 (1990) 9-26: contradictory judgements, the worst of which is pointed at."""
    case = oracle("ahp_saaty_house_inconsistent")
    found = ahp(case["matrix"])
    exact = case["reference_exact"]
    np.testing.assert_allclose(found.weights, exact["priorities"], rtol=1e-9)
    assert found.lambda_max == pytest.approx(exact["lambda_max"], rel=1e-9)
    assert found.consistency_ratio == pytest.approx(exact["cr"], rel=1e-9)
    assert found.consistency_ratio > 0.10
    assert found.worst == (2, 6, 1.0), "neighbourhood against condition"


def test_the_leader_example():
    """Wikipedia, "Analytic hierarchy process - leader example", with its three candidates."""
    case = oracle("ahp_wikipedia_leader")
    exact = case["reference_exact"]
    criteria = ahp(case["criteria_matrix"])
    np.testing.assert_allclose(criteria.weights, exact["criteria"], rtol=1e-9)
    assert criteria.consistency_ratio == pytest.approx(exact["cr"], rel=1e-9)
    assert criteria.consistency_ratio <= 0.10
    local = [ahp(case["local_matrices"][name]).weights for name in case["criteria"]]
    np.testing.assert_allclose(criteria.weights @ np.array(local), exact["overall"], rtol=1e-9)


def test_consumption_of_drinks():
    """Saaty, Int. J. Services Sciences 1 (2008) 83-98, table 2: coffee, wine, tea, beer, soda,
    milk, water in the USA; priorities .177 .019 .042 .116 .190 .129 .327, CR .022."""
    found = ahp(
        full(
            7,
            [9, 5, 2, 1, 1, 1 / 2],
            [1 / 3, 1 / 9, 1 / 9, 1 / 9, 1 / 9],
            [1 / 3, 1 / 4, 1 / 3, 1 / 9],
            [1 / 2, 1, 1 / 3],
            [2, 1 / 2],
            [1 / 3],
        )
    )
    expected = [0.177, 0.019, 0.042, 0.116, 0.190, 0.129, 0.327]
    np.testing.assert_allclose(found.weights, expected, atol=0.0006)
    assert found.consistency_ratio == pytest.approx(0.022, abs=0.0006)


def test_choice_of_a_place_to_travel():
    """Jiang, Xie & Ye, Mathematical Models (3rd ed. 2003), section 8.3: five criteria,
    w = (.263 .475 .055 .099 .110), largest eigenvalue 5.073, CR .016."""
    found = ahp(full(5, [1 / 2, 4, 3, 3], [7, 5, 5], [1 / 2, 1 / 3], [1]))
    np.testing.assert_allclose(found.weights, [0.263, 0.475, 0.055, 0.099, 0.110], atol=0.0015)
    assert found.lambda_max == pytest.approx(5.073, abs=0.0015)
    assert found.consistency_ratio == pytest.approx(0.016, abs=0.0006)


def test_one_and_two_criteria_are_always_consistent():
    one, two = ahp([[1]]), ahp([[1, 3], [1 / 3, 1]])
    assert (one.weights.tolist(), one.consistency_ratio, one.worst) == ([1], 0, None)
    np.testing.assert_allclose(two.weights, [0.75, 0.25])
    assert (two.lambda_max, two.consistency_ratio, two.worst) == (2, 0, None)


def test_one_half_of_a_judgement_is_enough():
    whole = full(3, [3, 5], [2])
    upper = np.where(np.tri(3) > 0, nan, whole)
    np.testing.assert_allclose(ahp(upper).weights, ahp(whole).weights)
    np.testing.assert_allclose(ahp(upper.T.copy().T).lambda_max, ahp(whole).lambda_max)
    lower = np.where(np.tri(3).T > 0, nan, whole)
    np.testing.assert_allclose(ahp(lower).weights, ahp(whole).weights)


def test_a_reciprocal_that_somebody_rounded_is_the_same_judgement():
    np.testing.assert_allclose(ahp([[1, 6], [0.17, 1]]).weights, [6 / 7, 1 / 7])
    np.testing.assert_allclose(ahp([[1, 0.33], [3, 1]]).weights, [1 / 4, 3 / 4])


@pytest.mark.parametrize(
    "matrix, message",
    [
        ([[1, 2, 3]], "square"),
        ([], "square"),
        ([[1, 0], [nan, 1]], "above zero"),
        ([[1, -2], [nan, 1]], "above zero"),
        ([[1, np.inf], [nan, 1]], "above zero"),
        ([[2, 1], [1, 1]], "itself"),
        ([[1, 3], [3, 1]], "0 against 1 is 3, but 1 against 0 is 3"),
    ],
)
def test_impossible_judgements_are_refused(matrix, message):
    with pytest.raises(ValueError, match=message):
        ahp(matrix)


def test_criteria_that_nothing_links_are_named():
    with pytest.raises(ValueError, match="0, 2 \\| 1, 3 are not linked") as refused:
        ahp([[1, nan, 5, nan], [nan, 1, nan, 2], [nan] * 4, [nan] * 4])
    assert isinstance(refused.value, NotLinked)
    assert refused.value.parts == ((0, 2), (1, 3))


judgement = st.integers(0, len(SCALE) - 1).map(lambda at: float(SCALE[at]))


@st.composite
def incomplete(draw, most=7):
    """A linked matrix of judgements, some of them not made."""
    size = draw(st.integers(3, most))
    matrix = np.full((size, size), nan)
    for i in range(size):
        for j in range(i + 1, size):
            # Neighbours are compared, so everything is linked.
            if j == i + 1 or draw(st.booleans()):
                matrix[i, j] = draw(judgement)
    return matrix


@given(incomplete())
def test_no_other_completion_has_a_smaller_eigenvalue(matrix):
    """Bozoki, Fulop & Ronyai (2010): the minimum is unique. Steps away from it only lose."""
    found = ahp(matrix)
    ratios = found.weights[:, None] / found.weights
    missing = np.triu(np.isnan(matrix), 1)
    rng = np.random.default_rng(0)
    for scale in (1.0, 1.0, 0.3, 0.1, 0.03):
        filled = np.where(missing, ratios * np.exp(rng.normal(0, scale, matrix.shape)), matrix)
        assert ahp(filled).lambda_max >= found.lambda_max - 1e-9


@given(st.lists(st.floats(0.05, 1), min_size=3, max_size=9), st.randoms(use_true_random=False))
def test_consistent_judgements_give_their_weights_however_many_are_missing(sizes, random):
    w = np.array(sizes) / sum(sizes)
    matrix = w[:, None] / w
    for i in range(len(w)):
        for j in range(len(w)):
            if abs(i - j) != 1 and random.random() < 0.6:
                matrix[i, j] = matrix[j, i] = nan
    found = ahp(matrix)
    np.testing.assert_allclose(found.weights, w, rtol=1e-6)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-8)
    assert found.worst is None


def test_a_tree_of_comparisons_cannot_contradict_itself():
    found = ahp([[1, 9, nan, nan], [nan, 1, 9, nan], [nan, nan, 1, 9], [nan] * 4])
    np.testing.assert_allclose(found.weights[:-1] / found.weights[1:], 9)
    assert (found.consistency_ratio, found.worst) == (0, None)


@given(incomplete(most=6))
def test_the_proposed_judgement_makes_them_more_consistent(matrix):
    found = ahp(matrix)
    if found.worst is None:
        return
    i, j, proposed = found.worst
    assert i < j
    assert proposed in SCALE
    better = matrix.copy()
    better[i, j], better[j, i] = proposed, nan
    assert ahp(better).lambda_max < found.lambda_max


@given(incomplete(), st.randoms(use_true_random=False))
def test_renumbering_criteria_renumbers_the_weights(matrix, random):
    order = list(range(len(matrix)))
    random.shuffle(order)
    found, moved = ahp(matrix), ahp(matrix[np.ix_(order, order)])
    np.testing.assert_allclose(moved.weights, found.weights[order], rtol=1e-6)
    assert moved.lambda_max == pytest.approx(found.lambda_max, rel=1e-9)


def test_random_indexes_are_saatys():
    """EJOR 48 (1990); beyond fifteen the line of Alonso & Lamata (2006) goes on."""
    assert [random_index(n) for n in range(1, 11)] == [
        0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49
    ]  # fmt: skip
    assert random_index(15) < random_index(16) < random_index(40) < 1.7699


@pytest.mark.full
@pytest.mark.parametrize("size, missing", [(4, 1), (4, 2), (5, 2), (5, 4), (6, 3)])
def test_the_random_index_falls_with_what_is_missing(size, missing):
    """Agoston & Csato, Omega 108 (2022): the mean index of random incomplete matrices falls nearly
    in a straight line to 0 at a tree. Simulated here."""
    rng = np.random.default_rng(2022)
    pairs = np.array(np.triu_indices(size, 1)).T

    def mean_index(gaps: int) -> float:
        found = []
        while len(found) < 1500:
            matrix = np.full((size, size), nan)
            matrix[pairs[:, 0], pairs[:, 1]] = rng.choice(SCALE, len(pairs))
            for i, j in rng.permutation(pairs)[:gaps]:
                matrix[i, j] = nan
            try:
                found.append((ahp(matrix).lambda_max - size) / (size - 1))
            except NotLinked:
                continue
        return float(np.mean(found))

    expected = random_index(size, missing) / random_index(size)
    assert mean_index(missing) / mean_index(0) == pytest.approx(expected, abs=0.04)


def test_a_group_is_the_geometric_mean_of_its_judgements():
    """Aczel & Saaty (1983): 2 and 8 make 4; the weights are those of the mean, not their mean."""
    found = group([[[1, 2], [1 / 2, 1]], [[1, 8], [1 / 8, 1]]])
    np.testing.assert_allclose(found.weights, [0.8, 0.2])
    np.testing.assert_allclose(found.individual, [[2 / 3, 1 / 3], [8 / 9, 1 / 9]])
    np.testing.assert_allclose(found.spread, [2 / 9, 2 / 9])


def test_a_group_of_like_minds_is_each_of_them():
    matrix = full(3, [3, 5], [2])
    alone, together = ahp(matrix), group([matrix, matrix, matrix])
    np.testing.assert_allclose(together.weights, alone.weights)
    assert together.consistency_ratio == pytest.approx(alone.consistency_ratio)
    np.testing.assert_allclose(together.spread, 0, atol=1e-12)
    np.testing.assert_allclose(group([matrix]).weights, alone.weights)


def test_judges_may_compare_different_pairs():
    """Together they link what neither links alone; who links nothing has no weights of his own."""
    first = [[1, 2, nan], [nan, 1, nan], [nan, nan, 1]]
    second = [[1, nan, nan], [nan, 1, 3], [nan, nan, 1]]
    found = group([first, second])
    np.testing.assert_allclose(found.weights, [0.6, 0.3, 0.1])
    assert np.isnan(found.individual).all()
    assert np.isnan(found.spread).all()


def test_a_group_needs_judges_of_the_same_criteria():
    with pytest.raises(ValueError, match="at least one judge"):
        group([])
    with pytest.raises(ValueError, match="different numbers"):
        group([np.ones((2, 2)), np.ones((3, 3))])


@given(st.lists(incomplete(most=3), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_judges_does_not_matter(judges, random):
    assume(len({len(judge) for judge in judges}) == 1)
    mixed = judges[:]
    random.shuffle(mixed)
    np.testing.assert_allclose(group(judges).weights, group(mixed).weights, rtol=1e-9)
