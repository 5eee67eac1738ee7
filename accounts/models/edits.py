"""What records said before people changed them: who, when, old and new."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

# Whose history the database keeps, here; scoring says so of its own.
KEPT = ("client", "membership", "contact", "goal", "accountplan", "plansection", "planaction",
        "planparticipant", "promise", "user")  # fmt: skip
TABLES = tuple(f"accounts_{name}" for name in KEPT)


class Edit(Scoped):
    """One change of one row, written by the database itself (accounts_keep_edit).

    ``relation`` and ``object_id``: table and row; ``client_ref``: id of the client it belonged to,
    empty for people and matrices.  ``before`` and ``after``: columns that changed, as JSON has
    them; of a removed row nothing, for the bin keeps it, or all of it where there is no bin.
    Ids instead of foreign keys: the past stands without what it names, and is not written anew.
    """

    SCOPE = ("client", "client_ref")

    class Did(models.TextChoices):
        CHANGED = "changed", pgettext_lazy("history", "changed")
        REMOVED = "removed", pgettext_lazy("history", "removed")

    at = models.DateTimeField(db_default=Now(), editable=False)
    relation = models.CharField(max_length=63)
    object_id = models.BigIntegerField()
    client_ref = models.BigIntegerField(null=True)
    did = models.CharField(max_length=7, choices=Did)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    actor_name = models.CharField(max_length=200)
    request_id = models.CharField(max_length=64)

    class Meta(Scoped.Meta):
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["relation", "object_id"], name="edit_row"),
            models.Index(fields=["client_ref", "relation"], name="edit_client"),
            BrinIndex(fields=["at"], name="edit_at"),  # what is over by its age
        ]
