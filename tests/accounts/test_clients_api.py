"""The clients over REST: the rules of the pages, and versions against lost changes."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken, Client
from kam.lib.scoping import acting_system
from tests.factories import make_client, make_contact, make_document, make_interaction, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def kam():
    return make_user("kam", language="en")


@pytest.fixture
def call(client, kam):
    """call(verb, route, ..., data) as a program with a key that may write."""
    _row, secret = ApiToken.issue(user=kam, name="test", can_write=True)

    def call(verb, route, *args, data=None, query=None, **headers):
        url = reverse(f"api:{route}", args=args, query=query)
        options = {"content_type": "application/json"} if verb != "get" else {}
        return getattr(client, verb)(
            url, data, headers={"Authorization": f"Bearer {secret}", **headers}, **options
        )

    return call


def test_the_list_pages_by_name_and_stays_lean(call, kam):
    for number in range(60):
        make_client(f"Client {number:02}", owner=kam, legal_name="A legal name that is long" * 5)
    make_client("Foreign")
    first = call("get", "client-list")
    rows = first.json()["results"]
    assert [row["name"] for row in rows] == [f"Client {number:02}" for number in range(50)]
    assert len(first.content) <= 30 * 1024
    assert "legal_name" not in rows[0]


def test_following_the_next_link_reaches_everybody(client, call, kam):
    made = {make_client(f"Same {number % 3}", owner=kam).pk for number in range(7)}
    answer, seen = call("get", "client-list", query={"page_size": 3}).json(), []
    client.force_login(kam)
    while True:
        seen += [row["id"] for row in answer["results"]]
        if not answer["next"]:
            break
        answer = client.get(answer["next"]).json()
    assert sorted(seen) == sorted(made)


def test_a_client_is_made_by_the_rules_of_the_form(call, kam):
    wrong = call("post", "client-list", data={"name": "X", "inn": "7707083894"})
    assert wrong.status_code == 400
    assert "inn" in wrong.json()["error"]["fields"]
    made = call("post", "client-list", data={"name": "X", "inn": "7707083893"})
    assert made.status_code == 201
    assert made.json()["owner"] == kam.pk
    assert call("post", "client-list", data=["no object"]).status_code == 400


def test_a_change_needs_the_version_and_the_second_one_meets_a_conflict(call, kam):
    row = make_client("Old", owner=kam, segment="Kept")
    assert call("patch", "client-detail", row.pk, data={"name": "New"}).status_code == 428
    read = call("get", "client-detail", row.pk)
    etag = read["ETag"]
    changed = call("patch", "client-detail", row.pk, data={"name": "New"}, **{"If-Match": etag})
    assert changed.json()["name"] == "New"
    assert changed.json()["segment"] == "Kept"
    assert changed["ETag"] != etag
    late = call("patch", "client-detail", row.pk, data={"name": "Late"}, **{"If-Match": etag})
    assert late.status_code == 412
    assert late.json()["error"]["code"] == "conflict"
    by_field = call("put", "client-detail", row.pk, data={"city": "Kazan", "version": 2})
    assert by_field.json()["version"] == 3
    with acting_system("test"):
        assert Client.objects.get(pk=row.pk).name == "New"


def test_rows_of_one_client_are_narrowed_and_foreign_ones_are_not_there(call, kam):
    mine, foreign = make_client(owner=kam), make_client()
    for each in (mine, foreign):
        make_contact(each)
        make_interaction(each, "2026-01-01")
        make_document(each, "2026-01-01", 10, lines=[{}])
    for route in ("contact", "interaction", "document"):
        rows = call("get", f"{route}-list").json()["results"]
        assert [row["client"] for row in rows] == [mine.pk]
        assert call("get", f"{route}-list", query={"client": foreign.pk}).json()["results"] == []
        assert call("get", f"{route}-detail", rows[0]["id"]).json()["client"] == mine.pk
    assert len(call("get", "document-detail", rows[0]["id"]).json()["lines"]) == 1
