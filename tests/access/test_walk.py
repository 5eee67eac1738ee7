"""Every route × who × whose × verb, from the one policy table.

Nothing here names a page: a new route is walked by itself, and one without a policy row fails.
"""

import re

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client as Browser

from kam.lib.policy import SAFE_METHODS
from kam.lib.scoping import acting_system

from . import world as worlds
from .routes import VERBS, all_routes, described_parameters, editable, policy_allows, visible

ROLES = ("administrator", "manager", "kam", "colleague", "auditor", "token", "reading token")
NOW = "2026-03-20T12:00:00Z"


@pytest.fixture
def world(db):
    with time_machine.travel(NOW, tick=False):
        yield worlds.build()


def browser_of(role: str, world) -> Browser:
    browser = Browser(raise_request_exception=True)
    if "token" in role:
        browser.defaults["HTTP_AUTHORIZATION"] = f"Bearer {world.tokens[role]}"
    elif role != "anonymous":
        browser.force_login(world.people[role])
    return browser


def ask(browser: Browser, verb: str, url: str, route, **headers):
    """One request whose effects are undone."""
    kind = {"content_type": "application/json"} if route.is_api and verb != "GET" else {}
    with transaction.atomic():
        response = getattr(browser, verb.lower())(url, **kind, **headers)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    return response, body


def walk(role: str, world):
    """What this role asks: a token only the API, people who are signed in not the sign-in."""
    for route in all_routes():
        if "token" in role and not route.is_api:
            continue
        if role != "anonymous" and route.policy.public:
            continue
        for relation in route.relations():
            yield route, relation, route.url(world, relation)


# What a mere visit may touch.
TOUCHED = [
    "django_session", "cache", "audit_event", "audit_dataaccess", "accounts_apitoken", "lib_pace",
]  # fmt: skip


def written() -> int:
    """How many rows this transaction has inserted, updated or deleted so far, undone or not, in
    every table but those that a mere visit may touch."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)
            FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)
            """,
            [TOUCHED],
        )
        return cursor.fetchone()[0]


def test_every_route_has_a_policy_row_and_every_row_a_route():
    from kam.policy import POLICY

    names = {route.name for route in all_routes()}
    assert names - POLICY.keys() == set(), "routes without a policy row"
    assert POLICY.keys() - names == set(), "policy rows without a route"


def test_every_subject_is_a_model_that_the_world_holds(world):
    for route in all_routes():
        if route.policy.subject:
            assert route.model._meta.label in world.rows, route.name


def test_anonymous_people_see_only_what_is_public(world):
    browser = browser_of("anonymous", world)
    for route, relation, url in walk("anonymous", world):
        for verb in VERBS:
            before = written()
            response, body = ask(browser, verb, url, route)
            where = f"{verb} {route.name} ({relation}): {response.status_code}"
            if route.policy.public:
                assert response.status_code < 500, where
            elif route.is_api:
                assert response.status_code == 401, where
            else:
                assert response.status_code == 302, where
                assert "/sign-in/" in response["Location"], where
            assert worlds.CANARY.encode() not in body, where
            if verb in SAFE_METHODS or not route.policy.public:
                assert written() == before, where


@pytest.mark.parametrize("role", ROLES)
def test_walk(role, world):
    browser = browser_of(role, world)
    for route, relation, url in walk(role, world):
        for verb in VERBS:
            response, _body = ask(browser, verb, url, route)
            status = response.status_code
            where = f"{role}: {verb} {route.name} ({relation}): {status}"
            assert status < 500, where
            if not policy_allows(route, role, verb):
                assert status in (403, 405), where
            elif not visible(route, role, relation, world):
                assert status in (404, 405), where
            elif verb in SAFE_METHODS:
                assert status in (200, 204, 302, 405), where
            elif not editable(route, role, relation, world):
                assert status in (403, 405), where
            else:
                # An empty form is refused or accepted, but it is not a question of rights.
                assert status not in (401, 403, 404), where
            for name, value in {
                "X-Content-Type-Options": "nosniff",
                "X-Frame-Options": "DENY",
                "Referrer-Policy": "same-origin",
            }.items():
                assert response.get(name) == value, f"{where}: {name}"
            assert "script-src 'self'" in response.get("Content-Security-Policy", ""), where


def known(variant: str, route) -> str:
    """The variant as far as the route takes it: endpoints refuse parameters they do not know."""
    if not route.is_api:
        return variant
    taken = described_parameters(route.name)
    return "?" + "&".join(
        part for part in variant[1:].split("&") if part.partition("=")[0] in taken
    )


@pytest.mark.parametrize("role", ("kam", "colleague", "token", "reading token"))
def test_the_canary_never_sings(role, world):
    browser = browser_of(role, world)
    for route, relation, url in walk(role, world):
        asked = ({},) if route.is_api else ({}, {"HTTP_HX_REQUEST": "true"})
        for headers in asked:
            _response, body = ask(browser, "GET", url, route, **headers)
            where = f"{role}: {route.name} ({relation})"
            assert worlds.CANARY not in body.decode(errors="replace"), where


@pytest.mark.parametrize("role", ("kam", "colleague", "token"))
@pytest.mark.parametrize("variant", (f"?q={worlds.CANARY}", "?page_size=200&sort=-name"))
def test_the_canary_never_sings_when_looked_for(role, variant, world):
    """A search, a longer page and another order: where there is something to show."""
    browser = browser_of(role, world)
    for route, relation, url in walk(role, world):
        asked = known(variant, route)
        if relation not in ("none", "own") or len(asked) < 2:
            continue
        _response, body = ask(browser, "GET", url + asked, route)
        text = body.decode(errors="replace")
        # The search box may repeat what was typed.
        text = text.replace(f'value="{worlds.CANARY}"', "").replace(variant[1:], "")
        text = text.replace(f"“{worlds.CANARY}”", "").replace(f"«{worlds.CANARY}»", "")
        assert worlds.CANARY not in text, f"{role}: {route.name} ({relation})"


@pytest.mark.parametrize("role", ("kam", "token"))
def test_foreign_and_absent_look_alike(role, world):
    browser = browser_of(role, world)
    for route in all_routes():
        if ("token" in role and not route.is_api) or not route.parameters or not route.model:
            continue
        if visible(route, role, "foreign", world):
            continue
        for verb in VERBS:
            answers = []
            for relation in ("foreign", "absent"):
                url = route.url(world, relation)
                response, body = ask(browser, verb, url, route)
                answers.append((response.status_code, neutral(body, url)))
            assert answers[0] == answers[1], f"{verb} {route.name}"


def neutral(body: bytes, url: str) -> str:
    """The answer without what differs by itself: the address, its ids and the CSRF token."""
    text = body.decode(errors="replace").replace(url, "URL")
    text = re.sub(r'(csrfmiddlewaretoken" value=|X-CSRFToken[^:]*: ?)"?[\w&;]+', r"\1", text)
    text = re.sub(r"[A-Za-z0-9]{64}", "TOKEN", text)
    return re.sub(r"\d{4,}", "N", text) if url else text


def test_what_was_written_counts_even_when_undone(world):
    before = written()
    client = world.clients["own"]
    with transaction.atomic():
        type(client)._base_manager.filter(pk=client.pk).update(name=client.name)
        transaction.set_rollback(True)
    assert written() == before + 1


@pytest.mark.parametrize(
    ("role", "verbs"),
    [
        ("administrator", ("GET",)),
        ("kam", ("GET",)),
        ("auditor", VERBS),
        ("reading token", VERBS),
    ],
)
def test_reading_changes_nothing_and_the_auditor_cannot_write(role, verbs, world):
    browser = browser_of(role, world)
    for route, relation, url in walk(role, world):
        own = route.policy.write >= {"auditor"} and role == "auditor"
        for verb in verbs:
            if own and verb not in SAFE_METHODS:
                continue  # one's own language, theme and password
            before = written()
            with transaction.atomic():
                getattr(browser, verb.lower())(url)
                transaction.set_rollback(True)
            assert written() == before, f"{role}: {verb} {route.name} ({relation})"


@pytest.mark.parametrize("role", ("kam", "colleague", "token"))
def test_what_happens_to_foreign_clients_changes_no_page(role, world):
    """Non-interference: foreign facts change, no new run, and every page stays as it was."""

    browser = browser_of(role, world)  # one sign-in: the page of sessions shows each

    def pages():
        seen = {}
        for route, relation, url in walk(role, world):
            if relation in ("foreign", "absent"):
                continue
            response, body = ask(browser, "GET", url, route)
            seen[route.name, relation] = (response.status_code, neutral(body, ""))
        return seen

    before = pages()
    with acting_system("test"):
        foreign = world.clients["foreign"]
        type(foreign).objects.filter(pk=foreign.pk).update(
            name=f"{worlds.CANARY} renamed", lifecycle="lost", segment=f"{worlds.CANARY} other"
        )
        for label in ("accounts.Document", "accounts.Contact", "accounts.Interaction"):
            row = world.rows[label]["foreign"]
            row.pk = None
            if hasattr(row, "number"):
                row.number = f"{worlds.CANARY}-2"
                row.net = row.gross = row.costed_net = 5_000_000
            row.save(force_insert=True)
        world.rows["accounts.Payment"]["foreign"].delete()
        world.rows["scoring.Rating"]["foreign"].delete()
    after = pages()
    differing = [key for key in before if before[key] != after[key]]
    assert differing == []
