"""What the REST API remembers between requests: answers to named requests, and their pace."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from .scoping import Scoped


class NamedAnswer(Scoped):
    """The answer to a request that came with an ``Idempotency-Key``: sent again, it is told again.

    Written in the transaction of what the request did, so neither stands without the other.
    """

    SCOPE = ("person", "user")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    route = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField(null=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answer_named_once")]
        indexes = [models.Index(fields=["at"], name="answer_at")]


class Pace(models.Model):
    """How many requests one caller has made in the present minute.  Not scoped: it names nobody;
    not logged by the database: after a crash everybody begins anew."""

    caller = models.CharField(max_length=64, primary_key=True)
    minute = models.DateTimeField()
    requests = models.PositiveIntegerField()
