"""The bin: what people removed, kept for some days with all that went along."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client


class Removal(Scoped):
    """One removed record.  Its rows are in no table any more, so no list, measure, export or
    search can show them; they stand here as they were, and restoring writes them back with their
    ids.

    ``contents``: model label -> its rows as the database tells them; ``loosened``: links of rows
    that stayed, ``[table, key column, key, column, value]``.  ``holder`` may restore a row whose
    client is gone or that has none.
    """

    SCOPE = ("work", "client", "holder")

    noun = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    title = models.CharField(_("what"), max_length=200)
    client = models.ForeignKey(Client, models.CASCADE, null=True, related_name="removals")
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    counts = models.JSONField(default=dict)
    contents = models.JSONField(default=dict)
    loosened = models.JSONField(default=list)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["at"], name="removal_at")]

    def __str__(self):
        return self.title
