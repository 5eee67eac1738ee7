"""Whatever shows contact data leaves a row of who looked, pages to come by themselves."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Contact
from kam.audit.models import DataAccess
from kam.lib.policy import NOTHING, SAFE_METHODS
from kam.lib.scoping import acting_system

from .routes import VERBS, all_routes, policy_allows
from .test_walk import browser_of
from .test_walk import world as world  # noqa: PLC0414

pytestmark = pytest.mark.django_db


def looks() -> list[DataAccess]:
    with acting_system("test"):
        return list(DataAccess.objects.all())


def asked(world, role: str):
    """Each page and endpoint with what it answered and what was noted, all undone again."""
    browser = browser_of(role, world)
    for route in all_routes():
        if route.policy.public:
            continue
        for verb in VERBS:
            if not policy_allows(route, role, verb):
                continue
            api = {"content_type": "application/json"} if route.is_api and verb != "GET" else {}
            with transaction.atomic():
                response = getattr(browser, verb.lower())(route.url(world, _whose(route)), **api)
                body = b"".join(response) if response.streaming else response.content
                noted = looks()
                transaction.set_rollback(True)
            yield route, verb, response.status_code, body.decode(errors="replace"), noted


def _whose(route) -> str:
    return "own" if route.model is not None else "none"


@pytest.mark.parametrize("role", ["administrator", "kam"])
def test_every_answer_with_contact_data_is_noted_and_says_how(world, role):
    own = world.clients["own"].pk
    unsaid, unnoted, needless = set(), set(), []
    shown = 0
    for route, verb, status, body, noted in asked(world, role):
        if any(name in body for name in ("Ann Plainown", "ann@Plainown.example")):
            shown += 1
            if own not in {row.client_ref for row in noted}:
                unnoted.add(f"{verb} {route.name} {status}")
        if "ann@Plainown.example" in body and any("other" in row.ways for row in noted):
            unsaid.add(f"{verb} {route.name}")
        if noted and verb in SAFE_METHODS and route.policy.shows == NOTHING:
            needless.append(route.name)
    assert shown > 10
    assert sorted(unnoted) == [], "shows contacts and is not noted: see kam/audit/looking.py"
    assert sorted(unsaid) == [], "say in kam/policy/ how it shows contact data (shows=)"
    assert needless == []


def test_the_same_page_twice_is_one_row_and_one_query(world):
    browser = browser_of("kam", world)
    client = world.clients["own"]
    url = f"/clients/{client.pk}/people/"
    browser.get(url)
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    written = [each["sql"] for each in queries if "audit_dataaccess" in each["sql"]]
    assert len(written) == 1
    (row,) = [each for each in looks() if each.client_ref == client.pk]
    assert (row.views, row.ways, row.token_ref) == (2, ["map"], 0)
    with acting_system("test"):
        there = Contact.objects.filter(client=client).order_by("pk")
        assert row.contacts == list(there.values_list("pk", flat=True))
    browser.get(f"/clients/{client.pk}/")
    (row,) = [each for each in looks() if each.client_ref == client.pk]
    assert (row.views, sorted(row.ways)) == (3, ["map", "page"])
