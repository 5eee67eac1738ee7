"""Telling other systems, and deciding who is told.

:func:`emit` is called inside the transaction of what happened: message, deliveries and the job
that sends them stand or fall with it, so nothing is told that did not happen, and nothing that
happened is forgotten.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from kam.audit.services import record
from kam.jobs.services import enqueue, forget_done
from kam.lib import secret_box
from kam.lib.addresses import check
from kam.lib.editing import Conflict
from kam.lib.scoping import acting_system

from .calling import address_rules
from .catalogue import EVENTS, checked
from .models import PURPOSE, Delivery, Endpoint, Message
from .signals import endpoint_stopped

DELIVER = "webhooks.deliver"
Status = Delivery.Status
# What people decide about an endpoint; the rest is the product's business.
FIELDS = ("url", "description", "events", "is_active")


class Stopped(Exception):
    """The endpoint takes nothing: it has to be switched on first."""


# --- Telling -------------------------------------------------------------------------------------


def emit(name: str, data: Mapping[str, Any]) -> None:
    """Tell whoever wants to know, in the caller's transaction.  Raises UnknownEvent."""
    emit_many(name, [data])


def emit_many(name: str, many: Iterable[Mapping[str, Any]]) -> None:
    """As :func:`emit`, of many things of one kind at once."""
    events = [dict(data) for data in many]
    for data in events:
        checked(name, data)
    if not events:
        return
    # Whoever acts: what they did may be told to systems that they know nothing of.
    with acting_system("webhooks"), transaction.atomic():
        endpoints = list(Endpoint.objects.filter(is_active=True, events__contains=[name]))
        if endpoints:
            messages = [Message(type=name, data=data) for data in events]
            _send(Message.objects.bulk_create(messages), endpoints)


def _send(messages: list[Message], endpoints: list[Endpoint]) -> list[Delivery]:
    made = Delivery.objects.bulk_create(
        Delivery(message=message, endpoint=endpoint)
        for endpoint in endpoints
        for message in messages
    )
    for endpoint in endpoints:
        # No unique key: waiting for another transaction's job of the same endpoint would let
        # the two hold each other up.  A job that finds nothing to do ends at once.
        enqueue(DELIVER, {"endpoint": endpoint.pk})
    return made


def send_example(endpoint: Endpoint, name: str) -> Delivery:
    """Send what such an event would look like, marked as an example.  Raises UnknownEvent,
    Stopped."""
    event = checked(name, EVENTS[name].example if name in EVENTS else {})
    if not endpoint.is_active:
        raise Stopped
    with transaction.atomic():
        message = Message.objects.create(type=name, data=dict(event.example), example=True)
        delivery = _send([message], [endpoint])[0]
        record("webhook.example", object=endpoint, details={"event": name})
    return delivery


def resend(delivery: Delivery) -> None:
    """Send once more what was sent or could not be, under the same id.  Raises Stopped."""
    _resend(delivery.endpoint, Delivery.objects.filter(pk=delivery.pk), {"delivery": delivery.pk})


def resend_failed(endpoint: Endpoint, since: dt.datetime) -> int:
    """Send all that failed since a moment; how many.  Raises Stopped."""
    failed = Delivery.objects.filter(
        endpoint=endpoint, status=Status.FAILED, message__at__gte=since, message__example=False
    )
    return _resend(endpoint, failed, {"since": since.isoformat()})


def _resend(endpoint: Endpoint, deliveries, details: dict) -> int:
    if not endpoint.is_active:
        raise Stopped
    with transaction.atomic():
        ids = list(deliveries.exclude(status=Status.WAITING).values_list("pk", flat=True))
        Delivery.objects.filter(pk__in=ids).update(
            status=Status.WAITING, tries=0, next_at=timezone.now(), settled_at=None
        )
        if ids:
            Endpoint.objects.filter(pk=endpoint.pk).update(paused_until=None)
            enqueue(DELIVER, {"endpoint": endpoint.pk})
            record("webhook.resend", object=endpoint, details={**details, "messages": len(ids)})
    return len(ids)


# --- Endpoints -----------------------------------------------------------------------------------


@transaction.atomic
def create_endpoint(values: Mapping[str, Any], author) -> tuple[Endpoint, str]:
    """A new endpoint, and its secret in the only form that can be read, this once.

    Raises NotAllowed where its address may not be called.
    """
    check(values["url"], address_rules())
    endpoint = Endpoint(author=author if getattr(author, "pk", None) else None, **values)
    secret = endpoint.new_secret()
    if not endpoint.is_active:
        endpoint.stopped, endpoint.stopped_at = Endpoint.Stopped.PERSON, timezone.now()
    endpoint.save()
    record("webhook.create", object=endpoint, details=_told(endpoint))
    return endpoint, secret


@transaction.atomic
def change_endpoint(endpoint: Endpoint, values: Mapping[str, Any], version: int | None) -> Endpoint:
    """Write ``values`` over the endpoint if it still has this version.

    Raises Conflict, and NotAllowed where it is to call an address that may not be called.
    """
    present = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    if version is not None and present.version != version:
        raise Conflict(present)
    changed = [name for name, value in values.items() if getattr(present, name) != value]
    if not changed:
        return present
    for name in changed:
        setattr(present, name, values[name])
    if "url" in changed or ("is_active" in changed and present.is_active):
        check(present.url, address_rules())
    if "is_active" in changed:
        _switch(present)
    if "url" in changed:
        _forget_failures(present)
    present.version += 1
    present.save()
    record("webhook.change", object=present, details={"fields": changed, **_told(present)})
    return present


def _told(endpoint: Endpoint) -> dict[str, Any]:
    return {"host": endpoint.host, "events": list(endpoint.events)}


def _switch(endpoint: Endpoint) -> None:
    """On: as if nothing had failed.  Off: what waits is not sent, and can be resent later."""
    _forget_failures(endpoint)
    if endpoint.is_active:
        endpoint.stopped, endpoint.stopped_at = "", None
    else:
        endpoint.stopped, endpoint.stopped_at = Endpoint.Stopped.PERSON, timezone.now()
        _give_up_waiting(endpoint)


def _forget_failures(endpoint: Endpoint) -> None:
    endpoint.failures, endpoint.failing_since, endpoint.paused_until = 0, None, None


def _give_up_waiting(endpoint: Endpoint) -> None:
    Delivery.objects.filter(endpoint=endpoint, status=Status.WAITING).update(
        status=Status.FAILED, next_at=None, settled_at=timezone.now()
    )


def stop(endpoint: Endpoint, why: str) -> None:
    """Send nothing more, by ourselves; people are told.  In the caller's transaction."""
    endpoint.is_active, endpoint.stopped, endpoint.stopped_at = False, why, timezone.now()
    endpoint.version += 1
    endpoint.save(update_fields=["is_active", "stopped", "stopped_at", "version"])
    _give_up_waiting(endpoint)
    record("webhook.stop", object=endpoint, details={"reason": why})
    endpoint_stopped.send(sender=Endpoint, endpoint=endpoint)


@transaction.atomic
def rotate_secret(endpoint: Endpoint) -> str:
    """A new secret, readable this once; the one before signs beside it for a while."""
    present = Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    present.former_secret = present.secret
    present.former_until = timezone.now() + dt.timedelta(hours=settings.WEBHOOK_ROTATION_HOURS)
    secret = present.new_secret()
    present.version += 1
    present.save(update_fields=["secret", "former_secret", "former_until", "version"])
    record("webhook.rotate", object=present)
    return secret


@transaction.atomic
def remove_endpoint(endpoint: Endpoint) -> None:
    record("webhook.remove", object=endpoint, details=_told(endpoint))
    Endpoint.objects.filter(pk=endpoint.pk).delete()


# --- Keeping house -------------------------------------------------------------------------------


def forget(days: int) -> int:
    """Drop messages older than so many days that nobody waits for, and the jobs that have told;
    how many messages."""
    old = Message.objects.filter(at__lt=timezone.now() - dt.timedelta(days=days))
    waiting = Delivery.objects.filter(status=Status.WAITING).values("message")
    forget_done(DELIVER, timezone.now() - dt.timedelta(days=1))
    return old.exclude(pk__in=waiting).delete()[1].get(Message._meta.label, 0)


@transaction.atomic
def reseal() -> int:
    """Seal all secrets with the present key of the installation, and drop former ones whose time
    is over; how many endpoints there are."""
    now, rows = timezone.now(), list(Endpoint.objects.select_for_update(of=("self",)))
    for row in rows:
        if row.former_until is not None and row.former_until <= now:
            row.former_secret, row.former_until = "", None
        try:
            row.secret = secret_box.sealed_anew(row.secret, PURPOSE)
            if row.former_secret:
                row.former_secret = secret_box.sealed_anew(row.former_secret, PURPOSE)
        except secret_box.Lost:
            continue  # its deliveries say so; only a rotation helps
        row.save(update_fields=["secret", "former_secret", "former_until"])
    return len(rows)
