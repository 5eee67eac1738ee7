"""What hands jobs on: the dispatcher in its loop and as a process, beat, and what a worker allows."""

import datetime as dt
import os
import resource
import signal
import sys
import time
from types import SimpleNamespace
from unittest import mock

import psycopg2
import pytest
import redis
import time_machine
from django.db import OperationalError, connection
from django.utils import timezone

from kam import alive, processes
from kam.embedded import PROJECT
from kam.jobs import dispatcher, scheduler, worker
from kam.jobs.holding import hold
from kam.jobs.models import Job
from kam.jobs.services import enqueue
from kam.lib import request_ids
from kam.lib.scoping import acting_system

Status = Job.Status


@pytest.fixture
def alive_in(tmp_path, monkeypatch):
    monkeypatch.setenv("KAM_ALIVE", str(tmp_path))
    return tmp_path


def row(job: Job) -> Job:
    return Job.unscoped.get(pk=job.pk)


# --- The dispatcher


class Clock:
    """Time that goes on only while the dispatcher sleeps."""

    def __init__(self):
        self.now, self.slept = 100.0, []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(dispatcher, "time", made)
    monkeypatch.setattr(dispatcher, "close_old_connections", mock.Mock())  # that of the test stays
    return made


@pytest.mark.django_db
def test_the_loop_sends_rests_when_nothing_is_due_and_takes_back_what_was_lost(
    clock, alive_in, monkeypatch
):
    monkeypatch.setattr(dispatcher, "REAP_EVERY", 1.2)
    monkeypatch.setattr(dispatcher.take_due, "__defaults__", (2,))
    jobs = [Job.unscoped.create(kind="test.any").pk for _ in range(3)]
    lost = Job.unscoped.create(
        kind="test.any", status=Status.RUNNING, attempts=1,
        lease_until=timezone.now() - dt.timedelta(seconds=1),
    )  # fmt: skip
    sent, rounds = [], []

    def stop() -> bool:
        rounds.append((len(sent), len(clock.slept)))
        if len(rounds) == 4:  # lost again, just after the dispatcher has looked
            Job.unscoped.filter(pk=lost.pk).update(
                status=Status.RUNNING, lease_until=timezone.now() - dt.timedelta(seconds=1)
            )
        return len(rounds) > 7

    def send(arguments, queue):
        sent.append(arguments[0])

    with mock.patch.object(dispatcher.run_job, "apply_async", send):
        dispatcher.loop(stop, pause=0.5)
    assert sent == [*jobs, lost.pk, lost.pk]
    # Two rounds with work and no rest; the next look for lost ones is after 1.2 s of rests.
    assert rounds == [(0, 0), (2, 0), (4, 0), (4, 1), (4, 2), (4, 3), (5, 3), (5, 4)]
    assert set(clock.slept) == {0.5}
    assert alive.is_alive("dispatcher")


@pytest.mark.django_db
def test_the_loop_outlives_a_database_that_does_not_answer(clock, alive_in):
    job = Job.unscoped.create(kind="test.any")
    answers = [OperationalError("the database system is shutting down"), [(job.pk, "light")], []]
    rounds = []
    with (
        mock.patch.object(dispatcher, "take_due", side_effect=answers),
        mock.patch.object(dispatcher.run_job, "apply_async") as send,
    ):
        dispatcher.loop(lambda: rounds.append(1) or len(rounds) > 3)
    send.assert_called_once_with([job.pk], queue="light")
    assert dispatcher.close_old_connections.call_count == 3, (
        "a broken connection is not kept for the next round"
    )
    assert clock.slept[0] == 1


@pytest.mark.django_db
def test_a_broker_that_stops_in_the_middle_keeps_what_it_took(clock):
    jobs = [Job.unscoped.create(kind="test.any", queue=queue) for queue in ("light", "heavy", "x")]
    due = dispatcher.take_due()

    def send(arguments, queue):
        if queue == "heavy":
            Job.unscoped.filter(pk=jobs[2].pk).update(status=Status.CANCELLED)  # meanwhile
            raise OSError("gone")

    with mock.patch.object(dispatcher.run_job, "apply_async", side_effect=send) as sending:
        assert dispatcher.publish(due) == 1
    assert sending.call_count == 2, "whom it does not answer it is not asked for the third"
    assert [row(job).status for job in jobs] == [Status.SENT, Status.WAITING, Status.CANCELLED]
    assert row(jobs[1]).run_after > timezone.now()


@pytest.mark.django_db
def test_what_goes_out_is_not_taken_while_it_is_held_back(kind):
    kind("test.letter", lambda running: None, goes_out=True)
    letter, other = (Job.unscoped.create(kind=name) for name in ("test.letter", "test.any"))
    with acting_system("test"):
        hold("restored")
    assert [pk for pk, _queue in dispatcher.take_due()] == [other.pk]
    assert row(letter).status == Status.WAITING


@pytest.mark.django_db(transaction=True)
def test_what_another_dispatcher_is_taking_is_left_to_it():
    taken, free = (Job.unscoped.create(kind="test.any") for _ in range(2))
    with psycopg2.connect(os.environ["DATABASE_URL"]) as other, other.cursor() as cursor:
        cursor.execute("SELECT 1 FROM jobs_job WHERE id = %s FOR UPDATE", [taken.pk])
        with connection.cursor() as own:
            own.execute("SET lock_timeout = '1s'")
        assert [pk for pk, _queue in dispatcher.take_due()] == [free.pk]
    other.close()
    assert [pk for pk, _queue in dispatcher.take_due()] == [taken.pk]


def queued(name: str) -> int:
    with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
        return broker.llen(name)


@pytest.mark.django_db(transaction=True)
def test_dispatchers_share_the_work_and_end_when_told(tmp_path):
    queue = f"t{os.getpid()}"  # of this test alone
    jobs = [Job.unscoped.create(kind="test.any", queue=queue) for _ in range(2 * dispatcher.BATCH)]
    homes, running = [tmp_path / "first", tmp_path / "second"], []
    try:
        for home in homes:
            home.mkdir()
            running.append(
                processes.spawn(
                    [sys.executable, PROJECT / "manage.py", "dispatch"],
                    log=home / "log", env={**os.environ, "KAM_ALIVE": str(home)}, cwd=PROJECT,
                )
            )  # fmt: skip
        at_work = [home / "kam-dispatcher.alive" for home in homes]
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if queued(queue) >= len(jobs) and all(each.exists() for each in at_work):
                break
            time.sleep(0.05)
        for process, how in zip(running, (signal.SIGTERM, signal.SIGINT), strict=True):
            process.send_signal(how)
        codes = [process.wait(20) for process in running]
        assert codes == [0, 0], [(home / "log").read_text() for home in homes]
        assert queued(queue) == len(jobs), "each once"
        assert set(Job.unscoped.values_list("status", flat=True)) == {Status.SENT}
    finally:
        for process in running:
            process.kill()
            process.wait()
        with redis.Redis.from_url(os.environ["REDIS_URL"]) as broker:
            broker.delete(queue)


# --- Beat


@pytest.fixture
def beat(monkeypatch):
    from kam.celery import app

    monkeypatch.setattr(scheduler, "close_old_connections", mock.Mock())
    return lambda: scheduler.JobScheduler(app=app)


@pytest.mark.django_db
def test_beat_inserts_what_falls_due_after_it_began(beat, settings, alive_in):
    settings.COMPANY_TIME_ZONE = "UTC"
    settings.JOB_SCHEDULES = {
        "hourly": ("jobs.forget_requests", "0 * * * *", {"x": 1}),
        "daily": ("jobs.forget_requests", "45 9 * * *", {}),
    }
    made = Job.unscoped.filter(schedule="hourly")
    with time_machine.travel("2026-03-16T09:30:00Z", tick=False) as now:
        begun = beat()
        assert (begun.tick(), made.count()) == (10.0, 0), "nine o'clock was before it began"
        now.move_to("2026-03-16T10:00:05Z")
        begun.tick()
        begun.tick()
        assert Job.unscoped.filter(schedule="daily").count() == 1, "each has a past of its own"
        job = made.get()
        assert (job.kind, job.payload, job.period) == (
            "jobs.forget_requests", {"x": 1}, dt.datetime(2026, 3, 16, 10, tzinfo=dt.UTC),
        )  # fmt: skip
        now.move_to("2026-03-16T11:00:05Z")
        assert scheduler.insert_due(begun.since) == 1
        assert scheduler.insert_due(begun.since) == 0, "nothing is even tried twice"
    assert (alive_in / "kam-beat.alive").exists()
    assert begun.schedule == {}, "Celery itself has nothing to publish"


def test_beat_outlives_a_database_that_does_not_answer(beat, alive_in):
    with mock.patch.object(scheduler, "insert_due", side_effect=OperationalError("starting up")):
        assert beat().tick() == 10.0
    scheduler.close_old_connections.assert_called_once_with()


# --- The worker


@pytest.mark.parametrize(
    ("megabytes", "hard", "expected"),
    [
        (512, resource.RLIM_INFINITY, 512 * 2**20),
        (512, 256 * 2**20, 256 * 2**20),  # what the system allows is not asked to be more
        (512, 1024 * 2**20, 512 * 2**20),
        (0, resource.RLIM_INFINITY, 3_000 * 4_096 * 3 // 4),
    ],
)
def test_a_worker_allows_a_job_so_much_memory(settings, monkeypatch, megabytes, hard, expected):
    settings.JOB_MEMORY_MB = megabytes
    asked = []
    limits = SimpleNamespace(
        RLIMIT_DATA=resource.RLIMIT_DATA, RLIM_INFINITY=resource.RLIM_INFINITY,
        getrlimit=lambda what: (hard, hard), setrlimit=lambda what, both: asked.append((what, both)),
    )  # fmt: skip
    pages = {"SC_PAGE_SIZE": 4_096, "SC_PHYS_PAGES": 3_000}
    monkeypatch.setattr(worker, "resource", limits)
    monkeypatch.setattr(worker, "os", SimpleNamespace(sysconf=pages.__getitem__))
    worker.limit_memory()
    assert asked == [(resource.RLIMIT_DATA, (expected, hard))]


@pytest.mark.django_db
def test_a_job_has_its_own_time_limit_and_its_number_in_the_logs(kind, settings):
    settings.JOB_SECONDS_HARD = 1234
    seen = []

    def look(running):
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            seen.append((cursor.fetchone()[0], request_ids.present()))
        raise ZeroDivisionError

    kind("test.look", look, max_attempts=1)
    job = enqueue("test.look")
    before = request_ids.present()
    worker.run_job(job.pk)
    assert seen == [("1234s", f"job-{job.pk}")]
    assert request_ids.present() == before
