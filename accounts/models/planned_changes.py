"""Changes that we plan, and the key clients they touch."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kam.lib.scoping import Scoped

from .clients import Client
from .contacts import Contact
from .ledger import money
from .products import Product, ProductFamily


class PlannedChange(Scoped):
    """A price, a product, terms that will change on a day.  Whom it touches is in
    :class:`TouchedClient`, which is seen by client."""

    SCOPE = ("staff", "")

    class Kind(models.TextChoices):
        PRICE = "price", pgettext_lazy("planned change", "Price")
        WITHDRAWAL = "withdrawal", pgettext_lazy("planned change", "Product withdrawn")
        TERMS = "terms", pgettext_lazy("planned change", "Terms")
        OTHER = "other", pgettext_lazy("planned change", "Something else")

    class State(models.TextChoices):
        PLANNED = "planned", pgettext_lazy("planned change", "Planned")
        IN_FORCE = "in_force", pgettext_lazy("planned change", "In force")
        DROPPED = "dropped", pgettext_lazy("planned change", "Dropped")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PRICE)
    name = models.CharField(_("what changes"), max_length=200)
    details = models.TextField(
        _("what is to be told to clients"), max_length=2000, blank=True, default=""
    )
    on = models.DateField(_("from what day"))
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
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="planned_changes",
        verbose_name=_("who answers for it"),
    )
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.PLANNED)
    note = models.CharField(_("why"), max_length=500, blank=True, default="", editable=False)
    settled_on = models.DateField(null=True, editable=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", settled_on__isnull=True)
                | (~Q(state="planned") & Q(settled_on__isnull=False)),
                name="planned_change_settled_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(note=""),
                name="planned_change_dropped_with_reason",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_open(self) -> bool:
        return self.state == self.State.PLANNED


class TouchedClient(Scoped):
    """A client that a planned change touches: who tells it, and what it answered.

    ``bought``: what it bought of the product or family in the twelve months before it was listed;
    none where a person has chosen the client.
    """

    class State(models.TextChoices):
        UNTOLD = "untold", pgettext_lazy("touched client", "Not told yet")
        TOLD = "told", pgettext_lazy("touched client", "Told, no answer yet")
        ACCEPTS = "accepts", pgettext_lazy("touched client", "Accepts")
        OBJECTS = "objects", pgettext_lazy("touched client", "Objects")
        LEAVES = "leaves", pgettext_lazy("touched client", "Will stop buying it")

    change = models.ForeignKey(PlannedChange, models.CASCADE, related_name="touched")
    client = models.ForeignKey(Client, models.CASCADE, related_name="touched_by", db_index=False)
    bought = money(_("bought in twelve months"), null=True, editable=False)
    informer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who tells them"),
    )
    contact = models.ForeignKey(
        Contact,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who is told"),
    )
    told_on = models.DateField(pgettext_lazy("touched client", "told on"), null=True, blank=True)
    state = models.CharField(_("answer"), max_length=7, choices=State, default=State.UNTOLD)
    words = models.CharField(_("in their words"), max_length=1000, blank=True, default="")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta(Scoped.Meta):
        ordering = [models.F("bought").desc(nulls_last=True), "pk"]
        indexes = [models.Index(fields=["client", "state"], name="touched_client_state")]
        constraints = [
            models.UniqueConstraint(fields=["change", "client"], name="touched_once"),
            models.CheckConstraint(
                condition=Q(state="untold", told_on__isnull=True)
                | (~Q(state="untold") & Q(told_on__isnull=False)),
                name="touched_told_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["objects", "leaves"]) | ~Q(words=""),
                name="touched_objects_in_words",
            ),
        ]

    def __str__(self):
        return f"{self.change}: {self.client}"
