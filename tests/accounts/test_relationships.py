"""People at a client: map, gaps, relations, and who may read and change them."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from accounts.models import Client, Contact, Interaction, Relation
from accounts.selectors.relationships import relations_of
from accounts.services import people_map, relationships
from kam.audit.models import DataAccess
from kam.lib.periods import today
from kam.lib.scoping import acting_as, acting_system
from tests import factories

DAY = dt.date(2026, 11, 2)


def person(number, chief=None, influence="", at=None):
    return people_map.Person(number, chief, influence, at)


def test_reports_stand_below_their_chiefs_and_nobody_covers_anybody():
    people = [
        person(1),
        *(person(n, 1) for n in range(2, 9)),
        person(9, 3),
        person(10, None, "low"),
    ]
    placed = people_map.lay_out(people)
    wide, high = people_map.CARD
    assert all(placed.at[report][1] > placed.at[chief][1] for chief, report in placed.lines)
    spots = list(placed.at.values())
    for place, (x, y) in enumerate(spots):
        assert 0 <= x <= people_map.WIDTH - wide
        assert y + high <= placed.height
        for other_x, other_y in spots[place + 1 :]:
            assert abs(x - other_x) >= wide or abs(y - other_y) >= high


def test_a_circle_of_chiefs_is_laid_out_and_refused():
    placed = people_map.lay_out([person(1, 2), person(2, 3), person(3, 1)])
    assert len(placed.at) == 3
    assert people_map.makes_circle(1, 3, {3: 2, 2: 1})
    assert people_map.makes_circle(1, 1, {})
    assert not people_map.makes_circle(1, 3, {3: 2, 2: None})


def test_cards_stay_where_people_put_them_but_on_the_drawing():
    placed = people_map.lay_out([person(1, at=(300, 500)), person(2, at=(99_999, -5))])
    assert placed.at[1] == (300, 500)
    x, y = placed.at[2]
    assert x + people_map.CARD[0] <= people_map.WIDTH
    assert y >= 0


@pytest.fixture
def client_row(db):
    with acting_system("test"):
        yield factories.make_client(name="Ромашка")


def gaps(client, silence=60):
    net = relationships.net_of(client, [client.pk], DAY, silence)
    return {gap.code: gap for gap in net.gaps}


def talk(client, contact, days_ago):
    return Interaction.objects.create(
        client=client, contact=contact, date=DAY - dt.timedelta(days=days_ago), subject="x",
        known_from=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )  # fmt: skip


def test_gaps_are_facts_that_go_once_they_are_closed(client_row):
    assert list(gaps(client_row)) == ["nobody"]
    chief = Contact.objects.create(client=client_row, name="Anna", role="decides")
    assert set(gaps(client_row)) == {"no_sponsor", "single_thread", "silent"}
    Contact.objects.filter(pk=chief.pk).update(attitude="sponsor")
    for days in (70, 100, 130, 160):
        talk(client_row, chief, days)
    Contact.objects.create(client=client_row, name="Boris", role="buys")
    found = gaps(client_row)
    assert set(found) == {"single_thread", "silent"}
    assert found["silent"].contact_id == chief.pk
    assert "70" in found["silent"].evidence
    assert "4" in found["single_thread"].evidence
    assert set(gaps(client_row, silence=90)) == {"single_thread"}
    talk(client_row, Contact.objects.get(name="Boris"), 3)
    talk(client_row, chief, 2)
    assert gaps(client_row) == {}


def test_who_left_is_missed_until_somebody_holds_the_part(client_row):
    Contact.objects.create(
        client=client_row, name="Gone", role="pays", left_on=DAY - dt.timedelta(days=20),
        left_to="Elsewhere",
    )  # fmt: skip
    here = Contact.objects.create(client=client_row, name="Here", attitude="sponsor")
    assert "Elsewhere" in gaps(client_row)["left"].evidence
    Contact.objects.filter(pk=here.pk).update(role="pays")
    assert "left" not in gaps(client_row)


def test_nobody_reports_to_themselves_over_others(client_row):
    first = Contact.objects.create(client=client_row, name="First")
    second = Contact.objects.create(client=client_row, name="Second", reports_to=first)
    with pytest.raises(ValidationError):
        relationships.check_chief(first.pk, second, [client_row.pk])


def test_a_relation_shows_from_both_sides_and_hides_whom_one_may_not_see(client_row):
    kam, stranger = factories.make_user(role="kam"), factories.make_user(role="kam")
    Client.objects.filter(pk=client_row.pk).update(owner=kam)
    other = factories.make_client(name="Secret", owner=stranger)
    Relation.objects.create(client=client_row, kind="supplier", other=other)
    Relation.objects.create(client=client_row, kind="partner", name="Outside")
    (turned,) = relations_of([other.pk])
    assert (turned.name, turned.turned) == ("Ромашка", True)
    assert turned.label == str(Relation.TURNED[Relation.Kind.SUPPLIER])
    with acting_as(kam):
        assert {(each.name, each.hidden) for each in relations_of([client_row.pk])} == {
            ("", True),
            ("Outside", False),
        }


def test_the_page_keeps_places_and_notes_who_looked(client, db):
    with acting_system("test"):
        kam = factories.make_user(role="kam")
        row = factories.make_client(name="Own", owner=kam)
        contact = Contact.objects.create(client=row, name="Anna")
    client.force_login(kam)
    address = reverse("client_people", args=[row.pk])
    assert client.get(address).status_code == 200
    assert client.get(address).status_code == 200
    with acting_system("test"):
        look = DataAccess.objects.get(client_ref=row.pk)
        assert (look.actor_id, look.views, look.contacts) == (kam.pk, 2, [contact.pk])
    answer = client.post(reverse("contact_position", args=[contact.pk]), {"x": "40", "y": "9e9"})
    assert answer.json()["x"] == 40
    assert b'data-x="40"' in client.get(address).content
    client.post(reverse("client_people_arrangement", args=[row.pk]))
    with acting_system("test"):
        assert Contact.objects.get(pk=contact.pk).map_x is None
    bad = client.post(reverse("contact_position", args=[contact.pk]), {"x": "nan", "y": ""})
    assert bad.status_code == 400


def test_contacts_and_relations_over_rest(client, db):
    with acting_system("test"):
        kam = factories.make_user(role="kam")
        row = factories.make_client(name="Own", owner=kam)
    client.force_login(kam)
    kind = {"content_type": "application/json"}
    made = client.post(
        "/api/v1/contacts/", {"client": row.pk, "name": "Anna", "role": "decides"}, **kind
    )
    assert made.status_code == 201, made.content
    address = f"/api/v1/contacts/{made.json()['id']}/"
    changed = client.patch(
        address, {"version": 1, "attitude": "sponsor", "left_on": today().isoformat()}, **kind
    )
    assert changed.json()["attitude"] == "sponsor"
    assert changed.json()["name"] == "Anna"
    assert client.patch(address, {"version": 1, "name": "B"}, **kind).status_code == 409
    assert client.patch(address, {"version": 2, "left_on": "2999-01-01"}, **kind).status_code == 400
    made = client.post(
        "/api/v1/relations/", {"client": row.pk, "other": "Outside", "kind": "partner"}, **kind
    )
    assert made.status_code == 201, made.content
    assert (
        client.get(f"/api/v1/relations/?client={row.pk}").json()["results"][0]["name"] == "Outside"
    )
    net = client.get(f"/api/v1/clients/{row.pk}/people/").json()
    assert net["people"] == []
    assert net["gaps"][0]["code"] == "left" or net["gaps"][0]["code"] == "nobody"
