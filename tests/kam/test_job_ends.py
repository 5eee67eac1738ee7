"""How jobs end: by whom they may be ended, what is told of it, and what the next attempt finds."""

import datetime as dt
from unittest import mock

import pytest
from django.db import IntegrityError, OperationalError
from django.utils import timezone

from kam.audit.models import Event
from kam.jobs import dispatcher, execution
from kam.jobs.models import Job
from kam.jobs.services import cancel, enqueue, forget_done
from kam.jobs.signals import job_failed
from kam.lib.scoping import acting_system

pytestmark = pytest.mark.django_db
Status = Job.Status


@pytest.fixture
def failed():
    """Ids of the jobs of which it was told that they have failed."""
    told = []

    def hear(job, **_rest):
        told.append(job.pk)

    job_failed.connect(hear)
    yield told
    job_failed.disconnect(hear)


@pytest.fixture
def raising(kind):
    """Registers a kind that raises what it is given."""

    def register(name, error, **more):
        def function(running):
            raise error

        kind(name, function, **more)
        return enqueue(name)

    return register


def row(job: Job) -> Job:
    return Job.unscoped.get(pk=job.pk)


def any_job(**values) -> Job:
    return Job.unscoped.create(kind="test.any", **values)


def lapse() -> None:
    """As if the workers had not been heard of for too long."""
    Job.unscoped.update(lease_until=timezone.now() - dt.timedelta(seconds=1))


# --- Who may end a job


def test_a_worker_that_lost_its_lease_changes_nothing_any_more(failed):
    job = any_job(max_attempts=2)
    slow = execution.claim(job.pk)
    lapse()
    assert dispatcher.reap() == 1
    for late in (
        lambda: execution.settle(slow, Status.FAILED, error="late"),
        lambda: execution.give_back(slow, ValueError("late")),
        lambda: execution.Running(slow).beat(),
    ):
        late()
        found = row(job)
        assert (found.status, found.lease, found.error) == (Status.WAITING, None, "")
    quick = execution.claim(job.pk)
    assert dispatcher.reap() == 0, "its worker lives"
    running = execution.Running(slow)
    with pytest.raises(execution.Cancelled):
        running.progress(9, 10, "late")
    execution.give_back(slow, ValueError("late"))
    found = row(job)
    assert (found.status, found.done, found.lease) == (Status.RUNNING, 0, quick.lease)
    lapse()
    assert dispatcher.reap() == 1, "the second of two attempts was the last"
    execution.settle(quick, Status.DONE)
    found = row(job)
    assert (found.status, found.error, found.lease) == (Status.FAILED, "worker lost", None)
    assert found.finished_at
    assert failed == [job.pk]


def test_a_job_that_loses_every_worker_is_not_given_to_another(failed):
    """Also where a message of it comes before the dispatcher has looked."""
    job = any_job(max_attempts=1)
    execution.claim(job.pk)
    assert execution.claim(job.pk) is None, "held by a living worker"
    assert failed == []
    lapse()
    assert execution.claim(job.pk) is None
    assert (row(job).status, row(job).attempts, failed) == (Status.FAILED, 1, [job.pk])


def test_a_job_that_has_ended_is_not_ended_again(failed):
    job = any_job()
    mine = execution.claim(job.pk)
    assert mine.started_at
    execution.settle(mine, Status.DONE, result={"rows": 1})
    execution.settle(mine, Status.FAILED, error="too late")
    ended = row(job)
    assert (ended.status, ended.result, ended.error) == (Status.DONE, {"rows": 1}, "")
    assert (ended.lease, ended.lease_until, failed) == (None, None, [])


def test_a_missed_heartbeat_is_made_up_for_by_the_next_one(monkeypatch):
    job = any_job()
    running = execution.Running(execution.claim(job.pk))
    running.done, running.total, running.note = 1, 2, "half"
    lapse()
    real, beats = running.beat, []

    def beat():
        beats.append(1)
        if len(beats) == 1:
            raise OperationalError("the connection is closed")
        real()

    waits = iter([False, False, True])
    monkeypatch.setattr(running, "beat", beat)
    monkeypatch.setattr(running._stop, "wait", lambda seconds: next(waits))
    with (
        mock.patch.object(execution, "connection") as own,
        mock.patch.object(execution, "close_old_connections") as renew,
    ):
        running._keep()
    renew.assert_called_once_with()
    own.close.assert_called_once_with()
    kept = row(job)
    assert kept.lease_until > timezone.now()
    assert (kept.done, kept.total, kept.note) == (1, 2, "half")
    assert not running.cancelled.is_set()


# --- What a job ends with


def test_a_kind_that_is_no_more_fails_and_says_so(failed):
    job = Job.unscoped.create(kind="test.gone")
    execution.run(job.pk)
    assert (row(job).status, row(job).error) == (Status.FAILED, "unknown kind test.gone")
    assert failed == [job.pk]


def test_what_is_delivered_to_nobody_is_not_made(kind, failed):
    made = []
    kind("test.letter", lambda running: made.append(1), as_person=True)
    job = enqueue("test.letter")
    execution.run(job.pk)
    assert "may not sign in any more" in row(job).error
    assert (made, failed) == ([], [job.pk])


def test_the_next_attempt_begins_anew_and_later_each_time(kind):
    seen = []

    def work(running):
        found = row(running.job)
        seen.append((found.attempts, found.error, found.done, found.note))
        running.progress(1, 2, "x" * 300)
        raise ValueError("half way")

    kind("test.half", work, max_attempts=3)
    job = enqueue("test.half")
    for least in (5, 20):
        execution.run(job.pk)
        found = row(job)
        assert (found.status, found.error) == (Status.WAITING, "ValueError: half way")
        assert (found.lease, found.lease_until, found.note) == (None, None, "x" * 200)
        pause = (found.run_after - timezone.now()).total_seconds()
        assert least - 2 < pause <= least
    execution.run(job.pk)
    assert row(job).status == Status.FAILED
    assert seen == [(1, "", 0, ""), (2, "", 0, ""), (3, "", 0, "")]


def test_a_fault_of_the_job_is_no_reason_for_patience(raising):
    patient = {"max_attempts": 1, "patience": dt.timedelta(days=3)}
    away = raising("test.away", ConnectionRefusedError("nobody there"), **patient)
    wrong = raising("test.wrong", ValueError("no such thing"), **patient)
    for job, status in ((away, Status.WAITING), (wrong, Status.FAILED)):
        execution.run(job.pk)
        assert row(job).status == status


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (MemoryError(), "MemoryError: the job needs more memory than JOB_MEMORY_MB allows it"),
        (ValueError("x" * 3000), "ValueError: " + "x" * 1988),
    ],
)
def test_an_error_is_told_in_words_that_help(raising, error, told):
    job = raising("test.raises", error, max_attempts=1)
    execution.run(job.pk)
    assert row(job).error == told


# --- Cancelling, asking again, forgetting


def test_a_running_job_that_is_asked_to_stop_ends_as_cancelled(kind, failed):
    reached = []

    def work(running):
        running.progress(1, 3)
        with acting_system("test"):
            cancel(running.job)
        running.progress(2, 3)
        reached.append("the end")

    kind("test.long", work)
    job = enqueue("test.long")
    execution.run(job.pk)
    ended = row(job)
    assert (ended.status, ended.error, ended.lease, ended.done) == (Status.CANCELLED, "", None, 2)
    assert ended.finished_at
    assert (reached, failed) == ([], [])
    with acting_system("test"):
        event = Event.objects.get(action="job.cancel")
    assert (event.object_id, event.details) == (job.pk, {"kind": "test.long"})


def test_cancelling_stops_what_is_sent_and_leaves_what_is_done():
    sent, done = any_job(status=Status.SENT), any_job(status=Status.DONE)
    with acting_system("test"):
        cancel(sent)
        cancel(done)
    assert (row(sent).status, row(sent).cancel_requested) == (Status.CANCELLED, True)
    assert (row(done).status, row(done).cancel_requested) == (Status.DONE, False)


def test_asking_again_finds_the_one_that_waits_and_never_puts_it_off(kind):
    kind("test.heavy", lambda running: None, queue="heavy", max_attempts=7)
    stopped = enqueue("test.heavy", unique="same")
    with acting_system("test"):
        cancel(stopped)
    waits = enqueue("test.heavy", unique="same")
    assert waits.pk != stopped.pk
    later = timezone.now() + dt.timedelta(hours=1)
    again = enqueue("test.heavy", unique="same", run_after=later, sooner=True)
    assert (again.pk, row(waits).run_after) == (waits.pk, waits.run_after)
    assert (row(waits).queue, row(waits).max_attempts) == ("heavy", 7)


def test_a_schedule_gets_one_job_a_period(kind):
    kind("test.nightly", lambda running: None)
    first, second = dt.datetime(2026, 3, 1, tzinfo=dt.UTC), dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
    made = [
        enqueue("test.nightly", schedule=name, period=period).pk
        for name, period in (("a", first), ("a", first), ("a", second), ("b", first), ("a", first))
    ]
    assert made == [made[0], made[0], made[2], made[3], made[0]]
    assert Job.unscoped.count() == 3


def test_a_twin_that_goes_to_a_worker_meanwhile_is_in_nobodys_way(kind, monkeypatch):
    kind("test.any", lambda running: None)
    save = Job.save
    refused = [IntegrityError("job_waits_once")]

    def first_refused(self, **how):
        if refused:
            raise refused.pop()
        save(self, **how)

    monkeypatch.setattr(Job, "save", first_refused)
    assert row(enqueue("test.any", unique="same")).status == Status.WAITING


def test_what_the_database_refuses_for_another_reason_is_not_hidden(kind):
    kind("test.any", lambda running: None, queue=None)
    with pytest.raises(IntegrityError, match="queue"):
        enqueue("test.any", unique="same")


def test_what_comes_back_from_a_worker_stands_in_no_equal_ones_way(kind):
    kind("test.any", lambda running: None)
    first = enqueue("test.any", unique="same")
    mine = execution.claim(first.pk)
    second = enqueue("test.any", unique="same")
    execution.give_back(mine, ValueError("again"))
    assert {row(each).status for each in (first, second)} == {Status.WAITING}


def test_what_a_lost_worker_had_is_due_at_once():
    job = any_job(run_after=timezone.now() + dt.timedelta(hours=1))
    execution.claim(job.pk)  # by a message that came twice
    lapse()
    dispatcher.reap()
    assert [pk for pk, _queue in dispatcher.take_due()] == [job.pk]


def test_only_what_was_done_long_ago_is_forgotten():
    now = timezone.now()
    long_ago, before = now - dt.timedelta(days=2), now - dt.timedelta(days=1)
    gone = any_job(status=Status.DONE, finished_at=long_ago)
    kept = [
        any_job(status=Status.DONE, finished_at=now),
        any_job(status=Status.FAILED, finished_at=long_ago),
        Job.unscoped.create(kind="test.other", status=Status.DONE, finished_at=long_ago),
    ]
    with acting_system("test"):
        assert forget_done("test.any", before) == 1
    assert set(Job.unscoped.values_list("pk", flat=True)) == {job.pk for job in kept}, gone
