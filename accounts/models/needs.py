"""What clients will want: needs that people have noted, and the themes that gather them."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact
from .interactions import Interaction
from .ledger import money
from .products import Product, ProductFamily


class Theme(Scoped):
    """What several clients want in common.  A merged one stays, and leads to the one that took it
    over."""

    SCOPE = ("staff", "")

    name = models.CharField(_("name"), max_length=200)
    description = models.TextField(_("what it is about"), blank=True, default="", max_length=2000)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="merged", editable=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("name"),
                condition=Q(merged_into__isnull=True),
                name="theme_name_once",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")),
                name="theme_not_into_itself",
            ),
        ]

    def __str__(self):
        return self.name


class Need(Scoped):
    """One thing a client will want.  Money is what it may bring in a year, as a range, in company
    currency; one sum has equal ends.  ``likelihood``: per cent that we win it.

    It ends by being won, lost or outlived; how it got there is in :class:`NeedStep`.
    """

    class State(models.TextChoices):
        NOTED = "noted", pgettext_lazy("need", "Noted")
        CONFIRMED = "confirmed", pgettext_lazy("need", "Confirmed")
        OFFERED = "offered", pgettext_lazy("need", "Offered")
        WON = "won", pgettext_lazy("need", "Won")
        LOST = "lost", pgettext_lazy("need", "Lost")
        OUTLIVED = "outlived", pgettext_lazy("need", "Outlived")

    class Source(models.TextChoices):
        SAID = "said", pgettext_lazy("need", "The client said so")
        SEEN = "seen", pgettext_lazy("need", "We have seen it ourselves")
        GAP = "gap", pgettext_lazy("need", "Look-alikes buy it")

    OPEN = (State.NOTED, State.CONFIRMED, State.OFFERED)

    client = models.ForeignKey(Client, models.CASCADE, related_name="needs", db_index=False)
    what = models.CharField(_("what they will want"), max_length=500)
    purpose = models.CharField(_("what for"), max_length=500, blank=True, default="")
    by_when = models.DateField(_("by when they want it"), null=True, blank=True)
    source = models.CharField(
        _("where we know it from"), max_length=5, choices=Source, default=Source.SAID
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("who said it"),
    )
    interaction = models.ForeignKey(
        Interaction,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=_("in which talk"),
    )
    theme = models.ForeignKey(
        Theme,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        verbose_name=pgettext_lazy("need", "theme"),
    )
    family = models.ForeignKey(
        ProductFamily,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product family"),
    )
    product = models.ForeignKey(
        Product,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("product"),
    )
    low = money(
        _("may bring a year, from"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    high = money(
        _("may bring a year, to"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    likelihood = models.PositiveSmallIntegerField(
        _("how likely we win it, %"),
        null=True,
        blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.NOTED)
    since = models.DateField(_("in this state since"), editable=False)
    reason = models.CharField(_("why"), max_length=500, blank=True, default="", editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["client", "state"], name="need_client_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(low__isnull=True, high__isnull=True)
                | Q(low__isnull=False, low__gte=0, high__isnull=False, high__gte=F("low")),
                name="need_money_range",
            ),
            models.CheckConstraint(
                condition=Q(likelihood__isnull=True) | Q(likelihood__gte=0, likelihood__lte=100),
                name="need_likelihood",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["lost", "outlived"]) | ~Q(reason=""),
                name="need_ended_with_reason",
            ),
        ]

    def __str__(self):
        return self.what

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def middle(self) -> Decimal | None:
        """The middle of the range a year."""
        return None if self.low is None or self.high is None else (self.low + self.high) / 2

    @property
    def expected(self) -> Decimal | None:
        """The middle of the range times the likelihood; None where either is not said."""
        if self.middle is None or self.likelihood is None:
            return None
        return self.middle * self.likelihood / 100


class NeedStep(Scoped):
    """A need that came into another state, and why."""

    SCOPE = ("client", "need__client")

    need = models.ForeignKey(Need, models.CASCADE, related_name="steps")
    before = models.CharField(max_length=9, choices=Need.State)
    after = models.CharField(max_length=9, choices=Need.State)
    reason = models.CharField(_("why"), max_length=500, blank=True, default="")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)

    class Meta(Scoped.Meta):
        ordering = ["-at", "-pk"]
