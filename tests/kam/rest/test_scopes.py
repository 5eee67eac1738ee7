"""What a key may: its scopes cut the rights of its person, and never add to them."""

import pytest
from django.urls import reverse

from accounts.models import ApiToken
from kam.audit.models import Event
from kam.lib import policy
from kam.lib.scoping import acting_system
from tests.access.routes import all_routes
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "scopes,allowed",
    [
        (["read"], {"list"}),
        (["write"], {"create"}),
        (["import"], {"bulk"}),
        (["admin"], {"trail"}),
        (["read", "write", "import", "admin"], {"list", "create", "bulk", "trail"}),
    ],
)
def test_a_key_does_what_its_scopes_say_and_no_more(program, scopes, allowed):
    call = program(make_user("administrator"), scopes=scopes)
    row = {"name": "X", "external_id": "x"}
    answers = {
        "list": call("get", "client-list"),
        "create": call("post", "client-list", data={"name": "X"}),
        "bulk": call("post", "client-bulk", data={"rows": [row]}),
        "trail": call("get", "event-list"),
    }
    for name, answer in answers.items():
        assert (answer.status_code != 403) == (name in allowed), name
        assert answer.status_code < 400 or name not in allowed


def test_scopes_add_nothing_to_the_person(program):
    call = program(make_user("auditor"), scopes=ApiToken.Scope.values)
    assert call("post", "client-list", data={"name": "X"}).status_code == 403
    kam = program(make_user("kam"), scopes=ApiToken.Scope.values)
    assert kam("get", "event-list").status_code == 403
    assert kam("get", "client-detail", make_client().pk).status_code == 404


def test_every_route_names_a_scope_that_keys_can_have():
    for route in all_routes():
        if route.is_api:
            for verb in ("GET", "POST"):
                assert route.policy.scope_for(verb) in ApiToken.Scope.values, route.name
    assert tuple(ApiToken.Scope.values) == policy.SCOPES


def test_a_key_outlives_the_change_of_our_own_key(program, settings):
    call = program(make_user("kam"))
    assert call("get", "client-list").status_code == 200
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of this installation"
    assert call("get", "client-list").status_code == 200
    # Used once with the new one, it needs the former no more.
    settings.SECRET_KEY_FALLBACKS = []
    assert call("get", "client-list").status_code == 200
    settings.SECRET_KEY = "a third one, and the second was not kept"
    assert call("get", "client-list").status_code == 401


def test_the_page_gives_scopes_and_the_trail_tells_them(client):
    client.force_login(make_user("manager", language="en"))
    form = {"name": "Shop", "scopes": ["read", "import"]}
    page = client.post(reverse("token_create"), form).content.decode()
    assert "kam_" in page
    with acting_system("test"):
        assert ApiToken.objects.get().scopes == ["read", "import"]
        assert Event.objects.get(action="token.issue").details["scopes"] == ["read", "import"]
    assert "load files" in client.get(reverse("profile")).content.decode()
    nothing = client.post(reverse("token_create"), {"name": "Shop", "scopes": []})
    assert "data-invalid" in nothing.content.decode()


def test_an_administrator_withdraws_the_key_of_another_person(client, program):
    kam = make_user("kam")
    call = program(kam)
    token = ApiToken.unscoped.get()
    client.force_login(make_user("administrator", language="en"))
    where = reverse("person_edit", args=[kam.pk])
    assert token.prefix in client.get(where).content.decode()
    answer = client.post(reverse("token_revocation", args=[token.pk]), {"next": where})
    assert answer["Location"] == where
    assert call("get", "client-list").status_code == 401
    with acting_system("test"):
        assert Event.objects.get(action="token.revoke").details["prefix"] == token.prefix
