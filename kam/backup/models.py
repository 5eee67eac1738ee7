"""What is known of backups: when one was made, and whether a real restore of it came out equal."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped


class Backup(Scoped):
    """One attempt at a backup.  ``error``: why there is none; ``fault``: what a restore of it
    showed.  It is good only once it was restored and nothing differed (``checked_at``)."""

    SCOPE = ("administration", "")

    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(_("file"), max_length=120, blank=True, default="")
    size = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    rows = models.PositiveBigIntegerField(null=True)
    files = models.PositiveBigIntegerField(null=True)
    encrypted = models.BooleanField(default=False)
    seconds = models.FloatField(null=True)
    checked_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    fault = models.CharField(max_length=500, blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]

    def __str__(self):
        return self.name or f"#{self.pk}"

    @property
    def is_good(self) -> bool:
        return bool(self.checked_at and not self.error and not self.fault)
