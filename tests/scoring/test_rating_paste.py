"""A block from a spreadsheet: what is read, what is refused and why, and that it is all or none."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import translation

from kam.lib.scoping import acting_as
from scoring.models import Criterion, Rating
from scoring.selectors.matrices import rated_version, version_criteria
from scoring.services.rating_paste import read_paste
from tests.factories import make_client, make_user
from tests.scoring.conftest import make_buyers, put_to_use, rank_now

pytestmark = pytest.mark.django_db
PART = {"HX-Request": "true"}


@pytest.fixture
def kam(client):
    person = make_user("kam", language="en")
    client.force_login(person)
    return person


@pytest.fixture
def grid(matrix, kam):
    put_to_use(matrix, {"profit": 60, "values": 20, "procurement": 20}, min_coverage=0.3)
    buyers = make_buyers(4, owner=kam)
    buyers.append(make_client("Somebody else's"))
    rank_now(matrix)
    return matrix, buyers


def asked(grid, text, **data):
    matrix, buyers = grid
    rows = ",".join(str(buyer.pk) for buyer in buyers)
    return reverse("matrix_paste", args=[matrix.pk]), {"text": text, "rows": rows, **data}


def read(grid, text, kam, start="values"):
    matrix, buyers = grid
    with acting_as(kam), translation.override("en"):
        criteria = version_criteria(rated_version(matrix))
        rows = [buyer.pk for buyer in buyers]
        return read_paste(text, criteria, kam, rows=rows, start=start)


def said(paste) -> list[tuple]:
    return [(each.client.name, each.criterion.criterion.key, each.after) for each in paste.changes]


def test_a_block_without_names_goes_down_and_to_the_right(grid, kam):
    paste = read(grid, "7\t8,5\r\n\t9.25\r\n10\t\r\n", kam)
    assert said(paste) == [
        ("Buyer 001", "values", 7),
        ("Buyer 001", "procurement", Decimal("8.5")),
        ("Buyer 002", "procurement", Decimal("9.25")),
        ("Buyer 003", "values", 10),
    ]
    assert paste.refused == []


def test_names_and_heads_say_where(grid, kam):
    status = Criterion.objects.get(key="procurement").label_ru
    text = f"Клиент\t{status}\tNonsense\nbuyer 003\t4\t1\nBuyer 001\t5\t1\nNobody\t5\t1"
    paste = read(grid, text, kam)
    assert said(paste) == [("Buyer 003", "procurement", 4), ("Buyer 001", "procurement", 5)]
    assert [(r.row, r.column, r.reason) for r in paste.refused] == [
        (1, 3, "there is no such criterion here"),
        (4, 0, "there is no such client here"),
    ]


def test_what_cannot_be_taken_is_named_by_line_and_column(grid, kam):
    make_client("Buyer 002", owner=kam)
    paste = read(grid, "Buyer 001\t11\tx\nBuyer 002\t5\t5\nSomebody else's\t1\t1", kam)
    assert paste.changes == []
    assert [(r.row, r.column, r.reason) for r in paste.refused] == [
        (1, 2, "not between 1 and 10"),
        (1, 3, "not a number"),
        (2, 0, "several clients have this name: give the INN"),
        (3, 0, "there is no such client here"),
    ]
    computed = read(grid, "5\t6", kam, start="profit")
    assert [(r.row, r.column) for r in computed.refused] == [(1, 1)]
    assert said(computed) == [("Buyer 001", "values", 6)]
    beyond = read(grid, "1\t2\t3\n" * 6, kam)
    assert (1, 3) in [(r.row, r.column) for r in beyond.refused]
    assert (6, 0) in [(r.row, r.column) for r in beyond.refused]


def test_first_it_is_shown_then_saved_in_one_go(client, grid, kam):
    where, data = asked(grid, "7\t8,5\nx\t9", start="values")
    page = client.post(where, data, headers=PART).content.decode()
    assert "<strong>3</strong> ratings change" in page
    assert "Line 2, column 1" in page
    assert not Rating.unscoped.exists()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    answer = client.post(where, data | {"seen": seen}, headers=PART)
    assert (answer.status_code, answer["HX-Refresh"]) == (204, "true")
    assert sorted(Rating.unscoped.values_list("value", flat=True)) == [7, Decimal("8.5"), 9]
    assert set(Rating.unscoped.values_list("rater_id", flat=True)) == {kam.pk}
    again = client.post(where, data).content.decode()
    assert "3 stay as they are" in again


def test_what_has_changed_since_is_shown_again_and_nothing_saved(client, grid, kam):
    where, data = asked(grid, "7\t8", start="values")
    page = client.post(where, data, headers=PART).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    grid[1][0].owner = None
    grid[1][0].save()
    answer = client.post(where, data | {"seen": seen}, headers=PART)
    assert answer.status_code == 200
    assert not Rating.unscoped.exists()


def test_the_sheet_takes_the_clients_of_the_grid(client, grid):
    matrix, buyers = grid
    page = client.get(reverse("matrix_paste", args=[matrix.pk]) + "?q=003", headers=PART)
    assert f'name="rows" value="{buyers[2].pk}"' in page.content.decode()


def test_a_batch_over_rest_is_all_or_none(client, grid):
    _matrix, buyers = grid
    rows = [
        {"client": buyer.pk, "criterion": "values", "value": number + 3}
        for number, buyer in enumerate(buyers)
    ]
    where = reverse("api:rating-batch")
    refused = client.post(where, {"ratings": rows}, content_type="application/json")
    assert refused.status_code == 400
    assert not Rating.unscoped.exists()
    answer = client.post(where, {"ratings": rows[:4]}, content_type="application/json")
    assert answer.status_code == 201
    assert answer.json() == {"created": 4, "updated": 0, "unchanged": 0}
