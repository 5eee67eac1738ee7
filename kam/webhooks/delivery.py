"""Sending what waits for an endpoint, one message after the other, and what follows failure.

One job at a time holds an endpoint, so a receiver that is down or slow takes one worker's place
at most.  A worker that is lost between sending and writing down sends the same message again,
under the same id: receivers are told once or more, never less.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from standardwebhooks import Webhook

from kam.jobs.services import enqueue
from kam.lib import secret_box

from .calling import Answer, call
from .models import Attempt, Delivery, Endpoint, Message
from .services import DELIVER, Status, stop

# Seconds before each try, by the recommendation of Standard Webhooks: about three days in all.
BACKOFF = (0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
JITTER = 0.1
HOLD = dt.timedelta(seconds=90)  # longer than any call, with the look-up of its name
LONGEST_PAUSE = 300
# After so long a job makes room for others; the next one goes on.
TURN = dt.timedelta(seconds=120)
GONE = 410


def drain(endpoint_id: int, job_id: int, progress: Callable[[int, int], None]) -> dict[str, int]:
    """Send what is due; says how much arrived and how much did not."""
    counts = {"delivered": 0, "failed": 0}
    if _take(endpoint_id, job_id):
        until = timezone.now() + TURN
        try:
            while timezone.now() < until and _take(endpoint_id, job_id):
                delivery = _next(endpoint_id)
                if delivery is None:
                    break
                progress(sum(counts.values()), 0)
                answer = _sent(delivery)
                counts["delivered" if answer.arrived else "failed"] += 1
                _note(delivery.pk, answer)
        finally:
            mine = Endpoint.objects.filter(pk=endpoint_id, busy_job=job_id)
            mine.update(busy_job=None, busy_until=None)
        # After letting go: what came while we held the endpoint found it taken.
        plan(endpoint_id)
    return counts


def _take(endpoint_id: int, job_id: int) -> bool:
    """Hold the endpoint a while longer; False where another job does, or it takes nothing."""
    now = timezone.now()
    free = Q(busy_until__isnull=True) | Q(busy_until__lt=now) | Q(busy_job=job_id)
    rows = Endpoint.objects.filter(free, pk=endpoint_id, is_active=True)
    return bool(rows.update(busy_job=job_id, busy_until=now + HOLD))


def _next(endpoint_id: int) -> Delivery | None:
    now = timezone.now()
    due = Delivery.objects.filter(
        Q(endpoint__paused_until__isnull=True) | Q(endpoint__paused_until__lte=now),
        endpoint_id=endpoint_id,
        status=Status.WAITING,
        next_at__lte=now,
    )
    return due.select_related("message", "endpoint").order_by("next_at", "pk").first()


def _sent(delivery: Delivery) -> Answer:
    body = body_of(delivery.message)
    try:
        headers = signed(delivery.endpoint, delivery.message, body)
    except secret_box.Lost:
        return Answer(None, Attempt.Error.UNSIGNED, "", 0)
    return call(delivery.endpoint.url, body.encode(), headers)


def body_of(message: Message) -> str:
    """What is sent: the same text at every try."""
    told = {"type": message.type, "timestamp": message.at.isoformat(), "data": message.data}
    if message.example:
        told["example"] = True
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def signed(endpoint: Endpoint, message: Message, body: str) -> dict[str, str]:
    """Headers of Standard Webhooks, signed by every secret that holds now.  Raises Lost."""
    now = timezone.now()
    signatures = [
        Webhook(secret).sign(message.key, now, body) for secret in endpoint.signing_secrets(now)
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": "KAM-Webhooks/1",
        "webhook-id": message.key,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


@transaction.atomic
def _note(delivery_id: int, answer: Answer) -> None:
    """Write down what came of a try, and what follows from it."""
    delivery = Delivery.objects.select_for_update(of=("self",)).filter(pk=delivery_id).first()
    if delivery is None:
        return  # its endpoint was removed meanwhile
    endpoint = Endpoint.objects.select_for_update(of=("self",)).get(pk=delivery.endpoint_id)
    Attempt.objects.create(
        delivery=delivery,
        milliseconds=round(answer.seconds * 1000),
        status=answer.status,
        error=answer.error,
        answer=answer.text,
    )
    now = timezone.now()
    delivery.tries += 1
    if answer.arrived:
        delivery.status, delivery.next_at, delivery.settled_at = Status.DELIVERED, None, now
        _rested(endpoint)
    else:
        # Where somebody switched the endpoint off meanwhile, it has been given up already.
        if delivery.status == Status.WAITING:
            _try_later(delivery, answer, now)
        _tired(endpoint, answer, now)
    delivery.save(update_fields=["tries", "status", "next_at", "settled_at"])
    if answer.status == GONE and endpoint.is_active:
        stop(endpoint, Endpoint.Stopped.GONE)
    elif endpoint.is_active and _has_failed_for_days(endpoint, now):
        stop(endpoint, Endpoint.Stopped.FAILING)


def _try_later(delivery: Delivery, answer: Answer, now: dt.datetime) -> None:
    if delivery.tries >= len(BACKOFF):
        delivery.status, delivery.next_at, delivery.settled_at = Status.FAILED, None, now
        return
    seconds = BACKOFF[delivery.tries] * (1 + random.uniform(0, JITTER))  # noqa: S311
    delivery.next_at = now + dt.timedelta(seconds=max(seconds, answer.wait))


def _rested(endpoint: Endpoint) -> None:
    if endpoint.failures or endpoint.paused_until:
        endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None
        endpoint.save(update_fields=["failures", "failing_since", "paused_until"])


def _tired(endpoint: Endpoint, answer: Answer, now: dt.datetime) -> None:
    """Count the failure; leave a receiver alone that asks for it or cannot be reached."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    if answer.out_of_reach:
        pause = answer.wait or min(5 * 2 ** min(endpoint.failures - 1, 10), LONGEST_PAUSE)
        endpoint.paused_until = now + dt.timedelta(seconds=pause)
    endpoint.save(update_fields=["failures", "failing_since", "paused_until"])


def _has_failed_for_days(endpoint: Endpoint, now: dt.datetime) -> bool:
    days = dt.timedelta(days=settings.WEBHOOK_DISABLE_DAYS)
    return endpoint.failing_since is not None and now - endpoint.failing_since >= days


def plan(endpoint_id: int) -> bool:
    """Ask for the next job of an endpoint, where something waits; whether one was asked for."""
    first = (
        Delivery.objects.filter(
            endpoint_id=endpoint_id, endpoint__is_active=True, status=Status.WAITING
        )
        .order_by("next_at")
        .values_list("next_at", "endpoint__paused_until")
        .first()
    )
    if first is None:
        return False
    when = max(filter(None, (*first, timezone.now())))
    enqueue(
        DELIVER,
        {"endpoint": endpoint_id},
        unique=f"{DELIVER}:{endpoint_id}",
        run_after=when,
        sooner=True,
    )
    return True


def sweep() -> int:
    """Ask for jobs of endpoints for which something is overdue: a safety net under lost jobs."""
    late = timezone.now() - dt.timedelta(minutes=2)
    waiting = Delivery.objects.filter(status=Status.WAITING, next_at__lt=late)
    ids = waiting.order_by().values_list("endpoint_id", flat=True).distinct()
    return sum(plan(endpoint_id) for endpoint_id in ids)
