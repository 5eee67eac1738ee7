"""The append-only trail: who did what, when.  The application may add to it, never rewrite it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped


class Event(Scoped):
    """One thing that happened.  ``actor_name`` stays readable after a person has left;
    ``client_ref`` is the id of the client it touched, if any; ``request_id`` that of the request or
    job it came of, by which the logs tell of it (``job-`` and a number), empty for a command."""

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
    request_id = models.CharField(max_length=64, blank=True, default="", db_default="")

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at"], name="event_at"),
            models.Index(fields=["client_ref", "-at"], name="event_client"),
        ]


class DataAccess(Scoped):
    """That a person has had contact data of a client before their eyes on a day, how often and by
    which ways, and of which contacts (none named: by name alone, whoever they were).

    Ids only, no personal values.  The database lets the counter, ways and contacts grow and the row
    go after a year, and nothing else, whoever asks.  ``token_ref``: the key of a program, 0 where
    the person was signed in.  ``client_ref`` 0: the answer did not say of which client.
    """

    SCOPE = ("administration", "")

    class Way(models.TextChoices):
        NAME = "name", _("names on a page")
        PAGE = "page", _("page with ways to reach them")
        CARD = "card", _("card of one contact")
        MAP = "map", _("map of people")
        SEARCH = "search", _("search for a person")
        FILE = "file", _("file")
        REST = "rest", _("REST API")
        OTHER = "other", pgettext_lazy("access", "other page")

    day = models.DateField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    token_ref = models.BigIntegerField(default=0)
    client_ref = models.BigIntegerField(default=0)
    views = models.PositiveIntegerField(default=1)
    ways = ArrayField(models.CharField(max_length=8))
    contacts = ArrayField(models.BigIntegerField(), default=list)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta(Scoped.Meta):
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["actor", "token_ref", "client_ref", "day"], name="data_access_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["client_ref", "-day"], name="data_access_client"),
            models.Index(fields=["-day"], name="data_access_day"),
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
