"""So many requests a minute, told in headers; a count that fails lets the request pass."""

from unittest import mock

import pytest
import time_machine
from django.db import DatabaseError

from kam.lib import pace
from kam.lib.models import Pace
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings):
    settings.API_RATE_LIMIT = 3


def test_too_many_are_told_when_to_come_back(call):
    with time_machine.travel("2026-03-20T12:00:20Z", tick=False):
        left = [call("get", "client-list")["RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        refused = call("get", "client-list")
        assert refused.status_code == 429
        assert refused["Retry-After"] == refused["RateLimit-Reset"] == "40"
        assert refused["RateLimit-Limit"] == "3"
        assert refused.json()["error"]["code"] == "throttled"
    with time_machine.travel("2026-03-20T12:01:00Z", tick=False):
        assert call("get", "client-list").status_code == 200


def test_callers_are_counted_apart_and_pages_not_at_all(client, call, program):
    for _ in range(4):
        last = call("get", "client-list")
    assert last.status_code == 429
    other = make_user("kam")
    assert program(other)("get", "client-list").status_code == 200
    client.force_login(other)
    assert {client.get("/clients/").status_code for _ in range(5)} == {200}


def test_a_wrong_key_uses_up_nobody_elses(client, call):
    for _ in range(5):
        client.get("/api/v1/clients/", headers={"Authorization": "Bearer kam_x_y"})
    assert call("get", "client-list").status_code == 200


def test_where_it_cannot_be_counted_the_request_passes(call):
    with mock.patch.object(pace.connection, "cursor", side_effect=DatabaseError):
        assert pace._count("x", pace.timezone.now()) is None
    with mock.patch.object(pace, "_count", return_value=None):
        answer = call("get", "client-list")
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer


def test_still_callers_are_forgotten(call):
    with time_machine.travel("2026-03-20T12:00:00Z", tick=False):
        call("get", "client-list")
    assert Pace.objects.count() == 1
    assert pace.forget() == 1
