"""What was loaded, from where, by whom, and the rows that wait for a client."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped


class ImportBatch(Scoped):
    """One file taken in.  ``report`` is the JSON answer of the import, as it was given."""

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
    report = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["source", "kind"], name="batch_source_kind")]


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
