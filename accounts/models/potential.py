"""Room to grow: what clients say they buy in all, and what was computed of it last."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kam.lib.scoping import Scoped

from .clients import Client


class Wallet(Scoped):
    """What a client said it buys a year in our field, from whomever: in company currency.

    Never overwritten: a new statement closes the one before with ``known_to``.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="wallets", db_index=False)
    amount = models.DecimalField(
        _("buys in all, a year"),
        max_digits=18,
        decimal_places=2,
        validators=[MinValueValidator(0)],
    )
    date = models.DateField(_("said on"))
    source = models.CharField(_("who said so, and where"), max_length=255, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", db_index=False
    )
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["-date", "-pk"]
        indexes = [models.Index(fields=["client", "date"], name="wallet_client_date")]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="wallet_not_negative"),
            models.UniqueConstraint(
                fields=["client"], condition=Q(known_to__isnull=True), name="wallet_current_once"
            ),
        ]


class Potential(Scoped):
    """The latest estimate of a served client's room to grow, replaced as a whole by each run.

    Amounts are a year's sales in company currency; none where there are not enough look-alikes.
    ``reasons``: [{"family": id or None for all purchases, "buyers", "peers", "own", "low",
    "high"}], widest first.
    """

    class Yardstick(models.TextChoices):
        TURNOVER = "turnover", _("own turnover")
        EMPLOYEES = "employees", _("number of employees")
        REVENUE = "revenue", _("purchases from us")

    client = models.OneToOneField(
        Client, models.CASCADE, primary_key=True, related_name="potential"
    )
    as_of = models.DateField()
    peers = models.PositiveSmallIntegerField(default=0)
    yardstick = models.CharField(max_length=10, choices=Yardstick, blank=True, default="")
    low = models.FloatField(null=True)
    middle = models.FloatField(null=True)
    high = models.FloatField(null=True)
    revenue = models.FloatField(default=0)
    wallet = models.FloatField(null=True)
    wallet_stated = models.BooleanField(default=False)
    share = models.FloatField(null=True)  # our part of the wallet, per cent
    reasons = models.JSONField(default=list)
