"""Saved views, tags and own fields, and one change to several clients."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Client, OwnField, SavedView, Team
from accounts.selectors import saved_views as views
from kam.audit.models import Event
from kam.lib.periods import today
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def team():
    return Team.objects.create(name="North")


@pytest.fixture
def kam(client, team):
    person = make_user("kam", team=team, language="en")
    client.force_login(person)
    return person


@pytest.fixture
def window():
    with acting_system("test"):
        return OwnField.objects.create(
            name="Delivery window", kind="choice", options=["Morning", "Evening"]
        )


def fresh(row):
    with acting_system("test"):
        return type(row).objects.get(pk=row.pk)


def keep(client, name, shared="nobody", here="/clients/?segment=HoReCa&after=7&q=", **more):
    return client.post(
        reverse("saved_view_create"),
        {"page": "client_list", "query": "", "name": name, "shared": shared},
        HTTP_HX_CURRENT_URL=f"http://testserver{here}",
        **{**HTMX, **more},
    )


def test_a_view_keeps_what_one_sees_and_opens_it_again(client, kam):
    answer = keep(client, "Hotels")
    assert "Kept as" in answer.content.decode()
    view = SavedView.unscoped.get()
    assert (view.person, view.query) == (kam, "segment=HoReCa"), "the place in the list is not kept"
    assert views.url(view) == "/clients/?segment=HoReCa"
    # Under the same name it takes the new filters; there is still one.
    keep(client, "Hotels", here="/clients/?segment=Retail&own=1:Morning&own=2:yes")
    assert SavedView.unscoped.get().query == "own=1%3AMorning&own=2%3Ayes&segment=Retail"
    menu = client.get(reverse("saved_view_list"), {"page": "client_list"}, **HTMX)
    assert "Hotels" in menu.content.decode()


def test_a_view_is_seen_by_whom_it_is_shared_with(client, kam, team):
    keep(client, "Mine")
    keep(client, "Team", "team")
    keep(client, "All", "company")
    assert Event.unscoped.filter(action="saved_view.share").count() == 2
    mate, other = make_user("kam", team=team), make_user("kam")
    for person, names in (
        (mate, {"Team", "All"}),
        (other, {"All"}),
        (kam, {"Mine", "Team", "All"}),
    ):
        client.force_login(person)
        told = client.get("/api/v1/views/").json()["results"]
        assert {row["name"] for row in told} == names
    client.force_login(other)
    page = client.get(reverse("saved_view_list")).content.decode()
    assert kam.name not in page, "KAMs of other teams stay nameless"
    client.force_login(mate)
    shared = SavedView.unscoped.get(name="Team")
    assert client.post(reverse("saved_view_removal", args=[shared.pk])).status_code == 403


def test_a_view_is_renamed_and_let_go(client, kam):
    keep(client, "One")
    keep(client, "Two")
    two = SavedView.unscoped.get(name="Two")
    address = reverse("saved_view_edit", args=[two.pk])
    taken = client.post(address, {"name": "One", "shared": "nobody", "version": two.version})
    assert "There is a view of this name." in taken.content.decode()
    client.post(address, {"name": "Three", "shared": "team", "version": two.version})
    assert fresh(two).name == "Three"
    stale = client.post(address, {"name": "Four", "shared": "team", "version": two.version})
    assert stale.status_code == 409
    client.post(reverse("saved_view_removal", args=[two.pk]))
    assert SavedView.unscoped.filter(name="Three").count() == 0


def test_no_list_no_view(client, kam):
    for page in ("", "home", "person_list"):
        answer = client.post(reverse("saved_view_create"), {"page": page, "name": "x"})
        assert answer.status_code == 422
    long = client.post(
        reverse("saved_view_create"),
        {"page": "client_list", "query": f"q={'я' * 400}", "name": "x", "shared": "nobody"},
    )
    assert long.status_code == 422
    assert SavedView.unscoped.count() == 0


def test_tags_and_own_fields_in_form_page_list_and_file(client, kam, window):
    with acting_system("test"):
        tender = OwnField.objects.create(name="Tender on", kind="day", position=2)
        doors = OwnField.objects.create(name="Doors", kind="number", position=3)
    answer = client.post(
        reverse("client_create"),
        {
            "name": "Orion", "kind": "organisation", "lifecycle": "active",
            "tags": "tender, Sochi;tender ,  south   coast",
            f"own_{window.pk}": "Evening", f"own_{tender.pk}": "2026-05-01",
            f"own_{doors.pk}": "2.5",
        },
    )  # fmt: skip
    row = Client.unscoped.get()
    assert answer.status_code == 302
    assert row.tags == ["Sochi", "south coast", "tender"]
    assert row.own == {window.key: "Evening", tender.key: "2026-05-01", doors.key: 2.5}
    page = client.get(reverse("client_detail", args=[row.pk])).content.decode()
    for words in ("Delivery window", "Evening", "south coast", "2.5"):
        assert words in page
    make_client("Vega", owner=kam)
    for query, found in (
        ({"tag": "Sochi"}, True),
        ({"tag": "sea"}, False),
        ({"own": f"{window.pk}:Evening"}, True),
        ({"own": f"{window.pk}:Morning"}, False),
        ({"own": ["x:y", "", f"{window.pk}:Evening"]}, True),
    ):
        text = client.get(reverse("client_list"), query).content.decode()
        assert ("Orion" in text) is found, query
        rest = {**query, "own": query.get("own", "")}
        if isinstance(rest["own"], str):
            told = client.get("/api/v1/clients/", rest).json()["results"]
            assert bool(told) is found
    asked = client.get(reverse("own_field_filters"), {"own": f"{window.pk}:Evening"}, **HTMX)
    assert f'value="{window.pk}:Evening" selected' in asked.content.decode()
    form = client.get(reverse("client_edit", args=[row.pk])).content.decode()
    assert 'value="Sochi, south coast, tender"' in form
    assert 'value="2026-05-01"' in form


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        ("number", "x", None),
        ("number", "1e30", None),
        ("number", "12", 12),
        ("day", "31.31.2026", None),
        ("choice", "Never", None),
        ("yes", "no", False),
        ("text", "я" * 501, None),
    ],
)
def test_an_answer_fits_its_kind(client, kam, kind, sent, kept):
    with acting_system("test"):
        field = OwnField.objects.create(name="Q", kind=kind, options=["Always"])
    row = make_client("Orion", owner=kam, kind="organisation", lifecycle="active")
    answer = client.patch(
        f"/api/v1/clients/{row.pk}/", {"own": {field.key: sent}, "version": 1}, "application/json"
    )
    assert answer.status_code == (400 if kept is None else 200), answer.content
    assert fresh(row).own == ({} if kept is None else {field.key: kept})


def test_what_is_not_asked_any_more_keeps_its_answers(client, team, window):
    boss = make_user("administrator", language="en")
    client.force_login(boss)
    row = make_client("Orion", own={window.key: "Morning"})
    address = reverse("own_field_edit", args=[window.pk])
    client.post(
        address,
        {"name": "Window", "options": "Evening", "position": 1, "version": window.version},
    )
    edit = reverse("client_edit", args=[row.pk])
    assert "Morning" in client.get(edit).content.decode(), "an answer that is no choice any more"
    client.post(reverse("own_field_retirement", args=[window.pk]))
    assert f"own_{window.pk}" not in client.get(edit).content.decode()
    client.patch(f"/api/v1/clients/{row.pk}/", {"city": "Tver", "version": 1}, "application/json")
    assert (fresh(row).own, fresh(row).city) == ({window.key: "Morning"}, "Tver")
    assert "Window" in client.get(reverse("client_detail", args=[row.pk])).content.decode()
    again = client.post(
        reverse("own_field_create"), {"name": "window", "kind": "text", "position": 1}
    )
    assert "There is a field of this name." in again.content.decode()
    empty = client.post(reverse("own_field_create"), {"name": "N", "kind": "choice", "position": 1})
    assert "Write the answers" in empty.content.decode()


def test_one_answer_over_rest_leaves_the_others(client, kam, window):
    with acting_system("test"):
        text = OwnField.objects.create(name="T", kind="text")
    row = make_client("Orion", owner=kam, own={window.key: "Morning"})
    told = {"own": {text.key: "x"}, "tags": ["b", "a"], "version": 1}
    client.patch(f"/api/v1/clients/{row.pk}/", told, "application/json")
    assert fresh(row).own == {window.key: "Morning", text.key: "x"}
    assert fresh(row).tags == ["a", "b"]
    told = {"own": {window.key: None}, "version": 2}
    client.patch(f"/api/v1/clients/{row.pk}/", told, "application/json")
    assert fresh(row).own == {text.key: "x"}
    for own in ({"999": "x"}, ["x"], "x"):
        bad = client.patch(
            f"/api/v1/clients/{row.pk}/", {"own": own, "version": 3}, "application/json"
        )
        assert bad.status_code == 400


@pytest.fixture
def three(kam):
    return [
        make_client(name, owner=kam, segment="Retail", tags=["old"])
        for name in ("Altair", "Bellatrix", "Capella")
    ]


def look(client, rows, query="", **fields):
    address = f"{reverse('client_several')}{query}"
    return client.post(address, {"client": [row.pk for row in rows], **fields})


def test_several_clients_are_looked_at_and_then_changed(client, kam, three, window):
    other = make_client("Deneb", owner=kam, segment="Other")
    page = client.get(f"{reverse('client_several')}?segment=Retail").content.decode()
    assert all(row.name in page for row in three)
    assert "Deneb" not in page
    fields = {"segment": "HoReCa", "add": "new", "remove": "OLD", f"own_{window.pk}": "Evening"}
    page = look(client, three, **fields).content.decode()
    assert "3 clients change." in page
    assert "HoReCa" in page
    assert fresh(three[0]).segment == "Retail", "only looked at"
    versions = {f"version-{row.pk}": row.version for row in three}
    answer = look(client, three, "?segment=Retail", **fields, **versions, make="1")
    assert answer["Location"] == f"{reverse('client_list')}?segment=Retail"
    for row in map(fresh, three):
        assert (row.segment, row.tags, row.own) == ("HoReCa", ["new"], {window.key: "Evening"})
    assert fresh(other).segment == "Other"
    events = Event.unscoped.filter(action__in=("client.several", "client.change"))
    assert events.count() == 4, "one for the whole, one for each client"


def test_all_of_them_or_none(client, kam, three):
    versions = {f"version-{row.pk}": row.version for row in three}
    Client.unscoped.filter(pk=three[1].pk).update(version=2)
    page = look(client, three, segment="X", **versions, make="1")
    assert "Nobody was changed" in page.content.decode()
    assert {fresh(row).segment for row in three} == {"Retail"}


def test_who_may_not_be_changed_stays(client, kam, team, three):
    foreign = make_client("Deneb", team=team)  # read, not written
    page = look(client, [*three, foreign], lifecycle="lost").content.decode()
    assert "You may not change this client." in page
    assert "3 clients change." in page
    versions = {f"version-{row.pk}": row.version for row in (*three, foreign)}
    look(client, [*three, foreign], lifecycle="lost", **versions, make="1")
    assert fresh(foreign).lifecycle != "lost"
    assert fresh(three[0]).lifecycle == "lost"
    # Whose client it is, is for those who lead.
    assert 'name="owner"' not in client.get(reverse("client_several")).content.decode()


def test_nothing_to_change_or_nobody_says_so(client, kam, three):
    assert "everything is left as it is" in look(client, three).content.decode()
    assert "Choose at least one client" in look(client, [], segment="X").content.decode()
    assert look(client, three, country="Russia").status_code == 422
    page = look(client, three, segment="-").content.decode()
    assert "3 clients change." in page, "a hyphen empties the field"


def test_several_over_rest(client, kam, three):
    sent = {"clients": [row.pk for row in three], "add": ["vip"], "lifecycle": "dormant"}
    told = client.post("/api/v1/clients/several/", sent, "application/json")
    assert told.status_code == 200
    assert len(told.json()) == 3
    assert fresh(three[0]).lifecycle != "dormant"
    client.post("/api/v1/clients/several/", {**sent, "make": True}, "application/json")
    assert {(fresh(row).lifecycle, tuple(fresh(row).tags)) for row in three} == {
        ("dormant", ("old", "vip"))
    }
    for bad in ({"clients": [999]}, {"clients": []}, {"clients": [three[0].pk]}):
        answer = client.post("/api/v1/clients/several/", bad, "application/json")
        assert answer.status_code == 400


def test_a_query_is_kept_without_what_says_where_one_is():
    assert views.kept("b=2&a=1&page=3&a=0&c=") == "a=1&a=0&b=2"
    assert QueryDict(views.kept("q=%D1%8F+1%262")).get("q") == "я 1&2"
    now = today().isoformat()
    assert views.kept(f"as_of={now}&months=12") == "months=12"
    assert views.kept("as_of=2025-01-31") == "as_of=2025-01-31"
