"""Several people weigh apart: blind until one's own answer, then together, then into the draft."""

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from kam.lib.scoping import acting_as, acting_system
from scoring.models import Weighing
from scoring.selectors.weighings import all_weighings, open_round, own_weighing
from scoring.services.weighing import judged, read_ratio, to_hundred
from scoring.services.weighings import ask, may_know, submit, together
from tests.factories import make_user
from tests.scoring.conftest import put_to_use

KEYS = ["profit", "average_invoice", "tenure"]
PART = {"HX-Request": "true"}


@pytest.fixture
def weighed(matrix):
    put_to_use(matrix, {"profit": 60, "average_invoice": 30, "tenure": 10})
    return matrix


@pytest.fixture
def people(db):
    return [make_user(role, language="en") for role in ("manager", "kam", "kam")]


def answer(asked, person, weights, method="percent", judgements=None):
    with acting_as(person):
        own = own_weighing(asked, person)
        return submit(own, method, dict(zip(KEYS, weights, strict=True)), judgements or {})


@pytest.mark.django_db
def test_nobody_sees_others_before_answering(weighed, people):
    first, second, third = people
    with acting_as(first):
        asked = ask(weighed, people, first)
    answer(asked, second, (20, 30, 50))
    for person, knows in ((first, False), (second, True), (third, False)):
        with acting_as(person):
            assert may_know(asked, person) is knows
            assert [row.person_id for row in Weighing.objects.all()] == [person.pk]
    for role, knows in (("administrator", True), ("auditor", True), ("kam", False)):
        outsider = make_user(role)
        with acting_as(outsider):
            assert may_know(asked, outsider) is knows


@pytest.mark.django_db
def test_pages_are_blind_until_one_has_answered(client, weighed, people):
    first, second, third = people
    with acting_as(first):
        asked = ask(weighed, people, first)
    answer(asked, second, (17, 33, 50))
    page, twin = (reverse(n, args=[weighed.pk]) for n in ("matrix_weighing", "api:matrix-weighing"))
    client.force_login(third)
    text = client.get(page).content.decode()
    assert "1 of 3 people asked" in text
    assert second.name not in text
    assert "17.0" not in text
    assert text.count("33.3") == 4  # every weight alike: the matrix does not lead the hand
    assert text.count("33.4") == 2
    state = client.get(twin).json()
    assert (state["given"], state["answers"], state["together"]) == (1, None, None)
    assert "You are asked to weigh" in client.get(
        reverse("matrix_detail", args=[weighed.pk])
    ).content.decode()  # fmt: skip
    client.post(page, {"method": "percent", "was": "percent", "w.profit": 50,
                       "w.average_invoice": 33, "w.tenure": 17})  # fmt: skip
    text = client.get(page).content.decode()
    assert second.name in text
    assert "They differ most on" in text
    state = client.get(twin).json()
    assert {row["person"]: row["weights"].get("profit") for row in state["answers"]} == {
        second.name: 0.17, third.name: 0.5, first.name: None,
    }  # fmt: skip
    spread = {row["criterion"]: row["spread"] for row in state["together"]}
    assert spread == pytest.approx({"profit": 0.33, "average_invoice": 0, "tenure": 0.33})


@pytest.mark.django_db
def test_an_answer_is_given_once(weighed, people):
    with acting_as(people[0]):
        asked = ask(weighed, people, people[0])
    answer(asked, people[1], (1, 1, 1))
    with pytest.raises(ValidationError):
        answer(asked, people[1], (9, 1, 1))
    with pytest.raises(ValidationError):
        answer(asked, people[2], (0, 0, 0))
    with pytest.raises(ValidationError):
        answer(asked, people[2], (1, 1, 1), method="guess")


@pytest.mark.django_db
def test_together_is_the_geometric_mean(weighed, people):
    """Forman & Peniwati, EJOR 108 (1998): priorities put together by their geometric mean."""
    with acting_system("test"):
        asked = ask(weighed, people, None)
        assert together(asked) is None
    answer(asked, people[0], (50, 30, 20))
    answer(asked, people[1], (20, 30, 50), method="points")
    with acting_system("test"):
        found = together(asked)
    mean = np.sqrt(np.array([50, 30, 20]) * np.array([20, 30, 50]))
    assert found.weights == pytest.approx(mean / mean.sum())
    assert found.spread == pytest.approx((0.3, 0, 0.3))
    assert found.ratio is None


@pytest.mark.django_db
def test_pairs_are_put_together_judgement_by_judgement(weighed, people):
    """Aczel & Saaty (1983): 2 and 8 make 4, so that weights follow 4 : 1 where all agree else."""
    with acting_system("test"):
        asked = ask(weighed, people, None)
    for person, said in zip(people, ("2", "8", "4"), strict=True):
        data = {"pair.profit.average_invoice": said, "pair.average_invoice.tenure": "1",
                "pair.profit.tenure": said}  # fmt: skip
        judgement = judged("pairs", KEYS, data)
        answer(asked, person, judgement.weights, "pairs", judgement.given)
    with acting_system("test"):
        found = together(asked)
    assert found.weights == pytest.approx((4 / 6, 1 / 6, 1 / 6))
    assert found.ratio == pytest.approx(0, abs=1e-9)


@pytest.mark.django_db
def test_one_nought_forbids_nothing(weighed, people):
    with acting_system("test"):
        asked = ask(weighed, people, None)
    answer(asked, people[0], (100, 0, 0))
    answer(asked, people[1], (0, 50, 50))
    with acting_system("test"):
        assert min(together(asked).weights) > 0


@pytest.mark.django_db
def test_what_they_say_together_goes_into_the_draft(client, weighed, people):
    manager = people[0]
    with acting_system("test"):
        asked = ask(weighed, people[:2], None)
    answer(asked, people[1], (20, 30, 50))
    client.force_login(manager)
    url = reverse("matrix_weighing_adoption", args=[weighed.pk])
    client.post(url)  # asked, and has not answered
    assert not weighed.versions.filter(status="draft").exists()
    answer(asked, manager, (20, 30, 50))
    assert client.post(url)["Location"] == reverse("matrix_workbench", args=[weighed.pk])
    draft = weighed.versions.get(status="draft")
    rows = {row.criterion.key: row for row in draft.criteria.select_related("criterion")}
    assert {key: float(row.weight) for key, row in rows.items()} == {
        "profit": 20, "average_invoice": 30, "tenure": 50,
    }  # fmt: skip
    active = weighed.versions.get(status="active")
    assert rows["tenure"].rule == active.criteria.get(criterion__key="tenure").rule
    with acting_system("test"):
        assert open_round(weighed) is None
    client.post(url)  # nothing is open any more


@pytest.mark.django_db
def test_asking_again_adds_people_and_new_criteria_begin_anew(weighed, people):
    with acting_system("test"):
        first = ask(weighed, people[:1], None)
        assert ask(weighed, people, None) == first
        assert len(all_weighings(first)) == 3
        put_to_use(weighed, {"profit": 1, "values": 1})
        second = ask(weighed, people[:1], None)
        assert second != first
        assert open_round(weighed) == second
        auditor, gone = make_user("auditor"), make_user("kam", is_active=False)
        with pytest.raises(ValidationError):
            ask(weighed, [auditor, gone], None)


@pytest.mark.django_db
def test_over_rest_from_asking_to_the_draft(client, weighed, people):
    manager, kam, _other = people

    def post(name, data=None):
        url = reverse(f"api:{name}", args=[weighed.pk])
        return client.post(url, data or {}, content_type="application/json")

    client.force_login(manager)
    assert post("matrix-weighing-adoption").status_code == 400
    assert post("matrix-weighing", {"method": "percent"}).status_code == 400
    assert post("matrix-weighing-people", {"people": [kam.pk]}).status_code == 201
    client.force_login(kam)
    assert post("matrix-weighing-people", {"people": [kam.pk]}).status_code == 403
    half = {"method": "pairs", "judgements": {"pair.profit.tenure": "3"}}
    assert post("matrix-weighing", half).status_code == 400
    best = {"best": "profit", "worst": "tenure", "bo.tenure": 8, "bo.average_invoice": 2,
            "ow.average_invoice": 4}  # fmt: skip
    given_ = post("matrix-weighing", {"method": "best_worst", "judgements": best})
    assert given_.status_code == 201
    assert given_.json()["own"]["weights"]["profit"] == pytest.approx(8 / 13)
    client.force_login(manager)
    drafted = post("matrix-weighing-adoption").json()
    assert [row["criterion"] for row in drafted["criteria"]] == KEYS


@pytest.mark.django_db
def test_the_page_for_those_who_decide(client, weighed, people, django_assert_max_num_queries):
    manager = people[0]
    client.force_login(manager)
    page = reverse("matrix_weighing", args=[weighed.pk])
    assert "Nobody has been asked yet" in client.get(page).content.decode()
    client.post(reverse("matrix_weighing_round", args=[weighed.pk]), {"person": ["x"]})
    client.post(
        reverse("matrix_weighing_round", args=[weighed.pk]),
        {"person": [people[1].pk, people[2].pk]},
    )
    with acting_system("test"):
        asked = open_round(weighed)
    answer(asked, people[1], (20, 30, 50))
    with django_assert_max_num_queries(15):
        text = client.get(page).content.decode()
    assert "Take into the draft" in text
    assert "has not answered" in text


@given(some.lists(some.floats(min_value=1e-6, max_value=1e6), min_size=1, max_size=10))
def test_per_cent_make_a_hundred(weights):
    found = to_hundred(weights)
    assert sum(found) == 100
    total = sum(weights)
    for share, weight in zip(found, weights, strict=True):
        assert abs(float(share) - weight / total * 100) <= 0.1 + 1e-6


@pytest.mark.parametrize(
    ("text", "value"),
    [("3", 3), ("1/3", 1 / 3), ("0.5", 0.5), ("", None), ("1/0", None), ("10", None),
     ("nan", None), ("-2", None), ("x/y", None), (None, None)],
)  # fmt: skip
def test_ratios_as_people_write_them(text, value):
    assert read_ratio(text) == (pytest.approx(value) if value else None)


def test_pairs_may_be_stated_either_way_round():
    forth = judged("pairs", KEYS, {"pair.profit.tenure": "3", "pair.average_invoice.tenure": "1"})
    back = judged("pairs", KEYS, {"pair.tenure.profit": "1/3", "pair.tenure.average_invoice": "1"})
    assert forth.weights == pytest.approx(back.weights)
    assert forth.weights == pytest.approx((0.6, 0.2, 0.2))
    assert judged("percent", KEYS, {}) is None
    assert judged("pairs", KEYS[:1], {}).weights is None
