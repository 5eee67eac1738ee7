"""A list that somebody asked for as a file."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.jobs.models import Job
from kam.lib.scoping import Scoped


def kept_as(_export, _name: str) -> str:
    """Where a file is kept: never under a name that can be guessed."""
    return f"exports/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class Export(Scoped):
    """A list as it stood on the page, on its way into a file, and the file.

    ``name``: which list, as registered.  ``of``: the row that the list belongs to, where it
    belongs to one.  ``query``: what the page was asked for.  The file is removed after
    ``EXPORT_FILE_DAYS``; the row stays.
    """

    SCOPE = ("person", "author")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"
        ZIP = "zip", "ZIP"

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(_("list"), max_length=60)
    of = models.PositiveBigIntegerField(null=True)
    query = models.TextField(blank=True, default="")
    format = models.CharField(_("format"), max_length=4, choices=Format)
    language = models.CharField(max_length=5)
    at = models.DateTimeField(default=timezone.now)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    filename = models.CharField(max_length=150, blank=True, default="")
    file = models.FileField(upload_to=kept_as, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(null=True)
    rows = models.PositiveBigIntegerField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["author", "-at"], name="export_author")]

    def __str__(self):
        return f"{self.name} #{self.pk}"

    @property
    def title(self):
        from .registry import title_of

        return title_of(self.name)

    @property
    def state(self) -> str:
        """``ready``, ``removed`` once its days are over, else the status of its job."""
        if self.file:
            return "ready"
        if self.rows is not None:
            return "removed"
        return self.job.status if self.job else Job.Status.FAILED

    @property
    def is_open(self) -> bool:
        return not self.file and self.job is not None and self.job.is_open
