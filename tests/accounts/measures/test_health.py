"""Health of a relationship and quality of data: arithmetic by hand."""

import pytest

from accounts.measures import data_quality, health

EVEN = dict.fromkeys(health.PARTS, 10)


def test_the_score_is_the_weighted_mean_of_what_is_known():
    values = {"rhythm": 100.0, "revenue": 50.0, "payments": 0.0, "problems": 90.0}
    found = health.health(values, EVEN | {"rhythm": 20})
    # (20×100 + 10×50 + 10×0 + 10×90) / 50
    assert found.score == pytest.approx(68.0)
    assert found.coverage == pytest.approx(50 / 80)
    assert found.missing == ["promises", "satisfaction", "contacts"]
    assert sum(part.points for part in found.parts) == pytest.approx(found.score)
    assert sum(part.share for part in found.parts) == pytest.approx(1)


def test_little_known_is_no_number():
    found = health.health({"rhythm": 100.0, "problems": 100.0}, EVEN)
    assert found.score is None
    assert found.coverage == pytest.approx(2 / 7)
    assert health.health({}, EVEN).score is None
    assert health.health({"rhythm": 100.0}, {}).score is None


def test_a_part_without_weight_counts_nowhere_and_is_not_missed():
    found = health.health(
        dict.fromkeys(health.PARTS, 40.0) | {"rhythm": None}, EVEN | {"rhythm": 0}
    )
    assert (found.score, found.coverage, found.missing) == (pytest.approx(40.0), 1.0, [])


@pytest.mark.parametrize(
    "values, weights", [({"rhythm": 101.0}, EVEN), ({"rhythm": -1.0}, EVEN), ({}, {"rhythm": -1})]
)
def test_what_cannot_be_is_refused(values, weights):
    with pytest.raises(ValueError, match="rhythm"):
        health.health(values, weights)


@pytest.mark.parametrize(
    "found, expected",
    [
        (health.of_rhythm(0.5), 100), (health.of_rhythm(1.0), 100), (health.of_rhythm(0.025), 5),
        (health.of_rhythm(0.0), 0), (health.of_rhythm(None), None),
        (health.of_revenue(50, 100), 0), (health.of_revenue(100, 100), 70),
        (health.of_revenue(75, 100), 35), (health.of_revenue(500, 100), 100),
        (health.of_revenue(-50, 100), 0), (health.of_revenue(5, 0), None),
        (health.of_revenue(5, -1), None),
        (health.of_payments(0), 100), (health.of_payments(15), 50), (health.of_payments(90), 0),
        (health.of_payments(None), None),
        (health.of_promises(2, 2), None), (health.of_promises(3, 4), 75),
        (health.of_satisfaction([]), None), (health.of_satisfaction([(10, 0), (1, 1)]), 50),
        (health.of_contacts(0, 0), None), (health.of_contacts(1, 4), 25),
        (health.of_problems([]), 100), (health.of_problems([1, 2, 3]), 30),
        (health.of_problems([3, 3, 3]), 0),
        (health.trend([]), None), (health.trend([None, 5, None, 9]), 4), (health.trend([5]), None),
    ],
)  # fmt: skip
def test_parts(found, expected):
    assert found == (expected if expected is None else pytest.approx(expected))


def test_tones():
    assert [health.tone(each) for each in (None, 39.9, 40, 69.9, 70)] == [
        "", "bad", "watch", "watch", "good",
    ]  # fmt: skip


def test_quality_counts_by_weight_and_names_what_is_missing_heaviest_first():
    assert sum(data_quality.CHECKS.values()) == 100
    assert data_quality.quality(list(data_quality.CHECKS)) == data_quality.Quality(100, ())
    none = data_quality.quality([])
    assert none.score == 0
    assert none.missing[0] in ("owner", "decider", "reachable")
    assert data_quality.quality(["owner"], ["owner", "goal"]) == data_quality.Quality(75, ("goal",))
    assert data_quality.quality([], []).score == 100
    with pytest.raises(ValueError, match="shoe"):
        data_quality.quality(["shoe"])
