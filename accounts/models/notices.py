"""What the product tells a person by itself, until they have seen it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from kam.lib.scoping import Scoped

from .clients import Client


class Notice(Scoped):
    """One notice to one person.  ``kind`` names its words (:mod:`accounts.services.notices`),
    ``facts`` what they tell; ``key`` keeps the same thing from being told twice."""

    SCOPE = ("person", "person")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["person", "-created_at"],
                name="notice_unseen",
                condition=models.Q(seen_at__isnull=True),
            )
        ]
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="notice_once")]
