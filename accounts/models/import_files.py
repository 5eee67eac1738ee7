"""Files that people bring in by the browser: kept as they came, looked at, checked, loaded."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.jobs.models import Job
from kam.lib.scoping import Scoped

from .imports import ImportBatch


def kept_as(_file, _name: str) -> str:
    """Where a file is kept: never under a name that came with it."""
    return f"imports/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class ImportFile(Scoped):
    """One file on its way in, and afterwards the original beside what came of it.

    ``options``: what the person decided about reading it, as in
    :class:`accounts.importing.ReadOptions`; ``titles``: the names of its columns, by which a later
    file of the same kind is known again.  ``preview``: the report of the check, which wrote
    nothing.  The file itself is removed after ``IMPORT_FILE_DAYS``; all else stays.
    """

    SCOPE = ("staff", "")

    class Status(models.TextChoices):
        NEW = "new", _("To be looked at")
        CHECKING = "checking", _("Being checked")
        CHECKED = "checked", _("Checked")
        LOADING = "loading", _("Being loaded")
        LOADED = "loaded", _("Loaded")
        REFUSED = "refused", pgettext_lazy("file", "Refused")
        PUT_ASIDE = "put_aside", pgettext_lazy("file", "Put aside")

    name = models.CharField(_("file"), max_length=255)
    file = models.FileField(upload_to=kept_as, max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    kind = models.CharField(
        _("kind"), max_length=20, choices=ImportBatch.Kind, blank=True, default=""
    )
    source = models.CharField(_("source"), max_length=60, default="default")
    options = models.JSONField(default=dict)
    titles = models.JSONField(default=list)
    # Whether facts were known on their own date; none = so for the first file of its kind.
    history = models.BooleanField(null=True)
    preview = models.JSONField(null=True)
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+")
    batch = models.OneToOneField(ImportBatch, models.SET_NULL, null=True, related_name="original")

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.name

    @property
    def is_open(self) -> bool:
        """Whether it can be changed and loaded: not while a job has it, nor once it is in."""
        if not self.file:
            return False
        if self.is_busy:
            return False
        return self.status not in (self.Status.LOADED, self.Status.PUT_ASIDE)

    @property
    def is_busy(self) -> bool:
        """Whether a job has it; one that failed or was stopped has let go of it."""
        working = self.status in (self.Status.CHECKING, self.Status.LOADING)
        return working and self.job is not None and self.job.is_open
