"""What the jobs of drills do.

``drill.start`` has a row for each time a job began, with when it ended; ``drill.effect`` one for
each effect.  Neither has a constraint: a job that took effect twice would show.
"""

import contextlib
import os
import signal
import time

from django.db import connection, transaction

from kam.jobs.registry import Kind

TABLES = """
CREATE SCHEMA drill;
CREATE TABLE drill.start (
    id bigint GENERATED ALWAYS AS IDENTITY, job bigint, at timestamptz DEFAULT clock_timestamp(),
    ended timestamptz
);
CREATE TABLE drill.effect (job bigint, at timestamptz DEFAULT clock_timestamp());
"""


def _said(statement: str, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone() if cursor.description else None


def work(running, *, ms: int = 0) -> None:
    """Take so long, then take effect: once, as every kind must that may run again."""
    (start,) = _said("INSERT INTO drill.start (job) VALUES (%s) RETURNING id", running.job.pk)
    time.sleep(ms / 1000)
    with transaction.atomic():
        # Whoever holds the lease, holds it until this is written.
        held = _said(
            "SELECT 1 FROM jobs_job WHERE id = %s AND lease = %s FOR UPDATE",
            running.job.pk, running.job.lease,
        )  # fmt: skip
        if held and not _said("SELECT 1 FROM drill.effect WHERE job = %s", running.job.pk):
            _said("INSERT INTO drill.effect (job) VALUES (%s)", running.job.pk)
    _said("UPDATE drill.start SET ended = clock_timestamp() WHERE id = %s", start)


def poison(running) -> None:
    """Kill whoever runs it."""
    _said("INSERT INTO drill.start (job) VALUES (%s)", running.job.pk)
    os.kill(os.getpid(), signal.SIGKILL)


def hungry(running) -> int:
    """Take memory until there is no more."""
    _said("INSERT INTO drill.start (job) VALUES (%s)", running.job.pk)
    taken = []
    while True:
        taken.append(bytearray(64 * 2**20))


def endless(running) -> None:
    """Work until asked to stop, telling of it as all do."""
    _said("INSERT INTO drill.start (job) VALUES (%s)", running.job.pk)
    for step in range(36_000):
        running.progress(step, 36_000)
        time.sleep(0.1)


def deaf(running) -> None:
    """Work without end and hear nobody."""
    _said("INSERT INTO drill.start (job) VALUES (%s)", running.job.pk)
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.1)


KINDS = [
    # More attempts than usual: the same job may well be hit by several kills in a row.
    Kind("drill.work", work, "Work", max_attempts=9),
    Kind("drill.outgoing", work, "Work that goes out", queue="outgoing"),
    Kind("drill.poison", poison, "Poison"),
    Kind("drill.hungry", hungry, "Hungry", queue="heavy", max_attempts=1),
    Kind("drill.endless", endless, "Endless", queue="heavy"),
    Kind("drill.too_long", endless, "Too long", queue="heavy", max_attempts=1),
    Kind("drill.deaf", deaf, "Deaf", queue="heavy", max_attempts=1),
]
