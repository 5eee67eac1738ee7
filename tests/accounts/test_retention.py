"""Rules of keeping: nothing goes undecided, what is over goes with acts, invoices stay."""

import datetime as dt

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.test import Client as Browser
from django.urls import reverse

from accounts.models import (
    BulkLoad,
    Client,
    Contact,
    Destruction,
    Document,
    ImportFile,
    Interaction,
    Notice,
    Promise,
    RetentionRules,
    RetentionRun,
    Suppression,
)
from accounts.services import erasure, retention
from accounts.services.clients import Conflict
from kam.audit.models import Event
from kam.lib.scoping import acting_as, acting_system
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 16)
OLD = "2019-01-10T09:00:00Z"


@pytest.fixture(autouse=True)
def on_the_day():
    with time_machine.travel("2026-03-16T09:00:00Z", tick=False):
        yield


@pytest.fixture
def admin():
    return factories.make_user("administrator", language="en")


@pytest.fixture
def system():
    with acting_system("test"):
        yield


def person(client: Client, name: str, **fields) -> Contact:
    contact = Contact.objects.create(
        client=client, name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.org", **fields
    )
    Contact.objects.filter(pk=contact.pk).update(added_at=OLD)
    return contact


def old_client(name: str, **fields) -> Client:
    return factories.make_client(name, created_at=dt.datetime(2019, 1, 1, tzinfo=dt.UTC), **fields)


def names(key: str) -> list[str]:
    found = {each.category.key: each for each in retention.due(retention.rules())}
    return [row.name for row in found[key].first]


def decide(**months) -> RetentionRules:
    return retention.save(months, retention.rules().version)


def test_undecided_nothing_personal_goes(system):
    client = old_client("Shop")
    person(client, "Ann Gone", left_on=dt.date(2019, 6, 1))
    factories.make_interaction(client, "2019-05-01", subject="Call", text="Ann was ill")
    run = retention.run()
    assert run.result == {}
    assert Contact.objects.get().name == "Ann Gone"
    assert Interaction.objects.get().text == "Ann was ill"
    assert not Destruction.objects.exists()
    assert not Notice.objects.exists()


def test_who_left_long_ago_goes_with_an_act_and_is_not_taken_in_again(system, admin):
    client = old_client("Shop")
    gone = person(client, "Ann Gone", left_on=dt.date(2024, 2, 1))
    document = factories.make_document(client, "2024-01-10", 100, manager="Ann Gone")
    factories.make_interaction(client, "2024-01-09", subject="Call", text="Ann Gone asks")
    person(client, "Bob Lately", left_on=dt.date(2025, 6, 1))
    spoken = person(client, "Cid Spoken", left_on=dt.date(2023, 6, 1))
    factories.make_interaction(client, "2026-02-01", contact=spoken, subject="Call")
    owed = person(client, "Dan Owed", left_on=dt.date(2023, 6, 1))
    Promise.objects.create(client=client, contact=owed, what="x", due=DAY, first_due=DAY)
    person(client, "Eve Blocked", left_on=dt.date(2023, 6, 1), blocked_since=dt.date(2026, 1, 1))
    decide(left_contacts=24)
    assert names("left_contacts") == ["Ann Gone"]

    run = retention.run()
    assert run.result["left_contacts"] == {"due": 1, "done": 1, "failed": 0}
    gone.refresh_from_db()
    assert gone.anonymised_at is not None
    assert "Ann" not in gone.name
    act = run.acts.get()
    assert (act.contact_ref, act.basis, act.by_name) == (gone.pk, "retention", "system")
    assert Suppression.objects.filter(destruction=act).exists()
    assert "Ann" not in Interaction.objects.get(date="2024-01-09").text
    document.refresh_from_db()
    assert document.net == 100
    assert document.manager == "Ann Gone"
    assert Contact.objects.filter(anonymised_at__isnull=True).count() == 4
    notice = Notice.objects.get(person=admin)
    assert (notice.kind, notice.facts["people"]) == ("retention", 1)
    assert Event.objects.filter(action="retention.run").count() == 1
    # The same night once more does nothing more.
    again = retention.run()
    assert again.pk == run.pk
    assert again.result["left_contacts"]["done"] == 1
    assert RetentionRun.objects.count() == 1


def test_people_of_silent_clients_go_and_of_no_others(system):
    silent = old_client("Silent")
    person(silent, "Ann Silent")
    factories.make_document(silent, "2021-01-10", 5)
    bought = old_client("Bought")
    person(bought, "Bob Bought")
    factories.make_document(bought, "2025-12-01", 5)
    promised = old_client("Promised")
    person(promised, "Cid Promised")
    Promise.objects.create(client=promised, what="x", due=DAY, first_due=DAY)
    group = old_client("Group", kind="group")
    person(group, "Dan Group")
    quiet, loud = old_client("Quiet member", group=group), old_client("Loud", group=group)
    person(quiet, "Eve Member")
    factories.make_interaction(loud, "2026-01-10", subject="Call")
    lately = old_client("Added lately")
    Contact.objects.create(client=lately, name="Fay Lately")
    factories.make_client("New prospect").contacts.create(name="Gus Prospect")
    decide(gone_clients=24)
    assert names("gone_clients") == ["Ann Silent"]
    retention.run()
    assert not Contact.objects.filter(name="Ann Silent").exists()
    assert Contact.objects.filter(anonymised_at__isnull=True).count() == 6
    assert Document.objects.filter(client=silent).count() == 1


def test_notes_lose_their_words_and_stay_for_the_figures(system):
    client = old_client("Shop")
    ann = person(client, "Ann Here")
    old = factories.make_interaction(
        client, "2020-05-01", contact=ann, subject="Call", text="Ann was ill", satisfaction=7
    )
    factories.make_interaction(client, "2026-01-01", subject="Call", text="fine")
    decide(notes=60)
    run = retention.run()
    old.refresh_from_db()
    assert (old.subject, old.text, old.satisfaction, old.contact_id) == ("", "", 7, ann.pk)
    assert Interaction.objects.get(date="2026-01-01").text == "fine"
    act = run.acts.get()
    assert (act.contact_ref, act.digest, act.what) == (None, "", {"interactions": 1})
    assert [event.action for event in erasure.extract(act)] == ["retention.act"]


def test_files_go_by_the_settings_until_months_are_set(system, settings):
    def bring(days: int) -> ImportFile:
        at = dt.datetime(2026, 3, 16, tzinfo=dt.UTC) - dt.timedelta(days=days)
        return ImportFile.objects.create(
            name=f"{days}.csv", sha256="0" * 64, at=at, file=ContentFile(b"x", name="x")
        )

    settings.IMPORT_FILE_DAYS = 90
    for days in (10, 50, 100):
        bring(days)
    assert names("import_files") == ["100.csv"]
    author = factories.make_user("administrator")
    load = BulkLoad.objects.create(
        author=author, kind="clients", source="crm", rows=2, sha256="0" * 64
    )
    BulkLoad.objects.filter(pk=load.pk).update(at="2025-01-01T00:00:00Z")
    run = retention.run()
    assert run.acts.get().what == {"files": 1, "bulk_contents": 1}
    assert not BulkLoad.objects.exists()
    assert {row.name for row in ImportFile.objects.exclude(file="")} == {"10.csv", "50.csv"}
    decide(import_files=1)
    assert names("import_files") == ["50.csv"]


def test_acts_go_after_three_years_and_the_hashes_hold(system, admin):
    contact = person(old_client("Shop"), "Ann Gone")
    with acting_as(admin):
        act = erasure.erase(contact, basis="withdrawn", person=admin)
    hashes = Suppression.objects.count()
    assert hashes
    Destruction.objects.filter(pk=act.pk).update(keep_until=dt.date(2026, 3, 15))
    assert retention.expired_acts() == 1
    run = retention.run()
    assert run.result["acts"]["done"] == 1
    assert not Destruction.objects.exists()
    assert Suppression.objects.filter(destruction=None).count() == hashes


def test_one_person_that_cannot_be_destroyed_does_not_keep_the_others(system, admin, monkeypatch):
    client = old_client("Shop")
    bad = person(client, "Ann Bad", left_on=dt.date(2020, 1, 1))
    person(client, "Bob Good", left_on=dt.date(2020, 1, 2))
    decide(left_contacts=24)
    real = erasure.erase

    def erase(contact, **how):
        if contact.pk == bad.pk:
            raise RuntimeError
        return real(contact, **how)

    monkeypatch.setattr(erasure, "erase", erase)
    run = retention.run()
    assert run.result["left_contacts"] == {"due": 2, "done": 1, "failed": 1}
    assert Notice.objects.get(person=admin).facts["failed"] == 1


def test_rules_are_kept_once_and_by_version(system):
    first = decide(left_contacts=12)
    with pytest.raises(Conflict):
        retention.save({"left_contacts": 24}, 0)
    assert RetentionRules.objects.get().left_contacts == 12
    assert first.version == 1
    told = Event.objects.get(action="retention.change").details
    assert told == {"left_contacts": ["—", "12"]}


def test_the_page_tries_months_without_keeping_them(admin):
    with acting_system("test"):
        person(old_client("Shop"), "Ann Gone", left_on=dt.date(2020, 1, 1))
    browser = Browser()
    browser.force_login(admin)
    url = reverse("retention")
    text = browser.get(url, {"left_contacts": "12", "notes": ""}).content.decode()
    assert "Ann Gone" in text
    assert "A trial" in text
    with acting_system("test"):
        assert not RetentionRules.objects.exists()
    answer = browser.post(url, {"left_contacts": "12", "gone_clients": "2", "version": "0"})
    assert answer.status_code == 422
    assert "From 6 to 240 months, or empty." in answer.content.decode()
    answer = browser.post(url, {"left_contacts": "twelve", "version": "0"})
    assert "Write a whole number of months" in answer.content.decode()
    assert browser.post(url, {"left_contacts": "12", "version": "0"}).status_code == 302
    answer = browser.post(url, {"left_contacts": "24", "version": "0"})
    assert answer.status_code == 409
    assert "saved: 12" in answer.content.decode()
    with acting_system("test"):
        assert RetentionRules.objects.get().left_contacts == 12


def test_rest(admin):
    browser = Browser()
    browser.force_login(admin)
    url = reverse("api:retention")
    assert browser.get(url).json()["left_contacts"] is None
    said = {"notes": 60, "version": 0}
    answer = browser.patch(url, said, content_type="application/json")
    assert answer.json()["notes"] == 60
    assert browser.patch(url, said, content_type="application/json").status_code == 409
    bad = browser.patch(url, {"notes": 1, "version": 1}, content_type="application/json")
    assert bad.status_code == 400
    due = browser.get(reverse("api:retention-due-list")).json()
    assert [row["category"] for row in due] == list(retention.KEYS)
    assert browser.get(reverse("api:retention-run-list")).json()["results"] == []


def test_the_auditor_reads_and_decides_nothing():
    browser = Browser()
    browser.force_login(factories.make_user("auditor", language="en"))
    assert b"Kept for, months" in browser.get(reverse("retention")).content
    assert browser.post(reverse("retention"), {}).status_code == 403
