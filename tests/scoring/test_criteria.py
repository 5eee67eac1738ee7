"""Criteria of one's own: made and changed by leaders, on the page and over REST."""

import pytest
from django.urls import reverse

from scoring.models import Criterion
from tests.factories import make_client, make_user
from tests.scoring.conftest import put_to_use

pytestmark = pytest.mark.django_db
FORM = {
    "label_ru": "Готовность к пилоту", "label_en": "Ready to pilot", "one_ru": "Ждут других",
    "five_ru": "Иногда", "ten_ru": "Просят первыми", "axis": "strength",
}  # fmt: skip


@pytest.fixture
def manager(client):
    person = make_user("manager", language="en")
    client.force_login(person)
    return person


def test_a_criterion_of_people_is_made_listed_and_taken(client, manager, matrix):
    assert client.post(reverse("criterion_create"), FORM).status_code == 302
    made = Criterion.objects.get(key="ready-to-pilot")
    assert (made.rated_by_people, made.people_share, made.measure) == (True, 1, "")
    assert made.anchors == {"ru": {"1": "Ждут других", "5": "Иногда", "10": "Просят первыми"}}
    put_to_use(matrix, {"profit": 60, "ready-to-pilot": 40})
    page = client.get(reverse("criterion_list")).content.decode()
    for text in ("Ready to pilot", "Ждут других", "How strong we are with the client", matrix.name):
        assert text in page  # without English meanings the Russian ones show


def test_a_computed_one_begins_with_a_rule_and_keeps_it_while_its_source_stays(client, manager):
    client.post(reverse("criterion_create"), FORM | {"measure": "revenue", "people": "30"})
    made = Criterion.objects.get(key="ready-to-pilot")
    assert made.rule["kind"] == "percentile"
    assert (made.rated_by_people, float(made.people_share)) == (True, 0.3)
    rule = {"kind": "threshold", "cuts": [5.0]}
    Criterion.objects.filter(pk=made.pk).update(rule=rule)
    edit = reverse("criterion_edit", args=[made.key])
    assert "Ready to pilot" in client.get(edit).content.decode()
    client.post(edit, FORM | {"measure": "revenue", "people": "0", "label_en": "Pilots"})
    made.refresh_from_db()
    assert (made.label_en, made.rule, made.rated_by_people) == ("Pilots", {
        **rule, "direction": "benefit", "rounding": "integer"}, False)  # fmt: skip
    client.post(edit, FORM | {"measure": "overdue_share", "people": "0"})
    made.refresh_from_db()
    assert (made.rule["kind"], made.rule["direction"]) == ("percentile", "cost")


def test_words_begin_in_the_middle_and_need_to_be_there(client, manager):
    answer = client.post(reverse("criterion_create"), FORM | {"measure": "segment"})
    assert answer.status_code == 422
    assert "No client has such a word yet" in answer.content.decode()
    make_client(segment="Hotels")
    client.post(reverse("criterion_create"), FORM | {"measure": "segment"})
    assert Criterion.objects.get(key="ready-to-pilot").rule["table"] == {"Hotels": 5}


def test_what_is_missing_is_said(client, manager):
    answer = client.post(reverse("criterion_create"), FORM | {"five_ru": ""})
    assert answer.status_code == 422
    assert "all three of them" in answer.content.decode()
    assert not Criterion.objects.filter(in_library=False).exists()


def test_keys_never_meet(client, manager):
    for _turn in range(2):
        client.post(reverse("criterion_create"), FORM | {"label_en": "New"})
    found = Criterion.objects.filter(in_library=False).values_list("key", flat=True)
    assert sorted(found) == ["new-2", "new-3"]


def test_those_of_the_library_stay(client, manager):
    edit = reverse("criterion_edit", args=["values"])
    assert "comes with the product" in client.get(edit).content.decode()
    assert client.post(edit, FORM).status_code == 422
    assert Criterion.objects.get(key="values").in_library
    where = reverse("api:criterion-detail", args=["values"])
    answer = client.patch(where, {"label_en": "X"}, content_type="application/json")
    assert answer.status_code == 400


def test_who_may(client, db):
    client.force_login(make_user("kam", language="en"))
    assert client.get(reverse("criterion_list")).status_code == 200
    assert client.get(reverse("criterion_create")).status_code == 403
    assert client.post(reverse("api:criterion-list"), {}).status_code == 403


def test_rest_makes_and_changes_one(client, manager):
    body = {"label_ru": "Пилот", "label_en": "Pilot", "measure": "revenue", "people_share": "0.5",
            "anchors": {"en": {"1": "no", "5": "some", "10": "yes"}}}  # fmt: skip
    answer = client.post(reverse("api:criterion-list"), body, content_type="application/json")
    assert answer.status_code == 201, answer.json()
    where = reverse("api:criterion-detail", args=["pilot"])
    changed = client.patch(where, {"axis": "strength"}, content_type="application/json").json()
    assert (changed["axis"], changed["measure"], changed["people_share"]) == (
        "strength", "revenue", "0.500",
    )  # fmt: skip
    assert client.get(where).json()["label_en"] == "Pilot"
    wrong = client.patch(where, {"measure": "nonsense"}, content_type="application/json")
    assert wrong.status_code == 400
