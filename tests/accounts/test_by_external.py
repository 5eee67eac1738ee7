"""One row by the id of another system: made or completed by the rules of files."""

from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse

from accounts.models import Client, Document, ImportBatch, QuarantinedRow
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db
CLIENT = {"name": "Alpha", "inn": "7707083893", "segment": "Retail"}
DOCUMENT = {
    "date": "2026-03-05",
    "client": "c1",
    "vat_meaning": "excluded:20",
    "lines": [{"product": "B-1", "quantity": 10, "amount": "1200.00"}],
}


@pytest.fixture
def put(client):
    client.force_login(make_user("manager", language="en"))

    def put(what, source, key, row):
        address = reverse(f"api:{what}-external", args=[source, key])
        return client.put(address, row, content_type="application/json")

    return put


def test_a_client_is_made_once_and_completed_after(client, put):
    made = put("client", "shop", "c/1", CLIENT)
    assert made.status_code == 201, made.content
    again = put("client", "shop", "c/1", {"name": "Alpha", "city": "Tver"})
    assert again.status_code == 200
    assert again.json() | {"city": "Tver", "inn": "7707083893"} == again.json()
    assert again.json()["id"] == made.json()["id"]
    read = client.get(reverse("api:client-external", args=["shop", "c/1"]))
    assert read.json()["id"] == made.json()["id"]
    assert client.get(reverse("api:client-external", args=["shop", "c2"])).status_code == 404


def test_a_client_known_by_its_inn_is_not_made_twice(put):
    known = make_client("Alpha", inn="7707083893")
    found = put("client", "shop", "c1", CLIENT)
    assert (found.status_code, found.json()["id"]) == (200, known.pk)


def test_a_document_comes_with_its_lines_and_vat_and_once(put):
    put("client", "shop", "c1", CLIENT)
    made = put("document", "shop", "S-1", DOCUMENT)
    assert made.status_code == 201, made.content
    assert (made.json()["net"], made.json()["vat"]) == ("1200.00", "240.00")
    assert len(made.json()["lines"]) == 1
    same = put("document", "shop", "S-1", DOCUMENT)
    assert (same.status_code, same.json()["id"]) == (200, made.json()["id"])
    lines = [{"product": "B-1", "quantity": 10, "amount": "1500.00"}]
    changed = put("document", "shop", "S-1", {**DOCUMENT, "lines": lines})
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    with acting_system("test"):
        assert Document.objects.filter(known_to=None).get().net == Decimal("1500.00")


def test_a_payment_settles_its_document(client, put):
    put("client", "shop", "c1", CLIENT)
    put("document", "shop", "S-1", DOCUMENT)
    paid = {"date": "2026-03-20", "client": "c1", "amount": "1440.00", "document": "S-1"}
    made = put("payment", "shop", "P-1", paid)
    assert made.status_code == 201, made.content
    with acting_system("test"):
        assert str(Document.objects.get().settled_on) == "2026-03-20"
    rows = client.get(reverse("api:payment-list"), {"since": "2026-03-20"}).json()["results"]
    assert [row["number"] for row in rows] == ["P-1"]


@pytest.mark.parametrize(
    "what,row,field",
    [
        ("client", {"name": "X", "inn": "7707083894"}, "inn"),
        ("client", {"nmae": "X"}, "nmae"),
        ("client", {}, "non_field_errors"),
        ("document", {**DOCUMENT, "date": "05.03.2026"}, "date"),
        ("document", {**DOCUMENT, "lines": [{"amount": "x"}]}, "amount"),
        ("payment", {"date": "2026-03-20", "client": "nobody", "amount": 1}, "client"),
    ],
)
def test_what_cannot_be_is_named_and_nothing_written(put, what, row, field):
    answer = put(what, "shop", "1", row)
    assert answer.status_code == 400
    assert field in answer.json()["error"]["fields"]
    with acting_system("test"):
        for model in (Client, Document, ImportBatch, QuarantinedRow):
            assert not model.objects.exists(), model


def test_who_may_not_load_files_writes_nothing_by_the_other_name(client, put):
    make_client("Foreign", external_id="c1", source="shop")
    client.force_login(make_user("kam"))
    assert put("client", "shop", "c2", CLIENT).status_code == 403
    assert client.get(reverse("api:client-external", args=["shop", "c1"])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_while_a_file_is_taken_in_one_is_told_so(put):
    import psycopg2

    settings = connection.settings_dict
    other = psycopg2.connect(
        dbname=settings["NAME"], user=settings["USER"], password=settings["PASSWORD"],
        host=settings["HOST"], port=settings["PORT"],
    )  # fmt: skip
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.import'))")
            assert put("client", "shop", "c1", CLIENT).status_code == 409
    finally:
        other.rollback()  # lets the lock go before the server notices that nobody is there
        other.close()
    assert put("client", "shop", "c1", CLIENT).status_code == 201
