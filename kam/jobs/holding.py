"""Holding back what goes out: after a restore nothing is told to others a second time.

While it is held, jobs that call or write to others wait; everything else runs.
"""

from __future__ import annotations

from collections import Counter

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from kam.audit.services import record

from . import registry
from .models import Hold, Job


def outgoing_kinds() -> list[str]:
    """Kinds of jobs that call or write to somebody outside."""
    return [kind.name for kind in registry.kinds().values() if kind.goes_out]


def held() -> Hold | None:
    return Hold.objects.first()


@transaction.atomic
def hold(reason: str) -> Hold:
    """Hold back what goes out, until a person releases it."""
    row, made = Hold.objects.get_or_create(only=True, defaults={"reason": reason[:300]})
    if made:
        record("outgoing.hold", details={"reason": row.reason})
    return row


@transaction.atomic
def release(*, drop: bool = False) -> int:
    """Let it go again; how many jobs waited.  ``drop``: these are cancelled, only what comes from
    now on goes out."""
    waiting = Job.objects.filter(kind__in=outgoing_kinds(), status__in=Job.OPEN)
    count = waiting.count()
    if drop:
        waiting.update(
            status=Job.Status.CANCELLED, finished_at=timezone.now(), unique_key="", lease=None
        )
    Hold.objects.all().delete()
    record("outgoing.release", details={"jobs": count, "dropped": drop})
    return count


def waiting() -> Counter[str]:
    """Kind -> how many jobs are held back."""
    rows = Job.objects.filter(kind__in=outgoing_kinds(), status__in=Job.OPEN).order_by()
    return Counter(dict(rows.values_list("kind").annotate(count=Count("pk"))))
