"""Changing clients, contacts, talks and groups by hand: rules, rights, conflicts, history."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Client, Contact, Interaction, Membership, Team
from accounts.selectors.facts import interactions_as_of, memberships_as_of
from accounts.services import clients as services
from accounts.services import groups
from kam.audit.models import Event
from kam.lib.scoping import acting_system
from tests.factories import (
    make_client,
    make_contact,
    make_group,
    make_interaction,
    make_user,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 20)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        yield


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(client, team):
    person = make_user("kam", team=team, language="en")
    client.force_login(person)
    return person


def form_of(row: Client, **changes) -> dict:
    names = ("name", "kind", "lifecycle", "inn", "kpp", "country", "segment", "version")
    return {**{name: getattr(row, name) for name in names}, **changes}


def fresh(row):
    with acting_system("test"):
        return type(row).objects.get(pk=row.pk)


def test_a_kam_adds_a_client_of_their_own(client, kam, team):
    answer = client.post(
        reverse("client_create"),
        {"name": "  New   Ltd ", "kind": "organisation", "lifecycle": "prospect", "owner": "1"},
    )
    with acting_system("test"):
        made = Client.objects.get()
    assert answer["Location"] == reverse("client_detail", args=[made.pk])
    assert (made.name, made.owner, made.team) == ("New Ltd", kam, team)
    assert Event.unscoped.filter(action="client.create", client_ref=made.pk).exists()


@pytest.mark.parametrize(
    ("given", "stored", "refused"),
    [
        ({"inn": "7707083893", "kpp": "773601001"}, ("7707083893", "773601001"), ""),
        ({"inn": " 7707083893/773601001"}, ("7707083893", "773601001"), ""),
        ({"inn": "7707083894"}, None, "check digits"),
        ({"inn": "123"}, None, "10 digits"),
        ({"inn": "500100732259", "kpp": "773601001"}, None, "sole trader"),
        ({"country": "KZ", "inn": "123456789012"}, ("123456789012", ""), ""),
        ({"country": "KZ", "inn": "1234567890123"}, None, "At most 12"),
        ({"country": "Russia"}, None, "at most 2"),
        ({"country": "R1"}, None, "two letters"),
    ],
)
def test_numbers_of_the_tax_office_are_checked_as_on_import(client, kam, given, stored, refused):
    answer = client.post(
        reverse("client_create"),
        {"name": "X", "kind": "organisation", "lifecycle": "prospect", **given},
    )
    with acting_system("test"):
        made = Client.objects.first()
    if refused:
        assert made is None
        assert refused in answer.content.decode()
    else:
        assert (made.inn, made.kpp) == stored


def test_a_manager_assigns_within_the_team_and_a_kam_assigns_nobody(client, team):
    other = Team.objects.create(name="South")
    ours, theirs = make_user("kam", team=team), make_user("kam", team=other)
    row = make_client("X", team=team)
    client.force_login(make_user("manager", team=team, language="en"))
    url = reverse("client_edit", args=[row.pk])
    refused = client.post(url, form_of(row, owner=theirs.pk, team=other.pk))
    assert refused.status_code == 200
    assert fresh(row).owner is None
    client.post(url, form_of(row, owner=ours.pk, team=team.pk))
    assert fresh(row).owner == ours
    client.force_login(ours)
    client.post(url, form_of(fresh(row), owner="", team="", segment="Retail"))
    assert (fresh(row).owner, fresh(row).segment) == (ours, "Retail")


def test_reading_rights_do_not_open_the_form_and_writing_is_refused(client, kam, team):
    row = make_client("Ours", team=team)  # of the team, not one's own
    url = reverse("client_edit", args=[row.pk])
    assert client.get(url)["Location"] == reverse("client_detail", args=[row.pk])
    assert client.post(url, form_of(row, name="Taken")).status_code == 403
    assert fresh(row).name == "Ours"
    page = client.get(reverse("client_detail", args=[row.pk])).content.decode()
    assert url not in page


def test_who_saves_second_sees_what_the_first_left_and_decides(client, kam):
    row = make_client("Old", owner=kam)
    url = reverse("client_edit", args=[row.pk])
    mine = form_of(row, segment="Mine")
    client.post(url, form_of(row, segment="Theirs"))
    conflict = client.post(url, mine)
    assert conflict.status_code == 409
    text = conflict.content.decode()
    assert f"{kam} saved this on" in text
    assert "Theirs" in text
    assert 'value="Mine"' in text
    assert fresh(row).segment == "Theirs"
    assert 'name="version" value="2"' in text  # saving again is meant
    client.post(url, {**mine, "version": 2})
    assert (fresh(row).segment, fresh(row).version) == ("Mine", 3)


def test_saving_nothing_new_makes_no_version(client, kam):
    row = make_client("Same", owner=kam)
    client.post(reverse("client_edit", args=[row.pk]), form_of(row))
    assert fresh(row).version == 1


def test_contacts_are_added_changed_and_leave(client, kam):
    row = make_client(owner=kam)
    client.post(reverse("contact_create", args=[row.pk]), {"name": "Ann", "email": "ann@x.example"})
    with acting_system("test"):
        contact = Contact.objects.get()
    bad = client.post(reverse("contact_create", args=[row.pk]), {"name": "B", "email": "no mail"})
    assert bad.status_code == 422
    url = reverse("contact_edit", args=[contact.pk])
    client.post(url, {"name": "Ann", "left_on": "2026-03-01", "version": 1})
    assert fresh(contact).left_on == dt.date(2026, 3, 1)
    assert client.post(url, {"name": "Eve", "version": 1}).status_code == 409
    page = client.get(reverse("client_detail", args=[row.pk])).content.decode()
    assert "Left the company:" in page


def test_a_talk_is_noted_with_its_author_and_not_in_the_future(client, kam):
    row = make_client(owner=kam)
    url = reverse("interaction_create", args=[row.pk])
    given = {"kind": "call", "date": "2026-03-21", "subject": "Prices"}
    assert "has not come yet" in client.post(url, given).content.decode()
    client.post(url, {**given, "date": "2026-03-20"})
    with acting_system("test"):
        talk = Interaction.objects.get()
    assert (talk.author, talk.subject, talk.known_to) == (kam, "Prices", None)


def test_a_talk_cannot_be_with_a_contact_of_another_client(client, kam):
    row, other = make_client(owner=kam), make_client(owner=kam)
    foreign = make_contact(other)
    given = {"kind": "call", "date": "2026-03-20", "subject": "X", "contact": foreign.pk}
    assert client.post(reverse("interaction_create", args=[row.pk]), given).status_code == 200
    with acting_system("test"):
        assert not Interaction.objects.exists()


def test_a_corrected_talk_keeps_what_was_known_before(client, kam):
    row = make_client(owner=kam)
    talk = make_interaction(row, "2026-03-01", subject="First", kind="call")
    given = {"kind": "call", "date": "2026-03-01", "subject": "Second"}
    client.post(reverse("interaction_edit", args=[talk.pk]), given)
    with acting_system("test"):
        now = interactions_as_of(DAY).values_list("subject", flat=True)
        then = interactions_as_of(DAY - dt.timedelta(days=1)).values_list("subject", flat=True)
        assert (list(now), list(then)) == (["Second"], ["First"])
        before = Interaction.objects.get(pk=talk.pk)
        with pytest.raises(services.Conflict):
            services.change_interaction(before, {"subject": "Third"})


def test_a_company_joins_moves_and_leaves_and_every_date_keeps_its_answer():
    first, second, member = make_group("First"), make_group("Second"), make_client("Member")
    with acting_system("test"):
        groups.join(member, first, dt.date(2026, 3, 1))
        groups.join(member, second, dt.date(2026, 3, 10))
        groups.leave(member, dt.date(2026, 3, 15))
        assert Client.objects.get(pk=member.pk).group is None

        def members_on(day):
            # As we know today, and as dated on that day.
            rows = Membership.objects.filter(known_to__isnull=True, since__lte=day)
            return [r.group.name for r in rows if r.until is None or r.until > day]

        assert members_on(dt.date(2026, 3, 5)) == ["First"]
        assert members_on(dt.date(2026, 3, 12)) == ["Second"]
        assert members_on(dt.date(2026, 3, 16)) == []
        assert not memberships_as_of(DAY).exists()


def test_groups_refuse_what_cannot_be():
    group, member = make_group("Group"), make_client("Member")
    with acting_system("test"):
        groups.join(member, group, dt.date(2026, 3, 10))
        for wrong in (
            lambda: groups.join(member, group, DAY),
            lambda: groups.join(make_client("Other"), member, DAY),
            lambda: groups.join(make_group("Inner"), group, DAY),
            lambda: groups.join(make_client("Late"), group, DAY + dt.timedelta(days=1)),
            lambda: groups.leave(member, dt.date(2026, 3, 9)),
            lambda: groups.leave(make_client("Free"), DAY),
        ):
            with pytest.raises(ValidationError):
                wrong()


def test_a_group_is_named_by_hand_and_must_be_ones_own(client, kam):
    member, group = make_client("Member", owner=kam), make_group("Big Group", owner=kam)
    make_group("Their Group")
    url = reverse("client_group", args=[member.pk])
    unknown = client.post(url, {"group": "their group", "since": "2026-03-01"})
    assert "There is no client with this name" in unknown.content.decode()
    client.post(url, {"group": "big group", "since": "2026-03-01"})
    assert fresh(member).group == group
    client.post(url, {"until": "2026-03-20"})
    assert fresh(member).group is None
