"""The sales plan: plan against actual, forecast, the grid, pasting, roll-ups, REST."""

import datetime as dt
from decimal import Decimal as D

import pytest
from django.urls import reverse

from accounts.models import PlannedSale, ProductFamily
from accounts.services import sales_plans
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_product, make_user

YEAR = 2026
DAY = dt.date(2026, 5, 10)  # four months are over


def sell(client, day, net, product):
    make_document(client, day, net, lines=[{"product": product}])


@pytest.fixture
def boxes(db):
    return make_product(family="Boxes")


def family(product):
    return product.family_id


@pytest.mark.django_db
def test_plan_against_actual_of_complete_months_and_the_forecast(boxes):
    client = make_client()
    for month in range(1, 13):
        sell(client, f"2025-{month:02d}-10", 100 if month < 12 else 900, boxes)
    for month in range(1, 6):
        sell(client, f"2026-{month:02d}-05", 200, boxes)
    with acting_system("test"):
        cells = {(family(boxes), month): D(150) for month in range(1, 13)}
        assert sales_plans.save(client, YEAR, cells, None) == 12
        assert sales_plans.save(client, YEAR, cells, None) == 0
        found = sales_plans.year_of(client, [client.pk], YEAR, DAY)
        (row,) = found.rows
        assert (found.complete, row.due, row.done, row.gap) == (4, 600, 800, 200)
        assert row.planned == 1800
        # Four months of the year before brought 400 of 2000: a fifth is too little to go by.
        assert row.forecast is None
        later = sales_plans.year_of(client, [client.pk], YEAR, dt.date(2026, 6, 30))
        assert later.rows[0].forecast == round(D(1000) / (D(600) / D(2000)), 2)
        first = sales_plans.year_of(client, [client.pk], YEAR, dt.date(2026, 2, 28))
        assert first.total.forecast is None  # two months


@pytest.mark.django_db
def test_a_changed_plan_keeps_what_was_planned_before(boxes):
    client = make_client()
    with acting_system("test"):
        sales_plans.save(client, YEAR, {(0, 1): D(5)}, None)
        sales_plans.save(client, YEAR, {(0, 1): D(7)}, None)
        assert sales_plans.save(client, YEAR, {(0, 1): None}, None) == 1
        assert not sales_plans.plan_of([client.pk], YEAR)
        assert PlannedSale.objects.filter(known_to__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1 234,50", "1234.50"), ("1,234.5", "1234.50"), ("12\u00a0000", "12000"), ("0", "0")],
)
def test_amounts_as_people_write_them(text, amount):
    assert sales_plans.amount_of(text) == D(amount)
    assert sales_plans.amount_of(" ") is None
    for wrong in ("abc", "-5", "nan"):
        with pytest.raises(ValueError, match=r".+"):
            sales_plans.amount_of(wrong)


def test_a_pasted_block_is_shown_then_saved(client, boxes):
    kam = make_user(role="kam", language="en")
    row = make_client(owner=kam)
    client.force_login(kam)
    address = reverse("client_sales_plan_paste", args=[row.pk])
    text = "Family\tJan\tFeb\nBoxes\t1 000\t\nNothing\t5\t5\nBoxes\tx\t7"
    shown = client.post(address, {"text": text, "year": today().year})
    assert shown.status_code == 200
    assert not PlannedSale.unscoped.exists()
    seen = shown.context["seen"]
    assert {line for line, *_rest in shown.context["paste"].refused} == {3, 4}
    saved = client.post(address, {"text": text, "year": today().year, "seen": seen})
    assert saved.status_code == 302
    with acting_system("test"):
        assert sales_plans.plan_of([row.pk], today().year) == {
            (family(boxes), 1): D(1000),
            (family(boxes), 2): D(7),
        }


def test_two_people_save_one_grid_and_the_second_sees_both(client, boxes):
    kam = make_user(role="kam", language="en")
    row = make_client(owner=kam)
    client.force_login(kam)
    address = reverse("client_sales_plan", args=[row.pk])
    page = client.get(f"{address}?family={family(boxes)}")
    seen = page.context["plan"].digest
    name = f"cell-{family(boxes)}-1"
    assert client.post(address, {"seen": seen, name: "abc"}).status_code == 422
    assert client.post(address, {"seen": seen, name: "100"}).status_code == 302
    late = client.post(address, {"seen": seen, name: "333"})
    assert late.status_code == 409
    assert b'value="333"' in late.content
    assert b">100<" in late.content
    fresh = late.context["plan"].digest
    assert client.post(address, {"seen": fresh, name: "333"}).status_code == 302
    with acting_system("test"):
        assert sales_plans.plan_of([row.pk], today().year)[family(boxes), 1] == 333


def test_roll_ups_hold_what_one_may_see(client, boxes):
    kam, other = make_user(role="kam", language="en"), make_user(role="kam")
    own, foreign = make_client(owner=kam), make_client(owner=other)
    sell(own, "2026-01-10", 70, boxes)
    with acting_system("test"):
        for each, amount in ((own, 100), (foreign, 900)):
            sales_plans.save(each, YEAR, {(family(boxes), 1): D(amount)}, None)
        everybody = sales_plans.roll_up("kam", YEAR, DAY)
        assert everybody.total.planned == 1000
    with acting_as(kam):
        mine = sales_plans.roll_up("kam", YEAR, DAY)
        assert (len(mine.rows), mine.total.planned, mine.total.done) == (1, 100, 70)
        by_family = sales_plans.roll_up("family", YEAR, DAY)
        assert by_family.rows[0].name == "Boxes"
    client.force_login(kam)
    assert client.get(reverse("sales_plan_list")).status_code == 200


def test_the_plan_over_rest(client, boxes):
    kam = make_user(role="kam")
    row = make_client(owner=kam)
    client.force_login(kam)
    address = f"/api/v1/clients/{row.pk}/sales-plan/"
    month = f"{today().year}-02-01"
    cells = [{"family": family(boxes), "month": month, "amount": "12.50"}]
    kind = {"content_type": "application/json"}
    answer = client.patch(address, {"cells": cells}, **kind)
    assert answer.status_code == 200, answer.content
    assert answer.json()["rows"][0]["plan"][1] == "12.50"
    bad = [{"family": None, "month": f"{today().year}-02-02", "amount": "1"}]
    assert client.patch(address, {"cells": bad}, **kind).status_code == 400
    assert client.get("/api/v1/sales-plans/?by=family").json()["total"]["planned"] == "12.50"
    assert ProductFamily.objects.count() == 1


def test_months_have_their_names_in_russian(client, boxes):
    kam = make_user(role="kam", language="ru")
    row = make_client(owner=kam)
    client.force_login(kam)
    page = client.get(reverse("client_sales_plan", args=[row.pk]) + f"?family={family(boxes)}")
    text = page.content.decode()
    assert ">май</th>" in text
    assert "Boxes, май, план" in text
