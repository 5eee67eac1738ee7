"""The dispatcher: hands due jobs to Celery, and takes back those whose worker was lost.

Any number may run: rows are claimed with SKIP LOCKED.  A job is marked as sent before it is
published, so a dispatcher killed in between costs a delay (RESEND_AFTER), never a job; a job
published twice is run once, because workers claim the lease on the row.
"""

import logging
import time
from datetime import timedelta

from django.db import DatabaseError, close_old_connections, transaction
from django.db.models import F
from django.utils import timezone
from kombu.exceptions import OperationalError

from kam import alive

from .execution import fail_lost
from .holding import outgoing_kinds
from .models import Hold, Job
from .worker import run_job

log = logging.getLogger(__name__)
Status = Job.Status

BATCH = 50
RESEND_AFTER = timedelta(seconds=60)
REAP_EVERY = 5.0


def take_due(limit: int = BATCH) -> list[tuple[int, str]]:
    """Mark due jobs as sent and return their (id, queue)."""
    ready = Job.unscoped.filter(status=Status.WAITING, run_after__lte=timezone.now())
    if Hold.unscoped.exists():
        ready = ready.exclude(kind__in=outgoing_kinds())
    with transaction.atomic():
        due = list(
            ready.select_for_update(skip_locked=True)
            .order_by("run_after", "pk")
            .values_list("pk", "queue")[:limit]
        )
        Job.unscoped.filter(pk__in=[pk for pk, _queue in due]).update(
            # A job that has gone keeps no later one from waiting, nor stumbles over it on return.
            status=Status.SENT,
            sent_at=timezone.now(),
            unique_key="",
        )
    return due


def publish(due: list[tuple[int, str]]) -> int:
    """Give the jobs to the broker; what it does not take waits again.  Returns how many went."""
    sent = 0
    for number, (pk, queue) in enumerate(due):
        try:
            run_job.apply_async([pk], queue=queue)
            sent += 1
        except (OperationalError, OSError) as error:
            log.warning("broker does not answer, jobs wait: %s", error)
            left = [job for job, _queue in due[number:]]
            Job.unscoped.filter(pk__in=left, status=Status.SENT).update(
                status=Status.WAITING, run_after=timezone.now() + timedelta(seconds=2)
            )
            break
    return sent


def reap() -> int:
    """Take back jobs whose worker lost the lease or whose message got lost."""
    now = timezone.now()
    lost = Job.unscoped.filter(status=Status.RUNNING, lease_until__lt=now)
    failed = fail_lost(lost.filter(attempts__gte=F("max_attempts")))
    returned = lost.update(status=Status.WAITING, run_after=now, lease=None, lease_until=None)
    resent = Job.unscoped.filter(status=Status.SENT, sent_at__lt=now - RESEND_AFTER).update(
        status=Status.WAITING
    )
    return failed + returned + resent


def loop(stop, pause: float = 0.5) -> None:
    """Dispatch until ``stop()`` is true.  Outlives a restart of the database and of the broker."""
    next_reap = 0.0
    while not stop():
        alive.sign("dispatcher")
        sent = 0
        try:
            if time.monotonic() >= next_reap:
                reap()
                next_reap = time.monotonic() + REAP_EVERY
            sent = publish(take_due())
        except DatabaseError as error:
            log.warning("database does not answer: %s", error)
            time.sleep(1)
        finally:
            close_old_connections()
        if not sent:
            time.sleep(pause)
