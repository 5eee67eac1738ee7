"""On whose behalf a query runs, and that it does not run on nobody's."""

import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured

from accounts.models import Client, User
from kam.lib import scoping
from kam.lib.scoping import (
    ScopeMissing,
    System,
    acting_as,
    acting_late,
    acting_system,
    current,
)
from tests.factories import make_client, make_user

pytestmark = pytest.mark.django_db


def changed_by(actor) -> list[str]:
    return [client.name for client in Client.unscoped.all().editable_by(actor)]


def test_the_system_changes_everything_and_nobody_and_who_is_gone_nothing():
    boss = make_user("administrator")
    make_client("One")
    gone = User(email="gone@example.com", role="administrator", is_active=False)
    assert changed_by(System("night")) == changed_by(boss) == ["One"]
    assert [changed_by(actor) for actor in (None, AnonymousUser(), gone)] == [[], [], []]
    assert not Client.unscoped.all().visible_to(None).exists()


def test_without_a_rule_nothing_is_read(monkeypatch):
    boss = make_user("administrator")
    make_client()
    monkeypatch.setattr(scoping, "_rule", None)
    with acting_as(boss), pytest.raises(ImproperlyConfigured, match="no access rule"):
        Client.objects.exists()


def test_a_query_made_for_nobody_is_of_whoever_uses_it_later():
    make_client("One")
    kept = Client.objects.order_by("name")  # as a form keeps it from import on
    colleague = make_user("colleague")
    for actor, seen in ((System("test"), ["One"]), (colleague, [])):
        with acting_as(actor):
            assert [client.name for client in kept.all()] == seen
    with pytest.raises(ScopeMissing):
        list(kept)
    with pytest.raises(ScopeMissing, match="Client was deleted without an actor"):
        kept._raw_delete("default")


def test_the_actor_is_asked_for_at_each_query_and_gone_after_the_block():
    """REST signs in inside the view: what was nobody's before is somebody's then."""
    make_client("One")
    signed_in = [AnonymousUser()]
    with acting_late(lambda: signed_in[-1]):
        assert not Client.objects.exists()
        signed_in.append(make_user("auditor"))
        assert Client.objects.exists()
        with acting_system("inner", 7):
            assert current() == System("inner", 7)
            assert str(current()) == "system:inner"
        with pytest.raises(ZeroDivisionError), acting_system("that breaks"):
            raise ZeroDivisionError
        assert current() is signed_in[-1]
    assert current() is None


def test_another_thread_has_no_actor():
    found = []
    with acting_system("test"):
        thread = threading.Thread(target=lambda: found.append(current()))
        thread.start()
        thread.join()
    assert found == [None]
