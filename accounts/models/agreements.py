"""Agreements with clients: term, committed volume, prices, credit, rebate scale, files."""

import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .ledger import exact, money
from .products import Product, ProductFamily


class Agreement(Scoped):
    """One agreement for one term.  Its renewal is another row that names it as ``previous``.

    ``ended_on`` is the last day where it was ended early.  The rebate is a percentage of what is
    bought, net of VAT, within each ``rebate_period`` of the term, by the steps of the scale.
    """

    class RebatePeriod(models.TextChoices):
        NONE = "", _("No rebate")
        QUARTER = "quarter", _("Calendar quarter")
        YEAR = "year", _("Calendar year")
        TERM = "term", _("Whole term")

    class RebateOn(models.TextChoices):
        ALL = "all", _("On the whole volume once a step is reached")
        ABOVE = "above", _("On what lies above each step")

    client = models.ForeignKey(Client, models.CASCADE, related_name="agreements")
    number = models.CharField(_("number"), max_length=150)
    subject = models.CharField(_("subject"), max_length=255, blank=True, default="")
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    ended_on = models.DateField(_("ended early on"), null=True, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("days to pay"), null=True, blank=True, validators=[MaxValueValidator(730)]
    )
    credit_limit = money(
        _("credit limit"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    rebate_period = models.CharField(
        _("rebate for each"), max_length=10, choices=RebatePeriod, blank=True, default=""
    )
    rebate_on = models.CharField(
        _("rebate is paid"), max_length=10, choices=RebateOn, default=RebateOn.ALL
    )
    note = models.TextField(_("note"), blank=True, default="")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who answers for it"),
    )
    previous = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="renewals", editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-starts", "-pk"]
        indexes = [models.Index(fields=["ends"], name="agreement_ends")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "number", "starts"],
                name="agreement_once",
                violation_error_message=_("This client has this agreement already."),
            ),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")), name="agreement_dates"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("starts")),
                name="agreement_ended_after_start",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def last_day(self):
        """The last day on which it holds, None where it has no end."""
        return self.ended_on or self.ends

    def holds_on(self, day) -> bool:
        return self.starts <= day and (self.last_day is None or day <= self.last_day)


class Commitment(Scoped):
    """Volume that the client has committed to buy within a period, net of VAT; of one product
    family, or of all."""

    SCOPE = ("client", "agreement__client")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="commitments")
    family = models.ForeignKey(
        ProductFamily, models.PROTECT, null=True, blank=True, verbose_name=_("product family")
    )
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    amount = money(_("committed volume"), validators=[MinValueValidator(1)])

    class Meta(Scoped.Meta):
        ordering = ["starts", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="commitment_dates"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="commitment_amount"),
        ]


class AgreedPrice(Scoped):
    """The price of a product for the term of an agreement, net of VAT."""

    SCOPE = ("client", "agreement__client")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="prices")
    product = models.ForeignKey(Product, models.CASCADE, verbose_name=_("product"))
    price = exact(_("price"), validators=[MinValueValidator(0)])

    class Meta(Scoped.Meta):
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "product"], name="agreed_price_once")
        ]


class RebateStep(Scoped):
    """From this volume on, so many per cent."""

    SCOPE = ("client", "agreement__client")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="rebate_steps")
    volume = money(_("from a volume of"), validators=[MinValueValidator(0)])
    percent = models.DecimalField(
        _("rebate, %"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(50)],
    )

    class Meta(Scoped.Meta):
        ordering = ["volume"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "volume"], name="rebate_step_once")
        ]


class RebateAccrual(Scoped):
    """What a calendar month has added to the rebate that the client has earned by the scale.

    ``date`` is the last day of the month.  A changed accrual is a new row: ``known_to`` closes
    the one before, so that measures as of a date see what was known then.
    """

    client = models.ForeignKey(
        Client, models.CASCADE, related_name="rebate_accruals", db_index=False
    )
    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="accruals")
    date = models.DateField()
    amount = money()
    known_from = models.DateTimeField(default=timezone.now)
    known_to = models.DateTimeField(null=True)

    class Meta(Scoped.Meta):
        ordering = ["date", "pk"]
        indexes = [models.Index(fields=["client", "date"], name="rebate_client_date")]
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "date"],
                condition=Q(known_to__isnull=True),
                name="rebate_accrual_current_once",
            )
        ]


def kept_as(_file, _name: str) -> str:
    """Where a file is kept: never under a name that came with it."""
    return f"agreements/{timezone.now():%Y/%m}/{uuid.uuid4().hex}"


class AgreementFile(Scoped):
    """A file of an agreement as it came.  It is only ever sent as a download."""

    SCOPE = ("client", "agreement__client")

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="files")
    name = models.CharField(pgettext_lazy("file", "name"), max_length=255)
    file = models.FileField(upload_to=kept_as, max_length=120)
    size = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, default="")
    brought_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    brought_at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-brought_at", "-pk"]
