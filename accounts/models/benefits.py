"""What a client gains from us in money, and what they say of us where others can hear it."""

import uuid

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact


def kept_as(_row, _name: str) -> str:
    """Where a file is kept: never under a name that came with it."""
    return f"benefits/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class Benefit(Scoped):
    """One thing that the client gains, in money a year.

    We claim it; the client confirms or disputes it, with what shows that.  A figure that changes
    is a claim again.
    """

    class State(models.TextChoices):
        CLAIMED = "claimed", pgettext_lazy("benefit", "claimed by us")
        CONFIRMED = "confirmed", pgettext_lazy("benefit", "confirmed by the client")
        DISPUTED = "disputed", pgettext_lazy("benefit", "disputed by the client")

    client = models.ForeignKey(Client, models.CASCADE, related_name="benefits")
    what = models.CharField(_("what the client gains"), max_length=300)
    amount = models.DecimalField(
        _("sum per year"), max_digits=18, decimal_places=2, validators=[MinValueValidator(1)]
    )
    method = models.CharField(_("how it is counted"), max_length=1000)
    since = models.DateField(pgettext_lazy("benefit", "since"))
    until = models.DateField(pgettext_lazy("benefit", "until"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.CLAIMED, editable=False)
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, related_name="+", editable=False
    )
    settled_on = models.DateField(null=True, editable=False)
    evidence = models.CharField(max_length=1000, blank=True, default="", editable=False)
    file = models.FileField(upload_to=kept_as, max_length=120, blank=True, editable=False)
    file_name = models.CharField(max_length=255, blank=True, default="", editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-amount", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="benefit_amount"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="benefit_dates"
            ),
            models.CheckConstraint(
                condition=Q(state="claimed", settled_on__isnull=True)
                | (~Q(state="claimed") & Q(settled_on__isnull=False) & ~Q(evidence="")),
                name="benefit_settled_with_evidence",
            ),
        ]

    def __str__(self):
        return self.what


class Reference(Scoped):
    """A review, a case study or readiness to be called: good words and where they may be shown.

    Referrals are relations of organisations (:class:`~accounts.models.relations.Relation`).
    """

    class Kind(models.TextChoices):
        REVIEW = "review", pgettext_lazy("reference", "Review")
        CASE = "case", pgettext_lazy("reference", "Case study")
        CALL = "call", pgettext_lazy("reference", "Can be called by others")

    class Permission(models.TextChoices):
        NONE = "none", pgettext_lazy("permission", "not asked")
        ASKED = "asked", pgettext_lazy("permission", "asked")
        GIVEN = "given", pgettext_lazy("permission", "given")
        REFUSED = "refused", pgettext_lazy("permission", "refused")

    client = models.ForeignKey(Client, models.CASCADE, related_name="references")
    kind = models.CharField(
        pgettext_lazy("reference", "kind"), max_length=10, choices=Kind, default=Kind.REVIEW
    )
    title = models.CharField(pgettext_lazy("reference", "in short"), max_length=200)
    text = models.TextField(pgettext_lazy("reference", "text"), blank=True, default="")
    link = models.URLField(_("where it stands"), max_length=500, blank=True, default="")
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="references",
        verbose_name=_("whose words"),
    )
    given_on = models.DateField(pgettext_lazy("reference", "from what day"))
    permission = models.CharField(
        _("permission to publish"), max_length=10, choices=Permission, default=Permission.NONE
    )
    permitted_by = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who permitted it"),
    )
    permitted_until = models.DateField(_("permitted until"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-given_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(permission="given")
                | Q(permitted_by__isnull=True, permitted_until__isnull=True),
                name="reference_permission",
            ),
        ]

    def __str__(self):
        return self.title

    def may_be_shown(self, day) -> bool:
        """Whether it may be published on that day."""
        return self.permission == self.Permission.GIVEN and (
            self.permitted_until is None or self.permitted_until >= day
        )
