"""The page "Data": what was loaded, why rows were refused, what waits; and the same over REST."""

import pytest
from django.urls import reverse

from kam.lib.scoping import acting_system
from tests.accounts.services.importing import Importer
from tests.factories import make_user

FILE = """
    number;date;client;amount
    A-1;2024-01-10;c1;60
    A-2;2024-01-10;c1;many
    A-3;2024-01-11;;15
"""


@pytest.fixture
def batch(db, tmp_path):
    from accounts.models import ImportBatch

    Importer(tmp_path)("documents", FILE, asked_by=make_user(language="en"))
    with acting_system("test"):
        return ImportBatch.objects.get()


def page_as(client, role, name, *args, language="en"):
    client.force_login(make_user(role, language=language))
    return client.get(reverse(name, args=args))


def test_history_and_detail(client, batch):
    listed = page_as(client, "administrator", "import_list").content.decode()
    assert batch.filename in listed
    detail = page_as(client, "manager", "import_detail", batch.pk).content.decode()
    assert "Row 3" in detail
    assert "amount" in detail


def test_findings_are_told_in_the_language_of_the_reader(client, batch):
    detail = page_as(client, "auditor", "import_detail", batch.pk, language="ru")
    assert "Строка 3" in detail.content.decode()


def test_quarantine_and_its_search(client, batch):
    """The list gathers rows by whom they name; the rows themselves stand behind it."""
    with acting_system("test"):
        address = reverse("quarantine_detail", args=[batch.quarantine.get().pk])
    assert address in page_as(client, "administrator", "quarantine_list").content.decode()
    assert "A-3" in client.get(address).content.decode()
    for search, found in (("A-3", True), ("nothing like it", False)):
        shown = client.get(reverse("quarantine_list"), {"q": search}).content.decode()
        assert (address in shown) == found


def test_an_empty_page_says_how_to_begin(client, db):
    page = page_as(client, "administrator", "import_list").content.decode()
    assert "manage.py import" in page


def test_people_who_do_not_read_all_clients_stay_out(client, batch):
    for role in ("kam", "colleague"):
        for name, args in (("import_list", ()), ("import_detail", (batch.pk,))):
            assert page_as(client, role, name, *args).status_code == 403


def test_over_rest(client, batch):
    answer = page_as(client, "administrator", "api:import-detail", batch.pk).json()
    assert answer["report"]["documents"]["created"] == 1
    assert client.get(reverse("api:import-list")).json()["results"][0]["id"] == batch.pk
    (row,) = client.get(reverse("api:quarantine-list")).json()["results"]
    assert (row["data"]["number"], row["amount"]) == ("A-3", "15.00")


def test_queries_do_not_grow_with_rows(client, batch, tmp_path, django_assert_max_num_queries):
    client.force_login(make_user("administrator"))
    for number in range(5):
        Importer(tmp_path)("documents", FILE.replace("A-3", f"B-{number}"))
    for name in ("import_list", "quarantine_list"):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(name)).status_code == 200
