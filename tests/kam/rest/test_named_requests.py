"""``Idempotency-Key``: sent twice, done once."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import ApiToken, Client
from kam.jobs import execution
from kam.jobs.services import enqueue
from kam.lib import named_requests
from kam.lib.models import NamedAnswer
from kam.lib.scoping import acting_system
from tests.factories import make_user


def created(name: str) -> int:
    with acting_system("test"):
        return Client.objects.filter(name=name).count()


def post(call, name, key):
    return call("post", "client-list", data={"name": name}, **{"Idempotency-Key": key})


def test_the_same_request_is_done_once_and_answered_alike(call):
    first, second = post(call, "Once", "a-1"), post(call, "Once", "a-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first
    assert second["Idempotent-Replayed"] == "true"
    assert created("Once") == 1


def test_the_same_key_for_another_request_is_refused(call):
    post(call, "One", "a-2")
    other = post(call, "Two", "a-2")
    assert other.status_code == 422
    assert other.json()["error"]["code"] == "key_reused"
    assert created("Two") == 0


def test_keys_are_ones_own_and_refusals_are_not_kept(call, program):
    post(call, "Mine", "a-3")
    assert post(program(make_user("kam")), "Mine", "a-3").status_code == 201
    assert created("Mine") == 2
    assert call("post", "client-list", data={}, **{"Idempotency-Key": "a-4"}).status_code == 400
    assert post(call, "Now", "a-4").status_code == 201


@pytest.mark.parametrize("key", ["x" * 256, "ключ"])
def test_a_key_that_cannot_be_kept_is_refused(client, kam, key):
    client.force_login(kam)
    answer = client.post(
        "/api/v1/clients/",
        {"name": "X"},
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=key,
    )
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["error"]["fields"]


def test_answers_are_forgotten_after_a_day(call):
    post(call, "Old", "a-5")
    with acting_system("test"):
        NamedAnswer.objects.update(
            at=timezone.now() - named_requests.KEPT - dt.timedelta(minutes=1)
        )
        job = enqueue("jobs.forget_requests")
    execution.run(job.pk)
    job.refresh_from_db()
    assert job.result["answers"] == 1
    assert post(call, "Old", "a-5").status_code == 201
    assert created("Old") == 2


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_make_one_row():
    person = make_user("kam")
    _row, secret = ApiToken.issue(user=person, name="test", can_write=True)
    answers = []

    def ask():
        try:
            answers.append(
                Browser().post(
                    "/api/v1/clients/",
                    {"name": "Rush"},
                    content_type="application/json",
                    headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "rush"},
                )
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} <= {201, 409}
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(ids) == 1
    assert created("Rush") == 1
