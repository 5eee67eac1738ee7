"""What happens is told if and only if it happened, and only to whoever wants to know."""

import pytest
from django.db import transaction

from kam.jobs import execution, registry
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib.scoping import acting_as, acting_system
from kam.webhooks.catalogue import EVENTS, UnknownEvent
from kam.webhooks.models import Delivery, Message
from kam.webhooks.services import DELIVER, emit, emit_many
from tests.factories import make_user

from .conftest import job_event, make_endpoint

pytestmark = pytest.mark.django_db
URL = "https://hooks.example/kam"


@pytest.fixture(autouse=True)
def any_address(monkeypatch):
    monkeypatch.setattr("kam.webhooks.services.check", lambda url, rules: None)


def told() -> list[tuple[str, dict]]:
    return list(Message.unscoped.order_by("pk").values_list("type", "data"))


def test_an_event_comes_with_its_delivery_and_a_job():
    one, two = (make_endpoint(URL, ["job.failed"]) for _ in range(2))
    make_endpoint(URL, ["import.finished"])
    make_endpoint(URL, ["job.failed"], is_active=False)
    emit("job.failed", job_event())
    assert told() == [("job.failed", job_event())]
    assert set(Delivery.unscoped.values_list("endpoint", flat=True)) == {one.pk, two.pk}
    jobs = Job.unscoped.filter(kind=DELIVER).values_list("payload", flat=True)
    assert sorted(jobs, key=str) == [{"endpoint": one.pk}, {"endpoint": two.pk}]


def test_what_is_taken_back_is_not_told():
    make_endpoint(URL, ["job.failed"])

    def fail_afterwards():
        with transaction.atomic():
            emit("job.failed", job_event())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_afterwards()
    assert told() == []
    assert not Delivery.unscoped.exists()
    assert not Job.unscoped.exists()


def test_where_nobody_wants_to_know_nothing_is_written():
    emit("job.failed", job_event())
    assert not Message.unscoped.exists()


def test_the_catalogue_is_kept():
    with pytest.raises(UnknownEvent):
        emit("client.renamed", {"client": 1})
    with pytest.raises(UnknownEvent):
        emit("job.failed", {"job": 1})
    with pytest.raises(UnknownEvent):
        emit("job.failed", job_event() | {"error": "Anna Petrova has no INN"})


def test_whoever_acts_others_may_be_told():
    make_endpoint(URL, ["job.failed"])
    with acting_as(make_user("kam")):
        emit("job.failed", job_event())
    assert len(told()) == 1


def test_many_events_of_one_kind_take_as_many_queries_as_one(django_assert_max_num_queries):
    make_endpoint(URL, ["job.failed"])
    with django_assert_max_num_queries(12):
        emit_many("job.failed", [job_event(number) for number in range(200)])
    assert len(told()) == 200
    assert Job.unscoped.filter(kind=DELIVER).count() == 1


def test_a_failed_job_is_told_once_and_not_one_of_our_own(monkeypatch):
    make_endpoint(URL, ["job.failed"])

    def fail(running, **payload):
        raise ZeroDivisionError("a client's name")

    for kind in ("test.fail", "webhooks.fail"):
        monkeypatch.setitem(registry.kinds(), kind, registry.Kind(kind, fail, "", max_attempts=2))
        job = enqueue(kind)
        execution.run(job.pk)
        execution.run(job.pk)
        assert Job.unscoped.get(pk=job.pk).status == Job.Status.FAILED
        if kind == "test.fail":
            failed = job
    assert told() == [("job.failed", {"job": failed.pk, "kind": "test.fail", "attempts": 2})]


def test_a_job_whose_worker_is_lost_for_good_is_told(monkeypatch):
    make_endpoint(URL, ["job.failed"])
    monkeypatch.setitem(
        registry.kinds(), "test.lost", registry.Kind("test.lost", lambda running: None, "")
    )
    job = enqueue("test.lost")
    Job.unscoped.filter(pk=job.pk).update(attempts=3)
    assert execution.claim(job.pk) is None
    assert told() == [("job.failed", {"job": job.pk, "kind": "test.lost", "attempts": 3})]


def test_every_event_has_words_and_an_example_that_can_be_sent():
    import json

    for event in EVENTS.values():
        assert str(event.words)
        assert json.loads(json.dumps(dict(event.example))) == event.example
        with acting_system("test"):
            emit(event.name, event.example)
