"""When a client may order next, and gaps noted as needs."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Need, Potential, ProductFamily, Standing, Team
from accounts.services import outlook
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_group, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en", team=Team.objects.create(name="North"))


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


def bought(client, *ago, type="invoice"):
    for days in ago:
        make_document(client, DAY - dt.timedelta(days=days), type=type)


def estimated(client, family, own=0.0):
    reason = {"family": family.pk, "buyers": 6, "peers": 9, "own": own, "low": 100.0, "high": 300.0}
    with acting_system("test"):
        Potential.objects.create(client=client, as_of=DAY, peers=9, reasons=[reason])


def test_the_window_follows_from_invoices_where_no_orders_are_loaded(shop, kam):
    bought(shop, 45, 35, 25, 15)
    with acting_as(kam):
        seen = outlook.outlook_of(shop, (), DAY)
        assert (seen.window, seen.orders, seen.needed) == (None, 4, 5)
    bought(shop, 5)
    with acting_as(kam):
        seen = outlook.outlook_of(shop, (), DAY)
        assert (seen.window.last, seen.window.expected) == (
            DAY - dt.timedelta(days=5), DAY + dt.timedelta(days=5)
        )  # fmt: skip
        assert seen.state == "ahead"
    bought(shop, 30, type="order")
    with acting_as(kam):
        assert outlook.outlook_of(shop, (), DAY).orders == 1, "orders, once there are any"


def test_a_group_orders_by_all_its_members(kam):
    one, two = make_client("One"), make_client("Two")
    group = make_group("Holding", [one, two], owner=kam, team=kam.team)
    bought(one, 50, 30, 10)
    bought(two, 40, 20)
    with acting_system("test"):
        assert outlook.outlook_of(group, (), DAY).window.median == 10


def test_key_clients_are_listed_those_that_let_their_window_pass_first(client, shop, kam):
    late = make_client("Late", owner=kam, team=kam.team)
    new = make_client("New", owner=kam, team=kam.team)
    make_client("Not key", owner=kam, team=kam.team)
    foreign = make_client("Foreign")
    bought(shop, 45, 35, 25, 15, 5)
    bought(late, 90, 80, 70, 60, 50)
    with acting_system("test"):
        for each in (shop, late, new, foreign):
            Standing.objects.create(client=each, value="trial", since=DAY, taken_over=True)
    with acting_as(kam):
        lines = outlook.next_orders(DAY)
        assert [line.client.name for line in lines] == ["Late", "Shop", "New"]
        assert outlook.next_orders(DAY, str(make_user("kam").pk)) == []
    client.force_login(kam)
    page = client.get(reverse("next_order_list")).content.decode()
    assert "Late" in page
    assert "Foreign" not in page
    rows = client.get(reverse("api:next-order-list")).json()
    assert [(row["name"], row["window"] and row["window"]["state"]) for row in rows] == [
        ("Late", "past"), ("Shop", "ahead"), ("New", None)
    ]  # fmt: skip


def test_a_gap_becomes_a_need_at_one_click_and_once(client, shop, kam):
    gloves, films = (ProductFamily.objects.create(name=name) for name in ("Gloves", "Films"))
    estimated(shop, gloves)
    client.force_login(kam)
    page = client.get(reverse("client_needs", args=[shop.pk])).content.decode()
    assert "6 of 9 look-alikes buy it" in page
    assert "Note as a need" in page
    note = reverse("need_from_gap", args=[shop.pk])
    answer = client.post(note, {"family": gloves.pk})
    with acting_as(kam):
        need = Need.objects.get()
        assert (need.source, need.family, need.low, need.high) == ("gap", gloves, 100, 300)
        assert need.likelihood is None, "people say how likely it is"
        for family in (gloves, films):
            with pytest.raises(ValidationError):
                outlook.note_gap(shop, family, kam)
    assert answer["Location"] == reverse("need_edit", args=[need.pk])
    page = client.get(reverse("client_needs", args=[shop.pk])).content.decode()
    assert "noted as a need" in page
    assert "Note as a need" not in page
    seen = client.get(reverse("api:client-outlook", args=[shop.pk])).json()
    assert [(gap["name"], gap["noted"]) for gap in seen["gaps"]] == [("Gloves", True)]
    again = client.post(
        reverse("api:client-need-from-gap", args=[shop.pk]), {"family": gloves.pk},
        "application/json",
    )  # fmt: skip
    assert again.status_code == 400


def test_pages_ask_no_more_queries_with_more_clients(client, kam, django_assert_max_num_queries):
    with acting_system("test"):
        for number in range(12):
            shop = make_client(f"Shop {number}", owner=kam, team=kam.team)
            Standing.objects.create(client=shop, value="trial", since=DAY, taken_over=True)
            Need.objects.create(client=shop, what="x", since=DAY)
    client.force_login(kam)
    for address in (
        reverse("next_order_list"), reverse("need_list"), reverse("theme_list"),
        reverse("client_needs", args=[shop.pk]),
    ):  # fmt: skip
        client.get(address)
        with django_assert_max_num_queries(15):
            client.get(address)
