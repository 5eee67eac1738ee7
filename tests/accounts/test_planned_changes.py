"""Changes that we plan: whom they touch, who tells them, and what they answer."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import PlannedChange, Standing, Team, TouchedClient
from accounts.selectors import planned_changes as found
from accounts.services import planned_changes
from accounts.services.clients import Conflict
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_document, make_group, make_product, make_user

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
def leader(kam):
    return make_user("manager", language="en", team=kam.team)


@pytest.fixture
def shop(kam):
    return key(make_client("Shop", owner=kam, team=kam.team))


@pytest.fixture
def foil():
    return make_product("F-1", family="Foil")


def key(client):
    with acting_system("test"):
        Standing.objects.create(client=client, value="trial", since=DAY, taken_over=True)
    return client


def bought(client, product, net=100, date="2026-01-10"):
    make_document(client, date, net, lines=[{"product": product}])


def plan(leader, **values):
    with acting_as(leader):
        values = {
            "kind": "price",
            "name": "Foil dearer",
            "on": DAY + dt.timedelta(days=30),
            **values,
        }
        return planned_changes.plan(values, leader)


def touched(change, who):
    with acting_as(who):
        return [(row.client.name, row.bought) for row in found.touched().filter(change=change)]


def test_key_clients_that_bought_it_are_listed_with_what_they_bought(leader, kam, shop, foil):
    other = make_product("G-1", family="Gloves")
    member = make_client("Member", owner=kam, team=kam.team)
    group = key(make_group("Holding", [member], owner=kam, team=kam.team))
    bought(member, foil, 300)
    bought(shop, foil, 100)
    bought(shop, foil, -40)
    bought(shop, foil, 900, "2025-03-01")  # more than twelve months ago
    bought(shop, other, 70)
    bought(key(make_client("Gloves only", owner=kam)), other)
    bought(make_client("Not key", owner=kam), foil)
    change = plan(leader, family=foil.family)
    assert touched(change, leader) == [("Holding", 300), ("Shop", 60)]
    assert touched(plan(leader, product=other), leader)[0][0] == "Gloves only"
    assert touched(plan(leader, kind="terms"), leader) == [], "people choose"
    with acting_as(leader):
        row = TouchedClient.objects.get(change=change, client=group)
        assert (row.informer, row.state) == (kam, "untold")
        assert planned_changes.list_touched(change) == 0
    late = key(make_client("Late", owner=kam, team=kam.team))
    bought(late, foil, 5)
    with acting_as(leader):
        assert planned_changes.list_touched(change) == 1
    assert touched(change, make_user("kam")) == [], "of clients one may see"


def test_a_client_is_chosen_once_and_not_after_all_is_settled(leader, shop):
    change = plan(leader, kind="terms")
    with acting_as(leader):
        assert planned_changes.touch(change, shop).bought is None
        with pytest.raises(ValidationError):
            planned_changes.touch(change, shop)
        planned_changes.settle(change, "dropped", "not now")
        with pytest.raises(ValidationError):
            planned_changes.touch(change, make_client("Other"))
        with pytest.raises(ValidationError):
            planned_changes.alter(change, {"name": "x"}, change.version)


def test_it_takes_force_on_its_day_and_is_dropped_with_a_reason(leader):
    change = plan(leader, on=DAY + dt.timedelta(days=1))
    with acting_as(leader):
        for state, field in (("in_force", "state"), ("dropped", "note"), ("planned", "state")):
            with pytest.raises(ValidationError) as refused:
                planned_changes.settle(change, state, "")
            assert set(refused.value.message_dict) == {field}
        planned_changes.alter(change, {"on": DAY}, 1)
        with pytest.raises(Conflict):
            planned_changes.alter(change, {"name": "x"}, 1)
        planned_changes.settle(change, "in_force", "")
        assert (change.state, change.settled_on) == ("in_force", DAY)
        planned_changes.settle(change, "planned", "")
        assert change.settled_on is None
    with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        PlannedChange.objects.update(state="dropped")


def test_answers_are_counted_with_what_is_at_stake(leader, kam, shop, foil):
    bought(shop, foil, 60)
    rest = key(make_client("Rest", owner=kam, team=kam.team))
    bought(rest, foil, 40)
    change = plan(leader, family=foil.family)
    with acting_as(kam):
        row = TouchedClient.objects.get(client=shop)
        with pytest.raises(ValidationError) as refused:
            planned_changes.answer(row, {"state": "objects"}, 1, kam)
        assert set(refused.value.message_dict) == {"words"}
        ahead = {"state": "told", "told_on": DAY + dt.timedelta(days=1)}
        with pytest.raises(ValidationError):
            planned_changes.answer(row, ahead, 1, kam)
        planned_changes.answer(row, {"state": "objects", "words": "too soon"}, 1, kam)
        assert (row.told_on, row.version) == (DAY, 2)
        with pytest.raises(Conflict):
            planned_changes.answer(row, {"words": "x"}, 1, kam)
        told = found.told([change.pk])[change.pk]
        assert (told.touched, told.untold, told.objects) == (2, 1, 1)
        assert (told.bought, told.at_stake) == (100, 60)
        planned_changes.answer(row, {"state": "untold"}, 2, kam)
        assert row.told_on is None


def test_by_its_pages(client, leader, kam, shop, foil):
    bought(shop, foil, 60)
    client.force_login(leader)
    create = reverse("planned_change_create")
    values = {"kind": "price", "name": "Foil dearer", "on": "2026-05-01", "product": "F-1"}
    assert client.post(create, values | {"product": "nothing"}).status_code == 422
    assert client.post(create, values).status_code == 302
    with acting_as(leader):
        change = PlannedChange.objects.get()
        row = TouchedClient.objects.get()
    detail = reverse("planned_change_detail", args=[change.pk])
    assert "Shop" in client.get(detail).content.decode()
    other = make_client("Bistro", owner=kam, team=kam.team)
    assert client.post(detail, {"act": "choose", "client": "nobody"}).status_code == 422
    assert client.post(detail, {"act": "choose", "client": other.name}).status_code == 302
    assert client.post(detail, {"act": "list"}).status_code == 302
    assert client.post(detail, {"act": "settle", "state": "dropped"}).status_code == 422
    edit = reverse("planned_change_edit", args=[change.pk])
    assert "F-1" in client.get(edit).content.decode()
    assert client.post(edit, values | {"name": "Other", "version": "1"}).status_code == 302
    assert client.post(edit, values | {"version": "1"}).status_code == 409
    client.force_login(kam)
    assert client.get(edit).status_code == 403
    assert "Other" in client.get(reverse("client_needs", args=[shop.pk])).content.decode()
    address = reverse("touched_client_detail", args=[row.pk])
    told = {"state": "leaves", "informer": kam.pk, "version": "1"}
    refused = client.post(address, told)
    assert refused.status_code == 422
    assert "Say in their words" in refused.content.decode()
    assert client.post(address, told | {"words": "too dear"}).status_code == 302
    assert client.post(address, told | {"words": "x"}).status_code == 409
    page = client.get(detail).content.decode()
    assert "too dear" in page
    assert "Other" in client.get(reverse("planned_change_list")).content.decode()


def test_over_rest(client, leader, kam, shop, foil):
    bought(shop, foil, 60)
    client.force_login(leader)
    sent = {"kind": "price", "name": "Foil dearer", "on": "2026-05-01", "family": foil.family_id}
    answer = client.post(reverse("api:planned-change-list"), sent, "application/json")
    assert answer.status_code == 201, answer.content
    pk = answer.json()["id"]
    detail = reverse("api:planned-change-detail", args=[pk])
    changed = client.patch(detail, {"on": "2026-06-01", "version": 1}, "application/json")
    assert changed.json()["on"] == "2026-06-01"
    clients = reverse("api:planned-change-clients", args=[pk])
    assert Decimal(client.get(clients).json()["bought"]) == 60
    again = client.post(clients, {"client": shop.pk}, "application/json")
    assert again.status_code == 400
    settle = reverse("api:planned-change-settlement", args=[pk])
    assert client.post(settle, {"state": "dropped"}, "application/json").status_code == 400
    client.force_login(kam)
    (row,) = client.get(reverse("api:touched-client-list")).json()["results"]
    address = reverse("api:touched-client-detail", args=[row["id"]])
    told = client.patch(address, {"state": "accepts", "version": 1}, "application/json")
    assert (told.status_code, told.json()["told_on"]) == (200, "2026-03-16")
    stale = client.patch(address, {"state": "told", "version": 1}, "application/json")
    assert stale.status_code == 409
    assert client.post(settle, {"state": "dropped"}, "application/json").status_code == 403
