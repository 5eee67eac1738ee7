"""Every page and endpoint keeps to its number of queries, whatever the size of the data."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Client, Contact, Document, Interaction
from kam.jobs.models import Job
from kam.lib.scoping import acting_system

from . import world as worlds
from .routes import all_routes
from .test_walk import ask, browser_of, visible

LIMIT = 15
# Sign-in, session and savepoint of the test itself: not the page's.
OVERHEAD = ("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@pytest.fixture
def world(db):
    return worlds.build()


def count_queries(world, role="manager") -> dict[str, int]:
    counts = {}
    browser = browser_of(role, world)
    for route in all_routes():
        relation = "own" if route.parameters else "none"
        if route.policy.public or role not in route.policy.read:
            continue
        if not visible(route, role, relation, world):
            continue
        url = route.url(world, relation)
        with CaptureQueriesContext(connection) as queries:
            ask(browser, "GET", url, route)
        counts[route.name] = sum(
            not query["sql"].startswith(OVERHEAD) for query in queries.captured_queries
        )
    return counts


def grow(world) -> None:
    """Forty more of everything that a list may show."""
    client = world.clients["own"]
    owner = world.people["kam"]
    with acting_system("test"):
        for number in range(40):
            more = Client.objects.create(name=f"More {number}", owner=owner, team=owner.team)
            contact = Contact.objects.create(client=client, name=f"Contact {number}")
            Interaction.objects.create(
                client=client, contact=contact, date=worlds.DAY, subject=f"Call {number}"
            )
            for owned in (client, more):
                Document.objects.create(
                    client=owned,
                    number=f"N-{number}-{owned.pk}",
                    year=2026,
                    date=worlds.DAY - dt.timedelta(days=number),
                    currency="RUB",
                    net=10,
                    gross=12,
                )
        Job.objects.bulk_create(
            Job(kind="scoring.rank_all", actor=world.people["manager"]) for _ in range(40)
        )


def test_no_page_needs_more_queries_when_there_is_more_to_show(world):
    small = count_queries(world)
    assert small, "no route was asked"
    grow(world)
    large = count_queries(world)
    over = {name: n for name, n in large.items() if n > LIMIT}
    assert over == {}, f"more than {LIMIT} queries"
    # A page that was empty may ask more once it has rows: what counts is that it stays flat.
    grown = {name: (small[name], n) for name, n in large.items() if n > small[name] + 3}
    assert grown == {}, "queries grow with the data"
