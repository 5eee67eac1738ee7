"""The append-only trail: who did what, when.  The application may add to it, never rewrite it."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from kam.lib.scoping import Scoped


class Event(Scoped):
    """One thing that happened.  ``actor_name`` stays readable after a person has left;
    ``client_ref`` is the id of the client it touched, if any."""

    SCOPE = ("client", "client_ref")

    at = models.DateTimeField(db_default=Now(), editable=False)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    actor_name = models.CharField(max_length=200)
    action = models.CharField(max_length=60)
    object_type = models.CharField(max_length=60, blank=True, default="")
    object_id = models.BigIntegerField(null=True)
    client_ref = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="event_at"),
            models.Index(fields=["client_ref", "-at"], name="event_client"),
        ]


class Seal(models.Model):
    """A stretch of the trail, sealed: which events there were and what each of them said.

    Not scoped: it holds digests alone.  Numbers run from 1 without gaps.  ``leaves``: 40 bytes an
    event in the order of ids, its id (8, big-endian) and the SHA-256 of what it said.  ``head``
    covers the leaves and the head before, so that no seal can be taken out or changed alone.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    at = models.DateTimeField()
    events = models.PositiveIntegerField()
    leaves = models.BinaryField()
    head = models.CharField(max_length=64)

    class Meta:
        ordering = ["number"]

    def __str__(self):
        return f"{self.number}:{self.head}"
