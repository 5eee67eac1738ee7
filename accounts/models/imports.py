"""What was loaded, from where, by whom, and the rows that wait for a client."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.jobs.models import Job
from kam.lib.scoping import Scoped

from .connections import Connection


class ImportBatch(Scoped):
    """One file taken in.  ``report`` is the JSON answer of the import, as it was given.

    ``connection``: where it was no file but what a connected system had to tell.
    """

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        CLIENTS = "clients", _("Clients")
        CONTACTS = "contacts", _("Contacts")
        PRODUCTS = "products", _("Products")
        DOCUMENTS = "documents", _("Documents")
        PAYMENTS = "payments", _("Payments")
        INTERACTIONS = "interactions", _("Interactions")
        RATINGS = "ratings", _("Ratings")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    source = models.CharField(_("source"), max_length=60, default="default")
    filename = models.CharField(_("file"), max_length=255, blank=True, default="")
    sha256 = models.CharField(max_length=64, blank=True, default="")
    history = models.BooleanField(_("loaded as history"), default=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    connection = models.ForeignKey(
        Connection, models.SET_NULL, null=True, related_name="batches", editable=False
    )
    report = models.JSONField(default=dict)
    # Whether its changes are still written down, so that it can be undone.
    revocable = models.BooleanField(default=False, editable=False)
    undo_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", editable=False)
    undone_at = models.DateTimeField(null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["source", "kind"], name="batch_source_kind")]

    @property
    def is_being_undone(self) -> bool:
        return self.undone_at is None and self.undo_job is not None and self.undo_job.is_open


class ImportChange(Scoped):
    """What an import did to one row of a table that people edit too; written by the database.

    Triggers on those tables write while ``kam.import_batch`` names the import, so that no loader
    can forget.  ``before`` and ``after``: the columns that it changed, or the whole row that it
    removed.  ``mark``: checksum of the row as the import left it.  Documents, lines, payments and
    interactions that it wrote name it themselves; here stand only those that it closed.
    """

    SCOPE = ("staff", "")

    class Did(models.TextChoices):
        MADE = "made", "made"
        CHANGED = "changed", "changed"
        REMOVED = "removed", "removed"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="changes")
    relation = models.CharField(max_length=63)
    object_id = models.BigIntegerField()
    did = models.CharField(max_length=10, choices=Did)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    mark = models.CharField(max_length=32, blank=True, default="", db_default="")

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["relation", "object_id", "batch"], name="import_change_once"
            )
        ]


class QuarantinedRow(Scoped):
    """A row of a file that names no client we know: kept, shown, never in the ranking."""

    SCOPE = ("staff", "")

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="quarantine")
    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=20)
    row = models.PositiveIntegerField()
    # The same row of a later, overlapping file must not wait twice.
    fingerprint = models.CharField(max_length=64)
    date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    known_from = models.DateTimeField(default=timezone.now)
    data = models.JSONField()

    class Meta(Scoped.Meta):
        ordering = ["batch", "row"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "kind", "fingerprint"], name="quarantined_row_once"
            )
        ]
