"""Leaks are planted, one after the other, and the walking tests have to catch each of them."""

from contextlib import ExitStack, contextmanager
from unittest import mock

import pytest
import time_machine
from django.db import transaction
from django.db.models import Q

from accounts import access
from accounts.models import ApiToken, Client
from accounts.selectors import promises
from kam.lib import scoping, views
from kam.lib.policy import Row
from kam.lib.scoping import Scoped

from . import test_walk as walking
from . import world as worlds
from .routes import all_routes

ROUTES = all_routes()


def subjects() -> list[type[Scoped]]:
    """Models with rows of clients that some page or endpoint is about."""
    models = {
        route.model
        for route in ROUTES
        if route.policy.subject and issubclass(route.model, Scoped)
        if route.model.SCOPE[0] in ("client", "work", "plan")
    }
    return sorted(models, key=lambda model: model._meta.label)


def about(model: type[Scoped]):
    return [route for route in ROUTES if route.policy.subject == model._meta.label]


class Forgetful:
    """The access rule, but of one model it forgets who may see, or who may change."""

    def __init__(self, model, *, sees=False, changes=False):
        self.model, self.sees, self.changes = model, sees, changes

    def visible(self, queryset, actor):
        if self.sees and queryset.model is self.model:
            return queryset
        return access.visible(queryset, actor)

    def editable(self, queryset, actor):
        if self.changes and queryset.model is self.model:
            return access.visible(queryset, actor)
        return access.editable(queryset, actor)


@contextmanager
def forgetting(model, **what):
    kept = scoping.rule()
    scoping.register_rule(Forgetful(model, **what))
    try:
        yield
    finally:
        scoping.register_rule(kept)


def caught(check, routes) -> bool:
    """Whether a walking test fails over these routes."""
    with mock.patch.object(walking, "all_routes", return_value=routes):
        try:
            with transaction.atomic():
                try:
                    check()
                finally:
                    transaction.set_rollback(True)
        except AssertionError:
            return True
    return False


@pytest.fixture
def world(db):
    with time_machine.travel(walking.NOW, tick=False):
        yield worlds.build()


def test_whole_rows_of_a_model_that_leak_are_caught(world):
    missed = []
    for model in subjects():
        routes = [route for route in about(model) if "kam" in route.policy.read]
        if not routes:
            continue
        assert not caught(lambda: walking.test_walk("kam", world), routes), model
        with forgetting(model, sees=True):
            if not caught(lambda: walking.test_walk("kam", world), routes):
                missed.append(model._meta.label)
    assert missed == []


def test_rows_that_anybody_who_sees_them_may_change_are_caught(world):
    missed = []
    for model in subjects():
        routes = [route for route in about(model) if "kam" in route.policy.write]
        if not routes:
            continue
        with forgetting(model, changes=True):
            if not caught(lambda: walking.test_walk("kam", world), routes):
                missed.append(model._meta.label)
    assert missed == []


def everybody(_user):
    return None


def nobody_but_the_team(user):
    return Q(team_id=user.team_id)


@contextmanager
def widened_tokens():
    """In the database, so it goes with the test."""
    ApiToken._base_manager.update(scopes=ApiToken.Scope.values)
    yield


@contextmanager
def standing_in(function, other):
    """Every module that has imported the function runs the other one in its place."""
    kept = function.__code__
    function.__code__ = other.__code__
    try:
        yield
    finally:
        function.__code__ = kept


@contextmanager
def both(*plants):
    with ExitStack() as planted:
        for plant in plants:
            planted.enter_context(plant)
        yield


def telling_apart(model, *, queryset=None, **lookup):
    """Reads the names of the module in whose place it is put."""
    queryset = model.objects.all() if queryset is None else queryset
    row = queryset.filter(**lookup).first()
    if row is None and model.unscoped.filter(**lookup).exists():
        raise PermissionDenied  # noqa: F821
    if row is None:
        raise Http404  # noqa: F821
    return row


def reading_that_writes(filters, day, filtered=promises.filtered):
    Client.unscoped.update(segment="read")
    return filtered(filters, day)


LEAKS = {
    # what is broken -> (where, by what), the test that has to fail, the routes it walks
    "a KAM sees all clients": (
        lambda: mock.patch.object(access, "readable_clients", everybody),
        lambda world: walking.test_walk("kam", world),
        "client_detail",
    ),
    "a list names clients of others": (
        lambda: mock.patch.object(access, "readable_clients", everybody),
        lambda world: walking.test_the_canary_never_sings("kam", world),
        "client_list",
    ),
    "a search finds clients of others": (
        lambda: mock.patch.object(access, "readable_clients", everybody),
        lambda world: walking.test_the_canary_never_sings_when_looked_for(
            "token", f"?q={worlds.CANARY}", world
        ),
        "api:client-list",
    ),
    "a KAM changes the team's clients": (
        lambda: mock.patch.object(access, "writable_clients", nobody_but_the_team),
        lambda world: walking.test_walk("kam", world),
        "client_edit",
    ),
    "a colleague sees the team's clients": (
        lambda: mock.patch.object(access, "readable_clients", nobody_but_the_team),
        lambda world: walking.test_walk("colleague", world),
        "promise_detail",
    ),
    "a manager changes every team's clients": (
        lambda: mock.patch.object(access, "writable_clients", everybody),
        lambda world: walking.test_walk("manager", world),
        "client_edit",
    ),
    "a reading token writes": (
        widened_tokens,
        lambda world: walking.test_walk("reading token", world),
        "api:client-detail",
    ),
    "the auditor writes": (
        lambda: both(
            mock.patch.object(access, "editable", access.visible),
            mock.patch.object(Row, "allows", return_value=True),
        ),
        lambda world: walking.test_walk("auditor", world),
        "goal_edit",
    ),
    "the policy is not asked": (
        lambda: mock.patch("kam.lib.middleware.Access.process_view", return_value=None),
        lambda world: walking.test_walk("colleague", world),
        "client_list",
    ),
    "a page opens without signing in": (
        lambda: mock.patch(
            "django.contrib.auth.middleware.LoginRequiredMiddleware.process_view",
            return_value=None,
        ),
        lambda world: walking.test_anonymous_people_see_only_what_is_public(world),
        "ranking",
    ),
    "a foreign id is told apart from an unknown one": (
        lambda: standing_in(views.find, telling_apart),
        lambda world: walking.test_foreign_and_absent_look_alike("kam", world),
        "client_detail",
    ),
    "reading writes": (
        lambda: mock.patch.object(promises, "filtered", reading_that_writes),
        lambda world: walking.test_reading_changes_nothing_and_the_auditor_cannot_write(
            "kam", ("GET",), world
        ),
        "promise_list",
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_the_leak_is_caught(leak, world):
    plant, check, name = LEAKS[leak]
    routes = [route for route in ROUTES if route.name == name]
    assert routes
    assert not caught(lambda: check(world), routes), "the test fails without the leak"
    with plant():
        assert caught(lambda: check(world), routes)
