"""The register of processing is put together from what is there, and forgets no column."""

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override

from accounts.models import ApiToken, Client, Connection, Contact
from accounts.services import processing_register as register
from kam.lib.scoping import acting_as, acting_system
from tests.factories import make_client, make_contact, make_user
from tests.kam.webhooks.conftest import make_endpoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin():
    return make_user("administrator", language="en")


def said(admin) -> dict[str, dict[str, tuple[str, str]]]:
    with acting_as(admin), override("en"):
        return {
            part.key: {row.what: (row.said, row.note) for row in part.rows}
            for part in register.register()
        }


@pytest.mark.parametrize("model", list(register.FIELDS))
def test_every_column_about_a_person_has_its_category(model):
    assert register.forgotten(model) == [], "say in FIELDS what kind of data this is"
    for names in register.FIELDS[model].values():
        for name in names:
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                pytest.fail(f"FIELDS names {name}, which {model.__name__} has not")


def test_a_column_that_nobody_has_sorted_is_shown_all_the_same(admin, monkeypatch):
    fields = {**register.FIELDS[Contact], register.REACH: ("email",)}
    monkeypatch.setitem(register.FIELDS, Contact, fields)
    told, _note = said(admin)["people"]["People at clients"]
    assert "other (phone)" in told


def test_it_counts_people_and_names_what_is_kept_of_them(admin):
    made = make_client("Shop")
    make_contact(made, "Anna")
    make_client("Ivanov", kind=Client.Kind.SOLE_TRADER)
    people = said(admin)["people"]
    told, note = people["People at clients"]
    assert "e-mail, phone (e-mail, phone)" in told
    assert note == "1 person"
    assert people["Clients that are people: sole traders and private persons"][1] == "1 person"
    beside = people["What is kept beside people at clients"][0]
    assert "Promises" in beside
    assert "What contacts said" in beside


def test_it_tells_where_the_data_are_or_that_nobody_has_said(admin):
    assert said(admin)["who"]["Place of the data"][0] == "not said"
    with override_settings(DATA_RESIDENCE="Russia, Moscow"):
        assert said(admin)["who"]["Place of the data"][0] == "Russia, Moscow"


def test_recipients_and_sources_are_those_that_are_set_up(admin):
    make_endpoint("https://93.184.215.14/kam", ["job.failed"])
    with acting_system("test"):
        Connection.objects.create(
            system="bitrix24", name="Portal", address="https://p.bitrix24.example", source="b",
            pulls=["companies"],
        )  # fmt: skip
    ApiToken.issue(user=admin, name="k", scopes=["privacy"])
    parts = said(admin)
    assert "Webhook: 93.184.215.14" in parts["recipients"]
    assert parts["recipients"]["Programs"][0] == "1 key of the REST API"
    assert "https://p.bitrix24.example" in parts["sources"]["Portal"][0]


def test_purposes_stand_with_their_basis_and_law(admin):
    purposes = said(admin)["purposes"]
    basis, note = purposes["Advertising and news"]
    assert basis == "consent, Art. 6(1)(a); ст. 6 ч. 1 п. 1"
    assert note == "agree: 0, refuse: 0"


@override_settings(IMPORT_FILE_DAYS=33)
def test_terms_are_those_of_the_settings(admin):
    assert said(admin)["terms"]["Original files of imports"][0] == "33 days"


def test_the_page_and_the_api_tell_the_same(admin, client):
    client.force_login(admin)
    page = client.get(reverse("processing_register")).content.decode()
    assert "Register of processing" in page
    assert "Advertising and news" in page
    _row, secret = ApiToken.issue(user=admin, name="k", scopes=["privacy"])
    answer = client.get(
        reverse("api:processing-register"), headers={"Authorization": f"Bearer {secret}"}
    )
    assert [part["key"] for part in answer.json()] == [
        "who", "purposes", "people", "texts", "sources", "recipients", "terms", "ways"
    ]  # fmt: skip
