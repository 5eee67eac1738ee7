"""Two cards for one client: found, joined with all that hangs on them, and parted again."""

import json

import pytest
from django.apps import apps
from django.db import connection, models
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Client, ClientIdentifier, Document, Membership, Standing, Twin
from accounts.selectors import twins as found
from accounts.services import removals
from accounts.services import twins as services
from kam.audit.models import Event
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_as, acting_system
from tests.access import world as worlds
from tests.factories import (
    make_client,
    make_contact,
    make_document,
    make_group,
    make_interaction,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    return make_user("administrator", language="en")


def pairs(person):
    with acting_as(person), override("en"):
        return {(pair.first.name, pair.second.name): pair.reasons for pair in found.pairs()}


def test_pairs_are_found_by_number_name_and_address(boss):
    make_client("ООО «Рассвет»", inn="7707083893", kpp="770701001")
    make_client("Рассвет-Юг", inn="7707083893", kpp="770701001")
    make_client("Рассвет-Север", inn="7707083893", kpp="780101001")  # another branch
    first, second = make_client('АО "Стеклоград"'), make_client("Стеклоград")
    make_contact(first, "Ann", email="Ann@Glass.example")
    make_contact(second, "Ann", email="ann@glass.example")
    make_client("Двое", inn="7707083893", kpp="770701009")
    make_client("Двое", inn="7728168971")  # two companies of one name
    told = pairs(boss)
    assert told[("ООО «Рассвет»", "Рассвет-Юг")] == ("the same INN and KPP",)
    assert told[('АО "Стеклоград"', "Стеклоград")] == (
        "the same name",
        "a person with the same e-mail",
    )
    assert len(told) == 2
    assert next(iter(told)) == ('АО "Стеклоград"', "Стеклоград"), "the surest first"


def test_a_group_and_its_company_are_two(boss):
    company = make_client("Orion")
    make_group("Orion", [company])
    assert pairs(boss) == {}


def test_pairs_of_others_are_not_told():
    stranger, kam = make_user("kam"), make_user("kam")
    make_client("Orion", owner=stranger)
    make_client("Orion", owner=kam)
    assert pairs(kam) == {}


def test_joined_they_are_one_client(boss):
    kept = make_client("Orion", tags=["a"], own={"1": "x"}, external_id="7", source="crm")
    other = make_client(
        "Orion Ltd", city="Tver", segment="Retail", tags=["b"], own={"1": "y", "2": 5},
        external_id="8", source="crm",
    )  # fmt: skip
    document = make_document(other, "2026-01-10", 500)
    note = make_interaction(other, "2026-01-11", subject="call")
    with acting_as(boss), override("en"):
        looked = services.ahead(kept, other)
        assert Document.objects.get(pk=document.pk).client_id == other.pk, "only looked at"
        assert {part.name: part.count for part in looked.over}["Documents"] == 1
        twin = services.join(kept, other, {"city"}, (kept.version, other.version), boss)
        row = Client.objects.get(pk=kept.pk)
        assert (row.city, row.segment, row.tags, row.own) == (
            "Tver", "", ["a", "b"], {"1": "x", "2": 5},
        )  # fmt: skip
        assert not Client.objects.filter(pk=other.pk).exists()
        assert Document.objects.get(pk=document.pk).client_id == kept.pk
        names = ClientIdentifier.objects.filter(client=kept)
        assert set(names.values_list("external_id", flat=True)) == {"7", "8"}
        assert Event.unscoped.filter(action="client.join", client_ref=kept.pk).exists()
        # Written since, it stays with the client; what came over goes back.
        make_document(kept, "2026-02-01", 100)
        services.undo(twin, boss)
        assert Document.objects.filter(client=kept).count() == 1
        assert set(Document.objects.filter(client=other)) == {document}
        assert type(note).objects.get(pk=note.pk).client_id == other.pk
        row = Client.objects.get(pk=kept.pk)
        assert (row.city, row.tags, row.own) == ("", ["a"], {"1": "x"})
        with pytest.raises(services.Apart):
            services.undo(Twin.objects.get(pk=twin.pk), boss)


def test_what_was_changed_since_stays_when_they_are_parted(boss):
    kept, other = make_client("Orion"), make_client("Orion Ltd", city="Tver", region="North")
    with acting_as(boss):
        twin = services.join(kept, other, {"city", "region"}, None, boss)
        Client.objects.filter(pk=kept.pk).update(city="Moscow")
        services.undo(twin, boss)
        row = Client.objects.get(pk=kept.pk)
        assert (row.city, row.region) == ("Moscow", "")


def test_what_cannot_stand_twice_waits_in_the_bin(boss):
    kept, other = make_client("Orion"), make_client("Orion Ltd")
    with acting_system("test"):
        for row in (kept, other):
            Standing.objects.create(client=row, value="candidate", since="2026-01-01", reason="x")
    with acting_as(boss):
        twin = services.join(kept, other, (), None, boss)
        assert Standing.objects.get(client=kept, until=None).reason == "x"
        assert Standing.objects.count() == 1
        # From the bin it comes back as it does from the list of duplicates.
        removals.restore(twin.removal, boss)
        assert Standing.objects.count() == 2
        assert Twin.objects.get(pk=twin.pk).undone_at is not None


def test_cards_that_cannot_be_one_say_why(boss):
    company = make_client("Orion")
    group = make_group("Orion Group", [company])
    with acting_as(boss), override("en"):
        company.refresh_from_db()
        for kept, other, word in (
            (company, company, "same card"),
            (group, company, "group"),
            (company, make_group("Other"), "group"),
        ):
            assert word in services.ahead(kept, other).why_not
            with pytest.raises(services.Apart):
                services.join(kept, other, (), None, boss)
        another = make_client("Orion Ltd")
        with pytest.raises(Conflict):
            services.join(company, another, (), (company.version + 1, another.version), boss)
    with acting_system("test"):
        assert Client.objects.filter(pk=another.pk).exists()
        assert Membership.objects.count() == 1


def everything() -> dict[str, list[str]]:
    """All rows of all our tables as the database tells them, versions, the trail and the history of
    edits left out."""
    told = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            table = model._meta
            if table.app_label not in ("accounts", "scoring", "reports") or not table.managed:
                continue
            if table.model_name in ("twin", "removal", "edit"):
                continue
            cursor.execute(
                f"SELECT to_jsonb(t) - '{{version}}'::text[] FROM {table.db_table.replace(chr(34), '')} t"
            )
            rows = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor]
            told[table.label] = sorted(json.dumps(row, sort_keys=True) for row in rows)
    return told


def naming(client: Client) -> set[str]:
    """Tables with rows that name the client."""
    named = set()
    for model in apps.get_models():
        if not model._meta.managed:
            continue  # rankings, which stay as they were
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey) and field.related_model is Client:
                rows = model._base_manager.filter(**{field.name: client.pk})
                if rows.exists():
                    named.add(model.__name__)
    return named


def test_whatever_hangs_on_a_card_comes_along_and_goes_back():
    """Over rows of every table there is, those that are added later as well."""
    world = worlds.build()
    kept, other = world.clients["own"], world.clients["foreign"]
    boss = world.people["administrator"]
    with acting_as(boss):
        before, hung = everything(), naming(other)
        assert len(hung) > 30
        twin = services.join(kept, other, (), None, boss)
        assert naming(other) == set(), "rows that name a card that is gone"
        services.undo(twin, boss)
        assert naming(other) == hung
        after = everything()
    assert {name for name, rows in before.items() if rows != after[name]} == set()


def test_pages_from_the_pair_to_one_client_and_back(client, boss):
    client.force_login(boss)
    kept = make_client("Orion", inn="7707083893", kpp="770701001")
    other = make_client("Orion Trade", inn="7707083893", kpp="770701001", city="Tver")
    make_document(other, "2026-01-10", 500)
    page = client.get(reverse("twin_list")).content.decode()
    assert "Orion Trade" in page
    assert "the same INN and KPP" in page
    address = f"{reverse('client_join', args=[kept.pk])}?with={other.pk}"
    page = client.get(address).content.decode()
    assert "Documents" in page
    assert "Tver" in page
    versions = {"kept_version": kept.version, "other_version": other.version}
    stale = client.post(address, {"with": other.pk, **versions, "kept_version": 9})
    assert stale.status_code == 409
    answer = client.post(address, {"with": other.pk, "city": "other", **versions})
    assert answer["Location"] == reverse("client_detail", args=[kept.pk])
    old = client.get(reverse("client_detail", args=[other.pk]))
    assert old["Location"] == reverse("client_detail", args=[kept.pk]), "old links lead on"
    twin = Twin.unscoped.get()
    client.post(reverse("twin_undo", args=[twin.pk]))
    assert client.get(reverse("client_detail", args=[other.pk])).status_code == 200
    client.post(reverse("twin_apart", args=[kept.pk]), {"with": other.pk})
    page = client.get(reverse("twin_list")).content.decode()
    assert "They are two" not in page
    assert "Two clients" in page


def test_the_other_card_is_chosen_from_the_form(client):
    kam = make_user("kam", language="en")
    client.force_login(kam)
    mine, other = make_client("Orion", owner=kam), make_client("Orion Trade", owner=kam)
    make_client("Orion of others")
    address = reverse("client_join", args=[mine.pk])
    assert address in client.get(reverse("client_edit", args=[mine.pk])).content.decode()
    page = client.get(address, {"q": "orion"}).content.decode()
    assert f"{address}?with={other.pk}" in page
    assert "Orion of others" not in page
    part = client.get(address, {"q": "nobody"}, HTTP_HX_REQUEST="true").content.decode()
    assert "No card of yours" in part
    assert "<html" not in part


def test_over_rest(client, boss):
    client.force_login(boss)
    kept, other = make_client("Orion"), make_client("Orion")
    pair = client.get("/api/v1/duplicates/").json()[0]
    assert (pair["first"]["id"], pair["second"]["id"]) == (kept.pk, other.pk)
    sent = {"kept": kept.pk, "other": other.pk, "decision": "one"}
    answer = client.post("/api/v1/twins/", sent, "application/json")
    assert answer.status_code == 201
    assert client.get(f"/api/v1/clients/{other.pk}/").status_code == 404
    undone = client.post(f"/api/v1/twins/{answer.json()['id']}/undo/")
    assert undone.json()["undone_at"]
    assert client.get(f"/api/v1/clients/{other.pk}/").status_code == 200
    again = client.post("/api/v1/twins/", {**sent, "other": kept.pk}, "application/json")
    assert again.status_code == 400


def test_a_kam_joins_only_what_is_theirs(client):
    kam = make_user("kam", language="en")
    client.force_login(kam)
    mine, theirs = make_client("Orion", owner=kam), make_client("Orion")
    address = f"{reverse('client_join', args=[mine.pk])}?with={theirs.pk}"
    apart = reverse("twin_apart", args=[mine.pk])
    for answer in (
        client.get(address),
        client.post(address, {"with": theirs.pk}),
        client.post(address, {"with": "987654321"}),
        client.post(apart, {"with": theirs.pk}),
    ):
        assert answer["Location"] == reverse("twin_list")
    assert Twin.unscoped.count() == 0
