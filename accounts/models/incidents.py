"""Breaches of personal data: what happened, when it was noticed, and who has been told."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .import_files import ImportFile


class Incident(Scoped):
    """One breach.  Whose data it was is read from the access log for the days and for those named
    here: accounts and keys of ours by id, a file that was taken out, or an original file.

    Where nobody and nothing is named, everything of those days counts.  ``file_contacts``: ids of
    contacts that the original file names, found when it was chosen.
    """

    SCOPE = ("administration", "")

    title = models.CharField(
        _("what happened"),
        max_length=200,
        help_text=_("In a few words and without names of contacts."),
    )
    noticed_at = models.DateTimeField(_("noticed at"), default=timezone.now)
    since = models.DateField(_("data may have been seen from"))
    until = models.DateField(_("until"))
    people = ArrayField(models.BigIntegerField(), default=list, blank=True)
    tokens = ArrayField(models.BigIntegerField(), default=list, blank=True)
    export_ref = models.BigIntegerField(null=True, editable=False)
    file = models.ForeignKey(
        ImportFile,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("original file of an import"),
    )
    file_contacts = ArrayField(models.BigIntegerField(), default=list, editable=False)
    note = models.TextField(_("cause, harm, what was done"), blank=True, default="")
    regulator_told_at = models.DateTimeField(_("Roskomnadzor told of it"), null=True, blank=True)
    result_told_at = models.DateTimeField(_("Roskomnadzor told the result"), null=True, blank=True)
    authority_told_at = models.DateTimeField(
        _("data protection authority told (GDPR)"), null=True, blank=True
    )
    people_told_at = models.DateTimeField(_("people concerned told"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-noticed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="incident_days")
        ]

    def __str__(self):
        return self.title
