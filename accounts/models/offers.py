"""What only one key client gets: products, terms, stock and service made for them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .processes import Process
from .products import Product
from .promises import Promise


class ExceptionalOffer(Scoped):
    """An offer to one client.  ``given_on``: the day on which the client got it; until then it is
    a draft.  ``ended_on``: the last day where it was ended early."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("offer", "Draft")
        HOLDS = "holds", pgettext_lazy("offer", "In force")
        ENDED = "ended", pgettext_lazy("offer", "Ended")

    client = models.ForeignKey(Client, models.CASCADE, related_name="offers")
    title = models.CharField(_("what it is called"), max_length=200)
    expectation = models.TextField(_("what the client expects and gets nowhere else"))
    starts = models.DateField(_("from"))
    ends = models.DateField(_("until"), null=True, blank=True)
    process = models.ForeignKey(
        Process,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="offers",
        verbose_name=_("the process that delivers it"),
    )
    given_on = models.DateField(_("given to the client on"), null=True, editable=False)
    ended_on = models.DateField(_("ended early on"), null=True, editable=False)
    end_reason = models.CharField(_("why it ends"), max_length=500, blank=True, default="")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["-starts", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(ends__gte=F("starts")),
                name="offer_dates",
                violation_error_message=_("It cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True)
                | (Q(given_on__isnull=False) & ~Q(end_reason="")),
                name="offer_ended_for_a_reason",
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.given_on is None

    def state_on(self, day) -> State:
        """How it stands at the end of a day."""
        if self.is_draft:
            return self.State.DRAFT
        last = self.ended_on or self.ends
        return self.State.ENDED if last is not None and last < day else self.State.HOLDS


class OfferPart(Scoped):
    """One thing that the offer holds.  It becomes a promise when the offer is given, and the
    promise says from then on what is due, who answers and how it is assured."""

    SCOPE = ("client", "offer__client")

    class Kind(models.TextChoices):
        PRODUCT = "product", pgettext_lazy("offer", "Product")
        TERMS = "terms", pgettext_lazy("offer", "Terms")
        STOCK = "stock", pgettext_lazy("offer", "Reserved stock")
        SERVICE = "service", pgettext_lazy("offer", "Service")

    offer = models.ForeignKey(ExceptionalOffer, models.CASCADE, related_name="parts")
    kind = models.CharField(pgettext_lazy("offer", "kind"), max_length=10, choices=Kind)
    what = models.CharField(_("what the client gets"), max_length=500)
    product = models.ForeignKey(
        Product, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("product"),
    )  # fmt: skip
    due = models.DateField(_("by when"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("who answers for it"),
    )  # fmt: skip
    assured = models.CharField(_("how we make sure of it"), max_length=500)
    promise = models.OneToOneField(
        Promise, models.RESTRICT, null=True, related_name="offer_part", editable=False
    )

    class Meta(Scoped.Meta):
        ordering = ["pk"]

    def __str__(self):
        return self.what
