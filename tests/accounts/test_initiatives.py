"""Initiatives: stages, whom they fit, who rests, answers, and the effect on invoices."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import translation

from accounts.models import (
    Initiative,
    Invitation,
    Need,
    Potential,
    ProductFamily,
    Standing,
    Survey,
    SurveyInvitation,
    Team,
    Theme,
)
from accounts.services import fitting, initiatives, needs
from accounts.services.clients import Conflict
from accounts.services.initiative_effect import outcome
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests.factories import (
    make_client,
    make_contact,
    make_document,
    make_group,
    make_interaction,
    make_user,
    moment,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)


def ago(days):
    return DAY - dt.timedelta(days=days)


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
    return make_client("Shop", owner=kam, team=kam.team)


@pytest.fixture
def family():
    return ProductFamily.objects.create(name="Refill")


def make(leader, stage="inviting", **values):
    with acting_as(leader):
        row = initiatives.make(
            {"kind": "beta", "name": "Trial", "goal": "less waste", **values}, leader
        )
        for each in ("prepared", "inviting", "running", "finished"):
            if row.stage == stage:
                break
            initiatives.step(row, each, "", leader)
        return row


def note(client, kam, **values):
    with acting_as(kam):
        return needs.note(client, {"what": "Stations", **values}, kam)


def test_it_goes_from_stage_to_stage_and_says_why_it_stops_or_goes_back(leader):
    row = make(leader, "idea")
    with acting_as(leader):
        assert row.owner == leader
        with pytest.raises(ValidationError) as refused:
            initiatives.step(row, "running", "", leader)
        assert set(refused.value.message_dict) == {"stage"}
        initiatives.step(row, "prepared", "", leader)
        for stage in ("stopped", "idea"):
            with pytest.raises(ValidationError) as refused:
                initiatives.step(row, stage, " ", leader)
            assert set(refused.value.message_dict) == {"note"}
        initiatives.step(row, "inviting", "", leader, ago(40))
        with pytest.raises(ValidationError):
            initiatives.step(row, "running", "", leader, DAY + dt.timedelta(days=1))
        initiatives.step(row, "running", "", leader, ago(30))
        with pytest.raises(ValidationError):
            initiatives.step(row, "finished", "", leader, ago(31))
        initiatives.step(row, "finished", "", leader, ago(2))
        assert (row.began, row.ended, row.is_open) == (ago(30), ago(2), False)
        initiatives.step(row, "running", "two more asked for it", leader)
        assert (row.began, row.ended) == (ago(30), None)
    with acting_system("test"), pytest.raises(DatabaseError), transaction.atomic():
        Initiative.objects.update(began=None)


def test_clients_are_ranked_by_fit_with_reasons_in_words(leader, kam, shop, family):
    theme = Theme.objects.create(name="Refill")
    row = make(leader, theme=theme, family=family)
    bistro, hotel, key, _other = (
        make_client(name, owner=kam, team=kam.team) for name in ("Bistro", "Hotel", "Key", "Other")
    )
    note(shop, kam, theme=theme)
    note(bistro, kam, family=family)
    reason = {"family": family.pk, "buyers": 6, "peers": 9, "own": 0, "low": 100.0, "high": 300.0}
    with acting_system("test"):
        Potential.objects.create(client=bistro, as_of=DAY, peers=9, reasons=[reason])
        Standing.objects.create(client=key, value="trial", since=DAY, taken_over=True)
    make_interaction(shop, ago(100), satisfaction=9)
    make_interaction(shop, ago(40), satisfaction=7)
    make_interaction(shop, ago(400), satisfaction=1)
    make_interaction(hotel, ago(4), satisfaction=10)
    with acting_as(kam), translation.override("en"):
        lines = fitting.candidates(row, DAY)
        assert [(each.client.name, each.fit.points) for each in lines] == [
            ("Bistro", 40), ("Shop", 40), ("Key", 10)
        ]  # fmt: skip
        assert [why for why, _points in lines[1].reasons] == [
            "They want it: “Stations” (noted)", "Content with us: 8.0 of 10 within a year"
        ]  # fmt: skip
        assert "Look-alikes buy more" in lines[0].reasons[0][0]
    with acting_as(make_user("kam")):
        assert fitting.candidates(row, DAY) == [], "of clients one may see"


def test_a_group_fits_by_its_members(leader, kam):
    theme = Theme.objects.create(name="Refill")
    row = make(leader, theme=theme)
    member = make_client("One", owner=kam, team=kam.team)
    group = make_group("Holding", [member], owner=kam, team=kam.team)
    note(member, kam, theme=theme)
    with acting_as(leader):
        assert [each.client for each in fitting.candidates(row, DAY)] == [group]


@pytest.mark.parametrize("by", ("survey", "link", "invitation"))
def test_who_was_asked_lately_rests_unless_there_is_a_reason(leader, kam, shop, settings, by):
    settings.CONTACT_REST_DAYS = 30
    row, other = make(leader), make(leader, name="Other")
    if by == "survey":
        make_interaction(shop, ago(29), kind="survey", subject="Spring")
    elif by == "link":
        with acting_system("test"):
            asked = Survey.objects.create(name="Winter", closes_on=DAY)
            SurveyInvitation.objects.create(
                survey=asked, client=shop, digest="x", language="en",
                created_at=moment(ago(29)),
            )  # fmt: skip
    else:
        with time_machine.travel("2026-02-20T09:00:00Z", tick=False), acting_as(kam):
            initiatives.invite(other, shop, {"contact": make_contact(shop, "Ann")}, kam)
    with acting_as(kam), translation.override("en"):
        with pytest.raises(ValidationError) as refused:
            initiatives.invite(row, shop, {}, kam)
        assert "Give them rest" in refused.value.message_dict["despite"][0]
        row_made = initiatives.invite(row, shop, {"despite": "they asked"}, kam)
        assert row_made.despite == "they asked"
        with pytest.raises(ValidationError) as refused:
            initiatives.invite(row, shop, {"despite": "again"}, kam)
        assert set(refused.value.message_dict) == {"client"}, "once is enough"
    assert Event.unscoped.filter(action="invitation.make", details__despite=True).count() == 1


def test_rest_ends_and_can_be_switched_off(leader, kam, shop, settings):
    row, other = make(leader), make(leader, name="Other")
    settings.CONTACT_REST_DAYS = 10
    make_interaction(shop, ago(10), kind="survey")
    with acting_as(kam):
        assert initiatives.invite(row, shop, {"despite": "x"}, kam).despite == "", "needed none"
        settings.CONTACT_REST_DAYS = 0
        initiatives.invite(other, shop, {}, kam)


def test_answers_have_words_where_needed_and_two_people_lose_nothing(leader, kam, shop):
    row = make(leader)
    with acting_as(kam):
        with pytest.raises(ValidationError):
            initiatives.invite(make(leader, "prepared"), shop, {}, kam)
        invited = initiatives.invite(row, shop, {}, kam)
        for values, field in (
            ({"state": "declined"}, "words"), ({"state": "took_part"}, "state"),
            ({"realised": Decimal(5)}, "realised"),
        ):  # fmt: skip
            with pytest.raises(ValidationError) as refused:
                initiatives.answer(invited, values, 1, kam)
            assert set(refused.value.message_dict) == {field}
        initiatives.answer(invited, {"state": "agreed"}, 1, kam)
        assert (invited.answered_on, invited.version) == (DAY, 2)
        with pytest.raises(Conflict):
            initiatives.answer(invited, {"words": "x"}, 1, kam)
    with acting_as(leader):
        initiatives.step(row, "running", "", leader)
    with acting_as(kam):
        values = {"state": "took_part", "realised": Decimal(500)}
        assert initiatives.answer(invited, values, 2, kam)
        initiatives.answer(invited, {"state": "invited", "realised": None}, 3, kam)
        assert invited.answered_on is None


def test_the_effect_says_what_is_missing_and_stands_beside_others(leader, kam, shop):
    row = make(leader, "inviting")
    rest = make_client("Rest", owner=kam, team=kam.team)
    with acting_system("test"):
        Standing.objects.create(client=rest, value="trial", since=ago(300), taken_over=True)
    with acting_as(kam):
        invited = initiatives.invite(row, shop, {}, kam)
    with acting_as(leader):
        assert outcome(row, DAY) is None
        initiatives.step(row, "running", "", leader, ago(60))
    with acting_as(kam):
        initiatives.answer(invited, {"state": "took_part"}, 1, kam)
    for number in range(5):
        make_document(shop, ago(70 + number), 100)
        make_document(rest, ago(70 + number), 50)
        make_document(rest, ago(50 + number), 55)
    make_document(shop, ago(300), 9000)  # too early
    make_document(shop, ago(50), -20)  # no invoice
    for number in range(4):
        make_document(shop, ago(60 - number), 120)
    with acting_as(kam):
        seen = outcome(row, DAY)
        assert (seen.together.before, seen.together.after) == (100, None)
        assert seen.together.missing_after == 1
        assert seen.others.change == Decimal("0.1")
        make_document(shop, ago(1), 120)
        seen = outcome(row, DAY)
        assert seen.together.change == Decimal("0.2")
        ((_row, each),) = seen.rows
        assert each == seen.together
    with acting_as(make_user("kam")):
        assert outcome(row, DAY).rows == []


def test_by_its_pages(client, leader, kam, shop):
    client.force_login(leader)
    create = reverse("initiative_create")
    values = {"kind": "offer", "name": "Stamp cards", "goal": "guests return"}
    assert client.post(create, values).status_code == 422, "an offer is for somebody"
    answer = client.post(create, values | {"audience": "weekday guests"})
    assert answer.status_code == 302
    with acting_as(leader):
        row = Initiative.objects.get()
        theme = Theme.objects.create(name="Refill")
    edit = reverse("initiative_edit", args=[row.pk])
    changed = values | {"audience": "all", "theme": theme.pk, "version": "1"}
    assert (
        client.post(edit, changed | {"starts": "2026-05-01", "ends": "2026-04-01"}).status_code
        == 422
    )
    assert client.post(edit, changed).status_code == 302
    assert client.post(edit, changed | {"name": "Other"}).status_code == 409
    detail = reverse("initiative_detail", args=[row.pk])
    for stage in ("prepared", "inviting"):
        assert client.post(detail, {"stage": stage}).status_code == 302
    assert client.post(detail, {"stage": "stopped"}).status_code == 422
    note(shop, kam, theme=theme)
    make_interaction(shop, ago(3), kind="survey", subject="Spring")
    client.force_login(kam)
    page = client.get(reverse("initiative_candidates", args=[row.pk])).content.decode()
    assert "Surveyed on 13 Mar 2026: Spring" in page
    invite = reverse("invitation_create", args=[shop.pk])
    assert f"{invite}?initiative={row.pk}" in page
    assert "Give them rest" in client.get(f"{invite}?initiative={row.pk}").content.decode()
    assert client.post(invite, {"initiative": row.pk}).status_code == 422
    assert client.post(invite, {"initiative": row.pk, "despite": "they asked"}).status_code == 302
    with acting_as(kam):
        invited = Invitation.objects.get()
        assert invited.reasons == [["need", 25, ["noted", "Stations"]]]
    address = reverse("invitation_detail", args=[invited.pk])
    assert "They want it" in client.get(address).content.decode()
    assert client.post(address, {"state": "declined", "version": "1"}).status_code == 422
    told = {"state": "declined", "words": "no time", "version": "1"}
    assert client.post(address, told).status_code == 302
    assert client.post(address, told | {"words": "x"}).status_code == 409
    page = client.get(detail).content.decode()
    assert "no time" in page
    assert client.post(detail, {"stage": "running"}).status_code == 403
    assert "Stamp cards" in client.get(reverse("initiative_list")).content.decode()


def test_over_rest(client, leader, kam, shop):
    client.force_login(leader)
    sent = {"kind": "beta", "name": "Trial", "goal": "less waste"}
    answer = client.post(reverse("api:initiative-list"), sent, "application/json")
    assert answer.status_code == 201, answer.content
    pk = answer.json()["id"]
    steps = reverse("api:initiative-steps", args=[pk])
    assert client.post(steps, {"stage": "running"}, "application/json").status_code == 400
    for stage in ("prepared", "inviting", "running"):
        assert client.post(steps, {"stage": stage}, "application/json").json()["stage"] == stage
    detail = reverse("api:initiative-detail", args=[pk])
    assert client.get(detail).json()["steps"][0]["after"] == "running"
    changed = client.patch(detail, {"name": "Other", "version": 4}, "application/json")
    assert (changed.status_code, changed.json()["name"]) == (200, "Other")
    client.force_login(kam)
    with acting_system("test"):
        Standing.objects.create(client=shop, value="trial", since=DAY, taken_over=True)
    (line,) = client.get(reverse("api:initiative-candidates", args=[pk])).json()
    assert (line["name"], line["points"], line["invited"]) == ("Shop", 10, False)
    invited = client.post(
        reverse("api:invitation-list"), {"initiative": pk, "client": shop.pk}, "application/json"
    )
    assert (invited.status_code, invited.json()["points"]) == (201, 10)
    address = reverse("api:invitation-detail", args=[invited.json()["id"]])
    answered = client.patch(address, {"state": "took_part", "version": 1}, "application/json")
    assert answered.json()["state"] == "took_part"
    stale = client.patch(address, {"state": "agreed", "version": 1}, "application/json")
    assert stale.status_code == 409
    effect = client.get(reverse("api:initiative-effect", args=[pk])).json()
    assert effect["participants"][0]["client"] == shop.pk
    assert effect["together"]["before"] is None


def test_a_merged_theme_takes_its_initiatives_along(leader):
    old, new = Theme.objects.create(name="a"), Theme.objects.create(name="b")
    row = make(leader, "idea", theme=old)
    with acting_as(leader):
        needs.merge(old, new)
        row.refresh_from_db()
        assert row.theme == new
        assert Need.objects.count() == 0
