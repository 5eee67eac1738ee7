"""Personal data that was destroyed: the act, and by what the person is not taken in again."""

from django.conf import settings
from django.contrib.postgres.indexes import HashIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .contacts import Contact
from .retention import RetentionRun


class Destruction(Scoped):
    """The act of a destruction.  It names nobody: ``contact_ref`` is the id that stays, ``digest``
    a keyed hash of who it was.  An act about no single person (notes and files whose time is over)
    has neither.  ``run``: the night in which it went by the rules of keeping.

    ``what``: place -> how many rows; ``left``: [place, id] of rows that may still name the person
    and wait for a decision by hand.  Kept until ``keep_until``.
    """

    SCOPE = ("staff", "")

    class Basis(models.TextChoices):
        WITHDRAWN = "withdrawn", _("consent withdrawn")
        PURPOSE = "purpose", _("purpose reached or lost")
        OBJECTION = "objection", _("demand of the person to stop")
        UNLAWFUL = "unlawful", _("processed without a basis")
        RETENTION = "retention", _("time of keeping is over")

    number = models.PositiveIntegerField(unique=True, editable=False)
    at = models.DateTimeField(default=timezone.now, editable=False)
    contact_ref = models.BigIntegerField(null=True, editable=False)
    client_ref = models.BigIntegerField(null=True, editable=False)
    digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    basis = models.CharField(pgettext_lazy("law", "basis"), max_length=12, choices=Basis)
    note = models.CharField(_("note"), max_length=300, blank=True, default="")
    what = models.JSONField(default=dict, editable=False)
    left = models.JSONField(default=list, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    by_name = models.CharField(max_length=200, editable=False)
    keep_until = models.DateField(editable=False)
    run = models.ForeignKey(
        RetentionRun, models.SET_NULL, null=True, related_name="acts", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["-number"]

    def __str__(self):
        return str(self.number)


class Suppression(Scoped):
    """A keyed hash of an e-mail, a phone, or a name with its company, never taken in again."""

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        EMAIL = "email", _("e-mail")
        PHONE = "phone", _("phone")
        NAME = "name", _("name and company")

    # The hashes hold for good; the act is kept for three years only.
    destruction = models.ForeignKey(
        Destruction, models.SET_NULL, null=True, related_name="suppressions"
    )
    kind = models.CharField(max_length=5, choices=Kind)
    digest = models.CharField(max_length=64)

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        indexes = [HashIndex(fields=["digest"], name="suppression_digest")]


class ContactChange(Scoped):
    """What a field of a contact said before a person changed it, and what it says since.

    The trail names the fields only: it is kept for good, and this goes with the person.
    """

    SCOPE = ("client", "contact__client")

    contact = models.ForeignKey(Contact, models.CASCADE, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True, default="")
    after = models.TextField(blank=True, default="")

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
