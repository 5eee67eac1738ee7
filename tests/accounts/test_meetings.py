"""Meetings: an agenda that makes itself, minutes in one save, versions, reviews."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.urls import reverse

from accounts.models import (
    Meeting,
    MeetingResult,
    Need,
    Problem,
    Promise,
    Task,
    Team,
)
from accounts.selectors import meetings as found
from accounts.services import agenda, meetings, needs, promises
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_as
from tests.factories import make_client, make_contact, make_document, make_user

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
AT = dt.datetime(2026, 3, 18, 9, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(team):
    return make_user("kam", language="en", team=team)


@pytest.fixture
def lead(team):
    return make_user("manager", language="en", team=team)


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam, team=kam.team)


def planned(client, kam, **values):
    return meetings.plan(client, {"title": "Spring", "starts_at": AT, **values}, kam)


def points(meeting):
    return [(item.source, item.text) for item in found.items_of(meeting) if not item.dropped]


def test_the_agenda_takes_in_what_is_open_and_each_point_knows_its_source(kam, shop):
    make_document(shop, DAY - dt.timedelta(days=50), 100, due=DAY - dt.timedelta(days=40))
    with acting_as(kam):
        ours = promises.make(shop, {"what": "Price list", "due": DAY}, kam)
        promises.make(shop, {"what": "Forecast", "due": DAY, "side": "theirs"}, kam)
        Problem.objects.create(client=shop, what="Late trucks", owner=kam, raised_on=DAY)
        needs.note(shop, {"what": "A second shop", "source": "said"}, kam)
        meeting = planned(shop, kam)
        items = {item.source: item for item in found.items_of(meeting)}
        assert set(items) == {"ours", "theirs", "debt", "problem", "need"}
        assert items["ours"].row == ours.pk
        assert "40" in items["debt"].text
        assert items["problem"].internal
        # Once taken in, a point is not doubled; a dropped one stays away.
        meetings.drop_item(items["need"])
        assert agenda.build(meeting) == 0
        assert "need" not in [source for source, _text in points(meeting)]
        promises.make(shop, {"what": "Samples", "due": DAY}, kam)
        assert agenda.build(meeting) == 1


def test_points_are_added_and_moved(kam, shop):
    with acting_as(kam):
        meeting = planned(shop, kam)
        first, second, third = (meetings.add_item(meeting, text) for text in "abc")
        meetings.move_item(third, -1)
        meetings.move_item(first, -1)
        assert [text for _source, text in points(meeting)] == ["a", "c", "b"]
        meetings.drop_item(third)
        second.refresh_from_db()
        meetings.move_item(second, -1)
        assert [text for _source, text in points(meeting)] == ["b", "a"]
        with pytest.raises(ValidationError):
            meetings.add_item(meeting, " ")


def results(**due):
    return [
        {"kind": "decision", "what": "Two brands"},
        {"kind": "ours", "what": "Send samples", "due": DAY},
        {"kind": "theirs", "what": "Name the budget", "due": DAY},
        {"kind": "task", "what": "Ask the plant", "due": DAY, **due},
        {"kind": "need", "what": "Cold storage"},
        {"kind": "decision", "what": "Raise the price later", "internal": True},
    ]


def test_minutes_make_everything_in_one_save_or_nothing(kam, shop):
    with acting_as(kam):
        meeting = planned(shop, kam)
        with pytest.raises(ValidationError), transaction.atomic():
            meetings.write_minutes(meeting, "x", "", results(due=None), kam, meeting.version)
        assert not MeetingResult.objects.exists()
        assert not Promise.objects.exists()
        meeting.refresh_from_db()
        assert meeting.state == "planned"
        meetings.write_minutes(meeting, "We spoke", "own", results(), kam, meeting.version)
        assert (meeting.state, meeting.number) == ("held", 0)
        assert set(Promise.objects.values_list("side", "what")) == {
            ("ours", "Send samples"), ("theirs", "Name the budget")
        }  # fmt: skip
        assert Task.objects.get().what == "Ask the plant"
        assert Need.objects.get().what == "Cold storage"
        with pytest.raises(Conflict):
            meetings.write_minutes(meeting, "again", "", [], kam, 1)
        with pytest.raises(DatabaseError), transaction.atomic():
            MeetingResult.objects.filter(kind="task").update(internal=False)


def test_an_approved_version_stays_and_a_correction_says_why(kam, lead, shop):
    with acting_as(kam):
        meeting = planned(shop, kam)
        with pytest.raises(ValidationError):
            meetings.approve(meeting, kam)
        meetings.write_minutes(meeting, "We spoke", "SECRET", results(), kam, meeting.version)
        stranger = make_user("kam")
        with pytest.raises(PermissionDenied):
            meetings.approve(meeting, stranger)
        first = meetings.approve(meeting, kam)
        assert (first.number, meeting.number) == (1, 1)
        with pytest.raises(ValidationError):
            meetings.approve(meeting, kam)
        with pytest.raises(ValidationError):
            meetings.approve(meeting, kam, "nothing is other")
        meetings.write_minutes(meeting, "We spoke long", "SECRET", [], kam, meeting.version)
        second = meetings.approve(meeting, kam, "a word was missing")
        assert second.number == 2
        first.refresh_from_db()
        assert first.content["notes"] == "We spoke"
        told = str(meetings.for_client(second.content))
        assert "We spoke long" in told
        assert "Two brands" in told
        for hidden in ("SECRET", "Ask the plant", "Raise the price later"):
            assert hidden in str(second.content)
            assert hidden not in told


def test_a_meeting_that_repeats_makes_the_next_one_with_its_decisions_on_top(kam, shop):
    contact = make_contact(shop, "Ann")
    with acting_as(kam):
        values = {"title": "QBR", "starts_at": AT, "kind": "qbr", "every": 3}
        meeting = meetings.plan(shop, values, kam, [contact], [kam])
        meetings.write_minutes(meeting, "x", "", results(), kam, meeting.version)
        meetings.approve(meeting, kam)
        (following,) = Meeting.objects.filter(previous=meeting)
        # 18 June 2026 is a Thursday.
        assert following.starts_at == dt.datetime(2026, 6, 18, 9, tzinfo=dt.UTC)
        assert following.state == "planned"
        assert points(following)[0] == ("decision", "Two brands")
        assert found.people_of(following).count() == 2
        meetings.write_minutes(meeting, "y", "", [], kam, meeting.version)
        meetings.approve(meeting, kam, "corrected")
        assert Meeting.objects.count() == 2


def test_a_review_of_a_kams_clients_is_led_approved_and_seen_by_those_it_is_about(kam, lead, shop):
    make_document(shop, DAY - dt.timedelta(days=50), 100, due=DAY - dt.timedelta(days=40))
    with acting_as(lead):
        with pytest.raises(ValidationError):
            planned(None, lead)
        review = planned(None, lead, about=kam)
        assert review.kind == "internal"
        assert [source for source, _text in points(review)] == ["debt"]
        with pytest.raises(ValidationError), transaction.atomic():
            meetings.write_minutes(
                review, "", "", [{"kind": "need", "what": "x"}], lead, review.version
            )
        review.refresh_from_db()
        meetings.write_minutes(
            review, "", "", [{"kind": "decision", "what": "Visit Shop"}], lead, review.version
        )
        assert not meetings.may_approve(review, kam)
        meetings.approve(review, lead)
        later = meetings.plan(
            None, {"title": "April", "starts_at": AT + dt.timedelta(days=30), "about": kam}, lead
        )
        assert points(later)[0] == ("decision", "Visit Shop")
    with acting_as(kam):
        assert set(Meeting.objects.all()) == {review, later}
        assert MeetingResult.objects.get().what == "Visit Shop"
    with acting_as(make_user("kam", team=kam.team)):
        assert not Meeting.objects.exists()


def test_pages_from_planning_to_approval(kam, shop, client):
    contact = make_contact(shop, "Ann Buyer")
    client.force_login(kam)
    sent = {
        "kind": "client", "title": "Spring talk", "starts_at": "2026-03-18T12:00", "minutes": "60",
        "every": "0", "contacts": [contact.pk], "wanted": "A second brand",
    }  # fmt: skip
    answer = client.post(reverse("meeting_create", args=[shop.pk]), sent)
    assert answer.status_code == 302, answer.context["form"].errors
    with acting_as(kam):
        meeting = Meeting.objects.get()
    page = reverse("meeting_detail", args=[meeting.pk])
    assert client.post(page, {"act": "add", "text": "Prices"}).status_code == 302
    shown = client.get(page).content.decode()
    assert "Prices" in shown
    assert "Ann Buyer" in shown
    sheet = client.get(reverse("meeting_sheet", args=[meeting.pk])).content.decode()
    assert "A second brand" in sheet
    minutes = reverse("meeting_minutes", args=[meeting.pk])
    assert client.get(minutes).status_code == 200
    with acting_as(kam):
        version = Meeting.objects.get().version
    body = {
        "notes": "Spoke", "own_notes": "", "version": version,
        "r-TOTAL_FORMS": "1", "r-INITIAL_FORMS": "0",
        "r-0-kind": "ours", "r-0-what": "Samples", "r-0-due": "",
    }  # fmt: skip
    assert client.post(minutes, body).status_code == 422
    assert client.post(minutes, {**body, "r-0-due": "2026-03-20"}).status_code == 302
    assert client.post(minutes, {**body, "r-0-due": "2026-03-20"}).status_code == 409
    assert client.post(page, {"act": "approve"}).status_code == 302
    with acting_as(kam):
        meeting.refresh_from_db()
        kept = found.versions_of(meeting).get()
    assert "Samples" in client.get(reverse("minutes_version", args=[kept.pk])).content.decode()
    assert client.get(reverse("client_meetings", args=[shop.pk])).status_code == 200
    assert "Spring talk" in client.get(reverse("meeting_list") + "?when=past").content.decode()


def test_the_same_over_rest(kam, shop, client):
    client.force_login(kam)
    kind = "application/json"
    made = client.post(
        "/api/v1/meetings/",
        {"client": shop.pk, "title": "T", "starts_at": "2026-03-18T09:00:00Z"},
        kind,
    )
    assert made.status_code == 201, made.content
    one = f"/api/v1/meetings/{made.json()['id']}/"
    changed = client.patch(one, {"title": "U", "version": made.json()["version"]}, kind)
    assert changed.json()["title"] == "U", changed.content
    said = {"notes": "n", "results": [{"kind": "task", "what": "w", "due": "2026-03-20"}]}
    told = client.post(one + "minutes/", said, kind)
    assert told.status_code == 200, told.content
    assert told.json()["results"][0]["task"]
    kept = client.post(one + "approval/", {}, kind)
    assert kept.json()["number"] == 1, kept.content
