"""Breaches: whose data, what of it, when and by which way, and the hours of the law."""

import datetime as dt

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken, Contact, ImportFile, Incident
from accounts.selectors.incidents import exposure, taken_out
from accounts.services import incidents
from accounts.services.clients import Conflict
from kam.audit.models import DataAccess, Event
from kam.exports.models import Export
from kam.lib.scoping import acting_system
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
NOTICED = dt.datetime(2026, 3, 16, 6, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-17T09:00:00Z", tick=False):
        yield


@pytest.fixture
def admin():
    return factories.make_user("administrator", language="en")


@pytest.fixture
def kam():
    return factories.make_user("kam", name="Kim Manager", language="en")


@pytest.fixture
def system():
    with acting_system("test"):
        yield


def contact(name: str, **fields) -> Contact:
    return Contact.objects.create(client=factories.make_client(f"{name} Ltd"), name=name, **fields)


def look(person, contact: Contact, *ways: str, day=DAY, token=0, named=True) -> None:
    at = dt.datetime.combine(day, dt.time(9), dt.UTC)
    DataAccess.objects.create(
        day=day, actor=person, token_ref=token, client_ref=contact.client_id, ways=list(ways),
        contacts=[contact.pk] if named else [], first_at=at, last_at=at,
    )  # fmt: skip


def breach(**fields) -> Incident:
    values = {"title": "Lost", "noticed_at": NOTICED, "since": DAY, "until": DAY} | fields
    return incidents.create(values, None)


def names(incident: Incident) -> list[str]:
    return [each.name for each in exposure(incident)]


def test_whose_data_by_person_key_and_days(system, kam):
    other = factories.make_user("kam")
    ann, bob, cid, dan = (contact(name) for name in ("Ann", "Bob", "Cid", "Dan"))
    key, _secret = ApiToken.issue(user=kam, name="crm")
    look(kam, ann, "page")
    look(kam, ann, "map", day=DAY + dt.timedelta(days=1))
    look(kam, bob, "rest", token=key.pk)
    look(other, cid, "card")
    look(kam, dan, "page", day=DAY - dt.timedelta(days=9))
    two = {"until": DAY + dt.timedelta(days=1)}
    assert names(breach(people=[kam.pk], **two)) == ["Ann"]
    assert names(breach(tokens=[key.pk])) == ["Bob"]
    assert names(breach()) == ["Ann", "Bob", "Cid"]
    (found,) = exposure(breach(people=[kam.pk], **two))
    assert (found.first, found.last) == (DAY, DAY + dt.timedelta(days=1))
    assert found.ways == {"page", "map"}
    assert "influence" in found.fields
    assert found.who == "Kim Manager"
    (narrow,) = exposure(breach(people=[kam.pk]))
    assert narrow.fields == ["name", "position", "role", "phone", "email"]


def test_names_alone_stand_for_the_client(system, kam):
    ann = contact("Ann")
    look(kam, ann, "name", named=False)
    (found,) = exposure(breach(people=[kam.pk]))
    assert (found.contact, found.client, found.fields) == (0, ann.client_id, ["name"])


def test_an_exported_file_and_an_original_file(system, kam):
    ann, bob = contact("Ann"), contact("Bob")
    look(kam, ann, "file")
    look(kam, bob, "page", day=DAY - dt.timedelta(days=1))
    export = Export.objects.create(
        author=kam, name="contacts", format="csv", language="en", filename="c.csv", at=NOTICED
    )
    assert names(breach(export_ref=export.pk)) == ["Ann"]
    contact("Cid", email="Cid@Example.org")
    contact("Dan", phone="+7 (812) 555-11-22")
    contact("Eve", email="eve@example.org")
    text = "name;mail\nC;cid@example.org\nD;8 812 555 11 22\n"
    file = ImportFile.objects.create(
        name="a.csv", sha256="0" * 64, file=ContentFile(text.encode("cp1251"), name="a")
    )
    incident = breach(file=file)
    assert names(incident) == ["Cid", "Dan"]
    assert all(each.in_file for each in exposure(incident))
    ImportFile.objects.filter(pk=file.pk).update(file="")
    assert names(Incident.objects.get(pk=incident.pk)) == ["Cid", "Dan"]


def test_what_was_taken_out_by_those_who_are_named(system, kam, admin):
    for person in (kam, admin):
        Event.unscoped.create(
            at=NOTICED, actor=person, actor_name="x", action="export.taken", details={"list": "x"}
        )
    assert len(taken_out(breach(), 10)) == 2
    assert [e.actor_id for e in taken_out(breach(people=[kam.pk]), 10)] == [kam.pk]


def test_clocks_count_from_the_notice(system):
    row = breach(regulator_told_at=NOTICED + dt.timedelta(hours=20))
    states = {clock.duty.field: clock.state for clock in incidents.clocks(row)}
    assert states == {
        "regulator_told_at": "done", "result_told_at": "running",
        "authority_told_at": "running", "people_told_at": "open",
    }  # fmt: skip
    nearest = incidents.nearest(row)
    assert (nearest.due, nearest.hours) == (NOTICED + dt.timedelta(hours=72), 45)
    late = breach(regulator_told_at=NOTICED + dt.timedelta(hours=25))
    assert incidents.clocks(late)[0].state == "late"
    later = timezone.now() + dt.timedelta(days=9)
    assert incidents.clocks(late, later)[1].state == "over"


def test_who_saves_second_is_told(system):
    row = breach()
    incidents.change(row, {"note": "a"}, 1)
    with pytest.raises(Conflict):
        incidents.change(row, {"note": "b"}, 1)


def test_the_pages(admin, kam):
    with acting_system("test"):
        ann = contact("Ann")
        look(kam, ann, "page")
    browser = Browser()
    browser.force_login(admin)
    said = {"title": "Laptop lost", "noticed_at": "2026-03-16T09:00", "since": "2026-03-16",
            "until": "2026-03-16", "people": [str(kam.pk)]}  # fmt: skip
    for bad, words in (
        ({"until": "2026-03-01"}, "The last day lies before the first."),
        ({"until": "2026-04-01"}, "This day has not come yet."),
        ({"noticed_at": "2027-03-16T09:00"}, "This moment has not come yet."),
        ({"people": ["9999999"]}, "Select a valid choice"),
    ):
        answer = browser.post(reverse("incident_create"), said | bad)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    answer = browser.post(reverse("incident_create"), said)
    assert answer.status_code == 302
    page = browser.get(answer["Location"]).content.decode()
    assert "Laptop lost" in page
    assert "Ann" in page
    assert "Kim Manager" in page
    assert "hours left" in page or "over by" in page
    with acting_system("test"):
        row = Incident.objects.get()
        assert row.noticed_at == NOTICED
        assert (row.people, row.author_id) == ([kam.pk], admin.pk)
    edit = browser.get(reverse("incident_edit", args=[row.pk])).content.decode()
    assert "2026-03-16T09:00" in edit
    early = said | {"version": "1", "regulator_told_at": "2026-03-15T09:00"}
    answer = browser.post(reverse("incident_edit", args=[row.pk]), early)
    assert "Nobody can be told before it was noticed." in answer.content.decode()


def test_rest(admin, kam):
    browser = Browser()
    browser.force_login(admin)
    said = {"title": "Laptop lost", "noticed_at": "2026-03-16T06:00:00Z", "since": "2026-03-16",
            "until": "2026-03-16", "people": [kam.pk]}  # fmt: skip
    url = reverse("api:incident-list")
    made = browser.post(url, said, content_type="application/json")
    assert made.status_code == 201, made.content
    assert [clock["state"] for clock in made.json()["clocks"]][-1] == "open"
    one = reverse("api:incident-detail", args=[made.json()["id"]])
    told = {"regulator_told_at": "2026-03-16T20:00:00Z", "version": 1}
    changed = browser.patch(one, told, content_type="application/json")
    assert changed.json()["clocks"][0]["state"] == "done"
    assert changed.json()["people"] == [kam.pk]
    assert browser.patch(one, told, content_type="application/json").status_code == 409
    bad = browser.patch(one, {"version": 2, "export": 999}, content_type="application/json")
    assert "export" in bad.json()["error"]["fields"]
    contacts = reverse("api:incident-contacts", args=[made.json()["id"]])
    assert browser.get(contacts).json() == []
