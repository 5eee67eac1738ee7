"""How a worker runs a job: claim the lease, keep it by heartbeat, report progress, settle.

The attempt is counted and committed before the work starts, so that a job that kills its worker
ends after ``max_attempts``.  Progress and heartbeat are written by a thread with a connection of
its own: the work's transaction stays one, and yet people see how far it is.
"""

from __future__ import annotations

import logging
import threading
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from kam.lib.company import refresh_now_and_then
from kam.lib.scoping import System, acting_as

from . import registry
from .models import Job
from .signals import job_failed

log = logging.getLogger(__name__)
Status = Job.Status
# Between two tries to reach somebody outside who does not answer.
SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(hours=1)


# What errors mean whose own text says nothing.  Celery's is known by its name: pages, which never
# load Celery, load this.
SAID = {
    "MemoryError": "the job needs more memory than JOB_MEMORY_MB allows it",
    "SoftTimeLimitExceeded": "the job takes more time than JOB_SECONDS allows it",
}


class Cancelled(Exception):
    """Somebody asked this job to stop."""


class Refused(Exception):
    """The job cannot be done, now or later; the message is for people."""


def lease_end():
    return timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: int) -> Job | None:
    """Take the lease, or None where the job is done, cancelled or held by another worker."""
    now = timezone.now()
    free = Q(status__in=[Status.WAITING, Status.SENT]) | Q(
        status=Status.RUNNING, lease_until__lt=now
    )
    rows = Job.unscoped.filter(pk=job_id).filter(free)
    if fail_lost(rows.filter(attempts__gte=F("max_attempts"))):
        return None
    lease = uuid.uuid4()
    taken = rows.update(
        status=Status.RUNNING,
        attempts=F("attempts") + 1,
        unique_key="",
        lease=lease,
        lease_until=lease_end(),
        started_at=now,
        finished_at=None,
        error="",
        done=0,
        note="",
    )
    return Job.unscoped.get(pk=job_id, lease=lease) if taken else None


def fail_lost(rows) -> int:
    """End jobs whose workers were lost as often as allowed; how many."""
    with transaction.atomic():
        lost = list(rows.select_for_update(skip_locked=True, of=("self",)))
        rows.filter(pk__in=[job.pk for job in lost]).update(
            status=Status.FAILED, finished_at=timezone.now(), lease=None, error="worker lost"
        )
        for job in lost:
            job_failed.send(sender=Job, job=job)
    return len(lost)


class Running:
    """What a job function is given: its row, and a way to say how far it is."""

    def __init__(self, job: Job):
        self.job = job
        self.done, self.total, self.note = 0, 0, ""
        self.cancelled = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Say how much of the work is done; raises Cancelled where a person asked to stop."""
        self.done, self.total, self.note = done, total, note[:200]
        if self._thread is None:
            self.beat()
        if self.cancelled.is_set():
            raise Cancelled

    def beat(self) -> None:
        """Prolong the lease and write the progress; stop where the lease is not ours any more."""
        mine = Job.unscoped.filter(pk=self.job.pk, lease=self.job.lease)
        kept = mine.update(
            lease_until=lease_end(), done=self.done, total=self.total, note=self.note
        )
        if not kept or mine.filter(cancel_requested=True).exists():
            self.cancelled.set()

    def __enter__(self):
        if not connection.in_atomic_block:  # inside a transaction (tests) beat in line instead
            self._thread = threading.Thread(target=self._keep, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _keep(self) -> None:
        while not self._stop.wait(1.0):
            try:
                self.beat()
            except Exception:
                # The database may be restarting: the lease outlives a few missed beats.
                log.warning("job %s: heartbeat missed", self.job.pk, exc_info=True)
                close_old_connections()
        connection.close()


def run(job_id: int) -> None:
    """Claim and run one job; does nothing where there is nothing to claim."""
    job = claim(job_id)
    if job is None:
        return
    refresh_now_and_then()
    kind = registry.kinds().get(job.kind)
    if kind is None:
        settle(job, Status.FAILED, error=f"unknown kind {job.kind}")
        return
    if kind.as_person and (job.actor is None or not job.actor.is_active):
        settle(job, Status.FAILED, error="the person who asked may not sign in any more")
        return
    actor = job.actor if kind.as_person else System(f"job {job.kind}", job.actor_id)
    try:
        with acting_as(actor), Running(job) as running:
            result = kind.function(running, **job.payload)
    except Cancelled:
        settle(job, Status.CANCELLED)
    except Refused as error:
        settle(job, Status.FAILED, error=str(error))
    except Exception as error:
        log.exception("job %s (%s) failed, attempt %s", job.pk, job.kind, job.attempts)
        give_back(job, error, kind.patience)
    else:
        settle(job, Status.DONE, result=result, done=running.done, total=running.total)


def settle(job: Job, status: str, **values) -> None:
    """End the job, unless the lease has passed to another worker."""
    with transaction.atomic():
        settled = Job.unscoped.filter(pk=job.pk, lease=job.lease).update(
            status=status, finished_at=timezone.now(), lease=None, lease_until=None, **values
        )
        if settled and status == Status.FAILED:
            job_failed.send(sender=Job, job=job)


def give_back(job: Job, error: Exception, patience: timedelta = timedelta(0)) -> None:
    """After an error: wait longer each time, or fail when the attempts are used up.

    Where nobody answers outside, wait as the kind has patience, by now a quarter of the job's age.
    """
    name = type(error).__name__
    text = f"{name}: {SAID.get(name, error)}"[:2000]
    now = timezone.now()
    age = now - job.created_at
    waits = isinstance(error, OSError) and age < patience
    if job.attempts >= job.max_attempts and not waits:
        settle(job, Status.FAILED, error=text)
        return
    pause = (
        min(max(age / 4, SHORTEST_WAIT), LONGEST_WAIT)
        if waits
        else timedelta(seconds=5 * 4 ** (job.attempts - 1))
    )
    Job.unscoped.filter(pk=job.pk, lease=job.lease).update(
        status=Status.WAITING,
        run_after=now + pause,
        lease=None,
        lease_until=None,
        error=text,
        attempts=F("attempts") - 1 if waits else F("attempts"),
    )
