"""Needs: noted, brought forward, ended with a reason, and gathered by theme."""

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import Need, Team, Theme
from accounts.selectors import needs as found
from accounts.services import needs
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import (
    make_client,
    make_contact,
    make_group,
    make_interaction,
    make_product,
    make_user,
)

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


def note(client, kam, what="Refill stations", **values):
    with acting_as(kam):
        return needs.note(client, {"what": what, **values}, kam)


def test_one_sum_is_a_range_with_equal_ends_and_a_range_has_its_ends_in_order(shop, kam):
    need = note(shop, kam, high=Decimal(300))
    assert (need.low, need.high, need.state, need.since) == (300, 300, "noted", DAY)
    with pytest.raises(ValidationError) as refused:
        note(shop, kam, low=Decimal(5), high=Decimal(4))
    assert set(refused.value.message_dict) == {"high"}
    with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Need.objects.update(low=None)


def test_it_goes_its_way_step_by_step_and_says_why_it_ends(shop, kam):
    need = note(shop, kam)
    with acting_as(kam):
        with pytest.raises(ValidationError) as refused:
            needs.step(need, "won", "", kam)
        assert set(refused.value.message_dict) == {"state"}, "what is only noted is not won"
        needs.step(need, "confirmed", "", kam)
        needs.step(need, "offered", "", kam)
        with pytest.raises(ValidationError) as refused:
            needs.step(need, "lost", " ", kam)
        assert set(refused.value.message_dict) == {"reason"}
        with pytest.raises(ValidationError):
            needs.step(need, "confirmed", "", kam)
        needs.step(need, "lost", "price", kam)
        assert (need.state, need.reason, need.version) == ("lost", "price", 4)
        with pytest.raises(ValidationError):
            needs.step(need, "confirmed", "", kam)
        needs.step(need, "confirmed", "they came back", kam)
        way = [(each.before, each.after) for each in found.steps_of(need)]
    assert way == [
        ("lost", "confirmed"), ("offered", "lost"), ("confirmed", "offered"), ("noted", "confirmed")
    ]  # fmt: skip
    assert Event.unscoped.filter(action="need.step").count() == 4


def test_two_people_editing_lose_nothing(shop, kam):
    need = note(shop, kam)
    with acting_as(kam):
        assert needs.change(need, {"purpose": "save", "what": need.what}, 1, kam) == ["purpose"]
        assert needs.change(need, {"purpose": "save"}, 2, kam) == []
        with pytest.raises(Conflict):
            needs.change(need, {"purpose": "x"}, 1, kam)


def test_a_theme_is_named_once_and_shows_the_money_behind_it(shop, kam):
    other = make_client("Bistro", owner=kam, team=kam.team)
    note(
        shop, kam, new_theme=" Refill  systems", low=Decimal(100), high=Decimal(300), likelihood=50
    )
    note(other, kam, new_theme="refill systems", high=Decimal(1000))
    note(other, kam, new_theme="Refill systems")
    with acting_as(kam):
        won = note(other, kam, new_theme="Refill systems", high=Decimal(7))
        needs.step(won, "confirmed", "", kam)
        needs.step(won, "won", "", kam)
        ((theme, money),) = found.themes_with_money()
        assert theme.name == "Refill systems"
        assert (money.needs, money.clients, money.low, money.high) == (3, 2, 1100, 1300)
        assert (money.expected, money.weighed, money.unpriced, money.won) == (100, 1, 1, 1)
        assert found.money_of(Need.objects.filter(theme=theme)) == money
        at_hand = found.money_of_rows(Need.objects.filter(found.OPEN, theme=theme))
        assert dataclasses.replace(at_hand, won=1) == money
        with pytest.raises(ValidationError):
            needs.make_theme({"name": "REFILL systems"}, kam)
    # A KAM of another team sees the theme and none of the money.
    with acting_as(make_user("kam", team=Team.objects.create(name="South"))):
        assert [(t.name, m.needs) for t, m in found.themes_with_money()] == [("Refill systems", 0)]


def test_merged_themes_give_their_needs_away_and_lead_on(shop, kam):
    with acting_system("test"):
        first, second, third = (needs.make_theme({"name": n}, None) for n in "abc")
    note(shop, kam, theme=first)
    with acting_system("test"):
        assert needs.merge(first, second) == 1
        assert needs.merge(second, third) == 1
        first.refresh_from_db()
        assert first.merged_into == third
        assert list(found.themes()) == [third]
        for theme, into in ((first, third), (third, first), (third, third)):
            with pytest.raises(ValidationError):
                needs.merge(theme, into)
        # The name is free again.
        assert needs.make_theme({"name": "A"}, None).pk


def test_noted_and_changed_by_its_pages(client, shop, kam):
    ann = make_contact(shop, "Ann")
    foreign = make_contact(make_client("Foreign"), "Bob")
    talk = make_interaction(shop, "2026-03-10", kind="meeting", subject="Spring")
    make_product("R-1", family="Refill")
    client.force_login(kam)
    create = reverse("need_create", args=[shop.pk])
    assert client.post(create, {"what": "", "source": "said"}).status_code == 422
    values = {
        "what": "Stations", "source": "said", "contact": ann.pk, "interaction": talk.pk,
        "product": "R-1", "low": "100", "likelihood": "40", "new_theme": "Refill",
    }  # fmt: skip
    for name, value in (
        ("contact", foreign.pk), ("product", "nothing"), ("high", "50"), ("likelihood", "101"),
    ):  # fmt: skip
        assert client.post(create, values | {name: value}).status_code == 422, name
    assert client.post(create, values).status_code == 302
    with acting_as(kam):
        need = Need.objects.get()
        assert (need.low, need.high, need.theme.name) == (100, 100, "Refill")
    page = client.get(reverse("client_needs", args=[shop.pk])).content.decode()
    assert "Stations" in page
    assert "Ann" in page
    detail = reverse("need_detail", args=[need.pk])
    assert "Spring" in client.get(detail).content.decode()
    assert client.post(detail, {"state": "lost"}).status_code == 422
    assert client.post(detail, {"state": "confirmed"}).status_code == 302
    edit = reverse("need_edit", args=[need.pk])
    assert "R-1" in client.get(edit).content.decode()
    stale = values | {"theme": need.theme_id, "new_theme": "", "what": "Other", "version": "1"}
    assert client.post(edit, stale).status_code == 409
    assert client.post(edit, stale | {"version": "2"}).status_code == 302
    for route in ("need_list", "theme_list"):
        assert "Refill" in client.get(reverse(route)).content.decode()
    assert "Other" in client.get(reverse("theme_detail", args=[need.theme_id])).content.decode()


def test_a_group_shows_the_needs_of_its_members(client, kam, shop):
    group = make_group("Holding", [shop], owner=kam, team=kam.team)
    note(shop, kam, "Stations")
    client.force_login(kam)
    assert "Stations" in client.get(reverse("client_needs", args=[group.pk])).content.decode()


def test_themes_are_changed_and_merged_by_those_who_lead(client, shop, kam):
    note(shop, kam, new_theme="Refil")
    leader = make_user("manager", language="en", team=kam.team)
    client.force_login(leader)
    with acting_as(leader):
        theme = Theme.objects.get()
    edit = reverse("theme_edit", args=[theme.pk])
    assert client.post(edit, {"name": "Refill", "version": "1"}).status_code == 302
    assert client.post(edit, {"name": "Other", "version": "1"}).status_code == 409
    client.post(reverse("theme_create"), {"name": "Dosing"})
    assert client.post(reverse("theme_create"), {"name": "dosing"}).status_code == 422
    with acting_as(leader):
        into = Theme.objects.get(name="Dosing")
    answer = client.post(reverse("theme_merging", args=[theme.pk]), {"into": into.pk})
    assert answer["Location"] == reverse("theme_detail", args=[into.pk])
    client.force_login(kam)
    assert client.get(edit).status_code == 403


def test_over_rest(client, shop, kam):
    make_product("R-1")
    client.force_login(kam)
    sent = {"client": shop.pk, "what": "Stations", "new_theme": "Refill", "product": "R-1",
            "high": "300.00"}  # fmt: skip
    answer = client.post(reverse("api:need-list"), sent, "application/json")
    assert answer.status_code == 201, answer.content
    said = answer.json()
    assert (said["low"], said["product"], said["state"]) == ("300.00", "R-1", "noted")
    detail = reverse("api:need-detail", args=[said["id"]])
    assert client.patch(detail, {"likelihood": 50}, "application/json").status_code == 428
    changed = client.patch(detail, {"likelihood": 50, "version": 1}, "application/json")
    assert (changed.status_code, changed.json()["product"]) == (200, "R-1")
    stale = client.patch(detail, {"likelihood": 60, "version": 1}, "application/json")
    assert stale.status_code == 409
    steps = reverse("api:need-steps", args=[said["id"]])
    assert client.post(steps, {"state": "outlived"}, "application/json").status_code == 400
    moved = client.post(steps, {"state": "confirmed"}, "application/json")
    assert moved.json()["state"] == "confirmed"
    assert client.get(detail).json()["steps"][0]["after"] == "confirmed"
    theme = client.get(reverse("api:theme-detail", args=[said["theme"]])).json()
    assert (theme["name"], theme["money"]["needs"]) == ("Refill", 1)
    assert theme["money"]["expected"] == "150.00"
    refused = client.post(reverse("api:theme-list"), {"name": "x"}, "application/json")
    assert refused.status_code == 403
