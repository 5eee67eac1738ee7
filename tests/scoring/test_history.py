"""What matrices, criteria and ratings said before, on their pages and over REST."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.services.history_words import told
from kam.lib.scoping import acting_as, acting_system
from scoring.models import Criterion
from scoring.selectors import history as found
from scoring.services.criteria import save_criterion
from scoring.services.ratings import Opinion, rate, record_opinions
from scoring.services.versions import Choice, activate, discard, draft_of, restore, save_draft
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
CUT = {"selection": "top_n", "selection_value": 3, "min_coverage": 0.6}


@pytest.fixture
def boss():
    return make_user("administrator", name="Vera Boss", language="en")


def choices(**weights: int) -> list[Choice]:
    return [Choice(Criterion.objects.get(key=k), Decimal(v)) for k, v in weights.items()]


def lines_of(matrix) -> list[tuple]:
    return [
        (each.part.partition(",")[0], line.field, line.before, line.after)
        for each in told(found.of_matrix(matrix))
        for line in each.lines
    ]


def test_a_matrix_tells_who_weighed_what_how_before(matrix, boss, client):
    with acting_as(boss), override("en"):
        draft = save_draft(draft_of(matrix, boss), choices(profit=60, tenure=40), **CUT)
        seen = found.of_matrix(matrix).count()
        # Places are changed, a weight is, one goes, one comes; what is saved again says nothing.
        for _turn in range(2):
            save_draft(
                draft, choices(average_invoice=35, profit=65), **CUT | {"selection_value": 5}
            )
        assert [row.criterion.key for row in draft.criteria.order_by("position")] == [
            "average_invoice", "profit",
        ]  # fmt: skip
        fresh = lines_of(matrix)[: -seen or None]
        assert ("Criterion: Profit potential", "Weight", "60", "65") in fresh
        assert ("Version: 2", "Key line", "3", "5") in fresh
        assert ("Criterion", "Weight", "40", "—") in fresh
        assert found.of_matrix(matrix).count() == seen + 3
        activate(draft, "Growth", boss)
        assert ("Version: 2", "State", "Draft", "Active") in lines_of(matrix)
        first = matrix.versions.get(number=1)
        before = found.of_matrix(matrix).count()
        discard(restore(first, boss))  # begins as it was, and only its end is told
        (gone,) = told(found.of_matrix(matrix)[: found.of_matrix(matrix).count() - before])
        assert (gone.edit.did, gone.lines[0].field, gone.lines[0].before) == (
            "removed",
            "Number",
            "3",
        )
    client.force_login(boss)
    page = client.get(reverse("matrix_history", args=[matrix.pk])).content.decode()
    assert "Vera Boss" in page
    rows = client.get(reverse("api:matrix-history", args=[matrix.pk])).json()["results"]
    assert {"weight": 60} in [row["before"] for row in rows]
    assert reverse("matrix_history", args=[matrix.pk]) in client.get(
        reverse("matrix_detail", args=[matrix.pk])
    ).content.decode()  # fmt: skip


def test_a_criterion_tells_its_words_and_rule_before(boss, client):
    words = {"1": "little", "5": "some", "10": "much"}
    data = {"label_ru": "Срок", "label_en": "Term", "anchors": {"en": words}, "measure": "tenure",
            "people_share": 0}  # fmt: skip
    with acting_as(boss), override("en"):
        own = save_criterion(None, data, boss)
        rule = {"kind": "threshold", "cuts": [1, 2, 3, 4, 5, 6, 7, 8, 9], "direction": "benefit"}
        change = {"anchors": {"en": words | {"1": "none"}}, "rule": rule}
        save_criterion(own, data | change, boss)
    client.force_login(boss)
    page = client.get(reverse("criterion_history", args=[own.key])).content.decode()
    assert "1: none; 5: some; 10: much" in page
    assert "By the share of clients that have less." in page
    assert "From each step on: 1 = 2; 2 = 3" in page
    url = reverse("criterion_history", args=[own.key])
    listed = client.get(reverse("criterion_list")).content.decode()
    assert listed.count(url) == 1
    (row,) = client.get(reverse("api:criterion-history", args=[own.key])).json()["results"]
    assert (row["record"], set(row["after"])) == ("criterion", {"anchors", "rule"})


def test_ratings_tell_what_they_took_the_place_of(boss, client):
    shop, anna = make_client("Shop"), make_user(name="Anna Kam")
    values = Criterion.objects.get(key="values")
    with acting_system("test"):
        rate(shop, values, 7, rater=anna, reason="They keep their word")
        rate(shop, values, 4, rater=boss)
        rate(shop, values, 9, rater=anna)
        rate(shop, values, 2, rater=anna, date=shop.created_at.date().replace(year=2020))
        rate(shop, values, None, rater=anna, not_applicable=True)
        for value in (3, 5):  # somebody of a file, known by name alone
            record_opinions([Opinion(shop.pk, values.pk, Decimal(value), rater_name="Old Hand")])
        said = [
            (str(row.rater or row.rater_name), row.was, row.value, row.not_applicable)
            for row in found.of_ratings(shop.pk)
        ]
    assert said == [
        ("Old Hand", 3, 5, False), ("Old Hand", None, 3, False), ("Anna Kam", 9, None, True),
        ("Anna Kam", None, 2, False), ("Anna Kam", 7, 9, False), ("Vera Boss", None, 4, False),
        ("Anna Kam", None, 7, False),
    ]  # fmt: skip
    client.force_login(boss)
    page = client.get(reverse("client_rating_history", args=[shop.pk])).content.decode()
    assert "They keep their word" in page
    assert "does not apply" in page
    score = client.get(reverse("client_score", args=[shop.pk])).content.decode()
    assert reverse("client_rating_history", args=[shop.pk]) in score
