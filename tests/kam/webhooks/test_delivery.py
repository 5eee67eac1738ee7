"""Delivery to a real receiver: signed, retried, given up, resent, never lost."""

import datetime as dt
import socket
import threading
import time

import pytest
import time_machine
from django.db import connection
from django.utils import timezone
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.models import Notice
from kam.jobs import dispatcher, execution
from kam.jobs.models import Job
from kam.lib.scoping import acting_system
from kam.webhooks import calling, delivery, services
from kam.webhooks.models import Delivery, Endpoint
from kam.webhooks.services import emit
from tests.factories import make_user

from .conftest import (
    attempts,
    deliveries,
    dripping,
    fresh,
    job_event,
    make_endpoint,
    work,
)

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def tell(*numbers: int) -> None:
    for number in numbers or (1,):
        emit("job.failed", job_event(number))


def seconds_until(moment) -> float:
    return (moment - timezone.now()).total_seconds()


def test_a_message_arrives_signed_and_is_written_down(endpoint, receiver):
    tell()
    work()
    (message,) = receiver.messages(endpoint.told)
    assert message["type"] == "job.failed"
    assert message["data"] == job_event()
    assert dt.datetime.fromisoformat(message["timestamp"]).tzinfo is not None
    (row,) = deliveries()
    assert (row.status, row.tries, row.next_at) == (Status.DELIVERED, 1, None)
    assert receiver.ids == [row.message.key]
    (attempt,) = attempts()
    assert (attempt.status, attempt.error, attempt.answer) == (200, "", "ok")


def test_what_was_altered_or_is_old_or_of_another_does_not_verify(endpoint, receiver):
    tell()
    work()
    ((_path, headers, body),) = receiver.got
    hook = Webhook(endpoint.told)
    hook.verify(body, headers)
    other = make_endpoint(receiver.url, ["job.failed"]).told
    for said, sent, moved in (
        (hook, body.replace(b"901", b"902").replace(b":1", b":2"), 0),
        (hook, body, 6),
        (hook, body, -6),
        (Webhook(other), body, 0),
    ):
        moment = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=moved)
        with time_machine.travel(moment), pytest.raises(WebhookVerificationError):
            said.verify(sent, headers)


def test_during_a_rotation_both_secrets_sign_and_then_the_new_one_alone(endpoint, receiver):
    with acting_system("test"):
        new = services.rotate_secret(endpoint)
    assert new != endpoint.told
    tell()
    work()
    receiver.messages(endpoint.told)
    receiver.messages(new)
    receiver.got.clear()
    with time_machine.travel(timezone.now() + dt.timedelta(hours=25)):
        tell(2)
        work()
        receiver.messages(new)
        with pytest.raises(WebhookVerificationError):
            receiver.messages(endpoint.told)


def test_500_then_200_arrives_under_the_same_id(endpoint, receiver):
    receiver.answers = [500]
    tell()
    work()
    (row,) = deliveries()
    assert (row.status, row.tries) == (Status.WAITING, 1)
    assert 4 < seconds_until(row.next_at) < 6
    assert len(receiver.got) == 1
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=6)):
        work()
    assert deliveries()[0].status == Status.DELIVERED
    assert len(set(receiver.ids)) == 1
    assert [(each.status, each.error) for each in attempts()] == [(500, "status"), (200, "")]
    assert fresh(endpoint).failures == 0


def test_ten_tries_over_three_days_and_no_more(endpoint, receiver):
    receiver.answers = [500] * 20
    began = now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        tell()
        while (row := deliveries()[0]).status == Status.WAITING:
            now = max(now, row.next_at) + dt.timedelta(seconds=1)
            clock.move_to(now)
            work()
    assert len(receiver.got) == 10
    assert row.status == Status.FAILED
    assert dt.timedelta(hours=70) < now - began < dt.timedelta(hours=90)
    assert not Job.unscoped.filter(status=Job.Status.WAITING).exists()


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_says_when_is_not_asked_before(status, endpoint, receiver):
    receiver.answers = [(status, {"Retry-After": "3600"}, b"")]
    tell(1, 2)
    work()
    assert seconds_until(fresh(endpoint).paused_until) > 3500
    assert seconds_until(deliveries()[0].next_at) > 3500
    assert len(receiver.got) == 1, "the other message waits too"
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=3700)):
        work()
    assert {row.status for row in deliveries()} == {Status.DELIVERED}


def test_retry_after_is_read_in_both_forms_and_bounded():
    later = timezone.now() + dt.timedelta(seconds=120)
    assert 110 < calling.seconds_asked(f"{later:%a, %d %b %Y %H:%M:%S} GMT".encode()) <= 120
    assert calling.seconds_asked(b"17") == 17
    assert calling.seconds_asked(b"9" * 40) == calling.LONGEST_WAIT
    for nonsense in (b"", b"-5", b"soon", "٣".encode(), b"Mon, 99 Foo"):
        assert calling.seconds_asked(nonsense) == 0


def drop(handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def rubbish(handler) -> None:
    handler.wfile.write(b"\x00\xff not http at all\r\n\r\n")


def silent(handler) -> None:
    time.sleep(2)


@pytest.mark.parametrize(
    ("fault", "error"), [(drop, "broken"), (rubbish, "broken"), (silent, "slow")]
)
def test_faults_of_the_receiver_are_failures_that_are_tried_again(
    fault, error, endpoint, receiver, monkeypatch
):
    monkeypatch.setattr(calling, "SECONDS", 1.0)
    receiver.answers = [fault]
    tell()
    work()
    (attempt,) = attempts()
    assert (attempt.status, attempt.error) == (None, error)
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=10)):
        work()
    assert deliveries()[0].status == Status.DELIVERED


def test_nobody_listens(endpoint, receiver, settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    Endpoint.unscoped.update(url=f"http://127.0.0.1:{port}/")
    tell()
    work()
    assert attempts()[0].error == "unreachable"


def slow_head(handler) -> None:
    try:
        for letter in b"HTTP/1.0 200 OK\r\n" + b"X-Slow: " + b"a" * 400:
            handler.wfile.write(bytes([letter]))
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def test_a_receiver_that_drips_is_cut_off(endpoint, receiver, monkeypatch):
    monkeypatch.setattr(calling, "SECONDS", 1.0)
    receiver.answers = [slow_head, dripping]
    began = time.monotonic()
    assert calling.call(receiver.url, b"{}", {}).error == "slow"
    answer = calling.call(receiver.url, b"{}", {})
    assert answer.arrived, "the status has come: the rest of the answer does not matter"
    assert set(answer.text) == {"."}
    assert time.monotonic() - began < 8


def test_of_a_huge_answer_the_beginning_is_kept(endpoint, receiver):
    receiver.answers = [(500, {}, "ж".encode() * 2_000_000)]
    tell()
    work()
    assert 0 < len(attempts()[0].answer.encode()) <= 2_050
    receiver.answers = [(200, {}, b"a\x00b\xff")]
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=10)):
        work()
    assert attempts()[1].answer == "ab\ufffd"


def test_gone_is_taken_at_its_word(endpoint, receiver):
    admin = make_user("administrator")
    receiver.answers = [410]
    tell(1, 2)
    work()
    row = fresh(endpoint)
    assert (row.is_active, row.stopped) == (False, "gone")
    assert len(receiver.got) == 1
    assert {each.status for each in deliveries()} == {Status.FAILED}
    notice = Notice.unscoped.get(person=admin)
    assert notice.facts["host"] == f"127.0.0.1:{receiver.port}"
    tell(3)
    assert len(deliveries()) == 2


def test_days_of_failures_alone_stop_an_endpoint_and_one_success_does_not(
    endpoint, receiver, settings
):
    make_user("administrator")
    begin = timezone.now()
    receiver.answers = [500, 200, *[500] * 50]
    with time_machine.travel(begin, tick=False) as clock:
        tell()
        work()
        clock.move_to(begin + dt.timedelta(days=4))
        work()  # arrives: the count begins anew
        for days in (5, 7, 9):
            clock.move_to(begin + dt.timedelta(days=days))
            tell(days)
            work()
            assert fresh(endpoint).is_active
        clock.move_to(begin + dt.timedelta(days=10, hours=1))
        tell(10)
        work()
    row = fresh(endpoint)
    assert (row.is_active, row.stopped) == (False, "failing")
    assert Notice.unscoped.count() == 1
    with acting_system("test"):
        services.change_endpoint(row, {"is_active": True}, row.version)
    row = fresh(endpoint)
    assert (row.is_active, row.stopped, row.failures, row.failing_since) == (True, "", 0, None)


def test_what_failed_since_a_day_is_resent_and_what_arrived_is_not(endpoint, receiver):
    tell(1, 2, 3)
    work()
    old, lost, _arrived = deliveries()
    Delivery.unscoped.filter(pk__in=[old.pk, lost.pk]).update(status=Status.FAILED)
    type(old.message).unscoped.filter(pk=old.message_id).update(
        at=timezone.now() - dt.timedelta(days=9)
    )
    receiver.got.clear()
    with acting_system("test"):
        assert services.resend_failed(endpoint, timezone.now() - dt.timedelta(days=1)) == 1
    work()
    assert receiver.ids == [lost.message.key]
    with acting_system("test"):
        services.resend(fresh(old))
    work()
    assert receiver.ids == [lost.message.key, old.message.key]


def test_a_worker_killed_between_sending_and_writing_sends_twice_under_one_id(
    endpoint, receiver, monkeypatch
):
    class Killed(BaseException):
        pass

    def killed(*args):
        raise Killed

    tell()
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_note", killed)
        # The process is gone: neither the job nor the endpoint is let go of.
        patch.setattr(execution, "settle", lambda *args, **values: None)
        job = Job.unscoped.get(kind=services.DELIVER)
        with pytest.raises(Killed):
            execution.run(job.pk)
    Endpoint.unscoped.update(busy_job=job.pk, busy_until=timezone.now() + dt.timedelta(seconds=60))
    assert deliveries()[0].status == Status.WAITING
    Job.unscoped.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    dispatcher.reap()
    work()
    assert len(receiver.got) == 2
    assert len(set(receiver.ids)) == 1
    assert len(receiver.messages(endpoint.told)) == 2
    assert deliveries()[0].status == Status.DELIVERED


def test_a_lost_job_is_replaced(endpoint, receiver):
    tell()
    Job.unscoped.all().delete()
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5)):
        with acting_system("test"):
            assert delivery.sweep() == 1
        work()
    assert deliveries()[0].status == Status.DELIVERED


def test_a_new_message_does_not_wait_for_the_retry_of_an_old_one(endpoint, receiver):
    receiver.answers = [500, 500]
    tell(1)
    work()
    with time_machine.travel(timezone.now() + dt.timedelta(seconds=10)):
        work()  # the second try: the next is in five minutes
        tell(2)
        work()
        assert [row.status for row in deliveries()] == [Status.WAITING, Status.DELIVERED]


def test_the_secret_is_kept_sealed_and_outlives_a_change_of_the_key(endpoint, receiver, settings):
    raw = endpoint.told.removeprefix("whsec_")
    kept = fresh(endpoint).secret
    assert raw not in kept
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key" * 5
    with acting_system("test"):
        assert services.reseal() == 1
    settings.SECRET_KEY_FALLBACKS = []
    tell()
    work()
    receiver.messages(endpoint.told)
    settings.SECRET_KEY = "and one that knows nothing" * 3
    tell(2)
    work()
    assert attempts()[-1].error == "unsigned"
    assert len(receiver.got) == 1


def test_old_messages_are_forgotten_and_waiting_ones_are_not(endpoint, receiver):
    tell(1, 2)
    first, second = deliveries()
    Delivery.unscoped.filter(pk=first.pk).update(status=Status.DELIVERED, next_at=None)
    with time_machine.travel(timezone.now() + dt.timedelta(days=31)), acting_system("test"):
        assert services.forget(30) == 1
    assert [row.pk for row in deliveries()] == [second.pk]


@pytest.mark.django_db(transaction=True)
def test_one_dead_receiver_does_not_keep_others_waiting(receiver, open_network, monkeypatch):
    """The dead one holds one job; a job of it that comes meanwhile ends at once."""
    monkeypatch.setattr(calling, "SECONDS", 3.0)
    entered = threading.Event()

    def dead(handler):
        entered.set()
        time.sleep(3)

    receiver.answers = [dead]
    make_endpoint(receiver.url, ["job.failed"])
    tell(1)
    (stuck,) = Job.unscoped.filter(kind=services.DELIVER)
    thread = threading.Thread(target=lambda: (execution.run(stuck.pk), connection.close()))
    thread.start()
    assert entered.wait(10)
    healthy = [make_endpoint(f"{receiver.url}/{number}", ["job.failed"]) for number in range(3)]
    tell(2)
    work()
    arrived = Delivery.unscoped.filter(endpoint__in=healthy, status=Status.DELIVERED)
    assert arrived.count() == 3
    assert thread.is_alive(), "and the dead one is still being waited for"
    thread.join()
