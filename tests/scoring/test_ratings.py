"""People's ratings: nothing is overwritten, and files bring them in."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from accounts.services.importing import run as import_file
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from scoring.models import Criterion, Rating
from scoring.services.ratings import Opinion, rate, record_opinions
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def values(as_system):
    return Criterion.objects.get(key="values")


def history(client) -> list[tuple]:
    return [
        (row.value, row.known_to is None)
        for row in Rating.unscoped.filter(client=client).order_by("known_from", "pk")
    ]


def test_a_new_opinion_closes_the_old_one(values):
    client, anna, boris = make_client(), make_user(), make_user()
    first = rate(client, values, 7, rater=anna, reason="They keep their word")
    rate(client, values, 4, rater=boris)
    second = rate(client, values, 9, rater=anna)
    first.refresh_from_db()
    assert first.known_to == second.known_from
    assert (first.value, first.reason) == (7, "They keep their word")
    assert history(client) == [(7, False), (4, True), (9, True)]


def test_saying_the_same_again_writes_nothing(values):
    client, anna = make_client(), make_user()
    for _turn in range(2):
        rate(client, values, 7, rater=anna)
    assert history(client) == [(7, True)]
    assert rate(client, values, None, rater=anna) is None
    assert rate(client, values, None, rater=anna) is None
    assert history(client) == [(7, False), (None, True)]
    rate(client, values, 7, rater=anna)
    assert history(client) == [(7, False), (None, False), (7, True)]


def test_an_older_opinion_joins_the_history_only(values):
    client, anna = make_client(), make_user()
    rate(client, values, 7, rater=anna)
    rate(client, values, 2, rater=anna, date=today() - dt.timedelta(days=30))
    in_force = Rating.objects.get(client=client, known_to__isnull=True)
    assert in_force.value == 7
    assert Rating.objects.count() == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": Decimal("0.99")},
        {"value": Decimal(11)},
        {"value": Decimal(5), "not_applicable": True},
        {"value": Decimal(5), "date": dt.date(2999, 1, 1)},
    ],
)
def test_what_cannot_be_is_refused(values, wrong):
    with pytest.raises(ValidationError):
        record_opinions([Opinion(make_client().pk, values.pk, **wrong)])
    assert not Rating.objects.exists()


FILE = """client;criterion;rating;rater;date;reason
A1;Ценности и культура;8;anna@example.com;2024-03-01;Держат слово
A1;values;6;anna@example.com;2024-01-10;
A1;geography;7;Сторонний эксперт;2024-03-01;
A2;values;11;anna@example.com;2024-03-01;
A2;No such thing;5;anna@example.com;2024-03-01;
A9;values;5;anna@example.com;2024-03-01;
"""


def test_ratings_come_from_a_file_with_their_dates(tmp_path, as_system):
    anna = make_user(email="anna@example.com")
    client = make_client(external_id="A1")
    make_client(external_id="A2")
    file = tmp_path / "ratings.csv"
    file.write_text(FILE, encoding="utf-8")
    report = import_file(file, "ratings")
    answer = report.as_json()
    assert answer["accepted"] == "partial"
    assert {(e["row"], e["code"]) for e in answer["errors"]} == {
        (5, "rating.out_of_range"),
        (6, "criterion.unknown"),
    }
    assert all(
        "criterion" not in e["message"] or "No such" in e["message"] for e in answer["errors"]
    )
    assert answer["quarantined"]["rows"] == 1
    assert answer["ratings"] == {"created": 2, "updated": 1, "unchanged": 0}
    first, second = Rating.objects.filter(client=client, criterion__key="values").order_by("date")
    assert (first.value, second.value) == (6, 8)
    assert first.rater == second.rater == anna
    assert first.known_to == second.known_from
    assert second.known_to is None
    assert Rating.objects.get(criterion__key="geography").rater_name == "Сторонний эксперт"

    again = import_file(file, "ratings").as_json()
    assert again["ratings"] == {"created": 0, "updated": 0, "unchanged": 3}
    assert Rating.objects.count() == 3


def test_a_rating_is_only_changed_by_closing_it(values):
    with acting_system("test"):
        client, anna = make_client(), make_user()
        rate(client, values, 7, rater=anna)
        rate(client, values, 8, rater=anna)
    assert Rating.unscoped.filter(known_to__isnull=True).count() == 1
