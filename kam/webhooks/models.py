"""Whom other systems are told by, what they were told, and what they answered."""

from __future__ import annotations

import base64
import datetime as dt
import secrets
import uuid
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib import secret_box
from kam.lib.scoping import Scoped

SECRET_BYTES = 32
# Standard Webhooks writes a secret so, before its base64.
PREFIX = "whsec_"
PURPOSE = "webhooks"


class Endpoint(Scoped):
    """An address of another system that is told of events.

    The secret is kept sealed and shown once.  After a rotation the former one signs beside it
    until ``former_until``.  One job at a time delivers to an endpoint: ``busy_job`` holds it until
    ``busy_until``; what cannot be reached is left alone until ``paused_until``.
    """

    SCOPE = ("administration", "")

    class Stopped(models.TextChoices):
        """Why nothing is sent."""

        PERSON = "person", _("switched off")
        GONE = "gone", _("the receiver says that the address is gone")
        FAILING = "failing", _("nothing has arrived for days")

    url = models.CharField(_("address"), max_length=500)
    description = models.CharField(_("what it is for"), max_length=200, blank=True, default="")
    events = ArrayField(models.CharField(max_length=60), verbose_name=_("events"))
    is_active = models.BooleanField(_("active"), default=True)
    stopped = models.CharField(max_length=10, choices=Stopped, blank=True, default="")
    stopped_at = models.DateTimeField(null=True)
    secret = models.TextField(editable=False)
    former_secret = models.TextField(editable=False, blank=True, default="")
    former_until = models.DateTimeField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, editable=False)

    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    paused_until = models.DateTimeField(null=True)
    busy_job = models.BigIntegerField(null=True)
    busy_until = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["pk"]

    def __str__(self):
        return self.url

    @property
    def host(self) -> str:
        """What may be told of the address anywhere: the rest of it may hold secrets of theirs."""
        return urlsplit(self.url).netloc.rpartition("@")[2]

    def new_secret(self) -> str:
        """Take a new secret and return its only readable form, ``whsec_…``; nothing is saved."""
        raw = secrets.token_bytes(SECRET_BYTES)
        readable = PREFIX + base64.b64encode(raw).decode()
        self.secret = secret_box.seal(readable, PURPOSE)
        return readable

    def signing_secrets(self, now: dt.datetime) -> list[str]:
        """The secrets that sign at this moment, the present one first.  Raises secret_box.Lost."""
        sealed = [self.secret]
        if self.former_secret and self.former_until and now < self.former_until:
            sealed.append(self.former_secret)
        return [secret_box.unseal(each, PURPOSE) for each in sealed]


def new_message_id() -> str:
    return f"msg_{uuid.uuid4().hex}"


class Message(Scoped):
    """One event as it is told, the same to everybody.  Written in the transaction in which it
    happened.  ``example``: somebody tries an endpoint, nothing has happened."""

    SCOPE = ("administration", "")

    key = models.CharField(max_length=40, unique=True, default=new_message_id)
    type = models.CharField(max_length=60)
    data = models.JSONField()
    example = models.BooleanField(default=False)
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="message_at")]

    def __str__(self):
        return f"{self.type} {self.key}"


class Delivery(Scoped):
    """A message on its way to an endpoint: waiting → delivered | failed, and back by resending."""

    SCOPE = ("administration", "")

    class Status(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("webhook", "Waiting")
        DELIVERED = "delivered", pgettext_lazy("webhook", "Delivered")
        FAILED = "failed", pgettext_lazy("webhook", "Not delivered")

    message = models.ForeignKey(Message, models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    # Tries since it was sent or resent; what came of each is an Attempt.
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["message", "endpoint"], name="told_once"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=False) ^ ~Q(status="waiting"), name="waits_for_a_moment"
            ),
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_at"],
                name="delivery_due",
                condition=Q(status="waiting"),
            ),
            models.Index(fields=["endpoint", "-id"], name="delivery_log"),
        ]

    def __str__(self):
        return f"{self.message_id} → {self.endpoint_id}"


class Attempt(Scoped):
    """One try to deliver, and what came back: a status, or ``error`` where no answer came or it
    was not one.  Of the answer its first 2 KB are kept."""

    SCOPE = ("administration", "")

    class Error(models.TextChoices):
        UNSIGNED = "unsigned", _("the secret cannot be read any more: rotate it")
        REFUSED = "refused", _("the address may not be called")
        UNKNOWN_HOST = "unknown_host", _("the host is not known")
        UNREACHABLE = "unreachable", _("no connection")
        INSECURE = "insecure", _("the certificate is not valid")
        SLOW = "slow", _("no answer in time")
        BROKEN = "broken", _("the connection broke off")
        REDIRECT = "redirect", _("sent on to another address, which is not followed")
        STATUS = "status", _("refused by the receiver")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    milliseconds = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=20, choices=Error, blank=True, default="")
    answer = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"], name="attempt_at")]
