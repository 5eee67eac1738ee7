"""Asking for work, and asking it to stop.  Nothing here talks to the broker."""

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kam.audit.services import record

from . import registry
from .models import Job


def enqueue(
    kind,
    payload=None,
    *,
    actor=None,
    unique="",
    run_after=None,
    sooner=False,
    schedule="",
    period=None,
):
    """Write a job in the caller's transaction and return it.

    With ``unique``, a job of the same key that still waits is returned instead of a second one, and
    waits on until the caller's transaction has ended, so that it finds what was changed there; with
    ``sooner``, brought forward where it waits for a later moment.  Raises KeyError for an unknown
    kind.
    """
    known = registry.kind(kind)
    row = Job(
        kind=kind,
        payload=payload or {},
        queue=known.queue,
        max_attempts=known.max_attempts,
        actor=actor if getattr(actor, "pk", None) else None,
        unique_key=unique,
        run_after=run_after or timezone.now(),
        schedule=schedule,
        period=period,
    )
    for last in (False, True):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
            return row
        except IntegrityError:
            twin = _kept_waiting(unique) if unique else _of_period(schedule, period)
            if twin is not None:
                break
            if last:  # else it went to a worker just now, and keeps nobody from waiting
                raise
    if sooner and row.run_after < twin.run_after:
        twin.run_after = row.run_after
        twin.save(update_fields=["run_after"])
    return twin


# Reading unscoped: the twin may have been asked for by somebody else.


def _kept_waiting(unique: str) -> Job | None:
    """The waiting job of a key, which no dispatcher takes before this transaction has ended; other
    callers share this lock and wait for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {Job._meta.db_table} WHERE unique_key = %s AND status = %s"
            " FOR KEY SHARE",
            [unique, Job.Status.WAITING],
        )
        found = cursor.fetchone()
    return Job.unscoped.get(pk=found[0]) if found else None


def _of_period(schedule: str, period) -> Job | None:
    return Job.unscoped.filter(schedule=schedule, period=period).first()


def cancel(job: Job) -> None:
    """Stop a job: at once while it waits, at its next progress report while it runs."""
    now = timezone.now()
    rows = Job.unscoped.filter(pk=job.pk)
    stopped = rows.filter(status__in=[Job.Status.WAITING, Job.Status.SENT]).update(
        status=Job.Status.CANCELLED, finished_at=now, cancel_requested=True
    )
    if not stopped:
        rows.filter(status=Job.Status.RUNNING).update(cancel_requested=True)
    record("job.cancel", object=job, details={"kind": job.kind})


def forget_done(kind: str, before) -> int:
    """Drop jobs of a kind that ended well before a moment: of many small ones nobody asks later."""
    done = Job.objects.filter(kind=kind, status=Job.Status.DONE, finished_at__lt=before)
    return done.delete()[0]
