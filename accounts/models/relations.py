"""What clients are to other organisations: partners, suppliers, customers, who recommended whom."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client


class Relation(Scoped):
    """``other`` (a client of ours) or ``name`` (anybody else) is to ``client`` what ``kind`` says.

    Groups of companies are not told here: they are memberships.  ``other`` may be a client that
    the reader does not see; its name is shown only through the scoped manager
    (:mod:`accounts.selectors.relationships`).
    """

    class Kind(models.TextChoices):
        PARTNER = "partner", _("Partner")
        SUPPLIER = "supplier", _("Supplier")
        CUSTOMER = "customer", _("Customer")
        REFERRER = "referrer", _("Recommended us")

    # What the relation is called seen from the other side.
    TURNED = {
        Kind.PARTNER: Kind.PARTNER.label,
        Kind.SUPPLIER: Kind.CUSTOMER.label,
        Kind.CUSTOMER: Kind.SUPPLIER.label,
        Kind.REFERRER: _("Came by their recommendation"),
    }

    client = models.ForeignKey(Client, models.CASCADE, related_name="relations")
    kind = models.CharField(_("what they are to the client"), max_length=10, choices=Kind)
    other = models.ForeignKey(
        Client, models.CASCADE, null=True, blank=True, related_name="related_from"
    )
    name = models.CharField(_("organisation"), max_length=255, blank=True, default="")
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(other__isnull=False, name="") | (Q(other__isnull=True) & ~Q(name="")),
                name="relation_one_other",
            ),
            models.CheckConstraint(condition=~Q(other=F("client")), name="relation_not_self"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(since__isnull=True) | Q(until__gte=F("since")),
                name="relation_dates",
            ),
        ]
