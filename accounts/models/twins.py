"""Two cards for one client: what was decided of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .removals import Removal


class Twin(Scoped):
    """Either the two are one client and ``other`` went into ``kept``, or they are two.

    ``moved``: rows that came over to ``kept``, ``[table, key column, column, [keys]]``; ``values``:
    fields of ``kept`` that took the other's value, ``{field: [before, after]}``.  ``removal`` holds
    the other's card and what could not stand twice; when the bin lets go of it, there is no way
    back any more.
    """

    SCOPE = ("client", "kept")

    class Decision(models.TextChoices):
        ONE = "one", pgettext_lazy("twins", "One client")
        TWO = "two", pgettext_lazy("twins", "Two clients")

    kept = models.ForeignKey(Client, models.CASCADE, related_name="twins")
    other_id = models.BigIntegerField()
    other_name = models.CharField(max_length=255)
    decision = models.CharField(max_length=5, choices=Decision)
    moved = models.JSONField(default=list)
    values = models.JSONField(default=dict)
    removal = models.ForeignKey(Removal, models.SET_NULL, null=True, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["other_id"], name="twin_other")]
        constraints = [
            models.UniqueConstraint(
                fields=["kept", "other_id"],
                condition=Q(undone_at__isnull=True),
                name="twin_decided_once",
            )
        ]

    def __str__(self):
        return self.other_name
