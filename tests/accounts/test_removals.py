"""Removing into the bin and back: every noun comes back row by row, and nothing of it shows
meanwhile."""

import datetime as dt
from unittest.mock import patch

import pytest
import time_machine
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import (
    Agreement,
    Client,
    Contact,
    Goal,
    Interaction,
    Invitation,
    Promise,
    Relation,
    Removal,
    TouchedClient,
)
from accounts.services import agreements, clients, erasure, offers, removals
from kam.audit.models import Event
from kam.jobs.models import Job
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_as, acting_system
from tests.access import world as worlds
from tests.access.test_walk import TOUCHED, browser_of
from tests.factories import make_client, make_document, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("at_work")]
# What a removal leaves behind besides: the bin itself, the trail, and what is computed anew.
BESIDE = (*TOUCHED, "accounts_removal", "jobs_job")


@pytest.fixture
def at_work():
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def kam():
    return make_user("kam", language="en")


@pytest.fixture
def shop(kam):
    return make_client("Shop", owner=kam)


def tables() -> dict[str, tuple]:
    """What every table holds: how many rows, and a sum of what they say."""
    with connection.cursor() as cursor:
        names = [t for t in connection.introspection.table_names(cursor) if t not in BESIDE]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{t}', count(*), coalesce(sum(hashtextextended(t::text, 0)), 0) "
                f'FROM "{t}" t'
                for t in names
            )
        )
        return {name: (count, total) for name, count, total in cursor.fetchall()}


def example(noun: str, world):
    """A row of the world that can be removed, with as much as possible hanging on it."""
    if noun == "client":
        return _client(world)
    label = removals.NOUNS[noun].model._meta.label
    row = world.rows[label]["own"]
    if noun == "interaction":
        row.source, row.key = clients.BY_HAND, "k"
        row.save()
        return clients.change_interaction(row, {"subject": "corrected"})
    if noun == "goal":
        row.standing = None
        worlds.Standing.objects.filter(client=row.client_id).delete()
    if noun == "offer":
        return _drafted_offer(row.client, world.people["kam"])
    if noun == "contact":
        clients.update(row, {"phone": "+7 495 000-00-00"}, row.version)
        other = Contact.objects.create(client=row.client, name="Below", reports_to=row)
        assert other.reports_to_id == row.pk
        Promise.objects.filter(client=row.client_id).update(contact=row)
    # What has to stay and so keeps the row where it is, such as a goal's place in a plan.
    for model in removals._hanging(removals.NOUNS[noun], row).blocking:
        model._default_manager.all().delete()
    return row


def _drafted_offer(client, person):
    offer = offers.draft(
        client,
        {"title": "Gloves", "expectation": "Always there", "starts": worlds.DAY, "ends": None},
        person,
    )
    values = {
        "kind": "stock", "what": "60 boxes put aside", "due": worlds.DAY, "owner": person,
        "assured": "A shelf of their own",
    }  # fmt: skip
    offers.add_part(offer, values, person)
    offer.refresh_from_db()
    return offer


def _client(world) -> Client:
    """A client without a past: everything else hangs on it."""
    owner = world.people["kam"]
    client = Client.objects.create(name="Mistake Ltd", owner=owner, team=owner.team)
    worlds._processes(world, "mistake", client, "Mistake", owner)
    with patch.object(worlds, "_closed_year"):  # a client of a closed year stays
        worlds._agreement(world, "mistake", client, owner, "Mistake")
    chief = Contact.objects.create(client=client, name="Chief", phone="1")
    clients.update(chief, {"phone": "2"}, chief.version)
    Contact.objects.create(client=client, name="Below", reports_to=chief)
    Relation.objects.create(client=client, kind="partner", name="Partner")
    Goal.objects.create(client=client, why="x", start=1, target=2).readings.create(
        day=worlds.DAY, value=1
    )
    Interaction.objects.create(client=client, contact=chief, date=worlds.DAY, subject="s")
    _drafted_offer(client, owner)
    Invitation.objects.create(
        client=client, initiative=world.rows["accounts.Initiative"]["own"], invited_on=worlds.DAY
    )
    TouchedClient.objects.create(client=client, change=world.rows["accounts.PlannedChange"]["own"])
    gone = Contact.objects.create(client=client, name="Gone before")
    removals.remove("contact", gone, None, owner)
    return client


@pytest.mark.parametrize("noun", removals.NOUNS)
def test_everything_comes_back_row_by_row(noun, client):
    world = worlds.build()
    with acting_system("test"):
        row = example(noun, world)
        person = world.people["administrator"]
        before = tables()
        bin_before = set(Removal.objects.values_list("pk", "title"))
        ahead = removals.prospect(noun, row)
        assert ahead.is_possible, (ahead.kept, ahead.blocking)
        kept = removals.remove(noun, row, getattr(row, "version", None), person)
        assert tables() != before
        assert not type(row).objects.filter(pk=row.pk).exists()
        assert all(part.name and part.count for part in (*ahead.along, *ahead.loosened))
        restored = removals.restore(kept, person)
        assert restored.pk == row.pk
        assert tables() == before
        assert set(Removal.objects.values_list("pk", "title")) == bin_before


def test_nothing_of_it_shows_meanwhile(client):
    """Pages and endpoints of everybody who saw the row before."""
    world = worlds.build()
    with acting_system("test"):
        row = Contact.objects.create(client=world.clients["own"], name="Zarathustra Quux")
    admin = browser_of("administrator", world)
    places = [
        reverse("client_detail", args=[row.client_id]),
        reverse("client_people", args=[row.client_id]),
        f"/api/v1/contacts/?client={row.client_id}",
    ]
    for place in places:
        assert "Zarathustra" in admin.get(place).content.decode()
    with acting_system("test"):
        removals.remove("contact", row, row.version, world.people["kam"])
    for place in places:
        assert "Zarathustra" not in admin.get(place).content.decode()
    assert admin.get(reverse("contact_edit", args=[row.pk])).status_code == 404
    assert "Zarathustra" in admin.get(reverse("removal_list")).content.decode()


def test_a_client_with_facts_stays_and_says_why(client, kam, shop):
    make_document(shop, "2026-01-10", net=1)
    client.force_login(kam)
    address = reverse("client_removal", args=[shop.pk])
    page = client.get(address).content.decode()
    assert "It cannot be removed." in page
    assert reverse("client_documents", args=[shop.pk]) in page
    assert client.post(address, {"version": 1}).status_code == 409
    with acting_system("test"), pytest.raises(removals.Kept):
        removals.remove("client", shop, 1, kam)


def test_promises_are_never_removed_and_keep_their_client(kam, shop):
    assert "promise" not in removals.NOUNS
    with acting_as(kam):
        Promise.objects.create(client=shop, what="x", due=worlds.DAY, first_due=worlds.DAY)
        with override("en"):
            ahead = removals.prospect("client", shop)
        assert [part.name for part in ahead.blocking] == ["Promises"]


def test_a_note_that_came_with_an_import_and_an_only_goal_stay(kam, shop):
    with acting_as(kam):
        note = Interaction.objects.create(client=shop, date=worlds.DAY, source="crm", key="1")
        assert not removals.prospect("interaction", note).is_possible
        goal = Goal.objects.create(
            client=shop, why="w", what_for="f", how="h", own_measure="m", unit="u", start=1,
            target=2, due=worlds.DAY, owner=kam,
        )  # fmt: skip
        assert removals.prospect("goal", goal).is_possible
        with acting_system("test"):
            worlds.Standing.objects.create(
                client=shop, value="key", since=worlds.DAY, reason="r", author=kam
            )
        with override("en"):
            assert "complete goal" in removals.prospect("goal", goal).kept


def test_an_offer_that_the_client_has_stays(kam, shop):
    with acting_as(kam), override("en"):
        offer = _drafted_offer(shop, kam)
        assert removals.prospect("offer", offer).is_possible
        offers.give(offer, kam)
        offer.refresh_from_db()
        ahead = removals.prospect("offer", offer)
        assert "End the offer instead" in ahead.kept
        with pytest.raises(removals.Kept):
            removals.remove("offer", offer, None, kam)


def test_whoever_removes_what_has_changed_is_told(client, kam, shop):
    with acting_as(kam):
        contact = clients.create_contact(shop, {"name": "Ann"})
        clients.update(contact, {"name": "Anna"}, 1)
        with pytest.raises(Conflict):
            removals.remove("contact", contact, 1, kam)
    client.force_login(kam)
    address = reverse("contact_removal", args=[contact.pk])
    assert client.post(address, {"version": 1}).status_code == 409
    assert client.post(address, {"version": 2}).status_code == 302
    with acting_as(kam):
        assert not Contact.objects.exists()


def test_on_pages_from_removal_to_return(client, kam, shop):
    with acting_as(kam):
        contact = clients.create_contact(shop, {"name": "Ann"})
        clients.create_interaction(
            shop, {"date": worlds.DAY, "kind": "call", "subject": "s", "contact": contact}, kam
        )
    client.force_login(kam)
    address = reverse("contact_removal", args=[contact.pk])
    assert address in client.get(reverse("contact_edit", args=[contact.pk])).content.decode()
    assert "Stays, without the link to it" in client.get(address).content.decode()
    client.post(address, {"version": 1})
    page = client.get(reverse("removal_list")).content.decode()
    assert "Ann" in page
    with acting_as(kam):
        assert Interaction.objects.get().contact_id is None
        kept = Removal.objects.get()
    assert client.post(reverse("removal_destruction", args=[kept.pk])).status_code == 403
    answer = client.post(reverse("removal_restoration", args=[kept.pk]))
    assert answer["Location"] == reverse("contact_edit", args=[contact.pk])
    with acting_as(kam):
        assert Interaction.objects.get().contact_id == contact.pk
    with acting_system("test"):
        told = Event.objects.filter(object_type="accounts.contact", action__startswith="removal.")
        assert [(e.action, e.actor_id, e.client_ref) for e in told.order_by("pk")] == [
            ("removal.remove", kam.pk, shop.pk), ("removal.restore", kam.pk, shop.pk),
        ]  # fmt: skip


def test_the_bin_shows_what_one_may_change_and_no_more(client, kam, shop):
    team = kam.team
    mate, boss = make_user("kam", team=team, language="en"), make_user("administrator")
    with acting_as(kam):
        removals.remove("contact", clients.create_contact(shop, {"name": "Ann"}), None, kam)
        kept = Removal.objects.get()
    for person, seen in ((mate, False), (boss, True), (kam, True)):
        client.force_login(person)
        assert ("Ann" in client.get(reverse("removal_list")).content.decode()) is seen
    client.force_login(mate)
    assert client.post(reverse("removal_restoration", args=[kept.pk])).status_code in (403, 404)
    client.force_login(make_user("auditor"))
    assert client.get(reverse("removal_list")).status_code == 403


def test_whoever_removed_a_client_brings_it_back(client, kam, shop):
    client.force_login(kam)
    client.post(reverse("client_removal", args=[shop.pk]), {"version": 1})
    with acting_as(kam):
        assert not Client.objects.exists()
        kept = Removal.objects.get()
    client.post(reverse("removal_restoration", args=[kept.pk]))
    with acting_as(kam):
        assert Client.objects.get().pk == shop.pk


def test_what_took_its_place_is_not_overwritten(kam, shop):
    with acting_as(kam):
        term = {"number": "7", "starts": dt.date(2026, 1, 1)}
        row = agreements.create(shop, term, {}, kam)
        kept = removals.remove("agreement", row, None, kam)
        agreements.create(shop, term, {}, kam)
        with pytest.raises(removals.Kept):
            removals.restore(kept, kam)
        assert Agreement.objects.count() == 1
        assert Removal.objects.filter(pk=kept.pk).exists()


def test_a_link_to_what_is_gone_comes_back_empty(kam, shop):
    with acting_as(kam):
        chief = clients.create_contact(shop, {"name": "Chief"})
        below = clients.create_contact(shop, {"name": "Below", "reports_to": chief})
        first = removals.remove("contact", below, None, kam)
        removals.remove("contact", chief, None, kam)
        assert removals.restore(first, kam).reports_to_id is None


def test_after_its_days_it_is_destroyed(kam, shop, settings):
    settings.REMOVED_DAYS = 30
    with acting_as(kam):
        old = removals.remove("contact", clients.create_contact(shop, {"name": "Old"}), None, kam)
        removals.remove("contact", clients.create_contact(shop, {"name": "New"}), None, kam)
    with acting_system("test"):
        Removal.objects.filter(pk=old.pk).update(at=timezone.now() - dt.timedelta(days=31))
        assert removals.purge(30) == 1
        assert [row.title for row in Removal.objects.all()] == ["New"]
        assert Event.objects.filter(action="removal.expire").exists()


def test_a_destroyed_person_does_not_hide_in_the_bin(kam, shop):
    boss = make_user("administrator")
    with acting_as(boss):
        contact = clients.create_contact(
            shop, {"name": "Zinaida Quuxova", "email": "zq@shop.example"}
        )
        twin = clients.create_contact(shop, {"name": "Zinaida Quuxova", "email": "zq@shop.example"})
        note = clients.create_interaction(
            shop, {"date": worlds.DAY, "subject": "s", "text": "Zinaida Quuxova called"}, kam
        )
        for noun, row in (("contact", twin), ("interaction", note)):
            removals.remove(noun, row, None, boss)
        erasure.erase(contact, basis="withdrawn", person=boss)
        for row in Removal.objects.all():
            assert "Quuxova" not in f"{row.title} {row.contents}"
            assert "zq@" not in f"{row.contents}"


def test_over_rest(client, kam, shop):
    client.force_login(kam)
    with acting_as(kam):
        contact = clients.create_contact(shop, {"name": "Ann"})
        clients.update(contact, {"name": "Anna"}, 1)
        note = clients.create_interaction(shop, {"date": worlds.DAY, "subject": "s"}, kam)
    address = reverse("api:contact-detail", args=[contact.pk])
    assert client.delete(address).status_code == 428
    assert client.delete(address, headers={"If-Match": '"1-x"'}).status_code == 412
    gone = client.delete(address, headers={"If-Match": '"2-x"'})
    assert (gone.status_code, gone.json()["object"]) == (200, contact.pk)
    assert client.get(address).status_code == 404
    assert client.delete(reverse("api:interaction-detail", args=[note.pk])).status_code == 200
    rows = client.get(reverse("api:removal-list"), {"noun": "contact"}).json()["results"]
    assert [(row["title"], row["rows"]) for row in rows] == [
        ("Anna", {"accounts.contact": 1, "accounts.contactchange": 1})
    ]
    back = client.post(reverse("api:removal-restoration", args=[rows[0]["id"]]))
    assert back.json() == {"noun": "contact", "object": contact.pk}
    assert client.get(address).json()["version"] == 2
    make_document(shop, "2026-01-10", net=1)
    refused = client.delete(reverse("api:client-detail", args=[shop.pk]), headers={"If-Match": "*"})
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "in_the_way")


def test_agreements_count_anew_after_they_went_and_came(kam, shop):
    with acting_as(kam):
        row = agreements.create(shop, {"number": "7", "starts": dt.date(2026, 1, 1)}, {}, kam)
    with acting_system("test"):
        Job.objects.all().delete()
        removals.remove("agreement", row, None, kam)
        assert Job.objects.filter(kind=agreements.ACCRUE).count() == 1
