"""Many rows that a program sends at once, and what became of each."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.jobs.models import Job
from kam.lib.scoping import Scoped

from .imports import ImportBatch


class BulkLoad(Scoped):
    """Up to 10,000 rows of one kind on their way in, by the rules of files.

    ``content``: the rows as compressed JSON until they are loaded.  ``options``: ``history``,
    ``whole`` and ``vat`` as the program sent them.  ``keys``: what each row calls itself (its
    external id or number).  ``findings``: row -> [status, [field, code, params] …] of rows that
    were not loaded, or loaded with a warning.
    """

    SCOPE = ("person", "author")

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(_("kind"), max_length=20, choices=ImportBatch.Kind)
    source = models.CharField(_("source"), max_length=60)
    options = models.JSONField(default=dict)
    rows = models.PositiveIntegerField()
    content = models.BinaryField(null=True)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField(default=timezone.now)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    batch = models.ForeignKey(ImportBatch, models.SET_NULL, null=True, related_name="+")
    report = models.JSONField(null=True)
    keys = models.JSONField(default=list)
    findings = models.JSONField(default=dict)

    class Meta(Scoped.Meta):
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="bulk_load_at")]

    @property
    def state(self) -> str:
        """That of its job; ``loaded`` or ``refused`` once it is known what came of the rows."""
        if self.report is not None:
            return "refused" if self.report["accepted"] == "reject" else "loaded"
        return self.job.status if self.job else "failed"
