"""What we plan to sell to a client, by product family and month."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client
from .ledger import money
from .products import ProductFamily


class PlannedSale(Scoped):
    """Planned sales of one month, net of VAT; without a family what no other row plans.

    Never overwritten: another amount closes the one before with ``known_to``.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="planned_sales", db_index=False)
    family = models.ForeignKey(
        ProductFamily, models.CASCADE, null=True, blank=True, related_name="+"
    )
    month = models.DateField()  # its first day
    amount = money(_("planned"), validators=[MinValueValidator(0)])
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["month", "pk"]
        indexes = [models.Index(fields=["client", "month"], name="planned_client_month")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="planned_not_negative"),
            models.CheckConstraint(condition=Q(month__day=1), name="planned_whole_month"),
            models.UniqueConstraint(
                fields=["client", "family", "month"],
                condition=Q(known_to__isnull=True),
                nulls_distinct=False,
                name="planned_current_once",
            ),
        ]
