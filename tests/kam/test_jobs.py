"""Jobs: written with the change, run once, resumed when a worker is lost, capped, cancellable."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from accounts.models import User
from kam.jobs import dispatcher, execution, registry, scheduler
from kam.jobs.models import Job
from kam.jobs.services import cancel, enqueue
from kam.lib.scoping import System, acting_system, current

Status = Job.Status
calls: list = []


@pytest.fixture(autouse=True)
def kinds():
    """Three kinds of their own: one that works, one that fails, one that says it cannot."""
    calls.clear()
    registry.kinds()  # the real kinds register once, on loading: not inside the patch, which ends

    def work(running, **payload):
        calls.append((payload, current()))
        for step in range(3):
            running.progress(step + 1, 3, f"step {step + 1}")
        return {"answer": payload.get("x", 0) * 2}

    def fail(running):
        calls.append("fail")
        raise ZeroDivisionError("no good")

    def refuse(running):
        raise execution.Refused("There is nothing to rank yet.")

    added = {
        "test.work": registry.Kind("test.work", work, "Work"),
        "test.person": registry.Kind("test.person", work, "Work", as_person=True),
        "test.fail": registry.Kind("test.fail", fail, "Fail", max_attempts=2),
        "test.refuse": registry.Kind("test.refuse", refuse, "Refuse"),
    }
    with mock.patch.dict(registry._kinds, added):
        yield


def row(job: Job) -> Job:
    return Job.unscoped.get(pk=job.pk)


def person(**fields) -> User:
    return User.objects.create_user("person@example.com", None, name="Person", **fields)


@pytest.mark.django_db
def test_a_job_runs_once_and_keeps_its_result():
    job = enqueue("test.work", {"x": 21})
    execution.run(job.pk)
    execution.run(job.pk)  # a second delivery of the same message
    done = row(job)
    assert (done.status, done.result, done.done, done.total) == (Status.DONE, {"answer": 42}, 3, 3)
    assert str(done) == f"test.work #{job.pk}"
    assert len(calls) == 1


@pytest.mark.django_db
def test_computing_runs_as_the_system_and_remembers_who_asked():
    asker = person()
    execution.run(enqueue("test.work", actor=asker).pk)
    assert calls[0][1] == System("job test.work", asker.pk)


@pytest.mark.django_db
def test_delivering_runs_with_the_rights_of_the_person_or_not_at_all():
    asker = person()
    execution.run(enqueue("test.person", actor=asker).pk)
    assert calls[0][1] == asker
    asker.is_active = False
    asker.save()
    late = enqueue("test.person", actor=asker)
    execution.run(late.pk)
    assert len(calls) == 1
    assert row(late).status == Status.FAILED


@pytest.mark.django_db
def test_an_error_is_retried_later_and_no_more_often_than_allowed():
    job = enqueue("test.fail")
    execution.run(job.pk)
    first = row(job)
    assert first.status == Status.WAITING
    assert first.run_after > timezone.now()
    assert "ZeroDivisionError" in first.error
    execution.run(job.pk)
    execution.run(job.pk)
    assert row(job).status == Status.FAILED
    assert calls == ["fail", "fail"]


@pytest.mark.django_db
def test_who_does_not_answer_is_asked_again_as_long_as_there_is_patience():
    def call(running):
        calls.append("call")
        raise ConnectionRefusedError("nobody there")

    kind = registry.Kind("test.call", call, "Call", patience=dt.timedelta(days=3))
    with mock.patch.dict(registry._kinds, {"test.call": kind}):
        job = enqueue("test.call")
        for hours, least, most in ((0, 4, 10), (2, 1_790, 1_810), (71, 3_590, 3_610)):
            Job.unscoped.update(created_at=timezone.now() - dt.timedelta(hours=hours))
            execution.run(job.pk)
            found = row(job)
            assert (found.status, found.attempts) == (Status.WAITING, 0)
            pause = (found.run_after - timezone.now()).total_seconds()
            assert least <= pause <= most
        Job.unscoped.update(created_at=timezone.now() - dt.timedelta(hours=73))
        for _ in range(3):
            execution.run(job.pk)
    assert (row(job).status, row(job).attempts, len(calls)) == (Status.FAILED, 3, 6)


@pytest.mark.django_db
def test_a_refusal_is_final_and_readable():
    job = enqueue("test.refuse")
    execution.run(job.pk)
    assert (row(job).status, row(job).error) == (Status.FAILED, "There is nothing to rank yet.")


@pytest.mark.django_db
def test_a_lost_worker_gives_the_job_back_until_its_attempts_are_used_up():
    job = enqueue("test.work")
    for attempt in (1, 2, 3):
        assert execution.claim(job.pk) is not None, attempt
        assert execution.claim(job.pk) is None, "held by a living worker"
        Job.unscoped.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
        dispatcher.reap()
    assert row(job).status == Status.FAILED
    assert execution.claim(job.pk) is None


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_cannot_settle_the_job():
    job = enqueue("test.work")
    slow = execution.claim(job.pk)
    Job.unscoped.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    quick = execution.claim(job.pk)
    execution.settle(slow, Status.FAILED, error="late news")
    assert row(job).status == Status.RUNNING
    execution.settle(quick, Status.DONE)
    assert row(job).status == Status.DONE


@pytest.mark.django_db
def test_cancelling_stops_a_waiting_job_at_once_and_a_running_one_at_its_next_step():
    with acting_system("test"):
        waiting = enqueue("test.work")
        cancel(waiting)
        execution.run(waiting.pk)
        assert row(waiting).status == Status.CANCELLED
        assert calls == []

        running = enqueue("test.work")
        claimed = execution.claim(running.pk)
        cancel(running)
        with pytest.raises(execution.Cancelled):
            execution.Running(claimed).progress(1, 2)


@pytest.mark.django_db
def test_equal_jobs_wait_once():
    first = enqueue("test.work", unique="same")
    assert enqueue("test.work", unique="same").pk == first.pk
    execution.run(first.pk)
    assert enqueue("test.work", unique="same").pk != first.pk


@pytest.mark.django_db
def test_an_equal_job_that_waits_for_later_can_be_brought_forward():
    later = timezone.now() + dt.timedelta(hours=1)
    first = enqueue("test.work", unique="same", run_after=later)
    assert row(enqueue("test.work", unique="same")).run_after == later
    enqueue("test.work", unique="same", sooner=True)
    assert row(first).run_after <= timezone.now()


@pytest.mark.django_db
@pytest.mark.parametrize("lost", ["message", "worker"])
def test_a_job_that_comes_back_does_not_stumble_over_an_equal_one(lost):
    first = enqueue("test.work", unique="same")
    dispatcher.take_due()
    if lost == "worker":
        execution.claim(first.pk)
    second = enqueue("test.work", unique="same")
    assert second.pk != first.pk
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Job.unscoped.filter(pk=first.pk).update(sent_at=long_ago, lease_until=long_ago)
    dispatcher.reap()
    assert {row(each).status for each in (first, second)} == {Status.WAITING}


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_before_anything_is_written():
    with pytest.raises(KeyError):
        enqueue("test.unheard")
    assert not Job.unscoped.exists()


@pytest.mark.django_db(transaction=True)
def test_the_job_lives_and_dies_with_the_change_that_asked_for_it():
    with transaction.atomic():
        enqueue("test.work")
        transaction.set_rollback(True)
    assert not Job.unscoped.exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_waits_already_waits_for_the_change_that_asks_for_it_again():
    """Else it would run before that change is to be seen, and nobody would ask for it any more."""
    twin = enqueue("test.work", unique="same")
    with ThreadPoolExecutor(1) as elsewhere:

        def there(function):
            def in_a_transaction_of_its_own():
                try:
                    return function()
                finally:
                    connection.close()

            return elsewhere.submit(in_a_transaction_of_its_own).result(10)

        with transaction.atomic():
            assert enqueue("test.work", unique="same") == twin
            assert there(dispatcher.take_due) == []
            assert there(lambda: enqueue("test.work", unique="same", sooner=True)) == twin
        assert there(dispatcher.take_due) == [(twin.pk, "light")]


@pytest.mark.django_db
def test_the_dispatcher_sends_due_jobs_and_waits_while_the_broker_is_down():
    due = enqueue("test.work")
    later = enqueue("test.work", run_after=timezone.now() + dt.timedelta(hours=1))
    with mock.patch.object(dispatcher.run_job, "apply_async", side_effect=OperationalError):
        assert dispatcher.publish(dispatcher.take_due()) == 0
    assert row(due).status == Status.WAITING
    Job.unscoped.filter(pk=due.pk).update(run_after=timezone.now())
    with mock.patch.object(dispatcher.run_job, "apply_async") as send:
        assert dispatcher.publish(dispatcher.take_due()) == 1
    send.assert_called_once_with([due.pk], queue="light")
    assert row(later).status == Status.WAITING


@pytest.mark.django_db
def test_a_message_that_got_lost_is_sent_again():
    job = enqueue("test.work")
    dispatcher.take_due()
    Job.unscoped.update(sent_at=timezone.now() - dispatcher.RESEND_AFTER * 2)
    dispatcher.reap()
    assert row(job).status == Status.WAITING


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_by_others_while_the_work_is_in_its_transaction():
    seen, beating = [], []
    inside, looked = threading.Event(), threading.Event()

    def work(running):
        beating.append(running._thread)
        with transaction.atomic():
            running.progress(1, 2, "half")
            inside.set()
            looked.wait(10)

    kind = registry.Kind("test.slow", work, "Slow")
    with mock.patch.dict(registry._kinds, {"test.slow": kind}):
        job = enqueue("test.slow")

        def run():
            execution.run(job.pk)
            connection.close()

        worker = threading.Thread(target=run)
        worker.start()
        assert inside.wait(10)
        for _ in range(100):
            seen.append(row(job).note)
            if seen[-1]:
                break
            threading.Event().wait(0.1)
        looked.set()
        worker.join(10)
    assert seen[-1] == "half"
    assert row(job).status == Status.DONE
    assert not beating[0].is_alive(), "the heart stops with the job"


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_runs_a_job_that_came_through_the_broker():
    from celery.contrib.testing.worker import start_worker

    from kam.celery import app

    with start_worker(app, perform_ping_check=False, pool="threads", queues=["light", "heavy"]):
        job = enqueue("test.work", {"x": 4})
        assert dispatcher.publish(dispatcher.take_due()) == 1
        for _ in range(200):
            if not row(job).is_open:
                break
            threading.Event().wait(0.05)
    assert row(job).result == {"answer": 8}


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    "expression, now, expected",
    [
        ("15 2 * * *", "2026-03-10T08:00+03:00", "2026-03-10T02:15+03:00"),
        ("15 2 * * *", "2026-03-10T02:14+03:00", "2026-03-09T02:15+03:00"),
        ("0 9 * * 1", "2026-11-25T12:00+03:00", "2026-11-23T09:00+03:00"),  # Mondays
        ("0 6 1 * *", "2026-11-23T12:00+03:00", "2026-11-01T06:00+03:00"),
        ("0 0 29 2 *", "2026-11-23T12:00+03:00", None),  # beyond the look-back
    ],
)
def test_last_due_moment_of_a_schedule(settings, expression, now, expected):
    settings.COMPANY_TIME_ZONE = "Europe/Moscow"
    assert scheduler.last_due(expression, at(now)) == (expected and at(expected))


def test_a_wall_time_that_the_clocks_skip_still_comes(settings):
    settings.COMPANY_TIME_ZONE = "Europe/Berlin"  # 2026-03-29: 02:00 becomes 03:00
    due = scheduler.last_due("30 2 * * *", at("2026-03-29T12:00+02:00"))
    assert due.date() == dt.date(2026, 3, 29)


@pytest.mark.django_db
def test_two_beats_insert_one_job_a_period_and_a_pause_is_caught_up_once(settings):
    settings.JOB_SCHEDULES = {"often": ("test.work", "* * * * *", {})}
    long_ago = timezone.now() - dt.timedelta(days=1)
    assert scheduler.insert_due(timezone.now() + dt.timedelta(minutes=1)) == 0, "nothing due yet"
    scheduler.insert_due(long_ago)
    scheduler.insert_due(long_ago)
    assert Job.unscoped.filter(schedule="often").count() in (1, 2)  # 2 where a minute turned
    Job.unscoped.update(period=timezone.now() - dt.timedelta(minutes=30))
    before = Job.unscoped.count()
    scheduler.insert_due(long_ago)
    assert Job.unscoped.count() == before + 1


@pytest.mark.django_db
def test_the_list_over_rest_is_that_of_who_asks_not_of_who_asked_first():
    from django.test import Client as Browser

    first, second = person(role="kam"), User.objects.create_user("b@example.com", None, name="B")
    enqueue("test.work", {"x": 1}, actor=first)
    enqueue("test.work", {"x": 2}, actor=second)
    counts = []
    for each in (None, first, second, None, second):
        browser = Browser()
        if each:
            browser.force_login(each)
        answer = browser.get("/api/v1/jobs/")
        counts.append(len(answer.json()["results"]) if each else answer.status_code)
    assert counts == [401, 1, 1, 401, 1]


@pytest.mark.django_db
def test_people_are_told_the_result_in_words_and_only_what_the_kind_names():
    kind = registry.Kind(
        "test.told", lambda running: {"rows": 3, "secret": 1}, "Told", tells={"rows": "Rows"}
    )
    with mock.patch.dict(registry._kinds, {"test.told": kind}):
        job = enqueue("test.told")
        assert row(job).told == []
        execution.run(job.pk)
        assert row(job).told == [("Rows", 3)]
