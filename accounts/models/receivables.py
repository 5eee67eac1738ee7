"""Where shipments to a client are stopped, and what it has said when it will pay."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .ledger import money
from .promises import Promise


class ShipmentStop(Scoped):
    """Nothing is shipped to the client from ``since`` until it is lifted.

    ``until`` is the last day of one that was set by hand for a time.  Who lifts one that a rule has
    set may give the client time: the rules leave it alone until ``rest_until``.
    """

    class Rule(models.TextChoices):
        HAND = "hand", pgettext_lazy("shipment stop", "by hand")
        OVERDUE = "overdue", pgettext_lazy("shipment stop", "overdue for too long")
        LIMIT = "limit", pgettext_lazy("shipment stop", "over the credit limit")

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="shipment_stops", db_index=False
    )
    rule = models.CharField(_("set"), max_length=10, choices=Rule, editable=False)
    reason = models.CharField(_("why"), max_length=500)
    since = models.DateField(_("since"), editable=False)
    until = models.DateField(_("until when"), null=True, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    released_on = models.DateField(null=True, editable=False)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    release_reason = models.CharField(max_length=500, blank=True, default="", editable=False)
    rest_until = models.DateField(null=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                condition=Q(released_on__isnull=True),
                name="shipment_stop_once",
            ),
            models.CheckConstraint(
                condition=Q(released_on__isnull=True) | ~Q(release_reason=""),
                name="shipment_stop_released_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="shipment_stop_until_after_since",
            ),
        ]
        indexes = [models.Index(fields=["client", "since"], name="shipment_stop_client")]

    def __str__(self):
        return self.reason

    @property
    def is_on(self) -> bool:
        return self.released_on is None


class PaymentPromise(Scoped):
    """How much of their debt a promise of theirs is about; its day and its end are the promise's."""

    SCOPE = ("client", "promise__client")

    promise = models.OneToOneField(Promise, models.CASCADE, related_name="payment")
    amount = money(_("amount"))

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_promise_of_something")
        ]
